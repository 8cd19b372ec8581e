import type { UseCase } from './use-case.ts';

const RED = '10.66.1.10';
const BLUE = '10.67.1.10';
const GREEN = '10.68.1.10';

const session = (vrf: string, number: number) =>
  `node1 frr_bgp_session_up{vrf="${vrf}",peer="100.${number}.1.1"}`;
const route = (vrf: string, afi = 'ipv4') => `node1 frr_default_route_installed{vrf="${vrf}",afi="${afi}"}`;
const DRIFT = 'node1 frr_config_drift{change="missing"}';
const peers = (vrf: string, address: string) =>
  `node1 frr_host_route_advertised_peers{address="${address}",vrf="${vrf}"}`;

/** What the router sends to a tenant. */
const OUT = ['ip prefix-list nothing seq 5 deny any', 'router bgp 65001', 'address-family ipv4 unicast'];
/** What the node imports into its default VRF. */
const IMPORT = ['router bgp 64999', 'address-family ipv4 unicast'];

const ALL_WELL = {
  [peers('red', RED)]: 1,
  [peers('blue', BLUE)]: 1,
  [peers('green', GREEN)]: 2,
};

export const tenantVrfs: UseCase = {
  name: 'tenant-vrfs',
  title: 'Tenants in VRFs of their own',
  about:
    'The tenants red and blue have a VRF each on the node, with a session of their own to the router, over which their addresses go out and a default route comes in. The addresses of green go out over the sessions of the node, because its default VRF imports those of green. What happens to one of them is no matter of the others.',
  picture: { outside: 'client', tor1: '', tor2: '', node1: 'VRFs red, blue, green' },
  addresses: [RED, BLUE, GREEN],
  commands: [
    'show bgp vrf red summary',
    'show ip route vrf red 0.0.0.0/0',
    `show bgp ipv4 unicast ${GREEN}/32`,
  ],
  prepare: async () => undefined,
  remove: async () => undefined,
  works: {
    [session('red', 66)]: 1,
    [session('blue', 67)]: 1,
    [route('red')]: 1,
    [route('red', 'ipv6')]: 1,
    [DRIFT]: 0,
    [route('blue')]: 1,
    ...ALL_WELL,
  },
  faults: [
    {
      what: 'a VRF loses its session',
      cause: (cloud) => cloud.ip('tor1', 'link set red down'),
      undo: (cloud) => cloud.ip('tor1', 'link set red up'),
      shows: { [session('red', 66)]: 0, [session('blue', 67)]: 1, ...ALL_WELL, [peers('red', RED)]: 0 },
      says: [
        'node1 critical: 1 of 2 BGP sessions down',
        'node1 critical: 1 of 7 addresses announced to no peer',
      ],
      alerts: [
        'FRRBGPPeerDown warning node1 vrf=red peer=100.66.1.1',
        'FRRBGPVRFDown critical node1 vrf=red',
        `FRRHostRouteNotAdvertised critical node1 vrf=red afi=ipv4 address=${RED}`,
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv4',
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv6',
      ],
      lost: [RED],
    },
    {
      what: 'a VRF loses its default route, with its session up',
      cause: (cloud) => cloud.tor1.configure(...OUT, 'neighbor 100.66.1.2 prefix-list nothing out'),
      undo: (cloud) => cloud.tor1.configure(...OUT, 'no neighbor 100.66.1.2 prefix-list nothing out'),
      shows: { [route('red')]: 0, [route('blue')]: 1, [session('red', 66)]: 1, ...ALL_WELL },
      says: [],
      alerts: [
        'FRRBGPPrefixDrop warning node1 vrf=red peer=100.66.1.1 afi=ipv4 safi=unicast',
        'FRRDefaultRouteMissing critical node1 vrf=red afi=ipv4',
      ],
      lost: [RED],
    },
    {
      what: 'the default VRF no longer imports a VRF',
      cause: (cloud) => cloud.node1.configure(...IMPORT, 'no import vrf green'),
      undo: (cloud) => cloud.node1.configure(...IMPORT, 'import vrf green'),
      shows: { ...ALL_WELL, [peers('green', GREEN)]: 0, [DRIFT]: 1 },
      says: ['node1 critical: 1 of 7 addresses announced to no peer'],
      alerts: [
        'FRRConfigDrift warning node1',
        `FRRHostRouteNotAdvertised critical node1 vrf=green afi=ipv4 address=${GREEN}`,
      ],
      lost: [GREEN],
    },
  ],
};
