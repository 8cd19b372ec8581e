/** FRR's version, as frr_exporter's collector `status` has it, and what it tells of its scrapes, here of polls. */
import { buildFamilies, labels, metric, NO_LABELS } from '../../metrics/family.ts';
import { fields, word } from '../fields.ts';
import { type Addition, addition, counter, gauge } from './addition.ts';

const up = gauge(
  'frr_status_up',
  ['os', 'version'],
  'Whether zebra answers.',
  'show version, asked of zebra',
);
const duration = metric({
  name: 'frr_scrape_duration_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: "How long FRR took for the newest poll, by frr_exporter's names of the collectors.",
  labels: ['collector'],
  source: 'the exporter',
});
const polls = counter(
  'frr_scrapes_total',
  [],
  'Polls of FRR, by the collector daemons. Scrapes do not ask FRR.',
  'the exporter',
);

const DESCRIPTORS = [up, duration, polls] as const;

/** Our collectors' names, and frr_exporter's. */
const COLLECTOR_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['bgp', ['bgp', 'bgp6', 'bgpl2vpn']],
  ['bfd', ['bfd']],
  ['rib', ['route']],
  ['daemons', ['status']],
  ['ospf', ['ospf']],
  ['pim', ['pim']],
  ['vrrp', ['vrrp']],
  ['rpki', ['rpki']],
]);

interface Polls {
  readonly count: number;
  /** Seconds that the newest poll of each collector took, by our names. */
  readonly seconds: ReadonlyMap<string, number>;
}

/** What is added to the collector `daemons`. */
export interface StatusNames {
  readonly addition: Addition;
  /** To be told how long FRR took for each poll of a collector. */
  took(collector: string, seconds: number): void;
}

export function statusNames(): StatusNames {
  const newest = new Map<string, number>();
  let count = 0;
  return {
    took: (collector, seconds) => newest.set(collector, seconds),
    addition: addition<Polls>({
      descriptors: DESCRIPTORS,
      ask: async () => ({ count: ++count, seconds: new Map(newest) }),
      families: (answers, more) =>
        buildFamilies(DESCRIPTORS, (emit) => {
          const { version, system } = fields(answers);
          const told = typeof version === 'string';
          const words = told ? ([word(system), version] as const) : (['unknown', 'unknown'] as const);
          emit(up, labels(up.labels, words), told ? 1 : 0);
          for (const [collector, seconds] of more?.seconds ?? [])
            for (const name of COLLECTOR_NAMES.get(collector) ?? [])
              emit(duration, labels(duration.labels, [name]), seconds);
          emit(polls, NO_LABELS, more?.count);
        }),
    }),
  };
}
