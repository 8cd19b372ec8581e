/**
 * The allow-list: every command that this program can send to FRR.
 *
 * This is a security boundary. A process that can open FRR's vty sockets can also configure the router, so only the
 * commands made here reach FRR: `Command` cannot be made elsewhere, and every parameter is first parsed as an address
 * or taken from a fixed list. A command is added here only after it has run on every FRR version of the test matrix
 * with peers up, down and absent (`show bgp neighbors graceful-restart json` crashed bgpd 7.5.1 and 8.4.4), and after
 * its cost for the router has been measured. Whole tables are not queried, except by {@link bgpRange}, {@link bgpVpnTable} and
 * {@link bgpType5Table} on a witness, and by {@link bgpRangeDetail} where they hold little but the node's own addresses.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { type Prefix, prefixText } from './addresses.ts';

/** FRR's daemons, as their sockets (`NAME.vty`) and `vtysh -d NAME` call them. */
export const DAEMONS = [
  'zebra',
  'bgpd',
  'bfdd',
  'staticd',
  'mgmtd',
  'ospfd',
  'ospf6d',
  'ripd',
  'ripngd',
  'isisd',
  'pimd',
  'pim6d',
  'ldpd',
  'nhrpd',
  'eigrpd',
  'babeld',
  'pbrd',
  'fabricd',
  'pathd',
  'vrrpd',
  'watchfrr',
] as const;

export type Daemon = (typeof DAEMONS)[number];

declare const allowed: unique symbol;

/** A command that may be sent. Only this file makes them. */
export interface Command {
  /** As typed at vtysh. Also the key in a recording, unless {@link Command.recordedAs} says otherwise. */
  readonly text: string;
  readonly daemon: Daemon;
  readonly format: 'json' | 'text';
  /** The daemon answers it only after `enable` on the same connection. vtysh sends that automatically. */
  readonly needsEnable: boolean;
  /** Key in a recording, where the text alone does not identify the daemon. */
  readonly recordedAs: string;
  /** FRR sends no output at all, rather than an empty document, when there is nothing to report. */
  readonly mayBeEmpty: boolean;
  /** The answer may hold passwords: it is never recorded. */
  readonly secret: boolean;
  readonly [allowed]: true;
}

type Properties = Partial<Pick<Command, 'needsEnable' | 'recordedAs' | 'mayBeEmpty' | 'secret'>>;

function allow(daemon: Daemon, text: string, format: 'json' | 'text', properties: Properties = {}): Command {
  if (!DAEMONS.includes(daemon)) throw new TypeError(`${JSON.stringify(daemon)} is not an FRR daemon`);
  // bfdd answers no other command before it.
  const {
    needsEnable = daemon === 'bfdd',
    recordedAs = text,
    mayBeEmpty = false,
    secret = false,
  } = properties;
  return { text, daemon, format, needsEnable, recordedAs, mayBeEmpty, secret } as Command;
}

const json = (daemon: Daemon, text: string, properties?: Properties): Command =>
  allow(daemon, text, 'json', properties);

