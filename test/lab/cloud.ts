/**
 * A small cloud, for what takes more than one node: two nodes with the configuration that the role of the FRR service renders,
 * two routers of different AS, a client outside behind both, and machines and tenants behind the nodes.
 *
 *               outside
 *              /       \
 *          tor1 ------- tor2
 *           |  \       /  |
 *           |   \     /   |
 *          node1       node2
 *          |   \       /   |
 *         vm1   tenant    vm2
 *
 * node1 has VRFs of tenants, and tor1 is the gateway of one of them, `vpn`, whose packets go through an L3 VNI.
 *
 * VRFs are network namespaces, since not every kernel has VRF devices.
 */
import { isDeepStrictEqual } from 'node:util';
import { execa } from 'execa';
import { SVI, vxlan } from './l3-vni.ts';
import { addVrf, ipBatch, makeNamespace, makeVrfFolder, vrfFolder } from './network.ts';
import { belongingTo, claim, release } from './ownership.ts';
import { type Running, start } from './process.ts';
import { makeRouter, type Router } from './router.ts';
import { frrRoot } from './versions.ts';
import { waitFor } from './waiting.ts';

export const CLOUD_NODES = ['node1', 'node2'] as const;

export type CloudNode = (typeof CLOUD_NODES)[number];

/** A router with VRFs. */
type VrfRouter = CloudNode | 'tor1';

/** Where commands of ip(8) can be run: a router, a VRF of one (`node1-red`), or a host without FRR. */
export type Place =
  | CloudNode
  | 'tor1'
  | 'tor2'
  | 'outside'
  | 'vm1'
  | 'vm2'
  | 'tenant'
  | `${VrfRouter}-${string}`;

/** Packets from outside to an address, one after the other. */
export interface Traffic extends AsyncDisposable {
  /** Resolves when the last twenty packets have all come back, or have all been lost. */
  until(state: 'flowing' | 'lost'): Promise<void>;
  /** How many packets have been lost so far. */
  lost(): number;
  /** How many of the next packets are lost. */
  lostOf(packets: number): Promise<number>;
}

export interface Cloud extends AsyncDisposable {
  readonly name: string;
  /** A folder for files that go with the cloud. */
  readonly folder: string;
  readonly node1: Router;
  readonly node2: Router;
  readonly tor1: Router;
  readonly tor2: Router;
  /** What an exporter needs to know of a node. */
  beside(node: CloudNode): { readonly name: string; readonly node: Router };
  ip(place: Place, ...commands: readonly string[]): Promise<void>;
  /** Sends packets to an address until it is disposed of. */
  traffic(address: string): Promise<Traffic>;
  /** A node's links look whole, and nothing comes through. */
  silence(node: CloudNode): Promise<void>;
  heal(node: CloudNode): Promise<void>;
  /** Restarts FRR of a node, with a frr.conf made of the one that it was started with, and waits until it receives what it did before. */
  restart(node: CloudNode, change: (configuration: string) => string): Promise<void>;
  stop(): Promise<void>;
}

/** The client's addresses. */
const OUTSIDE = { ipv4: '198.51.100.10', ipv6: '2001:db8:ff::10' } as const;

/** Milliseconds between two packets. */
const EVERY = 10;

const TOR1_VRF = `
vrf vpn
 vni 5000
 ip route ${OUTSIDE.ipv4}/32 192.0.2.10
exit-vrf
router bgp 65001 vrf vpn
 bgp router-id 10.0.0.11
 address-family ipv4 unicast
  redistribute static
  rd vpn export 65001:5000
  rt vpn both 65001:5000
  label vpn export auto
  export vpn
 exit-address-family
 address-family l2vpn evpn
  advertise ipv4 unicast
 exit-address-family
exit
`;

