/**
 * The witness: host routes that this FRR receives, for an FRR that receives routes from the fabric and announces none. What
 * arrives here was accepted by the routers in between, which no node can know about its own routes. docs/witness.md describes
 * the set-up, and received-routes/ranges.ts how a table is read without holding up bgpd.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { inTurns } from '../base/turns.ts';
import { flag, list } from '../flags/flag.ts';
import { integer, type Kind, yesOrNo } from '../flags/values.ts';
import { type Prefix, parsePrefix } from '../frr/addresses.ts';
import { bgpChanged, bgpPrefix, bgpRange, COMMANDS, type Command, isVrfName } from '../frr/commands.ts';
import { FrrError } from '../frr/source.ts';
import { metric, numberOf } from '../metrics/family.ts';
import { addressFamily } from './address-family.ts';
import { type Frr, statefulCollector } from './collector.ts';
import { fields, items, members, word } from './fields.ts';
import {
  type Division,
  divide,
  evenly,
  type Range,
  rangeText,
  readPrefix,
  UNDIVIDED,
} from './received-routes/ranges.ts';
import { VRF_LABEL } from './vrfs.ts';

const TABLE_LABELS = ['vrf', 'afi'] as const;
const ROUTE_LABELS = ['vrf', 'afi', 'address', 'peer'] as const;
const INFO_LABELS = ['vrf', 'afi', 'address', 'peer', 'origin', 'next_hop'] as const;
const ORIGINS_LABELS = ['vrf', 'afi', 'address'] as const;

const RANGE = `${bgpRange.text}, and ${bgpPrefix.text}`;

/** How many paths to a host route a peer has sent; its absence is what a witness is for. */
export const receivedRoutePaths = metric({
  name: 'frr_received_route_paths',
  type: 'gauge',
  help: 'Number of paths to the host route (or to a prefix of --collector.received-routes.include) received from the peer.',
  labels: ROUTE_LABELS,
  source: `${RANGE}: peerId`,
  since: '8.4',
});
/** Where a host route comes from, if only one path is received. */
export const receivedRouteInfo = metric({
  name: 'frr_received_route_info',
  type: 'info',
  help: 'Origin and next hop of a route that is received with one path: the origin is the last AS of its AS path, or its next hop if the AS path is empty.',
  labels: INFO_LABELS,
  source: `${RANGE}: path, nexthops`,
  since: '8.4',
});
/** Only where there are several. */
export const receivedRouteOrigins = metric({
  name: 'frr_received_route_origins',
  type: 'gauge',
  help: 'Number of different origins of the route, where there is more than one; see frr_received_route_info.',
  labels: ORIGINS_LABELS,
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
export const receivedRoutesComplete = metric({
  name: 'frr_received_routes_complete',
  type: 'gauge',
  help: 'Whether all received paths were read: 0 if the table is too large to read, or changed while it was read.',
  labels: TABLE_LABELS,
  source: `${RANGE}, compared with pfxRcd of ${COMMANDS.bgpSummary.text}`,
});

/**
 * Paths in a piece: 0.8 MB, and 12 ms of bgpd besides the walk through its table. A piece may grow by half before the table is
 * divided again, so that by what was measured bgpd works no longer than 50 ms for one up to 80,000 prefixes.
 */
const MOST_PATHS = 2_500;

/** What a piece, and a table since it was last read, may grow by. */
const GROWTH = 1.5;

/** The routes that changed last, by which a table is divided that has not been read. */
const SAMPLE = 1_000;

/** Milliseconds between two pieces, in which bgpd does its own work. */
const PAUSE = 20;

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
  allowTables: flag({
    name: 'collector.received-routes.allow-tables',
    help: 'Read whole BGP tables even if this FRR announces routes, and so is not a witness',
    kind: yesOrNo,
    default: 'false',
  }),
};

type Afi = 'ipv4' | 'ipv6';

interface Path {
  readonly peer: string;
  readonly origin: string;
  readonly nextHop: string;
}

type Routes = Map<string, readonly Path[]>;

/** One BGP table. */
interface Table {
  readonly vrf: string;
  readonly afi: Afi;
  /** Paths received, as the summary counts them. */
  readonly received: number;
  /** Undefined when the table is too large to read. */
  readonly routes: Routes | undefined;
}

interface Answers {
  readonly tables: readonly Table[];
  /** VRFs that cannot be named in a command. */
  readonly leftOut: readonly string[];
}

export const receivedRoutes = statefulCollector({
  name: 'received-routes',
  help: 'Host routes that a witness receives: an FRR that announces nothing, beside the routers (docs/witness.md).',
  enabledByDefault: false,
  pace: 'tables',
  since: '8.4',
  commands: [COMMANDS.bgpSummary, bgpChanged, bgpRange, bgpPrefix],
  flags: FLAGS,
  descriptors: [
    receivedRoutePaths,
    receivedRouteInfo,
    receivedRouteOrigins,
    receivedPaths,
    receivedHostRoutes,
    receivedRoutesComplete,
  ],
  create({ include, maxPaths, allowTables }) {
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
    return {
      async query(frr): Promise<Answers> {
        const [summary] = await frr.json(COMMANDS.bgpSummary);
        const { counts, announced } = countPaths(summary);
        if (announced > 0 && !allowTables)
          throw new FrrError(
            'failed',
            'bgpd',
            `this FRR announces ${announced} prefixes, so it is not a witness, and reading its tables could hold up its sessions; --collector.received-routes.allow-tables allows it`,
          );
        const tables: Table[] = [];
        for (const { vrf, afi, received, version } of counts) {
          if (vrf !== 'default' && !isVrfName(vrf)) continue;
          const routes =
            received > maxPaths ? undefined : await readerOf(vrf, afi).read(frr, received, version);
          tables.push({ vrf, afi, received, routes });
        }
        const vrfs = new Set(counts.map(({ vrf }) => vrf));
        return { tables, leftOut: [...vrfs].filter((vrf) => vrf !== 'default' && !isVrfName(vrf)) };
      },
      *families({ tables, leftOut }, { emit, labels, leaveOut }) {
        for (const { vrf, afi, received, routes } of tables) {
          const table = labels(TABLE_LABELS, [vrf, afi]);
          emit(receivedPaths, table, received);
          const read = [...(routes?.values() ?? [])].reduce((sum, paths) => sum + paths.length, 0);
          emit(receivedRoutesComplete, table, routes !== undefined && read >= received ? 1 : 0);
          if (routes === undefined) {
            leaveOut('table_size', receivedRoutePaths, table);
            continue;
          }
          let hosts = 0;
          for (const [text, paths] of routes) {
            yield;
            const address = hostAddressOf(text, afi);
            if (address !== undefined) hosts++;
            else if (!include.includes(text)) continue;
            const destination = address ?? text;
            for (const [peer, same] of Map.groupBy(paths, (path) => path.peer))
              emit(receivedRoutePaths, labels(ROUTE_LABELS, [vrf, afi, destination, peer]), same.length);
            const [first] = paths;
            if (paths.length === 1 && first !== undefined)
              emit(
                receivedRouteInfo,
                labels(INFO_LABELS, [vrf, afi, destination, first.peer, first.origin, first.nextHop]),
                1,
              );
            const origins = new Set(paths.map(({ origin }) => origin)).size;
            if (origins > 1)
              emit(receivedRouteOrigins, labels(ORIGINS_LABELS, [vrf, afi, destination]), origins);
          }
          emit(receivedHostRoutes, table, hosts);
        }
        for (const vrf of leftOut) leaveOut('vrf_name', receivedPaths, labels(VRF_LABEL, [vrf]));
      },
    };
  },
});

const afiOf = (text: string): Afi => (text.includes(':') ? 'ipv6' : 'ipv4');

/** The address of a host route; undefined for any other prefix. */
function hostAddressOf(text: string, afi: Afi): string | undefined {
  const ending = afi === 'ipv4' ? '/32' : '/128';
  return text.endsWith(ending) ? text.slice(0, -ending.length) : undefined;
}

interface Count {
  readonly vrf: string;
  readonly afi: Afi;
  /** Paths. */
  readonly received: number;
  /** Of the table: it grows with every change. */
  readonly version: number;
}

interface Counts {
  readonly counts: readonly Count[];
  /** Prefixes to all peers, in all address families. */
  readonly announced: number;
}

/** What the sessions have received and sent, from the summary. */
function countPaths(summary: unknown): Counts {
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
      if (safi === 'unicast' && (afi === 'ipv4' || afi === 'ipv6'))
        counts.push({ vrf, afi, received, version: numberOf(family.tableVersion) || 0 });
    }
  }
  return { counts, announced };
}

