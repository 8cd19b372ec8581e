/** What must not page. */
import { healthy } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const SESSION2 = { instance: 'node-1:9342', peer: 'eth2' };
const NODE = { instance: 'node-1:9342' };
const SESSIONS = [
  'FRRBGPPeerDown',
  'FRRBGPAllUplinksDown',
  'FRRBGPRedundancyLost',
  'FRRRemoteRouterDown',
  'FRRBGPFleetPeersDown',
];

export const QUIET: readonly Scenario[] = [
  {
    name: 'a session is shut on purpose',
    about: SESSIONS,
    every: '10s',
    until: '20m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '2m', undefined, 'Admin. shutdown')
      .set('frr_bgp_session_admin_up', SESSION2, { '0s': 1, '2m': 0 }).series,
    checks: [
      { at: '2m10s', firing: [] },
      { at: '19m', firing: [] },
    ],
  },
  {
    name: 'a peer restarts gracefully, in time',
    about: [...SESSIONS, 'FRRGracefulRestart'],
    until: '8m',
    series: healthy()
      .sessionDown('node-1', 'eth2', '2m', '3m40s')
      .set('frr_bgp_session_graceful_restart_active', SESSION2, { '0s': 0, '2m': 1, '4m': 0 }).series,
    checks: [
      {
        at: '2m10s',
        firing: [],
        values: { 'count(ALERTS{alertname="FRRGracefulRestart", alertstate="firing"})': 1 },
        texts: {
          FRRGracefulRestart: {
            labels: {
              severity: 'info',
              cluster: 'cloud-1',
              hostname: 'node-1',
              instance: 'node-1:9342',
              job: 'frr',
              vrf: 'default',
              peer: 'eth2',
            },
            title: 'node-1 → tor2 rack A in graceful restart',
            description:
              'The session of node-1 with tor2 rack A (peer eth2, AS 65002, VRF default) is in graceful restart.',
            impact: 'Traffic uses the routes known before, until the restart timer ends.',
            dashboard: 'var-instance=node-1%3A9342&var-vrf=default&var-peer=eth2',
          },
        },
      },
      { at: '3m35s', firing: [] },
      {
        at: '6m',
        firing: [],
        values: { 'count(ALERTS{alertname="FRRGracefulRestart"})': undefined },
      },
    ],
  },
  {
    name: 'the exporter is restarted',
    about: ['FRRExporterDown', 'FRRNodeDown', 'FRRBGPPeerMissing', 'FRRDataStale'],
    until: '30m',
    series: healthy().notScraped('node-1', ['2m', '2m20s']).series,
    checks: [
      { at: '2m15s', firing: [] },
      { at: '2m25s', firing: [] },
      { at: '10m', firing: [] },
    ],
  },
  {
    name: 'three missed scrapes in ten minutes, and three in a row',
    about: ['FRRExporterDown', 'FRRNodeDown', 'FRRBGPPeerDown', 'FRRBGPPeerMissing'],
    until: '20m',
    series: healthy().notScraped('node-1', ['2m', '2m5s'], ['5m', '5m5s'], ['9m', '9m5s'], ['14m', '14m15s'])
      .series,
    checks: ['2m', '2m5s', '5m', '9m', '9m10s', '14m10s', '14m15s', '15m', '20m'].map((at) => ({
      at,
      firing: [],
    })),
  },
  {
    name: 'a missed scrape delays no page and ends none',
    about: ['FRRBGPPeerDown', 'FRRDaemonDown', 'FRRDaemonHung', 'FRRBGPAllUplinksDown', 'FRRUnreachable'],
    until: '8m',
    series: healthy(7)
      .sessionDown('node-1', 'eth2', '1m')
      .notScraped('node-1', ['1m5s', '1m10s'], ['2m', '2m15s'])
      .set('frr_daemon_up', { instance: 'node-2:9342', daemon: 'bgpd' }, { '0s': 1, '1m': 0 })
      .notScraped('node-2', ['1m5s', '1m10s'], ['2m', '2m15s'])
      .set('frr_up', { instance: 'node-3:9342' }, { '0s': 1, '1m': 0 })
      .set('frr_daemon_hung', { instance: 'node-3:9342', daemon: 'zebra' }, { '0s': 0, '1m': 1 })
      .notScraped('node-3', ['1m5s', '1m10s'], ['2m', '2m15s']).series,
    checks: [
      {
        at: '1m5s',
        firing: [
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRDaemonHung critical node-3 daemon=zebra',
        ],
      },
      {
        at: '1m15s',
        firing: [
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRDaemonDown critical node-2 daemon=bgpd',
          'FRRDaemonHung critical node-3 daemon=zebra',
        ],
      },
      {
        at: '2m10s',
        firing: [
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRDaemonDown critical node-2 daemon=bgpd',
          'FRRDaemonHung critical node-3 daemon=zebra',
        ],
      },
      {
        at: '3m5s',
        firing: [
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
          'FRRBGPRedundancyLost warning node-1',
          'FRRDaemonDown critical node-2 daemon=bgpd',
          'FRRDaemonHung critical node-3 daemon=zebra',
          'FRRUnreachable critical node-3',
        ],
      },
    ],
  },
  {
    name: 'FRR is upgraded within its window: daemons go, the exporter too, counters restart',
    about: [...SESSIONS, 'FRRDown', 'FRRDaemonDown', 'FRRExporterDown', 'FRRDataStale', 'FRRBGPPeerMissing'],
    every: '10s',
    until: '30m',
    series: healthy()
      .set('frr_maintenance', {}, { '0s': 0, '5m': 1, '25m': 0 })
      .add('node-1', 'frr_maintenance_end_timestamp_seconds', {}, { '0s': 'missing', '5m': 1500 })
      .uplinksDown('node-1', '6m', '10m')
      .set('frr_bgp_session_established_total', NODE, { '0s': 1, '6m': 0, '10m': 1 })
      .set('frr_bgp_session_dropped_total', NODE, { '0s': 2, '6m': 0 })
      .set('frr_daemon_up', NODE, { '0s': 1, '6m': 0, '9m': 1 })
      .set('frr_up', NODE, { '0s': 1, '6m': 0, '9m': 1 })
      .notScraped('node-1', ['7m', '8m30s']).series,
    checks: ['6m10s', '7m30s', '8m40s', '9m30s', '12m', '25m30s', '29m'].map((at) => ({ at, firing: [] })),
  },
  {
    name: 'a day of a healthy fleet',
    about: SESSIONS,
    every: '5m',
    until: '24h',
    series: healthy(2).series,
    checks: ['5m', '1h', '6h', '12h', '18h', '24h'].map((at) => ({
      at,
      firing: [],
      values: {
        'sum(instance:frr_bgp_uplinks_up:count)': 4,
        'sum(instance:frr_bgp_uplinks_wanted:count)': 4,
        'sum(instance:frr_bgp_sessions_wanted:count)': 4,
        'sum(instance:frr_bgp_sessions_down:count)': 0,
        'sum(changes(ALERTS{alertname!="FRRWatchdog"}[6h]))': undefined,
        'count(last_over_time(ALERTS{alertname!="FRRWatchdog"}[6h]))': undefined,
      },
    })),
  },
];
