/** The BGP instances of the node and what routes they exchange: the VRFs in which an address can be announced. */
import {
  AFIS,
  bgpRouteLeak,
  COMMANDS,
  type Command,
  isVrfName,
  LOCAL_PROTOCOLS,
  type LocalProtocol,
  localRoutes,
} from '../../frr/commands.ts';
import { numberOf } from '../../metrics/family.ts';
import type { Frr } from '../collector.ts';
import { fields, items, members, word } from '../fields.ts';
import { queryByGuess } from '../guess.ts';
import { DEFAULT_VRF } from '../vrfs.ts';

export type Afi = 'ipv4' | 'ipv6';

/** A BGP instance, by the VRF that it is for. */
export interface Instance {
  readonly vrf: string;
  /** zebra's number of the VRF; 0 for the default one. */
  readonly vrfId: number;
  /** 0 where the VRF has none. */
  readonly l3Vni: number;
}

/** A routing table that is too large to be searched. */
export interface LargeTable {
  readonly vrf: string;
  readonly afi: Afi;
}

/** Local routes of one protocol: FRR's documents. */
export interface LocalRoutes {
  readonly afi: Afi;
  readonly protocol: LocalProtocol;
  readonly documents: readonly unknown[];
}

/** What is known before any address is looked up. */
export interface Node {
  readonly instances: readonly Instance[];
  /** Names of VRFs that cannot be part of a command. */
  readonly leftOut: readonly string[];
  readonly largeTables: readonly LargeTable[];
  readonly routes: readonly LocalRoutes[];
  /** The VRFs that import the routes of a VRF, by the latter. */
  importers(afi: Afi, vrf: string): readonly string[];
  /** Route distinguisher of the EVPN routes of a VRF with an L3 VNI. */
  routeDistinguisher(instance: Instance): string | undefined;
  /** Whether there are sessions that exchange VPN routes. */
  vpn(afi: Afi): boolean;
  /** How many entries zebra counts in the routing table of a VRF; 0 where it does not report it. */
  tableSize(vrf: string, afi: Afi): number;
}

/** Which commands are to be sent. */
interface Plan {
  readonly instances: readonly Instance[];
  readonly leftOut: readonly string[];
  readonly largeTables: readonly LargeTable[];
  readonly routes: readonly (Omit<LocalRoutes, 'documents'> & { readonly command: Command })[];
}

/** Remembers the plan of the poll before, with which the answers most likely come in one go. */
export function createNodeQuery(maxTable: number): (frr: Frr) => Promise<Node> {
  let before: Plan | undefined;
  return async (frr) => {
    /** Not in the plan, which would change with every route. */
    let tables: readonly TableSize[] = [];
    const plan = queryPlan(frr, maxTable).then((found) => {
      before = found.plan;
      tables = found.tables;
      return found.plan;
    });
    const node = await queryByGuess(before, plan, (one) => queryNode(frr, one));
    const ids = new Map(node.instances.map(({ vrf, vrfId }) => [vrf, vrfId]));
    return {
      ...node,
      tableSize: (vrf, afi) => sum(tables.filter((one) => one.afi === afi && one.vrfId === ids.get(vrf))),
    };
  };
}

async function queryPlan(
  frr: Frr,
  maxTable: number,
): Promise<{ readonly plan: Plan; readonly tables: readonly TableSize[] }> {
  const [documents, sizes] = await Promise.all([
    frr.json(COMMANDS.bgpInstances),
    frr.text(COMMANDS.tableSizes),
  ]);
  const found = readInstances(documents[0]);
  const instances = found.filter(({ vrf }) => vrf === DEFAULT_VRF || isVrfName(vrf));
  const tables = readTableSizes(sizes);
  const largeTables: LargeTable[] = [];
  const routes = AFIS.flatMap((afi) => {
    const ofAfi = tables.filter((table) => table.afi === afi);
    // All VRFs in one go, whatever their number.
    if (sum(ofAfi) <= maxTable) return LOCAL_PROTOCOLS.map((protocol) => route(afi, protocol));
    return instances.flatMap(({ vrf, vrfId }) => {
      const size = sum(ofAfi.filter((table) => table.vrfId === vrfId));
      if (size <= maxTable) return LOCAL_PROTOCOLS.map((protocol) => route(afi, protocol, vrf));
      largeTables.push({ vrf, afi });
      return [];
    });
  });
  const leftOut = found.filter((one) => !instances.includes(one)).map(({ vrf }) => vrf);
  return { plan: { instances, leftOut, largeTables, routes }, tables };
}