interface TableReader {
  /**
   * Reads the table.
   * @param received the number of paths in it, as the summary counts them
   * @param version of the table, as the summary has it
   * @throws FrrError
   */
  read(frr: Frr, received: number, version: number): Promise<Routes>;
}

/**
 * Reads one table, round after round, in pieces that follow from what the round before found. A table that is much larger than what
 * was found, as in the first round, is divided by the routes that changed last, as if the others were distributed like them.
 *
 * Ranges in which nothing was found are searched when paths are missing, as if there were up to twice as many in a range as are known already. One
 * range without routes is read in every round, which finds routes there even if as many paths have gone elsewhere.
 */
function createTableReader(vrf: string, afi: Afi, include: readonly string[]): TableReader {
  let division: Division = UNDIVIDED;
  let known = 0;
  let round = 0;
  return {
    async read(frr, received, version) {
      const routes: Routes = new Map();
      if (received === 0) return routes;
      let found = 0;
      let uneven = false;

      const add = (text: string, paths: readonly Path[]) => {
        if (paths.length === 0 || routes.has(text)) return;
        routes.set(text, paths);
        found += paths.length;
      };
      const readRoutes = async (command: Command, pass: typeof add) => {
        const answer = await frr.routes(command);
        await inTurns(eachRoute(answer, (text, paths) => pass(text, readPaths(paths))));
        await pause(PAUSE);
      };
      const readRange = async (range: Range, most: number) => {
        const before = found;
        await readRoutes(bgpRange(vrf, parsePrefix(rangeText(afi, range)) as Prefix), add);
        uneven ||= found - before > most;
      };
      const lookUp = async (texts: Iterable<string>) => {
        const commands = [...texts].map((text) => bgpPrefix(vrf, parsePrefix(text) as Prefix));
        for (const answer of await frr.jsonEach(commands)) {
          const { prefix: text, paths } = fields(answer);
          if (parsePrefix(word(text)) !== undefined) add(word(text), readPaths(paths));
        }
      };

      if (received > GROWTH * Math.max(MOST_PATHS, known)) {
        const sample: (readonly [string, number])[] = [];
        await readRoutes(bgpChanged(vrf, afi, version - SAMPLE + 1), (text, { length }) => {
          if (length > 0) sample.push([text, length]);
        });
        const each = received / sample.reduce((sum, [, paths]) => sum + paths, 0);
        const all = sample.map(([text, paths]) => [text, paths * each] as const);
        division = await inTurns(divide(afi, all, MOST_PATHS));
        uneven = true;
      }

      const { pieces, gaps, shorter, splits } = division;
      for (const piece of pieces) await readRange(piece, GROWTH * MOST_PATHS);
      await lookUp(new Set([...shorter, ...include]));
      if (found < received) await lookUp(splits.map((range) => rangeText(afi, range)));
      const next = gaps[round++ % gaps.length];
      const missing = found < received;
      for (const gap of missing ? nearestFirst(gaps) : gaps.filter((one) => one === next)) {
        if (missing && found >= received) break;
        const times = Math.log2(Math.min(2 * found, received - found) / MOST_PATHS);
        for (const part of evenly(afi, gap, Math.max(0, Math.ceil(times)))) await readRange(part, 0);
      }
      uneven ||= pieces.length > 4 + (4 * found) / MOST_PATHS;
      if (uneven) {
        const counts = [...routes].map(([text, paths]) => [text, paths.length] as const);
        division = await inTurns(divide(afi, counts, MOST_PATHS));
      }
      known = found;
      return routes;
    },
  };
}

