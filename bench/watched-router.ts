/** A real FRR router to be watched by the programs under measurement, in a network namespace, linked to a second one. */
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { belongingTo, claim, release } from '../test/lab/ownership.ts';
import type { Target } from './programs.ts';

const SOCKET_FOLDER = '/run/frr';

export interface WatchedRouter extends Target, AsyncDisposable {
  pid(daemon: string): number;
  stop(): Promise<void>;
}

/** What is being built: two namespaces and a link between them, 192.0.2.1 on the watched side, 192.0.2.2 on the far side. */
export interface Site {
  readonly name: string;
  readonly folder: string;
  readonly watched: string;
  readonly far: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs FRR in a namespace, with a path space of the same name. Daemons that this FRR does not have are left out. */
export async function runFrr(
  site: Site,
  namespace: string,
  config: string,
  daemons: readonly string[],
): Promise<void> {
  const { uid, gid } = statSync('/etc/frr');
  for (const parent of ['/etc/frr', SOCKET_FOLDER, '/var/lib/frr', '/var/tmp/frr']) {
    mkdirSync(join(parent, namespace), { recursive: true });
    chownSync(join(parent, namespace), uid, gid);
  }
  writeFileSync(join('/etc/frr', namespace, 'frr.conf'), config);
  for (const daemon of daemons.filter((name) => existsSync(`/usr/lib/frr/${name}`))) {
    const flags = ['-d', '-N', namespace, '-A', '127.0.0.1', '--limit-fds', '8192'];
    await execa('ip', ['netns', 'exec', namespace, `/usr/lib/frr/${daemon}`, ...flags], {
      env: site.env,
      stdio: 'ignore',
    });
  }
  await execa('vtysh', ['-N', namespace, '-b'], { env: site.env, stdio: 'ignore', timeout: 120_000 });
}

/** Builds a site and lets `fill` bring it to life. Whatever was started ends with {@link WatchedRouter.stop}. */
export async function startWatchedRouter(
  what: string,
  fill: (site: Site) => Promise<void>,
): Promise<WatchedRouter> {
  const { name, folder } = await claim(what);
  const stop = () => release(name);
  const site = { name, folder, watched: `${name}-w`, far: `${name}-f`, env: belongingTo(name) };
  try {
    for (const namespace of [site.watched, site.far]) {
      await execa('ip', ['netns', 'add', namespace]);
      await execa('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    }
    const link = ['link', 'add', 'link0', 'netns', site.watched, 'type', 'veth', 'peer', 'name', 'link0'];
    await execa('ip', [...link, 'netns', site.far]);
    for (const [namespace, own] of [
      [site.watched, '192.0.2.1/30'],
      [site.far, '192.0.2.2/30'],
    ] as const) {
      const input = `addr add ${own} dev link0\nlink set link0 up\n`;
      await execa('ip', ['-n', namespace, '-batch', '-'], { input });
    }
    await fill(site);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    socketFolder: SOCKET_FOLDER,
    pathspace: site.watched,
    pid: (daemon) => Number(readFileSync(join(SOCKET_FOLDER, site.watched, `${daemon}.pid`), 'utf8')),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