/** Commands without parameters. Costs: on FRR 8.4.4, two cores; sessions are 3 address families each. */
export const COMMANDS = {
  /** Every session of every VRF and address family. 0.5 ms for 3 sessions, 40 ms and 1.6 MB for 1,000. */
  bgpSummary: json('bgpd', 'show bgp vrf all summary json'),
  /** Timers, reasons, policies, limits of every session. 0.4 ms for 3 sessions, 232 ms and 4.7 MB for 1,000. */
  bgpNeighbors: json('bgpd', 'show bgp vrf all neighbors json'),
  /** Reset reasons of the sessions that are not established, and nothing of the others. */
  bgpFailed: json('bgpd', 'show bgp vrf all summary failed json'),
  /** Every BFD session of every VRF (`show bfd vrf all ...` looks for a VRF named "all"). */
  bfdPeers: json('bfdd', 'show bfd peers json'),
  bfdCounters: json('bfdd', 'show bfd peers counters json'),
  /** Empty without EVPN on 7.5 and 8.4, an empty object on 10. */
  evpnVnis: json('zebra', 'show evpn vni json', { mayBeEmpty: true }),
  /** The L3 VNI of each VRF that has one. */
  vrfVnis: json('zebra', 'show vrf vni json'),
  /** The route distinguisher and the route targets of each VNI; a line for each VNI, no routes. Empty without BGP. */
  bgpVnis: json('bgpd', 'show bgp l2vpn evpn vni json', { mayBeEmpty: true }),
  /** One document for all VRFs; neighbors and interfaces are few. */
  ospfNeighbors: json('ospfd', 'show ip ospf vrf all neighbor json'),
  ospfInterfaces: json('ospfd', 'show ip ospf vrf all interface json'),
  /** Queried for `--compat.frr-exporter` only: the numbers of LSAs. Empty without OSPF. */
  ospfInstances: json('ospfd', 'show ip ospf vrf all json', { mayBeEmpty: true }),
  /** Also for that option only. FRR 8.4 and newer. */
  ospfMaxAge: json('ospfd', 'show ip ospf vrf all database max-age json'),
  pimNeighbors: json('pimd', 'show ip pim vrf all neighbor json'),
  pimInterfaces: json('pimd', 'show ip pim vrf all interface json'),
  /** BGP instances with the VRFs and L3 VNIs that they are for. */
  bgpInstances: json('bgpd', 'show bgp vrfs json'),
  /** Sessions that exchange VPN routes. Empty where there are none. */
  bgpVpn4Summary: json('bgpd', 'show bgp ipv4 vpn summary json'),
  bgpVpn6Summary: json('bgpd', 'show bgp ipv6 vpn summary json'),
  /** How many routes each routing table of zebra has, from its counters. */
  tableSizes: allow('zebra', 'show zebra router table summary', 'text'),
  vrrp: json('vrrpd', 'show vrrp json'),
  /** FRR 8.4 and newer, where bgpd has the RPKI module. */
  rpkiServers: json('bgpd', 'show rpki cache-server json'),
  rpkiConnections: json('bgpd', 'show rpki cache-connection json'),
  /** The VRFs other than the default one, including those that are configured but do not exist. */
  vrfs: allow('zebra', 'show vrf', 'text'),
  /** The daemons that are connected to zebra, and since when. */
  zebraClients: allow('zebra', 'show zebra client summary', 'text', { needsEnable: true }),
  /** watchfrr's own view of the daemons. */
  watchfrr: allow('watchfrr', 'show watchfrr', 'text'),
} as const satisfies Record<string, Command>;

/** A command with parameters. */
export interface CommandTemplate {
  /** As typed at vtysh, with words in capitals for the parameters; all variants, with commas between them. */
  readonly text: string;
}

/** Gives a function that makes commands the text of the command, which documentation derives from. */
function template<Parameters extends readonly unknown[]>(
  text: string,
  make: (...parameters: Parameters) => Command,
): CommandTemplate & ((...parameters: Parameters) => Command) {
  return Object.assign(make, { text });
}

/** A name that FRR reports (`show vrf`) and that can be used in a command as one word. */
const VRF_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,63}$/;

/** Whether a VRF can be named in a command. zebra takes `a` and `al` for `all`. */
export function isVrfName(name: string): boolean {
  return VRF_NAME.test(name) && !'all'.startsWith(name);
}

/** ` vrf NAME`, and nothing for the default VRF, whose own name can be changed (`zebra --vrfdefaultname`). */
function inVrf(vrf: string): string {
  if (vrf === 'default') return '';
  if (!isVrfName(vrf))
    throw new TypeError(`${JSON.stringify(vrf)} is not a VRF that can be named in a command`);
  return ` vrf ${vrf}`;
}

const IP = { ipv4: 'ip', ipv6: 'ipv6' } as const;

/**
 * Routes of one VRF, counted by protocol. zebra walks its table: 0.6 s of its one main thread at 1,000,000 routes.
 * One VRF at a time, because `vrf all` leaves out the VRFs' names before FRR 10.
 * @throws TypeError for a VRF that cannot be named; see {@link isVrfName}
 */
export const routeSummary = template(
  'show ip route [vrf NAME] summary json, show ipv6 route [vrf NAME] summary json',
  (afi: 'ipv4' | 'ipv6', vrf: string) => json('zebra', `show ${IP[afi]} route${inVrf(vrf)} summary json`),
);

/**
 * The default route of one VRF. One look-up, whatever the table's size.
 * @throws TypeError for a VRF that cannot be named; see {@link isVrfName}
 */
export const defaultRoute = template(
  'show ip route [vrf NAME] 0.0.0.0/0 json, show ipv6 route [vrf NAME] ::/0 json',
  (afi: 'ipv4' | 'ipv6', vrf: string) =>
    json('zebra', `show ${IP[afi]} route${inVrf(vrf)} ${afi === 'ipv4' ? '0.0.0.0/0' : '::/0'} json`),
);

