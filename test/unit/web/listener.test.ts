import { once } from 'node:events';
import { Server } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { PLAIN_HTTP } from '../../../src/web/config/in-force.ts';
import { createConnectionListener } from '../../../src/web/listener.ts';

test('the server of a configuration goes with it', async () => {
  const closed = vi.spyOn(Server.prototype, 'close');
  let current = PLAIN_HTTP.current();
  const webConfig = { ...PLAIN_HTTP, current: () => current };
  const log = pino({ level: 'silent' });
  const listener = createConnectionListener(webConfig, (_request, response) => response.end('page'), log);
  const address = await listener.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(address.split(':')[1]);

  async function ask(): Promise<void> {
    const client = connect(port, '127.0.0.1');
    client.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    client.resume();
    await once(client, 'close');
  }

  await ask();
  await ask();
  expect(closed).not.toHaveBeenCalled();
  // Not with the first connection after: the client sees the end of the last one before the listener does.
  await vi.waitFor(
    async () => {
      current = { ...current };
      await ask();
      expect(closed).toHaveBeenCalled();
    },
    { timeout: 10_000 },
  );
  const before = closed.mock.calls.length;
  await listener.close();
  expect(closed.mock.calls.length).toBeGreaterThan(before);
  expect(closed.mock.contexts.length).toBe(new Set(closed.mock.contexts).size);
});
