/** The scrapes of a simulated fleet: work that is done again and again. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Does the work now and every so many seconds, later only where it takes longer, until it is disposed of.
 * What the work throws ends it, and is thrown on disposal.
 */
export function everySeconds(interval: number, work: () => Promise<void>): AsyncDisposable {
  const ended = new AbortController();
  const working = (async () => {
    for (let next = Date.now(); !ended.signal.aborted; ) {
      await work();
      next = Math.max(next + interval * 1000, Date.now());
      await pause(next - Date.now(), undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  // Thrown on disposal, instead of as an unhandled rejection.
  working.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await working;
    },
  };
}
