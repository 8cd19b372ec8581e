/**
 * Whether the addresses that people reach this node by are announced, and to how many peers: the purpose of BGP on a
 * host. A host address is one with a /32 or /128 mask on an interface, not a route of that length in the RIB: FRR 10
 * keeps a `local` route of that length for every address.
 */
import { BlockList, isIP } from 'node:net';
import { type FlagValues, flag, list } from '../flags/flag.ts';
import { integer, type Kind } from '../flags/values.ts';
import type { InterfaceAddress } from '../frr/addresses.ts';
import { bgpHostPrefix } from '../frr/commands.ts';
import { metric, NO_LABELS } from '../metrics/family.ts';
import { statefulCollector, states } from './collector.ts';
import { type Fields, fields, items, members } from './fields.ts';

const HOST_ROUTE_LABELS = ['address', 'interface', 'afi'] as const;

/** 1 while BGP has the address as a route of this node's own. */
export const hostRouteInBgp = metric({
  name: 'frr_host_route_in_bgp',
  type: 'gauge',
  help: 'Whether BGP has the host address with a best path that originates from this node.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpHostPrefix.text}: paths with bestpath and peerId 0.0.0.0`,
});
/** To how many peers the address is announced. */
export const hostRouteAdvertisedPeers = metric({
  name: 'frr_host_route_advertised_peers',
  type: 'gauge',
  help: 'Number of established BGP peers to which the host address is advertised.',
  labels: HOST_ROUTE_LABELS,
  source: `${bgpHostPrefix.text}: advertisedTo`,
});
const hostRoutesTotal = metric({
  name: 'frr_host_routes',
  type: 'gauge',
  help: 'Number of host addresses (/32 and /128) on the interfaces of this node.',
  labels: [],
  source: "addresses of the node's own network namespace",
});
const hostRoutesAdvertised = metric({
  name: 'frr_host_routes_advertised',
  type: 'gauge',
  help: 'Number of host addresses of this node that are advertised to at least one BGP peer.',
  labels: [],
  source: `${bgpHostPrefix.text}: advertisedTo`,
});
const hostRoutesUnadvertised = metric({
  name: 'frr_host_routes_unadvertised',
  type: 'gauge',
  help: 'Number of host addresses of this node that are not advertised to any BGP peer.',
  labels: [],
  source: `${bgpHostPrefix.text}: advertisedTo`,
});

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

/** Loopback and link-local addresses: the node cannot be reached by them. */
const NEVER_ANNOUNCED = new BlockList();
NEVER_ANNOUNCED.addSubnet('127.0.0.0', 8, 'ipv4');
NEVER_ANNOUNCED.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_ANNOUNCED.addAddress('::1', 'ipv6');
NEVER_ANNOUNCED.addSubnet('fe80::', 10, 'ipv6');

/** The host addresses among the node's addresses that the flags select. */
export function hostAddresses(
  addresses: readonly InterfaceAddress[],
  { include, exclude }: Pick<FlagValues<typeof FLAGS>, 'include' | 'exclude'>,
): readonly InterfaceAddress[] {
  return addresses.filter(
    (one) =>
      one.prefixLength === (one.afi === 'ipv4' ? 32 : 128) &&
      !NEVER_ANNOUNCED.check(one.address, one.afi) &&
      (include.length === 0 || include.some((filter) => filter.matches(one))) &&
      !exclude.some((filter) => filter.matches(one)),
  );
}

/** A flag's value that selects host addresses. */
export const hostAddress: Kind<HostAddressFilter> = {
  placeholder: 'INTERFACE|PREFIX',
  takes: 'an interface such as br-ex or vlan*, or a prefix such as 172.16.0.0/12 or 2001:db8::/32',
  read: (given) => {
    try {
      return hostAddressFilter(given);
    } catch {
      return undefined;
    }
  },
};

