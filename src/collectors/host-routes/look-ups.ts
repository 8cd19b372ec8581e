/** What bgpd has of the node's addresses, in as little of its time as possible. */
import { inTurns } from '../../base/turns.ts';
import { type Prefix, parsePrefix, prefixText } from '../../frr/addresses.ts';
import { bgpPrefix, bgpRangeDetail, bgpType5Routes, bgpVpnPrefix, type Command } from '../../frr/commands.ts';
import { FrrError } from '../../frr/source.ts';
import { numberOf } from '../../metrics/family.ts';
import type { Frr } from '../collector.ts';
import { type Fields, fields, items, members } from '../fields.ts';
import { divide, rangeText } from '../received-routes/ranges.ts';
import { unlessFailed } from '../unless-failed.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import { type HostAddress, isHost } from './filter.ts';
import type { Afi, Node } from './instances.ts';

/** As what a peer is sent an address. */
export type Family = 'unicast' | 'vpn' | 'evpn';

/** A peer that is sent an address. */
export interface Receiver {
  /** VRF of the session. */
  readonly vrf: string;
  readonly peer: string;
  readonly family: Family;
}

/** An address in one table of bgpd. */
export interface Route {
  /** Whether the best path comes from this node. */
  readonly inBgp: boolean;
  /** The VRF that the path was imported from. */
  readonly from: unknown;
  /** Seconds since the epoch at which the path last changed. */
  readonly updated: number | undefined;
  readonly receivers: readonly Receiver[];
}

const NO_ROUTE: Route = { inBgp: false, from: undefined, updated: undefined, receivers: [] };

/** FRR's answers about addresses. */
export interface LookedUp {
  readonly node: Node;
  readonly addresses: readonly HostAddress[];
  route(vrf: string, prefix: Prefix): Route;
  /** FRR's answer; undefined where it was not queried. */
  answer(command: Command): unknown;
}

/** A command about addresses, and what to keep of the answer: of thousands of routes only what is needed. */
interface LookUp {
  readonly command: Command;
  /** The routes in the answer, by {@link routeKey}; left out where the answer itself is kept. */
  readonly routes?: (answer: unknown) => Iterable<readonly [key: string, route: Route]>;
  /** The answer is large. */
  readonly isRange?: true;
}

/** What was found, and by which commands. */
interface Found {
  readonly sent: Set<string>;
  readonly routes: Map<string, Route>;
  readonly answers: Map<string, unknown>;
}

const nothing = (): Found => ({ sent: new Set(), routes: new Map(), answers: new Map() });

/** A route of a VRF. @param prefix as text, such as `192.0.2.1/32` */
export const routeKey = (vrf: string, prefix: string): string => `${vrf} ${prefix}`;

/** Look-ups that are sent together: some 50 ms of bgpd, well within the deadline of one go. */
const TOGETHER = 500;

/**
 * Addresses from which on a table is read in ranges. bgpd takes 80 µs for a look-up, but 9 µs for each route of a range, and 0.3 µs
 * for each other one in the table.
 */
const MANY = 200;

/** Addresses in a range: some 20 ms of bgpd. */
const IN_RANGE = 2_000;

/** How many entries a table may have for each address where it is read in ranges. zebra counts up to two for a route. */
const MOSTLY_OWN = 2.5;

/** Remembers the look-ups of the poll before, which are repeated in one go with everything else: few are new. */
export function createLookUp() {
  let before: readonly LookUp[] = [];
  /** Whether FRR has a command for ranges, as far as is known. */
  let ranges = true;

  return {
    /** Repeats the look-ups. None where FRR refuses one, such as in a VRF that is gone. */
    repeat: (frr: Frr): Promise<Found> => unlessFailed(send(frr, before, nothing()), nothing()),
    /** Looks up what was not repeated. @throws FrrError */
    async lookUp(
      frr: Frr,
      node: Node,
      addresses: readonly HostAddress[],
      repeated: Found,
    ): Promise<LookedUp> {
      const find = async () => {
        before = await lookUps(node, addresses, ranges);
        const others = before.filter(({ command }) => !repeated.sent.has(command.text));
        return send(frr, others, repeated);
      };
      const { routes, answers } = await find().catch((error: unknown) => {
        if (!(ranges && error instanceof FrrError && error.reason === 'unknown_command')) throw error;
        ranges = false;
        return find();
      });
      return {
        node,
        addresses,
        route: (vrf, prefix) => routes.get(routeKey(vrf, prefixText(prefix))) ?? NO_ROUTE,
        answer: ({ text }) => answers.get(text),
      };
    },
  };
}

