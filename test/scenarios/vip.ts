import type { UseCase } from './use-case.ts';

const VIP = '10.0.0.100';
const add = (node: 'node1' | 'node2') => [node, `addr add ${VIP}/32 dev lo`] as const;
const remove = (node: 'node1' | 'node2') => [node, `addr del ${VIP}/32 dev lo`] as const;
const peers = (node: 'node1' | 'node2', address = VIP) =>
  `${node} frr_host_route_advertised_peers{address="${address}",interface="lo"}`;

export const vip: UseCase = {
  name: 'vip',
  title: 'API VIPs',
  about:
    'The VIP of the API is a /32 on the loopback interface of one controller, put there by Pacemaker. The controller announces it over BGP, so the controllers need no network in common, and no ARP.',
  picture: { outside: 'client', tor1: '', tor2: '', node1: `controller, ${VIP}`, node2: 'controller' },
  address: VIP,
  commands: [`show bgp ipv4 unicast ${VIP}/32`, 'show ip route 0.0.0.0/0'],
  prepare: (cloud) => cloud.ip(...add('node1')),
  remove: (cloud) => cloud.ip(...remove('node1')),
  works: { [peers('node1')]: 2, [peers('node2')]: undefined },
  faults: [
    {
      what: 'the VIP moves to the other controller',
      cause: async (cloud) => {
        await cloud.ip(...remove('node1'));
        await cloud.ip(...add('node2'));
      },
      undo: async (cloud) => {
        await cloud.ip(...remove('node2'));
        await cloud.ip(...add('node1'));
      },
      shows: { [peers('node2')]: 2, [peers('node1')]: undefined },
      alerts: [],
      traffic: 'flowing',
    },
    {
      what: 'no controller has it',
      cause: (cloud) => cloud.ip(...remove('node1')),
      undo: (cloud) => cloud.ip(...add('node1')),
      shows: { [peers('node1')]: undefined, [peers('node2')]: undefined },
      alerts: [`FRRAddressGone critical address=${VIP}`],
      traffic: 'lost',
    },
    {
      what: 'both have it',
      cause: (cloud) => cloud.ip(...add('node2')),
      undo: (cloud) => cloud.ip(...remove('node2')),
      shows: { [peers('node2')]: 2, [peers('node1')]: 2 },
      alerts: [`FRRAddressDuplicated warning vrf=default address=${VIP}`],
      traffic: 'flowing',
    },
    {
      what: 'it stays on a controller that has lost its default route, with its sessions up',
      cause: (cloud) => cloud.ip('node1', 'addr del 172.16.0.1/32 dev lo'),
      undo: async (cloud) => {
        await cloud.ip('node1', 'addr add 172.16.0.1/32 dev lo');
        // As `frr-daemon sources` does in the container.
        await cloud.node1.configure('no ip protocol bgp', 'ip protocol bgp route-map installed-ipv4');
      },
      shows: {
        'node1 frr_default_route_installed{vrf="default",afi="ipv4"}': 0,
        'node1 frr_bgp_session_up{vrf="default",peer="eth1"}': 1,
        [peers('node1')]: 2,
        [peers('node1', '172.16.0.1')]: undefined,
      },
      alerts: [
        'FRRAddressGone critical address=172.16.0.1',
        'FRRDefaultRouteMissing critical node1 vrf=default afi=ipv4',
      ],
      traffic: 'lost',
    },
  ],
};
