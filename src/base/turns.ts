/**
 * Work that is done in turns. All of this program runs on one thread, so a long computation would hold up every
 * scrape; it is written as a generator that stops now and then, and whoever runs it sees to other things between.
 *
 * Why not a worker thread: at 3 sessions one costs 15 MB more than it helps, the figures would have to be copied
 * back, and the poller would exist twice. In turns, 10,000 sessions cost no more CPU than in one go.
 */
import { setImmediate as otherWork } from 'node:timers/promises';

/** A computation that may be interrupted wherever it yields. */
export type Turns<Result> = Generator<void, Result, void>;

/** Milliseconds after which other work has its turn. */
const TURN = 10;

/** Runs the work to its end, letting other work in between. */
export async function inTurns<Result>(work: Turns<Result>): Promise<Result> {
  let began = performance.now();
  while (true) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - began < TURN) continue;
    await otherWork();
    began = performance.now();
  }
}

/** Runs the work in one go. */
export function atOnce<Result>(work: Turns<Result>): Result {
  while (true) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
