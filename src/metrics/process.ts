/** The exporter's own process as metrics: CPU, memory, event loop. prom-client's, written by our own writer. */
import {
  collectDefaultMetrics,
  Gauge,
  type MetricObjectWithValues,
  type MetricValueWithName,
  Registry,
} from 'prom-client';
import { type BodyPart, textPart } from './body.ts';
import { measureEventLoopDelay } from './event-loop.ts';
import { type Format, familyHead, familyName, formatValue } from './exposition.ts';
import { escapeLabelValue } from './family.ts';

export interface ProcessMetrics {
  /** Where others register metrics of the process, such as counters of requests. Names must satisfy promtool. */
  readonly registry: Registry;
  /** Part of a body, with the values at the time when it is first rendered. */
  part(): BodyPart;
  /** Ends the measurements. */
  stop(): void;
}

/** Starts the measurements; nothing of them keeps the process alive. */
export function startProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  // prom-client's monitor of the event loop cannot be left out; a timer of an hour costs nothing.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 3_600_000 });
  for (const { name } of registry.getMetricsAsArray()) if (isLeftOut(name)) registry.removeSingleMetric(name);

  new Gauge({
    name: 'frr_exporter_active_resources',
    help: 'Timers, sockets, processes and requests that keep the event loop busy, by type.',
    labelNames: ['type'],
    registers: [registry],
    collect() {
      this.reset();
      for (const type of process.getActiveResourcesInfo()) this.inc({ type });
    },
  });
  const stop = measureEventLoopDelay(registry);

  return {
    registry,
    part: () => textPart(async (format) => Buffer.from(await renderRegistry(registry, format))),
    stop,
  };
}

/**
 * Gauges that are named like counters, the event loop delay, which our own metric measures better, and what no chart
 * needs.
 */
function isLeftOut(name: string): boolean {
  return (
    name.startsWith('nodejs_eventloop_lag_') ||
    /^nodejs_active_/.test(name) ||
    name.startsWith('nodejs_heap_space_') ||
    name === 'nodejs_version_info' ||
    name === 'process_heap_bytes'
  );
}

/** A prom-client registry in either format; prom-client itself can write each registry in one of them only. */
export async function renderRegistry(registry: Registry, format: Format): Promise<string> {
  const metrics = (await registry.getMetricsAsJSON()) as readonly MetricObjectWithValues<
    MetricValueWithName<string>
  >[];
  let text = '';
  for (const { name, help, type, values } of metrics) {
    // The types say an enumeration, the library returns these words.
    const kind = String(type) as 'gauge' | 'counter' | 'histogram' | 'summary';
    const family = kind === 'counter' ? familyName({ name, type: 'counter' }, format) : name;
    const unit = ['seconds', 'bytes'].find((one) => family.endsWith(`_${one}`));
    text += familyHead(family, kind, help, unit, format);
    for (const { metricName = name, labels: set, value } of values) {
      const pairs = Object.entries(set).map(([label, to]) => `${label}="${escapeLabelValue(String(to))}"`);
      text += `${metricName}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatValue(value)}\n`;
    }
  }
  return text;
}
