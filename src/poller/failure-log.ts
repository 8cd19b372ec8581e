/** Logs what fails and what works again: one line per change, not one per poll. */
import type { Logger } from 'pino';
import type { Daemon } from '../frr/commands.ts';
import { FrrError, type FrrErrorReason } from '../frr/source.ts';

export interface FailureLog {
  /** A poll failed. */
  failed(collector: string, error: unknown): void;
  /** A poll succeeded. */
  succeeded(collector: string): void;
  /** A daemon answered a command. */
  answered(daemon: Daemon): void;
}

/** Reasons that lie with the daemon and affect every collector that queries it: logged once for all of them. */
const OF_THE_DAEMON: ReadonlySet<FrrErrorReason> = new Set([
  'not_running',
  'permission_denied',
  'not_installed',
]);

export function createFailureLog(log: Logger): FailureLog {
  const daemons = new Map<Daemon, FrrErrorReason>();
  const collectors = new Map<string, FrrErrorReason | 'defect'>();
  return {
    failed(collector, error) {
      if (!(error instanceof FrrError)) {
        if (collectors.get(collector) === 'defect') return;
        collectors.set(collector, 'defect');
        log.error({ collector, err: error }, `collector ${collector} has a defect: ${String(error)}`);
        return;
      }
      const { reason, daemon, message } = error;
      if (OF_THE_DAEMON.has(reason)) {
        if (daemons.get(daemon) === reason) return;
        daemons.set(daemon, reason);
        log.warn({ daemon, reason }, message);
        return;
      }
      if (collectors.get(collector) === reason) return;
      collectors.set(collector, reason);
      log.warn({ collector, daemon, reason }, `collector ${collector} fails: ${message}`);
    },
    succeeded(collector) {
      if (collectors.delete(collector)) log.info({ collector }, `collector ${collector} works again`);
    },
    answered(daemon) {
      if (daemons.delete(daemon)) log.info({ daemon }, `${daemon} answers again`);
    },
  };
}
