/** To whom bgpd advertises addresses: as unicast routes of a VRF, as VPN routes and as EVPN type 5 routes. */
import { prefixText } from '../../frr/addresses.ts';
import { bgpType5Routes, bgpVpnPrefix } from '../../frr/commands.ts';
import { type Fields, fields, members } from '../fields.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import type { HostAddress } from './filter.ts';
import type { Instance } from './instances.ts';
import { isVpnCandidate, type LookedUp, ownPath, type Receiver, receiversOf, routeKey } from './look-ups.ts';

/** How an address is announced. */
export interface Announcement {
  readonly address: HostAddress;
  /** Whether the best path of the VRF's table comes from this node. */
  readonly inBgp: boolean;
  /** Seconds since the epoch at which this path last changed. */
  readonly updated: number | undefined;
  readonly receivers: readonly Receiver[];
  /** Number of receivers of the VPN routes; undefined where the address is no VPN route. */
  readonly vpnPeers: number | undefined;
  /** Of type 5 routes; undefined in a VRF without an L3 VNI, `unknown` where FRR did not report them. */
  readonly evpnPeers: number | 'unknown' | undefined;
}

/** The announcements of each address: first its own, then those as an address that leaked into another VRF. */
export function* announcements(
  found: LookedUp,
): Generator<readonly [own: Announcement, ...leaked: Announcement[]]> {
  const { node, addresses, route } = found;
  const instances = new Map(node.instances.map((instance) => [instance.vrf, instance]));
  const type5 = new Map(
    node.instances.map((instance) => [instance.vrf, readType5(node.routeDistinguisher(instance), found)]),
  );
  /** An address can be there several times, on two interfaces or as a route. */
  const seen = new Set<string>();
  for (const address of addresses) {
    const { vrf, afi } = address;
    const leaked = node
      .importers(afi, vrf)
      .map((importer) => ({ importer, route: route(importer, address) }))
      .filter((one) => one.route.from === vrf);
    const { inBgp, updated, receivers } = route(vrf, address);
    const vpn = isVpnCandidate(node, address)
      ? vpnReceivers(found.answer(bgpVpnPrefix(address)), vrf)
      : undefined;
    const evpn = evpnReceivers(instances.get(vrf), type5.get(vrf), address);
    const own: Announcement = {
      address,
      inBgp,
      updated,
      receivers: [
        ...receivers,
        ...(vpn ?? []),
        ...(Array.isArray(evpn) ? evpn : []),
        ...leaked.flatMap((one) => one.route.receivers),
      ],
      vpnPeers: vpn?.length,
      evpnPeers: Array.isArray(evpn) ? evpn.length : (evpn as 'unknown' | undefined),
    };
    const prefix = prefixText(address);
    const copies = leaked
      .filter(({ importer }) => !seen.has(routeKey(importer, prefix)))
      .map(
        (one): Announcement => ({
          address: { ...address, vrf: one.importer, interface: vrf, origin: 'leaked', kernel: undefined },
          inBgp: true,
          updated: one.route.updated,
          receivers: one.route.receivers,
          vpnPeers: undefined,
          evpnPeers: undefined,
        }),
      );
    for (const { importer } of leaked) seen.add(routeKey(importer, prefix));
    yield [own, ...copies];
  }
}

/** How many sessions an address is sent over; undefined where FRR did not report all of them, and none is known. */
export function advertisedPeers({ receivers, evpnPeers }: Announcement): number | undefined {
  const sessions = new Set(receivers.map(({ vrf, peer }) => `${vrf} ${peer}`)).size;
  return sessions === 0 && evpnPeers === 'unknown' ? undefined : sessions;
}

/** Undefined where the address of this VRF is not among the VPN routes. */
function vpnReceivers(answer: unknown, vrf: string): readonly Receiver[] | undefined {
  const own = [...members(answer)]
    .map(([, route]) => route)
    .filter((route) => ownPath(route)?.nhVrfName === vrf);
  return own.length === 0 ? undefined : own.flatMap((route) => receiversOf(route, DEFAULT_VRF, 'vpn'));
}

/** The type 5 routes with a route distinguisher by their prefix, or nothing where they were not queried. */
function readType5(rd: string | undefined, { answer }: LookedUp): ReadonlyMap<string, Fields> | undefined {
  const routes = rd === undefined ? undefined : answer(bgpType5Routes(rd));
  if (rd === undefined || routes === undefined) return undefined;
  const found = new Map<string, Fields>();
  for (const [, route] of members(fields(routes)[rd])) found.set(`${route.ip}/${route.ipLen}`, route);
  return found;
}

function evpnReceivers(
  instance: Instance | undefined,
  routes: ReadonlyMap<string, Fields> | undefined,
  address: HostAddress,
): readonly Receiver[] | 'unknown' | undefined {
  if (instance === undefined || instance.l3Vni === 0) return undefined;
  if (routes === undefined) return 'unknown';
  const route = routes.get(prefixText(address));
  return route === undefined || ownPath(route) === undefined ? [] : receiversOf(route, DEFAULT_VRF, 'evpn');
}
