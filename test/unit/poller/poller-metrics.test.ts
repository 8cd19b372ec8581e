import { expect, test } from 'vitest';
import type { MetricFamily } from '../../../src/metrics/family.ts';
import { count, createCounts, pollerFamilies } from '../../../src/poller/poller-metrics.ts';
import type { CollectorStatus } from '../../../src/poller/snapshot.ts';

const lines = (families: readonly MetricFamily[]) =>
  families.flatMap(({ descriptor, samples }) =>
    samples.map(({ labels, value }) => `${descriptor.name}${labels.text && `{${labels.text}}`} ${value}`),
  );

const status = (name: string, more: Partial<CollectorStatus> = {}): CollectorStatus => ({
  name,
  up: undefined,
  unsupported: undefined,
  error: undefined,
  lastSuccess: undefined,
  duration: undefined,
  interval: 5,
  ...more,
});

const REASONS = [
  'not_running',
  'permission_denied',
  'timed_out',
  'unknown_command',
  'not_json',
  'truncated',
  'too_large',
  'not_installed',
  'not_recorded',
  'failed',
];

test('before the first poll, counters are 0 and unknown values are absent', () => {
  expect(lines(pollerFamilies(false, [status('bgp')], createCounts(1_000)))).toEqual([
    'frr_collector_interval_seconds{collector="bgp"} 5',
    ...REASONS.map((reason) => `frr_collector_errors_total{collector="bgp",reason="${reason}"} 0`),
    ...['duplicate', 'not_a_number', 'vrf_name', 'table_size', 'limit'].map(
      (reason) => `frr_exporter_series_dropped_total{reason="${reason}"} 0`,
    ),
  ]);
});

test('counters start from 0', () => {
  const counts = createCounts(1_000);
  count(counts.commands, 'zebra');
  count(counts.commands, 'bgpd', 3);
  count(counts.commandSeconds, 'bgpd', 0.25);
  count(counts.commandSeconds, 'bgpd', 0.5);
  count(counts.dropped, 'limit', 7);
  const families = pollerFamilies(false, [], counts);
  expect(lines(families)).toEqual([
    'frr_exporter_commands_total{daemon="zebra"} 1',
    'frr_exporter_commands_total{daemon="bgpd"} 3',
    'frr_exporter_command_seconds_total{daemon="bgpd"} 0.75',
    'frr_exporter_series_dropped_total{reason="duplicate"} 0',
    'frr_exporter_series_dropped_total{reason="not_a_number"} 0',
    'frr_exporter_series_dropped_total{reason="vrf_name"} 0',
    'frr_exporter_series_dropped_total{reason="table_size"} 0',
    'frr_exporter_series_dropped_total{reason="limit"} 7',
  ]);
  expect(families.map(({ created }) => created)).toEqual([1_000, 1_000, 1_000]);
});

test('a collector that succeeded, one that failed, and one that this FRR is too old for', () => {
  const collectors = [
    status('bgp', { up: true, lastSuccess: 990, duration: 0.125, interval: 7.5 }),
    status('bfd', { up: false, duration: 5 }),
    status('rpki', { unsupported: 'too old', duration: 0.25 }),
  ];
  const counts = createCounts(1_000);
  counts.errors.set('bfd', new Map([['timed_out', 2]]));
  const page = lines(pollerFamilies(true, collectors, counts));
  expect(page.filter((line) => !/_errors_total|_dropped_total/.test(line))).toEqual([
    'frr_up 1',
    'frr_collector_up{collector="bgp"} 1',
    'frr_collector_up{collector="bfd"} 0',
    'frr_collector_supported{collector="bgp"} 1',
    'frr_collector_supported{collector="bfd"} 1',
    'frr_collector_supported{collector="rpki"} 0',
    'frr_collector_duration_seconds{collector="bgp"} 0.125',
    'frr_collector_duration_seconds{collector="bfd"} 5',
    'frr_collector_duration_seconds{collector="rpki"} 0.25',
    'frr_collector_interval_seconds{collector="bgp"} 7.5',
    'frr_collector_interval_seconds{collector="bfd"} 5',
    'frr_collector_interval_seconds{collector="rpki"} 5',
    'frr_collector_last_success_timestamp_seconds{collector="bgp"} 990',
  ]);
  expect(page.filter((line) => /_errors_total.* [^0]/.test(line))).toEqual([
    'frr_collector_errors_total{collector="bfd",reason="timed_out"} 2',
  ]);
});
