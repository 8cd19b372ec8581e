/** Whether there is a vtysh program here. Apart from the source itself, which is loaded only where it is used. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { SourceOptions } from './options.ts';

/** Where the vtysh program is: a path as given, or the first in PATH; undefined where there is none. */
export function findVtysh({ vtyshPath }: SourceOptions): string | undefined {
  const candidates = vtyshPath.includes('/')
    ? [vtyshPath]
    : (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, vtyshPath));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
