/** Provides a systemctl for a machine: the stand-in of systemctl.ts, with podman's real generator for quadlets. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Machine } from './machine.ts';

const STAND_IN = fileURLToPath(new URL('systemctl.ts', import.meta.url));

export async function withSystemctl(machine: Machine): Promise<void> {
  const { stdout: quadlet } = await execa(fileURLToPath(new URL('images/quadlet', import.meta.url)), {
    stderr: 'inherit',
  });
  const program = join(machine.folder, 'bin/systemctl');
  writeFileSync(
    program,
    `#!/bin/sh\nQUADLET=${quadlet} exec ${process.execPath} --disable-warning=ExperimentalWarning ${STAND_IN} "$@"\n`,
  );
  chmodSync(program, 0o755);
}
