/**
 * Whether the addresses that people reach this node by are announced, and to how many peers: the purpose of BGP on a
 * host. A host address is one with a /32 or /128 mask on an interface, not a route of that length in the RIB: FRR 10
 * keeps a `local` route of that length for every address.
 */
import { BlockList, isIP } from 'node:net';
import type { InterfaceAddress } from '../frr/addresses.ts';
import { bgpHostPrefix } from '../frr/commands.ts';
import { buildFamiliesInTurns, labels, metric, NO_LABELS } from '../metrics/family.ts';
import { type Collector, collector } from './collector.ts';
import { type Fields, fields, items, members } from './fields.ts';

const LOOK_UP = 'show bgp ipv4 unicast ADDRESS/32 json, show bgp ipv6 unicast ADDRESS/128 json';

const HOST_ROUTE_LABELS = ['address', 'interface', 'afi'] as const;

/** 1 while BGP has the address as a route of this node's own. */
export const hostRouteInBgp = metric({
  name: 'frr_host_route_in_bgp',
  type: 'gauge',
  help: "Whether BGP has the node's host address, with a best path that is this node's own and not learned from a peer.",
  labels: HOST_ROUTE_LABELS,
  source: `${LOOK_UP}: paths with bestpath and peerId 0.0.0.0`,
});
/** To how many peers the address is announced. */
export const hostRouteAdvertisedPeers = metric({
  name: 'frr_host_route_advertised_peers',
  type: 'gauge',
  help: "Established BGP peers that the node's host address is advertised to.",
  labels: HOST_ROUTE_LABELS,
  source: `${LOOK_UP}: advertisedTo`,
});
const hostRoutesTotal = metric({
  name: 'frr_host_routes',
  type: 'gauge',
  help: 'Host addresses (/32 and /128) on the interfaces of this node.',
  labels: [],
  source: "addresses of the node's own network namespace",
});
const hostRoutesAdvertised = metric({
  name: 'frr_host_routes_advertised',
  type: 'gauge',
  help: 'Host addresses of this node that are advertised to at least one BGP peer.',
  labels: [],
  source: `${LOOK_UP}: advertisedTo`,
});
const hostRoutesUnadvertised = metric({
  name: 'frr_host_routes_unadvertised',
  type: 'gauge',
  help: 'Host addresses of this node that are advertised to no BGP peer.',
  labels: [],
  source: `${LOOK_UP}: advertisedTo`,
});

const DESCRIPTORS = [
  hostRouteInBgp,
  hostRouteAdvertisedPeers,
  hostRoutesTotal,
  hostRoutesAdvertised,
  hostRoutesUnadvertised,
] as const;

/** Which host addresses are asked about. */
export interface HostRouteSettings {
  /** `--collector.host-routes.include`: only these; all of them when empty. */
  readonly include: readonly HostAddressFilter[];
  /** `--collector.host-routes.exclude`: not these, even if they are included. */
  readonly exclude: readonly HostAddressFilter[];
  /**
   * `--collector.host-routes.max-series`: with more host addresses than this only the totals are given, and no
   * series for each address.
   */
  readonly maxSeries: number;
}

export const HOST_ROUTE_DEFAULTS: HostRouteSettings = { include: [], exclude: [], maxSeries: 1_000 };

/** An interface, or a prefix that addresses are in. */
export interface HostAddressFilter {
  readonly text: string;
  matches(address: InterfaceAddress): boolean;
}

/**
 * Reads `br-ex`, `vlan*` (any characters for the star), `172.31.0.5`, `172.16.0.0/12`, `2001:db8::/32`.
 * @throws TypeError for what is neither an interface name nor a prefix
 */