function route(afi: Afi, protocol: LocalProtocol, vrf?: string) {
  return { afi, protocol, command: localRoutes(afi, protocol, vrf) };
}

function sum(tables: readonly { readonly size: number }[]): number {
  return tables.reduce((total, { size }) => total + size, 0);
}

/** Those whose VRF is in the kernel, the default one first; views have no VRF. */
function readInstances(document: unknown): readonly Instance[] {
  const found: Instance[] = [{ vrf: DEFAULT_VRF, vrfId: 0, l3Vni: 0 }];
  for (const [vrf, { type, vrfId, l3vni }] of members(fields(document).vrfs)) {
    const id = numberOf(vrfId);
    if (type === 'VRF' && id !== undefined && id > 0)
      found.push({ vrf, vrfId: id, l3Vni: numberOf(l3vni) || 0 });
  }
  return found;
}

/** `default  0  0  IPv4  unicast  254  101`: VRF, network namespace, VRF number, AFI, SAFI, table, routes. */
const TABLE_SIZE = /\s(\d+)\s+(IPv[46])\s+unicast\s+\d+\s+(\d+)\s*$/gm;

interface TableSize {
  readonly vrfId: number;
  readonly afi: Afi;
  readonly size: number;
}

function readTableSizes(text: string): readonly TableSize[] {
  return [...text.matchAll(TABLE_SIZE)].map(([, vrfId, afi, size]) => ({
    vrfId: Number(vrfId),
    afi: afi === 'IPv4' ? ('ipv4' as const) : ('ipv6' as const),
    size: Number(size),
  }));
}

/** What matters only where there are VRFs is queried only there. */
async function queryNode(frr: Frr, plan: Plan): Promise<Omit<Node, 'tableSize'>> {
  const { instances } = plan;
  const leaks = instances.length > 1 ? instances.flatMap(({ vrf }) => AFIS.map((afi) => ({ vrf, afi }))) : [];
  const vpns = instances.length > 1 ? [COMMANDS.bgpVpn4Summary, COMMANDS.bgpVpn6Summary] : [];
  const vnis = instances.some(({ l3Vni }) => l3Vni > 0) ? [COMMANDS.bgpVnis] : [];
  const [documents, answers] = await Promise.all([
    frr.documentsEach(plan.routes.map(({ command }) => command)),
    frr.jsonEach([...leaks.map(({ vrf, afi }) => bgpRouteLeak(afi, vrf)), ...vpns, ...vnis]),
  ]);
  const importers = new Map<string, string[]>();
  for (const [index, { vrf, afi }] of leaks.entries())
    for (const from of new Set(items(fields(answers[index]).importFromVrfs))) {
      const key = `${afi} ${from}`;
      importers.set(key, [...(importers.get(key) ?? []), vrf]);
    }
  const vpnSessions = answers.slice(leaks.length, leaks.length + vpns.length).map(hasSessions);
  const vniAnswer = fields(answers[leaks.length + vpns.length]);
  return {
    ...plan,
    routes: plan.routes.map(({ afi, protocol }, index) => ({
      afi,
      protocol,
      documents: documents[index] ?? [],
    })),
    importers: (afi, vrf) => importers.get(`${afi} ${vrf}`) ?? [],
    routeDistinguisher: ({ l3Vni }) => word(fields(vniAnswer[String(l3Vni)]).rd) || undefined,
    vpn: (afi) => vpnSessions[AFIS.indexOf(afi)] === true,
  };
}

function hasSessions(summary: unknown): boolean {
  return [...members(fields(summary).peers)].length > 0;
}
