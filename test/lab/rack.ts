/**
 * A rack: nodes under two top-of-rack routers, all of them real FRR, for what takes more than one node.
 *
 *   node1 eth1 ---- bridge ---- p1 tor1        node1 eth2 ---- bridge ---- p1 tor2
 *   node2 eth1 ---- bridge ---- p2 tor1        ...
 *
 * In the middle of every link is a bridge in a namespace of its own, so that a link can be cut as a cable is (the node
 * loses its carrier), or can go on looking whole while nothing comes through, which only BFD or a hold timer notices.
 */
import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { vrfFolder } from './network.ts';
import { claim, release } from './ownership.ts';
import { end, makeRouter, type Router } from './router.ts';
import { torBeginning } from './tor-config.ts';
import { frrRoot } from './versions.ts';
import { waitFor } from './waiting.ts';

export type Tor = 'tor1' | 'tor2';

export interface RackNode {
  /** `node1` and so on. */
  readonly name: string;
  /** The laboratory's name and the node's router, for programs that monitor it. */
  readonly beside: { readonly name: string; readonly node: Router };
  readonly router: Router;
  /** How FRR of the node names its session with a router. */
  peer(tor: Tor): string;
  /** The address of the node that it announces for itself. */
  readonly address: string;
  /** Cuts the cable: the node's interface loses its carrier. */
  cut(tor: Tor): Promise<void>;
  /** The link looks whole, and nothing comes through. */
  silence(tor: Tor): Promise<void>;
  /** Undoes both. */
  heal(tor: Tor): Promise<void>;
  kill(daemon: string): Promise<void>;
  hang(daemon: string): void;
  resume(daemon: string): void;
  restart(daemon: string): Promise<void>;
  /** Resolves when both sessions are up and have exchanged routes. */
  untilUp(): Promise<void>;
}

export interface Rack extends AsyncDisposable {
  readonly name: string;
  readonly nodes: readonly RackNode[];
  readonly tor1: Router;
  readonly tor2: Router;
  untilUp(): Promise<void>;
  stop(): Promise<void>;
}

const nodeConfig = (i: number): string => `
hostname node${i}
ip prefix-list only-host-prefixes permit 0.0.0.0/0 ge 32
route-map only-host-prefixes permit 10
 match ip address prefix-list only-host-prefixes
route-map all permit 10
bfd
 profile tripleo
  detect-multiplier 3
  transmit-interval 300
  receive-interval 300
 exit
exit
router bgp 64999
 bgp router-id 172.16.0.${i}
 bgp log-neighbor-changes
 bgp graceful-restart
 no bgp default ipv4-unicast
 neighbor uplink peer-group
 neighbor uplink remote-as external
 neighbor uplink timers 3 9
 neighbor uplink timers connect 1
 neighbor uplink advertisement-interval 0
 neighbor uplink bfd
 neighbor uplink bfd profile tripleo
 neighbor 100.64.${i}.1 peer-group uplink
 neighbor 100.64.${i}.1 description tor1 rack A
 neighbor eth2 interface peer-group uplink
 neighbor eth2 description tor2 rack A
 address-family ipv4 unicast
  redistribute connected
  neighbor uplink activate
  neighbor uplink route-map all in
  neighbor uplink route-map only-host-prefixes out
  neighbor uplink soft-reconfiguration inbound
 exit-address-family
exit
`;

const torConfig = (tor: 1 | 2, nodes: number): string => `
${torBeginning(tor)}
${Array.from({ length: nodes }, (_, n) =>
  tor === 1
    ? ` neighbor 100.64.${n + 1}.2 peer-group nodes`
    : ` neighbor p${n + 1} interface peer-group nodes`,
).join('\n')}
 address-family ipv4 unicast
  network 10.${tor}.0.0/24
  neighbor nodes default-originate
 exit-address-family
exit
`;

