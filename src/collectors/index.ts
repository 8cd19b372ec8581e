/**
 * Every collector, in the order in which the metrics are exposed. A new topic is one file in this directory and one
 * line here.
 */
import { bfd } from './bfd.ts';
import { bgp } from './bgp.ts';
import { bgpNeighbors } from './bgp-neighbors.ts';
import type { Collector, StatusSections } from './collector.ts';
import { configDrift } from './config-drift.ts';
import { daemons } from './daemons.ts';
import { defaultRoutes } from './default-route.ts';
import { evpn } from './evpn.ts';
import { hostRoutes } from './host-routes.ts';
import { interfaces } from './interfaces.ts';
import { kernelRoutes } from './kernel-routes.ts';
import { memory } from './memory.ts';
import { ospf } from './ospf.ts';
import { pim } from './pim.ts';
import { receivedRoutes } from './received-routes.ts';
import { rib } from './rib.ts';
import { rpki } from './rpki.ts';
import { vrf } from './vrf.ts';
import { vrrp } from './vrrp.ts';

const ALL = [
  daemons,
  memory,
  bgp,
  bgpNeighbors,
  hostRoutes,
  bfd,
  interfaces,
  defaultRoutes,
  kernelRoutes,
  rib,
  vrf,
  evpn,
  ospf,
  pim,
  vrrp,
  rpki,
  receivedRoutes,
  configDrift,
] as const;

export const COLLECTORS: readonly Collector[] = ALL;

/** The lists of the status document, by their names there. */
export type StatusLists = Lists<NonNullable<(typeof ALL)[number]['status']>>;

/** The items of all sections; those of a collector without any have no names. */
type Lists<Sections> = (
  Sections extends StatusSections
    ? string extends keyof Sections
      ? never
      : (lists: { readonly [Name in keyof Sections]: ReturnType<Sections[Name]['items']> }) => void
    : never
) extends (lists: infer All) => void
  ? All
  : never;
