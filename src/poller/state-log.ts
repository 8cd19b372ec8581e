/**
 * The log and the history of sessions and other objects with states: every change of a state is one line and one event with
 * the object's labels, from, to, reason and cause. What happened unseen between two polls is known from counters.
 *
 * The reason can be in the same answer as the state (BFD), or in that of another collector, which polls at once when a
 * session changed (BGP): then the line waits for it, but not for long.
 */
import type { Logger } from 'pino';
import type { ActiveCollector, Reason, States } from '../collectors/collector.ts';
import { ABSENT, eventTime, missedText, type RecordEvent } from '../events/event.ts';
import type { Descriptor, MetricFamily, Sample } from '../metrics/family.ts';
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

/** Seconds that a line waits for its reason. */
const LONGEST_WAIT = 10;

/** The states of some objects, and the counters of their transitions. */
interface Families {
  readonly states: MetricFamily | undefined;
  readonly counters: MetricFamily | undefined;
}

interface StateChange {
  readonly states: States;
  readonly labels: LabelValues;
  readonly from: string;
  readonly to: string;
  /** Whether the object worked before, and whether it works now; null where it is absent. */
  readonly wasUp: boolean | null;
  readonly isUp: boolean | null;
  /** How many times it went down and came up again, besides this change. */
  readonly missed: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Why, by the field of the log. */
type Words = Readonly<Partial<Record<Reason['field'], string>>>;

/** @param moved by how much its counter of transitions has grown */
function stateChange(states: States, { before, after }: Change, moved: number): StateChange {
  const { names, up, stateOf = (value) => value, transitions } = states;
  const value = (sample: Sample | undefined) => (sample === undefined ? undefined : stateOf(sample.value));
  const name = (state: number | undefined) =>
    state === undefined ? ABSENT : (names.get(state) ?? String(state));
  const works = (state: number | undefined) => (state === undefined ? null : state === up);
  const [from, to] = [value(before), value(after)];
  const [wasUp, isUp] = [works(from), works(to)];
  const wentDown = wasUp === true && isUp === false;
  const cameUp = wasUp === false && isUp === true;
  const seen = { down: wentDown, up: cameUp, both: wentDown || cameUp }[transitions?.counts ?? 'both'];
  const unseen = Math.max(0, moved - (seen ? 1 : 0));
  return {
    states,
    labels: labelValues(states.metric, (after ?? before) as Sample),
    from: name(from),
    to: name(to),
    wasUp,
    isUp,
    missed: transitions?.counts === 'both' ? Math.floor(unseen / 2) : unseen,
    at: Date.now() / 1000,
  };
}

const find = (families: readonly MetricFamily[], descriptor: Descriptor | undefined) =>
  families.find((family) => family.descriptor === descriptor);

/** Samples of the objects of `labels` by the text of their labels. */
const byLabels = (family: MetricFamily | undefined): ReadonlyMap<string, Sample> =>
  new Map(family?.samples.map((sample) => [sample.labels.text, sample]));

function reasonOf({ states, labels }: StateChange, { of, metric, text }: Reason, tables: Tables): string {
  if (of !== states) return '';
  const shared = metric.labels.filter((name) => states.metric.labels.includes(name));
  const row = tables.rows(metric).find((one) => shared.every((name) => one.labels[name] === labels[name]));
  return row === undefined ? '' : text(row.labels);
}

/**
 * @param collectors those that are enabled
 * @param record takes the events
 */
export function createStateLog(log: Logger, collectors: readonly Observed[], record: RecordEvent): StateLog {
  const reasons = collectors.flatMap((collector) =>
    (collector.reasons ?? []).map((reason) => ({ reason, collector: collector.name })),
  );
  /** The newest families of each kind of objects; a metric may have been absent. */
  const newest = new Map<States, Families>();
  let waiting: { readonly change: StateChange; readonly since: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function write(change: StateChange, { cause, reason = '' }: Words): void {
    const { states, labels, from, to, wasUp, isUp, missed, at } = change;
    const { topic, protocol } = states;
    const what = states.title(labels);
    const words = cause ?? reason;
    const because = words === '' ? '' : `: ${words}`;
    const happened = [from === to ? '' : `${from} -> ${to}`, missedText(missed)].filter(
      (text) => text !== '',
    );
    const level = levelOf(change);
    log[level](
      {
        ...(protocol !== undefined && { protocol }),
        ...labels,
        from,
        to,
        ...(missed > 0 && { missed }),
        ...(cause !== undefined && { cause }),
        reason,
      },
      `${what} ${happened.join(', ')}${because}`,
    );
    if (level !== 'debug')
      record({
        at: eventTime(at),
        topic,
        what,
        labels,
        from,
        to,
        was_up: wasUp,
        up: isUp,
        missed,
        cause: words === '' ? null : words,
      });
  }

  /** Writes the lines that have waited since before that moment and are of the given states. */
  function writeWaiting(
    before: number,
    concerns: (states: States) => boolean,
    reason: (change: StateChange) => Words,
  ): void {
    const ready = waiting.filter(({ change, since }) => since <= before && concerns(change.states));
    waiting = waiting.filter((one) => !ready.includes(one));
    for (const { change } of ready) write(change, reason(change));
    if (waiting.length > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  const everything = () => true;
  const unknown = (): Words => ({});
  const writeAll = () => writeWaiting(Number.POSITIVE_INFINITY, everything, unknown);

  /** The changes of a state metric since it was seen last; the first sight is not a change. */
  function* changesOf(states: States, families: readonly MetricFamily[]): Generator<StateChange, void, void> {
    const before = newest.get(states);
    const now: Families = {
      states: find(families, states.metric),
      counters: find(families, states.transitions?.metric),
    };
    newest.set(states, now);
    if (before === undefined) return;
    const moved = new Map<string, number>();
    for (const { before: one, after: other } of changes(before.counters, now.counters))
      if (one !== undefined && other !== undefined && other.value > one.value)
        moved.set(other.labels.text, other.value - one.value);
    for (const change of changes(before.states, now.states)) {
      const { text } = ((change.after ?? change.before) as Sample).labels;
      const one = stateChange(states, change, moved.get(text) ?? 0);
      moved.delete(text);
      if (one.from !== one.to || one.missed > 0) yield one;
    }
    if (moved.size === 0) return;
    const samples = byLabels(now.states);
    for (const [text, by] of moved) {
      const sample = samples.get(text);
      const one = sample && stateChange(states, { before: sample, after: sample }, by);
      if (one !== undefined && one.missed > 0) yield one;
    }
  }

  return {
    observe({ name, states = [], reasons: own = [] }, families, began) {
      let tables: Tables | undefined;
      const reasonIn = (change: StateChange): Words => {
        tables ??= createTables(families);
        const words: { [Field in Reason['field']]?: string } = {};
        for (const reason of own) {
          const text = reasonOf(change, reason, tables);
          if (text !== '') words[reason.field] = text;
        }
        return words;
      };
      writeWaiting(began, (one) => own.some(({ of }) => of === one), reasonIn);
      for (const one of states) {
        const elsewhere = reasons.some(({ reason, collector }) => reason.of === one && collector !== name);
        for (const change of changesOf(one, families)) {
          if (change.missed === 0 && !(change.wasUp === true && change.isUp === false)) write(change, {});
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
function levelOf({ states, from, to, wasUp, isUp, missed }: StateChange): 'warn' | 'info' | 'debug' {
  const { names, adminDown } = states;
  if (missed > 0) return 'warn';
  const expected = [ABSENT, ...(adminDown === undefined ? [] : [names.get(adminDown)])];
  if (wasUp) return expected.includes(to) ? 'info' : 'warn';
  return isUp || expected.includes(from) || expected.includes(to) ? 'info' : 'debug';
}
