/** A program in vtysh's place that does what a test wants. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes an executable shell script into the folder. @returns its path */
export function fakeVtysh(folder: string, script: string, name = 'vtysh'): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}
