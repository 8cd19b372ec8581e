import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const NODE = { instance: 'node-1:9342' };
const WITNESS = { instance: 'node-1:9100' };
const dashboard = 'var-instance=node-1%3A9342';

export const EXPORTERS: readonly Scenario[] = [
  {
    name: 'an exporter dies, its node lives',
    about: ['FRRExporterDown', 'FRRNodeDown'],
    until: '5m',
    series: healthy().notScraped('node-1', ['1m', '4m']).series,
    checks: [
      { at: '1m55s', firing: [] },
      {
        at: '2m',
        firing: ['FRRExporterDown warning node-1'],
        texts: {
          FRRExporterDown: {
            labels: { severity: 'warning', ...target('node-1') },
            description: 'The exporter of node-1 (node-1:9342) has not answered for 1m.',
            impact:
              'BGP itself is not affected. Faults of this node are not noticed until the exporter is back.',
            dashboard,
          },
        },
      },
      { at: '4m', firing: [] },
    ],
  },
  {
    name: 'a node dies',
    about: ['FRRNodeDown'],
    every: '1s',
    until: '335s',
    series: healthy().notScraped('node-1', ['10s', '30s']).set('up', WITNESS, { '0s': 1, '10s': 0, '30s': 1 })
      .series,
    checks: [
      { at: '19s', firing: [] },
      {
        at: '20s',
        firing: ['FRRNodeDown critical node-1'],
        texts: {
          FRRNodeDown: {
            labels: { severity: 'critical', ...target('node-1') },
            description:
              'node-1 is gone: the exporter and the second scrape of the node (job node) both fail.',
            impact:
              'What runs on the node is unreachable. Announced by nobody now, as far as last seen: 172.16.0.1, 203.0.113.1.',
            dashboard,
          },
        },
      },
      { at: '329s', firing: ['FRRNodeDown critical node-1'] },
      { at: '330s', firing: [] },
    ],
  },
  {
    name: 'the second witness of a node is down, the exporter is not; and of another node the other way round',
    about: ['FRRNodeDown'],
    until: '2m',
    series: healthy(5).set('up', WITNESS, 0).set('up', { instance: 'node-2:9342' }, 0).series,
    checks: [{ at: '90s', firing: ['FRRExporterDown warning node-2'] }],
  },
  {
    name: 'nodes without a second witness are not told dead',
    about: ['FRRNodeDown'],
    until: '2m',
    series: healthy(5).remove('up', WITNESS).set('up', NODE, 0).series,
    checks: [{ at: '90s', firing: ['FRRExporterDown warning node-1'] }],
  },
  {
    name: 'most of the cluster is out of sight: six of eleven',
    about: ['FRRFleetUnreachable'],
    every: '1s',
    until: '322s',
    series: Array.from({ length: 11 }, (_, i) => ({
      metric: 'up',
      labels: target(`node-${i}`),
      steps: i < 6 ? { '0s': 1, '10s': 0, '20s': 1 } : 1,
    })),
    checks: [
      { at: '14s', firing: [] },
      {
        at: '15s',
        firing: ['FRRFleetUnreachable critical'],
        texts: {
          FRRFleetUnreachable: {
            labels: { severity: 'critical', cluster: 'cloud-1' },
            description: '54.55% of the FRR exporters of cluster cloud-1 cannot be scraped.',
            impact:
              "Prometheus is blind for the cluster's BGP; either the network between them is broken, or most nodes are gone.",
          },
        },
      },
      { at: '319s', firing: ['FRRFleetUnreachable critical'] },
      { at: '320s', firing: [] },
    ],
  },
  {
    name: 'half of a cluster is out of sight, which is not most',
    about: ['FRRFleetUnreachable'],
    until: '2m',
    series: healthy(4).set('up', NODE, 0).set('up', { instance: 'node-2:9342' }, 0).series,
    checks: [{ at: '90s', firing: ['FRRExporterDown warning node-1', 'FRRExporterDown warning node-2'] }],
  },
  {
    name: 'two of three are most of a fleet; two of two are no fleet',
    about: ['FRRFleetUnreachable'],
    until: '2m',
    series: [
      ...healthy(3).set('up', NODE, 0).set('up', { instance: 'node-2:9342' }, 0).series,
      ...['a', 'b'].map((node) => ({
        metric: 'up',
        labels: { job: 'frr', cluster: 'small', hostname: node, instance: `${node}:9342` },
        steps: 0,
      })),
    ],
    checks: [
      {
        at: '90s',
        firing: [
          'FRRFleetUnreachable critical',
          ...['node-1', 'node-2', 'a', 'b'].map((node) => `FRRExporterDown warning ${node}`),
        ],
      },
    ],
  },
  {
    name: 'there is no exporter to scrape',
    about: ['FRRExporterAbsent'],
    every: '15s',
    until: '20m',
    series: healthy().set('up', NODE, { '0s': 'missing', '10m': 1 }).series,
    checks: [
      { at: '4m55s', firing: [] },
      {
        at: '5m',
        firing: ['FRRExporterAbsent critical'],
        texts: {
          FRRExporterAbsent: {
            labels: { severity: 'critical', job: 'frr' },
            description: 'There is no target of job frr: nothing of FRR is watched.',
            impact: 'No fault of any node would be noticed.',
          },
        },
      },
      { at: '10m', firing: [] },
    ],
  },
  {
    name: 'the figures of the BGP collector grow old, then those of a slow one do not yet',
    about: ['FRRDataStale'],
    until: '20m',
    series: healthy()
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { collector: 'bgp' },
        { '0s': 'now', '5m': 300, '15m': 'now' },
      )
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { collector: 'rib' },
        { '0s': 'now', '5m': 300, '15m': 'now' },
      )
      // A router with a million routes is asked seldom: 5 minutes are no age for these.
      .set('frr_collector_interval_seconds', { collector: 'rib' }, 250)
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { collector: 'bgp-neighbors' },
        { '0s': 'now', '5m': 300, '8m5s': 'now' },
      ).series,
    checks: [
      // Older than a minute from 6m5s on.
      { at: '6m30s', firing: [] },
      {
        at: '6m35s',
        firing: ['FRRDataStale warning node-1 collector=bgp'],
        texts: {
          FRRDataStale: {
            labels: { severity: 'warning', ...target('node-1'), collector: 'bgp' },
            description: 'Collector bgp on node-1 has had no success for 1m 35s.',
            impact: 'What this collector tells is gone or old; faults that it would show are not noticed.',
            dashboard,
          },
        },
      },
      { at: '11m', firing: ['FRRDataStale warning node-1 collector=bgp'] },
      {
        at: '11m5s',
        firing: ['FRRDataStale warning node-1 collector=bgp', 'FRRDataStale critical node-1 collector=bgp'],
      },
      { at: '15m', firing: [] },
    ],
  },
  {
    name: 'figures that are asked for every 100 s are old after 300 s',
    about: ['FRRDataStale'],
    until: '16m',
    series: healthy()
      .set('frr_collector_interval_seconds', { collector: 'bgp' }, 100)
      .set('frr_collector_last_success_timestamp_seconds', { collector: 'bgp' }, { '0s': 'now', '5m': 300 })
      .series,
    checks: [
      { at: '9m30s', firing: [] },
      { at: '10m40s', firing: ['FRRDataStale warning node-1 collector=bgp'] },
      { at: '14m', firing: ['FRRDataStale warning node-1 collector=bgp'] },
      {
        at: '15m30s',
        firing: ['FRRDataStale warning node-1 collector=bgp', 'FRRDataStale critical node-1 collector=bgp'],
      },
    ],
  },
  {
    name: 'old figures of a collector that pages for nothing stay a ticket',
    about: ['FRRDataStale'],
    every: '15s',
    until: '20m',
    series: healthy().set(
      'frr_collector_last_success_timestamp_seconds',
      { collector: 'rib' },
      { '0s': 'now', '5m': 300 },
    ).series,
    checks: [{ at: '18m', firing: ['FRRDataStale warning node-1 collector=rib'] }],
  },
  {
    name: 'a collector of which the newest success is not known yet, and one that was away for a scrape',
    about: ['FRRDataStale'],
    until: '12m',
    series: healthy()
      .set('frr_collector_last_success_timestamp_seconds', { collector: 'rib' }, 'missing')
      .set('frr_collector_last_success_timestamp_seconds', { collector: 'bgp' }, { '0s': 'now', '2m': 120 })
      .notScraped('node-1', ['3m10s', '3m15s'], ['5m', '5m5s'], ['6m', '6m10s']).series,
    checks: [
      { at: '3m30s', firing: [] },
      { at: '3m35s', firing: ['FRRDataStale warning node-1 collector=bgp'] },
      {
        at: '8m5s',
        firing: ['FRRDataStale warning node-1 collector=bgp', 'FRRDataStale critical node-1 collector=bgp'],
      },
    ],
  },
  {
    name: 'an exporter leaves series out',
    about: ['FRRExporterSeriesDropped'],
    every: '30s',
    until: '30m',
    series: healthy().set('frr_exporter_series_dropped_total', { reason: 'duplicate' }, { '0s': 0, '5m': 1 })
      .series,
    checks: [
      { at: '4m30s', firing: [] },
      {
        at: '5m',
        firing: ['FRRExporterSeriesDropped warning node-1 reason=duplicate'],
        texts: {
          FRRExporterSeriesDropped: {
            labels: { severity: 'warning', ...target('node-1'), reason: 'duplicate' },
            description: 'The exporter of node-1 left out 1 series in 15 minutes: duplicate.',
            impact:
              'Some sessions, routes or addresses of this node may be missing from rules and dashboards.',
            dashboard,
          },
        },
      },
      { at: '21m', firing: [] },
    ],
  },
  {
    name: 'every alert of the fleet has a job and an instance for the dashboards',
    about: ['FRRExporterAbsent'],
    every: '15s',
    until: '8m',
    series: healthy().set('up', NODE, 'missing').set('frr_up', {}, { '0s': 1, '1m': 0 }).series,
    checks: [
      // What has not waited long enough is not shown.
      {
        at: '2m',
        firing: [],
        values: { 'count(instance:frr_alerts_firing:since_timestamp_seconds)': undefined },
      },
      {
        at: '6m',
        firing: ['FRRExporterAbsent critical', 'FRRUnreachable critical node-1'],
        values: {
          'count(instance:frr_alerts_firing:since_timestamp_seconds{alertname="FRRExporterAbsent", instance="(fleet)", job="frr"})': 1,
          'count(instance:frr_alerts_firing:since_timestamp_seconds{alertname="FRRUnreachable", instance="node-1:9342", job="frr"})': 1,
          'count(instance:frr_alerts_firing:since_timestamp_seconds)': 2,
        },
      },
    ],
  },
];
