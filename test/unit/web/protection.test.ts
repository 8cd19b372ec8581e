import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PLAIN_HTTP } from '../../../src/web/config/in-force.ts';
import type { WebConfig } from '../../../src/web/config/web-config.ts';
import type { Passwords } from '../../../src/web/passwords.ts';
import { createProtection, createTokenBucket } from '../../../src/web/protection.ts';

test('a burst, then one an interval', () => {
  const bucket = createTokenBucket();
  const limit = { interval: 2, burst: 3 };
  const taken = (now: number) => bucket.take(limit, now);
  expect([taken(100), taken(100), taken(100), taken(100)]).toEqual([true, true, true, false]);
  expect([taken(101), taken(102), taken(102)]).toEqual([false, true, false]);
  expect([taken(1000), taken(1000), taken(1000), taken(1000)]).toEqual([true, true, true, false]);
});

test('a lowered limit applies at once', () => {
  const bucket = createTokenBucket();
  expect(bucket.take({ interval: 1, burst: 100 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(false);
});

/** An application with one path, protected as the configuration says. */
async function protectedApp(changes: Partial<WebConfig>, verify: Passwords['verify']) {
  const { config, tls } = PLAIN_HTTP.current();
  const webConfig = { ...PLAIN_HTTP, current: () => ({ config: { ...config, ...changes }, tls }) };
  const handler = vi.fn(async () => 'content');
  const app = fastify();
  app.addHook('onRequest', createProtection(webConfig, { verify, close: async () => undefined }));
  app.get('/', handler);
  await app.ready();
  onTestFinished(() => app.close());
  return { app, handler };
}

const USERS = new Map([['prometheus', 'a hash']]);
const CREDENTIALS = { authorization: 'Basic cHJvbWV0aGV1czp4' };

test.each([
  ['right', {}, 200, 'content'],
  [
    'wrong',
    { 'www-authenticate': 'Basic realm="frr-exporter", charset="UTF-8"', connection: 'close' },
    401,
    'Unauthorized\n',
  ],
  ['busy', { 'retry-after': '1', connection: 'close' }, 503, 'Service Unavailable\n'],
] as const)('a password that is %s', async (verdict, headers, status, body) => {
  const { app } = await protectedApp({ users: USERS }, async () => verdict);
  const response = await app.inject({ path: '/', headers: CREDENTIALS });
  expect([response.statusCode, response.body]).toEqual([status, body]);
  expect(response.headers).toMatchObject(headers);
});

test('a password that cannot be verified is an error, and gets no content', async () => {
  const { app, handler } = await protectedApp({ users: USERS }, async () => {
    throw new Error('the thread ended');
  });
  expect((await app.inject({ path: '/', headers: CREDENTIALS })).statusCode).toBe(500);
  expect(handler).not.toHaveBeenCalled();
});

test('the configured headers, on refusals too', async () => {
  const headers = new Map([['X-Frame-Options', 'deny']]);
  const { app } = await protectedApp({ headers, users: USERS }, async () => 'right');
  const refused = await app.inject('/');
  expect([refused.statusCode, refused.headers['x-frame-options']]).toEqual([401, 'deny']);
  const served = await app.inject({ path: '/', headers: CREDENTIALS });
  expect([served.statusCode, served.headers['x-frame-options']]).toEqual([200, 'deny']);
});

test('a rate limit counts seconds, whatever the password', async () => {
  const now = vi.spyOn(performance, 'now');
  onTestFinished(() => now.mockRestore());
  const { app } = await protectedApp(
    { users: USERS, rateLimit: { interval: 2, burst: 1 } },
    async () => 'right',
  );
  const statusAt = async (milliseconds: number, headers = {}) => {
    now.mockReturnValue(milliseconds);
    return (await app.inject({ path: '/', headers })).statusCode;
  };
  expect(await statusAt(1_000_000)).toBe(401);
  expect(await statusAt(1_001_999, CREDENTIALS)).toBe(429);
  expect(await statusAt(1_002_000, CREDENTIALS)).toBe(200);
  expect(await statusAt(1_002_000, CREDENTIALS)).toBe(429);
});

test('a client that goes away while its password is verified gets no content', async () => {
  const verdict = Promise.withResolvers<'right'>();
  const verify = vi.fn<Passwords['verify']>(() => verdict.promise);
  const { app, handler } = await protectedApp({ users: USERS }, verify);
  const gone = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.once('close', gone.resolve);
    app.routing(request, response);
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ${CREDENTIALS.authorization}\r\n\r\n`);
  await vi.waitFor(() => expect(verify).toHaveBeenCalledOnce(), { timeout: 10_000 });
  client.destroy();
  await gone.promise;
  verdict.resolve('right');
  await new Promise(setImmediate);
  expect(handler).not.toHaveBeenCalled();
});
