/** Which VRFs there are beside the default one. */
import { COMMANDS, type Command, isVrfName } from '../frr/commands.ts';
import type { Frr } from './collector.ts';

/** FRR's name of the default VRF, unless it was started with another (`zebra --vrfdefaultname`); here it is always this. */
export const DEFAULT_VRF = 'default';

/**
 * The default VRF and those that are in the kernel, by name. Left out are VRFs that are configured but not there, and
 * those whose name cannot stand in a command.
 *
 * Asking for each VRF by its name is the one way that tells on every version whose figures they are: before FRR 10
 * `vrf all` prints one document a VRF, without names.
 * @throws FrrError
 */
export async function activeVrfs(frr: Frr): Promise<readonly string[]> {
  return [DEFAULT_VRF, ...parseVrfs(await frr.text(COMMANDS.vrfs)).filter(isVrfName)];
}

/** A routing table of zebra. */
export interface Table {
  readonly vrf: string;
  readonly afi: 'ipv4' | 'ipv6';
}

/**
 * Asks for something about both tables of every VRF, in as few goes as possible.
 * @throws FrrError
 */
export async function askEachTable(
  frr: Frr,
  command: (afi: Table['afi'], vrf: string) => Command,
): Promise<readonly (Table & { readonly answer: unknown })[]> {
  const tables = (await activeVrfs(frr)).flatMap((vrf): Table[] => [
    { vrf, afi: 'ipv4' },
    { vrf, afi: 'ipv6' },
  ]);
  const answers = await frr.jsonEach(tables.map(({ vrf, afi }) => command(afi, vrf)));
  return tables.map((table, index) => ({ ...table, answer: answers[index] }));
}

/** Names in the answer to `show vrf`: `vrf red id 5 table 10`, `vrf blue id 2 netns /run/netns/blue`, `vrf gone inactive (configured)`. */
export function parseVrfs(text: string): readonly string[] {
  return [...text.matchAll(/^vrf (\S+) id \d+ /gm)].map(([, name]) => name as string);
}