const tor = (number: 1 | 2): string => `
hostname tor${number}
bfd
 profile fast
  detect-multiplier 3
  transmit-interval 100
  receive-interval 100
 exit
exit
ip nht resolve-via-default
ip route ${OUTSIDE.ipv4}/32 192.0.2.${number === 1 ? 2 : 6}
ipv6 route ${OUTSIDE.ipv6}/128 2001:db8:${number}::2
router bgp 6500${number}
 bgp router-id 10.0.0.${number}
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 bgp bestpath as-path multipath-relax
 neighbor nodes peer-group
 neighbor nodes remote-as external
 neighbor nodes timers 1 3
 neighbor nodes timers connect 1
 neighbor nodes advertisement-interval 0
 neighbor nodes ttl-security hops 1
 neighbor nodes bfd
 neighbor nodes bfd profile fast
 neighbor p1 interface peer-group nodes
 neighbor p2 interface peer-group nodes
${number === 1 ? ' neighbor 100.66.1.2 peer-group nodes\n neighbor 100.67.1.2 peer-group nodes' : ''}
 neighbor fabric interface remote-as external
 neighbor fabric timers 1 3
 neighbor fabric timers connect 1
 neighbor fabric advertisement-interval 0
 address-family ipv4 unicast
  network 0.0.0.0/0
  network 10.0.0.${number}/32
  neighbor nodes activate
  neighbor fabric activate
 exit-address-family
 address-family ipv6 unicast
  network ::/0
  neighbor nodes activate
  neighbor fabric activate
 exit-address-family
 address-family l2vpn evpn
  neighbor nodes activate
  advertise-all-vni
 exit-address-family
 address-family ipv4 vpn
  neighbor nodes activate
 exit-address-family
exit
${number === 1 ? TOR1_VRF : ''}`;

const NAMES = ['node1', 'node2', 'tor1', 'tor2'] as const;

/** Ends of the links, as place and interface. */
const LINKS: readonly (readonly [Place, string, Place, string])[] = [
  ['node1', 'eth1', 'tor1', 'p1'],
  ['node1', 'eth2', 'tor2', 'p1'],
  ['node2', 'eth1', 'tor1', 'p2'],
  ['node2', 'eth2', 'tor2', 'p2'],
  ['tor1', 'fabric', 'tor2', 'fabric'],
  ['outside', 'eth1', 'tor1', 'out'],
  ['outside', 'eth2', 'tor2', 'out'],
  ['vm1', 'eth0', 'node1', 'vm0'],
  ['vm2', 'eth0', 'node2', 'vm0'],
  ['tenant', 'eth1', 'node1', 'ten0'],
  ['tenant', 'eth2', 'node2', 'ten0'],
  ['node1-red', 'ten0', 'tor1', 'red'],
  ['node1-blue', 'ten0', 'tor1', 'blue'],
  ['node1', 'green0', 'node1-green', 'ten0'],
  ['outside', 'eth3', 'tor1-vpn', 'out'],
];

/** The kernel of each place, once its links are there. */
const KERNEL: Readonly<Partial<Record<Place, readonly string[]>>> = {
  ...Object.fromEntries(
    CLOUD_NODES.map((node, index) => [
      node,
      [
        ...(node === 'node1'
          ? [
              vxlan('172.16.0.1'),
              'addr add 169.254.68.1/30 dev green0',
              'link set green0 up',
              'route add 10.68.1.8/29 via 169.254.68.2',
            ]
          : []),
        `addr add 172.16.0.${index + 1}/32 dev lo`,
        `addr add f00d:f00d::${index + 1}/128 dev lo`,
        'link add br-ex type bridge',
        'link set br-ex up',
        'link add br100 type bridge',
        'link set br100 up',
        `link add vx100 type vxlan id 100 dstport 4789 local 172.16.0.${index + 1} nolearning`,
        'link set vx100 master br100',
        'link set vx100 up',
      ],
    ]),
  ),
  tor1: [
    'addr add 10.0.0.1/32 dev lo',
    'addr add 192.0.2.1/30 dev out',
    'addr add 2001:db8:1::1/64 dev out',
    'addr add 100.66.1.1/30 dev red',
    'addr add 100.67.1.1/30 dev blue',
    vxlan('10.0.0.1'),
    'link add br100 type bridge',
    'link set br100 up',
    'addr add 10.100.0.1/24 dev br100',
    'link add vx100 type vxlan id 100 dstport 4789 local 10.0.0.1 nolearning',
    'link set vx100 master br100',
    'link set vx100 up',
  ],
  tor2: ['addr add 10.0.0.2/32 dev lo', 'addr add 192.0.2.5/30 dev out', 'addr add 2001:db8:2::1/64 dev out'],
  outside: [
    `addr add ${OUTSIDE.ipv4}/32 dev lo`,
    `addr add ${OUTSIDE.ipv6}/128 dev lo`,
    'addr add 192.0.2.2/30 dev eth1',
    'addr add 192.0.2.6/30 dev eth2',
    'addr add 2001:db8:1::2/64 dev eth1',
    'addr add 2001:db8:2::2/64 dev eth2',
    'addr add 192.0.2.10/30 dev eth3',
  ],
};

