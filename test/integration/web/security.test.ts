/** Attacks and broken clients: the endpoints stay protected, and the exporter continues to serve. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, freePort, release, waitFor } from '../../lab/index.ts';
import { makeAuthority, makeIdentity } from './certificates.ts';
import { outcome, type SendOptions, send } from './probe.ts';
import { messages, type Program, startOurs } from './programs.ts';
import { openSilently, rawStatus, sendRaw } from './raw.ts';
import { HASH, PASSWORD } from './web-configs.ts';

const PATHS = [
  '/',
  '/metrics',
  '/api/v1/status',
  '/api/v1/addresses',
  '/api/v1/events',
  '/api/v1/targets',
  '/healthz',
  '/readyz',
];
const TRICKS = [
  '/metrics/',
  '//metrics',
  '/./metrics',
  '/x/../metrics',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/../../etc/passwd',
  '/metrics%00',
  '/METRICS',
  '/metrics;x',
  '/metrics%2f',
  '/debug/pprof/',
  '/-/reload',
  '/-/quit',
  '/api/v1/',
  '/api/v1/status/',
  '/favicon.ico',
  '/__proto__',
  '/constructor',
];

let owned: { name: string; folder: string };
/** Plain HTTP for everybody. */
let open: Program;
/** A password, and on a second port nothing else. */
let guarded: Program;
/** TLS and a password. */
let secret: Program;

beforeAll(async () => {
  owned = await claim('security');
  const file = (name: string) => join(owned.folder, name);
  const authority = await makeAuthority(owned.folder, 'ca');
  await makeIdentity(owned.folder, 'server', authority, { names: 'DNS:localhost' });
  const users = `basic_auth_users:\n  alice: ${HASH}\n`;
  await writeFile(file('users.yml'), users);
  await writeFile(
    file('tls.yml'),
    `tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n${users}`,
  );
  [open, guarded, secret] = await Promise.all([
    startOurs([]),
    startOurs([`--web.config.file=${file('users.yml')}`]),
    startOurs([`--web.config.file=${file('tls.yml')}`]),
  ]);
  for (const { port } of [open, guarded])
    await waitFor(
      async () => (await outcome({ port, path: '/readyz', user: ['alice', PASSWORD] })) === '200',
      { within: 30_000 },
    );
});

afterAll(async () => {
  await Promise.all([open, guarded, secret].map((program) => program?.stop()));
  await release(owned.name);
});

/** The newest log line of a defect, if there is one. */
function defects(program: Program): readonly string[] {
  return program
    .output()
    .split('\n')
    .filter((line) => /"level":"(error|fatal)"/.test(line));
}

