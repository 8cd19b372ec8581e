import type { UseCase } from './use-case.ts';

const MACHINE = '10.100.0.11';
/** In the VRF `vpn`, on the other side of the L3 VNI. */
const ROUTED = '10.101.1.10';
/** In the VRF `mpls`: a VPN route with a label. */
const LABELED = '10.102.1.10';

const vteps = 'node1 frr_evpn_vni_remote_vteps{vni="100",type="L2"}';
const l3Vni = 'node1 frr_vrf_l3_vni_up{vrf="vpn",vni="5000"}';
const type5 = `node1 frr_host_route_evpn_advertised_peers{address="${ROUTED}",vrf="vpn"}`;
const routedPeers = `node1 frr_host_route_advertised_peers{address="${ROUTED}",vrf="vpn"}`;
const vpn = `node1 frr_host_route_vpn_advertised_peers{address="${LABELED}",vrf="mpls"}`;
const vpnPeers = `node1 frr_host_route_advertised_peers{address="${LABELED}",vrf="mpls"}`;
const vpnReceived = 'node1 frr_bgp_prefixes_received{vrf="default",peer="eth1",afi="ipv4",safi="vpn"}';
const sessionUp = 'node1 frr_bgp_session_up{vrf="default",peer="eth1"}';

const DRIFT = 'node1 frr_config_drift{change="missing"}';

const EVPN = ['router bgp 65001', 'address-family l2vpn evpn'];
/** The VPN routes of a VRF. */
const vpnOf = (as: number, vrf: string) => [`router bgp ${as} vrf ${vrf}`, 'address-family ipv4 unicast'];

export const bgpVpn: UseCase = {
  name: 'bgp-vpn',
  title: 'BGP VPN',
  about:
    "A tenant network is stretched to a gateway by EVPN: the node and the gateway are VTEPs of VNI 100 on the kernel's VXLAN. They learn of each other by routes of type 3, and of the machines' MAC addresses by type 2. The VRF `vpn` is on both, and its routes go through the L3 VNI 5000 as type 5. The VRF `mpls` exports its routes with labels as VPNv4.",
  picture: {
    outside: 'client',
    tor1: 'gateway, VTEP 10.0.0.1',
    tor2: '',
    node1: 'compute node, VTEP 172.16.0.1',
    vm1: `${MACHINE} in VNI 100`,
  },
  addresses: [MACHINE, ROUTED],
  commands: [
    'show evpn vni',
    'show vrf vni',
    'show bgp l2vpn evpn route type prefix',
    'show bgp ipv4 vpn',
    'show bgp vrf all summary',
  ],
  prepare: async (cloud) => {
    await cloud.ip('node1', 'link set vm0 master br100');
    await cloud.ip('vm1', `addr add ${MACHINE}/24 dev eth0`, 'route add default via 10.100.0.1');
    await cloud.tor1.configure('router bgp 65001', 'address-family ipv4 unicast', 'network 10.100.0.0/24');
  },
  remove: async (cloud) => {
    await cloud.ip('node1', 'link set vm0 nomaster');
    await cloud.ip('vm1', `addr del ${MACHINE}/24 dev eth0`);
    await cloud.tor1.configure('router bgp 65001', 'address-family ipv4 unicast', 'no network 10.100.0.0/24');
  },
  works: {
    [vteps]: 1,
    [l3Vni]: 1,
    [type5]: 2,
    [routedPeers]: 2,
    [vpn]: 2,
    [vpnPeers]: 2,
    [vpnReceived]: 1,
    [DRIFT]: 0,
  },
  faults: [
    {
      what: 'the VXLAN interface of the node is down',
      cause: (cloud) => cloud.ip('node1', 'link set vx100 down'),
      undo: (cloud) => cloud.ip('node1', 'link set vx100 up'),
      shows: { [vteps]: 0, [l3Vni]: 1 },
      says: [],
      alerts: [],
      lost: [MACHINE],
    },
    {
      what: 'the L3 VNI is down, because its SVI is',
      cause: (cloud) => cloud.ip('node1-vpn', 'link set br5000 down'),
      undo: (cloud) => cloud.ip('node1-vpn', 'link set br5000 up'),
      shows: { [l3Vni]: 0, [routedPeers]: 0, [vteps]: 1 },
      says: ['node1 critical: 1 of 7 addresses announced to no peer'],
      alerts: [
        'FRRL3VNIDown critical node1 vrf=vpn vni=5000',
        `FRRHostRouteNotAdvertised critical node1 vrf=vpn afi=ipv4 address=${ROUTED}`,
      ],
      lost: [ROUTED],
    },
    {
      what: 'the gateway no longer exchanges EVPN routes, with the sessions up',
      cause: (cloud) => cloud.tor1.configure(...EVPN, 'no advertise-all-vni'),
      undo: (cloud) => cloud.tor1.configure(...EVPN, 'advertise-all-vni'),
      shows: { [vteps]: 0, [sessionUp]: 1 },
      says: [],
      alerts: ['node1', 'node2'].flatMap((node) => [
        `FRRBGPAddressFamilyLost critical ${node} afi=l2vpn safi=evpn`,
        `FRRBGPPrefixDrop warning ${node} vrf=default peer=eth1 afi=l2vpn safi=evpn`,
      ]),
      lost: [MACHINE, ROUTED],
    },
    {
      what: 'the node no longer exports the VPN routes of a VRF',
      cause: (cloud) => cloud.node1.configure(...vpnOf(64999, 'mpls'), 'no export vpn'),
      undo: (cloud) => cloud.node1.configure(...vpnOf(64999, 'mpls'), 'export vpn'),
      shows: { [vpn]: undefined, [vpnPeers]: 0, [DRIFT]: 1 },
      says: ['node1 critical: 1 of 7 addresses announced to no peer'],
      alerts: [
        'FRRConfigDrift warning node1',
        `FRRHostRouteNotAdvertised critical node1 vrf=mpls afi=ipv4 address=${LABELED}`,
      ],
      lost: [],
    },
    {
      what: 'the gateway no longer sends VPN routes, with the sessions up',
      cause: (cloud) => cloud.tor1.configure(...vpnOf(65001, 'vpn'), 'no export vpn'),
      undo: (cloud) => cloud.tor1.configure(...vpnOf(65001, 'vpn'), 'export vpn'),
      shows: { [vpnReceived]: 0, [sessionUp]: 1 },
      says: [],
      alerts: [
        'FRRBGPAddressFamilyLost critical node1 afi=ipv4 safi=vpn',
        'FRRBGPPrefixDrop warning node1 vrf=default peer=eth1 afi=ipv4 safi=vpn',
      ],
      lost: [],
    },
  ],
};
