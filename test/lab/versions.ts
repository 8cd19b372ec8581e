/** The FRR versions of the laboratory, and the file system roots that they are in. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Debian's release of each version of the test matrix. */
export const FRR_RELEASES = {
  '7.5.1': 'bullseye',
  '8.4.4': 'bookworm',
  '10.3': 'trixie',
  '10.7.1': 'sid',
} as const;

export type FrrVersion = keyof typeof FRR_RELEASES;

export const FRR_VERSIONS = Object.keys(FRR_RELEASES) as FrrVersion[];

const FRR_ROOT = fileURLToPath(new URL('../../scripts/frr-root', import.meta.url));

/** A file system that has an FRR in it. */
export interface FrrRoot {
  /** `/` for the machine's own, without a slash at the end otherwise. */
  readonly path: string;
  /** As its bgpd reports it. */
  readonly version: string;
}

async function readVersion(path: string): Promise<string> {
  const bgpd = '/usr/lib/frr/bgpd';
  const { stdout } =
    path === '/' ? await execa(bgpd, ['--version']) : await execa('chroot', [path, bgpd, '--version']);
  const version = /^bgpd version (\S+)/.exec(stdout)?.[1];
  if (version === undefined)
    throw new Error(`${path}: bgpd --version reports no version: ${stdout.slice(0, 80)}`);
  return version;
}

/**
 * The machine's own FRR if no version is requested or if it has that version; otherwise a Debian root, built
 * first where it is missing.
 */
export async function frrRoot(version?: FrrVersion): Promise<FrrRoot> {
  if (existsSync('/usr/lib/frr/bgpd')) {
    const own = { path: '/', version: await readVersion('/') };
    if (version === undefined || own.version === version) return own;
  }
  if (version === undefined) throw new Error('FRR is not installed here; scripts/setup installs it');
  const { stdout: path } = await execa(FRR_ROOT, [FRR_RELEASES[version]], { stderr: 'inherit' });
  return { path, version: await readVersion(path) };
}
