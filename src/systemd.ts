/**
 * systemd's two agreements with a service: sockets that it opens (sd_listen_fds(3)), and the word that the service is
 * ready (sd_notify(3)).
 */
import { execFile } from 'node:child_process';

/** The first file descriptor that systemd hands over. */
const FIRST = 3;

/** What systemd handed over is not usable. The message is one line for a person. */
export class SystemdError extends Error {
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
      '--web.systemd-socket: systemd handed over no socket; start this by a .socket unit',
    );
  if (Number(LISTEN_PID) !== pid)
    throw new SystemdError(
      `--web.systemd-socket: the sockets of systemd are for process ${LISTEN_PID}, and this is ${pid}; run the program itself in ExecStart, without a shell around it`,
    );
  if (!Number.isInteger(count) || count < 1)
    throw new SystemdError(
      '--web.systemd-socket: systemd handed over no socket; the .socket unit names none',
    );
  return Array.from({ length: count }, (_, index) => FIRST + index);
}

/**
 * Tells systemd that the service is ready, or that it ends. Does nothing outside of a unit with `Type=notify`.
 *
 * The word goes by a UNIX datagram, which Node has no means to send, so systemd's own program sends it; a unit needs
 * `NotifyAccess=all` for that, unless it runs as root.
 * @returns what went wrong, in one line; undefined where nothing did
 */
export function notifySystemd(
  word: 'READY=1' | 'STOPPING=1',
  { NOTIFY_SOCKET }: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (NOTIFY_SOCKET === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const environment = { PATH: process.env.PATH, NOTIFY_SOCKET };
    execFile('systemd-notify', [word], { env: environment, timeout: 5_000 }, (error) => {
      resolve(
        error === null ? undefined : `systemd-notify ${word} failed: ${error.message.trim().split('\n')[0]}`,
      );
    });
  });
}
