/** Which sessions are uplinks, and what of them must not be lost without a word. */
import { healthy, numbers, type Peer, target } from '../fleet.ts';
import { atEachInterval, type Scenario, type Series, type Steps } from '../scenario.ts';

const NODE = { instance: 'node-1:9342' };
const ROUTE_SERVER: Peer = {
  peer: '192.0.2.9',
  description: 'route server',
  remoteAs: '64512',
  group: '',
  router: '192.0.2.9',
  interface: '',
};
const at = (interval: number) => (intervals: number) => `${intervals * interval}s`;

/** Two nodes whose uplinks are in another peer group than the rules say. */
function otherGroup(group = 'fabric') {
  const fleet = healthy(2);
  for (const series of fleet.series)
    if (series.metric === 'frr_bgp_session_info')
      Object.assign(series, { labels: { ...series.labels, peer_group: group } });
  return fleet;
}

/** The same nodes with a target label more, in a cluster. */
const ofRole = (role: string, cluster: string, series: readonly Series[]): readonly Series[] =>
  series.map((one) => ({ ...one, labels: { ...one.labels, cluster, role } }));

/** A session of a tenant in a VRF of its own. */
const TENANT: Peer = { ...ROUTE_SERVER, peer: '10.1.0.1', description: 'tenant gateway', router: '10.1.0.1' };

/** The counter of a session that drops so many times, every eight minutes. */
const dropping = (drops: number): Steps => Object.fromEntries(numbers(0, drops).map((n) => [`${n * 8}m`, n]));