/** A small range lies beside routes that are known, and is the size of the range that has them. */
const nearestFirst = (gaps: readonly Range[]) => gaps.toSorted((a, b) => b.length - a.length);

/** Passes on the routes that can be read, in turns. */
function* eachRoute(
  answer: Iterable<readonly [prefix: string, paths: unknown]>,
  pass: (prefix: string, paths: unknown) => void,
): Generator<void, void, void> {
  for (const [text, paths] of answer) {
    if (parsePrefix(text) !== undefined) pass(text, paths);
    yield;
  }
}

/** Peers of a path that is this FRR's own: in a range, and in the answer about one prefix. */
const OWN: ReadonlySet<string> = new Set(['', '(unspec)', '0.0.0.0', '::']);

/** The paths of a prefix, in a range or in the answer about one prefix; those of this FRR itself left out. */
function readPaths(paths: unknown): readonly Path[] {
  return items(paths).flatMap((item) => {
    const path = fields(item);
    const peer = word(path.peerId) || word(fields(path.peer).peerId);
    if (OWN.has(peer) || path.removed === true) return [];
    const [first] = items(path.nexthops);
    const nextHop = word(fields(first).ip);
    const asPath = word(path.path) || word(fields(path.aspath).string);
    return [{ peer, origin: asPath.match(/\S+$/)?.[0] || nextHop, nextHop }];
  });
}