/** What needs links that are up. */
const ROUTES: Readonly<Partial<Record<Place, readonly string[]>>> = {
  outside: [
    'route add default nexthop via 192.0.2.1 nexthop via 192.0.2.5',
    'route add 10.101.0.0/16 via 192.0.2.9',
    'route add ::/0 nexthop via 2001:db8:1::1 nexthop via 2001:db8:2::1',
  ],
};

/** VRFs of routers, with their kernels. */
const VRFS: Readonly<Record<VrfRouter, Readonly<Record<string, readonly string[]>>>> = {
  node1: {
    'bgp-vrf': ['link add bgp-nic type bridge', 'link set bgp-nic up'],
    red: ['addr add 10.66.1.10/32 dev lo', 'addr add 100.66.1.2/30 dev ten0'],
    blue: ['addr add 10.67.1.10/32 dev lo', 'addr add 100.67.1.2/30 dev ten0'],
    green: [
      'addr add 10.68.1.10/32 dev lo',
      'addr add 169.254.68.2/30 dev ten0',
      'link set ten0 up',
      'route add default via 169.254.68.1',
    ],
    vpn: ['addr add 10.101.1.10/32 dev lo', ...SVI],
    mpls: ['addr add 10.102.1.10/32 dev lo'],
  },
  node2: { 'bgp-vrf': ['link add bgp-nic type bridge', 'link set bgp-nic up'] },
  tor1: { vpn: ['addr add 192.0.2.9/30 dev out', ...SVI] },
};
const VRF_ROUTERS = Object.keys(VRFS) as VrfRouter[];

/**
 * Starts a cloud. What it starts ends with {@link Cloud.stop}, or with this process.
 * @param configurations frr.conf of each node
 */
