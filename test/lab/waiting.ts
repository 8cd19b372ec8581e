/** Waiting for what takes its time. */
import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds. */
  readonly within: number;
  /** Milliseconds between tries. */
  readonly every?: number;
  /** What is waited for, for the message: `Gave up after 5 s waiting for ...`. */
  readonly for?: string;
}

/**
 * Tries until the predicate gives something truthy, and gives that. A predicate that throws is tried again.
 * @throws Error with what it gave, or threw, last
 */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const start = Date.now();
  for (;;) {
    let last: unknown;
    try {
      const value = await predicate();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() - start >= options.within) {
      const reason = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(
        `Gave up after ${options.within / 1000} s waiting for ${options.for ?? predicate.toString()}: ${reason}`,
        { cause: last },
      );
    }
    await pause(options.every ?? 100);
  }
}
