/**
 * The changes of the last hours, in memory: the newest in full, and for each object when it worked during the last day.
 * Both are bounded in number and in bytes, whatever flaps.
 */
import type { Event, EventLabels, RecordEvent } from './event.ts';

/** Events that are stored in full. */
const MOST_EVENTS = 500;

/** Bytes of these events as JSON, about what they take in memory. */
const MOST_BYTES = 256 * 1024;

/** UTF-16 units of a cause: a peer's shutdown text has 255 bytes at most (RFC 9003), a log line may have any number. */
const LONGEST_CAUSE = 500;

/** Seconds that a timeline goes back. */
const DAY = 86_400;

/** Maximum number of changes in one timeline, and of objects that have one: those that changed last. 2 MB at most. */
const MOST_CHANGES = 100;
const MOST_OBJECTS = 1_000;

/** A part of a timeline; times are seconds since the epoch. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /**
   * Whether the object worked; null where that is not known: the object was absent, the exporter had
   * not started, or it was too many changes ago.
   */
  readonly up: boolean | null;
}

/** An object, as its events name it. */
export interface EventObject {
  readonly topic: string;
  readonly labels: EventLabels;
}

export interface EventQuery {
  /** Only what happened after it, in the format of {@link Event.at}. */
  readonly since?: string;
  /** Maximum number of events. */
  readonly limit?: number;
}

export interface History {
  readonly record: RecordEvent;
  /** The newest first. */
  events(query?: EventQuery): readonly Event[];
  /**
   * When an object worked, without gaps, the oldest first. Times are seconds since the epoch.
   * @param up whether it works now: of an object that never changed, there is nothing in the history
   */
  timeline(object: EventObject, up: boolean, from: number, to: number): readonly Segment[];
  /** How often an object went down since that moment, also where that was too fast to be seen, or later if less is known. */
  downs(object: EventObject, from: number): Downs;
}

/** Since when all is known, in seconds since the epoch, and how often the object went down since then. */
export interface Downs {
  readonly since: number;
  readonly count: number;
}

interface StateChange {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly wasUp: boolean | null;
  readonly up: boolean | null;
  /** How often the object went down with this change, and unseen before it. */
  readonly downs: number;
}

/** The changes of one object, the oldest first. */
interface ObjectHistory {
  /** Seconds since the epoch since when all changes are here. */
  complete: number;
  readonly changes: StateChange[];
}

const keyOf = ({ topic, labels }: EventObject): string =>
  JSON.stringify([
    topic,
    ...Object.entries(labels)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flat(),
  ]);

/** Inserts an item in order; one that is recorded late, because it waited for its cause, belongs near the end. */
function insert<Item extends { readonly at: string | number }>(items: Item[], item: Item): void {
  const place = items.findLastIndex(({ at }) => at <= item.at) + 1;
  items.splice(place, 0, item);
}

/** @param started seconds since the epoch at which the exporter started; nothing is known of the time before */
export function createHistory(started: number): History {
  /** The oldest first, with their sizes. */
  const events: Event[] = [];
  const sizes = new WeakMap<Event, number>();
  let bytes = 0;
  /** Those that changed last are last. */
  const objects = new Map<string, ObjectHistory>();
  /** Seconds since the epoch since when no object with changes has been removed from `objects`. */
  let allComplete = started;

  function record(given: Event): void {
    const cause = given.cause?.slice(0, LONGEST_CAUSE).toWellFormed() ?? null;
    const event = { ...given, cause };
    const size = Buffer.byteLength(JSON.stringify(event));
    sizes.set(event, size);
    bytes += size;
    insert(events, event);
    while (events.length > MOST_EVENTS || bytes > MOST_BYTES)
      bytes -= sizes.get(events.shift() as Event) as number;
    if (event.was_up !== event.up || event.missed > 0) recordChange(event);
  }

  function recordChange(event: Event): void {
    const key = keyOf(event);
    const object = objects.get(key) ?? { complete: allComplete, changes: [] };
    objects.delete(key);
    objects.set(key, object);
    const at = Date.parse(event.at) / 1000;
    const downs = event.missed + (event.was_up === true && event.up === false ? 1 : 0);
    insert(object.changes, { at, wasUp: event.was_up, up: event.up, downs });
    const old = at - DAY;
    while (object.changes.length > MOST_CHANGES || (object.changes[1]?.at ?? at) < old) {
      object.changes.shift();
      object.complete = (object.changes[0] as StateChange).at;
    }
    if (objects.size <= MOST_OBJECTS) return;
    const [oldest, { changes }] = objects.entries().next().value as [string, ObjectHistory];
    objects.delete(oldest);
    allComplete = Math.max(allComplete, (changes.at(-1) as StateChange).at);
  }

  function timeline(object: EventObject, up: boolean, from: number, to: number): readonly Segment[] {
    const { complete, changes } = objects.get(keyOf(object)) ?? { complete: allComplete, changes: [] };
    const [first] = changes;
    /** The known parts of the timeline, the oldest first. */
    const known: readonly Pick<StateChange, 'at' | 'up'>[] = [
      { at: from, up: null },
      { at: complete, up: first === undefined ? up : first.wasUp },
      ...changes,
    ];
    const segments: { from: number; to: number; up: boolean | null }[] = [];
    for (const [index, { at, up: state }] of known.entries()) {
      const begin = Math.max(from, at);
      const end = Math.min(to, known[index + 1]?.at ?? to);
      if (end <= begin) continue;
      const last = segments.at(-1);
      if (last?.up === state) last.to = end;
      else segments.push({ from: begin, to: end, up: state });
    }
    return segments;
  }

  return {
    record,
    events({ since = '', limit = MOST_EVENTS } = {}) {
      const wanted = events.filter(({ at }) => at > since);
      return wanted.slice(Math.max(0, wanted.length - limit)).reverse();
    },
    timeline,
    downs(object, from) {
      const { complete, changes } = objects.get(keyOf(object)) ?? { complete: allComplete, changes: [] };
      const since = Math.max(from, complete);
      const counted = changes.filter(({ at }) => at >= since);
      return { since, count: counted.reduce((sum, { downs }) => sum + downs, 0) };
    },
  };
}