/** Starts a rack. What it starts ends with {@link Rack.stop}, or with this process. */
export async function startRack(options: { readonly nodes: number; readonly name?: string }): Promise<Rack> {
  if (process.getuid?.() !== 0) throw new Error('The laboratory needs root: it makes network namespaces.');
  const root = await frrRoot(undefined);
  const { name, folder } = await claim(options.name ?? 'rack');
  const stop = () => release(name);
  const numbers = Array.from({ length: options.nodes }, (_, i) => i + 1);
  const wires = `${name}-wires`;
  try {
    const make = async (router: string, config: string): Promise<Router> => {
      mkdirSync(vrfFolder(folder, router));
      return makeRouter({
        name: router,
        lab: name,
        root,
        plan: { config, kernel: [] },
        folder,
      });
    };
    const namespaces = [...numbers.map((i) => `${name}-node${i}`), `${name}-tor1`, `${name}-tor2`, wires];
    for (const namespace of namespaces) {
      await execa('ip', ['netns', 'add', namespace]);
      await execa('ip', ['netns', 'exec', namespace, 'sh', '-c', SYSCTLS]);
      await execa('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    }
    for (const i of numbers) for (const tor of [1, 2]) await layWire(name, wires, i, tor);
    const routers: Router[] = [];
    for (const i of numbers) routers.push(await make(`node${i}`, nodeConfig(i)));
    const tor1 = await make('tor1', torConfig(1, options.nodes));
    const tor2 = await make('tor2', torConfig(2, options.nodes));

    const nodes = routers.map((router, index) => rackNode(name, wires, router, index + 1));
    const untilUp = async () => {
      await Promise.all(nodes.map((node) => node.untilUp()));
    };
    await untilUp();
    return { name, nodes, tor1, tor2, untilUp, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const SYSCTLS = `
for key in net/ipv4/ip_forward=1 net/ipv6/conf/all/accept_dad=0 net/ipv6/conf/default/accept_dad=0; do
  echo "\${key#*=}" > "/proc/sys/\${key%=*}"
done`;

/** Node i's ethT, a bridge, and the router's port i. In `wires`, the node's side is nI-T and the router's side tI-T. */
async function layWire(lab: string, wires: string, i: number, tor: number): Promise<void> {
  const batch = (namespace: string, ...lines: string[]) =>
    execa('ip', ['-n', namespace, '-batch', '-'], { input: lines.join('\n') });
  await batch(
    wires,
    `link add b${i}-${tor} type bridge`,
    `link add n${i}-${tor} type veth peer name eth${tor} netns ${lab}-node${i}`,
    `link add t${i}-${tor} type veth peer name p${i} netns ${lab}-tor${tor}`,
    `link set n${i}-${tor} master b${i}-${tor}`,
    `link set t${i}-${tor} master b${i}-${tor}`,
    ...[`b${i}-${tor}`, `n${i}-${tor}`, `t${i}-${tor}`].map((link) => `link set ${link} up`),
  );
  const net = tor === 1 ? `100.64.${i}` : `100.65.${i}`;
  await batch(
    `${lab}-node${i}`,
    ...(tor === 1 ? [`addr add 172.16.0.${i}/32 dev lo`] : []),
    `addr add ${net}.2/30 dev eth${tor}`,
    `link set eth${tor} up`,
  );
  await batch(`${lab}-tor${tor}`, `addr add ${net}.1/30 dev p${i}`, `link set p${i} up`);
}

function rackNode(lab: string, wires: string, router: Router, i: number): RackNode {
  const set = async (link: string, state: 'up' | 'down') => {
    await execa('ip', ['-n', wires, 'link', 'set', link, state]);
  };
  const running = (daemon: string): number => {
    const pid = router.pid(daemon);
    if (pid === undefined) throw new Error(`${router.name}: ${daemon} does not run`);
    return pid;
  };
  const number = (tor: Tor) => tor.slice(-1);
  const peer = (tor: Tor) => (tor === 'tor1' ? `100.64.${i}.1` : 'eth2');
  return {
    name: router.name,
    beside: { name: lab, node: router },
    router,
    peer,
    address: `172.16.0.${i}`,
    cut: (tor) => set(`n${i}-${number(tor)}`, 'down'),
    silence: (tor) => set(`t${i}-${number(tor)}`, 'down'),
    heal: async (tor) => {
      await set(`n${i}-${number(tor)}`, 'up');
      await set(`t${i}-${number(tor)}`, 'up');
    },
    kill: (daemon) => end(running(daemon), 'SIGKILL'),
    hang: (daemon) => {
      process.kill(running(daemon), 'SIGSTOP');
    },
    resume: (daemon) => {
      process.kill(running(daemon), 'SIGCONT');
    },
    restart: async (daemon) => {
      const pid = router.pid(daemon);
      if (pid !== undefined) await end(pid, 'SIGTERM');
      await router.start(daemon);
    },
    untilUp: async () => {
      await waitFor(
        async () => {
          interface Summary {
            readonly ipv4Unicast?: {
              readonly peers?: Readonly<Record<string, { state: string; pfxRcd: number; pfxSnt?: number }>>;
            };
          }
          const { ipv4Unicast } = await router.json<Summary>('show bgp summary json');
          return (['tor1', 'tor2'] as const).every((tor) => {
            const session = ipv4Unicast?.peers?.[peer(tor)];
            return session?.state === 'Established' && session.pfxRcd > 0 && (session.pfxSnt ?? 0) > 0;
          });
        },
        { within: 90_000, every: 500, for: `the sessions of ${router.name} to come up` },
      );
    },
  };
}
