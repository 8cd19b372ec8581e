/**
 * systemd's two protocols with a service: socket activation (sd_listen_fds(3)), and the notification that the service is
 * ready (sd_notify(3)).
 */
import { execFile } from 'node:child_process';
import { UserError } from './user-error.ts';

/** The first file descriptor that systemd passes. */
const FIRST = 3;

/** The sockets that systemd passed cannot be used. */
export class SystemdError extends UserError {
  override readonly name = 'SystemdError';
}

/**
 * The file descriptors of the sockets that systemd opened for this process.
 * @throws SystemdError when there are none
 */
export function inheritedSockets(
  { LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv,
  pid: number,
): readonly number[] {
  const count = Number(LISTEN_FDS);
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined)
    throw new SystemdError(
      '--web.systemd-socket: systemd passed no socket; start this service from a .socket unit',
    );
  if (Number(LISTEN_PID) !== pid)
    throw new SystemdError(
      `--web.systemd-socket: systemd's sockets are for process ${LISTEN_PID}, and this is process ${pid}; run the program directly in ExecStart, not from a shell`,
    );
  if (!Number.isInteger(count) || count < 1)
    throw new SystemdError('--web.systemd-socket: systemd passed no socket; the .socket unit lists none');
  return Array.from({ length: count }, (_, index) => FIRST + index);
}

/**
 * Notifies systemd that the service is ready or stopping. Does nothing outside a unit with `Type=notify`.
 *
 * The notification is a UNIX datagram, which Node cannot send, so systemd's own program sends it; the unit needs
 * `NotifyAccess=all` for that, unless it runs as root.
 * @returns what went wrong, in one line; undefined if nothing did
 */
export function notifySystemd(
  state: 'READY=1' | 'STOPPING=1',
  { NOTIFY_SOCKET }: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (NOTIFY_SOCKET === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const environment = { PATH: process.env.PATH, NOTIFY_SOCKET };
    execFile('systemd-notify', [state], { env: environment, timeout: 5_000 }, (error) => {
      resolve(
        error === null ? undefined : `systemd-notify ${state} failed: ${error.message.trim().split('\n')[0]}`,
      );
    });
  });
}