/** Ranges one by one, because the answers are large. @returns what was found, before and now */
async function send(frr: Frr, all: readonly LookUp[], found: Found): Promise<Found> {
  const keep = ({ command, routes }: LookUp, answer: unknown) => {
    found.sent.add(command.text);
    if (routes === undefined) found.answers.set(command.text, answer);
    else for (const [key, route] of routes(answer)) found.routes.set(key, route);
  };
  const few = all.filter(({ isRange }) => !isRange);
  for (let from = 0; from < few.length; from += TOGETHER) {
    const some = few.slice(from, from + TOGETHER);
    const answers = await frr.jsonEach(some.map(({ command }) => command));
    for (const [index, one] of some.entries()) keep(one, answers[index]);
  }
  for (const one of all) if (one.isRange) keep(one, (await frr.json(one.command))[0]);
  return found;
}

/** The addresses in their own VRF, in those that import it, among the VPN routes and among the type 5 routes. */
async function lookUps(
  node: Node,
  addresses: readonly HostAddress[],
  ranges: boolean,
): Promise<readonly LookUp[]> {
  const found = new Map<string, LookUp>();
  const add = (lookUp: LookUp) => found.set(lookUp.command.text, lookUp);
  const tables = new Map<string, { vrf: string; afi: Afi; prefixes: Map<string, Prefix> }>();
  for (const address of addresses) {
    const { afi } = address;
    for (const vrf of [address.vrf, ...node.importers(afi, address.vrf)]) {
      const key = `${afi} ${vrf}`;
      const table = tables.get(key) ?? { vrf, afi, prefixes: new Map() };
      tables.set(key, table);
      table.prefixes.set(prefixText(address), address);
    }
    if (isVpnCandidate(node, address)) add({ command: bgpVpnPrefix(address) });
  }
  for (const { vrf, afi, prefixes } of tables.values()) {
    const size = node.tableSize(vrf, afi);
    const hosts = new Set([...prefixes].filter(([, prefix]) => isHost(prefix)).map(([text]) => text));
    const inRanges = ranges && hosts.size >= MANY && size > 0 && size <= MOSTLY_OWN * hosts.size;
    if (inRanges) for (const lookUp of await rangesOf(vrf, afi, hosts)) add(lookUp);
    for (const [text, prefix] of prefixes) if (!(inRanges && hosts.has(text))) add(lookUpOf(vrf, prefix));
  }
  const withAddresses = new Set(addresses.map(({ vrf }) => vrf));
  const large = new Set(node.largeTables.map(({ vrf }) => vrf));
  for (const instance of node.instances) {
    const rd = node.routeDistinguisher(instance);
    if (rd !== undefined && !large.has(instance.vrf) && withAddresses.has(instance.vrf))
      add({ command: bgpType5Routes(rd) });
  }
  return [...found.values()];
}

function lookUpOf(vrf: string, prefix: Prefix): LookUp {
  const key = routeKey(vrf, prefixText(prefix));
  return { command: bgpPrefix(vrf, prefix), routes: (answer) => [[key, readRoute(fields(answer), vrf)]] };
}

/** @param hosts such as `192.0.2.1/32` */
async function rangesOf(vrf: string, afi: Afi, hosts: ReadonlySet<string>): Promise<readonly LookUp[]> {
  const { pieces } = await inTurns(
    divide(
      afi,
      [...hosts].map((text) => [text, 1] as const),
      IN_RANGE,
    ),
  );
  function* routes(answer: unknown) {
    for (const [prefix, route] of Object.entries(fields(fields(answer).routes)))
      yield [routeKey(vrf, prefix), readRoute(routeOfRange(route), vrf)] as const;
  }
  return pieces.map((range) => ({
    command: bgpRangeDetail(vrf, parsePrefix(rangeText(afi, range)) as Prefix),
    routes,
    isRange: true,
  }));
}

/** As the answer to a look-up has it. FRR 8.4 has a list of what it knows of the prefix, and the paths. */
function routeOfRange(route: unknown): Fields {
  if (!Array.isArray(route)) return fields(route);
  const [prefix, ...paths] = route;
  return { ...fields(prefix), paths };
}

/** Routes of the default VRF are not exported to a VPN. */
export function isVpnCandidate(node: Node, { vrf, afi }: HostAddress): boolean {
  return vrf !== DEFAULT_VRF && node.vpn(afi);
}

function readRoute(route: Fields, vrf: string): Route {
  const path = ownPath(route);
  if (path === undefined) return NO_ROUTE;
  return {
    inBgp: true,
    from: path.nhVrfName,
    updated: numberOf(fields(path.lastUpdate).epoch),
    receivers: receiversOf(route, vrf, 'unicast'),
  };
}

/**
 * The best path, if it comes from this node. Another node may announce the same address (anycast, or a virtual address
 * that moved), and then it is that one's route that is passed on to peers.
 */
export function ownPath(route: Fields): Fields | undefined {
  return items(route.paths)
    .flat()
    .map(fields)
    .find(({ bestpath, peer }) => {
      const { peerId } = fields(peer);
      return fields(bestpath).overall === true && (peerId === '0.0.0.0' || peerId === '::');
    });
}

export function receiversOf(route: Fields, vrf: string, family: Family): readonly Receiver[] {
  return [...members(route.advertisedTo)].map(([peer]) => ({ vrf, peer, family }));
}
