/**
 * The witness: host routes that this FRR receives, for an FRR that receives routes from the fabric and announces none. What
 * arrives here was accepted by the routers in between, which no node can know about its own routes. docs/witness.md describes
 * the set-up, and received-routes/ranges.ts how a table is read without holding up bgpd.
 */
import { flag, list } from '../flags/flag.ts';
import { integer, type Kind, yesOrNo } from '../flags/values.ts';
import { parsePrefix } from '../frr/addresses.ts';
import {
  bgpChanged,
  bgpPrefix,
  bgpRange,
  bgpType5Table,
  bgpVpnTable,
  COMMANDS,
  isVrfName,
} from '../frr/commands.ts';
import { FrrError } from '../frr/source.ts';
import { metric, numberOf } from '../metrics/family.ts';
import { type AddressFamily, addressFamily } from './address-family.ts';
import { statefulCollector } from './collector.ts';
import { members } from './fields.ts';
import { readPrefix } from './received-routes/ranges.ts';
import { createTableReader, type TableReader } from './received-routes/unicast.ts';
import { type RoutesByRd, readType5Table, readVpnTable } from './received-routes/vpn.ts';
import { VRF_LABEL } from './vrfs.ts';

const TABLE_LABELS = ['vrf', 'afi', 'safi'] as const;
/** The route distinguisher is empty for a unicast route. */
const DESTINATION_LABELS = ['vrf', 'afi', 'safi', 'rd', 'address'] as const;
const ROUTE_LABELS = [...DESTINATION_LABELS, 'peer'] as const;
const INFO_LABELS = [...ROUTE_LABELS, 'origin', 'next_hop'] as const;

const RANGE = `${bgpRange.text}, and ${bgpPrefix.text}; ${bgpVpnTable.text}; ${bgpType5Table.text}`;

/** How many paths to a host route a peer has sent; its absence is what a witness is for. */
const receivedRoutePaths = metric({
  name: 'frr_received_route_paths',
  type: 'gauge',
  help: 'Number of paths to the host route (or to a prefix of --collector.received-routes.include) received from the peer.',
  labels: ROUTE_LABELS,
  source: `${RANGE}: peerId`,
  since: '8.4',
});
/** Where a host route comes from, if only one path is received. */
const receivedRouteInfo = metric({
  name: 'frr_received_route_info',
  type: 'info',
  help: 'Origin and next hop of a route that is received with one path: the origin is the last AS of its AS path, or its next hop if the AS path is empty.',
  labels: INFO_LABELS,
  source: `${RANGE}: path, nexthops`,
  since: '8.4',
});
/** Only where there are several. */
const receivedRouteOrigins = metric({
  name: 'frr_received_route_origins',
  type: 'gauge',
  help: 'Number of different origins of the route, where there is more than one; see frr_received_route_info.',
  labels: DESTINATION_LABELS,
  source: `${RANGE}: path, nexthops`,
  since: '8.4',
});
const receivedPaths = metric({
  name: 'frr_received_paths',
  type: 'gauge',
  help: 'Number of paths received from all peers, host routes or not.',
  labels: TABLE_LABELS,
  source: `${COMMANDS.bgpSummary.text}: pfxRcd`,
});
const receivedHostRoutes = metric({
  name: 'frr_received_host_routes',
  type: 'gauge',
  help: 'Number of different host routes (/32 and /128) received; absent when the table is too large to read.',
  labels: TABLE_LABELS,
  source: `${RANGE}: routes`,
  since: '8.4',
});
/** 0 while the routes of the table are not, or not all, known. */
const receivedRoutesComplete = metric({
  name: 'frr_received_routes_complete',
  type: 'gauge',
  help: 'Whether all received paths were read: 0 if the table is too large to read, or changed while it was read. Of EVPN, only the routes of type 5 are read.',
  labels: TABLE_LABELS,
  source: `${RANGE}, compared with pfxRcd of ${COMMANDS.bgpSummary.text}`,
});