const FLAGS = {
  include: list({
    name: 'collector.host-routes.include',
    help: 'Only these host addresses',
    kind: hostAddress,
  }),
  exclude: list({
    name: 'collector.host-routes.exclude',
    help: 'Not these host addresses, even if they are included',
    kind: hostAddress,
  }),
  maxSeries: flag({
    name: 'collector.host-routes.max-series',
    help: 'Maximum number of host addresses to export individually; with more, only totals are exported',
    kind: integer(0, 1_000_000),
    default: '1000',
  }),
};

const announcedStates = states({
  topic: 'address',
  metric: hostRouteAdvertisedPeers,
  names: new Map([
    [0, 'announced to no peer'],
    [1, 'announced'],
  ]),
  stateOf: (peers) => Math.min(peers, 1),
  up: 1,
  title: (labels) => `address ${labels.address} (${labels.interface})`,
});

export const hostRoutes = statefulCollector({
  name: 'host-routes',
  help: "Host addresses (/32, /128) of the node's interfaces, whether they are in BGP, and the peers they are advertised to.",
  enabledByDefault: true,
  pace: 'tables',
  needs: 'node-addresses',
  commands: [bgpHostPrefix],
  flags: FLAGS,
  descriptors: [
    hostRouteInBgp,
    hostRouteAdvertisedPeers,
    hostRoutesTotal,
    hostRoutesAdvertised,
    hostRoutesUnadvertised,
  ],
  states: [announcedStates],
  *findings(tables) {
    const all = tables.rows(hostRoutesTotal)[0]?.value ?? 0;
    if (all === 0) return;
    const missing = tables.rows(hostRoutesUnadvertised)[0]?.value ?? 0;
    const addresses = all === 1 ? 'address' : 'addresses';
    const measure = { name: 'addresses_unannounced', bad: missing, all };
    if (missing === 0) yield { level: 'ok', text: `${all} ${addresses} announced`, details: [], measure };
    else
      yield {
        level: 'critical',
        text: `${missing} of ${all} ${addresses} announced to no peer`,
        details: tables
          .rows(hostRouteAdvertisedPeers)
          .filter(({ value }) => value === 0)
          .map(({ labels }) => `${labels.address} (${labels.interface})`),
        measure,
      };
  },
  status: {
    host_routes: {
      title: 'Host routes',
      items: (tables) =>
        tables.rows(hostRouteInBgp).map(({ labels, value, number }) => ({
          address: labels.address,
          interface: labels.interface,
          afi: labels.afi,
          in_bgp: value === 1,
          advertised_peers: number(hostRouteAdvertisedPeers),
        })),
    },
  },
  create: ({ include, exclude, maxSeries }) => ({
    async query(frr) {
      const addresses = hostAddresses(await frr.addresses(), { include, exclude });
      const different = [...new Set(addresses.map(({ address }) => address))];
      const found = await frr.jsonEach(different.map((address) => bgpHostPrefix(address)));
      const answers = new Map(different.map((address, index) => [address, found[index]]));
      return addresses.map((address) => ({ address, answer: answers.get(address.address) }));
    },
    *families(answers, { emit, labels }) {
      let advertised = 0;
      for (const { address, answer } of answers) {
        yield;
        const route = fields(answer);
        const own = isOwn(route);
        const peers = own ? [...members(route.advertisedTo)].length : 0;
        if (peers > 0) advertised++;
        if (answers.length > maxSeries) continue;
        const set = labels(HOST_ROUTE_LABELS, [address.address, address.interface, address.afi]);
        emit(hostRouteInBgp, set, own ? 1 : 0);
        emit(hostRouteAdvertisedPeers, set, peers);
      }
      emit(hostRoutesTotal, NO_LABELS, answers.length);
      emit(hostRoutesAdvertised, NO_LABELS, advertised);
      emit(hostRoutesUnadvertised, NO_LABELS, answers.length - advertised);
    },
  }),
});

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
