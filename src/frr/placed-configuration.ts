/** The file in which `frr-config` of the FRR service says what it placed: digests of lines, and the names of peers and VRFs. */
import { readFile } from 'node:fs/promises';
import { DAEMONS, type Daemon } from './commands.ts';
import { FrrError } from './source.ts';

export interface PlacedPeer {
  readonly vrf: string;
  readonly peer: string;
}

export interface PlacedConfiguration {
  /** The daemons that have the configuration. */
  readonly daemons: readonly Daemon[];
  /** Of each line; see {@link import('./configuration.ts').lineDigest}. */
  readonly digests: ReadonlySet<string>;
  /** The peers of BGP by the digests of the lines that make them. */
  readonly peers: ReadonlyMap<string, PlacedPeer>;
  /** The VRFs with a BGP instance by the digests of the lines that make them. */
  readonly vrfs: ReadonlyMap<string, string>;
}

const LINE = /^([0-9a-f]{64})(?: vrf (\S+)(?: peer (\S+))?)?$/;

/**
 * Reads the text of the file:
 *
 *     daemons zebra staticd bgpd
 *     SHA256
 *     SHA256 vrf red
 *     SHA256 vrf default peer 192.0.2.1
 *
 * @throws FrrError `failed` for anything else
 */
export function readPlaced(text: string, file: string): PlacedConfiguration {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const [keyword, ...daemons] = first.split(' ');
  if (keyword !== 'daemons' || daemons.length === 0 || !daemons.every(isDaemon))
    throw unusable(file, 'its first line is not "daemons" and the names of FRR\'s daemons');
  const digests = new Set<string>();
  const peers = new Map<string, PlacedPeer>();
  const vrfs = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [, digest, vrf, peer] = LINE.exec(line) ?? [];
    if (digest === undefined) throw unusable(file, `its line ${index + 2} does not begin with a SHA-256`);
    digests.add(digest);
    if (vrf === undefined) continue;
    if (peer === undefined) vrfs.set(digest, vrf);
    else peers.set(digest, { vrf, peer });
  }
  return { daemons: daemons as Daemon[], digests, peers, vrfs };
}

/** Reads the file. @throws FrrError when it cannot be read, or is not such a file */
export async function loadPlaced(file: string): Promise<PlacedConfiguration> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(file, code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${code})`);
  }
  return readPlaced(text, file);
}

const isDaemon = (name: string): boolean => (DAEMONS as readonly string[]).includes(name);

function unusable(file: string, why: string): FrrError {
  return new FrrError(
    'failed',
    'zebra',
    `${file} does not say what configuration was placed: ${why}; "frr-config placed" of the FRR service writes it`,
  );
}
