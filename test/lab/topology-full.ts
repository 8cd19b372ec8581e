/**
 * The node of {@link TRIPLEO} with everything else that a session can be:
 *
 *   tor1 down1 ---- eth3 node            a dynamic peer (`bgp listen range`), 100.64.3.1
 *   tor1 down2 ---- ten0 node/tenant-b   a peer with BFD in a VRF that the kernel has, 100.65.0.1
 *   tor2 down0 ---- eth2 node            a second session, over IPv6 and without BFD, 2001:db8:64::1
 *
 * and a BGP instance that is a view, with a peer that never comes up. VRFs are network namespaces, since not every
 * kernel has VRF devices. The session over IPv6 is in graceful restart while a killed bgpd is away. The dynamic peer must
 * not be: after a restart of the node's bgpd each side would wait for the other to connect.
 */
import { type Topology, TRIPLEO } from './topology.ts';

const { node, tor1, tor2 } = TRIPLEO.routers;

const NODE_CONFIG = `
route-map all permit 10
exit
vrf tenant-b
 vni 5000
exit-vrf
router bgp 64999
 neighbor guests peer-group
 neighbor guests remote-as external
 neighbor guests timers 3 9
 neighbor guests description came by itself
 bgp listen limit 10
 bgp listen range 100.64.3.0/30 peer-group guests
 neighbor 2001:db8:64::1 remote-as 65002
 neighbor 2001:db8:64::1 description tor2 over IPv6
 neighbor 2001:db8:64::1 timers 3 9
 neighbor 2001:db8:64::1 timers connect 1
 neighbor 2001:db8:64::1 graceful-restart
 address-family ipv4 unicast
  neighbor guests activate
  neighbor guests route-map all in
  neighbor guests route-map own-host-routes out
 exit-address-family
 address-family ipv6 unicast
  neighbor 2001:db8:64::1 activate
  neighbor 2001:db8:64::1 route-map all in
  neighbor 2001:db8:64::1 route-map own-host-routes out
 exit-address-family
exit
router bgp 64998 vrf tenant-b
 bgp router-id 172.16.0.2
 no bgp ebgp-requires-policy
 neighbor 100.65.0.1 remote-as 65001
 neighbor 100.65.0.1 description tenant-b gateway
 neighbor 100.65.0.1 timers 3 9
 neighbor 100.65.0.1 timers connect 1
 neighbor 100.65.0.1 bfd
 neighbor 100.65.0.1 bfd profile tripleo
 address-family ipv4 unicast
  redistribute connected
 exit-address-family
exit
router bgp 64996 view observer
 bgp router-id 172.16.0.3
 neighbor 192.0.2.70 remote-as 64670
 neighbor 192.0.2.70 description seen from a view
exit
`;

const TOR1_CONFIG = `
router bgp 65001
 neighbor 100.64.3.2 remote-as 64999
 neighbor 100.64.3.2 timers 3 9
 neighbor 100.64.3.2 timers connect 1
 neighbor 100.64.3.2 graceful-restart-disable
 neighbor 100.65.0.2 remote-as 64998
 neighbor 100.65.0.2 timers 3 9
 neighbor 100.65.0.2 timers connect 1
 neighbor 100.65.0.2 bfd
 neighbor 100.65.0.2 bfd profile fast
exit
`;

const TOR2_CONFIG = `
router bgp 65002
 neighbor 2001:db8:64::2 remote-as 64999
 neighbor 2001:db8:64::2 timers 3 9
 neighbor 2001:db8:64::2 timers connect 1
 neighbor 2001:db8:64::2 graceful-restart
 address-family ipv6 unicast
  neighbor 2001:db8:64::2 activate
  network 2001:db8:beef::/48
 exit-address-family
exit
`;

export const FULL: Topology = {
  up: { peers: ['100.64.1.1', 'eth2', '100.64.3.1', '2001:db8:64::1', '100.65.0.1'], bfd: 3 },
  links: {
    ...TRIPLEO.links,
    guest: [
      { router: 'node', interface: 'eth3' },
      { router: 'tor1', interface: 'down1' },
    ],
    'tenant-b': [
      { router: 'node', vrf: 'tenant-b', interface: 'ten0' },
      { router: 'tor1', interface: 'down2' },
    ],
  },
  routers: {
    node: {
      config: node.config + NODE_CONFIG,
      kernel: [...node.kernel, 'addr add 100.64.3.2/30 dev eth3', 'addr add 2001:db8:64::2/64 dev eth2'],
      daemonFlags: { zebra: ['--vrfwnetns'] },
      vrfs: {
        'tenant-b': [
          'addr add 100.65.0.2/30 dev ten0',
          'addr add 10.65.0.1/32 dev lo',
          'link add br5000 type bridge',
          'link set br5000 up',
          'link add vx5000 type vxlan id 5000 dstport 4789 local 10.65.0.1 nolearning',
          'link set vx5000 master br5000',
          'link set vx5000 up',
        ],
      },
    },
    tor1: {
      config: tor1.config + TOR1_CONFIG,
      kernel: [...tor1.kernel, 'addr add 100.64.3.1/30 dev down1', 'addr add 100.65.0.1/30 dev down2'],
    },
    tor2: {
      config: tor2.config + TOR2_CONFIG,
      kernel: [...tor2.kernel, 'addr add 2001:db8:64::1/64 dev down0'],
    },
  },
};
