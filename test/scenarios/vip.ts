import type { UseCase } from './use-case.ts';

const VIP = '10.0.0.100';
const VIP6 = '2001:db8:10::100';
const change = (what: 'add' | 'del', node: 'node1' | 'node2') =>
  [node, `addr ${what} ${VIP}/32 dev lo`, `addr ${what} ${VIP6}/128 dev lo`] as const;
const add = (node: 'node1' | 'node2') => change('add', node);
const remove = (node: 'node1' | 'node2') => change('del', node);
const peers = (node: 'node1' | 'node2', address = VIP) =>
  `${node} frr_host_route_advertised_peers{address="${address}",interface="lo"}`;
/** How many peers are sent each VIP. */
const both = (node: 'node1' | 'node2', value: number | undefined) => ({
  [peers(node)]: value,
  [peers(node, VIP6)]: value,
});

export const vip: UseCase = {
  name: 'vip',
  title: 'API VIPs',
  about:
    'The VIPs of the API are a /32 and a /128 on the loopback interface of one controller, put there by Pacemaker. The controller announces them over BGP, so the controllers need neither a common network nor ARP.',
  picture: { outside: 'client', tor1: '', tor2: '', node1: `controller, ${VIP}`, node2: 'controller' },
  addresses: [VIP, VIP6],
  commands: [
    `show bgp ipv4 unicast ${VIP}/32`,
    `show bgp ipv6 unicast ${VIP6}/128`,
    'show ip route 0.0.0.0/0',
  ],
  prepare: (cloud) => cloud.ip(...add('node1')),
  remove: (cloud) => cloud.ip(...remove('node1')),
  works: { ...both('node1', 2), ...both('node2', undefined) },
  faults: [
    {
      what: 'the VIPs move to the other controller',
      cause: async (cloud) => {
        await cloud.ip(...remove('node1'));
        await cloud.ip(...add('node2'));
      },
      undo: async (cloud) => {
        await cloud.ip(...remove('node2'));
        await cloud.ip(...add('node1'));
      },
      shows: { ...both('node2', 2), ...both('node1', undefined) },
      says: [],
      alerts: [],
      lost: [],
    },
    {
      what: 'no controller has them',
      cause: (cloud) => cloud.ip(...remove('node1')),
      undo: (cloud) => cloud.ip(...add('node1')),
      shows: { ...both('node1', undefined), ...both('node2', undefined) },
      says: [],
      alerts: [VIP, VIP6].map((address) => `FRRAddressGone critical address=${address}`),
      lost: [VIP, VIP6],
    },
    {
      what: 'both have them',
      cause: (cloud) => cloud.ip(...add('node2')),
      undo: (cloud) => cloud.ip(...remove('node2')),
      shows: { ...both('node2', 2), ...both('node1', 2) },
      says: [],
      alerts: [VIP, VIP6].map((address) => `FRRAddressDuplicated warning vrf=default address=${address}`),
      lost: [],
    },
    {
      what: 'they stay on a controller that has lost its IPv4 default route, with its sessions up',
      cause: (cloud) => cloud.ip('node1', 'addr del 172.16.0.1/32 dev lo'),
      undo: async (cloud) => {
        await cloud.ip('node1', 'addr add 172.16.0.1/32 dev lo');
        // As `frr-daemon sources` does in the container.
        await cloud.node1.configure('no ip protocol bgp', 'ip protocol bgp route-map installed-ipv4');
      },
      shows: {
        'node1 frr_default_route_installed{vrf="default",afi="ipv4"}': 0,
        'node1 frr_bgp_session_up{vrf="default",peer="eth1"}': 1,
        ...both('node1', 2),
        [peers('node1', '172.16.0.1')]: undefined,
      },
      says: ['node1 warning: no IPv4 default route'],
      alerts: [
        'FRRAddressGone critical address=172.16.0.1',
        'FRRDefaultRouteMissing critical node1 vrf=default afi=ipv4',
      ],
      lost: [VIP],
    },
  ],
};
