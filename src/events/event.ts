/**
 * One change: a session that went down, a default route that is missing, maintenance that begins. Also how it is served.
 *
 * Whatever observes a change makes an event of it and records it in the history; there is no other way.
 */

/** Label values of the object, as in its metrics. */
export type EventLabels = Readonly<Record<string, string>>;

export interface Event {
  /** RFC 3339 in UTC with milliseconds, so that the order of texts is that of time: when it was observed. */
  readonly at: string;
  /** What kind of object: `bgp_session`, `link`, `daemon`, `default_route`, `maintenance`; docs/status.md lists all. */
  readonly topic: string;
  /** The object in words: `BGP session with eth1 (vrf default)`. */
  readonly what: string;
  readonly labels: EventLabels;
  /** The state before; `absent` where the object was not there. */
  readonly from: string;
  /** The state after, the same as before where the object only changed between two polls ({@link missed}). */
  readonly to: string;
  /** Whether the object worked in the state before; null where it was absent, or where that does not apply. */
  readonly was_up: boolean | null;
  /** The same of the state after. */
  readonly up: boolean | null;
  /** How many times it went down and came up again between two polls, besides this change: from FRR's counter. */
  readonly missed: number;
  /** Why, in words; null where that is not known or the object came up. */
  readonly cause: string | null;
}

/** An object that is not there, as a state. */
export const ABSENT = 'absent';

/** Takes an event into the history. */
export type RecordEvent = (event: Event) => void;

/** Seconds since the epoch, as events give their time. */
export function eventTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** What {@link Event.missed} means, in words; empty where nothing was missed. */
export function missedText(missed: number): string {
  if (missed === 0) return '';
  return `went down and up ${missed === 1 ? 'once' : `${missed} times`} between polls`;
}
