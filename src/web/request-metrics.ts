/** Counts and times the requests, whatever becomes of them. */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Handler } from './routes.ts';

/** For paths that are not there, so that nobody can make series by asking. */
const OTHER = 'other';

/** Registers the metrics, and puts the measuring before the pages. */
export function measureRequests(handler: Handler, paths: ReadonlySet<string>, registry: Registry): Handler {
  const requests = new Counter({
    name: 'frr_exporter_http_requests_total',
    help: 'Requests that were answered, by page and status.',
    labelNames: ['handler', 'code'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'frr_exporter_http_request_duration_seconds',
    help: 'How long requests took from their last header to the last byte of the answer, by page.',
    labelNames: ['handler'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return (request, response) => {
    const begin = performance.now();
    const path = (request.url ?? '').split('?', 1)[0] as string;
    const page = paths.has(path) ? path : OTHER;
    response.once('finish', () => {
      requests.inc({ handler: page, code: response.statusCode });
      durations.observe({ handler: page }, (performance.now() - begin) / 1000);
    });
    handler(request, response);
  };
}
