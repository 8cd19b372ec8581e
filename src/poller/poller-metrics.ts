/** Metrics about the polling. */
import { DAEMONS, type Daemon } from '../frr/commands.ts';
import { FRR_ERROR_REASONS, type FrrErrorReason } from '../frr/source.ts';
import {
  type Descriptor,
  type DropReason,
  labels,
  type MetricFamily,
  metric,
  NO_LABELS,
  type Sample,
} from '../metrics/family.ts';
import type { CollectorStatus } from './snapshot.ts';

const COLLECTOR = ['collector'] as const;
const DAEMON = ['daemon'] as const;

const UP = metric({
  name: 'frr_up',
  type: 'gauge',
  help: 'Whether FRR answered any command in the newest round of polls; absent before the first poll is done.',
  labels: [],
  source: 'the poller',
});
const COLLECTOR_UP = metric({
  name: 'frr_collector_up',
  type: 'gauge',
  help: 'Whether the newest poll of this collector succeeded; absent before the first, and where FRR is too old for the collector.',
  labels: COLLECTOR,
  source: 'the poller',
});
const COLLECTOR_SUPPORTED = metric({
  name: 'frr_collector_supported',
  type: 'gauge',
  help: '0 where FRR is known to be too old for this collector, whose frr_collector_up is then absent; otherwise 1. Absent before the first poll.',
  labels: COLLECTOR,
  source: 'the poller',
});
const DURATION = metric({
  name: 'frr_collector_duration_seconds',
  type: 'gauge',
  help: 'Duration of the newest poll of this collector, from the first command to the samples.',
  unit: 'seconds',
  labels: COLLECTOR,
  source: 'the poller',
});
const INTERVAL = metric({
  name: 'frr_collector_interval_seconds',
  type: 'gauge',
  help: 'Effective time between two polls of this collector, which is longer than configured where --poll.max-share requires it.',
  unit: 'seconds',
  labels: COLLECTOR,
  source: 'the poller, --poll.interval, --poll.max-share',
});
const LAST_SUCCESS = metric({
  name: 'frr_collector_last_success_timestamp_seconds',
  type: 'gauge',
  help: 'Time of the last successful poll of this collector, in seconds since the epoch; absent before the first.',
  unit: 'seconds',
  labels: COLLECTOR,
  source: 'the poller',
});
const ERRORS = metric({
  name: 'frr_collector_errors_total',
  type: 'counter',
  help: 'Number of failed polls of this collector, by reason.',
  labels: ['collector', 'reason'],
  source: 'the poller',
});
const COMMANDS = metric({
  name: 'frr_exporter_commands_total',
  type: 'counter',
  help: 'Number of commands sent to this daemon.',
  labels: DAEMON,
  source: 'the poller',
});
const COMMAND_SECONDS = metric({
  name: 'frr_exporter_command_seconds_total',
  type: 'counter',
  help: 'Time that this daemon spent on commands of this exporter; its rate is the share that --poll.max-share limits.',
  unit: 'seconds',
  labels: DAEMON,
  source: 'the poller',
});
const DROPPED = metric({
  name: 'frr_exporter_series_dropped_total',
  type: 'counter',
  help: 'Number of samples dropped, by reason: a second one with the same labels, a value that is not a number, a VRF whose name cannot be part of a command, a table that is too large, or beyond --metrics.max-series.',
  labels: ['reason'],
  source: 'the poller, --metrics.max-series',
});

/** In the order of exposition. */
export const POLLER_DESCRIPTORS: readonly Descriptor[] = [
  UP,
  COLLECTOR_UP,
  COLLECTOR_SUPPORTED,
  DURATION,
  INTERVAL,
  LAST_SUCCESS,
  ERRORS,
  COMMANDS,
  COMMAND_SECONDS,
  DROPPED,
];

/** What the poller has counted since its start. */
export interface Counts {
  /** Seconds since the epoch at which all were 0. */
  readonly created: number;
  readonly errors: Map<string, Map<FrrErrorReason, number>>;
  readonly commands: Map<Daemon, number>;
  readonly commandSeconds: Map<Daemon, number>;
  readonly dropped: Map<DropReason, number>;
}

export function createCounts(created: number): Counts {
  return {
    created,
    errors: new Map(),
    commands: new Map(),
    commandSeconds: new Map(),
    dropped: new Map([
      ['duplicate', 0],
      ['not_a_number', 0],
      ['vrf_name', 0],
      ['table_size', 0],
      ['limit', 0],
    ]),
  };
}

/** Adds to one of the {@link Counts}. */
export function count<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** The poller's own families. */
export function pollerFamilies(
  frrUp: boolean,
  collectors: readonly CollectorStatus[],
  counts: Counts,
): readonly MetricFamily[] {
  const gauges = collectors.map((status) => ({ set: labels(COLLECTOR, [status.name]), status }));
  const gauge = (
    descriptor: Descriptor,
    value: (status: CollectorStatus) => number | undefined,
  ): MetricFamily => ({
    descriptor,
    samples: gauges.flatMap(({ set, status }) => {
      const known = value(status);
      return known === undefined ? [] : [{ labels: set, value: known }];
    }),
  });
  const counter = (descriptor: Descriptor, samples: readonly Sample[]): MetricFamily => ({
    descriptor,
    samples,
    created: counts.created,
  });
  const byDaemon = (counted: ReadonlyMap<Daemon, number>): readonly Sample[] =>
    DAEMONS.flatMap((daemon) => {
      const value = counted.get(daemon);
      return value === undefined ? [] : [{ labels: labels(DAEMON, [daemon]), value }];
    });
  const anyPoll = collectors.some(({ up, unsupported }) => (up ?? unsupported) !== undefined);
  const families: MetricFamily[] = [
    { descriptor: UP, samples: anyPoll ? [{ labels: NO_LABELS, value: frrUp ? 1 : 0 }] : [] },
    gauge(COLLECTOR_UP, ({ up }) => (up === undefined ? undefined : Number(up))),
    gauge(COLLECTOR_SUPPORTED, ({ up, unsupported }) => {
      if (unsupported !== undefined) return 0;
      return up === undefined ? undefined : 1;
    }),
    gauge(DURATION, ({ duration }) => duration),
    gauge(INTERVAL, ({ interval }) => interval),
    gauge(LAST_SUCCESS, ({ lastSuccess }) => lastSuccess),
    counter(
      ERRORS,
      collectors.flatMap(({ name }) =>
        FRR_ERROR_REASONS.map((reason) => ({
          labels: labels(ERRORS.labels, [name, reason]),
          value: counts.errors.get(name)?.get(reason) ?? 0,
        })),
      ),
    ),
    counter(COMMANDS, byDaemon(counts.commands)),
    counter(COMMAND_SECONDS, byDaemon(counts.commandSeconds)),
    counter(
      DROPPED,
      [...counts.dropped].map(([reason, value]) => ({ labels: labels(DROPPED.labels, [reason]), value })),
    ),
  ];
  return families.filter(({ samples }) => samples.length > 0);
}
