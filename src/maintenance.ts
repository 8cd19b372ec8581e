/**
 * Maintenance: while a file exists, whoever watches this node is told that its sessions may go down on purpose.
 *
 * The file may be empty. It may begin with an RFC 3339 time, at which the maintenance ends by itself, so that a
 * forgotten file does not silence a node for ever; what follows on the first line is the reason:
 *
 *     2026-11-22T18:00:00Z replacing the line card of tor1
 *
 * A time that cannot be read does not end the maintenance (the file was put there by somebody), and is logged. What is
 * no file, or cannot be looked at, is no maintenance: a mistake must not silence alarms. It is logged too.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Logger } from './log.ts';
import { type MetricFamily, metric, NO_LABELS } from './metrics/family.ts';

const MAINTENANCE = metric({
  name: 'frr_maintenance',
  type: 'gauge',
  help: 'Whether this node is under maintenance: 1 while the file of --maintenance.file exists and its end has not passed, else 0.',
  labels: [],
  source: '--maintenance.file',
});

const MAINTENANCE_END = metric({
  name: 'frr_maintenance_end_timestamp_seconds',
  type: 'gauge',
  help: 'When the maintenance ends, as the file of --maintenance.file says; absent where it says no end.',
  unit: 'seconds',
  labels: [],
  source: '--maintenance.file',
});

export const MAINTENANCE_DESCRIPTORS = [MAINTENANCE, MAINTENANCE_END] as const;

/** What the file says. */
export interface Maintenance {
  readonly active: boolean;
  /** Seconds since the epoch; undefined where the maintenance lasts as long as the file. */
  readonly end: number | undefined;
  /** In somebody's own words; empty without. */
  readonly reason: string;
  /** What is wrong with the file, for the log; undefined where nothing is. */
  readonly problem: string | undefined;
}

export const NO_MAINTENANCE: Maintenance = { active: false, end: undefined, reason: '', problem: undefined };

/** RFC 3339, section 5.6; the blank between date and time that it allows is left out, for a blank ends the time here. */
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Seconds since the epoch; NaN for what is no time. */
function readTime(text: string): number {
  const day = RFC_3339.exec(text)?.[1];
  // Date takes 31 February for 3 March.
  if (day === undefined || !isDay(day)) return Number.NaN;
  return Date.parse(text) / 1000;
}

function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Reads the content of the file at a moment, in seconds since the epoch. */
export function readMaintenance(content: string, now: number): Maintenance {
  const line = (content.split('\n', 1)[0] as string).trim();
  const [first = '', ...rest] = line.split(/\s+/);
  const end = readTime(first);
  if (!Number.isNaN(end)) return { active: now < end, end, reason: rest.join(' '), problem: undefined };
  const triedTime = /^\d/.test(first);
  return {
    active: true,
    end: undefined,
    reason: line,
    problem: triedTime
      ? `${JSON.stringify(first)} is no RFC 3339 time such as 2026-11-22T18:00:00Z, so the maintenance lasts until the file is removed`
      : undefined,
  };
}

/** Looks at the file. Of a large one, only the beginning is read. */
export async function lookForMaintenance(file: string, now: number): Promise<Maintenance> {
  try {
    // Without waiting for a writer, should it be a pipe.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      return readMaintenance(buffer.toString('utf8', 0, bytesRead), now);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return NO_MAINTENANCE;
    const why =
      code === 'EISDIR' ? 'it is a folder, not a file' : `it cannot be read (${code ?? String(error)})`;
    return { ...NO_MAINTENANCE, problem: `${why}, so no maintenance is assumed` };
  }
}

/** The metrics of a maintenance; always both, the end where there is one. */
export function maintenanceFamilies({ active, end }: Maintenance): readonly MetricFamily[] {
  const one = (descriptor: MetricFamily['descriptor'], value: number): MetricFamily => ({
    descriptor,
    samples: [{ labels: NO_LABELS, value }],
  });
  return [one(MAINTENANCE, active ? 1 : 0), ...(end === undefined ? [] : [one(MAINTENANCE_END, end)])];
}

/** Keeps an eye on the file. */
export interface MaintenanceWatch {
  readonly current: () => Maintenance;
  readonly stop: () => void;
}

/**
 * Looks at the file now and every `interval` seconds; begins, ends and problems are one line of the log each.
 * Without a file there is never a maintenance.
 */
export async function watchMaintenance(
  file: string | undefined,
  interval: number,
  log: Logger,
): Promise<MaintenanceWatch> {
  if (file === undefined) return { current: () => NO_MAINTENANCE, stop: () => undefined };
  let current = NO_MAINTENANCE;
  const look = async () => {
    const before = current;
    current = await lookForMaintenance(file, Date.now() / 1000);
    if (current.problem !== undefined && current.problem !== before.problem)
      log.warn({ file }, `maintenance file: ${current.problem}`);
    const end = current.end === undefined ? undefined : new Date(current.end * 1000).toISOString();
    if (current.active && !before.active) log.info({ end, reason: current.reason }, 'maintenance begins');
    if (!current.active && before.active) log.info({ reason: before.reason }, 'maintenance is over');
  };
  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, interval * 1000).unref();
  return { current: () => current, stop: () => clearInterval(timer) };
}
