import type { UseCase } from './use-case.ts';

const MACHINE = '10.100.0.11';

export const bgpVpn: UseCase = {
  name: 'bgp-vpn',
  title: 'BGP VPN',
  about:
    "A tenant network is stretched to a gateway by EVPN: the node and the gateway are VTEPs of VNI 100 on the kernel's VXLAN. They learn of each other by routes of type 3, and of the machines' MAC addresses by type 2.",
  picture: {
    outside: 'client',
    tor1: 'gateway, VTEP 10.0.0.1',
    tor2: '',
    node1: 'compute node, VTEP 172.16.0.1',
    vm1: `${MACHINE} in VNI 100`,
  },
  address: MACHINE,
  commands: ['show evpn vni', 'show bgp vrf all summary'],
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
  works: { 'node1 frr_evpn_vni_remote_vteps{vni="100",type="L2"}': 1 },
  faults: [
    {
      what: 'the VXLAN interface of the node is down',
      cause: (cloud) => cloud.ip('node1', 'link set vx100 down'),
      undo: (cloud) => cloud.ip('node1', 'link set vx100 up'),
      shows: { 'node1 frr_evpn_vni_remote_vteps{vni="100",type="L2"}': 0 },
      alerts: [],
      traffic: 'lost',
    },
    {
      what: 'the gateway no longer exchanges EVPN routes, with the sessions up',
      cause: (cloud) =>
        cloud.tor1.configure('router bgp 65001', 'address-family l2vpn evpn', 'no advertise-all-vni'),
      undo: (cloud) =>
        cloud.tor1.configure('router bgp 65001', 'address-family l2vpn evpn', 'advertise-all-vni'),
      shows: {
        'node1 frr_evpn_vni_remote_vteps{vni="100",type="L2"}': 0,
        'node1 frr_bgp_session_up{vrf="default",peer="eth1"}': 1,
      },
      alerts: ['node1', 'node2'].flatMap((node) => [
        `FRRBGPAddressFamilyLost critical ${node} afi=l2vpn safi=evpn`,
        `FRRBGPPrefixDrop warning ${node} vrf=default peer=eth1 afi=l2vpn safi=evpn`,
      ]),
      traffic: 'lost',
    },
  ],
};
