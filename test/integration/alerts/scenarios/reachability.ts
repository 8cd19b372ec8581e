import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const NODE = { instance: 'node-1:9342' };
const dashboard = 'var-instance=node-1%3A9342';
const PEER1 = 'vrf=default peer=100.64.1.1';
const PEER2 = 'vrf=default peer=eth2';

export const REACHABILITY: readonly Scenario[] = [
  {
    name: 'an address is announced to nobody',
    about: ['FRRHostRouteNotAdvertised'],
    every: '1s',
    until: '50s',
    series: healthy().set(
      'frr_host_route_advertised_peers',
      { address: '203.0.113.1' },
      { '0s': 2, '10s': 0, '45s': 1 },
    ).series,
    checks: [
      { at: '39s', firing: [] },
      {
        at: '40s',
        firing: ['FRRHostRouteNotAdvertised critical node-1 afi=ipv4 address=203.0.113.1'],
        texts: {
          FRRHostRouteNotAdvertised: {
            labels: {
              severity: 'critical',
              ...target('node-1'),
              address: '203.0.113.1',
              interface: 'br-ex',
              afi: 'ipv4',
            },
            title: 'node-1 does not announce 203.0.113.1',
            description:
              '203.0.113.1 on br-ex of node-1 is announced to no established peer, although the node has sessions.',
            impact:
              'Nobody outside the node can reach 203.0.113.1. The OpenStack dashboard shows whether it is a VIP, a floating IP or a provider IP.',
            action:
              "On the node: `podman exec frr vtysh -c 'show bgp ipv4 unicast 203.0.113.1'`. Not in the table: is `redistribute connected` there? In the table but not advertised: the outbound filter `only-host-prefixes`.",
            dashboard,
          },
        },
      },
      { at: '45s', firing: [] },
    ],
  },
  {
    name: 'an IPv6 address is announced to nobody',
    about: ['FRRHostRouteNotAdvertised'],
    until: '2m',
    series: healthy().announces('node-1', '2001:db8:f::20', { '0s': 1, '20s': 0 }, 'lo').series,
    checks: [
      {
        at: '1m',
        firing: ['FRRHostRouteNotAdvertised critical node-1 afi=ipv6 address=2001:db8:f::20'],
        texts: {
          FRRHostRouteNotAdvertised: {
            labels: {
              severity: 'critical',
              ...target('node-1'),
              address: '2001:db8:f::20',
              interface: 'lo',
              afi: 'ipv6',
            },
            title: 'node-1 does not announce 2001:db8:f::20',
            description:
              '2001:db8:f::20 on lo of node-1 is announced to no established peer, although the node has sessions.',
            impact:
              'Nobody outside the node can reach 2001:db8:f::20. The OpenStack dashboard shows whether it is a VIP, a floating IP or a provider IP.',
            action:
              "On the node: `podman exec frr vtysh -c 'show bgp ipv6 unicast 2001:db8:f::20'`. Not in the table: is `redistribute connected` there? In the table but not advertised: the outbound filter `only-host-prefixes`.",
            dashboard,
          },
        },
      },
    ],
  },
  {
    name: 'addresses come and go quickly; each is announced after a moment',
    about: ['FRRHostRouteNotAdvertised'],
    until: '3m',
    series: healthy()
      .announces('node-1', '203.0.113.50', { '0s': 'missing', '30s': 0, '45s': 2 })
      .announces('node-1', '203.0.113.51', { '0s': 'missing', '45s': 0, '1m': 2 })
      .announces('node-1', '203.0.113.52', { '0s': 'missing', '1m': 0, '1m15s': 2 }).series,
    checks: [
      { at: '1m', firing: [] },
      { at: '1m10s', firing: [] },
      { at: '1m30s', firing: [] },
    ],
  },
  {
    name: 'without a session there is nobody to announce to, and no way out',
    about: ['FRRHostRouteNotAdvertised', 'FRRDefaultRouteMissing'],
    until: '4m',
    series: healthy()
      .set('frr_bgp_session_up', NODE, { '0s': 1, '1m': 0 })
      .set('frr_bgp_session_admin_up', NODE, { '0s': 1, '1m': 0 })
      .set('frr_host_route_advertised_peers', NODE, { '0s': 2, '1m': 0 })
      .set('frr_default_route_installed', { ...NODE, afi: 'ipv4' }, { '0s': 1, '1m': 0 }).series,
    checks: [{ at: '3m', firing: [] }],
  },
  {
    name: 'since when an address is announced',
    about: ['FRRHostRouteNotAdvertised'],
    until: '10m',
    series: healthy()
      .set(
        'frr_host_route_advertised_peers',
        { address: '203.0.113.1' },
        { '0s': 2, '2m': 0, '2m20s': 1, '7m': 2 },
      )
      .remove('frr_host_route_advertised_peers', { address: '172.16.0.1' }).series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: { 'sum(host_route:frr_host_route_advertised:since_timestamp_seconds)': 0 },
      },
      {
        at: '2m10s',
        firing: [],
        values: { 'sum(host_route:frr_host_route_advertised:since_timestamp_seconds)': undefined },
      },
      {
        at: '9m',
        firing: [],
        values: { 'sum(host_route:frr_host_route_advertised:since_timestamp_seconds)': 140 },
      },
    ],
  },
  {
    name: 'the default route goes, and comes back',
    about: ['FRRDefaultRouteMissing'],
    every: '1s',
    until: '50s',
    series: healthy().set('frr_default_route_installed', { afi: 'ipv4' }, { '0s': 1, '10s': 0, '40s': 1 })
      .series,
    checks: [
      { at: '29s', firing: [] },
      {
        at: '30s',
        firing: ['FRRDefaultRouteMissing critical node-1 vrf=default afi=ipv4'],
        texts: {
          FRRDefaultRouteMissing: {
            labels: { severity: 'critical', ...target('node-1'), vrf: 'default', afi: 'ipv4' },
            title: 'node-1 lost its ipv4 default route, VRF default',
            description:
              'node-1 has no ipv4 default route in the FIB of VRF default, but had one within the last day.',
            impact:
              'The node and what runs on it cannot answer anybody outside its own subnets: its addresses are announced but dead.',
            action:
              "On the node: `podman exec frr vtysh -c 'show ip route vrf default 0.0.0.0/0'`. No route: look at what the uplinks receive. A route that is not installed (no `*` or `>`): the next hop is not resolved.",
            dashboard,
          },
        },
      },
      { at: '40s', firing: [] },
    ],
  },
  {
    name: 'the IPv6 default route has been missing for more than a day',
    about: ['FRRDefaultRouteMissing'],
    every: '4m',
    until: '26h',
    series: healthy().set('frr_default_route_installed', { afi: 'ipv6' }, { '0s': 1, '1h': 0 }).series,
    checks: [
      {
        at: '2h',
        firing: ['FRRDefaultRouteMissing critical node-1 vrf=default afi=ipv6'],
        texts: {
          FRRDefaultRouteMissing: {
            labels: { severity: 'critical', ...target('node-1'), vrf: 'default', afi: 'ipv6' },
            title: 'node-1 lost its ipv6 default route, VRF default',
            description:
              'node-1 has no ipv6 default route in the FIB of VRF default, but had one within the last day.',
            impact:
              'The node and what runs on it cannot answer anybody outside its own subnets: its addresses are announced but dead.',
            action:
              "On the node: `podman exec frr vtysh -c 'show ipv6 route vrf default ::/0'`. No route: look at what the uplinks receive. A route that is not installed (no `*` or `>`): the next hop is not resolved.",
            dashboard,
          },
        },
      },
      { at: '25h30m', firing: [] },
    ],
  },
  {
    name: 'the kernel loses a default route and two addresses that FRR takes for installed, one on a node in maintenance',
    about: ['FRRKernelRouteMissing'],
    every: '1s',
    until: '50s',
    series: healthy(2)
      .set(
        'frr_kernel_route_missing',
        { instance: 'node-1:9342', prefix: '::/0' },
        { '0s': 0, '10s': 1, '40s': 0 },
      )
      .set(
        'frr_kernel_route_missing',
        { instance: 'node-1:9342', prefix: '172.16.0.1/32' },
        { '0s': 0, '10s': 1, '24s': 0 },
      )
      .add(
        'node-1',
        'frr_host_route_kernel_missing',
        { address: '203.0.113.30', interface: 'ten0', afi: 'ipv4', vrf: 'tenant', origin: 'kernel' },
        { '0s': 0, '16s': 1, '40s': 0 },
      )
      .set('frr_maintenance', { instance: 'node-2:9342' }, 1)
      .set('frr_kernel_route_missing', { instance: 'node-2:9342' }, 1).series,
    checks: [
      { at: '24s', firing: [] },
      {
        at: '25s',
        firing: ['FRRKernelRouteMissing critical node-1 vrf=default afi=ipv6 prefix=::/0'],
        texts: {
          FRRKernelRouteMissing: {
            labels: {
              severity: 'critical',
              ...target('node-1'),
              vrf: 'default',
              afi: 'ipv6',
              prefix: '::/0',
            },
            title: 'node-1 kernel lacks ::/0, VRF default',
            description:
              'The kernel of node-1 does not have ::/0 (VRF default), which FRR believes to be installed.',
            impact:
              'Without a default route, the addresses of the node are announced but answer nobody outside its own subnets. A host address without its route is announced but dead.',
            action:
              "On the node: `ip -6 route show table all ::/0`, then `podman exec frr vtysh -c 'show ipv6 route vrf default ::/0'`. `clear bgp PEER soft in` makes zebra install a BGP route again; restart what added a kernel route.",
            dashboard,
          },
        },
      },
      {
        at: '31s',
        firing: [
          'FRRKernelRouteMissing critical node-1 vrf=default afi=ipv6 prefix=::/0',
          'FRRKernelRouteMissing critical node-1 vrf=tenant afi=ipv4 address=203.0.113.30 prefix=203.0.113.30',
        ],
      },
      { at: '40s', firing: [] },
    ],
  },
  {
    name: 'routes are not installed: 105 of 1000, and 4 of 41 elsewhere; 2 of 6 are too few to alert',
    about: ['FRRRIBFIBMismatch'],
    every: '15s',
    until: '8m',
    series: healthy(2)
      .set('frr_rib_routes', { instance: 'node-1:9342', protocol: 'ebgp' }, 1000)
      .set(
        'frr_fib_routes',
        { instance: 'node-1:9342', protocol: 'ebgp' },
        { '0s': 1000, '1m': 895, '7m': 1000 },
      )
      .set('frr_fib_routes', { instance: 'node-2:9342', protocol: 'ebgp' }, { '0s': 41, '1m': 37 })
      .set('frr_fib_routes', { instance: 'node-2:9342', protocol: 'connected' }, { '0s': 6, '1m': 4 }).series,
    checks: [
      { at: '5m55s', firing: [] },
      {
        at: '6m',
        firing: ['FRRRIBFIBMismatch warning node-1 vrf=default afi=ipv4 protocol=ebgp'],
        texts: {
          FRRRIBFIBMismatch: {
            labels: {
              severity: 'warning',
              ...target('node-1'),
              vrf: 'default',
              afi: 'ipv4',
              protocol: 'ebgp',
            },
            title: 'node-1 105 ebgp routes not in the kernel',
            description: 'On node-1, 105 ebgp routes (ipv4, VRF default) are in the RIB but not in the FIB.',
            impact: 'Traffic to these destinations takes another route or none, although BGP looks healthy.',
            action:
              "On the node: `podman exec frr vtysh -c 'show ip route vrf default summary'`, its columns Routes and FIB. Then a missing prefix: without `*`, another protocol is preferred; `r` means rejected by the kernel, whose log says why.",
            dashboard,
          },
        },
      },
      { at: '7m', firing: [] },
    ],
  },
  {
    name: 'three routes of six are enough to alert',
    about: ['FRRRIBFIBMismatch'],
    every: '15s',
    until: '7m',
    series: healthy().set('frr_fib_routes', { protocol: 'connected' }, 3).series,
    checks: [
      { at: '6m', firing: ['FRRRIBFIBMismatch warning node-1 vrf=default afi=ipv4 protocol=connected'] },
    ],
  },
  {
    name: 'BFD is down, BGP beside it is not',
    about: ['FRRBFDSessionDown'],
    every: '1s',
    until: '50s',
    series: healthy().set('frr_bfd_session_up', { peer: '100.64.1.1' }, { '0s': 1, '10s': 0, '45s': 1 })
      .series,
    checks: [
      { at: '39s', firing: [] },
      {
        at: '40s',
        firing: ['FRRBFDSessionDown warning node-1 vrf=default peer=100.64.1.1'],
        texts: {
          FRRBFDSessionDown: {
            labels: {
              severity: 'warning',
              ...target('node-1'),
              vrf: 'default',
              peer: '100.64.1.1',
              local: '100.64.1.2',
              interface: 'eth1',
            },
            title: 'node-1 BFD with 100.64.1.1 down',
            description:
              'The BFD session of node-1 with 100.64.1.1 (local 100.64.1.2, VRF default, eth1) is down.',
            impact:
              'A fault on this path is noticed only when the BGP hold timer ends, up to three minutes later; until then traffic is lost.',
            action:
              "On the node: `podman exec frr vtysh -c 'show bfd vrf default peer 100.64.1.1'`: the diagnostics of both sides, the timers, and whether packets are received. UDP 3784 (4784 for multihop) must pass both ways.",
            dashboard,
          },
        },
      },
      { at: '45s', firing: [] },
    ],
  },
  {
    name: 'BFD is down with its BGP session, whether that is named by address or by interface',
    about: ['FRRBFDSessionDown'],
    until: '4m',
    series: healthy(2)
      .sessionDown('node-1', '100.64.1.1', '1m')
      .set('frr_bfd_session_up', { instance: 'node-1:9342', peer: '100.64.1.1' }, { '0s': 1, '1m': 0 })
      .sessionDown('node-2', 'eth2', '1m')
      .set('frr_bfd_session_up', { instance: 'node-2:9342', interface: 'eth2' }, { '0s': 1, '1m': 0 }).series,
    checks: [
      {
        at: '2m30s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER1}`, `FRRBGPPeerDown critical node-2 ${PEER2}`],
      },
    ],
  },
  {
    name: 'BFD is shut on purpose',
    about: ['FRRBFDSessionDown'],
    until: '2m',
    series: healthy()
      .set('frr_bfd_session_up', { peer: '100.64.1.1' }, 0)
      .set('frr_bfd_session_admin_up', { peer: '100.64.1.1' }, 0).series,
    checks: [{ at: '1m', firing: [] }],
  },
];
