/** systemd's agreements with a service, held against systemd's own tools. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { belongingTo, claim, freePort, type Running, release, start, waitFor } from '../../lab/index.ts';
import { send } from './probe.ts';
import { COMMAND, FROM_RECORDING, messages, startOurs } from './programs.ts';

let owned: { name: string; folder: string };

beforeAll(async () => {
  owned = await claim('systemd');
});

afterAll(() => release(owned.name));

test('takes the sockets that systemd has opened', async () => {
  const [first, second] = [await freePort(), await freePort()];
  await using activated = await start(
    'systemd-socket-activate',
    [
      ...['-l', `127.0.0.1:${first}`, '-l', `127.0.0.1:${second}`],
      ...[COMMAND, ...FROM_RECORDING, '--log.format=json', '--web.systemd-socket'],
    ],
    {
      env: belongingTo(owned.name),
      // The first connection starts the exporter, and waits for it.
      ready: async () => (await send({ port: first, path: '/healthz' })).status === 200,
    },
  );
  expect((await send({ port: first })).status).toBe(200);
  expect((await send({ port: second, path: '/healthz' })).body).toBe('alive\n');
  expect(activated.output()).toContain(`"address":"127.0.0.1:${second}"`);
});

test('says so when systemd has opened none', async () => {
  await expect(startOurs(['--web.systemd-socket'])).rejects.toThrow(
    'frr-exporter: --web.systemd-socket: systemd passed no socket; start this service from a .socket unit',
  );
});

/** Writes what comes to a datagram socket, as systemd would read it. Perl is part of every Debian; Node has no such sockets. */
const RECEIVER = `
use IO::Socket::UNIX; use Socket; $| = 1;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
print "receiving\\n";
while (1) { $socket->recv(my $message, 4096); print "$message\\n"; }
`;

function startReceiver(path: string): Promise<Running> {
  return start('perl', ['-e', RECEIVER, path], {
    env: belongingTo(owned.name),
    ready: async () => existsSync(path),
  });
}

test('notifies systemd when it is ready and when it stops', async () => {
  const path = join(owned.folder, 'notify');
  await using receiver = await startReceiver(path);
  const ours = await startOurs([], { NOTIFY_SOCKET: path });
  try {
    await waitFor(() => /^READY=1$/m.test(receiver.output()), { within: 20_000, for: 'READY=1' });
    expect((await send({ port: ours.port, path: '/healthz' })).status).toBe(200);
  } finally {
    await ours.stop();
  }
  await waitFor(() => /^STOPPING=1$/m.test(receiver.output()), { within: 5_000, for: 'STOPPING=1' });
  expect(messages(ours).filter((message) => message.includes('systemd-notify'))).toEqual([]);
});
