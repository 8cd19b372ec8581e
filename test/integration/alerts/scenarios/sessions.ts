import { healthy, hostRoute, TOR1, target } from '../fleet.ts';
import type { Check, Scenario } from '../scenario.ts';

const PEER1 = 'vrf=default peer=100.64.1.1';
const PEER2 = 'vrf=default peer=eth2';
const SESSION1 = { instance: 'node-1:9342', peer: '100.64.1.1' };
const SESSION2 = { instance: 'node-1:9342', peer: 'eth2' };

/** A peer that is no uplink. */
const ROUTE_SERVER = {
  peer: '192.0.2.9',
  description: 'route server',
  remoteAs: '64512',
  group: '',
  router: '192.0.2.9',
  interface: '',
};

const peerLabels = {
  severity: 'critical',
  ...target('node-1'),
  vrf: 'default',
  peer: 'eth2',
  peer_group: 'uplink',
  remote_as: '65002',
  remote_router_id: '10.0.0.2',
  interface: 'eth2',
};

/** The texts of {@link ROUTE_SERVER}, down since 10 s. */
const routeServerDown = (why: string): Required<Check>['texts'] => ({
  FRRBGPPeerDown: {
    labels: {
      severity: 'warning',
      ...target('node-1'),
      vrf: 'default',
      peer: '192.0.2.9',
      remote_as: '64512',
      remote_router_id: '192.0.2.9',
    },
    title: 'node-1 → route server down',
    description: `node-1 has lost its BGP session with route server (peer 192.0.2.9, AS 64512, VRF default). Why: ${why}.`,
    since: 'Thu 1970-01-01 00:00:10 UTC',
    impact:
      'What only this peer announced is unreachable from the node, and what the node announced only to this peer is unreachable from there.',
    action:
      'On the node: `ip -br link` (is the link up?), then `podman exec frr vtysh -c \'show bgp vrf default neighbors 192.0.2.9\'` and look at "Last reset".',
    dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=192.0.2.9',
  },
});

