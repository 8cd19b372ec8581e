import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createRequestMetrics } from '../../../src/web/request-metrics.ts';

test('responses are counted by path and status code, their durations by path', async () => {
  const registry = new Registry();
  const observe = createRequestMetrics(registry);
  observe('/metrics', 200, 0.25);
  observe('/metrics', 503, 0.5);
  const text = await registry.metrics();
  expect(text).toContain('frr_exporter_http_requests_total{handler="/metrics",code="200"} 1\n');
  expect(text).toContain('frr_exporter_http_requests_total{handler="/metrics",code="503"} 1\n');
  expect(text).toContain('frr_exporter_http_request_duration_seconds_sum{handler="/metrics"} 0.75\n');
});