/** A command that every daemon answers. Costs next to nothing. */
export const showVersion = template('show version', (daemon: Daemon) =>
  allow(daemon, 'show version', 'text', {
    recordedAs: daemon === 'zebra' ? 'show version' : `show version ${daemon}`,
  }),
);

/** Memory of one daemon, as its allocator reports it (`show memory`). */
export const showMemory = template('show memory', (daemon: Daemon) =>
  allow(daemon, 'show memory', 'text', { recordedAs: `show memory ${daemon}` }),
);

/** `192.0.2.1/32`. @throws TypeError for what is not an address, or has a zone or an impossible length */
function checkedPrefix(prefix: Prefix): string {
  const { address, prefixLength, afi } = prefix;
  const longest = afi === 'ipv4' ? 32 : 128;
  const isAddress = afi === 'ipv4' ? isIPv4(address) : isIPv6(address) && !address.includes('%');
  if (!isAddress || !Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > longest)
    throw new TypeError(`${JSON.stringify(prefixText(prefix))} is not an ${afi} prefix`);
  return prefixText(prefix);
}

/** The running configuration of one daemon, which is only ever hashed. 0.5 ms for 3 sessions. */
export const runningConfig = template('show running-config', (daemon: Daemon) =>
  allow(daemon, 'show running-config', 'text', {
    needsEnable: true,
    recordedAs: `show running-config ${daemon}`,
    secret: true,
  }),
);

/**
 * Whether bgpd has a prefix in a VRF, and to which peers it was advertised. One look-up, whatever the table's size.
 * @throws TypeError for what is not a prefix, and for a VRF that cannot be named; see {@link isVrfName}
 */
export const bgpPrefix = template(
  'show bgp [vrf NAME] ipv4 unicast PREFIX json, show bgp [vrf NAME] ipv6 unicast PREFIX json',
  (vrf: string, prefix: Prefix) =>
    json('bgpd', `show bgp${inVrf(vrf)} ${prefix.afi} unicast ${checkedPrefix(prefix)} json`),
);

/**
 * The same for a prefix among the VPN routes, by route distinguisher. A look-up for each of these.
 * @throws TypeError for what is not a prefix
 */
export const bgpVpnPrefix = template(
  'show bgp ipv4 vpn PREFIX json, show bgp ipv6 vpn PREFIX json',
  (prefix: Prefix) => json('bgpd', `show bgp ${prefix.afi} vpn ${checkedPrefix(prefix)} json`),
);

/** Such as `172.16.0.2:3` and `64999:100` (RFC 4364, 4.2). */
const ROUTE_DISTINGUISHER = /^(?:\d{1,10}|\d{1,3}(?:\.\d{1,3}){3}):\d{1,10}$/;

/**
 * The type 5 routes with one route distinguisher, which are those of one VRF, and to which peers each was advertised.
 * Not by prefix: for that, bgpd walks all type 5 routes that it has.
 * @throws TypeError for what is not a route distinguisher
 */
export const bgpType5Routes = template('show bgp l2vpn evpn route rd RD type prefix json', (rd: string) => {
  if (!ROUTE_DISTINGUISHER.test(rd))
    throw new TypeError(`${JSON.stringify(rd)} is not a route distinguisher`);
  return json('bgpd', `show bgp l2vpn evpn route rd ${rd} type prefix json`);
});

/**
 * The VRFs that a VRF imports routes from (`import vrf`).
 * @throws TypeError for a VRF that cannot be named; see {@link isVrfName}
 */
export const bgpRouteLeak = template(
  'show bgp [vrf NAME] ipv4 unicast route-leak json, show bgp [vrf NAME] ipv6 unicast route-leak json',
  (afi: 'ipv4' | 'ipv6', vrf: string) => json('bgpd', `show bgp${inVrf(vrf)} ${afi} unicast route-leak json`),
);

/** Protocols of routes that lead to the node's own addresses. */
export const LOCAL_PROTOCOLS = ['connected', 'kernel', 'static'] as const;

export type LocalProtocol = (typeof LOCAL_PROTOCOLS)[number];

/**
 * Routes of one protocol: of all VRFs, or of one. zebra walks the tables, so they must not be large (`tableSizes`). Before
 * FRR 10 one document for each VRF; each route has the number of its VRF.
 * @throws TypeError for a VRF that cannot be named; see {@link isVrfName}
 */
