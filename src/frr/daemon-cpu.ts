/** The CPU time that FRR's daemons use, where this program sees their processes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Daemon } from './commands.ts';

/**
 * Begins a measurement: the result gives the CPU seconds that the daemon's main thread, which answers commands, has used
 * since; undefined where they cannot be seen.
 */
export type MeasureDaemon = (daemon: Daemon) => () => number | undefined;

/** @param folder of the daemons' sockets and their `DAEMON.pid` */
export function daemonCpu(folder: string): MeasureDaemon {
  return (daemon) => {
    const pid = processOf(folder, daemon);
    const before = pid && cpuSeconds(pid);
    return () => {
      const now = pid && cpuSeconds(pid);
      return now === undefined || before === undefined ? undefined : Math.max(0, now - before);
    };
  };
}

/** Undefined also where another process has the number: the daemon ended, or runs in another PID namespace. */
function processOf(folder: string, daemon: Daemon): number | undefined {
  try {
    const pid = Number(readFileSync(path.join(folder, `${daemon}.pid`), 'utf8'));
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === daemon ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Linux' Documentation/scheduler/sched-stats.rst: the first number is the time on a CPU, in nanoseconds. */
function cpuSeconds(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e9;
  } catch {
    return undefined;
  }
}
