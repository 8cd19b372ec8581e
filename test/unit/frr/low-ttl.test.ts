import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lowTtlDrops } from '../../../src/frr/low-ttl.ts';
import { temporaryFolder } from './temporary-folder.ts';

test.each([
  [
    'among other counters',
    'TcpExt: SyncookiesSent TCPMinTTLDrop TCPTimeWaitOverflow\nTcpExt: 1 42 3\nIpExt: InNoRoutes\nIpExt: 5\n',
    42,
  ],
  ['absent', 'TcpExt: SyncookiesSent\nTcpExt: 1\n', undefined],
  ['without its value', 'TcpExt: SyncookiesSent TCPMinTTLDrop\n', undefined],
  ['not a number', 'TcpExt: TCPMinTTLDrop\nTcpExt: many\n', undefined],
  ['nothing', '', undefined],
])('dropped packets, %s', async (_, text, expected) => {
  const file = path.join(temporaryFolder(), 'netstat');
  writeFileSync(file, text);
  expect(await lowTtlDrops(file)).toBe(expected);
});

test('a kernel that does not count them', async () => {
  expect(await lowTtlDrops(path.join(temporaryFolder(), 'netstat'))).toBeUndefined();
});

test('those of this machine', async () => {
  expect(await lowTtlDrops()).toBeGreaterThanOrEqual(0);
});