/**
 * Paths in a table of VPN or EVPN routes, which is read in one answer, so that bgpd works no longer than 50 ms for it: it takes 6.5 µs for
 * a VPN route and 25 µs for an EVPN route.
 */
const MOST_WHOLE = { vpn: 5_000, evpn: 2_000 } as const;

const prefix: Kind<string> = {
  placeholder: 'PREFIX',
  takes: 'a prefix without host bits, such as 10.20.0.0/16 or 2001:db8::/32',
  read: (given) => {
    const read = parsePrefix(given);
    if (read === undefined) return undefined;
    const { address, prefixLength, afi } = read;
    const hostBits = BigInt((afi === 'ipv4' ? 32 : 128) - prefixLength);
    if (readPrefix(given).bits % (1n << hostBits) !== 0n) return undefined;
    // As FRR writes it (RFC 5952).
    const text = afi === 'ipv4' ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
    return `${text}/${prefixLength}`;
  },
};

const FLAGS = {
  include: list({
    name: 'collector.received-routes.include',
    help: 'This prefix as well, besides the host routes',
    kind: prefix,
  }),
  maxPaths: flag({
    name: 'collector.received-routes.max-paths',
    help: 'Maximum number of paths in a table that is read; of a larger one, only totals are exported',
    kind: integer(0, 1_000_000),
    default: '100000',
  }),
  vpn: flag({
    name: 'collector.received-routes.vpn',
    help: `VPN routes as well, up to ${MOST_WHOLE.vpn} in each address family`,
    kind: yesOrNo,
    default: 'false',
  }),
  evpn: flag({
    name: 'collector.received-routes.evpn',
    help: `EVPN routes of type 5 as well, with up to ${MOST_WHOLE.evpn} EVPN routes of all types`,
    kind: yesOrNo,
    default: 'false',
  }),
  allowTables: flag({
    name: 'collector.received-routes.allow-tables',
    help: 'Read whole BGP tables even if this FRR announces routes, and so is not a witness',
    kind: yesOrNo,
    default: 'false',
  }),
};

type Afi = 'ipv4' | 'ipv6';

/** One BGP table, as the summary of the sessions has it. */
interface Count extends AddressFamily {
  readonly vrf: string;
  /** Paths. */
  readonly received: number;
  /** It grows with every change. */
  readonly version: number;
}

interface Table extends Count {
  /** Undefined when the table is too large to read. */
  readonly routes: RoutesByRd | undefined;
}

interface Answers {
  readonly tables: readonly Table[];
  /** VRFs that cannot be named in a command. */
  readonly leftOut: readonly string[];
}

