import type { UseCase } from './use-case.ts';

const session = (vrf: string, number: number) =>
  `node1 frr_bgp_session_up{vrf="${vrf}",peer="100.${number}.1.1"}`;
const route = (vrf: string) => `node1 frr_default_route_installed{vrf="${vrf}",afi="ipv4"}`;

/** What the router sends to a tenant. */
const OUT = ['ip prefix-list nothing seq 5 deny any', 'router bgp 65001', 'address-family ipv4 unicast'];

export const tenantVrfs: UseCase = {
  name: 'tenant-vrfs',
  title: 'Tenants in VRFs of their own',
  about:
    'The tenants red and blue have a VRF each on the node, with a session of their own to the router, over which their addresses go out and a default route comes in. What happens to one of them is no matter of the other.',
  picture: { outside: 'client', tor1: '', tor2: '', node1: 'red 10.66.1.10, blue 10.67.1.10' },
  address: '10.66.1.10',
  commands: ['show bgp vrf red summary', 'show ip route vrf red 0.0.0.0/0'],
  prepare: async () => undefined,
  remove: async () => undefined,
  works: { [session('red', 66)]: 1, [session('blue', 67)]: 1, [route('red')]: 1, [route('blue')]: 1 },
  faults: [
    {
      what: 'a VRF loses its session',
      cause: (cloud) => cloud.ip('tor1', 'link set red down'),
      undo: (cloud) => cloud.ip('tor1', 'link set red up'),
      shows: { [session('red', 66)]: 0, [session('blue', 67)]: 1 },
      alerts: [
        'FRRBGPPeerDown warning node1 vrf=red peer=100.66.1.1',
        'FRRBGPVRFDown critical node1 vrf=red',
        'FRRHostRouteNotAdvertised critical node1 vrf=red afi=ipv4 address=10.66.1.10',
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv4',
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv6',
      ],
      traffic: 'lost',
    },
    {
      what: 'a VRF loses its default route, with its session up',
      cause: (cloud) => cloud.tor1.configure(...OUT, 'neighbor 100.66.1.2 prefix-list nothing out'),
      undo: (cloud) => cloud.tor1.configure(...OUT, 'no neighbor 100.66.1.2 prefix-list nothing out'),
      shows: { [route('red')]: 0, [route('blue')]: 1, [session('red', 66)]: 1 },
      alerts: [
        'FRRBGPPrefixDrop warning node1 vrf=red peer=100.66.1.1 afi=ipv4 safi=unicast',
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv4',
      ],
      traffic: 'lost',
    },
  ],
};
