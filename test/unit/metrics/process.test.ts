import { Counter, Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { writeBody } from '../../../src/metrics/body.ts';
import { type ProcessMetrics, renderRegistry, startProcessMetrics } from '../../../src/metrics/process.ts';

let started: ProcessMetrics | undefined;

function start(): ProcessMetrics {
  started = startProcessMetrics();
  return started;
}

afterEach(() => started?.stop());

const page = async (metrics: ProcessMetrics, format: 'text' | 'openmetrics') =>
  (await writeBody([metrics.part()], format, { gzip: false })).toString();

test("the process's metrics are these and no others", async () => {
  const families = [...(await page(start(), 'text')).matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, one]) => one);
  expect(families).toEqual([
    'process_cpu_user_seconds_total counter',
    'process_cpu_system_seconds_total counter',
    'process_cpu_seconds_total counter',
    'process_start_time_seconds gauge',
    'process_resident_memory_bytes gauge',
    'process_virtual_memory_bytes gauge',
    'process_open_fds gauge',
    'process_max_fds gauge',
    'nodejs_heap_size_total_bytes gauge',
    'nodejs_heap_size_used_bytes gauge',
    'nodejs_external_memory_bytes gauge',
    'nodejs_gc_duration_seconds histogram',
    'frr_exporter_active_resources gauge',
    'frr_exporter_event_loop_delay_seconds histogram',
  ]);
});

test('a blocked event loop is measured', async () => {
  const metrics = start();
  const rest = () => new Promise((resolve) => setTimeout(resolve, 150));
  await rest();
  const until = performance.now() + 1_200;
  while (performance.now() < until);
  await rest();
  const bucket = new RegExp(/^frr_exporter_event_loop_delay_seconds_bucket\{le="(.+)"\} (\d+)$/, 'gm');
  const counts = new Map(
    [...(await page(metrics, 'text')).matchAll(bucket)].map(([, le, count]) => [le, Number(count)]),
  );
  expect((counts.get('+Inf') as number) - (counts.get('0.5') as number)).toBe(1);
});

test('active resources are counted', async () => {
  const metrics = start();
  const timeouts = async () =>
    Number(
      /^frr_exporter_active_resources\{type="Timeout"\} (\d+)$/m.exec(await page(metrics, 'text'))?.[1] ?? 0,
    );
  const before = await timeouts();
  const timer = setTimeout(() => undefined, 60_000);
  expect(await timeouts()).toBe(before + 1);
  clearTimeout(timer);
  expect(await timeouts()).toBe(before);
});

test('a registry is written like prom-client does, in both formats', async () => {
  const { registry } = start();
  const name = 'frr_exporter_test_requests_total';
  const requests = new Counter({ name, help: 'Requests.', labelNames: ['code'], registers: [registry] });
  requests.inc({ code: '2"0"0' }, 3);
  // Only what does not move between the two readings.
  const still = new Registry();
  for (const one of [name, 'process_start_time_seconds', 'process_max_fds'])
    still.registerMetric(registry.getSingleMetric(one) as Counter);
  const theirs = (await still.metrics()).replaceAll(/^\n/gm, '');
  expect(await renderRegistry(still, 'text')).toBe(theirs);
  expect(await renderRegistry(still, 'openmetrics')).toBe(
    theirs
      .replaceAll(/^(# (?:HELP|TYPE) frr_exporter_test_requests)_total/gm, '$1')
      .replace(/^(# TYPE (process_start_time_seconds) .*)$/m, '$1\n# UNIT $2 seconds'),
  );
});
