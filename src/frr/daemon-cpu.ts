/** The CPU time that FRR's daemons use, and for which they wait, where this program sees their processes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Daemon } from './commands.ts';

/** A wait of a daemon for a CPU. */
export interface CpuWait {
  readonly daemon: Daemon;
  /** Between these moments, in seconds of a clock that never jumps (`performance.now`), ... */
  readonly from: number;
  readonly to: number;
  /** ... it could have run for so many seconds and did not get a CPU. */
  readonly seconds: number;
}

export interface DaemonCpu {
  /**
   * Begins a measurement: the result gives the CPU seconds that the daemon's main thread, which answers commands, has used
   * since; undefined where they cannot be seen.
   */
  measure(daemon: Daemon): () => number | undefined;
  /** The longer waits between measurements, the oldest first; none where they cannot be seen. */
  waits(): readonly CpuWait[];
}

/** Seconds of a wait that is remembered, and how many such waits are: those of some minutes, if one follows another. */
const NOTABLE = 0.1;
const REMEMBERED = 200;

/** Seconds for which a daemon's process is not looked for again: less than from poll to poll. */
const KNOWN_FOR = 1;

/**
 * Many short waits are not a long one: the average of those between two readings must have so many seconds, and the readings must
 * not be further apart than this.
 */
const LEAST_AVERAGE = 0.05;
const FARTHEST = 15;

interface Reading {
  readonly pid: number;
  readonly at: number;
  /** Seconds since the daemon started. */
  readonly used: number;
  readonly waited: number;
  /** How often it was given a CPU since then. */
  readonly runs: number;
}

/** @param folder of the daemons' sockets and their `DAEMON.pid` */
export function daemonCpu(
  folder: string,
  proc = '/proc',
  clock: () => number = () => performance.now() / 1000,
): DaemonCpu {
  const newest = new Map<Daemon, Reading>();
  let waits: readonly CpuWait[] = [];
  const processes = new Map<Daemon, { readonly pid: number | undefined; readonly at: number }>();

  function find(daemon: Daemon): number | undefined {
    const known = processes.get(daemon);
    const at = clock();
    if (known !== undefined && at - known.at < KNOWN_FOR) return known.pid;
    const pid = processOf(folder, proc, daemon);
    processes.set(daemon, { pid, at });
    return pid;
  }

  function read(daemon: Daemon, pid: number | undefined): Reading | undefined {
    const times = pid === undefined ? undefined : schedulerTimes(proc, pid);
    if (pid === undefined || times === undefined) return undefined;
    const reading = { pid, at: clock(), ...times };
    const before = newest.get(daemon);
    newest.set(daemon, reading);
    if (before?.pid === pid && reading.at - before.at <= FARTHEST) {
      const seconds = reading.waited - before.waited;
      const average = seconds / Math.max(1, reading.runs - before.runs);
      if (seconds >= NOTABLE && average >= LEAST_AVERAGE)
        waits = [...waits, { daemon, from: before.at, to: reading.at, seconds }].slice(-REMEMBERED);
    }
    return reading;
  }

  return {
    measure(daemon) {
      const pid = find(daemon);
      const before = read(daemon, pid);
      return () => {
        const now = read(daemon, pid);
        return now === undefined || before === undefined ? undefined : Math.max(0, now.used - before.used);
      };
    },
    waits: () => waits,
  };
}

/** Undefined also where another process has the number: the daemon ended, or runs in another PID namespace. */
function processOf(folder: string, proc: string, daemon: Daemon): number | undefined {
  try {
    const pid = Number(readFileSync(path.join(folder, `${daemon}.pid`), 'utf8'));
    return readFileSync(path.join(proc, String(pid), 'comm'), 'utf8').trim() === daemon ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Linux' Documentation/scheduler/sched-stats.rst: the time on a CPU and the time of waiting for one, in nanoseconds, and how often
 * it was given one. A stopped process does not wait.
 */
function schedulerTimes(proc: string, pid: number): Pick<Reading, 'used' | 'waited' | 'runs'> | undefined {
  try {
    const times = readFileSync(path.join(proc, String(pid), 'schedstat'), 'utf8').split(' ');
    const [used = Number.NaN, waited = Number.NaN, runs = Number.NaN] = times.map(Number);
    return { used: used / 1e9, waited: waited / 1e9, runs };
  } catch {
    return undefined;
  }
}
