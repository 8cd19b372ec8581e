import { healthy, target } from '../fleet.ts';
import { atEachInterval, type Scenario, type Series } from '../scenario.ts';

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
            title: 'node-1 exporter down',
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
            title: 'node-1 is gone',
            description:
              'node-1 is gone: the exporter and the second scrape of the node (job node) both fail.',
            since: 'Thu 1970-01-01 00:00:10 UTC',
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
    name: 'nodes without a second witness are not reported as dead',
    about: ['FRRNodeDown'],
    until: '2m',
    series: healthy(5).remove('up', WITNESS).set('up', NODE, 0).series,
    checks: [{ at: '90s', firing: ['FRRExporterDown warning node-1'] }],
  },
  {
    name: 'four of eleven exporters are out of sight, their nodes are not',
    about: ['FRRFleetUnreachable'],
    every: '1s',
    until: '382s',
    series: Array.from({ length: 11 }, (_, i) => ({
      metric: 'up',
      labels: target(`node-${i}`),
      steps: i < 4 ? { '0s': 1, '10s': 0, '75s': 1 } : 1,
    })),
    checks: [
      { at: '69s', firing: [] },
      {
        at: '70s',
        firing: [
          'FRRFleetUnreachable critical',
          ...[0, 1, 2, 3].map((i) => `FRRExporterDown warning node-${i}`),
        ],
        texts: {
          FRRFleetUnreachable: {
            labels: { severity: 'critical', cluster: 'cloud-1' },
            title: 'cloud-1 blind: 36.36% of exporters unreachable',
            description:
              '36.36% of the FRR exporters of cluster cloud-1 cannot be scraped, although their nodes are not known to be down.',
            impact: 'Faults of these nodes are not noticed. BGP itself need not be affected.',
          },
        },
      },
      { at: '374s', firing: ['FRRFleetUnreachable critical'] },
      { at: '375s', firing: [] },
    ],
  },
  {
    name: 'a tenth of a cluster is out of sight, which is not more than a tenth; two of five are no fleet',
    about: ['FRRFleetUnreachable'],
    until: '2m',
    series: [
      ...Array.from({ length: 30 }, (_, i) => ({
        metric: 'up',
        labels: target(`node-${i}`),
        steps: i < 3 ? 0 : 1,
      })),
      ...['a', 'b', 'c', 'd', 'e'].map((node) => ({
        metric: 'up',
        labels: { job: 'frr', cluster: 'small', hostname: node, instance: `${node}:9342` },
        steps: node < 'c' ? 0 : 1,
      })),
    ],
    checks: [
      {
        at: '90s',
        firing: ['node-0', 'node-1', 'node-2', 'a', 'b'].map((node) => `FRRExporterDown warning ${node}`),
      },
    ],
  },
  {
    name: 'three of twenty-eight exporters are out of sight, which is just more than a tenth',
    about: ['FRRFleetUnreachable'],
    only: new Set(['FRRFleetUnreachable']),
    until: '2m',
    series: Array.from({ length: 28 }, (_, i) => ({
      metric: 'up',
      labels: target(`node-${i}`),
      steps: i < 3 ? 0 : 1,
    })),
    checks: [{ at: '90s', firing: ['FRRFleetUnreachable critical'] }],
  },
  {
    name: 'exporters that would be many only with those under maintenance or of dead nodes',
    about: ['FRRFleetUnreachable'],
    only: new Set(['FRRFleetUnreachable']),
    until: '3m',
    // With the others it would be more than a tenth, or more than two.
    series: (['maintenance', 'dead'] as const).flatMap((why) =>
      [
        [40, 3, 2],
        [10, 2, 1],
      ].flatMap(([nodes = 0, plain = 0, others = 0]) =>
        Array.from({ length: nodes }, (_, i) => {
          const labels = { ...target(`node-${i}`), cluster: `${why}-${nodes}` };
          const other = i >= plain && i < plain + others;
          const away = i < plain + others ? { '0s': 1, '1m': 0 } : 1;
          return [
            { metric: 'up', labels, steps: away },
            {
              metric: 'up',
              labels: { ...labels, job: 'node', instance: `node-${i}:9100` },
              steps: other && why === 'dead' ? { '0s': 1, '1m': 0 } : 1,
            },
            { metric: 'frr_maintenance', labels, steps: other && why === 'maintenance' ? 1 : 0 },
          ];
        }).flat(),
      ),
    ),
    checks: [{ at: '2m30s', firing: [] }],
  },
  {
    name: 'exporters that are away under maintenance, or with their nodes, make nobody blind',
    about: ['FRRFleetUnreachable'],
    until: '3m',
    series: healthy(4)
      .set('frr_maintenance', { instance: 'node-1:9342' }, 1)
      .notScraped('node-1', ['1m', '3m'])
      .notScraped('node-2', ['1m', '3m'])
      .notScraped('node-3', ['1m', '3m'])
      .set('up', { instance: 'node-3:9100' }, { '0s': 1, '1m': 0 }).series,
    checks: [
      {
        at: '2m30s',
        firing: [
          'FRRNodeDown critical node-3',
          'FRRExporterDown warning node-2',
          'FRRExporterDown warning node-3',
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
            title: 'no target of job frr: FRR is not monitored',
            description: 'There is no target of job frr: nothing of FRR is monitored.',
            impact: 'No fault of any node would be noticed.',
          },
        },
      },
      { at: '10m', firing: [] },
    ],
  },
  {
    name: 'the results of the BGP collector are old, those of a slow one are not yet',
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
      // A router with a million routes is polled rarely: 5 minutes are not old for these.
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
            title: 'node-1 bgp samples 1m 35s old',
            description: 'Collector bgp on node-1 has had no success for 1m 35s.',
            impact:
              'The metrics of this collector are missing or old; faults that they would show are not noticed.',
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
    name: 'results of polls every 100 s are old after 300 s',
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
    name: 'old results of a collector without pages stay a ticket',
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
  ...atEachInterval((interval) => {
    const at = (intervals: number) => `${intervals * interval}s`;
    return {
      name: 'a node dies whose second target has no cluster, another one no name, a third neither',
      about: ['FRRNodeDown'],
      only: new Set(['FRRNodeDown', 'FRRNodesDown']),
      until: at(60),
      series: [1, 2, 3].reduce((fleet, i) => {
        const witness = fleet.series.find(
          ({ metric, labels }) => metric === 'up' && labels.instance === `node-${i}:9100`,
        ) as Series;
        const { cluster, hostname, ...rest } = witness.labels;
        Object.assign(witness, {
          labels: { ...rest, ...(i === 2 ? { cluster } : {}), ...(i === 1 ? { hostname } : {}) },
        });
        return fleet.nodeDown(`node-${i}`, [at(i === 3 ? 45 : 10 + i), at(60)]);
      }, healthy(5)).series,
      checks: [
        { at: at(11), firing: [] },
        { at: at(16), firing: ['FRRNodeDown critical node-1', 'FRRNodeDown critical node-2'] },
      ],
    };
  }),
  {
    name: 'a node dies whose second target has neither cluster nor name',
    about: ['FRRNodeDown'],
    until: '2m',
    series: [
      ...healthy(3).remove('up', WITNESS).set('up', NODE, { '0s': 1, '1m': 0 }).series,
      { metric: 'up', labels: { job: 'node', instance: 'node-1:9100' }, steps: { '0s': 1, '1m': 0 } },
    ],
    checks: [{ at: '90s', firing: ['FRRNodeDown critical node-1'] }],
  },
  {
    name: 'the clock of a node is 90 s slow, that of another 48 s fast, a third 42 s slow',
    about: ['FRRClockOff', 'FRRDataStale'],
    every: '15s',
    until: '20m',
    series: [
      ...healthy(4)
        .remove('frr_collector_last_success_timestamp_seconds', { instance: 'node-1:9342' })
        .remove('frr_collector_last_success_timestamp_seconds', { instance: 'node-2:9342' })
        .remove('frr_collector_last_success_timestamp_seconds', { instance: 'node-3:9342' }).series,
      ...[
        [1, -90],
        [2, 48],
        [3, -42],
      ].flatMap(([i, shift]) =>
        ['bgp', 'bgp-neighbors', 'daemons', 'rib'].map((collector) => ({
          metric: 'frr_collector_last_success_timestamp_seconds',
          labels: { ...target(`node-${i}`), collector },
          steps: Object.fromEntries(
            Array.from({ length: 81 }, (_, step) => [`${step * 15}s`, step * 15 + (shift as number)]),
          ),
        })),
      ),
    ],
    checks: [
      { at: '4m45s', firing: [] },
      {
        at: '19m',
        firing: ['FRRClockOff warning node-1', 'FRRClockOff warning node-2'],
      },
    ],
  },
  {
    name: 'the texts of a clock that is off; a collector that hangs has no clock',
    about: ['FRRClockOff'],
    only: new Set(['FRRClockOff']),
    every: '15s',
    until: '12m',
    series: [
      ...healthy(2)
        .remove('frr_collector_last_success_timestamp_seconds', { instance: 'node-1:9342' })
        .set('frr_collector_last_success_timestamp_seconds', { instance: 'node-2:9342' }, 0).series,
      {
        metric: 'frr_collector_last_success_timestamp_seconds',
        labels: { ...target('node-1'), collector: 'bgp' },
        steps: Object.fromEntries(Array.from({ length: 49 }, (_, step) => [`${step * 15}s`, step * 15 - 90])),
      },
    ],
    checks: [
      {
        at: '11m',
        firing: ['FRRClockOff warning node-1'],
        texts: {
          FRRClockOff: {
            labels: { severity: 'warning', ...target('node-1') },
            title: 'node-1 clock off by 1m 30s',
            description: "The clock of node-1 differs from Prometheus' by about 1m 30s.",
            impact:
              'Times of this node are wrong in texts, dashboards and logs; certificates and passwords may fail.',
            dashboard,
          },
        },
      },
    ],
  },
  {
    name: 'a pair of Prometheus in one store, without their replica labels being removed',
    about: ['FRRSeriesDuplicated'],
    only: new Set(['FRRSeriesDuplicated']),
    every: '15s',
    until: '3m',
    series: ['a', 'b'].map((replica) => ({
      metric: 'up',
      labels: { ...target('node-1'), replica },
      steps: replica === 'a' ? 1 : { '0s': 'missing' as const, '30s': 1 },
    })),
    checks: [
      { at: '1m15s', firing: [] },
      {
        at: '1m30s',
        firing: ['FRRSeriesDuplicated critical'],
        texts: {
          FRRSeriesDuplicated: {
            labels: { severity: 'critical', cluster: 'cloud-1' },
            title: 'cloud-1 1 exporters stored twice: rules fail',
            description:
              '1 exporters of cluster cloud-1 have several series with the same cluster, job and instance.',
            impact: 'Rules that join series fail ("many-to-many matching"), and their alerts do not fire.',
          },
        },
      },
    ],
  },
  {
    name: 'certificates: one expires in a day, one in a week, one in a month',
    about: ['FRRCertificateExpiring'],
    every: '15s',
    until: '4m',
    series: [1, 7, 30].reduce(
      (fleet, days, i) =>
        fleet.add(
          `node-${i + 1}`,
          'frr_exporter_web_certificate_expiry_timestamp_seconds',
          {},
          // The first two have more than the limits until a minute has passed.
          days === 30 ? 30 * 86_400 : (days === 1 ? 2 : 14) * 86_400 + 60,
        ),
      healthy(3),
    ).series,
    checks: [
      { at: '1m', firing: ['FRRCertificateExpiring warning node-1'] },
      { at: '2m', firing: ['FRRCertificateExpiring warning node-1'] },
      {
        at: '2m15s',
        firing: [
          'FRRCertificateExpiring critical node-1',
          'FRRCertificateExpiring warning node-1',
          'FRRCertificateExpiring warning node-2',
        ],
      },
    ],
  },
  {
    name: 'the texts of a certificate that expires',
    about: ['FRRCertificateExpiring'],
    every: '15s',
    until: '4m',
    series: healthy(1).add('node-1', 'frr_exporter_web_certificate_expiry_timestamp_seconds', {}, 7 * 86_400)
      .series,
    checks: [
      {
        at: '2m',
        firing: ['FRRCertificateExpiring warning node-1'],
        texts: {
          FRRCertificateExpiring: {
            labels: { severity: 'warning', ...target('node-1') },
            title: 'node-1 exporter certificate expires in 6d 23h 58m 0s',
            description: 'The TLS certificate of the exporter on node-1 expires in 6d 23h 58m 0s.',
            impact:
              'Once it has expired, Prometheus cannot scrape the exporter, and faults of the node are not noticed.',
            dashboard,
          },
        },
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
            title: 'node-1 exporter left out 1 series',
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
