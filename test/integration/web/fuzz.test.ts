/** Tens of thousands of malformed requests and handshakes: the exporter responds or closes, and continues to serve. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, release } from '../../lab/index.ts';
import { makeAuthority, makeIdentity } from './certificates.ts';
import { outcome, send } from './probe.ts';
import { type Program, startOurs } from './programs.ts';
import { sendRaw } from './raw.ts';
import { HASH, PASSWORD } from './web-configs.ts';

const SEED = 20_261_122;
/** Requests a connection. */
const PIPELINED = 25;
/** At a time. */
const CONNECTIONS = 16;
const BUDGET_MILLISECONDS = 60_000;

/** Repeatable random numbers (xorshift32), so that a failure can be had again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Random = ReturnType<typeof createRandom>;

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'get',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'G\u0000T',
  '',
  'PRI',
  'A'.repeat(300),
];
const TARGETS = [
  '/metrics',
  '/',
  '/api/v1/status',
  '/api/v1/addresses',
  '/api/v1/events',
  '/api/v1/targets',
  '*',
  '/metrics?collect[]=bgp',
  '/metrics?collect[]=',
  `/metrics?${'collect[]=x&'.repeat(400)}`,
  '/%',
  '/%ff%fe',
  '/\u0000',
  '/../..//',
  'http://[::1',
  'http://x:99999/metrics',
  '//',
  '?',
  '#',
  '/metrics#x',
  `/${'a/'.repeat(2_000)}`,
  '\\metrics',
  '/\u00e4',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/9.9', 'HTTP', '', 'http/1.1', 'HTTP/1.1 x'];
const HEADERS = [
  'Host: x',
  'Host:',
  'Host: a\r\nHost: b',
  'Accept: application/openmetrics-text;version=1.0.0',
  `Accept: ${'a/b;q=0.1,'.repeat(500)}`,
  'Accept: ;;;,,,==;q=NaN',
  'Accept-Encoding: gzip;q=x, *;;',
  'Authorization: Basic',
  'Authorization: Basic ====',
  `Authorization: Basic ${Buffer.from(`alice:${'x'.repeat(3_000)}`).toString('base64')}`,
  'Authorization: Digest x',
  'Content-Length: 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5\r\nContent-Length: 6',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity, chunked, x',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Connection: keep-alive, Upgrade',
  'Connection: close',
  'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Expect: 100-continue',
  'Range: bytes=0-1,2-3',
  'If-None-Match: *',
  ': empty',
  'no colon',
  ' folded',
  'X: \u0000',
  'X: \u00ff\u0080',
  `X: ${'y'.repeat(9_000)}`,
  '__proto__: x',
];
const BODIES = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '{"a":', '\u0000'.repeat(50)];

function anyOf<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

/** A request that is wrong in some way, mostly. */
function request(random: Random): Buffer {
  const lines = [`${anyOf(random, METHODS)} ${anyOf(random, TARGETS)} ${anyOf(random, VERSIONS)}`];
  for (let i = random(5); i > 0; i--) lines.push(anyOf(random, HEADERS));
  const ending = anyOf(random, ['\r\n', '\r\n', '\n', '\r']);
  const bytes = Buffer.from(`${lines.join(ending)}${ending}${ending}${anyOf(random, BODIES)}`, 'latin1');
  for (let i = random(8) === 0 ? random(10) : 0; i > 0; i--)
    if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
  return random(20) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes;
}

let owned: { name: string; folder: string };
let plain: Program;
let secure: Program;

beforeAll(async () => {
  owned = await claim('fuzz');
  const authority = await makeAuthority(owned.folder, 'ca');
  await makeIdentity(owned.folder, 'server', authority, { names: 'DNS:localhost' });
  const users = `basic_auth_users:\n  alice: ${HASH}\n`;
  await writeFile(join(owned.folder, 'users.yml'), users);
  await writeFile(
    join(owned.folder, 'tls.yml'),
    `tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n${users}`,
  );
  [plain, secure] = await Promise.all([
    startOurs([`--web.config.file=${join(owned.folder, 'users.yml')}`]),
    startOurs([`--web.config.file=${join(owned.folder, 'tls.yml')}`]),
  ]);
});

