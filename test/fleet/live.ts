/** A live simulated fleet: a Prometheus with its history, which receives new samples at every scrape interval. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { queriesOf, resolve } from '../../dashboards/queries.ts';
import type { Prometheus } from '../lab/index.ts';
import { selectorsOf } from '../promql.ts';
import { type Fleet, simulateFleet } from './fleet.ts';
import { loadRules, recordingsFor, shippedRules, startFleetPrometheus, writeHistory } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';
import { everySeconds } from './scraping.ts';

export interface LiveFleetOptions {
  readonly nodes: number;
  /** Only what they query is written, and what the shipped rules need. */
  readonly dashboards: readonly Dashboard[];
  /** Seconds of past, and between its samples. */
  readonly past: number;
  readonly step: number;
  /** Seconds between scrapes, once the past is written. */
  readonly scrapeInterval: number;
}

export interface LiveFleet extends AsyncDisposable {
  readonly prometheus: Prometheus;
  readonly faults: Fleet['faults'];
  /** When the newest fault began, or will begin, in seconds since the epoch. */
  readonly faultsSince: number;
  /** Number of series that are sent to Prometheus. */
  readonly series: number;
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);

/** Metrics that dashboards query: all of them, or those that are shown over time. */
function queried(dashboards: readonly Dashboard[], kind: 'all' | 'over time'): readonly string[] {
  return dashboards.flatMap((dashboard) =>
    queriesOf(dashboard)
      .filter(({ instant }) => kind === 'all' || !instant)
      .flatMap(({ expr }) => selectorsOf(resolve(dashboard, expr)).map(({ metric }) => metric)),
  );
}

/** Starts a fleet whose faults begin about when its past is written; that takes a third of a second a node. */
export async function startLiveFleet(options: LiveFleetOptions): Promise<LiveFleet> {
  const { nodes, dashboards, past, step, scrapeInterval } = options;
  const rules = mkdtempSync(join(tmpdir(), 'fleet-rules-'));
  await using starting = new AsyncDisposableStack();
  starting.defer(() => rmSync(rules, { recursive: true, force: true }));
  const prometheus = starting.use(await startFleetPrometheus(rules));

  const start = nowInSeconds();
  const faultsSince = start + 60 + Math.ceil(0.36 * nodes);
  const fleet = simulateFleet({ nodes, faultsSince });
  const recordings = recordingsFor(queried(dashboards, 'over time'));
  const metricsOf = (rules: readonly { readonly expr: string }[]) =>
    rules.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric));
  /** What rules look back at for hours, although only their newest value is shown. */
  const lookedBackAt = recordingsFor(queried(dashboards, 'all')).flatMap(({ expr }) =>
    selectorsOf(expr)
      .filter(({ range }) => range?.endsWith('h'))
      .map(({ metric }) => metric),
  );
  const of = (metrics: ReadonlySet<string>) =>
    fleet.series.filter(({ labels }) => metrics.has(labels.__name__ as string));
  const series = of(new Set([...queried(dashboards, 'all'), ...metricsOf(shippedRules())]));
  await writeHistory(prometheus, {
    // The rest needs no past.
    series: of(new Set([...queried(dashboards, 'over time'), ...metricsOf(recordings), ...lookedBackAt])),
    recordings,
    from: start - past,
    to: start,
    step,
  });
  await loadRules(prometheus, rules);

  starting.use(everySeconds(scrapeInterval, () => remoteWrite(prometheus.url, series, [nowInSeconds()])));
  const started = starting.move();
  return {
    prometheus,
    faults: fleet.faults,
    faultsSince,
    series: series.length,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
