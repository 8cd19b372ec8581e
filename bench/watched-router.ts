/** A real FRR router in a network namespace, linked to a second one, for the programs that are measured. */
import { mkdirSync } from 'node:fs';
import { addLink, ipBatch, makeNamespace, vrfFolder } from '../test/lab/network.ts';
import { belongingTo, claim, release } from '../test/lab/ownership.ts';
import { makeRouter, type Router } from '../test/lab/router.ts';
import { frrRoot } from '../test/lab/versions.ts';
import type { Target } from './programs.ts';

export interface WatchedRouter extends Target, AsyncDisposable {
  /** FRR's version. */
  readonly version: string;
  pid(daemon: string): number;
  stop(): Promise<void>;
}

/** The monitored side, 192.0.2.1, and the remote side, 192.0.2.2. */
export type Side = 'watched' | 'far';

/** Two namespaces and a link between them. */
export interface Site {
  readonly name: string;
  readonly folder: string;
  readonly namespaces: Readonly<Record<Side, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Enough descriptors for more sessions than the usual 1,024. */
const MANY_DESCRIPTORS = ['--limit-fds', '8192'];

/** Runs the machine's FRR on one side. */
export async function runFrr({ name, folder }: Site, side: Side, config: string): Promise<Router> {
  mkdirSync(vrfFolder(folder, side));
  const plan = { config, kernel: [], daemonFlags: { zebra: MANY_DESCRIPTORS, bgpd: MANY_DESCRIPTORS } };
  return makeRouter({ name: side, lab: name, root: await frrRoot(), plan, folder });
}

/**
 * Builds a site; `fill` starts its contents and returns the monitored router. {@link WatchedRouter.stop} stops everything.
 */
export async function startWatchedRouter(
  what: string,
  fill: (site: Site) => Promise<Router>,
): Promise<WatchedRouter> {
  const { name, folder } = await claim(what);
  const stop = () => release(name);
  const namespaces = { watched: `${name}-watched`, far: `${name}-far` };
  try {
    for (const namespace of Object.values(namespaces)) {
      await makeNamespace(namespace);
    }
    await addLink([namespaces.watched, 'link0'], [namespaces.far, 'link0']);
    for (const [namespace, own] of [
      [namespaces.watched, '192.0.2.1/30'],
      [namespaces.far, '192.0.2.2/30'],
    ] as const) {
      await ipBatch(namespace, [`addr add ${own} dev link0`, 'link set link0 up']);
    }
    const watched = await fill({ name, folder, namespaces, env: belongingTo(name) });
    return {
      name,
      version: watched.root.version,
      socketFolder: '/run/frr',
      pathspace: watched.namespace,
      pid: (daemon) => {
        const pid = watched.pid(daemon);
        if (pid === undefined) throw new Error(`${daemon} is not running`);
        return pid;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
