/**
 * The log and the history of sessions and other objects with states: every change of a state is one line and one event with
 * the object's labels, from, to, reason and cause. What happened between two polls is known from counters.
 *
 * The reason can be in the same answer as the state (BFD), or in that of another collector, which polls at once when a
 * session changed (BGP): then the line waits for it, but not for long.
 */
import type { Logger } from 'pino';
import type { ActiveCollector, Reason, States } from '../collectors/collector.ts';
import { ABSENT, eventTime, missedText, type RecordEvent } from '../events/event.ts';
import type { NeighborChange } from '../frr/log-line.ts';
import { type Descriptor, labels, type MetricFamily, type Sample } from '../metrics/family.ts';
import { createTables, type LabelValues, labelValues, type Tables } from '../metrics/tables.ts';
import { type Change, changes } from './changes.ts';

/** What the log needs of a collector. */
export type Observed = Pick<ActiveCollector, 'name' | 'states' | 'reasons'>;

export interface StateLog {
  /**
   * Call after a poll that succeeded.
   * @param began when it began, in seconds of a clock that never jumps
   */
  observe(collector: Observed, families: readonly MetricFamily[], began: number): void;
  /**
   * Call with lines of FRR's log.
   * @param read when they were read, in seconds of the same clock
   * @returns the states that they changed
   */
  logged(changes: readonly NeighborChange[], read: number): ReadonlySet<States>;
  /** Call after a poll that failed. */
  failed(collector: Observed, began: number): void;
  /** Writes the lines that are still waiting. */
  stop(): void;
}

/** Seconds that a line waits for its reason. */
const LONGEST_WAIT = 10;

/** The states of some objects, and the counters of their transitions. */
interface Families {
  readonly states: MetricFamily | undefined;
  readonly counters: MetricFamily | undefined;
}

