/**
 * The node of {@link TRIPLEO} with FRR's other daemons: OSPF and PIM with both top-of-rack routers, a VRRP router on
 * eth1, and bgpd with RPKI and two caches ({@link configureRpki}), of which the first is to be started by the test and
 * the second is never there.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { belongingTo } from './ownership.ts';
import { type Running, start } from './process.ts';
import type { Router } from './router.ts';
import { type Topology, TRIPLEO } from './topology.ts';
import { FULL } from './topology-full.ts';

/** Where the node looks for its RPKI cache: at itself. */
export const RPKI_CACHE = { host: '172.16.0.1', port: 8282 } as const;

const igp = (routerId: string, interfaces: readonly string[]) => `
router ospf
 ospf router-id ${routerId}
exit
${interfaces
  .map(
    (name) => `interface ${name}
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
 ip pim
exit`,
  )
  .join('\n')}
`;

const VRRP = `
interface eth1
 vrrp 5 version 3
 vrrp 5 priority 200
 vrrp 5 advertisement-interval 100
 vrrp 5 ip 100.64.1.254
 vrrp 5 ipv6 2001:db8:1::254
exit
`;

/** Tells the node where its caches are. FRR 10 wants the word `tcp`, older ones do not know it. */
export async function configureRpki(node: Router): Promise<void> {
  const caches = (transport: string) => [
    `rpki cache ${transport}${RPKI_CACHE.host} ${RPKI_CACHE.port} preference 1`,
    `rpki cache ${transport}192.0.2.200 8282 preference 2`,
  ];
  const configure = (transport: string) =>
    node.configure('rpki', 'rpki retry_interval 1', ...caches(transport));
  await configure('tcp ').catch(() => configure(''));
}

/** Starts the RPKI cache of the node: Debian's stayrtr, with three prefixes. It ends with the laboratory. */
export async function startRpkiCache(lab: Lab): Promise<Running> {
  const file = join(lab.folder, 'validated-prefixes.json');
  const roas = [
    { prefix: '10.1.0.0/16', maxLength: 24, asn: 'AS65001' },
    { prefix: '10.2.0.0/16', maxLength: 24, asn: 'AS65002' },
    { prefix: '2001:db8::/32', maxLength: 48, asn: 'AS65002' },
  ];
  writeFileSync(file, JSON.stringify({ metadata: {}, roas }));
  const cache = ['stayrtr', '-bind', `${RPKI_CACHE.host}:${RPKI_CACHE.port}`, '-cache', file];
  return await start(
    'ip',
    ['netns', 'exec', lab.node.namespace, ...cache, '-checktime=false', '-metrics.addr='],
    {
      env: belongingTo(lab.name),
      ready: async () => (await lab.node.run('ss', '-Hltn')).includes(`:${RPKI_CACHE.port} `),
    },
  );
}

/** A topology with these additional daemons. */
function withDaemons(topology: Topology): Topology {
  const { node, tor1, tor2 } = topology.routers;
  return {
    ...topology,
    routers: {
      node: {
        ...node,
        config: node.config + igp('10.0.0.9', ['eth1', 'eth2']) + VRRP,
        kernel: [
          ...node.kernel,
          // vrrpd takes the interface that has the virtual MAC address of its group.
          'link add vrrp4 link eth1 type macvlan mode bridge',
          'link set vrrp4 address 00:00:5e:00:01:05',
          'link set vrrp4 up',
        ],
        daemons: ['ospfd', 'pimd', 'vrrpd'],
        daemonFlags: { ...node.daemonFlags, bgpd: ['-M', 'rpki'] },
      },
      tor1: { ...tor1, config: tor1.config + igp('10.0.0.1', ['down0']), daemons: ['ospfd', 'pimd'] },
      tor2: { ...tor2, config: tor2.config + igp('10.0.0.2', ['down0']), daemons: ['ospfd', 'pimd'] },
    },
  };
}

export const DAEMONS: Topology = withDaemons(TRIPLEO);

/** {@link FULL} with them too: everything at once. */
export const EVERYTHING: Topology = withDaemons(FULL);