export const receivedRoutes = statefulCollector({
  name: 'received-routes',
  help: 'Host routes that a witness receives: an FRR that peers with the routers and announces nothing (docs/witness.md).',
  enabledByDefault: false,
  pace: 'tables',
  since: '8.4',
  commands: [COMMANDS.bgpSummary, bgpChanged, bgpRange, bgpPrefix, bgpVpnTable, bgpType5Table],
  flags: FLAGS,
  descriptors: [
    receivedRoutePaths,
    receivedRouteInfo,
    receivedRouteOrigins,
    receivedPaths,
    receivedHostRoutes,
    receivedRoutesComplete,
  ],
  create({ include, maxPaths, vpn, evpn, allowTables }) {
    const readers = new Map<string, TableReader>();
    const readerOf = (vrf: string, afi: Afi): TableReader => {
      const key = `${afi} ${vrf}`;
      const reader =
        readers.get(key) ??
        createTableReader(
          vrf,
          afi,
          include.filter((one) => afiOf(one) === afi),
        );
      readers.set(key, reader);
      return reader;
    };
    const safis = new Set(['unicast', ...(vpn ? ['vpn'] : []), ...(evpn ? ['evpn'] : [])]);
    return {
      async query(frr): Promise<Answers> {
        const [summary] = await frr.json(COMMANDS.bgpSummary);
        const { counts, announced } = countPaths(summary, safis);
        if (announced > 0 && !allowTables)
          throw new FrrError(
            'failed',
            'bgpd',
            `this FRR announces ${announced} prefixes, so it is not a witness, and reading its tables could hold up its sessions; --collector.received-routes.allow-tables allows it`,
          );
        const tables: Table[] = [];
        for (const count of counts) {
          const { vrf, afi, safi, received, version } = count;
          if (vrf !== 'default' && !isVrfName(vrf)) continue;
          const read = async (): Promise<RoutesByRd | undefined> => {
            const most = safi === 'vpn' || safi === 'evpn' ? MOST_WHOLE[safi] : maxPaths;
            if (received > most) return undefined;
            if (safi === 'evpn') return readType5Table(frr);
            if (safi === 'vpn') return readVpnTable(frr, afi as Afi);
            return new Map([['', await readerOf(vrf, afi as Afi).read(frr, received, version)]]);
          };
          tables.push({ ...count, routes: await read() });
        }
        const vrfs = new Set(counts.map(({ vrf }) => vrf));
        return { tables, leftOut: [...vrfs].filter((vrf) => vrf !== 'default' && !isVrfName(vrf)) };
      },
      *families({ tables, leftOut }, { emit, labels, leaveOut }) {
        for (const { vrf, afi, safi, received, routes } of tables) {
          const table = labels(TABLE_LABELS, [vrf, afi, safi]);
          emit(receivedPaths, table, received);
          let [read, hosts] = [0, 0];
          for (const [rd, prefixes] of routes ?? []) {
            for (const [text, paths] of prefixes) {
              yield;
              read += paths.length;
              const address = hostAddressOf(text);
              if (address !== undefined) hosts++;
              else if (!include.includes(text)) continue;
              const destination = [vrf, afiOf(text), safi, rd, address ?? text] as const;
              for (const [peer, same] of Map.groupBy(paths, (path) => path.peer))
                emit(receivedRoutePaths, labels(ROUTE_LABELS, [...destination, peer]), same.length);
              const [first] = paths;
              if (paths.length === 1 && first !== undefined) {
                const { peer, origin, nextHop } = first;
                emit(receivedRouteInfo, labels(INFO_LABELS, [...destination, peer, origin, nextHop]), 1);
              }
              const origins = new Set(paths.map(({ origin }) => origin)).size;
              if (origins > 1) emit(receivedRouteOrigins, labels(DESTINATION_LABELS, destination), origins);
            }
          }
          const complete = routes !== undefined && (safi === 'evpn' || read >= received);
          emit(receivedRoutesComplete, table, complete ? 1 : 0);
          if (routes === undefined) leaveOut('table_size', receivedRoutePaths, table);
          else emit(receivedHostRoutes, table, hosts);
        }
        for (const vrf of leftOut) leaveOut('vrf_name', receivedPaths, labels(VRF_LABEL, [vrf]));
      },
    };
  },
});

const afiOf = (text: string): Afi => (text.includes(':') ? 'ipv6' : 'ipv4');

/** The address of a host route; undefined for any other prefix. */
function hostAddressOf(text: string): string | undefined {
  const ending = text.includes(':') ? '/128' : '/32';
  return text.endsWith(ending) ? text.slice(0, -ending.length) : undefined;
}

interface Counts {
  readonly counts: readonly Count[];
  /** Prefixes to all peers, in all address families. */
  readonly announced: number;
}

/** What the sessions have received and sent, from the summary: the address families that are read. */
function countPaths(summary: unknown, safis: ReadonlySet<string>): Counts {
  const counts: Count[] = [];
  let announced = 0;
  for (const [vrf, families] of members(summary)) {
    for (const [name, family] of members(families)) {
      const { afi, safi } = addressFamily(name);
      let received = 0;
      for (const [, { pfxRcd, pfxSnt }] of members(family.peers)) {
        received += numberOf(pfxRcd) || 0;
        announced += numberOf(pfxSnt) || 0;
      }
      if (safis.has(safi))
        counts.push({ vrf, afi, safi, received, version: numberOf(family.tableVersion) || 0 });
    }
  }
  return { counts, announced };
}
