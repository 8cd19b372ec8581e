/** To whom bgpd advertises addresses: as unicast routes of a VRF, as VPN routes and as EVPN type 5 routes. */
import { bgpPrefix, bgpType5Routes, bgpVpnPrefix, type Command } from '../../frr/commands.ts';
import { numberOf } from '../../metrics/family.ts';
import type { Frr } from '../collector.ts';
import { type Fields, fields, items, members } from '../fields.ts';
import { unlessFailed } from '../unless-failed.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import type { HostAddress } from './filter.ts';
import type { Instance, Node } from './instances.ts';

/** As what a peer is sent an address. */
export type Family = 'unicast' | 'vpn' | 'evpn';

/** A peer that is sent an address. */
export interface Receiver {
  /** VRF of the session. */
  readonly vrf: string;
  readonly peer: string;
  readonly family: Family;
}

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

/** FRR's answers about addresses. */
export interface LookedUp {
  readonly node: Node;
  readonly addresses: readonly HostAddress[];
  readonly answers: Answers;
}

/** FRR's answers by the text of the command. */
type Answers = ReadonlyMap<string, unknown>;

/** Remembers the look-ups of the poll before, which are repeated in one go with everything else: few are new. */
export function createLookUp() {
  let before: readonly Command[] = [];

  return {
    /** Repeats the look-ups. None where FRR refuses one, such as in a VRF that is gone. */
    repeat: (frr: Frr): Promise<Answers> => unlessFailed(answersTo(frr, before), new Map()),
    /** Looks up what was not repeated. @throws FrrError */
    async lookUp(
      frr: Frr,
      node: Node,
      addresses: readonly HostAddress[],
      repeated: Answers,
    ): Promise<LookedUp> {
      before = lookUps(node, addresses);
      const others = before.filter(({ text }) => !repeated.has(text));
      return { node, addresses, answers: new Map([...repeated, ...(await answersTo(frr, others))]) };
    },
  };
}

/** Look-ups that are sent together: some 50 ms of bgpd, well within the deadline of one go. */
const TOGETHER = 500;

async function answersTo(frr: Frr, commands: readonly Command[]): Promise<Answers> {
  const answers = new Map<string, unknown>();
  for (let from = 0; from < commands.length; from += TOGETHER) {
    const some = commands.slice(from, from + TOGETHER);
    const found = await frr.jsonEach(some);
    for (const [index, { text }] of some.entries()) answers.set(text, found[index]);
  }
  return answers;
}

/** The addresses in their own VRF, in those that import it, among the VPN routes and among the type 5 routes. */
function lookUps(node: Node, addresses: readonly HostAddress[]): readonly Command[] {
  const commands = new Map<string, Command>();
  const add = (command: Command) => commands.set(command.text, command);
  for (const address of addresses) {
    for (const vrf of [address.vrf, ...node.importers(address.afi, address.vrf)])
      add(bgpPrefix(vrf, address));
    if (isVpnCandidate(node, address)) add(bgpVpnPrefix(address));
  }
  const withAddresses = new Set(addresses.map(({ vrf }) => vrf));
  const large = new Set(node.largeTables.map(({ vrf }) => vrf));
  for (const instance of node.instances) {
    const rd = node.routeDistinguisher(instance);
    if (rd !== undefined && !large.has(instance.vrf) && withAddresses.has(instance.vrf))
      add(bgpType5Routes(rd));
  }
  return [...commands.values()];
}

/** Routes of the default VRF are not exported to a VPN. */
function isVpnCandidate(node: Node, { vrf, afi }: HostAddress): boolean {
  return vrf !== DEFAULT_VRF && node.vpn(afi);
}

