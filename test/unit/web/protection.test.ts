import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PLAIN_HTTP } from '../../../src/web/config/in-force.ts';
import type { Passwords } from '../../../src/web/passwords.ts';
import { createTokenBucket, protect } from '../../../src/web/protection.ts';

test('a burst, then one an interval', () => {
  const bucket = createTokenBucket();
  const limit = { interval: 2, burst: 3 };
  const taken = (now: number) => bucket.take(limit, now);
  expect([taken(100), taken(100), taken(100), taken(100)]).toEqual([true, true, true, false]);
  expect([taken(101), taken(102), taken(102)]).toEqual([false, true, false]);
  expect([taken(1000), taken(1000), taken(1000), taken(1000)]).toEqual([true, true, true, false]);
});

test('a limit that was lowered holds at once', () => {
  const bucket = createTokenBucket();
  expect(bucket.take({ interval: 1, burst: 100 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(false);
});

test('a client that goes away while its password is checked gets no page', async () => {
  const users = new Map([['prometheus', 'a hash']]);
  const { config, tls } = PLAIN_HTTP.current();
  const webConfig = { ...PLAIN_HTTP, current: () => ({ config: { ...config, users }, tls }) };
  const verdict = Promise.withResolvers<'right'>();
  const verify = vi.fn<Passwords['verify']>(() => verdict.promise);
  const pages = vi.fn((_request, response) => response.end());
  const log = pino({ level: 'silent' });
  const handler = protect(pages, webConfig, { verify, close: async () => undefined }, log);

  const gone = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.once('close', gone.resolve);
    handler(request, response);
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.end('GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic cHJvbWV0aGV1czp4\r\n\r\n');
  await vi.waitFor(() => expect(verify).toHaveBeenCalledOnce(), { timeout: 10_000 });
  client.destroy();
  await gone.promise;
  verdict.resolve('right');
  await new Promise(setImmediate);
  expect(pages).not.toHaveBeenCalled();
});