export const SESSIONS: readonly Scenario[] = [
  {
    name: 'an uplink goes down, and comes back',
    about: ['FRRBGPPeerDown'],
    every: '1s',
    until: '40s',
    series: healthy().sessionDown('node-1', 'eth2', '10s', '30s').series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`],
        texts: {
          FRRBGPPeerDown: {
            labels: peerLabels,
            title: 'node-1 → tor2 rack A down, 1 of 2 left',
            description:
              'node-1 has lost its BGP session with tor2 rack A (peer eth2, AS 65002, VRF default). Why: BFD down received.',
            since: 'Thu 1970-01-01 00:00:10 UTC',
            impact:
              "Uplinks left: 1 of 2. The node's addresses stay reachable over those that are left; the next fault may take it off the network.",
            action:
              'On the node: `ip -br link` (is the link up?), then `podman exec frr vtysh -c \'show bgp vrf default neighbors eth2\'` and look at "Last reset".',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2',
          },
        },
      },
      {
        at: '29s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`],
        values: { 'sum(instance:frr_bgp_sessions_down:count)': 1 },
      },
      { at: '30s', firing: [] },
    ],
  },
  {
    name: 'a peer that is no uplink goes down',
    about: ['FRRBGPPeerDown'],
    every: '1s',
    until: '40s',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .sessionDown('node-1', ROUTE_SERVER.peer, '10s', '30s', 'BGP Notification received')
      .set('frr_bgp_session_last_reset_info', { peer: ROUTE_SERVER.peer }, 'missing')
      .add(
        'node-1',
        'frr_bgp_session_last_reset_info',
        {
          vrf: 'default',
          peer: ROUTE_SERVER.peer,
          reason: 'BGP Notification received',
          code: '13',
          notification: 'Cease/Administrative Shutdown',
        },
        1,
      ).series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: ['FRRBGPPeerDown warning node-1 vrf=default peer=192.0.2.9'],
        texts: routeServerDown('BGP Notification received: Cease/Administrative Shutdown'),
      },
      { at: '30s', firing: [] },
    ],
  },
  {
    name: 'the cause of a lost session stands in place of what FRR says',
    about: ['FRRBGPPeerDown'],
    every: '1s',
    until: '40s',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .sessionDown('node-1', ROUTE_SERVER.peer, '10s', '30s', 'Waiting for NHT')
      .add(
        'node-1',
        'frr_bgp_session_down_cause',
        { vrf: 'default', peer: ROUTE_SERVER.peer, cause: 'link_down', text: 'link down (eth7)' },
        { '0s': 'missing', '10s': 1 },
      ).series,
    checks: [
      {
        at: '15s',
        firing: ['FRRBGPPeerDown warning node-1 vrf=default peer=192.0.2.9'],
        texts: routeServerDown('link down (eth7)'),
        values: { 'sum(instance_reason:frr_bgp_sessions_lost:count{why="link down (eth7)"})': 1 },
      },
    ],
  },
  {
    name: 'a session without info, description and reason has an alert all the same',
    about: ['FRRBGPPeerDown'],
    until: '2m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '1m')
      .remove('frr_bgp_session_last_reset_info')
      .remove('frr_bgp_session_info', SESSION2).series,
    checks: [
      {
        at: '65s',
        firing: [`FRRBGPPeerDown warning node-1 ${PEER2}`],
        texts: {
          FRRBGPPeerDown: {
            labels: { severity: 'warning', ...target('node-1'), vrf: 'default', peer: 'eth2' },
            title: 'node-1 → eth2 down',
            description:
              'node-1 has lost its BGP session with peer eth2 (VRF default). Why: FRR gives no reason.',
            since: 'Thu 1970-01-01 00:01:00 UTC',
            impact:
              'What only this peer announced is unreachable from the node, and what the node announced only to this peer is unreachable from there.',
            action:
              'On the node: `ip -br link` (is the link up?), then `podman exec frr vtysh -c \'show bgp vrf default neighbors eth2\'` and look at "Last reset".',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2',
          },
        },
      },
    ],
  },
  {
    name: 'an edited description changes the text of the alert, not the alert',
    about: ['FRRBGPPeerDown'],
    every: '1s',
    until: '20s',
    series: healthy()
      .sessionDown('node-1', 'eth2', '10s')
      .set('frr_bgp_session_info', SESSION2, { '0s': 1, '12s': 'stale' })
      .add(
        'node-1',
        'frr_bgp_session_info',
        {
          vrf: 'default',
          peer: 'eth2',
          local_as: '64999',
          remote_as: '65002',
          peer_group: 'uplink',
          description: 'tor2, ticket 4711',
          remote_hostname: '',
          interface: 'eth2',
          remote_router_id: '10.0.0.2',
        },
        { '0s': 'missing', '12s': 1 },
      ).series,
    checks: [
      {
        at: '15s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`],
        texts: {
          FRRBGPPeerDown: {
            labels: peerLabels,
            title: 'node-1 → tor2, ticket 4711 down, 1 of 2 left',
            description:
              'node-1 has lost its BGP session with tor2, ticket 4711 (peer eth2, AS 65002, VRF default). Why: BFD down received.',
            since: 'Thu 1970-01-01 00:00:10 UTC',
            impact:
              "Uplinks left: 1 of 2. The node's addresses stay reachable over those that are left; the next fault may take it off the network.",
            action:
              'On the node: `ip -br link` (is the link up?), then `podman exec frr vtysh -c \'show bgp vrf default neighbors eth2\'` and look at "Last reset".',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2',
          },
        },
        values: { 'count(session:frr_bgp_session_info:last)': 2 },
      },
    ],
  },
  {
    name: 'the infos of a session are carried while it is known, and no longer',
    about: ['FRRBGPPeerDown'],
    until: '8m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '1m')
      // The slow collector fails; the fast one goes on until 4m, when the session is deconfigured.
      .set('frr_bgp_session_info', SESSION2, { '0s': 1, '2m': 'stale' })
      .set('frr_bgp_session_last_reset_info', SESSION2, { '0s': 'missing', '1m': 1, '2m': 'stale' })
      .set('frr_bgp_session_up', SESSION2, { '0s': 1, '1m': 0, '4m': 'stale' }).series,
    checks: [
      {
        at: '4m30s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
        values: {
          'count(session:frr_bgp_session_info:last{peer="eth2"})': 1,
          'count(session:frr_bgp_session_remote_router:last{peer="eth2"})': 1,
          'count(session:frr_bgp_session_last_reset_info:last{peer="eth2"})': 1,
        },
      },
      {
        at: '5m10s',
        firing: [],
        values: {
          'count(session:frr_bgp_session_info:last{peer="eth2"})': undefined,
          'count(session:frr_bgp_session_remote_router:last{peer="eth2"})': undefined,
          'count(session:frr_bgp_session_last_reset_info:last{peer="eth2"})': undefined,
          'count(session:frr_bgp_session_info:last{peer="100.64.1.1"})': 1,
        },
      },
    ],
  },
  {
    name: 'bgpd is restarted and a session does not come back: the counters restart, the memory remains',
    about: ['FRRBGPPeerDown', 'FRRBGPPeerNeverEstablished'],
    every: '5s',
    until: '19m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '2m')
      .set('frr_bgp_session_established_total', SESSION2, { '0s': 1, '2m': 0 })
      .set('frr_bgp_session_dropped_total', SESSION2, 0).series,
    checks: [
      // bgpd gets two minutes to bring its sessions up.
      { at: '3m55s', firing: [] },
      {
        at: '4m10s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
      },
      {
        at: '18m',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
      },
    ],
  },
  {
    name: 'a session that has never been up',
    about: ['FRRBGPPeerNeverEstablished', 'FRRBGPPeerDown'],
    every: '15s',
    until: '16m',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .set('frr_bgp_session_up', { peer: ROUTE_SERVER.peer }, { '0s': 0, '15m30s': 1 })
      .set('frr_bgp_session_state', { peer: ROUTE_SERVER.peer }, { '0s': 3, '15m30s': 6 })
      .set('frr_bgp_session_established_total', { peer: ROUTE_SERVER.peer }, { '0s': 0, '15m30s': 1 }).series,
    checks: [
      { at: '14m55s', firing: [] },
      {
        at: '15m',
        firing: ['FRRBGPPeerNeverEstablished warning node-1 vrf=default peer=192.0.2.9'],
        texts: {
          FRRBGPPeerNeverEstablished: {
            labels: {
              severity: 'warning',
              ...target('node-1'),
              vrf: 'default',
              peer: '192.0.2.9',
              remote_as: '64512',
              remote_router_id: '192.0.2.9',
            },
            title: 'node-1 → route server never came up',
            description:
              'The session of node-1 with route server (peer 192.0.2.9, AS 64512, VRF default) has never been up. Why: FRR gives no reason.',
            impact:
              'The node lacks a path that its configuration expects. Nothing that worked before is broken.',
            action:
              "Compare both sides: addresses, AS numbers, password, TTL security, address families. `podman exec frr vtysh -c 'show bgp vrf default neighbors 192.0.2.9'` on the node, the same on the router.",
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=192.0.2.9',
          },
        },
      },
      { at: '15m30s', firing: [] },
    ],
  },
  {
    name: 'a session that was up once, though nobody saw it, has not "never been up"',
    about: ['FRRBGPPeerNeverEstablished', 'FRRBGPPeerDown'],
    every: '15s',
    until: '20m',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .set('frr_bgp_session_up', { peer: ROUTE_SERVER.peer }, 0)
      .set('frr_bgp_session_state', { peer: ROUTE_SERVER.peer }, 3).series,
    checks: [{ at: '18m', firing: ['FRRBGPPeerDown warning node-1 vrf=default peer=192.0.2.9'] }],
  },
  {
    name: 'one uplink of two is left for minutes',
    about: ['FRRBGPRedundancyLost'],
    until: '8m',
    series: healthy().sessionDown('node-1', 'eth2', '1m', '5m').series,
    checks: [
      { at: '2m55s', firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`] },
      {
        at: '3m',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
        texts: {
          FRRBGPRedundancyLost: {
            labels: { severity: 'warning', ...target('node-1') },
            title: 'node-1 has 1 of 2 uplinks',
            description: 'node-1 has 1 of 2 uplinks. Down: eth2. Why: BFD down received (1).',
            impact: 'Nothing is unreachable yet. The next fault takes the node off the network.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      { at: '5m', firing: [] },
    ],
  },
  {
    name: 'a node with one uplink has no redundancy to lose, and neither has one with two of three',
    about: ['FRRBGPRedundancyLost'],
    until: '6m',
    series: healthy(2)
      .set('frr_bgp_session_info', { instance: 'node-1:9342', peer: 'eth2' }, 'missing')
      .addSession('node-2', { ...TOR1, peer: '100.64.3.1' })
      .sessionDown('node-2', '100.64.3.1', '1m').series,
    checks: [{ at: '5m', firing: ['FRRBGPPeerDown critical node-2 vrf=default peer=100.64.3.1'] }],
  },
  {
    name: 'a node that has sessions but no uplinks',
    about: ['FRRBGPRedundancyLost', 'FRRBGPAllUplinksDown'],
    until: '1m',
    series: healthy().set('frr_bgp_session_info', {}, 'missing').series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: {
          'sum(instance:frr_bgp_uplinks_wanted:count)': 0,
          'sum(instance:frr_bgp_uplinks_up:count)': 0,
        },
      },
    ],
  },
  {
    name: 'a session flaps between scrapes',
    about: ['FRRBGPPeerFlapping'],
    every: '10s',
    until: '26m',
    series: healthy(2)
      .set('frr_bgp_session_dropped_total', SESSION1, { '0s': 0, '8m': 1, '10m': 2 })
      .set('frr_bgp_session_dropped_total', { instance: 'node-2:9342', peer: 'eth2' }, { '0s': 4, '8m': 5 })
      .series,
    checks: [
      { at: '9m50s', firing: [] },
      {
        at: '10m10s',
        firing: [`FRRBGPPeerFlapping critical node-1 ${PEER1}`],
        texts: {
          FRRBGPPeerFlapping: {
            labels: {
              severity: 'critical',
              ...target('node-1'),
              vrf: 'default',
              peer: '100.64.1.1',
              remote_router_id: '10.0.0.1',
            },
            title: 'node-1 → tor1 rack A flapping: 2 drops in 15m',
            description:
              'The session of node-1 with tor1 rack A (peer 100.64.1.1, AS 65001, VRF default) dropped 2 times in 15m. Last reason: FRR gives no reason.',
            impact:
              'Routes are withdrawn and learned again with every drop: short losses for everything that goes over this session, and work for every router behind it.',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=100.64.1.1',
          },
        },
      },
      { at: '22m40s', firing: [`FRRBGPPeerFlapping critical node-1 ${PEER1}`] },
      { at: '23m10s', firing: [] },
    ],
  },
  {
    name: 'a session that is no uplink flaps: a ticket, at the third drop',
    about: ['FRRBGPPeerFlapping'],
    every: '10s',
    until: '12m',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .addSession('node-1', { ...ROUTE_SERVER, peer: '192.0.2.8', router: '192.0.2.8' })
      .set('frr_bgp_session_info', { peer: '192.0.2.8' }, 'missing')
      .set('frr_bgp_session_dropped_total', { peer: '192.0.2.8' }, { '0s': 0, '5m': 1, '6m': 2, '9m': 3 })
      .set(
        'frr_bgp_session_dropped_total',
        { peer: ROUTE_SERVER.peer },
        { '0s': 0, '6m': 1, '8m': 2, '10m': 3 },
      ).series,
    checks: [
      { at: '8m30s', firing: [] },
      { at: '9m50s', firing: ['FRRBGPPeerFlapping warning node-1 vrf=default peer=192.0.2.8'] },
      {
        at: '10m10s',
        firing: [
          'FRRBGPPeerFlapping warning node-1 vrf=default peer=192.0.2.8',
          'FRRBGPPeerFlapping warning node-1 vrf=default peer=192.0.2.9',
        ],
      },
    ],
  },
  {
    name: 'a session is shut on purpose twice',
    about: ['FRRBGPPeerFlapping'],
    only: new Set(['FRRBGPPeerFlapping']),
    every: '10s',
    until: '12m',
    series: healthy()
      .set('frr_bgp_session_up', SESSION1, { '0s': 1, '6m': 0, '7m': 1, '9m': 0, '10m': 1 })
      .set('frr_bgp_session_admin_up', SESSION1, { '0s': 1, '6m': 0, '7m': 1, '9m': 0, '10m': 1 })
      .set('frr_bgp_session_dropped_total', SESSION1, { '0s': 0, '6m': 1, '9m': 2 }).series,
    checks: [{ at: '11m', firing: [] }],
  },
  {
    name: 'a session that flapped is shut on purpose, which is the end of it',
    about: ['FRRBGPPeerFlapping'],
    every: '10s',
    until: '12m',
    series: healthy()
      .set('frr_bgp_session_dropped_total', SESSION1, { '0s': 0, '6m': 1, '8m': 2, '10m': 3 })
      .set('frr_bgp_session_admin_up', SESSION1, { '0s': 1, '11m': 0 }).series,
    checks: [
      { at: '10m50s', firing: [`FRRBGPPeerFlapping critical node-1 ${PEER1}`] },
      { at: '11m', firing: [] },
    ],
  },
  {
    name: 'both uplinks go down',
    about: ['FRRBGPAllUplinksDown'],
    every: '1s',
    until: '85s',
    series: healthy()
      .sessionDown('node-1', 'eth2', '10s', '20s')
      .sessionDown('node-1', '100.64.1.1', '10s', '30s', 'Interface down').series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          `FRRBGPPeerDown critical node-1 ${PEER1}`,
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
        texts: {
          FRRBGPAllUplinksDown: {
            labels: { severity: 'critical', ...target('node-1') },
            title: 'node-1 has no uplink left',
            description:
              'node-1 has no BGP uplink left. Down: 100.64.1.1, eth2. Why: BFD down received (1), Interface down (1).',
            since: 'Thu 1970-01-01 00:00:10 UTC',
            impact: 'The node announces nothing. Announced by nobody now: 172.16.0.1, 203.0.113.1.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      // It goes on for a minute, so that what it silences ends first.
      { at: '79s', firing: ['FRRBGPAllUplinksDown critical node-1'] },
      { at: '80s', firing: [] },
    ],
  },
  {
    name: 'both uplinks are down, and an address has moved to another node',
    about: ['FRRBGPAllUplinksDown'],
    until: '2m',
    series: healthy(2)
      .uplinksDown('node-1', '1m')
      .add('node-2', 'frr_host_route_in_bgp', hostRoute('203.0.113.1', 'lo'), 1)
      .announces('node-2', '203.0.113.1', 2, 'lo').series,
    checks: [
      {
        at: '65s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          `FRRBGPPeerDown critical node-1 ${PEER1}`,
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
        texts: {
          FRRBGPAllUplinksDown: {
            labels: { severity: 'critical', ...target('node-1') },
            title: 'node-1 has no uplink left',
            description: 'node-1 has no BGP uplink left. Down: 100.64.1.1, eth2. Why: BFD down received (2).',
            since: 'Thu 1970-01-01 00:01:00 UTC',
            impact: 'The node announces nothing. Announced by nobody now: 172.16.0.1.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
    ],
  },
  {
    name: 'one uplink is lost, the other is in graceful restart: traffic still flows',
    about: ['FRRBGPAllUplinksDown'],
    until: '4m',
    series: healthy()
      .uplinksDown('node-1', '1m')
      .set('frr_bgp_session_graceful_restart_active', SESSION1, { '0s': 0, '1m': 1, '3m': 0 }).series,
    checks: [
      { at: '2m55s', firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`] },
      {
        at: '3m5s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          `FRRBGPPeerDown critical node-1 ${PEER1}`,
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
      },
    ],
  },
  {
    name: 'the graceful restart of a peer that is no uplink hides no loss of all uplinks',
    about: ['FRRBGPAllUplinksDown'],
    until: '2m',
    series: healthy()
      .addSession('node-1', ROUTE_SERVER)
      .set('frr_bgp_session_graceful_restart_active', { peer: ROUTE_SERVER.peer }, 1)
      .uplinksDown('node-1', '1m').series,
    checks: [
      {
        at: '65s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          `FRRBGPPeerDown critical node-1 ${PEER1}`,
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
      },
    ],
  },
  {
    name: 'a router dies under three of four nodes, and comes back for one after another',
    about: ['FRRRemoteRouterDown', 'FRRBGPFleetPeersDown'],
    every: '1s',
    until: '225s',
    series: healthy(4)
      .sessionDown('node-1', 'eth2', '10s', '40s')
      .sessionDown('node-2', 'eth2', '11s', '41s')
      .sessionDown('node-3', 'eth2', '13s', '42s').series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: [
          'FRRRemoteRouterDown critical remote_router_id=10.0.0.2',
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
        ],
        texts: {
          FRRRemoteRouterDown: {
            labels: {
              severity: 'critical',
              cluster: 'cloud-1',
              remote_as: '65002',
              remote_router_id: '10.0.0.2',
            },
            title: 'tor2 rack A lost by 3 of 4 nodes',
            description:
              'Router 10.0.0.2 (AS 65002) is lost by node-1, node-2, node-3. Why: BFD down received (3).',
            since: 'Thu 1970-01-01 00:00:10 UTC',
            impact:
              'These nodes use their other uplinks, without redundancy. A node without any is in FRRBGPAllUplinksDown or FRRBGPNodesCutOff.',
          },
        },
      },
      {
        at: '39s',
        firing: [
          'FRRRemoteRouterDown critical remote_router_id=10.0.0.2',
          ...[1, 2, 3].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
        ],
      },
      {
        at: '219s',
        firing: ['FRRRemoteRouterDown critical remote_router_id=10.0.0.2'],
      },
      { at: '220s', firing: [] },
    ],
  },
  {
    name: 'a router dies under three nodes, whose FRR forgets who it was while it tries to connect again',
    about: ['FRRRemoteRouterDown', 'FRRBGPPeerDown'],
    until: '12m',
    series: healthy(4)
      .sessionDown('node-1', 'eth2', '1m', '10m')
      .sessionDown('node-2', 'eth2', '1m', '10m')
      .sessionDown('node-3', 'eth2', '1m')
      // The first two so soon that the down session has never been seen with it.
      .routerTold('node-1', 'eth2', '0.0.0.0', '1m', '10m')
      .routerTold('node-2', 'eth2', '', '1m', '10m')
      .routerTold('node-3', 'eth2', '0.0.0.0', '1m30s').series,
    checks: [
      { at: '1m', firing: [] },
      {
        at: '9m',
        firing: [
          'FRRRemoteRouterDown critical remote_router_id=10.0.0.2',
          ...[1, 2, 3].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
          ...[1, 2, 3].map((i) => `FRRBGPRedundancyLost warning node-${i}`),
        ],
        // By this the one silences the others.
        values: {
          'count(ALERTS{alertname="FRRBGPPeerDown", alertstate="firing", remote_router_id="10.0.0.2"})': 3,
        },
        texts: {
          FRRRemoteRouterDown: {
            labels: {
              severity: 'critical',
              cluster: 'cloud-1',
              remote_as: '65002',
              remote_router_id: '10.0.0.2',
            },
            title: 'tor2 rack A lost by 3 of 4 nodes',
            description:
              'Router 10.0.0.2 (AS 65002) is lost by node-1, node-2, node-3. Why: BFD down received (3).',
            since: 'Thu 1970-01-01 00:01:00 UTC',
            impact:
              'These nodes use their other uplinks, without redundancy. A node without any is in FRRBGPAllUplinksDown or FRRBGPNodesCutOff.',
          },
        },
      },
    ],
  },
  {
    name: 'another router takes the place of the one that is remembered',
    about: ['FRRRemoteRouterDown'],
    until: '6m',
    series: healthy(3)
      .routerTold('node-1', 'eth2', '10.0.0.9', '1m')
      .sessionDown('node-1', 'eth2', '2m')
      .sessionDown('node-2', 'eth2', '2m')
      .sessionDown('node-3', 'eth2', '2m').series,
    checks: [
      {
        at: '3m',
        firing: [
          'FRRBGPFleetPeersDown critical',
          ...[1, 2, 3].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
        ],
        values: {
          'count(ALERTS{alertname="FRRBGPPeerDown", alertstate="firing", remote_router_id="10.0.0.9"})': 1,
          'count(session:frr_bgp_session_remote_router:last{peer="eth2"})': 3,
        },
      },
    ],
  },
  {
    name: 'two nodes lose a router; peers without a router ID are not one router',
    about: ['FRRRemoteRouterDown'],
    until: '2m',
    series: healthy(20)
      .sessionDown('node-1', 'eth2', '1m')
      .sessionDown('node-2', 'eth2', '1m')
      .addSession('node-3', { ...ROUTE_SERVER, router: '0.0.0.0' })
      .addSession('node-4', { ...ROUTE_SERVER, router: '0.0.0.0' })
      .addSession('node-5', { ...ROUTE_SERVER, router: '0.0.0.0' })
      .sessionDown('node-3', ROUTE_SERVER.peer, '1m')
      .sessionDown('node-4', ROUTE_SERVER.peer, '1m')
      .sessionDown('node-5', ROUTE_SERVER.peer, '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          ...[1, 2].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
          ...[3, 4, 5].map((i) => `FRRBGPPeerDown warning node-${i} vrf=default peer=192.0.2.9`),
        ],
      },
    ],
  },
  {
    name: 'more than a fifth of the sessions is down, and no one router is to blame',
    about: ['FRRBGPFleetPeersDown'],
    every: '1s',
    until: '215s',
    // 3 of 14
    series: healthy(7)
      .sessionDown('node-1', 'eth2', '10s', '30s')
      .sessionDown('node-2', '100.64.1.1', '10s', '30s')
      .sessionDown('node-3', 'eth2', '10s', '30s')
      .set('frr_bgp_session_last_reset_info', { instance: 'node-2:9342' }, 'missing')
      .add(
        'node-2',
        'frr_bgp_session_last_reset_info',
        {
          vrf: 'default',
          peer: '100.64.1.1',
          reason: 'BGP Notification send',
          code: '13',
          notification: 'Hold Timer Expired',
        },
        { '0s': 'missing', '10s': 1 },
      ).series,
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: [
          'FRRBGPFleetPeersDown critical',
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
          `FRRBGPPeerDown critical node-2 ${PEER1}`,
          `FRRBGPPeerDown critical node-3 ${PEER2}`,
        ],
        texts: {
          FRRBGPFleetPeersDown: {
            labels: { severity: 'critical', cluster: 'cloud-1' },
            title: 'cloud-1 21.43% of BGP sessions down, no common router',
            description:
              '21.43% of the wanted BGP sessions of cluster cloud-1 are down, and no single remote router explains it. Reasons: BFD down received (2), BGP Notification send: Hold Timer Expired (1).',
            impact:
              'Many nodes at once have lost redundancy or the whole fabric; VIPs, floating IPs and provider IPs of whole racks may be unreachable.',
          },
        },
      },
      { at: '209s', firing: ['FRRBGPFleetPeersDown critical'] },
      { at: '210s', firing: [] },
    ],
  },
  {
    name: 'less than a fifth of the sessions is down; many on few nodes is no fleet either',
    about: ['FRRBGPFleetPeersDown'],
    until: '2m',
    // cloud-1: 3 of 16.
    series: healthy(8)
      .sessionDown('node-1', 'eth2', '1m')
      .sessionDown('node-2', '100.64.1.1', '1m')
      .sessionDown('node-3', 'eth2', '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
          `FRRBGPPeerDown critical node-2 ${PEER1}`,
          `FRRBGPPeerDown critical node-3 ${PEER2}`,
        ],
      },
    ],
  },
  {
    name: 'half of the sessions is down, on two nodes',
    about: ['FRRBGPFleetPeersDown'],
    until: '2m',
    series: healthy(2).sessionDown('node-1', 'eth2', '1m').sessionDown('node-2', '100.64.1.1', '1m').series,
    checks: [
      {
        at: '90s',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, `FRRBGPPeerDown critical node-2 ${PEER1}`],
      },
    ],
  },
  {
    name: 'what a dead router explains does not count again for the fleet',
    about: ['FRRBGPFleetPeersDown'],
    until: '2m',
    // tor2 is lost to three nodes, tor1 to two of them: 2 of 8 sessions on 2 nodes are not explained.
    series: healthy(4)
      .sessionDown('node-1', 'eth2', '1m')
      .sessionDown('node-2', 'eth2', '1m')
      .sessionDown('node-3', 'eth2', '1m')
      .sessionDown('node-1', '100.64.1.1', '1m')
      .sessionDown('node-2', '100.64.1.1', '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          'FRRRemoteRouterDown critical remote_router_id=10.0.0.2',
          'FRRBGPAllUplinksDown critical node-1',
          'FRRBGPAllUplinksDown critical node-2',
          ...[1, 2, 3].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
          ...[1, 2].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER1}`),
        ],
      },
    ],
  },
  {
    name: 'a dead router, and beside it faults on three nodes that are few in the fleet',
    about: ['FRRBGPFleetPeersDown'],
    until: '2m',
    // With those toward tor2 it would be 6 of 21, without them it is 3 of 21.
    series: healthy(10)
      .addSession('node-6', ROUTE_SERVER)
      .sessionDown('node-1', 'eth2', '1m')
      .sessionDown('node-2', 'eth2', '1m')
      .sessionDown('node-3', 'eth2', '1m')
      .sessionDown('node-4', '100.64.1.1', '1m')
      .sessionDown('node-5', '100.64.1.1', '1m')
      .sessionDown('node-6', ROUTE_SERVER.peer, '1m').series,
    checks: [
      {
        at: '90s',
        firing: [
          'FRRRemoteRouterDown critical remote_router_id=10.0.0.2',
          ...[1, 2, 3].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER2}`),
          ...[4, 5].map((i) => `FRRBGPPeerDown critical node-${i} ${PEER1}`),
          'FRRBGPPeerDown warning node-6 vrf=default peer=192.0.2.9',
        ],
      },
    ],
  },
  {
    name: 'a peer does not take what is queued for it',
    about: ['FRRBGPOutQueueStuck'],
    until: '12m',
    series: healthy()
      .set(
        'frr_bgp_session_queue_messages',
        { ...SESSION2, direction: 'out' },
        { '0s': 0, '1m': 1, '3m': 0, '3m5s': 1, '10m': 0 },
      )
      .set('frr_bgp_session_queue_messages', { ...SESSION1, direction: 'in' }, 5).series,
    checks: [
      // From 4m5s on no sample of the last minute is empty.
      { at: '8m55s', firing: [] },
      {
        at: '9m5s',
        firing: [`FRRBGPOutQueueStuck warning node-1 ${PEER2}`],
        texts: {
          FRRBGPOutQueueStuck: {
            labels: {
              severity: 'warning',
              ...target('node-1'),
              vrf: 'default',
              peer: 'eth2',
              direction: 'out',
            },
            title: 'node-1 → tor2 rack A does not take messages',
            description:
              'node-1 has had messages queued for tor2 rack A (peer eth2, AS 65002, VRF default) all the time, 1 now.',
            impact:
              'The peer does not know what this node announces now: new or moved addresses are not reachable through it.',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2',
          },
        },
      },
      { at: '10m', firing: [] },
    ],
  },
  {
    name: 'what is queued for a session that is down is not stuck',
    about: ['FRRBGPOutQueueStuck'],
    until: '10m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '1m')
      .set('frr_bgp_session_queue_messages', { ...SESSION2, direction: 'out' }, 3).series,
    checks: [
      {
        at: '9m',
        firing: [`FRRBGPPeerDown critical node-1 ${PEER2}`, 'FRRBGPRedundancyLost warning node-1'],
      },
    ],
  },
];
