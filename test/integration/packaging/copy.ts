/** Builds parts of a release in a copy of the checkout, to compare what comes out. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where and how something is built: all of this must not matter. */
export interface Surroundings {
  /** The name of the directory. */
  readonly name: string;
  readonly umask: string;
  readonly env: Readonly<Record<string, string>>;
}

export const ORDINARY: Surroundings = { name: 'frr-exporter', umask: '022', env: {} };
export const UNUSUAL: Surroundings = {
  name: 'a copy',
  umask: '002',
  env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'C', USER: 'somebody', HOSTNAME: 'elsewhere' },
};

/** @returns the SHA-256 of each file that the script has written to `release/`, by its name */
export async function buildInCopy(
  script: string,
  { name, umask, env }: Surroundings,
): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-copy-'));
  try {
    const copy = join(folder, name);
    mkdirSync(join(copy, 'release'), { recursive: true });
    const { stdout: gitDir } = await execa('git', ['rev-parse', '--absolute-git-dir'], { cwd: CHECKOUT });
    // Files get the time and the permissions of the copy.
    await execa(
      'sh',
      [
        '-c',
        `umask ${umask}
         git ls-files -z --cached --others --exclude-standard |
           tar --create --null --files-from=- --ignore-failed-read | tar --extract --touch --no-same-permissions --directory "$1"`,
        ...['sh', copy],
      ],
      { cwd: CHECKOUT },
    );
    // A link to it would be a path in the bundle of the rule maker. Hard links where both are on one file system.
    const modules = join(CHECKOUT, 'node_modules');
    await execa('sh', ['-c', 'cp -al "$1" . 2>/dev/null || cp -r "$1" .', 'sh', modules], { cwd: copy });
    await execa('sh', ['-ec', `umask ${umask}\n${script}`], {
      cwd: copy,
      env: { ...env, GIT_DIR: gitDir },
      stdin: 'ignore',
    });
    const release = join(copy, 'release');
    return Object.fromEntries(
      readdirSync(release).map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(release, file)))
          .digest('hex'),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