export async function startCloud(configurations: Readonly<Record<CloudNode, string>>): Promise<Cloud> {
  if (process.getuid?.() !== 0) throw new Error('The laboratory needs root: it makes network namespaces.');
  const root = await frrRoot(undefined);
  const { name, folder } = await claim('cloud');
  const stop = () => release(name);
  const ip = (place: Place, ...commands: readonly string[]) => ipBatch(`${name}-${place}`, commands);
  try {
    for (const place of [...NAMES, 'outside', 'vm1', 'vm2', 'tenant'])
      await makeNamespace(`${name}-${place}`);
    for (const router of NAMES) await makeVrfFolder(vrfFolder(folder, router));
    for (const router of VRF_ROUTERS)
      for (const vrf of Object.keys(VRFS[router])) await addVrf(name, folder, router, vrf);
    for (const [near, nearName, far, farName] of LINKS)
      await execa('ip', [
        ...['link', 'add', nearName, 'netns', `${name}-${near}`, 'type', 'veth'],
        ...['peer', 'name', farName, 'netns', `${name}-${far}`],
      ]);
    for (const [place, commands] of Object.entries(KERNEL)) await ip(place as Place, ...(commands ?? []));
    for (const router of VRF_ROUTERS)
      for (const [vrf, commands] of Object.entries(VRFS[router])) {
        if (commands.some((one) => one.includes('vx5000')))
          await ip(router, `link set vx5000 netns ${name}-${router}-${vrf}`);
        await ip(`${router}-${vrf}`, ...commands);
      }
    for (const [near, nearName, far, farName] of LINKS) {
      await ip(near, `link set ${nearName} up`);
      await ip(far, `link set ${farName} up`);
    }
    for (const [place, commands] of Object.entries(ROUTES)) await ip(place as Place, ...(commands ?? []));
    const [node1, node2, tor1, tor2] = (await Promise.all(
      NAMES.map((router) =>
        makeRouter({
          name: router,
          lab: name,
          root,
          plan: {
            config:
              router === 'node1' || router === 'node2'
                ? configurations[router]
                : tor(router === 'tor1' ? 1 : 2),
            kernel: [],
            daemonFlags: { zebra: ['--vrfwnetns'] },
          },
          folder,
        }),
      ),
    )) as [Router, Router, Router, Router];
    const routers = { node1, node2, tor1, tor2 };
    /** A queue without room drops every packet, and the carrier stays. */
    const drop = async (node: CloudNode, change: 'add' | 'del') => {
      const end = node === 'node1' ? 'p1' : 'p2';
      for (const [router, link] of [
        [routers[node], 'eth1'],
        [routers[node], 'eth2'],
        [routers.tor1, end],
        [routers.tor2, end],
      ] as const)
        await router.run('tc', 'qdisc', change, 'dev', link, 'root', 'pfifo', 'limit', '0');
    };
    return {
      name,
      folder,
      ...routers,
      beside: (node) => ({ name, node: routers[node] }),
      ip,
      traffic: (address) => startTraffic(name, address),
      silence: (node) => drop(node, 'add'),
      heal: (node) => drop(node, 'del'),
      restart: async (node, change) => {
        const before = await received(routers[node]);
        await routers[node].restart(change(configurations[node]));
        await waitFor(async () => isDeepStrictEqual(await received(routers[node]), before), {
          within: 60_000,
          every: 250,
          for: `${node} to receive what it did before`,
        });
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The states of the BFD sessions of a router, and how many prefixes each of its peers has sent it. */
async function received(router: Router) {
  type Family = { readonly peers?: Readonly<Record<string, { readonly pfxRcd?: number }>> };
  const vrfs = await router.json<Record<string, Record<string, Family>>>('show bgp vrf all summary json');
  const prefixes = Object.entries(vrfs).flatMap(([vrf, families]) =>
    Object.entries(families).flatMap(([family, { peers }]) =>
      Object.entries(peers ?? {}).map(([peer, { pfxRcd }]) => `${vrf} ${family} ${peer} ${pfxRcd}`),
    ),
  );
  const sessions = await router.json<readonly { readonly status: string }[]>('show bfd peers json');
  return { prefixes: prefixes.sort(), bfd: sessions.map(({ status }) => status).sort() };
}

async function startTraffic(lab: string, address: string): Promise<Traffic> {
  const source = address.includes(':') ? OUTSIDE.ipv6 : OUTSIDE.ipv4;
  const probe: Running = await start(
    'ip',
    [
      ...['netns', 'exec', `${lab}-outside`, process.execPath],
      ...[new URL('probe.ts', import.meta.url).pathname, address, source, String(EVERY)],
    ],
    { env: belongingTo(lab), ready: async () => true },
  );
  const lostOf = (output: string): number => output.replaceAll('.', '').length;
  return {
    async until(state) {
      const from = probe.output().length;
      const wanted = (state === 'flowing' ? '.' : 'x').repeat(20);
      await waitFor(() => probe.output().slice(from).endsWith(wanted), {
        within: 30_000,
        every: 50,
        for: `packets to ${address} to be ${state}`,
      });
    },
    lost: () => lostOf(probe.output()),
    async lostOf(packets) {
      const from = probe.output().length;
      const enough = () => probe.output().length >= from + packets;
      await waitFor(enough, { within: 10_000, every: 50, for: `${packets} packets` });
      return lostOf(probe.output().slice(from, from + packets));
    },
    [Symbol.asyncDispose]: () => probe.stop(),
  };
}