/** What FRR's log said about an object since the last poll. */
interface Logged {
  /** The state that follows from it, as a sample. */
  sample: Sample;
  /** How many times the object went down, minus what the counter has shown since. */
  downs: number;
  /** When the newest line was read, in seconds of a clock that never jumps. */
  read: number;
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

/** A change that waits for its cause. */
interface Waiting {
  readonly change: StateChange;
  /** In seconds of a clock that never jumps. */
  readonly since: number;
  /** What is known so far. */
  readonly words: Words;
}

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

const sampleOf = (family: MetricFamily | undefined, text: string): Sample | undefined =>
  family?.samples.find((sample) => sample.labels.text === text);

const textOf = ({ before, after }: Change): string => ((after ?? before) as Sample).labels.text;

/**
 * FRR's log has the reason at that moment. A poll may report it in more words, such as with the NOTIFICATION, or report that of
 * a later attempt to connect.
 */
function bestWords(logged: Words, polled: Words): Words {
  const { reason } = logged;
  return reason === undefined || polled.reason?.startsWith(reason) === true ? polled : { ...polled, reason };
}

const NOTHING_LOGGED = new Map<string, Logged>();

/** What a poll changes in what the log has said. */
function afterLine({ sample, read }: Logged, { after }: Change, began: number): Change {
  return { before: sample, after: read > began ? sample : after };
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
  const all = collectors.flatMap(({ states = [] }) => states);
  /** By the text of the labels. */
  const logged = new Map<States, Map<string, Logged>>();
  let waiting: Waiting[] = [];
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

  /** Writes the lines that have waited since before that moment and are of the given objects. */
  function writeWaiting(
    before: number,
    concerns: (change: StateChange) => boolean,
    reason: (change: StateChange) => Words,
  ): void {
    const ready = waiting.filter(({ change, since }) => since <= before && concerns(change));
    waiting = waiting.filter((one) => !ready.includes(one));
    for (const { change, words } of ready) write(change, bestWords(words, reason(change)));
    if (waiting.length > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  const everything = () => true;
  const unknown = (): Words => ({});
  const writeAll = () => writeWaiting(Number.POSITIVE_INFINITY, everything, unknown);

  function limitWait(): void {
    if (waiting.length > 0) timer ??= setTimeout(writeAll, LONGEST_WAIT * 1000);
  }

  /**
   * The changes of a state metric since the last poll; the first value is not a change. Nor is what FRR's log has
   * already reported, and an answer that may be older than the log does not contradict it.
   */
  function* changesOf(
    states: States,
    families: readonly MetricFamily[],
    began: number,
  ): Generator<StateChange, void, void> {
    const before = newest.get(states);
    const now: Families = {
      states: find(families, states.metric),
      counters: find(families, states.transitions?.metric),
    };
    newest.set(states, now);
    if (before === undefined) return;
    const different = new Map<string, Change>();
    for (const change of changes(before.states, now.states)) different.set(textOf(change), change);
    const moved = new Map<string, number>();
    for (const { before: one, after: other } of changes(before.counters, now.counters))
      if (one !== undefined && other !== undefined && other.value > one.value)
        moved.set(other.labels.text, other.value - one.value);
    const lines = logged.get(states) ?? NOTHING_LOGGED;
    if (moved.size > 0 || lines.size > 0) {
      const samples = byLabels(now.states);
      for (const text of [...moved.keys(), ...lines.keys()]) {
        const sample = samples.get(text);
        if (!different.has(text)) different.set(text, { before: sample, after: sample });
      }
    }
    for (const [text, polled] of different) {
      const line = lines.get(text);
      const change = line === undefined ? polled : afterLine(line, polled, began);
      const explained = Math.min(line?.downs ?? 0, moved.get(text) ?? 0);
      if (line !== undefined) line.downs -= explained;
      if (change.before === undefined && change.after === undefined) continue;
      const one = stateChange(states, change, (moved.get(text) ?? 0) - explained);
      if (one.from !== one.to || one.missed > 0) yield one;
    }
    for (const [text, { read }] of lines) if (read <= began) lines.delete(text);
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
      writeWaiting(began, ({ states: one }) => own.some(({ of }) => of === one), reasonIn);
      for (const one of states) {
        const elsewhere = reasons.some(({ reason, collector }) => reason.of === one && collector !== name);
        for (const change of changesOf(one, families, began)) {
          if (change.missed === 0 && !(change.wasUp === true && change.isUp === false)) write(change, {});
          else if (elsewhere) waiting.push({ change, since: began, words: {} });
          else write(change, reasonIn(change));
        }
      }
      limitWait();
    },
    logged(lines, read) {
      const concerned = new Set<States>();
      for (const { at, vrf, peer, up, reason } of lines)
        for (const one of all) {
          const polled = newest.get(one);
          if (one.failed === undefined || polled === undefined) continue;
          const set = labels(one.metric.labels, [vrf, peer]);
          const known = logged.get(one) ?? new Map<string, Logged>();
          const line = known.get(set.text);
          const before = line?.sample ?? sampleOf(polled.states, set.text);
          const after = { labels: set, value: up ? one.up : one.failed };
          const change = { ...stateChange(one, { before, after }, 0), at };
          // A poll was faster, or FRR writes about a session that was not up.
          if (change.isUp === (change.wasUp ?? false)) continue;
          known.set(set.text, { sample: after, downs: (line?.downs ?? 0) + (up ? 0 : 1), read });
          logged.set(one, known);
          concerned.add(one);
          // FRR's words are what remains if the session is up again before its cause is known.
          const own = ({ states, labels: other }: StateChange) =>
            states === one && other.vrf === vrf && other.peer === peer;
          writeWaiting(Number.POSITIVE_INFINITY, own, unknown);
          const words = reason === '' ? {} : { reason };
          if (!up && reasons.some((other) => other.reason.of === one))
            waiting.push({ change, since: read, words });
          else write(change, words);
        }
      limitWait();
      return concerned;
    },
    failed({ reasons: own = [] }, began) {
      writeWaiting(began, ({ states }) => own.some(({ of }) => of === states), unknown);
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
