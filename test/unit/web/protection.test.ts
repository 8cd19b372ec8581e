import { expect, test } from 'vitest';
import { createTokenBucket } from '../../../src/web/protection.ts';

test('a burst, then one an interval', () => {
  const bucket = createTokenBucket();
  const limit = { interval: 2, burst: 3 };
  const taken = (now: number) => bucket.take(limit, now);
  expect([taken(100), taken(100), taken(100), taken(100)]).toEqual([true, true, true, false]);
  expect([taken(101), taken(102), taken(102)]).toEqual([false, true, false]);
  expect([taken(1000), taken(1000), taken(1000), taken(1000)]).toEqual([true, true, true, false]);
});

test('a limit that was lowered holds at once', () => {
  const bucket = createTokenBucket();
  expect(bucket.take({ interval: 1, burst: 100 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(true);
  expect(bucket.take({ interval: 1, burst: 1 }, 0)).toBe(false);
});
