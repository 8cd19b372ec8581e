/**
 * The log of sessions and other objects with states: every change of a state is one line with the object's labels, from,
 * to and reason.
 *
 * The reason can be in the same answer as the state (BFD), or in that of another collector, which polls at once when a
 * session changed (BGP): then the line waits for it, but not for long.
 */
import type { Logger } from 'pino';
import type { ActiveCollector, Reason, States } from '../collectors/collector.ts';
import type { MetricFamily, Sample } from '../metrics/family.ts';
import { createTables, type LabelValues, labelValues, type Tables } from '../metrics/tables.ts';
import { type Change, changes } from './changes.ts';

/** A collector, as far as the log needs it. */
export type Observed = Pick<ActiveCollector, 'name' | 'states' | 'reasons'>;

export interface StateLog {
  /**
   * Takes note of a poll that succeeded.
   * @param began when it began, in seconds of a clock that never jumps
   */
  observe(collector: Observed, families: readonly MetricFamily[], began: number): void;
  /** Takes note of a poll that failed. */
  failed(collector: Observed, began: number): void;
  /** Writes the lines that still wait. */
  stop(): void;
}

/** The state of an object before it is there and after it is gone. */
const ABSENT = 'absent';

/** Seconds that a line waits for its reason. */
const LONGEST_WAIT = 10;

interface StateChange {
  readonly states: States;
  readonly labels: LabelValues;
  readonly from: string;
  readonly to: string;
}

function stateChange(states: States, { before, after }: Change): StateChange {
  const name = (sample: Sample | undefined) =>
    sample === undefined ? ABSENT : (states.names.get(sample.value) ?? String(sample.value));
  const labels = labelValues(states.metric, (after ?? before) as Sample);
  return { states, labels, from: name(before), to: name(after) };
}

function reasonOf({ states, labels }: StateChange, { of, metric, text }: Reason, tables: Tables): string {
  if (of !== states) return '';
  const shared = metric.labels.filter((name) => states.metric.labels.includes(name));
  const row = tables.rows(metric).find((one) => shared.every((name) => one.labels[name] === labels[name]));
  return row === undefined ? '' : text(row.labels);
}

/** @param collectors those that are enabled */
export function createStateLog(log: Logger, collectors: readonly Observed[]): StateLog {
  const reasons = collectors.flatMap((collector) =>
    (collector.reasons ?? []).map((reason) => ({ reason, collector: collector.name })),
  );
  /** The newest family of each state metric; undefined where the metric was absent. */
  const newest = new Map<States, MetricFamily | undefined>();
  let waiting: { readonly change: StateChange; readonly since: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function write({ states, labels, from, to }: StateChange, reason: string): void {
    const because = reason === '' ? '' : `: ${reason}`;
    log[levelOf(states, from, to)](
      { protocol: states.protocol, ...labels, from, to, reason },
      `${states.title(labels)} ${from} -> ${to}${because}`,
    );
  }

  /** Writes the lines that have waited since before that moment and are of the given states. */
  function writeWaiting(
    before: number,
    concerns: (states: States) => boolean,
    reason: (change: StateChange) => string,
  ): void {
    const ready = waiting.filter(({ change, since }) => since <= before && concerns(change.states));
    waiting = waiting.filter((one) => !ready.includes(one));
    for (const { change } of ready) write(change, reason(change));
    if (waiting.length > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  const everything = () => true;
  const unknown = () => '';
  const writeAll = () => writeWaiting(Number.POSITIVE_INFINITY, everything, unknown);

  /** The changes of a state metric since it was seen last; the first sight is not a change. */
  function* changesOf(states: States, families: readonly MetricFamily[]): Generator<StateChange, void, void> {
    const now = families.find(({ descriptor }) => descriptor === states.metric);
    if (newest.has(states))
      for (const change of changes(newest.get(states), now)) yield stateChange(states, change);
    newest.set(states, now);
  }

  return {
    observe({ name, states = [], reasons: own = [] }, families, began) {
      let tables: Tables | undefined;
      const reasonIn = (change: StateChange): string => {
        tables ??= createTables(families);
        for (const reason of own) {
          const text = reasonOf(change, reason, tables);
          if (text !== '') return text;
        }
        return '';
      };
      writeWaiting(began, (one) => own.some(({ of }) => of === one), reasonIn);
      for (const one of states) {
        const elsewhere = reasons.some(({ reason, collector }) => reason.of === one && collector !== name);
        for (const change of changesOf(one, families)) {
          if (change.from !== one.names.get(one.up) || change.to === ABSENT) write(change, '');
          else if (elsewhere) waiting.push({ change, since: began });
          else write(change, reasonIn(change));
        }
      }
      if (waiting.length > 0) timer ??= setTimeout(writeAll, LONGEST_WAIT * 1000);
    },
    failed({ reasons: own = [] }, began) {
      writeWaiting(began, (states) => own.some(({ of }) => of === states), unknown);
    },
    stop: writeAll,
  };
}

/**
 * An object that goes down is a warning, one that comes up is information; so are objects that are configured, removed,
 * or shut down on purpose. What changes while it is down (Idle, Connect, Active, ...) is for debugging.
 */
function levelOf({ names, up, adminDown }: States, from: string, to: string): 'warn' | 'info' | 'debug' {
  const upName = names.get(up);
  const expected = [ABSENT, ...(adminDown === undefined ? [] : [names.get(adminDown)])];
  if (from === upName) return expected.includes(to) ? 'info' : 'warn';
  return to === upName || expected.includes(from) || expected.includes(to) ? 'info' : 'debug';
}
