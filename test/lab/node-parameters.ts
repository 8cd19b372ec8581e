/**
 * The parameters of the role `frr_node`, without its prefix, of the node in the laboratory. `rendered/node.conf` is what the
 * role makes of them for FRR 7.5; later versions understand the same.
 */
export const NODE_PARAMETERS: Readonly<Record<string, unknown>> = {
  hostname: 'node',
  log: 'syslog',
  bgp_ipv4_src_ip: '172.16.0.1',
  bgp_ipv6_src_ip: 'f00d:f00d::1',
  bgp_uplinks_scope: 'external',
  bgp_peers: ['100.64.1.1'],
  bgp_uplinks: ['eth2'],
  bgp_neighbor_keepalive: 3,
  bgp_neighbor_holdtime: 9,
  bgp_neighbor_timers_connect: 1,
  bgp_accept: ['10.0.0.0/8 le 24'],
  bfd: true,
  bfd_profile: 'tripleo',
  bgp_l2vpn: true,
  vrf_backend: 'netns',
  vrfs: [{ name: 'tenant-a' }],
  conf_custom_bfd: `peer 192.0.2.99 multihop local-address 172.16.0.1
 shutdown
exit`,
  conf_custom_router_bgp: `neighbor uplink advertisement-interval 0
neighbor 100.64.1.1 description tor1 rack A
neighbor eth2 description {"desc":"tor2","type":"uplink"}
neighbor 192.0.2.67 remote-as 64667
neighbor 192.0.2.67 description admin shut
neighbor 192.0.2.67 shutdown message planned maintenance
address-family ipv4 unicast
 neighbor uplink activate
 neighbor uplink soft-reconfiguration inbound
 neighbor eth2 maximum-prefix 50 80
 neighbor 192.0.2.67 activate
exit-address-family
address-family ipv4 vpn
 neighbor 100.64.1.1 activate
 neighbor 100.64.1.1 route-map evpn-routes in
 neighbor 100.64.1.1 route-map own-evpn-routes out
exit-address-family`,
};
