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

const tenant = (name: string, number: number) => ({
  name,
  redistribute: ['connected'],
  peers: [`100.${number}.1.1`],
});

export const CLOUD_PARAMETERS: Readonly<Record<CloudNode, Parameters>> = {
  node1: {
    ...COMMON,
    hostname: 'node1',
    bgp_ipv4_src_ip: '172.16.0.1',
    bgp_ipv6_src_ip: 'f00d:f00d::1',
    vrfs: [tenant('red', 66), tenant('blue', 67)],
  },
  node2: {
    ...COMMON,
    hostname: 'node2',
    bgp_ipv4_src_ip: '172.16.0.2',
    bgp_ipv6_src_ip: 'f00d:f00d::2',
  },
};
