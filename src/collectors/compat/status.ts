/** FRR's version, as frr_exporter's collector `status` has it, and its metrics about scrapes, here about polls. */
import { showVersion } from '../../frr/commands.ts';
import { metric, NO_LABELS } from '../../metrics/family.ts';
import { daemons } from '../daemons.ts';
import { counter, type Extension, extension, gauge } from './extension.ts';

const up = gauge(
  'frr_status_up',
  ['os', 'version'],
  'Whether zebra answers.',
  `${showVersion.text}, to zebra`,
);
const duration = metric({
  name: 'frr_scrape_duration_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: "Time that FRR took for the newest poll, by frr_exporter's collector names.",
  labels: ['collector'],
  source: 'the exporter',
});
const polls = counter(
  'frr_scrapes_total',
  [],
  'Number of polls by the collector daemons; scrapes do not query FRR.',
  'the exporter',
);

/** @param durations seconds that the newest poll of each collector took, by frr_exporter's names */
export function statusNames(durations: ReadonlyMap<string, number>): Extension {
  let count = 0;
  return extension({
    of: daemons,
    names: ['status'],
    descriptors: [up, duration, polls],
    query: async () => ({ count: ++count, durations: new Map(durations) }),
    *families({ version, system = '' }, { emit, labels }, more) {
      yield;
      emit(
        up,
        labels(up.labels, version === undefined ? ['unknown', 'unknown'] : [system, version]),
        version === undefined ? 0 : 1,
      );
      for (const [name, seconds] of more?.durations ?? [])
        emit(duration, labels(duration.labels, [name]), seconds);
      emit(polls, NO_LABELS, more?.count);
    },
  });
}
