/** The vtysh program: whether it is here, and how it is started. Separate from the source, which is loaded only where it is used. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { SourceOptions } from './options.ts';

/** The path of the vtysh program: as given, or the first in PATH; undefined where there is none. */
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

/** Where vtysh looks for the sockets by default, as every distribution builds it. */
const BUILT_IN_SOCKET_DIRS: readonly string[] = ['/run/frr', '/var/run/frr'];

/** Program and arguments that start the vtysh of this FRR, without a command. */
export function vtyshInvocation({
  vtyshPrefix,
  vtyshPath,
  pathspace = '',
  socketDir,
}: Pick<SourceOptions, 'vtyshPrefix' | 'vtyshPath' | 'pathspace' | 'socketDir'>): readonly string[] {
  return [
    ...vtyshPrefix,
    vtyshPath,
    ...(pathspace === '' ? [] : ['-N', pathspace]),
    ...(BUILT_IN_SOCKET_DIRS.includes(path.resolve(socketDir)) ? [] : ['--vty_socket', socketDir]),
  ];
}
