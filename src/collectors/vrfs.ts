/** The VRFs besides the default one. */
import { COMMANDS, type Command, isVrfName } from '../frr/commands.ts';
import { MAIN_TABLE } from '../frr/kernel-routes.ts';
import type { Frr } from './collector.ts';
import { queryByGuess } from './guess.ts';

/** FRR's name of the default VRF, unless it was started with another (`zebra --vrfdefaultname`); here it is always this. */
export const DEFAULT_VRF = 'default';

/** The VRFs that can be named in a command, and the names of those that cannot. */
interface Vrfs {
  readonly named: readonly Pick<VrfState, 'name' | 'table'>[];
  readonly leftOut: readonly string[];
}

/**
 * The default VRF and those that are in the kernel, by name; not those that are configured but not there.
 *
 * Only querying each VRF by name works on every version: before FRR 10 `vrf all` prints one document
 * for each VRF, without names.
 * @param text the answer to `show vrf`
 */
function activeVrfs(text: string): Vrfs {
  const found = parseVrfStates(text).filter(({ active }) => active);
  return {
    named: [{ name: DEFAULT_VRF, table: MAIN_TABLE }, ...found.filter(({ name }) => isVrfName(name))],
    leftOut: found.map(({ name }) => name).filter((name) => !isVrfName(name)),
  };
}

/** The label of a VRF that is left out. */
export const VRF_LABEL = ['vrf'] as const;

/** A routing table of zebra. */
export interface Table {
  readonly vrf: string;
  readonly afi: 'ipv4' | 'ipv6';
  /** Its number in the kernel; undefined where the VRF is a network namespace. */
  readonly kernelTable: number | undefined;
}

/** FRR's answer about each table, and the VRFs that cannot be named in a command. */
export interface TableAnswers {
  readonly tables: readonly (Table & { readonly answer: unknown })[];
  readonly leftOut: readonly string[];
}

/** Poll intervals for which the names of VRFs can be reused. */
const RECENT = 12;

/**
 * Queries both tables of every VRF, with as few processes as possible.
 * @throws FrrError
 */
export async function queryEachTable(
  frr: Frr,
  command: (afi: Table['afi'], vrf: string) => Command,
): Promise<TableAnswers> {
  const recent = frr.recentText(COMMANDS.vrfs, RECENT);
  return queryByGuess(
    recent === undefined ? undefined : activeVrfs(recent),
    frr.text(COMMANDS.vrfs).then(activeVrfs),
    (vrfs) => query(frr, vrfs, command),
  );
}

async function query(
  frr: Frr,
  { named, leftOut }: Vrfs,
  command: (afi: Table['afi'], vrf: string) => Command,
): Promise<TableAnswers> {
  const tables = named.flatMap(({ name, table }): Table[] => [
    { vrf: name, afi: 'ipv4', kernelTable: table },
    { vrf: name, afi: 'ipv6', kernelTable: table },
  ]);
  const answers = await frr.jsonEach(tables.map(({ vrf, afi }) => command(afi, vrf)));
  return { tables: tables.map((table, index) => ({ ...table, answer: answers[index] })), leftOut };
}

/** A VRF other than the default one. */
export interface VrfState {
  readonly name: string;
  /** Whether the kernel has it. */
  readonly active: boolean;
  /** Its table in the kernel; undefined where the VRF is a network namespace, or not there. */
  readonly table: number | undefined;
}

/** Reads the answer to `show vrf`: `vrf red id 5 table 10`, `vrf blue id 2 netns /run/netns/blue`, `vrf gone inactive (configured)`. */
export function parseVrfStates(text: string): readonly VrfState[] {
  return [...text.matchAll(/^vrf (\S+) (?:(inactive)\b|id \d+ (?:table (\d+))?)/gm)].map(
    ([, name, inactive, table]) => ({
      name: name as string,
      active: inactive === undefined,
      table: table === undefined ? undefined : Number(table),
    }),
  );
}

/** The names of the VRFs that the kernel has, in the answer to `show vrf`. */
export function parseVrfs(text: string): readonly string[] {
  return parseVrfStates(text)
    .filter(({ active }) => active)
    .map(({ name }) => name);
}
