/**
 * The node of {@link TRIPLEO} as the gateway of a tenant, with addresses of every origin:
 *
 *   node/tenant-c   a VRF with kernel and static routes, an L3 VNI, leaked to the default VRF
 *   tor1/tenant-c   the same VRF on another router, which receives the addresses as EVPN type 5 routes
 *   tor1 down2 ---- ten0 node/tenant-c   a peer in the VRF, 100.65.0.1
 *   node/tenant-d   a VRF with a kernel route, exported to VPNs
 */
import { SVI, vxlan } from './l3-vni.ts';
import type { Router } from './router.ts';
import { type Topology, TRIPLEO } from './topology.ts';

const { node, tor1, tor2 } = TRIPLEO.routers;

const NODE_CONFIG = `
vrf tenant-c
 vni 5000
 ip route 203.0.113.40/32 Null0
exit-vrf
router bgp 64999
 address-family ipv4 unicast
  import vrf tenant-c
 exit-address-family
 address-family ipv4 vpn
  neighbor 100.64.1.1 route-map evpn-routes in
  neighbor 100.64.1.1 route-map own-evpn-routes out
 exit-address-family
exit
router bgp 64999 vrf tenant-c
 bgp router-id 172.16.0.2
 no bgp ebgp-requires-policy
 neighbor 100.65.0.1 remote-as 65001
 neighbor 100.65.0.1 description tenant-c gateway
 neighbor 100.65.0.1 timers 3 9
 neighbor 100.65.0.1 timers connect 1
 address-family ipv4 unicast
  redistribute kernel
  redistribute static
  redistribute connected
 exit-address-family
 address-family ipv6 unicast
  redistribute kernel
 exit-address-family
 address-family l2vpn evpn
  advertise ipv4 unicast
  advertise ipv6 unicast
 exit-address-family
exit
router bgp 64999 vrf tenant-d
 bgp router-id 172.16.0.3
 address-family ipv4 unicast
  redistribute kernel
  rd vpn export 64999:4
  rt vpn both 64999:4
  label vpn export 104
  export vpn
 exit-address-family
exit
`;

const TOR1_CONFIG = `
vrf tenant-c
 vni 5000
exit-vrf
router bgp 65001
 neighbor 100.65.0.2 remote-as 64999
 neighbor 100.65.0.2 timers 3 9
 neighbor 100.65.0.2 timers connect 1
 address-family l2vpn evpn
  advertise-all-vni
 exit-address-family
exit
router bgp 65001 vrf tenant-c
 bgp router-id 10.0.0.11
 address-family l2vpn evpn
  advertise ipv4 unicast
 exit-address-family
exit
`;

export const ADDRESSES: Topology = {
  up: { peers: [...TRIPLEO.up.peers, '100.65.0.1'], bfd: TRIPLEO.up.bfd },
  links: {
    ...TRIPLEO.links,
    'tenant-c': [
      { router: 'node', vrf: 'tenant-c', interface: 'ten0' },
      { router: 'tor1', interface: 'down2' },
    ],
  },
  routers: {
    node: {
      ...node,
      config: node.config + NODE_CONFIG,
      kernel: [...node.kernel, vxlan('172.16.0.1')],
      moved: { vx5000: 'tenant-c' },
      daemonFlags: { zebra: ['--vrfwnetns'] },
      vrfs: {
        'tenant-c': [
          'addr add 100.65.0.2/30 dev ten0',
          'addr add 10.65.0.1/32 dev lo',
          ...SVI,
          'link set ten0 up',
          'route add 203.0.113.30/32 dev ten0',
          'route add 198.51.100.0/24 dev ten0',
          'addr add 2001:db8:65::2/64 dev ten0 nodad',
          'route add 2001:db8:c::30/128 dev ten0',
        ],
        'tenant-d': ['route add blackhole 203.0.113.50/32'],
      },
    },
    tor1: {
      ...tor1,
      config: tor1.config + TOR1_CONFIG,
      kernel: [
        ...tor1.kernel,
        'addr add 100.65.0.1/30 dev down2',
        'addr add 10.0.0.1/32 dev lo',
        vxlan('10.0.0.1'),
      ],
      moved: { vx5000: 'tenant-c' },
      daemonFlags: { zebra: ['--vrfwnetns'] },
      vrfs: { 'tenant-c': SVI },
    },
    tor2,
  },
};

/** Makes the node announce 203.0.113.30 to nobody: neither in tenant-c, nor leaked, nor as a type 5 route. */
export async function filterTenantAddress(node: Router): Promise<void> {
  const prefix = 'ip prefix-list not-this permit 203.0.113.30/32';
  await node.configure(
    prefix,
    'route-map others deny 10',
    'match ip address prefix-list not-this',
    'route-map others permit 20',
    'exit',
    'router bgp 64999',
    'address-family ipv4 unicast',
    'import vrf route-map others',
    'exit-address-family',
    'exit',
    'router bgp 64999 vrf tenant-c',
    'address-family ipv4 unicast',
    'neighbor 100.65.0.1 route-map others out',
    'exit-address-family',
    'address-family l2vpn evpn',
    'no advertise ipv4 unicast',
    'advertise ipv4 unicast route-map others',
  );
}
