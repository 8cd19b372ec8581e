import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frrInfo } from '../../../src/collectors/daemons.ts';
import { type Event, eventTime } from '../../../src/events/event.ts';
import { createHistory } from '../../../src/events/history.ts';
import { NO_MAINTENANCE } from '../../../src/maintenance.ts';
import { familiesPart, writeBody } from '../../../src/metrics/body.ts';
import { labels, metric, NO_LABELS } from '../../../src/metrics/family.ts';
import type { BodyOptions, Poller } from '../../../src/poller/scheduler.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { acceptsGzip, createRoutes } from '../../../src/web/routes.ts';

const UP = metric({ name: 'frr_up', type: 'gauge', help: 'FRR answers.', labels: [], source: 'a test' });

const families = [
  { descriptor: UP, samples: [{ labels: NO_LABELS, value: 1 }] },
  { descriptor: frrInfo, samples: [{ labels: labels(frrInfo.labels, ['10.<7>']), value: 1 }] },
];
const part = { name: 'daemons', at: 1000, families, body: familiesPart(families) };

const SNAPSHOT: Snapshot = {
  at: 1000,
  frrUp: true,
  parts: [part],
  collectors: [
    {
      name: 'bgp',
      up: true,
      unsupported: undefined,
      error: undefined,
      lastSuccess: 1000,
      duration: 0.0123,
      interval: 5,
    },
    {
      name: 'bfd',
      up: false,
      unsupported: undefined,
      error: { reason: 'not_running', daemon: 'bgpd', message: 'bfdd is not running <script>' },
      lastSuccess: undefined,
      duration: undefined,
      interval: 5,
    },
  ],
};

let firstPollIsDone: () => void;
/** Pages wait for this. */
let held: Promise<void> | undefined;
let waiting = 0;
const poller: Pick<Poller, 'snapshot' | 'body' | 'firstPollDone'> = {
  snapshot: () => SNAPSHOT,
  body: async ({ format, gzip, only, others = [] }: BodyOptions) => {
    waiting++;
    await held;
    waiting--;
    return writeBody(only?.has('daemons') === false ? others : [part.body, ...others], format, { gzip });
  },
  firstPollDone: new Promise((resolve) => {
    firstPollIsDone = resolve;
  }),
};

/** What the metrics of requests are made from. */
const observed: [path: string, status: number][] = [];
const durations: number[] = [];

const history = createHistory(0);

let server: Server;
let base: string;

