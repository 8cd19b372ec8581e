/** The parameters of the role `frr_node` on the nodes of the cloud. */
import type { CloudNode } from '../lab/index.ts';

type Parameters = Readonly<Record<string, unknown>>;

const COMMON: Parameters = {
  bgp_uplinks_scope: 'external',
  bgp_uplinks: ['eth1', 'eth2'],
  bgp_neighbor_keepalive: 1,
  bgp_neighbor_holdtime: 3,
  bgp_neighbor_timers_connect: 1,
  bfd: true,
  bfd_transmit_interval: 100,
  bfd_receive_interval: 100,
  bgp_l2vpn: true,
  bgp_advertise: ['10.50.0.0/16 le 24'],
  vrf_backend: 'netns',
  ovn_vrf_advertise: 'bgp-vrf',
  conf_custom_globals: 'bgp route-map delay-timer 1',
  conf_custom_router_bgp: 'neighbor uplink advertisement-interval 0',
};

const redistribute = ['connected'];

const tenant = (name: string, number: number) => ({ name, redistribute, peers: [`100.${number}.1.1`] });

/** The VRF `mpls` exports its routes as VPN routes. A router id that is set later would replace the route distinguisher and target. */
const VPN: Parameters = {
  conf_custom_globals: `${COMMON.conf_custom_globals}
router bgp 64999 vrf mpls
 bgp router-id 172.16.0.1
 address-family ipv4 unicast
  rd vpn export 64999:102
  rt vpn both 64999:102
  label vpn export auto
  export vpn
 exit-address-family
exit`,
  conf_custom_router_bgp: `${COMMON.conf_custom_router_bgp}
address-family ipv4 vpn
 neighbor uplink activate
 neighbor uplink route-map evpn-routes in
 neighbor uplink route-map own-evpn-routes out
exit-address-family`,
};

export const CLOUD_PARAMETERS: Readonly<Record<CloudNode, Parameters>> = {
  node1: {
    ...COMMON,
    ...VPN,
    hostname: 'node1',
    bgp_ipv4_src_ip: '172.16.0.1',
    bgp_ipv6_src_ip: 'f00d:f00d::1',
    vrfs: [
      tenant('red', 66),
      tenant('blue', 67),
      { name: 'green', redistribute, advertise: true },
      { name: 'vpn', redistribute, vni: 5000 },
      { name: 'mpls', redistribute },
    ],
  },
  node2: {
    ...COMMON,
    hostname: 'node2',
    bgp_ipv4_src_ip: '172.16.0.2',
    bgp_ipv6_src_ip: 'f00d:f00d::2',
  },
};
