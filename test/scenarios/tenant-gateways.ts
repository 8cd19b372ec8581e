import type { CloudNode } from '../lab/index.ts';
import type { UseCase } from './use-case.ts';

const HOST = '10.50.1.10';
const prefixes = (node: CloudNode, peer: string) =>
  `${node} frr_bgp_prefixes_advertised{vrf="default",peer="${peer}",afi="ipv4",safi="unicast"}`;

export const tenantGateways: UseCase = {
  name: 'tenant-gateways',
  title: 'Tenant networks by gateway nodes',
  about:
    'Two gateway nodes announce the same subnet of a tenant, and the routers use both. `bgp_advertise` names the subnets that may be announced besides host routes. BFD notices within 0.3 s that a gateway is gone.',
  picture: { outside: 'client', tor1: '', tor2: '', node1: 'gateway', node2: 'gateway', tenant: HOST },
  addresses: [HOST],
  commands: ['show bgp ipv4 unicast 10.50.1.0/24', 'show bfd peers'],
  prepare: async (cloud) => {
    await cloud.ip(
      'tenant',
      ...[
        'link add br0 type bridge',
        'link set eth1 master br0',
        'link set eth2 master br0',
        'link set br0 up',
      ],
      ...[`addr add ${HOST}/24 dev br0`, 'route add default via 10.50.1.2'],
    );
    await cloud.ip('node1', 'addr add 10.50.1.1/24 dev ten0');
    await cloud.ip('node2', 'addr add 10.50.1.2/24 dev ten0');
  },
  remove: async (cloud) => {
    await cloud.ip('node1', 'addr del 10.50.1.1/24 dev ten0');
    await cloud.ip('node2', 'addr del 10.50.1.2/24 dev ten0');
    await cloud.ip('tenant', 'link del br0');
  },
  works: {
    [prefixes('node1', 'eth1')]: 3,
    [prefixes('node2', 'eth1')]: 2,
    'node1 frr_config_drift{change="missing"}': 0,
    'node2 frr_config_drift{change="missing"}': 0,
  },
  faults: [
    {
      what: 'a gateway dies: its links stay up, but no packets pass',
      cause: (cloud) => cloud.silence('node1'),
      undo: (cloud) => cloud.heal('node1'),
      shows: {
        'node1 frr_bgp_session_up{vrf="default",peer="eth1"}': 0,
        'node1 frr_bgp_session_up{vrf="default",peer="eth2"}': 0,
        [prefixes('node2', 'eth1')]: 2,
      },
      says: [
        'node1 critical: 2 of 2 uplinks down',
        'node1 critical: 5 of 7 addresses announced to no peer',
        'node1 critical: no IPv4 or IPv6 default route',
      ],
      alerts: [
        'FRRBGPAllUplinksDown critical node1',
        'FRRBGPPeerDown critical node1 vrf=default peer=eth1',
        'FRRBGPPeerDown critical node1 vrf=default peer=eth2',
        'FRRDefaultRouteMissing critical node1 vrf=default afi=ipv4',
        'FRRDefaultRouteMissing critical node1 vrf=default afi=ipv6',
        'FRRAddressesFault critical node1 fault=FRRHostRouteNotAdvertised',
        'FRRHostRouteNotAdvertised critical node1 vrf=default afi=ipv4 address=172.16.0.1',
        'FRRHostRouteNotAdvertised critical node1 vrf=default afi=ipv6 address=f00d:f00d::1',
        'FRRHostRouteNotAdvertised critical node1 vrf=green afi=ipv4 address=10.68.1.10',
        'FRRHostRouteNotAdvertised critical node1 vrf=default afi=ipv4 address=10.68.1.10',
        'FRRHostRouteNotAdvertised critical node1 vrf=vpn afi=ipv4 address=10.101.1.10',
        'FRRHostRouteNotAdvertised critical node1 vrf=mpls afi=ipv4 address=10.102.1.10',
      ],
      lost: [],
      settles: 150,
    },
    {
      what: 'both have a subnet that the filter drops, because `bgp_advertise` does not name it',
      cause: (cloud) =>
        cloud.node1
          .configure('no ip prefix-list only-host-prefixes seq 10')
          .then(() => cloud.node2.configure('no ip prefix-list only-host-prefixes seq 10')),
      undo: (cloud) =>
        cloud.node1
          .configure('ip prefix-list only-host-prefixes seq 10 permit 10.50.0.0/16 le 24')
          .then(() =>
            cloud.node2.configure('ip prefix-list only-host-prefixes seq 10 permit 10.50.0.0/16 le 24'),
          ),
      shows: {
        [prefixes('node1', 'eth1')]: 2,
        [prefixes('node2', 'eth1')]: 1,
        'node1 frr_config_drift{change="missing"}': 1,
        'node2 frr_config_drift{change="missing"}': 1,
      },
      says: [],
      alerts: ['FRRConfigDrift warning node1', 'FRRConfigDrift warning node2'],
      lost: [HOST],
    },
  ],
};
