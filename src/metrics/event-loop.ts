/**
 * The delay of the event loop as a histogram: how late a timer fires. At 3 sessions, where a poll takes some 12 ms of CPU, each time that
 * the process wakes counts: a timer every 100 ms would take 3 ms more, and so does Node.js's own monitor, whose counts can only be
 * read as percentiles.
 */
import { Histogram, type Registry } from 'prom-client';

/** Milliseconds between two measurements. */
const PERIOD = 500;

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Registers the metric. @returns what ends the measurement */
export function measureEventLoopDelay(registry: Registry): () => void {
  const delays = new Histogram({
    name: 'frr_exporter_event_loop_delay_seconds',
    help: `Delay of a timer that fires every ${PERIOD} ms: how long a scrape may have to wait for other work.`,
    buckets: BUCKETS,
    registers: [registry],
  });
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    delays.observe(Math.max(0, now - before - PERIOD) / 1000);
    before = now;
  }, PERIOD).unref();
  return () => clearInterval(timer);
}
