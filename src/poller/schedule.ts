/**
 * When one collector polls next: at its interval, or at once when something that it explains has changed.
 *
 * An extra poll is a later poll done early. Each poll is paid for by time that passes (`payback`); one poll may
 * be owed, and while it is, there are no extra polls and the regular ones wait. So the router's share holds in
 * the long run, whatever flaps.
 *
 * All times are seconds of a clock that never jumps.
 */
export interface Schedule {
  /** When the next poll is to start. */
  readonly due: () => number;
  /** The poll starts. */
  started(now: number): void;
  /** The poll is over, and these are the interval and the payback in force. */
  finished(now: number, interval: number, payback: number): void;
  /** Requests a poll at once, or as soon as the limits allow one. */
  wake(now: number): void;
}

/** Minimum seconds from the start of one poll to that of the next, however cheap. */
const SHORTEST_INTERVAL = 1;

/** Fraction of a round by which a poll may start early, to join that round: polls start a little late. */
const EARLIER = 0.1;

/**
 * @param first when the first poll is due
 * @param round seconds between rounds, in which extra polls take no part; 0 for polls whenever they are due
 */
export function createSchedule(first: number, round = 0): Schedule {
  const inRound = (time: number): number =>
    round > 0 ? first + Math.ceil((time - first) / round - EARLIER) * round : time;

  let due = first;
  let start = Number.NEGATIVE_INFINITY;
  /** Until then, the polls so far are not paid for. */
  let paid = Number.NEGATIVE_INFINITY;
  let payback = 0;
  let shortest = SHORTEST_INTERVAL;
  return {
    due: () => due,
    started(now) {
      start = now;
    },
    finished(now, interval, newPayback) {
      // Polls are owed, at their current price.
      const owed = payback > 0 ? Math.max(0, paid - start) / payback : 0;
      payback = newPayback;
      paid = start + (owed + 1) * payback;
      shortest = Math.min(SHORTEST_INTERVAL, interval);
      // An interval that is shorter than the payback takes the next poll in advance. A poll that took longer than its
      // interval is not followed by the next one without a pause.
      const regular = inRound(Math.max(start + interval, paid - payback + Math.min(payback, interval)));
      due = Math.max(regular, inRound(now + shortest));
    },
    wake(now) {
      const mayStart = Math.max(now, start + shortest, paid - payback);
      due = Math.min(due, mayStart);
    },
  };
}
