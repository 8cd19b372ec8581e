/** The packets that the kernel of this network namespace drops because `ttl-security` of a BGP session demands a higher TTL. */
import { readFile } from 'node:fs/promises';
import { PROC_NET } from './kernel-routes.ts';

const FIELD = 'TCPMinTTLDrop';

/**
 * How many there were since the network namespace was created; undefined where the kernel does not count them. All sessions
 * with `ttl-security` (RFC 5082) share the counter.
 * @param file two lines for each group of counters: their names, and their values in the same order
 */
export async function lowTtlDrops(file = `${PROC_NET}/netstat`): Promise<number | undefined> {
  let lines: readonly string[];
  try {
    lines = (await readFile(file, 'utf8')).split('\n');
  } catch {
    return undefined;
  }
  const names = lines.findIndex((line) => line.split(' ').includes(FIELD));
  const value = Number(lines[names + 1]?.split(' ')[lines[names]?.split(' ').indexOf(FIELD) ?? -1]);
  return Number.isInteger(value) ? value : undefined;
}
