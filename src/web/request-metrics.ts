/** Metrics about HTTP requests. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** Records one response. */
export type ObserveRequest = (path: string, status: number, seconds: number) => void;

/**
 * Registers the metrics.
 * @returns the function to call for each response, with a path out of a limited set, because each makes series
 */
export function createRequestMetrics(registry: Registry): ObserveRequest {
  const requests = new Counter({
    name: 'frr_exporter_http_requests_total',
    help: 'Number of HTTP requests, by path and status code.',
    labelNames: ['handler', 'code'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'frr_exporter_http_request_duration_seconds',
    help: 'Time from the end of the request headers to the last byte of the response, by path.',
    labelNames: ['handler'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return (path, status, seconds) => {
    requests.inc({ handler: path, code: status });
    durations.observe({ handler: path }, seconds);
  };
}
