/** The laboratory: three real FRR routers in network namespaces, and what can happen to them. Needs root. */
import { addVrf, ipBatch, makeNetwork, namespaceOf, removeVrf, setFarEnd } from './network.ts';
import { claim, release } from './ownership.ts';
import { end, makeRouter, type Router } from './router.ts';
import { ROUTER_NAMES, type RouterName, type Topology, TRIPLEO } from './topology.ts';
import { type FrrVersion, frrRoot } from './versions.ts';
import { waitFor } from './waiting.ts';

/** The uplinks of the node, by the router at the other end. */
export type LinkName = 'tor1' | 'tor2';

export interface LabOptions {
  /** The machine's own FRR when left out. */
  readonly version?: FrrVersion;
  /** Part of the names of the namespaces. */
  readonly name?: string;
  readonly topology?: Topology;
  /** Whether to wait until every session is up that can be; true when left out. */
  readonly up?: boolean;
}

export interface Lab extends AsyncDisposable {
  readonly name: string;
  /** A folder for files that go with the laboratory. */
  readonly folder: string;
  /** The version that FRR reports. */
  readonly version: string;
  readonly node: Router;
  readonly tor1: Router;
  readonly tor2: Router;
  /** Cuts the cable at the far end: the node's interface loses its carrier. */
  cut(link: LinkName | (string & {})): Promise<void>;
  heal(link: LinkName | (string & {})): Promise<void>;
  /** Makes a VRF that is a network namespace, with commands for `ip -batch` in it, and takes it away; FRR sees it with `zebra --vrfwnetns`. */
  addVrf(router: RouterName, vrf: string, kernel?: readonly string[]): Promise<void>;
  removeVrf(router: RouterName, vrf: string): Promise<void>;
  /** Runs commands of ip(8) in a VRF. */
  inVrf(router: RouterName, vrf: string, ...commands: readonly string[]): Promise<void>;
  /** SIGKILL. The socket stays behind, as in life. */
  kill(router: RouterName, daemon: string): Promise<void>;
  /** SIGSTOP: the daemon takes connections, and answers nothing. */
  hang(router: RouterName, daemon: string): void;
  resume(router: RouterName, daemon: string): void;
  /** Ends a daemon if it runs, starts it, and gives it its configuration. */
  restart(router: RouterName, daemon: string): Promise<void>;
  /** Resolves when every BGP and BFD session is up that can be, and routes have been exchanged. */
  untilUp(): Promise<void>;
  /** Ends and removes all of it, and whatever was started for it. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a laboratory. What it starts ends with {@link Lab.stop}, or with this process. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  if (process.getuid?.() !== 0) throw new Error('The laboratory needs root: it makes network namespaces.');
  const topology = options.topology ?? TRIPLEO;
  const root = await frrRoot(options.version);
  const { name, folder } = await claim(options.name ?? '');
  const stop = () => release(name);
  try {
    await makeNetwork(name, folder, topology);
    const [node, tor1, tor2] = (await Promise.all(
      ROUTER_NAMES.map((router) =>
        makeRouter({
          name: router,
          lab: name,
          root,
          plan: topology.routers[router],
          folder,
        }),
      ),
    )) as [Router, Router, Router];
    const routers = { node, tor1, tor2 };

    const running = (router: RouterName, daemon: string): number => {
      const pid = routers[router].pid(daemon);
      if (pid === undefined) throw new Error(`${router}: ${daemon} does not run`);
      return pid;
    };
    const far = (link: string, state: 'up' | 'down') => {
      const ends = topology.links[link];
      if (ends === undefined)
        throw new Error(`There is no link ${link}; there are ${Object.keys(topology.links).join(', ')}`);
      return setFarEnd(name, ends, state);
    };

    const lab: Lab = {
      name,
      folder,
      version: root.version,
      ...routers,
      cut: async (link) => far(link, 'down'),
      heal: async (link) => far(link, 'up'),
      addVrf: (router, vrf, kernel) => addVrf(name, folder, router, vrf, kernel),
      removeVrf: (router, vrf) => removeVrf(name, folder, router, vrf),
      inVrf: (router, vrf, ...commands) => ipBatch(namespaceOf(name, router, vrf), commands),
      kill: (router, daemon) => end(running(router, daemon), 'SIGKILL'),
      hang: (router, daemon) => {
        process.kill(running(router, daemon), 'SIGSTOP');
      },
      resume: (router, daemon) => {
        process.kill(running(router, daemon), 'SIGCONT');
      },
      restart: async (router, daemon) => {
        const pid = routers[router].pid(daemon);
        if (pid !== undefined) await end(pid, 'SIGTERM');
        await routers[router].start(daemon);
      },
      untilUp: async () => {
        const allUp = async () => {
          const not = await missing(node, topology.up);
          if (not.length > 0) throw new Error(`not up: ${not.join(', ')}`);
          return true;
        };
        await waitFor(allUp, { within: 90_000, every: 250, for: `${name}: the sessions to come up` });
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
    if (options.up ?? true) await lab.untilUp();
    return lab;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `show bgp vrf all summary json`: VRF, address family (or a fact about the VRF), summary. */
type BgpSummary = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface FamilySummary {
  readonly peers?: Readonly<Record<string, { state: string; pfxRcd?: number; pfxSnt?: number }>>;
}

/** What is not up that could be. */
async function missing(node: Router, { peers, bfd }: Topology['up']): Promise<string[]> {
  const vrfs = await node.json<BgpSummary>('show bgp vrf all summary json');
  const families = Object.values(vrfs).flatMap((vrf) => Object.values(vrf)) as (FamilySummary | undefined)[];
  const isUp = (peer: string) =>
    families
      .flatMap((family) => family?.peers?.[peer] ?? [])
      .some(({ state, pfxRcd = 0, pfxSnt = 0 }) => state === 'Established' && pfxRcd > 0 && pfxSnt > 0);
  const down = peers.filter((peer) => !isUp(peer));
  const sessions = await node.json<{ status: string }[]>('show bfd peers json');
  const count = sessions.filter(({ status }) => status === 'up').length;
  return count === bfd ? down : [...down, `${bfd - count} of ${bfd} BFD sessions`];
}
