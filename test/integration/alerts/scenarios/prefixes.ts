import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const SESSION2 = { instance: 'node-1:9342', peer: 'eth2' };
const IPV4 = { ...SESSION2, afi: 'ipv4' };
const NODE1 = { instance: 'node-1:9342' };
const PEER2 = 'vrf=default peer=eth2';
const labels = { severity: 'critical', ...target('node-1'), vrf: 'default', peer: 'eth2' };
const NAME = 'tor2 rack A (peer eth2, AS 65002, VRF default)';
const dashboard = 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2';

export const PREFIXES: readonly Scenario[] = [
  {
    name: 'the peer goes over its prefix limit',
    about: ['FRRBGPMaxPrefixExceeded'],
    until: '7m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '1m', '3m', 'BGP Notification send')
      .set('frr_bgp_prefix_limit_exceeded', SESSION2, { '0s': 0, '1m': 1, '3m': 0 }).series,
    checks: [
      { at: '55s', firing: [] },
      { at: '1m', firing: [`FRRBGPMaxPrefixExceeded critical node-1 ${PEER2}`] },
      {
        at: '1m5s',
        firing: [
          `FRRBGPMaxPrefixExceeded critical node-1 ${PEER2}`,
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
        texts: {
          FRRBGPMaxPrefixExceeded: {
            labels,
            title: 'node-1 → tor2 rack A stopped: prefix limit exceeded',
            description: `node-1 stopped its session with ${NAME}: the peer exceeded the prefix limit. BGP Notification send.`,
            impact:
              'The session stays down until somebody clears it, unless a restart interval is configured. The node has one uplink less.',
            action:
              "Find out why the peer announces so much (a route leak?) before clearing: `podman exec frr vtysh -c 'show bgp vrf default neighbors eth2'`, then `clear bgp vrf default eth2`.",
            dashboard,
          },
        },
      },
      { at: '3m55s', firing: [`FRRBGPMaxPrefixExceeded critical node-1 ${PEER2}`] },
      { at: '4m', firing: [] },
    ],
  },
  {
    name: 'the peer of a session that is shut went over its limit before',
    about: ['FRRBGPMaxPrefixExceeded'],
    until: '2m',
    series: healthy()
      .set('frr_bgp_session_up', SESSION2, 0)
      .set('frr_bgp_session_admin_up', SESSION2, 0)
      .set('frr_bgp_prefix_limit_exceeded', SESSION2, 1).series,
    checks: [{ at: '90s', firing: [] }],
  },
  {
    name: 'nothing is announced over an uplink',
    about: ['FRRBGPNoPrefixesAdvertised'],
    every: '15s',
    until: '6m',
    series: healthy().set('frr_bgp_prefixes_advertised', IPV4, { '0s': 3, '1m': 0, '5m': 1 }).series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: [`FRRBGPNoPrefixesAdvertised critical node-1 ${PEER2}`],
        texts: {
          FRRBGPNoPrefixesAdvertised: {
            labels,
            title: 'node-1 announces nothing to tor2 rack A',
            description: `node-1 announces no prefix to ${NAME} although the session is up.`,
            impact:
              "The node's addresses are not reachable over this uplink; if this is true of all uplinks, FRRHostRouteNotAdvertised names the addresses.",
            action:
              'On the node: `podman exec frr vtysh -c \'show bgp vrf default neighbors eth2\'`, look for the route map of outgoing advertisements and "policy"; then `show route-map` and `show ip prefix-list`, for IPv6 `show ipv6 prefix-list`.',
            dashboard,
          },
        },
      },
      { at: '5m', firing: [] },
    ],
  },
  {
    name: 'nothing is received over an uplink',
    about: ['FRRBGPNoPrefixesReceived', 'FRRBGPPrefixDrop'],
    every: '15s',
    until: '9m',
    series: healthy().set('frr_bgp_prefixes_received', IPV4, { '0s': 21, '1m': 0, '8m': 21 }).series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: [`FRRBGPNoPrefixesReceived critical node-1 ${PEER2}`],
        texts: {
          FRRBGPNoPrefixesReceived: {
            labels,
            title: 'node-1 receives nothing from tor2 rack A',
            description: `node-1 receives no prefix from ${NAME} although the session is up.`,
            impact:
              'The node has no default route over this uplink and sends nothing over it; if this is true of all uplinks, FRRDefaultRouteMissing fires.',
            action:
              'On the router: does it originate the default route to this node? On the node: `podman exec frr vtysh -c \'show bgp vrf default neighbors eth2\'`, look for the route map of incoming advertisements and "policy".',
            dashboard,
          },
        },
      },
      { at: '8m', firing: [] },
    ],
  },
  {
    name: 'nothing goes over sessions that are down, or are no uplinks',
    about: [
      'FRRBGPNoPrefixesAdvertised',
      'FRRBGPNoPrefixesReceived',
      'FRRBGPNoPolicy',
      'FRRBGPPrefixDrop',
      'FRRBGPMaxPrefixNear',
    ],
    every: '15s',
    until: '14m',
    series: healthy(2)
      .sessionDown('node-1', 'eth2', '2m')
      .set('frr_bgp_prefixes_received', IPV4, { '0s': 21, '2m': 0 })
      .set('frr_bgp_prefixes_advertised', IPV4, { '0s': 3, '2m': 0 })
      .set('frr_bgp_policy_missing', IPV4, 1)
      .addSession('node-2', {
        peer: '192.0.2.9',
        description: 'route server',
        remoteAs: '64512',
        group: 'servers',
        router: '192.0.2.9',
        interface: '',
      })
      .set('frr_bgp_policy_missing', IPV4, { '0s': 0, '2m': 1 })
      .set('frr_bgp_prefixes_received', { peer: '192.0.2.9' }, 0)
      .set('frr_bgp_prefixes_advertised', { peer: '192.0.2.9' }, 0).series,
    checks: [
      {
        at: '13m',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
      },
    ],
  },
  {
    name: 'a family is without policy on a session that is up',
    about: ['FRRBGPNoPolicy'],
    every: '15s',
    until: '8m',
    series: healthy().set('frr_bgp_policy_missing', IPV4, { '0s': 0, '1m': 1, '7m': 0 }).series,
    checks: [
      { at: '5m55s', firing: [] },
      {
        at: '6m',
        firing: [`FRRBGPNoPolicy warning node-1 ${PEER2} afi=ipv4 safi=unicast`],
        texts: {
          FRRBGPNoPolicy: {
            labels: { ...labels, severity: 'warning', afi: 'ipv4', safi: 'unicast' },
            title: 'node-1 → tor2 rack A has no policy for ipv4 unicast',
            description: `The session of node-1 with ${NAME} is up, but ipv4 unicast has no policy, so FRR discards its routes (RFC 8212).`,
            impact: 'Routes of this address family are neither accepted nor advertised over this session.',
            dashboard,
          },
        },
      },
      { at: '7m', firing: [] },
    ],
  },
  {
    name: 'a peer announces less than half of what it did, another just above half',
    about: ['FRRBGPPrefixDrop'],
    every: '30s',
    until: '1h15m',
    series: healthy()
      .set('frr_bgp_prefixes_received', IPV4, { '0s': 1000, '1h': 450, '1h10m': 1000 })
      .set('frr_bgp_prefixes_received', { peer: '100.64.1.1', afi: 'ipv4' }, { '0s': 1000, '1h': 520 })
      .set('frr_bgp_prefix_limit', {}, 10_000).series,
    checks: [
      { at: '1h4m30s', firing: [] },
      {
        at: '1h5m',
        firing: [`FRRBGPPrefixDrop warning node-1 ${PEER2} afi=ipv4 safi=unicast`],
        texts: {
          FRRBGPPrefixDrop: {
            labels: { ...labels, severity: 'warning', afi: 'ipv4', safi: 'unicast' },
            title: 'node-1 ← tor2 rack A only 450 ipv4 unicast prefixes',
            description: `node-1 receives 450 ipv4 unicast prefixes from ${NAME}, less than 50 % of the day's average.`,
            impact: 'Destinations behind this peer may be unreachable from the node, or take a longer path.',
            dashboard,
          },
        },
      },
      { at: '1h10m', firing: [] },
    ],
  },
  {
    name: 'the baseline is that of the time when the session was up',
    about: ['FRRBGPPrefixDrop'],
    every: '30s',
    until: '1h10m',
    // Down for most of the time; what came then must not lower the day's average.
    series: healthy()
      .sessionDown('node-1', 'eth2', '10m', '1h')
      .set('frr_bgp_prefixes_received', IPV4, { '0s': 1000, '10m': 0, '1h': 300 })
      .set('frr_bgp_prefix_limit', {}, 10_000).series,
    checks: [{ at: '1h6m', firing: [`FRRBGPPrefixDrop warning node-1 ${PEER2} afi=ipv4 safi=unicast`] }],
  },
  {
    name: 'a peer comes near its limit, another not yet',
    about: ['FRRBGPMaxPrefixNear'],
    every: '15s',
    until: '14m',
    series: healthy()
      .set('frr_bgp_prefixes_received', IPV4, { '0s': 80, '1m': 90, '13m': 80 })
      .set('frr_bgp_prefixes_received', { peer: '100.64.1.1', afi: 'ipv4' }, 82)
      .set('frr_bgp_prefix_limit', {}, 100).series,
    checks: [
      { at: '10m55s', firing: [] },
      {
        at: '11m',
        firing: [`FRRBGPMaxPrefixNear warning node-1 ${PEER2} afi=ipv4 safi=unicast`],
        texts: {
          FRRBGPMaxPrefixNear: {
            labels: { ...labels, severity: 'warning', afi: 'ipv4', safi: 'unicast' },
            title: 'node-1 ← tor2 rack A at 90% of its prefix limit',
            description: `node-1 receives 90% of the allowed ipv4 unicast prefixes from ${NAME}.`,
            impact:
              'None yet. At the limit FRR stops the session (unless it only warns), and the uplink is gone.',
            dashboard,
          },
        },
      },
      { at: '13m', firing: [] },
    ],
  },
  {
    name: 'a limit of 0, one of 1, and a session near its limit that is down',
    about: ['FRRBGPMaxPrefixNear'],
    every: '15s',
    until: '14m',
    series: healthy(2)
      .set('frr_bgp_prefix_limit', { instance: 'node-1:9342', peer: '100.64.1.1' }, 0)
      .set('frr_bgp_prefix_limit', { instance: 'node-2:9342', peer: 'eth2' }, 1)
      .set('frr_bgp_prefixes_received', { instance: 'node-2:9342', peer: 'eth2', afi: 'ipv4' }, 1)
      .sessionDown('node-1', 'eth2', '1m')
      .set('frr_bgp_prefixes_received', IPV4, 49).series,
    checks: [
      {
        at: '12m',
        firing: [
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
          'FRRBGPRedundancyLost warning node-1',
          'FRRBGPMaxPrefixNear warning node-2 vrf=default peer=eth2 afi=ipv4 safi=unicast',
        ],
      },
    ],
  },
  {
    name: 'what the dashboards add up by family',
    about: ['FRRBGPPrefixDrop'],
    until: '1m',
    series: healthy().series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: {
          'sum(instance_afi_safi:frr_bgp_prefixes_received:sum{afi="ipv4"})': 42,
          'sum(instance_afi_safi:frr_bgp_prefixes_advertised:sum{afi="ipv4"})': 6,
        },
      },
    ],
  },
  {
    name: 'a peer is not sent what changes, every four minutes, and then all of it',
    about: ['FRRBGPPeerBehind'],
    every: '15s',
    until: '40m',
    series: healthy()
      .set('frr_bgp_table_version', NODE1, growing(47, 8))
      .set('frr_bgp_session_table_versions_behind', IPV4, { ...growing(0, 8), '36m': 0 }).series,
    checks: [
      // From 5m on there is a change within each five minutes.
      { at: '19m45s', firing: [] },
      {
        at: '20m',
        firing: [`FRRBGPPeerBehind warning node-1 ${PEER2} afi=ipv4 safi=unicast`],
        texts: {
          FRRBGPPeerBehind: {
            labels: { ...labels, severity: 'warning', afi: 'ipv4', safi: 'unicast' },
            title: 'node-1 → tor2 rack A is not sent ipv4 changes',
            description: `node-1 processes no change of its ipv4 unicast table for ${NAME}, although the session is up: 2 changes in the last 5m.`,
            impact:
              'The peer does not know what this node announces now: new or moved addresses are not reachable through it.',
            action:
              "On the node: `podman exec frr vtysh -c 'show bgp vrf default update-groups'` and `podman exec frr vtysh -c 'show bgp vrf all summary'` (TblVer). Is `bgp suppress-fib-pending` configured, and does zebra install routes?",
            dashboard,
          },
        },
      },
      { at: '35m45s', firing: [`FRRBGPPeerBehind warning node-1 ${PEER2} afi=ipv4 safi=unicast`] },
      { at: '36m', firing: [] },
    ],
  },
  {
    name: 'peers that are behind and are sent what changes, in a table that rests, or on a node in maintenance',
    about: ['FRRBGPPeerBehind'],
    every: '15s',
    until: '32m',
    series: healthy(3)
      // A route that the filter had kept from the peer was withdrawn; then the peer is sent less than there is.
      .set('frr_bgp_table_version', NODE1, growing(47, 8))
      .set('frr_bgp_session_table_versions_behind', { ...IPV4, ...NODE1 }, { '0s': 20, '10m': 22, '14m': 21 })
      .set('frr_bgp_session_table_versions_behind', { instance: 'node-2:9342', peer: 'eth2' }, 20)
      .set('frr_maintenance', { instance: 'node-3:9342' }, 1)
      .set('frr_bgp_table_version', { instance: 'node-3:9342' }, growing(47, 8))
      .set('frr_bgp_session_table_versions_behind', { instance: 'node-3:9342', peer: 'eth2' }, growing(0, 8))
      .series,
    checks: ['10m', '20m', '25m', '30m'].map((at) => ({ at, firing: [] })),
  },
];

/** A number that grows by one every four minutes. */
function growing(from: number, steps: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: steps + 1 }, (_, i) => [`${i * 4 * 60}s`, from + i]));
}