describe('every page', () => {
  test.each([...PATHS, '/nothing'])('%s requires the password', async (path) => {
    const there = path === '/nothing' ? '404' : '200';
    for (const [program, tls] of [
      [guarded, undefined],
      [secret, {}],
    ] as const)
      for (const method of ['GET', 'HEAD']) {
        const question: SendOptions = {
          port: program.port,
          path,
          method,
          ...(tls === undefined ? {} : { tls }),
        };
        expect(await outcome(question)).toBe('401');
        expect(await outcome({ ...question, user: ['alice', 'wrong'] })).toBe('401');
        expect(await outcome({ ...question, user: ['mallory', PASSWORD] })).toBe('401');
        const answer = await outcome({ ...question, user: ['alice', PASSWORD] });
        // A slow machine may not have polled yet.
        expect(path === '/readyz' && answer === '503' ? '200' : answer).toBe(there);
      }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'])(
    '%s is rejected everywhere, and reveals nothing without the password',
    async (method) => {
      for (const path of PATHS) {
        const question: SendOptions = { port: guarded.port, path, method };
        expect(await outcome(question)).toBe('401');
        const got = await send({ ...question, user: ['alice', PASSWORD] });
        expect([got.status, got.headers.allow]).toEqual([405, 'GET, HEAD']);
      }
      expect(await outcome({ port: open.port, path: '/nothing', method })).toBe('404');
    },
  );

  test('no response reveals the software behind it', async () => {
    for (const path of [...PATHS, '/nothing']) {
      const { headers } = await send({ port: open.port, path });
      expect([headers.server, headers['x-powered-by']]).toEqual([undefined, undefined]);
    }
  });
});

describe('path tricks', () => {
  test.each(TRICKS)('%s leads nowhere', async (path) => {
    const line = (authorization = '') =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${authorization}\r\n`;
    expect(await rawStatus(open.port, line())).toBe(404);
    expect(await rawStatus(guarded.port, line())).toBe(401);
    const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');
    expect(await rawStatus(guarded.port, line(`Authorization: Basic ${basic}\r\n`))).toBe(404);
  });

  test.each([
    ['GET http://other.example/metrics HTTP/1.1\r\nHost: x', 200],
    ['GET http://other.example/nothing HTTP/1.1\r\nHost: x', 404],
    ['GET /%zz HTTP/1.1\r\nHost: x', 400],
    ['GET /metrics?%zz&collect HTTP/1.1\r\nHost: x', 200],
    ['GET metrics HTTP/1.1\r\nHost: x', 400],
    ['GET  HTTP/1.1\r\nHost: x', 400],
    ['OPTIONS * HTTP/1.1\r\nHost: x', 404],
    ['CONNECT other.example:443 HTTP/1.1\r\nHost: x', 0],
    ['GET /metrics HTTP/1.1', 400],
    ['GET /metrics HTTP/3.0\r\nHost: x', 400],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked', 400],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1', 400],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\n X: folded', 400],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\nX : blank', 400],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade', 200],
    ['GET /metrics HTTP/1.1\r\nHost: x\r\nExpect: 200-ok', 417],
    ['PRI * HTTP/2.0\r\n\r\nSM', 400],
  ])('%j', async (head, status) => {
    const closing = head.includes('\r\nConnection:')
      ? head
      : head.replace('\r\n', '\r\nConnection: close\r\n');
    expect(await rawStatus(open.port, `${closing}\r\n\r\n`)).toBe(status);
  });

  test('a second request in the body of the first is not taken for one', async () => {
    const inner = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
    const { text } = await sendRaw(
      open.port,
      `GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(text).toMatch(/alive\n/);
    expect(text).toMatch(/ready\n/);
    expect(text).not.toContain('frr_up');
  });
});

describe('greedy and slow clients', () => {
  test('headers beyond 16 KiB are refused, however they come', async () => {
    const head = (extra: string) =>
      `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${extra}\r\n\r\n`;
    expect(await rawStatus(open.port, head(`X: ${'x'.repeat(20_000)}`))).toBe(431);
    expect(await rawStatus(open.port, head(Array(3000).fill('X: yyyy').join('\r\n')))).toBe(431);
    expect(await rawStatus(open.port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toBe(431);
    expect(await rawStatus(open.port, head(`X: ${'x'.repeat(8_000)}`))).toBe(200);
  });

  test('a body that is never finished, a head that is never finished, and silence end within seconds', async () => {
    const answers = await Promise.all([
      sendRaw(open.port, 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      sendRaw(open.port, ''),
      sendRaw(open.port, 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx', 25_000),
      sendRaw(secret.port, ''),
      sendRaw(secret.port, Buffer.from([0x16, 3, 1, 2, 0, 1, 0])),
    ]);
    for (const { closedAfter } of answers) expect(closedAfter).toBeLessThan(20_000);
    expect(answers[0]?.text).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a thousand idle connections leave room for a scrape', async () => {
    const sockets = [];
    for (let i = 0; i < 1_000; i++) sockets.push(await openSilently(open.port));
    try {
      expect((await send({ port: open.port })).status).toBe(200);
    } finally {
      for (const socket of sockets) socket?.destroy();
    }
    expect((await send({ port: open.port })).status).toBe(200);
  });

  test('many connections that begin a request and leave', async () => {
    await Promise.all(
      Array.from({ length: 500 }, async () => {
        const socket = await openSilently(open.port);
        socket?.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
        socket?.resetAndDestroy();
      }),
    );
    expect((await send({ port: open.port })).status).toBe(200);
    await waitFor(
      async () => /^frr_exporter_http_requests_total/m.test((await send({ port: open.port })).body),
      { within: 10_000 },
    );
  });

  test('HTTP/2 streams that are opened and cancelled by the thousand', async () => {
    const session = connectHttp2(`https://127.0.0.1:${secret.port}`, { rejectUnauthorized: false });
    session.on('error', () => undefined);
    for (let i = 0; i < 2_000 && !session.destroyed; i++) {
      const stream = session.request({ ':path': '/metrics' });
      stream.on('error', () => undefined).end();
      stream.close(8);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    session.destroy();
    expect(await outcome({ port: secret.port, tls: {}, user: ['alice', PASSWORD] })).toBe('200');
  });

  test('who guesses passwords does not keep out who knows one', async () => {
    const right: SendOptions = { port: guarded.port, user: ['alice', PASSWORD] };
    expect(await outcome(right)).toBe('200');
    const guesses = Array.from({ length: 300 }, (_, i) =>
      outcome({ port: guarded.port, user: ['alice', `guess ${i}`] }),
    );
    expect(await outcome(right)).toBe('200');
    const statuses = new Set(await Promise.all(guesses));
    statuses.delete('503');
    expect(statuses).toEqual(new Set(['401']));
  });

  test('a rate limit applies to every client, before passwords are checked', async () => {
    const file = join(owned.folder, 'rate.yml');
    await writeFile(file, `rate_limit:\n  interval: 1h\n  burst: 3\nbasic_auth_users:\n  alice: ${HASH}\n`);
    await using ours = await startOurs([`--web.config.file=${file}`]);
    const got: string[] = [];
    for (let i = 0; i < 4; i++) got.push(await outcome({ port: ours.port }));
    got.push(await outcome({ port: ours.port, user: ['alice', PASSWORD] }));
    expect(got).toEqual(['401', '401', '401', '429', '429']);
  });
});

test('all of this made no defect, few words in the log, and no descriptor is left open', async () => {
  for (const program of [open, guarded, secret]) {
    expect(program.exit()).toBeUndefined();
    expect(defects(program)).toEqual([]);
    expect(messages(program).length).toBeLessThan(20);
  }
  const { readdir } = await import('node:fs/promises');
  const sockets = async () => {
    const links = await Promise.all(
      (await readdir(`/proc/${open.pid}/fd`)).map(async (fd) => {
        const { readlink } = await import('node:fs/promises');
        return readlink(`/proc/${open.pid}/fd/${fd}`).catch(() => '');
      }),
    );
    return links.filter((link) => link.startsWith('socket:')).length;
  };
  await waitFor(async () => (await sockets()) <= 3, { within: 20_000, for: 'connections to be gone' });
  expect((await readFile(`/proc/${open.pid}/status`, 'utf8')).includes('State:\tZ')).toBe(false);
  expect(await freePort()).toBeGreaterThan(0);
});
