/** Runs the stand-in of `stand-in-bgpd.ts` in a separate process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { belongingTo, claim, release } from '../test/lab/ownership.ts';
import { start } from '../test/lab/process.ts';
import type { Target } from './programs.ts';

export interface StandIn extends Target, AsyncDisposable {
  readonly pid: number;
}

const PROGRAM = fileURLToPath(new URL('stand-in-bgpd.ts', import.meta.url));

export async function startStandIn(sessions: number): Promise<StandIn> {
  const { name, folder } = await claim(`standin${sessions}`);
  const sockets = join(folder, 'frr');
  const running = await start(process.execPath, [PROGRAM, sockets, String(sessions)], {
    env: belongingTo(name),
    ready: async () => existsSync(join(sockets, 'bgpd.vty')),
  });
  return {
    name,
    socketFolder: folder,
    pathspace: 'frr',
    pid: running.pid,
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await release(name);
    },
  };
}
