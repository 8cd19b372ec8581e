import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { PLAIN_HTTP } from '../../../src/web/config/in-force.ts';
import { createListener, type Listener } from '../../../src/web/listener.ts';

const LOG = pino({ level: 'silent' });

function start(): Listener {
  const listener = createListener(PLAIN_HTTP, (_request, response) => response.end('content'), LOG);
  onTestFinished(() => listener.close());
  return listener;
}

const portOf = (address: string) => Number(address.split(':').at(-1));

async function responseAt(port: number): Promise<string> {
  const [response] = await once(get({ port, host: '127.0.0.1' }), 'response');
  return (await response.toArray()).join('');
}

test('several addresses', async () => {
  const listener = start();
  for (const address of [
    await listener.listen({ host: '127.0.0.1', port: 0 }),
    await listener.listen({ host: '127.0.0.1', port: 0 }),
  ]) {
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await responseAt(portOf(address))).toBe('content');
  }
});

test('an address that is in use', async () => {
  const port = portOf(await start().listen({ host: '127.0.0.1', port: 0 }));
  await expect(start().listen({ host: '127.0.0.1', port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: another program already listens there; stop it, or choose another port with --web.listen-address`,
  );
});

test('the 513th connection closes the oldest', async () => {
  const port = portOf(await start().listen({ host: '127.0.0.1', port: 0 }));
  const clients: Socket[] = [];
  onTestFinished(() => {
    for (const client of clients) client.destroy();
  });
  const open = async () => {
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    client.resume();
    clients.push(client);
    await once(client, 'connect');
    return client;
  };
  const oldest = await open();
  const closed = once(oldest, 'close');
  const second = await open();
  while (clients.length < 513) await open();
  await closed;
  expect(second.closed).toBe(false);
});

test('close ends idle connections', async () => {
  const listener = createListener(PLAIN_HTTP, (_request, response) => response.end(), LOG);
  const port = portOf(await listener.listen({ host: '127.0.0.1', port: 0 }));
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client, 'data');
  const ended = once(client, 'close');
  await listener.close();
  await ended;
});
