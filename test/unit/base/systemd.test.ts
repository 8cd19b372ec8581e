import { describe, expect, test } from 'vitest';
import { inheritedSockets, notifySystemd, SystemdError } from '../../../src/base/systemd.ts';

describe('sockets', () => {
  test('are numbered from 3', () => {
    expect(inheritedSockets({ LISTEN_PID: '42', LISTEN_FDS: '3' }, 42)).toEqual([3, 4, 5]);
  });
  test.each([
    [{}, 'systemd passed no socket; start this service from a .socket unit'],
    [{ LISTEN_PID: '42' }, 'systemd passed no socket; start this service from a .socket unit'],
    [{ LISTEN_PID: '42', LISTEN_FDS: '0' }, 'systemd passed no socket; the .socket unit lists none'],
    [{ LISTEN_PID: '42', LISTEN_FDS: 'x' }, 'systemd passed no socket; the .socket unit lists none'],
    [
      { LISTEN_PID: '41', LISTEN_FDS: '1' },
      "systemd's sockets are for process 41, and this is process 42; run the program directly in ExecStart, not from a shell",
    ],
  ])('%j', (environment, message) => {
    expect(() => inheritedSockets(environment, 42)).toThrow(
      new SystemdError(`--web.systemd-socket: ${message}`),
    );
  });
});

describe('notification', () => {
  test('there is none without a unit that wants it', async () => {
    expect(await notifySystemd('READY=1', {})).toBeUndefined();
  });
  test('what goes wrong is one line', async () => {
    expect(await notifySystemd('READY=1', { NOTIFY_SOCKET: '/nonexistent/notify' })).toMatch(
      /^systemd-notify READY=1 failed: .+$/,
    );
  });
});
