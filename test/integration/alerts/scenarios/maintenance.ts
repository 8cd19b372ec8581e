import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const ACTIVE = 'count(instance:frr_maintenance:active)';
const SHOWN = 'count(ALERTS{alertname="FRRMaintenance", alertstate="firing"})';
const dashboard = 'var-instance=node-1%3A9342';

export const MAINTENANCE: readonly Scenario[] = [
  {
    name: 'a window with an end: shown, silent, over at its end though the flag is still there',
    about: ['FRRMaintenance', 'FRRBGPPeerDown', 'FRRBGPAllUplinksDown'],
    until: '12m',
    series: healthy()
      .set('frr_maintenance', {}, { '0s': 0, '2m': 1, '11m50s': 0 })
      .add('node-1', 'frr_maintenance_end_timestamp_seconds', {}, { '0s': 'missing', '2m': 600 })
      .uplinksDown('node-1', '4m').series,
    checks: [
      { at: '1m55s', firing: [], values: { [ACTIVE]: undefined, [SHOWN]: undefined } },
      {
        at: '2m',
        firing: [],
        values: { [ACTIVE]: 1, [SHOWN]: 1 },
        texts: {
          FRRMaintenance: {
            labels: { severity: 'info', ...target('node-1') },
            title: 'node-1 under maintenance',
            description: 'node-1 is under maintenance; nothing of it pages until 1970-01-01 00:10:00 UTC.',
            impact: 'Faults of this node do not page while it lasts.',
            dashboard,
          },
        },
      },
      { at: '9m55s', firing: [], values: { [ACTIVE]: 1 } },
      {
        at: '10m30s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          'FRRBGPPeerDown critical node-1 vrf=default peer=100.64.1.1',
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
        ],
        values: { [ACTIVE]: undefined, [SHOWN]: undefined },
      },
    ],
  },
  {
    name: 'the flag is taken away before the end',
    about: ['FRRMaintenance'],
    until: '12m',
    series: healthy()
      .set('frr_maintenance', {}, { '0s': 0, '2m': 1, '6m': 0 })
      .add(
        'node-1',
        'frr_maintenance_end_timestamp_seconds',
        {},
        { '0s': 'missing', '2m': 36_000, '6m': 'stale' },
      )
      .sessionDown('node-1', 'eth2', '3m').series,
    checks: [
      { at: '5m55s', firing: [], values: { [ACTIVE]: 1 } },
      {
        at: '6m10s',
        firing: ['FRRBGPPeerDown critical node-1 vrf=default peer=eth2'],
        values: { [ACTIVE]: undefined },
      },
    ],
  },
  {
    name: 'an end time without maintenance is none',
    about: ['FRRMaintenance'],
    until: '3m',
    series: healthy()
      .add('node-1', 'frr_maintenance_end_timestamp_seconds', {}, 36_000)
      .sessionDown('node-1', 'eth2', '1m').series,
    checks: [
      {
        at: '2m',
        firing: ['FRRBGPPeerDown critical node-1 vrf=default peer=eth2'],
        values: { [ACTIVE]: undefined },
      },
    ],
  },
  {
    name: "the exporter is away in its window: silence to the window's end, and no longer",
    about: ['FRRMaintenance', 'FRRNodeDown', 'FRRExporterDown'],
    every: '30s',
    until: '3h10m',
    series: healthy()
      .set('frr_maintenance', { instance: 'node-1:9342' }, { '0s': 0, '2m': 1 })
      .add('node-1', 'frr_maintenance_end_timestamp_seconds', {}, { '0s': 'missing', '2m': 10_800 })
      .notScraped('node-1', ['10m', '3h9m'])
      .set('up', { instance: 'node-1:9100' }, { '0s': 1, '10m': 0 }).series,
    checks: [
      { at: '2h59m30s', firing: [], values: { [ACTIVE]: 1 } },
      { at: '3h', firing: [], values: { [ACTIVE]: undefined } },
      { at: '3h30s', firing: ['FRRNodeDown critical node-1'] },
      { at: '3h1m', firing: ['FRRNodeDown critical node-1', 'FRRExporterDown warning node-1'] },
    ],
  },
  {
    name: 'without an end: silence for an hour after the exporter was last seen',
    about: ['FRRMaintenance', 'FRRExporterDown'],
    every: '30s',
    until: '1h15m',
    series: healthy().set('frr_maintenance', {}, { '0s': 0, '2m': 1 }).notScraped('node-1', ['10m', '1h14m'])
      .series,
    checks: [
      {
        at: '5m',
        firing: [],
        values: { [SHOWN]: 1, 'max(instance:frr_maintenance:end_timestamp_seconds)': 3900 },
        texts: {
          FRRMaintenance: {
            labels: { severity: 'info', ...target('node-1') },
            title: 'node-1 under maintenance',
            description: 'node-1 is under maintenance; nothing of it pages.',
            impact: 'Faults of this node do not page while it lasts.',
            dashboard,
          },
        },
      },
      { at: '1h9m', firing: [], values: { [ACTIVE]: 1 } },
      { at: '1h9m30s', firing: [], values: { [ACTIVE]: undefined } },
      { at: '1h13m', firing: ['FRRExporterDown warning node-1'], values: { [ACTIVE]: undefined } },
    ],
  },
  {
    name: 'under maintenance, nothing of a node pages whatever is wrong with it',
    about: [
      'FRRBGPPeerDown',
      'FRRBGPPeerFlapping',
      'FRRDown',
      'FRRDaemonDown',
      'FRRDaemonHung',
      'FRRUnreachable',
      'FRRDataStale',
      'FRRHostRouteNotAdvertised',
      'FRRDefaultRouteMissing',
      'FRRRIBFIBMismatch',
      'FRRBFDSessionDown',
      'FRRExporterDown',
      'FRRNodeDown',
    ],
    every: '15s',
    until: '27m',
    series: healthy(5)
      .set('frr_maintenance', { instance: 'node-1:9342' }, { '0s': 0, '4m': 1, '25m': 0 })
      .set('frr_maintenance', { instance: 'node-2:9342' }, 1)
      .set('frr_maintenance', { instance: 'node-3:9342' }, 1)
      .set('frr_maintenance', { instance: 'node-4:9342' }, 1)
      // node-1: flaps, the last time within its window
      .set(
        'frr_bgp_session_dropped_total',
        { instance: 'node-1:9342', peer: 'eth2' },
        { '0s': 0, '5m': 1, '15m': 2, '20m': 4 },
      )
      .set('frr_daemon_up', { instance: 'node-1:9342', daemon: 'bgpd' }, { '0s': 1, '5m': 0, '24m': 1 })
      .set('frr_daemon_up', { instance: 'node-1:9342', daemon: 'staticd' }, { '0s': 1, '5m': 0, '24m': 1 })
      .set('frr_bfd_session_up', { instance: 'node-1:9342' }, { '0s': 1, '5m': 0, '24m': 1 })
      .set('frr_fib_routes', { instance: 'node-1:9342', protocol: 'ebgp' }, { '0s': 41, '5m': 0, '24m': 41 })
      .set('frr_up', { instance: 'node-1:9342' }, { '0s': 1, '5m': 0, '24m': 1 })
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { instance: 'node-1:9342', collector: 'bgp' },
        { '0s': 'now', '5m': 300, '24m': 'now' },
      )
      .set('frr_default_route_installed', { instance: 'node-1:9342' }, { '0s': 1, '5m': 0, '24m': 1 })
      .set('frr_host_route_advertised_peers', { instance: 'node-1:9342' }, { '0s': 2, '5m': 0, '24m': 2 })
      .set('frr_bgp_prefix_limit_exceeded', { instance: 'node-1:9342' }, { '0s': 0, '5m': 1, '24m': 0 })
      // node-2: a daemon hangs; node-3: FRR is stopped; node-4: the exporter is gone
      .set('frr_daemon_hung', { instance: 'node-2:9342' }, { '0s': 0, '5m': 1, '24m': 0 })
      .set('frr_daemon_up', { instance: 'node-3:9342' }, { '0s': 1, '5m': 0, '24m': 1 })
      .notScraped('node-4', ['5m', '24m'])
      .set('up', { instance: 'node-4:9100' }, { '0s': 1, '5m': 0, '24m': 1 }).series,
    checks: [
      { at: '20m10s', firing: [] },
      { at: '23m', firing: [] },
      // Drops within the window do not make a ticket after it.
      { at: '26m', firing: [] },
    ],
  },
  {
    name: 'a maintenance was forgotten',
    about: ['FRRMaintenanceForgotten'],
    every: '5m',
    until: '14h',
    series: healthy().set('frr_maintenance', {}, { '0s': 0, '1h': 1, '13h30m': 0 }).series,
    checks: [
      { at: '12h55m', firing: [] },
      {
        at: '13h',
        firing: ['FRRMaintenanceForgotten warning node-1'],
        texts: {
          FRRMaintenanceForgotten: {
            labels: { severity: 'warning', ...target('node-1') },
            title: 'node-1 under maintenance for more than 12h',
            description: 'node-1 has been under maintenance for more than 12h.',
            impact: 'Faults of this node have not paged in all this time, and do not now.',
            dashboard,
          },
        },
      },
      { at: '13h30m', firing: [] },
    ],
  },
];
