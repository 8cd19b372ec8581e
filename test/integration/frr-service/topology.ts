/**
 * A node whose configuration is what the role renders, between two routers of different AS:
 *
 *   tor1 (65001) down0 ---- eth1 node eth2 ---- down0 tor2 (65002)
 *
 * eth1 is unnumbered, eth2 numbered. The routers announce a default route, host routes of others and networks, as a
 * fabric does, and they demand GTSM, as the node does by default.
 */
import type { RouterPlan, Topology } from '../../lab/index.ts';
import type { Parameters } from './rendering.ts';

export const PARAMETERS: Parameters = {
  bgp_uplinks_scope: 'external',
  bgp_uplinks: ['eth1'],
  bgp_peers: ['100.64.2.1', '2001:db8:2::1'],
  bgp_ipv6_src_ip: 'f00d:f00d::1',
  bgp_neighbor_keepalive: 1,
  bgp_neighbor_holdtime: 3,
  bgp_neighbor_timers_connect: 1,
  conf_custom_globals: 'bgp route-map delay-timer 1',
  conf_custom_router_bgp: 'neighbor uplink advertisement-interval 0',
};

const tor = (number: 1 | 2): RouterPlan => {
  const other = number === 1 ? 2 : 1;
  return {
    kernel: [
      `addr add 198.51.100.${number}/32 dev lo`,
      ...(number === 2
        ? ['addr add 100.64.2.1/30 dev down0', 'addr add 2001:db8:2::1/64 dev down0 nodad']
        : []),
    ],
    config: `
hostname tor${number}
ip nht resolve-via-default
router bgp 6500${number}
 bgp router-id 10.0.0.${number}
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 bgp graceful-restart
 neighbor nodes peer-group
 neighbor nodes remote-as external
 neighbor nodes timers 1 3
 neighbor nodes timers connect 1
 neighbor nodes advertisement-interval 0
 neighbor nodes ttl-security hops 1
${number === 1 ? ' neighbor down0 interface peer-group nodes' : ' neighbor 100.64.2.2 peer-group nodes\n neighbor 2001:db8:2::2 peer-group nodes'}
 address-family ipv4 unicast
  network 10.99.0.${number}/32
  network 10.${number}.0.0/16
  network 0.0.0.0/0
  neighbor nodes activate
 exit-address-family
 address-family ipv6 unicast
  network 2001:db8:99::${number}/128
  network ::/0
  neighbor nodes activate
 exit-address-family
exit
ip route 192.0.2.${other}/32 blackhole
`,
  };
};

export const topology = (config: string): Topology => ({
  up: { peers: ['eth1', '100.64.2.1', '2001:db8:2::1'], bfd: 0 },
  links: {
    tor1: [
      { router: 'node', interface: 'eth1' },
      { router: 'tor1', interface: 'down0' },
    ],
    tor2: [
      { router: 'node', interface: 'eth2' },
      { router: 'tor2', interface: 'down0' },
    ],
  },
  routers: {
    node: {
      config,
      kernel: [
        'addr add 100.64.2.2/30 dev eth2',
        'addr add 2001:db8:2::2/64 dev eth2 nodad',
        'addr add 172.16.0.1/32 dev lo',
        'addr add f00d:f00d::1/128 dev lo',
        'link add br-ex type bridge',
        'link set br-ex up',
        'addr add 203.0.113.20/32 dev br-ex',
        'addr add 10.50.0.1/24 dev br-ex',
      ],
    },
    tor1: tor(1),
    tor2: tor(2),
  },
});
