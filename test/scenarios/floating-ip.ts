import type { Cloud, CloudNode } from '../lab/index.ts';
import type { UseCase } from './use-case.ts';

const FIP = '203.0.113.77';
/** The kernel's way to the machine. */
const NETWORK = '203.0.113.76/30';

/** As ovn-bgp-agent and Neutron do it: a kernel route in the VRF that is announced, and the way to the machine itself. */
const add = async (cloud: Cloud, node: CloudNode) => {
  await cloud.ip(`${node}-bgp-vrf`, `route add ${FIP}/32 dev bgp-nic`);
  await cloud.ip(node, `route add ${NETWORK} dev vm0`);
};
const remove = async (cloud: Cloud, node: CloudNode) => {
  await cloud.ip(`${node}-bgp-vrf`, `route del ${FIP}/32 dev bgp-nic`);
  await cloud.ip(node, `route del ${NETWORK} dev vm0`);
};
const MACHINES = { node1: 'vm1', node2: 'vm2' } as const;
const prefixes = (node: CloudNode, peer: string) =>
  `${node} frr_bgp_prefixes_advertised{vrf="default",peer="${peer}",afi="ipv4",safi="unicast"}`;

export const floatingIp: UseCase = {
  name: 'floating-ip',
  title: 'Floating IPs',
  about:
    'A floating IP is a kernel route in the VRF `bgp-vrf` of the network node, or of the compute node with distributed floating IPs. FRR redistributes it there and imports it into the default VRF, where the filter lets host routes out.',
  picture: {
    outside: 'client',
    tor1: '',
    tor2: '',
    node1: 'network node',
    node2: 'compute node',
    vm1: FIP,
    vm2: 'after a move',
  },
  addresses: [FIP],
  commands: [`show bgp ipv4 unicast ${FIP}/32`, `show bgp vrf bgp-vrf ipv4 unicast ${FIP}/32`],
  prepare: async (cloud) => {
    for (const [node, machine] of Object.entries(MACHINES)) {
      await cloud.ip(machine, `addr add ${FIP}/32 dev eth0`, 'addr add 169.254.7.2/30 dev eth0');
      await cloud.ip(machine, 'route add default via 169.254.7.1');
      await cloud.ip(node as CloudNode, 'addr add 169.254.7.1/30 dev vm0');
    }
    await add(cloud, 'node1');
  },
  remove: async (cloud) => {
    await remove(cloud, 'node1');
    for (const [node, machine] of Object.entries(MACHINES)) {
      await cloud.ip(machine, `addr del ${FIP}/32 dev eth0`, 'addr del 169.254.7.2/30 dev eth0');
      await cloud.ip(node as CloudNode, 'addr del 169.254.7.1/30 dev vm0');
    }
  },
  works: {
    [prefixes('node1', 'eth1')]: 3,
    [prefixes('node2', 'eth1')]: 1,
    'node1 frr_config_drift{change="missing"}': 0,
  },
  faults: [
    {
      what: 'it is removed',
      cause: (cloud) => remove(cloud, 'node1'),
      undo: (cloud) => add(cloud, 'node1'),
      shows: { [prefixes('node1', 'eth1')]: 2 },
      says: [],
      alerts: [],
      lost: [FIP],
    },
    {
      what: 'it moves to another node',
      cause: async (cloud) => {
        await remove(cloud, 'node1');
        await add(cloud, 'node2');
      },
      undo: async (cloud) => {
        await remove(cloud, 'node2');
        await add(cloud, 'node1');
      },
      shows: { [prefixes('node1', 'eth1')]: 2, [prefixes('node2', 'eth1')]: 2 },
      says: [],
      alerts: [],
      lost: [],
    },
    {
      what: 'the outbound filter is broken, with the sessions up',
      cause: (cloud) => cloud.node1.configure('no ip prefix-list only-host-prefixes'),
      undo: (cloud) =>
        cloud.node1.configure(
          'ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32',
          'ip prefix-list only-host-prefixes seq 10 permit 10.50.0.0/16 le 24',
        ),
      shows: {
        [prefixes('node1', 'eth1')]: 0,
        'node1 frr_host_route_advertised_peers{address="172.16.0.1",interface="lo"}': 0,
        'node1 frr_bgp_session_up{vrf="default",peer="eth1"}': 1,
        'node1 frr_config_drift{change="missing"}': 2,
      },
      says: ['node1 critical: 5 of 8 addresses announced to no peer'],
      alerts: [
        'FRRConfigDrift warning node1',
        'FRRAddressesFault critical node1 fault=FRRHostRouteNotAdvertised',
        ...[
          'vrf=blue afi=ipv4 address=10.67.1.10',
          'vrf=red afi=ipv4 address=10.66.1.10',
          'vrf=green afi=ipv4 address=10.68.1.10',
          'vrf=default afi=ipv4 address=10.68.1.10',
          'vrf=default afi=ipv4 address=172.16.0.1',
          `vrf=bgp-vrf afi=ipv4 address=${FIP}`,
          `vrf=default afi=ipv4 address=${FIP}`,
        ].map((address) => `FRRHostRouteNotAdvertised critical node1 ${address}`),
      ],
      lost: [FIP],
    },
    {
      what: 'FRR restarts, and the import from the VRF, which the agent had added, is lost until it adds it again',
      cause: (cloud) =>
        cloud.restart('node1', (configuration) => configuration.replaceAll('  import vrf bgp-vrf\n', '')),
      undo: (cloud) =>
        cloud.node1.configure(
          ...['router bgp 64999', 'address-family ipv4 unicast', 'import vrf bgp-vrf', 'exit-address-family'],
          ...['address-family ipv6 unicast', 'import vrf bgp-vrf'],
        ),
      shows: { [prefixes('node1', 'eth1')]: 2, 'node1 frr_config_drift{change="missing"}': 2 },
      says: ['node1 critical: 1 of 8 addresses announced to no peer'],
      alerts: [
        'FRRConfigDrift warning node1',
        `FRRHostRouteNotAdvertised critical node1 vrf=bgp-vrf afi=ipv4 address=${FIP}`,
      ],
      lost: [FIP],
    },
  ],
};