beforeAll(async () => {
  const handler = await createRoutes({
    observeRequest(path, status, seconds) {
      observed.push([path, status]);
      durations.push(seconds);
    },
    config: {
      webTelemetryPath: '/metrics',
      webMaxRequests: 2,
      webExternalUrl: undefined,
      webRoutePrefix: undefined,
      webTargetsInclude: [],
      webTargetsExclude: [],
    },
    poller,
    collectors: { known: new Set(['bgp', 'bfd', 'ospf']), enabled: new Set(['bgp', 'bfd']) },
    maintenance: () => NO_MAINTENANCE,
    history,
    otherParts: () => [],
    version: '1.2.3',
    site: { node: 'compute-01', vtysh: ['vtysh'], runbooks: undefined, dashboard: undefined },
    log: pino({ level: 'silent' }),
  });
  server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const TEXT = `# HELP frr_up FRR answers.
# TYPE frr_up gauge
frr_up 1
# HELP frr_info ${frrInfo.help}
# TYPE frr_info gauge
frr_info{version="10.<7>"} 1
`;

describe('/metrics', () => {
  test('plain text when the client does not accept more', async () => {
    const answer = await fetch(`${base}/metrics`, { headers: { 'accept-encoding': 'identity' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('vary')).toBe('Accept, Accept-Encoding');
    expect(await answer.text()).toBe(TEXT);
  });

  test('OpenMetrics', async () => {
    const answer = await fetch(`${base}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(answer.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect((await answer.text()).endsWith('# EOF\n')).toBe(true);
  });

  test('gzip', async () => {
    const { get } = await import('node:http');
    const [encoding, body] = await new Promise<[string | undefined, Buffer]>((resolve) => {
      get(`${base}/metrics`, { headers: { 'accept-encoding': 'gzip' } }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve([answer.headers['content-encoding'], Buffer.concat(chunks)]);
      });
    });
    expect(encoding).toBe('gzip');
    expect(gunzipSync(body).toString()).toBe(TEXT);
  });

  test('HEAD gives the length and no body', async () => {
    const answer = await fetch(`${base}/metrics`, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity' },
    });
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(TEXT)));
    expect(await answer.text()).toBe('');
  });
});

test('more scrapes at a time than are allowed', async () => {
  let release: (() => void) | undefined;
  held = new Promise((resolve) => {
    release = resolve;
  });
  const first = [fetch(`${base}/metrics`), fetch(`${base}/metrics`)];
  while (waiting < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const refused = await fetch(`${base}/metrics`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.text()).toBe('2 scrapes are in progress, and --web.max-requests allows no more\n');
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  release?.();
  held = undefined;
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await fetch(`${base}/metrics`)).status).toBe(200);
});

test('the collectors that a query selects', async () => {
  const get = async (query: string) => {
    const answer = await fetch(`${base}/metrics?${query}`, { headers: { 'accept-encoding': 'identity' } });
    return [answer.status, await answer.text()];
  };
  expect(await get('collect[]=bgp')).toEqual([200, '']);
  expect(await get('')).toEqual([200, TEXT]);
  expect(await get('collect[]=bgp&exclude[]=bfd')).toEqual([
    400,
    'collect[] and exclude[] cannot be used together\n',
  ]);
});

test('a program that is alive, and one that is ready', async () => {
  const alive = await fetch(`${base}/healthz`);
  expect(await alive.text()).toBe('alive\n');
  expect(alive.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const early = await fetch(`${base}/readyz`);
  expect([early.status, await early.text()]).toEqual([503, 'the first poll is not done yet\n']);
  firstPollIsDone();
  const later = await fetch(`${base}/readyz`);
  expect(later.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect([later.status, await later.text()]).toEqual([200, 'ready\n']);
});

test('the status page', async () => {
  const answer = await fetch(`${base}/`);
  expect(answer.headers.get('refresh')).toBe('10');
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  const html = await answer.text();
  expect(html).toContain('<strong>compute-01</strong> · FRR 10.&lt;7&gt; · as of ');
  expect(html).toContain('bfdd is not running &lt;script&gt;');
  expect(html).not.toContain('<script');
  for (const path of ['/metrics', '/healthz', '/readyz']) expect(html).toContain(`<a href="${path}">`);
});

test('each response is observed, unknown paths as one', async () => {
  observed.length = 0;
  durations.length = 0;
  const start = performance.now();
  const status = async (path: string, method = 'GET') => {
    const response = await fetch(`${base}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect(await status('/metrics', 'PROPFIND')).toEqual([405, 'method not allowed\n']);
  expect(await status('/metrics?x', 'POST')).toEqual([405, 'method not allowed\n']);
  expect(await status('/?show=down', 'POST')).toEqual([405, 'method not allowed\n']);
  expect(await status('/session/default/192.0.2.1', 'DELETE')).toEqual([405, 'method not allowed\n']);
  expect((await status('/session/default/192.0.2.1'))[0]).toBe(404);
  expect(await status('/nothing', 'POST')).toEqual([404, 'not found\n']);
  expect(await status('/%zz')).toEqual([400, 'bad request\n']);
  expect((await status('/metrics?collect[]=bgp'))[0]).toBe(200);
  expect(observed).toEqual([
    ['/metrics', 405],
    ['/metrics', 405],
    ['/', 405],
    ['/session/:vrf/:peer', 405],
    ['/session/:vrf/:peer', 404],
    ['other', 404],
    ['other', 400],
    ['/metrics', 200],
  ]);
  const sum = durations.reduce((all, one) => all + one, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan((performance.now() - start) / 1000);
});

test.each([
  ['/?show=all', 400, 'show must be one of down, never, shut, established, not "all"\n'],
  ['/session/default/eth9', 404, 'FRR has no BGP session with "eth9" in VRF "default"\n'],
  ['/session/a%2Fb/fe80::1%25eth0', 404, 'FRR has no BGP session with "fe80::1%eth0" in VRF "a/b"\n'],
  ['/address/192.0.2.1', 404, 'this node does not have the host address "192.0.2.1"\n'],
  ['/session/default', 404, 'not found\n'],
  ['/address/', 404, 'this node does not have the host address ""\n'],
])('%s', async (path, status, text) => {
  const answer = await fetch(`${base}${path}`);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    status,
    'text/plain; charset=utf-8',
    text,
  ]);
});

test('the announced addresses: none without host routes', async () => {
  const answer = await fetch(`${base}/api/v1/targets`);
  // Prometheus refuses another type.
  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    200,
    'application/json; charset=utf-8',
    [],
  ]);
});

test('the events, the newest first, and the last 50 of them in the status document', async () => {
  for (let missed = 1; missed <= 60; missed++)
    history.record({
      at: eventTime(1000 + missed),
      topic: 'bgp_session',
      what: 'BGP session with eth1 (vrf default)',
      labels: { vrf: 'default', peer: 'eth1' },
      from: 'Established',
      to: 'Established',
      was_up: true,
      up: true,
      missed,
      cause: null,
    });
  const get = async (path: string) => {
    const answer = await fetch(`${base}${path}`);
    const { events } = (await answer.json()) as { events: Event[] };
    return [answer.headers.get('content-type'), events.map((event) => event.missed)];
  };
  const json = 'application/json; charset=utf-8';
  expect(await get('/api/v1/events?limit=2&since=1970-01-01T00:17:30Z')).toEqual([json, [60, 59]]);
  expect(await get('/api/v1/events?since=1970-01-01T00:17:39Z')).toEqual([json, [60]]);
  expect(await get('/api/v1/status')).toEqual([json, Array.from({ length: 50 }, (_, i) => 60 - i)]);
  const refused = await fetch(`${base}/api/v1/events?limit=all`);
  expect([refused.status, await refused.text()]).toEqual([
    400,
    'limit takes a whole number from 1 to 500, not "all"\n',
  ]);
});

describe('what is not there', () => {
  test.each(['/nothing', '/metrics/', '/metricsx', '/debug/pprof/', '//', '/.', '/favicon.ico'])(
    '404 for %s',
    async (path) => {
      const answer = await fetch(`${base}${path}`, { redirect: 'manual' });
      // fetch itself makes / of /.
      expect([answer.status, await answer.text()]).toEqual(
        path === '/.' ? [200, expect.any(String)] : [404, 'not found\n'],
      );
    },
  );
  test('404 before the body is read', async () => {
    const answer = await fetch(`${base}/nothing`, {
      method: 'POST',
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect([answer.status, await answer.text()]).toEqual([404, 'not found\n']);
  });
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('405 for %s', async (method) => {
    const answer = await fetch(`${base}/metrics`, { method, ...(method === 'POST' ? { body: '{' } : {}) });
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
      405,
      'GET, HEAD',
      'method not allowed\n',
    ]);
  });
});

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP, deflate', true],
  ['deflate, gzip;q=0.5', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['*', true],
  ['*;q=0', false],
  ['*, gzip;q=0', false],
  ['identity', false],
  ['br', false],
])('takes gzip: %j', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
