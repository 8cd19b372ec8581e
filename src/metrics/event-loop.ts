/** The delay of the event loop as a histogram. Node.js measures it natively: nothing runs in JavaScript between two scrapes. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric, Registry } from 'prom-client';

/** Milliseconds between two measurements. Node.js records the time from one to the next, so this is part of every value. */
const RESOLUTION = 100;

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Number of recorded values that are at most `seconds` late. Percentiles are all that Node.js offers, hence the search. */
function countUpTo(recorded: ReturnType<typeof monitorEventLoopDelay>, seconds: number): number {
  const bound = seconds * 1e9 + RESOLUTION * 1e6;
  let low = 0;
  let high = recorded.count;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (recorded.percentile((100 * middle) / recorded.count) <= bound) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Registers the metric. @returns what ends the measurement */
export function measureEventLoopDelay(registry: Registry): () => void {
  const name = 'frr_exporter_event_loop_delay_seconds';
  const recorded = monitorEventLoopDelay({ resolution: RESOLUTION });
  recorded.enable();
  const metric = {
    name,
    help: `Delay of a timer that fires every ${RESOLUTION} ms: how long a scrape may have to wait for other work.`,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => {
      const { count } = recorded;
      const bucket = (le: number | '+Inf', value: number) => ({
        metricName: `${name}_bucket`,
        labels: { le },
        value,
      });
      const sum = count === 0 ? 0 : Math.max(0, count * (recorded.mean / 1e9 - RESOLUTION / 1e3));
      return {
        ...metric,
        values: [
          ...BUCKETS.map((le) => bucket(le, countUpTo(recorded, le))),
          bucket('+Inf', count),
          { metricName: `${name}_sum`, labels: {}, value: sum },
          { metricName: `${name}_count`, labels: {}, value: count },
        ],
      };
    },
  };
  registry.registerMetric(metric as unknown as Metric);
  return () => void recorded.disable();
}
