/**
 * A node between two top-of-rack routers: the configuration of FRR and the kernel of each.
 *
 *   tor1 down0 ---- eth1 node eth2 ---- down0 tor2
 *
 * The node has the configuration that the role of the FRR service renders: a numbered session (100.64.1.1) and an unnumbered
 * one (eth2), both with BFD, IPv4, IPv6 and EVPN, and a peer that is shut on purpose. It announces its host addresses and
 * nothing else. Timers are short, so that tests are.
 */
import { readFileSync } from 'node:fs';
import { torBeginning } from './tor-config.ts';

export const ROUTER_NAMES = ['node', 'tor1', 'tor2'] as const;

export type RouterName = (typeof ROUTER_NAMES)[number];

export interface RouterPlan {
  /** frr.conf */
  readonly config: string;
  /** Commands for `ip -batch` in the router's network namespace, once its links are there. */
  readonly kernel: readonly string[];
  /** Daemons besides zebra, staticd, bgpd, bfdd (and mgmtd where FRR has it). */
  readonly daemons?: readonly string[];
  /** Arguments of daemons, besides those that every laboratory needs. */
  readonly daemonFlags?: Readonly<Record<string, readonly string[]>>;
  /**
   * VRFs that are network namespaces, with their own commands for `ip -batch`. FRR knows of them with
   * `daemonFlags: { zebra: ['--vrfwnetns'] }`.
   */
  readonly vrfs?: Readonly<Record<string, readonly string[]>>;
  /**
   * Interfaces that `kernel` makes and that then move to a VRF, by name. FRR takes the VXLAN interface of an L3 VNI only
   * if its packets leave through the router's own namespace.
   */
  readonly moved?: Readonly<Record<string, string>>;
}

/** One end of a link: an interface of a router, in one of its VRFs or in none. */
export interface LinkEnd {
  readonly router: RouterName;
  readonly interface: string;
  readonly vrf?: string;
}

/** The second end is the one that is cut. */
export type Link = readonly [LinkEnd, LinkEnd];

export interface Topology {
  readonly routers: Readonly<Record<RouterName, RouterPlan>>;
  /** By name. */
  readonly links: Readonly<Record<string, Link>>;
  /** Peers of the node, in any VRF, and the number of BFD sessions that come up where nothing is broken. */
  readonly up: { readonly peers: readonly string[]; readonly bfd: number };
}

/** What the role renders. */
const NODE_CONFIG = readFileSync(new URL('rendered/node.conf', import.meta.url), 'utf8');

const COMPLAINTS = `
router bgp 64999
 neighbor 192.0.2.66 remote-as 64666
 neighbor 192.0.2.66 description never up
 address-family ipv4 unicast
  neighbor 192.0.2.66 activate
 exit-address-family
 address-family ipv4 vpn
  no neighbor 100.64.1.1 route-map evpn-routes in
  no neighbor 100.64.1.1 route-map own-evpn-routes out
 exit-address-family
exit
router bgp 64999 vrf tenant-a
 neighbor 198.51.100.7 remote-as 65077
 neighbor 198.51.100.7 description tenant gw
 address-family ipv4 unicast
  neighbor 198.51.100.7 activate
 exit-address-family
exit
`;

const networks = (tor: number) =>
  Array.from({ length: 20 }, (_, i) => `  network 10.${tor}.${i}.0/24`).join('\n');

const torConfig = (tor: 1 | 2) => `
${torBeginning(tor)}
 neighbor nodes ttl-security hops 1
 neighbor ${tor === 1 ? '100.64.1.2 peer-group nodes' : 'down0 interface peer-group nodes'}
 address-family ipv4 unicast
${networks(tor)}
  neighbor nodes default-originate
 exit-address-family
 address-family ipv6 unicast
  neighbor nodes activate
  neighbor nodes default-originate
 exit-address-family
 address-family l2vpn evpn
  neighbor nodes activate
 exit-address-family
${tor === 1 ? ' address-family ipv4 vpn\n  neighbor nodes activate\n exit-address-family' : ''}
exit
`;

/** Host addresses that the node announces, and those of ordinary length that it must not. */
export const NODE_HOST_ADDRESSES = [
  { address: '172.16.0.1', interface: 'lo', afi: 'ipv4' },
  { address: '172.31.0.5', interface: 'lo', afi: 'ipv4' },
  { address: '203.0.113.20', interface: 'br-ex', afi: 'ipv4' },
  { address: 'f00d:f00d::1', interface: 'lo', afi: 'ipv6' },
  { address: '2001:db8:f::20', interface: 'br-ex', afi: 'ipv6' },
] as const;

/** The node with nothing to complain about. */
export const HEALTHY: Topology = {
  up: { peers: ['100.64.1.1', 'eth2'], bfd: 2 },
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
      config: NODE_CONFIG,
      kernel: [
        'addr add 100.64.1.2/30 dev eth1',
        'addr add 100.64.2.2/30 dev eth2',
        'link add br-ex type bridge',
        'link set br-ex up',
        ...NODE_HOST_ADDRESSES.map(
          ({ address, interface: dev, afi }) => `addr add ${address}/${afi === 'ipv4' ? 32 : 128} dev ${dev}`,
        ),
        'addr add 10.99.0.1/24 dev br-ex',
        'link add br100 type bridge',
        'link set br100 up',
        'link add vx100 type vxlan id 100 dstport 4789 local 172.16.0.1 nolearning',
        'link set vx100 master br100',
        'link set vx100 up',
      ],
    },
    tor1: { config: torConfig(1), kernel: ['addr add 100.64.1.1/30 dev down0'] },
    tor2: { config: torConfig(2), kernel: ['addr add 100.64.2.1/30 dev down0'] },
  },
};

/** {@link HEALTHY} with a peer that never comes up, one in a VRF that the kernel does not have, and VPN routes without a policy. */
export const TRIPLEO: Topology = {
  ...HEALTHY,
  routers: {
    ...HEALTHY.routers,
    node: { ...HEALTHY.routers.node, config: NODE_CONFIG + COMPLAINTS },
  },
};