afterAll(async () => {
  await plain?.stop();
  await secure?.stop();
  await release(owned.name);
});

async function residentMegabytes({ pid }: Program): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Keeps some tasks going until there are enough or time is up; gives how many were done. */
async function many(count: number, task: () => Promise<void>): Promise<number> {
  const end = performance.now() + BUDGET_MILLISECONDS;
  let begun = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (begun < count && performance.now() < end) {
        begun++;
        await task();
        done++;
      }
    }),
  );
  return done;
}

async function stillServes(program: Program, tls: boolean, before: number): Promise<void> {
  const question = { port: program.port, ...(tls ? { tls: {} } : {}) };
  expect(await outcome(question)).toBe('401');
  const { status, body } = await send({ ...question, user: ['alice', PASSWORD] });
  expect(status).toBe(200);
  expect(body).toMatch(/^frr_up 1$/m);
  expect(program.exit()).toBeUndefined();
  expect(program.output()).not.toMatch(/"level":"(error|fatal)"/);
  expect((await residentMegabytes(program)) - before).toBeLessThan(150);
}

test('malformed requests', async () => {
  const random = createRandom(SEED);
  await send({ port: plain.port, user: ['alice', PASSWORD] });
  const before = await residentMegabytes(plain);
  const statuses = new Map<string, number>();
  const connections = await many(1_600, async () => {
    const bytes = Buffer.concat(Array.from({ length: PIPELINED }, () => request(random)));
    // What waits for more bytes is left after a moment; the time limits of the exporter have tests of their own.
    const { text } = await sendRaw(plain.port, bytes, 1_000);
    for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm))
      statuses.set(status as string, (statuses.get(status as string) ?? 0) + 1);
  });
  // Even a slow machine sends some thousands.
  expect(connections * PIPELINED).toBeGreaterThan(10_000);
  expect(
    [...statuses.keys()].filter(
      (status) => !['100', '400', '401', '408', '417', '431', '503'].includes(status),
    ),
  ).toEqual([]);
  expect(statuses.get('400')).toBeGreaterThan(100);
  await stillServes(plain, false, before);
});

test('one malformed request a connection', async () => {
  const random = createRandom(SEED + 1);
  const before = await residentMegabytes(plain);
  const requests = await many(20_000, async () => {
    await sendRaw(plain.port, request(random), 50);
  });
  expect(requests).toBeGreaterThan(2_000);
  await stillServes(plain, false, before);
});

test('malformed handshakes, and malformed requests within TLS', async () => {
  const random = createRandom(SEED + 2);
  await send({ port: secure.port, tls: {}, user: ['alice', PASSWORD] });
  const before = await residentMegabytes(secure);
  const hello = Buffer.from('160301006f0100006b0303', 'hex');
  const handshakes = await many(2_000, async () => {
    const noise = Buffer.from(Array.from({ length: random(400) }, () => random(256)));
    await sendRaw(secure.port, random(2) === 0 ? Buffer.concat([hello, noise]) : noise, 50);
  });
  expect(handshakes).toBeGreaterThan(500);
  const inside = await many(1_000, async () => {
    const protocol = anyOf(random, ['h2', 'http/1.1']);
    await new Promise<void>((resolve) => {
      const socket = connectTls(
        { host: '127.0.0.1', port: secure.port, rejectUnauthorized: false, ALPNProtocols: [protocol] },
        () => {
          const noise = Buffer.from(Array.from({ length: random(200) }, () => random(256)));
          const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
          socket.write(protocol === 'h2' ? Buffer.concat([preface, noise]) : request(random));
        },
      );
      socket.on('data', () => undefined).on('error', () => undefined);
      socket.on('close', () => resolve());
      setTimeout(() => socket.destroy(), 50);
    });
  });
  expect(inside).toBeGreaterThan(200);
  await stillServes(secure, true, before);
});
