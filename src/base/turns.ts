/**
 * Long computations in steps. The program runs on one thread, so a long computation would delay every scrape; it is
 * written as a generator that yields now and then, and other work runs in between.
 *
 * Why not a worker thread: with 3 sessions it costs 15 MB more than it saves, the samples would have to be copied back,
 * and the poller would exist twice. In steps, 10,000 sessions cost no more CPU than without.
 */
import { setImmediate as otherWork } from 'node:timers/promises';

/** A computation that may be interrupted wherever it yields. */
export type Turns<Result> = Generator<void, Result, void>;

/** Milliseconds after which other work runs. */
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

/** Runs the work without interruption. */
export function atOnce<Result>(work: Turns<Result>): Result {
  while (true) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
