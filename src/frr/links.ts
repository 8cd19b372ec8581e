/** The links of the node's own interfaces, as the kernel of this network namespace has them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Link {
  readonly interface: string;
  /** Whether packets can be sent and received; false where the interface is shut down, too. */
  readonly up: boolean;
  /** Number of times the carrier appeared or disappeared since the interface was created. */
  readonly carrierChanges: number;
}

/**
 * Reads links.
 * @param directory where sysfs has them; see Documentation/ABI/testing/sysfs-class-net of the Linux kernel
 * @param names of the interfaces; all of them where it is left out
 */
export async function interfaceLinks(
  directory = '/sys/class/net',
  names?: Iterable<string>,
): Promise<readonly Link[]> {
  const wanted = names === undefined ? (await readdir(directory)).sort() : [...names];
  const links = await Promise.all(wanted.map((name) => readLink(path.join(directory, name), name)));
  return links.filter((link) => link !== undefined);
}

/** Undefined for an entry that is not an interface, or that no longer exists. */
async function readLink(directory: string, name: string): Promise<Link | undefined> {
  const [state, carrier, changes] = await Promise.all(
    ['operstate', 'carrier', 'carrier_changes'].map((file) => readWord(path.join(directory, file))),
  );
  if (state === undefined || changes === undefined) return undefined;
  // Drivers that do not report a state (RFC 2863) leave it unknown; the carrier of an interface that is shut down cannot
  // be read.
  const up = state === 'up' || (state === 'unknown' && carrier === '1');
  return { interface: name, up, carrierChanges: Number(changes) };
}

async function readWord(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return undefined;
  }
}
