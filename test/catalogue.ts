/** Every metric that the exporter can give, with its labels, for tests that hold others to it. */
import { COLLECTORS } from '../src/collectors/index.ts';
import { MAINTENANCE_DESCRIPTORS } from '../src/maintenance.ts';
import { BUILD_DESCRIPTORS } from '../src/metrics/build.ts';
import { startProcessMetrics } from '../src/metrics/process.ts';
import { POLLER_DESCRIPTORS } from '../src/poller/poller-metrics.ts';
import { WEB_CONFIG_DESCRIPTORS } from '../src/web/config/watch.ts';
import { createRequestMetrics } from '../src/web/request-metrics.ts';

/** Label names by the name of the series as Prometheus stores it: a histogram has three. */
export type Catalogue = ReadonlyMap<string, ReadonlySet<string>>;

/** Labels that a scrape adds to every series. */
export const TARGET_LABELS: readonly string[] = ['cluster', 'job', 'instance', 'hostname', 'role'];

export async function catalogue(): Promise<Catalogue> {
  const found = new Map<string, ReadonlySet<string>>();
  const descriptors = [
    ...COLLECTORS.flatMap((collector) => collector.descriptors),
    ...POLLER_DESCRIPTORS,
    ...BUILD_DESCRIPTORS,
    ...MAINTENANCE_DESCRIPTORS,
    ...WEB_CONFIG_DESCRIPTORS,
  ];
  for (const { name, labels, unexposed } of descriptors) if (!unexposed) found.set(name, new Set(labels));
  const metrics = startProcessMetrics();
  createRequestMetrics(metrics.registry);
  for (const { name } of metrics.registry.getMetricsAsArray()) {
    const metric = metrics.registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const labels = metric.labelNames ?? [];
    const { type } = (await (metric as unknown as { get(): Promise<{ type: string }> }).get()) as {
      type: string;
    };
    if (type === 'histogram') {
      found.set(`${name}_bucket`, new Set([...labels, 'le']));
      found.set(`${name}_sum`, new Set(labels));
      found.set(`${name}_count`, new Set(labels));
    } else if (type === 'summary') {
      found.set(name, new Set([...labels, 'quantile']));
      found.set(`${name}_sum`, new Set(labels));
      found.set(`${name}_count`, new Set(labels));
    } else found.set(name, new Set(labels));
  }
  metrics.stop();
  return found;
}
