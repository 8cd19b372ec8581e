/**
 * A fabric with a witness, on one LAN: three nodes (AS 64999), two routers and a route reflector (AS 65000), and the witness, which has
 * the configuration that is shipped, with sessions to both routers and to the reflector. All of it is real FRR.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { addLink, ipBatch, makeNamespace, vrfFolder } from '../../lab/network.ts';
import { claim, release } from '../../lab/ownership.ts';
import { end, makeRouter, type Router } from '../../lab/router.ts';
import { frrRoot } from '../../lab/versions.ts';

/** Their last octets on the LAN 10.255.0.0/24, which are also their router IDs. */
const HOSTS = { tor1: 1, tor2: 2, reflector: 3, witness: 4, node1: 11, node2: 12, node3: 13 } as const;

export type HostName = keyof typeof HOSTS;

export const NODES = ['node1', 'node2', 'node3'] as const;

/** On the LAN, and the router ID. */
export const addressOf = (host: HostName): string => `10.255.0.${HOSTS[host]}`;

/** The addresses that each node announces in the beginning. */
export const ANNOUNCED: Readonly<Record<(typeof NODES)[number], readonly string[]>> = {
  node1: ['172.31.1.1', '172.31.1.2', '172.31.1.3'],
  node2: ['172.31.2.1', '172.31.2.2'],
  node3: ['172.31.3.1'],
};

const TIMERS = (peers: string) => ` neighbor ${peers} timers 1 3
 neighbor ${peers} timers connect 1
 neighbor ${peers} advertisement-interval 0`;

function node(host: (typeof NODES)[number]): string {
  return `
hostname ${host}
ip prefix-list only-host-prefixes permit 0.0.0.0/0 ge 32
route-map only-host-prefixes permit 10
 match ip address prefix-list only-host-prefixes
exit
route-map nothing deny 10
exit
router bgp 64999
 bgp router-id ${addressOf(host)}
 bgp graceful-restart
 neighbor uplink peer-group
 neighbor uplink remote-as external
${TIMERS('uplink')}
${['tor1', 'tor2'].map((tor) => ` neighbor ${addressOf(tor as HostName)} peer-group uplink\n neighbor ${addressOf(tor as HostName)} description ${tor} rack A`).join('\n')}
 address-family ipv4 unicast
  redistribute connected
  neighbor uplink route-map nothing in
  neighbor uplink route-map only-host-prefixes out
 exit-address-family
exit
`;
}

function tor(host: 'tor1' | 'tor2'): string {
  return `
hostname ${host}
ip prefix-list dropped seq 1 permit 192.0.2.255/32
route-map from-nodes deny 5
 match ip address prefix-list dropped
exit
route-map from-nodes permit 10
exit
router bgp 65000
 bgp router-id ${addressOf(host)}
 no bgp ebgp-requires-policy
 neighbor nodes peer-group
 neighbor nodes remote-as 64999
${TIMERS('nodes')}
 neighbor fabric peer-group
 neighbor fabric remote-as 65000
${TIMERS('fabric')}
${NODES.map((one) => ` neighbor ${addressOf(one)} peer-group nodes`).join('\n')}
${(['reflector', 'witness'] as const).map((one) => ` neighbor ${addressOf(one)} peer-group fabric`).join('\n')}
 address-family ipv4 unicast
  neighbor nodes route-map from-nodes in
 exit-address-family
exit
`;
}

const REFLECTOR = `
hostname reflector
router bgp 65000
 bgp router-id ${addressOf('reflector')}
 neighbor clients peer-group
 neighbor clients remote-as 65000
${TIMERS('clients')}
${(['tor1', 'tor2', 'witness'] as const).map((one) => ` neighbor ${addressOf(one)} peer-group clients`).join('\n')}
 address-family ipv4 unicast
  neighbor clients route-reflector-client
 exit-address-family
exit
`;

/** The shipped configuration, with the neighbors of this fabric, and a route that it must not announce. */
function witness(): string {
  const shipped = readFileSync('container/witness/frr.conf', 'utf8');
  const neighbors = (['tor1', 'tor2', 'reflector'] as const).map(
    (one) => ` neighbor ${addressOf(one)} peer-group routers`,
  );
  return shipped
    .replace('router-id 192.0.2.53', `router-id ${addressOf('witness')}`)
    .replace(/( neighbor 192\S+ peer-group routers\n)+/, `${neighbors.join('\n')}\n${TIMERS('routers')}\n`)
    .replace('address-family ipv4 unicast\n', 'address-family ipv4 unicast\n  redistribute connected\n');
}

export interface Fabric extends AsyncDisposable {
  readonly name: string;
  readonly folder: string;
  readonly hosts: Readonly<Record<HostName, Router>>;
  /** SIGKILL to a daemon, if it runs. */
  kill(host: HostName, daemon: string): Promise<void>;
  /** The routers drop these addresses of nodes, and no others. */
  drop(host: 'tor1' | 'tor2', ...addresses: readonly string[]): Promise<void>;
}

export async function startFabric(): Promise<Fabric> {
  const root = await frrRoot();
  const { name, folder } = await claim('witness');
  const stop = () => release(name);
  const lan = `${name}-lan`;
  try {
    await makeNamespace(lan);
    await ipBatch(lan, ['link add lan type bridge', 'link set lan up']);
    const configs: Record<HostName, string> = {
      tor1: tor('tor1'),
      tor2: tor('tor2'),
      reflector: REFLECTOR,
      witness: witness(),
      node1: node('node1'),
      node2: node('node2'),
      node3: node('node3'),
    };
    const started = await Promise.all(
      (Object.keys(HOSTS) as HostName[]).map(async (host) => {
        const namespace = `${name}-${host}`;
        await makeNamespace(namespace);
        await addLink([namespace, 'eth0'], [lan, host]);
        await ipBatch(lan, [`link set ${host} master lan`, `link set ${host} up`]);
        const own = host in ANNOUNCED ? ANNOUNCED[host as keyof typeof ANNOUNCED] : [];
        await ipBatch(namespace, [
          ...own.map((address) => `addr add ${address}/32 dev lo`),
          `addr add ${addressOf(host)}/24 dev eth0`,
          'link set eth0 up',
        ]);
        mkdirSync(vrfFolder(folder, host));
        const plan = { config: configs[host], kernel: [] };
        return [host, await makeRouter({ name: host, lab: name, root, plan, folder })] as const;
      }),
    );
    const hosts = Object.fromEntries(started) as Record<HostName, Router>;
    return {
      name,
      folder,
      hosts,
      kill: async (host, daemon) => {
        const pid = hosts[host].pid(daemon);
        if (pid !== undefined) await end(pid, 'SIGKILL');
      },
      drop: async (host, ...addresses) => {
        await hosts[host].configure(
          'no ip prefix-list dropped',
          'ip prefix-list dropped seq 1 permit 192.0.2.255/32',
          ...addresses.map((address, n) => `ip prefix-list dropped seq ${n + 2} permit ${address}/32`),
          'end',
          'clear bgp ipv4 unicast * soft in',
        );
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