export const UPLINKS: readonly Scenario[] = [
  ...atEachInterval((interval) => {
    const i = at(interval);
    return {
      name: 'the peer group is another one, and both uplinks are lost',
      about: ['FRRUplinksUnknown', 'FRRBGPAllUplinksDown'],
      only: new Set(['FRRUplinksUnknown', 'FRRBGPAllUplinksDown', 'FRRBGPPeerDown']),
      until: i(45),
      series: otherGroup()
        .uplinksDown('node-1', i(20))
        .set('frr_bgp_prefixes_received', NODE, { '0s': 21, [i(20)]: 0 })
        .set('frr_default_route_installed', { ...NODE, afi: 'ipv4' }, { '0s': 1, [i(21)]: 0 }).series,
      checks: [
        { at: i(20), firing: interval >= 60 ? ['FRRUplinksUnknown warning'] : [] },
        {
          at: i(21),
          firing: [
            ...(interval >= 60 ? ['FRRUplinksUnknown warning'] : []),
            'FRRBGPAllUplinksDown critical node-1',
            'FRRBGPPeerDown critical node-1 vrf=default peer=100.64.1.1',
            'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          ],
        },
      ],
    };
  }),
  {
    name: 'no session matches what identifies uplinks',
    about: ['FRRUplinksUnknown'],
    every: '30s',
    until: '25m',
    series: otherGroup().series,
    checks: [
      { at: '14m30s', firing: [] },
      {
        at: '15m',
        firing: ['FRRUplinksUnknown warning'],
        values: { 'sum(instance:frr_bgp_uplinks_up:count)': 4 },
        texts: {
          FRRUplinksUnknown: {
            labels: { severity: 'warning', cluster: 'cloud-1' },
            title: 'cloud-1 uplinks unknown: no BGP session matches the settings',
            description:
              'None of the 4 BGP sessions of cluster cloud-1 matches uplink_peer_group, uplink_description or uplink_interface of the rules.',
            impact:
              'Uplinks are guessed: every eBGP session of the default VRF that brings routes to a node with a default route. A wrong guess pages for too much or too little.',
          },
        },
      },
    ],
  },
  {
    name: 'what is no uplink by default: iBGP, another VRF, no routes, no default route',
    about: ['FRRUplinksUnknown'],
    until: '2m',
    series: otherGroup()
      .addSession('node-1', { ...ROUTE_SERVER, remoteAs: '64999' })
      .addSession('node-1', { ...ROUTE_SERVER, peer: '192.0.2.7' })
      .set('frr_bgp_prefixes_received', { peer: '192.0.2.7' }, 0)
      .addSession('node-1', TENANT, 'tenant-1')
      .set('frr_default_route_installed', { instance: 'node-2:9342' }, 0).series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: {
          'count(session:frr_bgp_session_uplink:known)': 2,
          'count(session:frr_bgp_session_uplink:known{instance="node-1:9342", peer=~"eth2|100.64.1.1"})': 2,
        },
      },
    ],
  },
  {
    name: 'in a cluster where one session matches, nothing is guessed',
    about: ['FRRUplinksUnknown'],
    every: '30s',
    until: '20m',
    series: otherGroup().addSession('node-2', { ...ROUTE_SERVER, group: 'uplink' }).series,
    checks: [{ at: '19m', firing: [], values: { 'count(session:frr_bgp_session_uplink:known)': 1 } }],
  },
  {
    name: 'uplinks have the labels of the scrape, matched or guessed',
    about: [],
    only: new Set(),
    until: '1m',
    series: [
      ...ofRole('compute', 'cloud-1', healthy(2).series),
      ...ofRole('networker', 'cloud-2', otherGroup().series),
    ],
    checks: [
      {
        at: '1m',
        firing: [],
        values: {
          'count(session:frr_bgp_session_uplink:known{role="compute"})': 4,
          'count(session:frr_bgp_session_uplink:known{role="networker"})': 4,
          'count(instance:frr_bgp_uplinks:lost{role="networker"})': 2,
        },
      },
    ],
  },
  {
    name: 'uplinks by their description',
    about: ['FRRBGPPeerDown'],
    settings: { uplink_peer_group: '', uplink_description: 'tor[12] .*' },
    until: '2m',
    series: otherGroup()
      .addSession('node-1', ROUTE_SERVER)
      .sessionDown('node-1', 'eth2', '1m')
      .sessionDown('node-1', '192.0.2.9', '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRBGPPeerDown warning node-1 vrf=default peer=192.0.2.9',
        ],
      },
    ],
  },
  {
    name: 'uplinks by their interface, of which one is called by it',
    about: ['FRRBGPPeerDown'],
    settings: { uplink_peer_group: '', uplink_interface: 'eth[0-9]+' },
    until: '2m',
    series: otherGroup().uplinksDown('node-1', '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          'FRRBGPPeerDown warning node-1 vrf=default peer=100.64.1.1',
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRBGPAllUplinksDown critical node-1',
        ],
      },
    ],
  },
  ...atEachInterval((interval) => {
    const i = at(interval);
    const minutes = (count: number) => `${Math.ceil((count * 60) / interval) * interval}s`;
    return {
      name: 'IPv6 is lost on both uplinks while IPv4 lives, on another node with its series',
      about: ['FRRBGPAddressFamilyLost'],
      only: new Set(['FRRBGPAddressFamilyLost', 'FRRBGPNoPrefixesReceived']),
      until: minutes(20),
      series: ['node-1', 'node-2'].reduce(
        (fleet, name, n) =>
          ['eth2', '100.64.1.1'].reduce(
            (one, peer) =>
              one.add(
                name,
                'frr_bgp_prefixes_received',
                { vrf: 'default', peer, afi: 'ipv6', safi: 'unicast' },
                n === 0 ? { '0s': 1, [minutes(5)]: 0 } : { '0s': 1, [minutes(5)]: 'stale' },
              ),
            fleet,
          ),
        healthy(3),
      ).series,
      checks: [
        { at: minutes(6), firing: [] },
        {
          at: minutes(14),
          firing: ['node-1', 'node-2'].map(
            (name) => `FRRBGPAddressFamilyLost critical ${name} afi=ipv6 safi=unicast`,
          ),
        },
        { at: i(3), firing: [] },
      ],
    };
  }),
  {
    name: 'an address family is lost: when the alert fires, and its texts',
    about: ['FRRBGPAddressFamilyLost'],
    only: new Set(['FRRBGPAddressFamilyLost']),
    every: '10s',
    until: '14m',
    series: ['eth2', '100.64.1.1'].reduce(
      (one, peer) =>
        one.add(
          'node-1',
          'frr_bgp_prefixes_received',
          { vrf: 'default', peer, afi: 'ipv6', safi: 'unicast' },
          { '0s': 1, '5m': 0, '10m': 1 },
        ),
      healthy(1),
    ).series,
    checks: [
      { at: '6m50s', firing: [] },
      {
        at: '7m10s',
        firing: ['FRRBGPAddressFamilyLost critical node-1 afi=ipv6 safi=unicast'],
        texts: {
          FRRBGPAddressFamilyLost: {
            labels: { severity: 'critical', ...target('node-1'), afi: 'ipv6', safi: 'unicast' },
            title: 'node-1 lost ipv6 unicast on all uplinks',
            description:
              'The uplinks of node-1 are up but bring no ipv6 unicast routes any more, which they did within the last day.',
            since: 'Thu 1970-01-01 00:04:50 UTC',
            impact: 'In this address family the node reaches nothing, and nobody reaches the node.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      { at: '10m50s', firing: ['FRRBGPAddressFamilyLost critical node-1 afi=ipv6 safi=unicast'] },
      { at: '11m10s', firing: [] },
    ],
  },
  {
    name: 'an address family is lost on the one uplink that is up, though a route server still brings it; one route is enough',
    about: ['FRRBGPAddressFamilyLost'],
    only: new Set(['FRRBGPAddressFamilyLost']),
    every: '10s',
    until: '12m',
    series: healthy(2)
      .addSession('node-1', ROUTE_SERVER)
      .sessionDown('node-1', 'eth2', '4m')
      .set(
        'frr_bgp_prefixes_received',
        { instance: 'node-1:9342', peer: 'eth2', afi: 'ipv4' },
        { '0s': 21, '4m': 0 },
      )
      .set(
        'frr_bgp_prefixes_received',
        { instance: 'node-1:9342', peer: '100.64.1.1', afi: 'ipv4' },
        { '0s': 21, '5m': 0 },
      )
      .add(
        'node-2',
        'frr_bgp_prefixes_received',
        { vrf: 'default', peer: 'eth2', afi: 'ipv6', safi: 'unicast' },
        1,
      ).series,
    checks: [{ at: '9m', firing: ['FRRBGPAddressFamilyLost critical node-1 afi=ipv4 safi=unicast'] }],
  },
  {
    name: 'an address family that another session than an uplink brought, and one whose uplinks are all down',
    about: ['FRRBGPAddressFamilyLost'],
    only: new Set(['FRRBGPAddressFamilyLost']),
    every: '10s',
    until: '12m',
    series: healthy(2)
      .addSession('node-1', ROUTE_SERVER)
      .add(
        'node-1',
        'frr_bgp_prefixes_received',
        { vrf: 'default', peer: '192.0.2.9', afi: 'ipv6', safi: 'unicast' },
        { '0s': 1, '5m': 0 },
      )
      .uplinksDown('node-2', '5m')
      .set('frr_bgp_prefixes_received', { instance: 'node-2:9342', afi: 'ipv4' }, { '0s': 21, '5m': 0 })
      .series,
    checks: [{ at: '11m', firing: [] }],
  },
  {
    name: 'bgpd has just been restarted, and its sessions are up without routes yet',
    about: ['FRRBGPAddressFamilyLost'],
    only: new Set(['FRRBGPAddressFamilyLost']),
    every: '10s',
    until: '10m',
    series: healthy(1)
      .set('frr_daemon_restarts_total', { daemon: 'bgpd' }, { '0s': 0, '5m': 1, '6m30s': 2 })
      .set('frr_bgp_prefixes_received', { ...NODE, afi: 'ipv4' }, { '0s': 21, '5m': 0, '8m30s': 21 }).series,
    checks: [{ at: '8m20s', firing: [] }],
  },
  {
    name: 'bgpd has just been restarted and has no routes yet',
    about: ['FRRBGPAddressFamilyLost', 'FRRBGPUplinksMissing'],
    only: new Set(['FRRBGPAddressFamilyLost', 'FRRBGPUplinksMissing']),
    every: '10s',
    until: '10m',
    series: healthy(1)
      .set('frr_daemon_restarts_total', { daemon: 'bgpd' }, { '0s': 0, '5m': 1, '6m30s': 2 })
      .set('frr_bgp_session_info', NODE, { '0s': 1, '5m': 'stale', '8m30s': 1 })
      .set('frr_bgp_session_up', NODE, { '0s': 1, '5m': 'stale', '8m30s': 1 })
      .set('frr_bgp_prefixes_received', NODE, { '0s': 21, '5m': 0, '8m30s': 21 }).series,
    checks: [{ at: '8m20s', firing: [] }],
  },
  ...atEachInterval((interval) => {
    const i = at(interval);
    return {
      name: 'a VRF loses its last session, another one of two',
      about: ['FRRBGPVRFDown'],
      only: new Set(['FRRBGPVRFDown', 'FRRBGPPeerDown']),
      until: i(40),
      series: healthy(1)
        .addSession('node-1', TENANT, 'tenant-1')
        .addSession('node-1', { ...TENANT, peer: '10.2.0.1' }, 'tenant-2')
        .addSession('node-1', { ...TENANT, peer: '10.2.0.2' }, 'tenant-2')
        .sessionDown('node-1', '10.1.0.1', i(20))
        .sessionDown('node-1', '10.2.0.1', i(20)).series,
      checks: [
        { at: i(20), firing: [] },
        {
          at: i(interval === 5 ? 22 : 21),
          firing: [
            'FRRBGPVRFDown critical node-1 vrf=tenant-1',
            'FRRBGPPeerDown warning node-1 vrf=tenant-1 peer=10.1.0.1',
            'FRRBGPPeerDown warning node-1 vrf=tenant-2 peer=10.2.0.1',
          ],
          texts: {
            FRRBGPVRFDown: {
              labels: { severity: 'critical', ...target('node-1'), vrf: 'tenant-1' },
              title: 'node-1 VRF tenant-1 has no BGP session left',
              description: 'VRF tenant-1 on node-1 has no BGP session left. Down: 10.1.0.1.',
              impact: 'The networks of this VRF are cut off from its peers and what is behind them.',
              action:
                "On the node: `podman exec frr vtysh -c 'show bgp vrf tenant-1 summary'`, then follow the runbook of FRRBGPPeerDown for the sessions that are down.",
              dashboard: 'var-instance=node-1%3A9342',
            },
          },
        },
      ],
    };
  }),
  {
    name: 'a VRF is down for ten seconds, which is enough, and ends a minute after its session is back',
    about: ['FRRBGPVRFDown'],
    only: new Set(['FRRBGPVRFDown']),
    every: '1s',
    until: '100s',
    series: healthy(1)
      .addSession('node-1', TENANT, 'tenant-1')
      .sessionDown('node-1', '10.1.0.1', '10s', '30s').series,
    checks: [
      { at: '19s', firing: [] },
      { at: '20s', firing: ['FRRBGPVRFDown critical node-1 vrf=tenant-1'] },
      { at: '89s', firing: ['FRRBGPVRFDown critical node-1 vrf=tenant-1'] },
      { at: '90s', firing: [] },
    ],
  },
  {
    name: 'one of two uplinks is taken out of the configuration, and the alert still fires hours later',
    about: ['FRRBGPPeerMissing'],
    only: new Set(['FRRBGPPeerMissing']),
    every: '1m',
    until: '4h',
    series: healthy(1)
      .set('frr_bgp_session_up', { peer: 'eth2' }, { '0s': 1, '10m': 'stale' })
      .set('frr_bgp_session_info', { peer: 'eth2' }, { '0s': 1, '10m': 'stale' })
      .set('frr_bgp_session_admin_up', { peer: 'eth2' }, { '0s': 1, '10m': 'stale' }).series,
    checks: ['20m', '2h', '4h'].map((time) => ({
      at: time,
      firing: ['FRRBGPPeerMissing warning node-1 vrf=default peer=eth2'],
    })),
  },
  {
    name: 'a node whose uplink was missing is no target any more',
    about: ['FRRBGPPeerMissing'],
    only: new Set(['FRRBGPPeerMissing']),
    every: '1m',
    until: '75m',
    series: healthy(1)
      .set('frr_bgp_session_up', { peer: 'eth2' }, { '0s': 1, '10m': 'stale' })
      .set('frr_bgp_session_info', { peer: 'eth2' }, { '0s': 1, '10m': 'stale' })
      .set('up', NODE, { '0s': 1, '30m': 'stale' }).series,
    checks: [
      { at: '29m', firing: ['FRRBGPPeerMissing warning node-1 vrf=default peer=eth2'] },
      {
        at: '73m',
        firing: [],
        values: { 'count(session:frr_bgp_session_uplink:expected{peer="eth2"})': undefined },
      },
    ],
  },
  {
    name: 'twenty peers of a listen range leave, and one that was configured in another VRF',
    about: ['FRRBGPPeerMissing'],
    only: new Set(['FRRBGPPeerMissing']),
    every: '1m',
    until: '40m',
    series: Array.from({ length: 20 }, (_, n) => `192.0.2.${n + 100}`)
      .reduce(
        (fleet, peer) =>
          fleet
            .addSession('node-1', { ...ROUTE_SERVER, peer })
            .set('frr_bgp_session_up', { peer }, { '0s': 1, '10m': 'stale' }),
        healthy(1)
          .add(
            'node-1',
            'frr_bgp_dynamic_peers',
            { vrf: 'default', afi: 'ipv4', safi: 'unicast' },
            { '0s': 20, '10m': 0 },
          )
          .add('node-1', 'frr_bgp_dynamic_peers', { vrf: 'tenant-1', afi: 'ipv4', safi: 'unicast' }, 0),
      )
      .addSession('node-1', TENANT, 'tenant-1')
      .set('frr_bgp_session_up', { peer: TENANT.peer }, { '0s': 1, '10m': 'stale' }).series,
    checks: [{ at: '30m', firing: ['FRRBGPPeerMissing warning node-1 vrf=tenant-1 peer=10.1.0.1'] }],
  },
  {
    name: 'one drop every eight minutes for a day',
    about: ['FRRBGPPeerUnstable'],
    only: new Set(['FRRBGPPeerUnstable', 'FRRBGPPeerFlapping', 'FRRBGPPeerDown']),
    every: '1m',
    until: '6h',
    series: healthy(2)
      .addSession('node-1', ROUTE_SERVER)
      .set('frr_bgp_session_dropped_total', { peer: ROUTE_SERVER.peer }, dropping(44))
      // Shut on purpose by now.
      .addSession('node-2', { ...ROUTE_SERVER, peer: '192.0.2.8' })
      .set('frr_bgp_session_admin_up', { peer: '192.0.2.8' }, 0)
      .set('frr_bgp_session_dropped_total', { peer: '192.0.2.8' }, { '0s': 0, '10m': 100 }).series,
    checks: [
      { at: '2h', firing: [] },
      {
        at: '5h50m',
        firing: ['FRRBGPPeerUnstable warning node-1 vrf=default peer=192.0.2.9'],
        texts: {
          FRRBGPPeerUnstable: {
            labels: { severity: 'warning', ...target('node-1'), vrf: 'default', peer: '192.0.2.9' },
            title: 'node-1 → route server dropped 43 times in a day',
            description:
              'The session of node-1 with route server (peer 192.0.2.9, AS 64512, VRF default) dropped 43 times within a day. Last reason: FRR gives no reason.',
            impact: 'Traffic is lost for a moment with every drop.',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=192.0.2.9',
          },
        },
      },
    ],
  },
  {
    name: 'twenty drops within a day are too many, nineteen are not',
    about: ['FRRBGPPeerUnstable'],
    only: new Set(['FRRBGPPeerUnstable']),
    every: '1m',
    until: '4h',
    series: healthy(1)
      .addSession('node-1', ROUTE_SERVER)
      .set('frr_bgp_session_dropped_total', { peer: ROUTE_SERVER.peer }, dropping(20))
      .set('frr_bgp_session_dropped_total', { peer: 'eth2' }, dropping(19))
      // Shut on purpose by now.
      .addSession('node-1', { ...ROUTE_SERVER, peer: '192.0.2.8' })
      .set('frr_bgp_session_dropped_total', { peer: '192.0.2.8' }, dropping(20))
      .set('frr_bgp_session_admin_up', { peer: '192.0.2.8' }, { '0s': 1, '3h10m': 0 }).series,
    checks: [{ at: '3h30m', firing: ['FRRBGPPeerUnstable warning node-1 vrf=default peer=192.0.2.9'] }],
  },
  {
    name: 'BFD flaps 180 times an hour with BGP up, on another node under maintenance, on a third nine times, on a fourth ten times',
    about: ['FRRBFDSessionFlapping'],
    every: '20s',
    until: '70m',
    series: [1, 2, 3, 4]
      .reduce(
        (fleet, n) =>
          fleet.add(
            `node-${n}`,
            'frr_bfd_session_down_events_total',
            { vrf: 'default', peer: '100.64.1.1', local: '100.64.1.2', interface: 'eth1' },
            n > 2
              ? { '0s': 0, [n === 3 ? '10m' : '62m']: n === 3 ? 9 : 10 }
              : Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i * 20}s`, i])),
          ),
        healthy(4),
      )
      .set('frr_maintenance', { instance: 'node-2:9342' }, 1).series,
    checks: [
      { at: '2m', firing: [] },
      {
        at: '59m',
        firing: ['FRRBFDSessionFlapping warning node-1 vrf=default peer=100.64.1.1'],
        texts: {
          FRRBFDSessionFlapping: {
            labels: {
              severity: 'warning',
              ...target('node-1'),
              vrf: 'default',
              peer: '100.64.1.1',
              local: '100.64.1.2',
              interface: 'eth1',
            },
            title: 'node-1 BFD with 100.64.1.1 flapping: 177 in 1h',
            description:
              'The BFD session of node-1 with 100.64.1.1 (VRF default, eth1) went down 177 times within an hour.',
            impact:
              'Packets are lost on this path, or its timers are too short. A BGP session that uses it drops each time.',
            action:
              "On the node: `podman exec frr vtysh -c 'show bfd vrf default peer 100.64.1.1 counters'`, the errors of the interface, and the CPU of both sides.",
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      {
        at: '65m',
        firing: [1, 4].map((n) => `FRRBFDSessionFlapping warning node-${n} vrf=default peer=100.64.1.1`),
      },
    ],
  },
];