export function hostAddressFilter(text: string): HostAddressFilter {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version !== 0) {
    const family = version === 4 ? ('ipv4' as const) : ('ipv6' as const);
    const longest = version === 4 ? 32 : 128;
    const prefixLength =
      length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (!(prefixLength <= longest) || rest.length > 0 || address.includes('%'))
      throw new TypeError(`"${text}" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32`);
    const prefix = new BlockList();
    prefix.addSubnet(address, prefixLength, family);
    return { text, matches: (one) => one.afi === family && prefix.check(one.address, family) };
  }
  if (length !== undefined || !/^[^\s,]+$/.test(text))
    throw new TypeError(
      `"${text}" is neither an interface, such as br-ex or vlan*, nor a prefix, such as 172.16.0.0/12`,
    );
  const pattern = new RegExp(`^${text.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`);
  return { text, matches: (one) => pattern.test(one.interface) };
}

/** Loopback and link-local addresses: nobody reaches the node by them. */
const NEVER_ANNOUNCED = new BlockList();
NEVER_ANNOUNCED.addSubnet('127.0.0.0', 8, 'ipv4');
NEVER_ANNOUNCED.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_ANNOUNCED.addAddress('::1', 'ipv6');
NEVER_ANNOUNCED.addSubnet('fe80::', 10, 'ipv6');

/** The host addresses among the node's addresses that the settings want. */
export function hostAddresses(
  addresses: readonly InterfaceAddress[],
  { include, exclude }: Pick<HostRouteSettings, 'include' | 'exclude'>,
): readonly InterfaceAddress[] {
  return addresses.filter(
    (one) =>
      one.prefixLength === (one.afi === 'ipv4' ? 32 : 128) &&
      !NEVER_ANNOUNCED.check(one.address, one.afi) &&
      (include.length === 0 || include.some((filter) => filter.matches(one))) &&
      !exclude.some((filter) => filter.matches(one)),
  );
}

type Answers = readonly { readonly address: InterfaceAddress; readonly answer: unknown }[];

/** Makes the collector. */
export function hostRoutes(settings: HostRouteSettings = HOST_ROUTE_DEFAULTS): Collector<Answers> {
  return collector({
    name: 'host-routes',
    help: "Host addresses (/32, /128) of the node's interfaces: in BGP, and advertised to how many peers.",
    enabledByDefault: true,
    pace: 'tables',
    descriptors: DESCRIPTORS,
    ask: async (frr) => {
      const addresses = hostAddresses(await frr.addresses(), settings);
      const different = [...new Set(addresses.map(({ address }) => address))];
      const found = await frr.jsonEach(different.map(bgpHostPrefix));
      const answers = new Map(different.map((address, index) => [address, found[index]]));
      return addresses.map((address) => ({ address, answer: answers.get(address.address) }));
    },
    families: (answers) =>
      buildFamiliesInTurns(DESCRIPTORS, function* (emit) {
        let advertised = 0;
        for (const { address, answer } of answers) {
          yield;
          const route = fields(answer);
          const own = isOwn(route);
          const peers = own ? [...members(route.advertisedTo)].length : 0;
          if (peers > 0) advertised++;
          if (answers.length > settings.maxSeries) continue;
          const set = labels(HOST_ROUTE_LABELS, [address.address, address.interface, address.afi]);
          emit(hostRouteInBgp, set, own ? 1 : 0);
          emit(hostRouteAdvertisedPeers, set, peers);
        }
        emit(hostRoutesTotal, NO_LABELS, answers.length);
        emit(hostRoutesAdvertised, NO_LABELS, advertised);
        emit(hostRoutesUnadvertised, NO_LABELS, answers.length - advertised);
      }),
  });
}

/**
 * Whether the best path comes from this node. Another node may announce the same address (anycast, or a virtual
 * address that moved), and then it is that one's route that is passed on to peers.
 */
function isOwn(route: Fields): boolean {
  return items(route.paths).some((item) => {
    const path = fields(item);
    const { peerId } = fields(path.peer);
    return fields(path.bestpath).overall === true && (peerId === '0.0.0.0' || peerId === '::');
  });
}
