/** The VRFs besides the default one. */
import { isDeepStrictEqual } from 'node:util';
import { COMMANDS, type Command, isVrfName } from '../frr/commands.ts';
import { FrrError } from '../frr/source.ts';
import type { Frr } from './collector.ts';

/** FRR's name of the default VRF, unless it was started with another (`zebra --vrfdefaultname`); here it is always this. */
export const DEFAULT_VRF = 'default';

/** The VRFs that can be named in a command, and those that cannot. */
export interface Vrfs {
  readonly named: readonly string[];
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
  const found = parseVrfs(text);
  return {
    named: [DEFAULT_VRF, ...found.filter(isVrfName)],
    leftOut: found.filter((vrf) => !isVrfName(vrf)),
  };
}

/** The label of a VRF that is left out. */
export const VRF_LABEL = ['vrf'] as const;

/** A routing table of zebra. */
export interface Table {
  readonly vrf: string;
  readonly afi: 'ipv4' | 'ipv6';
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
  if (recent === undefined) return await query(frr, activeVrfs(await frr.text(COMMANDS.vrfs)), command);
  // Together: the VRFs are most likely the same.
  const [text, answers] = await Promise.all([
    frr.text(COMMANDS.vrfs),
    query(frr, activeVrfs(recent), command).catch(unlessOfFrr),
  ]);
  const same = isDeepStrictEqual(activeVrfs(text), activeVrfs(recent));
  return same && answers !== undefined ? answers : await query(frr, activeVrfs(text), command);
}

function unlessOfFrr(error: unknown): undefined {
  if (!(error instanceof FrrError)) throw error;
}

async function query(
  frr: Frr,
  { named, leftOut }: Vrfs,
  command: (afi: Table['afi'], vrf: string) => Command,
): Promise<TableAnswers> {
  const tables = named.flatMap((vrf): Table[] => [
    { vrf, afi: 'ipv4' },
    { vrf, afi: 'ipv6' },
  ]);
  const answers = await frr.jsonEach(tables.map(({ vrf, afi }) => command(afi, vrf)));
  return { tables: tables.map((table, index) => ({ ...table, answer: answers[index] })), leftOut };
}

/** Names in the answer to `show vrf`: `vrf red id 5 table 10`, `vrf blue id 2 netns /run/netns/blue`, `vrf gone inactive (configured)`. */
export function parseVrfs(text: string): readonly string[] {
  return [...text.matchAll(/^vrf (\S+) id \d+ /gm)].map(([, name]) => name as string);
}
