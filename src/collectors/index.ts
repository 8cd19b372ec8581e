/** Every collector, in the order of the page. A new topic is one file beside this one and one line here. */
import { bfd } from './bfd.ts';
import { bgp } from './bgp.ts';
import { bgpNeighbors } from './bgp-neighbors.ts';
import type { Collector } from './collector.ts';
import type { BgpNameSettings } from './compat/bgp.ts';
import { withFrrExporterNames } from './compat.ts';
import { daemons } from './daemons.ts';
import { defaultRoutes } from './default-route.ts';
import { evpn } from './evpn.ts';
import { HOST_ROUTE_DEFAULTS, type HostRouteSettings, hostRoutes } from './host-routes.ts';
import { memory } from './memory.ts';
import { ospf } from './ospf.ts';
import { pim } from './pim.ts';
import { rib } from './rib.ts';
import { rpki } from './rpki.ts';
import { vrrp } from './vrrp.ts';

/** What can be set of collectors, besides whether they are asked. */
export interface CollectorSettings {
  readonly hostRoutes: HostRouteSettings;
  /** `--compat.frr-exporter`: the names of the exporter that most people run beside ours; undefined without them. */
  readonly frrExporterNames: BgpNameSettings | undefined;
}

export const COLLECTOR_DEFAULTS: CollectorSettings = {
  hostRoutes: HOST_ROUTE_DEFAULTS,
  frrExporterNames: undefined,
};

/** Makes the collectors. Some remember what they saw, so each poller has its own. */
export function collectors(settings: CollectorSettings = COLLECTOR_DEFAULTS): readonly Collector[] {
  const all: readonly Collector[] = [
    daemons(),
    memory,
    bgp,
    bgpNeighbors,
    hostRoutes(settings.hostRoutes),
    bfd,
    defaultRoutes,
    rib,
    evpn,
    ospf,
    pim,
    vrrp,
    rpki,
  ];
  return settings.frrExporterNames === undefined ? all : withFrrExporterNames(all, settings.frrExporterNames);
}

/** The collectors with their default settings: for whoever wants to know which there are and what they give. */
export const COLLECTORS: readonly Collector[] = collectors();