export const localRoutes = template(
  LOCAL_PROTOCOLS.map(
    (protocol) =>
      `show ip route [vrf NAME|all] ${protocol} json, show ipv6 route [vrf NAME|all] ${protocol} json`,
  ).join(', '),
  (afi: 'ipv4' | 'ipv6', protocol: LocalProtocol, vrf?: string) =>
    json('zebra', `show ${IP[afi]} route${vrf === undefined ? ' vrf all' : inVrf(vrf)} ${protocol} json`),
);

/**
 * The routes within a range of BGP's table, the range itself included. bgpd walks its whole table for any range, 10 ms for 30,000
 * prefixes and 38 ms for 100,000, and takes 5 µs more for each path in the answer: on a router that only receives routes.
 * FRR 8.4 and newer.
 * @throws TypeError for what is not a prefix, and for a VRF that cannot be named; see {@link isVrfName}
 */
export const bgpRange = template(
  'show bgp [vrf NAME] ipv4 unicast PREFIX longer-prefixes json, show bgp [vrf NAME] ipv6 unicast PREFIX longer-prefixes json',
  (vrf: string, range: Prefix) =>
    json('bgpd', `show bgp${inVrf(vrf)} ${range.afi} unicast ${checkedPrefix(range)} longer-prefixes json`),
);

/**
 * The same with all that {@link bgpPrefix} has of each route, for a table with little but the node's own addresses: 9 µs for each route
 * in the answer instead of 80 µs for a look-up. FRR 8.4 and newer.
 * @throws TypeError for what is not a prefix, and for a VRF that cannot be named; see {@link isVrfName}
 */
export const bgpRangeDetail = template(
  'show bgp [vrf NAME] ipv4 unicast PREFIX longer-prefixes json detail, show bgp [vrf NAME] ipv6 unicast PREFIX longer-prefixes json detail',
  (vrf: string, range: Prefix) =>
    json(
      'bgpd',
      `show bgp${inVrf(vrf)} ${range.afi} unicast ${checkedPrefix(range)} longer-prefixes json detail`,
    ),
);

/**
 * The routes of BGP's table that have changed since it had a version: at most one for each version since. It costs as much as
 * {@link bgpRange}. FRR 8.4 and newer.
 * @param version is brought within what the command takes, 1 to 2^32 - 1
 * @throws TypeError for a VRF that cannot be named; see {@link isVrfName}
 */
export const bgpChanged = template(
  'show bgp [vrf NAME] ipv4 unicast version VERSION json, show bgp [vrf NAME] ipv6 unicast version VERSION json',
  (vrf: string, afi: 'ipv4' | 'ipv6', version: number) =>
    json(
      'bgpd',
      `show bgp${inVrf(vrf)} ${afi} unicast version ${Math.min(Math.max(1, version), 2 ** 32 - 1)} json`,
    ),
);

/**
 * All VPN routes, by route distinguisher: on a router that only receives routes, and only of a small table. FRR 8.4 and newer.
 */
export const bgpVpnTable = template(
  'show bgp ipv4 vpn json, show bgp ipv6 vpn json',
  (afi: 'ipv4' | 'ipv6') => json('bgpd', `show bgp ${afi} vpn json`, { mayBeEmpty: true }),
);

/** All EVPN type 5 routes, by route distinguisher; otherwise the same. */
export const bgpType5Table = json('bgpd', 'show bgp l2vpn evpn route type prefix json', { mayBeEmpty: true });

/**
 * Switches a vty connection to the mode that some commands need ({@link Command.needsEnable}). It changes no
 * configuration. vtysh sends it automatically.
 */
export function enable(daemon: Daemon): Command {
  return allow(daemon, 'enable', 'text');
}

/** Address families, as FRR's commands name them. */
export const AFIS = ['ipv4', 'ipv6'] as const;

/**
 * The commands that are sent whatever FRR answers, and whose answers may be kept: those without parameters, and those with
 * each daemon and each VRF that can be named.
 */
export function fixedCommands(vrfs: readonly string[]): readonly Command[] {
  const nameable = vrfs.filter((vrf) => vrf === 'default' || isVrfName(vrf));
  return [
    ...Object.values(COMMANDS),
    ...nameable.flatMap((vrf) => AFIS.flatMap((afi) => [routeSummary(afi, vrf), defaultRoute(afi, vrf)])),
    ...DAEMONS.flatMap((daemon) => [showVersion(daemon), showMemory(daemon)]),
  ];
}
