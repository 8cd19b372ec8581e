/**
 * `frr-exporter maintenance start 2h "new card"`, `end` and `show`: writes, removes and reads the file of
 * `--maintenance.file`, from which an exporter on this node learns of the maintenance.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { UserError } from '../base/user-error.ts';
import { checkMaintenance, type Maintenance } from '../maintenance.ts';
import { timeText } from '../metrics/tables.ts';

/** What the unit, the package and the roles set. */
const USUAL_FILE = '/etc/frr-exporter/maintenance';

export type MaintenanceAction =
  /** @property seconds how long it lasts */
  | { readonly action: 'start'; readonly seconds: number; readonly reason: string }
  | { readonly action: 'end' }
  | { readonly action: 'show' };

function sentence({ active, end, reason, problem }: Maintenance): string {
  if (problem !== undefined && !active) return `no maintenance: ${problem}`;
  if (!active) return 'no maintenance';
  const until = end === undefined ? 'until the file is removed' : `until ${timeText(end)}`;
  return `maintenance ${until}${reason === '' ? '' : `: ${reason}`}${problem === undefined ? '' : ` (${problem})`}`;
}

/** Why the file cannot be changed, and what to do. */
function refusal(error: unknown, file: string, line: string | undefined): UserError {
  const { code } = error as NodeJS.ErrnoException;
  const remedy: Readonly<Record<string, string>> = {
    EACCES: 'run this as root',
    EPERM: 'run this as root',
    ENOENT: `create the directory ${dirname(file)}, or name another file with --maintenance.file`,
    EROFS:
      line === undefined
        ? 'remove the file on the host, from which the container has it'
        : `on the host, write this line into the file that the container has: ${line}`,
  };
  return new UserError(
    `${file} cannot be changed (${code}); ${remedy[code ?? ''] ?? 'see --maintenance.file'}`,
  );
}

/** @param now seconds since the epoch */
export async function maintenance(
  given: MaintenanceAction,
  file: string | undefined,
  now: number,
  output: Writable,
): Promise<number> {
  const path = file ?? USUAL_FILE;
  if (given.action === 'start') {
    const line = `${timeText(now + given.seconds)} ${given.reason}`.trim();
    try {
      // An exporter that reads at this moment sees either file, never half of one.
      await writeFile(`${path}.new`, `${line}\n`, { mode: 0o644 });
      await rename(`${path}.new`, path);
    } catch (error) {
      throw refusal(error, path, line);
    }
  }
  if (given.action === 'end')
    await rm(path, { force: true }).catch((error: unknown) => {
      throw refusal(error, path, undefined);
    });
  output.write(`${sentence(await checkMaintenance(path, now))} (${path})\n`);
  return 0;
}