/** The announcements of each address: first its own, then those as an address that leaked into another VRF. */
export function* announcements({
  node,
  addresses,
  answers,
}: LookedUp): Generator<readonly [own: Announcement, ...leaked: Announcement[]]> {
  const instances = new Map(node.instances.map((instance) => [instance.vrf, instance]));
  const type5 = new Map(
    node.instances.map((instance) => [instance.vrf, readType5(node.routeDistinguisher(instance), answers)]),
  );
  /** An address can be there several times, on two interfaces or as a route. */
  const seen = new Set<string>();
  for (const address of addresses) {
    const { vrf, afi } = address;
    const table = (name: string) => unicast(answers.get(bgpPrefix(name, address).text), name);
    const leaked = node
      .importers(afi, vrf)
      .map((importer) => ({ importer, route: table(importer) }))
      .filter(({ route }) => route.from === vrf);
    const { inBgp, updated, receivers } = table(vrf);
    const vpn = isVpnCandidate(node, address)
      ? vpnReceivers(answers.get(bgpVpnPrefix(address).text), vrf)
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
        ...leaked.flatMap(({ route }) => route.receivers),
      ],
      vpnPeers: vpn?.length,
      evpnPeers: Array.isArray(evpn) ? evpn.length : (evpn as 'unknown' | undefined),
    };
    const copies = leaked
      .filter(({ importer }) => !seen.has(bgpPrefix(importer, address).text))
      .map(
        ({ importer, route }): Announcement => ({
          address: { ...address, vrf: importer, interface: vrf, origin: 'leaked', kernel: undefined },
          inBgp: true,
          updated: route.updated,
          receivers: route.receivers,
          vpnPeers: undefined,
          evpnPeers: undefined,
        }),
      );
    for (const { importer } of leaked) seen.add(bgpPrefix(importer, address).text);
    yield [own, ...copies];
  }
}

/** How many sessions an address is sent over; undefined where FRR did not report all of them, and none is known. */
export function advertisedPeers({ receivers, evpnPeers }: Announcement): number | undefined {
  const sessions = new Set(receivers.map(({ vrf, peer }) => `${vrf} ${peer}`)).size;
  return sessions === 0 && evpnPeers === 'unknown' ? undefined : sessions;
}

/** A route as the answer to a look-up in a VRF has it. */
function unicast(answer: unknown, vrf: string) {
  const route = fields(answer);
  const path = ownPath(route);
  return {
    inBgp: path !== undefined,
    /** The VRF that the path was imported from. */
    from: path?.nhVrfName,
    updated: path === undefined ? undefined : numberOf(fields(path.lastUpdate).epoch),
    receivers: path === undefined ? [] : receiversOf(route, vrf, 'unicast'),
  };
}

/**
 * The best path, if it comes from this node. Another node may announce the same address (anycast, or a virtual address
 * that moved), and then it is that one's route that is passed on to peers.
 */
function ownPath(route: Fields): Fields | undefined {
  return items(route.paths)
    .flat()
    .map(fields)
    .find(({ bestpath, peer }) => {
      const { peerId } = fields(peer);
      return fields(bestpath).overall === true && (peerId === '0.0.0.0' || peerId === '::');
    });
}

function receiversOf(route: Fields, vrf: string, family: Family): readonly Receiver[] {
  return [...members(route.advertisedTo)].map(([peer]) => ({ vrf, peer, family }));
}

/** Undefined where the address of this VRF is not among the VPN routes. */
function vpnReceivers(answer: unknown, vrf: string): readonly Receiver[] | undefined {
  const own = [...members(answer)]
    .map(([, route]) => route)
    .filter((route) => ownPath(route)?.nhVrfName === vrf);
  return own.length === 0 ? undefined : own.flatMap((route) => receiversOf(route, DEFAULT_VRF, 'vpn'));
}

/** The type 5 routes with a route distinguisher by their prefix, or nothing where they were not queried. */
function readType5(rd: string | undefined, answers: Answers): ReadonlyMap<string, Fields> | undefined {
  const answer = rd === undefined ? undefined : answers.get(bgpType5Routes(rd).text);
  if (rd === undefined || answer === undefined) return undefined;
  const found = new Map<string, Fields>();
  for (const [, route] of members(fields(answer)[rd])) found.set(`${route.ip}/${route.ipLen}`, route);
  return found;
}

function evpnReceivers(
  instance: Instance | undefined,
  routes: ReadonlyMap<string, Fields> | undefined,
  { address, prefixLength }: HostAddress,
): readonly Receiver[] | 'unknown' | undefined {
  if (instance === undefined || instance.l3Vni === 0) return undefined;
  if (routes === undefined) return 'unknown';
  const route = routes.get(`${address}/${prefixLength}`);
  return route === undefined || ownPath(route) === undefined ? [] : receiversOf(route, DEFAULT_VRF, 'evpn');
}
