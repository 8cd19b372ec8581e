/**
 * Maintenance: while a file exists, the node's sessions may go down on purpose, and alerts about it are silenced.
 *
 * The file may be empty. It may begin with an RFC 3339 time at which the maintenance ends, so that a forgotten file does
 * not silence a node forever; the rest of the first line is the reason:
 *
 *     2026-11-22T18:00:00Z replacing the line card of tor1
 *
 * A duration instead of a time (`2h replacing ...`) counts from when the file was written.
 *
 * An invalid time does not end the maintenance (somebody created the file on purpose), and is logged. A path that is not
 * a file, or cannot be read, is no maintenance: a mistake must not silence alerts. It is logged too.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Logger } from './base/log.ts';
import { eventTime, type RecordEvent } from './events/event.ts';
import { readDuration } from './flags/values.ts';
import { type MetricFamily, metric, NO_LABELS } from './metrics/family.ts';
import { timeText } from './metrics/tables.ts';

const MAINTENANCE = metric({
  name: 'frr_maintenance',
  type: 'gauge',
  help: 'Whether this node is under maintenance: 1 while the file of --maintenance.file exists and its end has not passed, otherwise 0.',
  labels: [],
  source: '--maintenance.file',
});

const MAINTENANCE_END = metric({
  name: 'frr_maintenance_end_timestamp_seconds',
  type: 'gauge',
  help: 'End of the maintenance according to the file of --maintenance.file; absent if it has no end.',
  unit: 'seconds',
  labels: [],
  source: '--maintenance.file',
});

export const MAINTENANCE_DESCRIPTORS = [MAINTENANCE, MAINTENANCE_END] as const;

/** The content of the file. */
export interface Maintenance {
  readonly active: boolean;
  /** Seconds since the epoch; undefined if the maintenance lasts as long as the file exists. */
  readonly end: number | undefined;
  /** Free text; empty without a reason. */
  readonly reason: string;
  /** What is wrong with the file, for the log; undefined if nothing is. */
  readonly problem: string | undefined;
}

export const NO_MAINTENANCE: Maintenance = { active: false, end: undefined, reason: '', problem: undefined };

/** RFC 3339, section 5.6, without the space that it allows between date and time: here a space ends the time. */
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Seconds since the epoch; NaN for an invalid time. */
function readTime(text: string): number {
  const day = RFC_3339.exec(text)?.[1];
  // Date reads 31 February as 3 March.
  if (day === undefined || !isDay(day)) return Number.NaN;
  return Date.parse(text) / 1000;
}

function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/**
 * Reads the content of the file.
 * @param now seconds since the epoch
 * @param written when the file was written
 */
export function readMaintenance(content: string, now: number, written = now): Maintenance {
  const line = (content.split('\n', 1)[0] as string).trim();
  const [first = '', ...rest] = line.split(/\s+/);
  const duration = readDuration(first);
  const end = duration === undefined ? readTime(first) : written + duration;
  // Some thousand centuries are no time that could be written.
  if (timeText(end) !== null) return { active: now < end, end, reason: rest.join(' '), problem: undefined };
  const triedTime = /^\d/.test(first);
  return {
    active: true,
    end: undefined,
    reason: line,
    problem: triedTime
      ? `${JSON.stringify(first)} is neither a duration such as 2h nor an RFC 3339 time such as 2026-11-22T18:00:00Z, so the maintenance lasts until the file is removed`
      : undefined,
  };
}

/** Reads the file, if there is to be one; only the beginning of a large one. @param now seconds since the epoch */
export async function checkMaintenance(file: string | undefined, now: number): Promise<Maintenance> {
  if (file === undefined) return NO_MAINTENANCE;
  try {
    // A pipe must not block until there is a writer.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      const { mtimeMs } = await handle.stat();
      return readMaintenance(buffer.toString('utf8', 0, bytesRead), now, mtimeMs / 1000);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return NO_MAINTENANCE;
    const why =
      code === 'EISDIR' ? 'it is a directory, not a file' : `it cannot be read (${code ?? String(error)})`;
    return { ...NO_MAINTENANCE, problem: `${why}, so no maintenance is assumed` };
  }
}

/** The metrics of a maintenance; the end only if there is one. */
export function maintenanceFamilies({ active, end }: Maintenance): readonly MetricFamily[] {
  const one = (descriptor: MetricFamily['descriptor'], value: number): MetricFamily => ({
    descriptor,
    samples: [{ labels: NO_LABELS, value }],
  });
  return [one(MAINTENANCE, active ? 1 : 0), ...(end === undefined ? [] : [one(MAINTENANCE_END, end)])];
}

/** A file that is read regularly. */
export interface MaintenanceWatch {
  readonly current: () => Maintenance;
  /** Reads the file now. Never rejects. */
  readonly reload: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Reads the file now and every `interval` seconds. The start, the end and problems are logged, one line each; the start and
 * the end are events, too.
 * Without a file there is never a maintenance.
 */
export async function watchMaintenance(
  file: string | undefined,
  interval: number,
  log: Logger,
  record: RecordEvent,
): Promise<MaintenanceWatch> {
  if (file === undefined)
    return { current: () => NO_MAINTENANCE, reload: async () => undefined, stop: () => undefined };
  let current = NO_MAINTENANCE;
  const check = async () => {
    const before = current;
    current = await checkMaintenance(file, Date.now() / 1000);
    if (current.problem !== undefined && current.problem !== before.problem)
      log.warn({ file }, `maintenance file: ${current.problem}`);
    const end = current.end === undefined ? undefined : eventTime(current.end);
    if (current.active === before.active) return;
    const { reason } = current.active ? current : before;
    if (current.active) log.info({ end, reason }, 'maintenance begins');
    else log.info({ reason }, 'maintenance is over');
    const state = ({ active }: Maintenance) => (active ? 'active' : 'none');
    record({
      at: eventTime(Date.now() / 1000),
      topic: 'maintenance',
      what: 'maintenance',
      labels: {},
      from: state(before),
      to: state(current),
      was_up: null,
      up: null,
      missed: 0,
      cause: reason === '' ? null : reason,
    });
  };
  let checking: Promise<void> | undefined;
  const reload = () => {
    checking ??= check().finally(() => {
      checking = undefined;
    });
    return checking;
  };
  await reload();
  const timer = setInterval(() => void reload(), interval * 1000).unref();
  return { current: () => current, reload, stop: () => clearInterval(timer) };
}
