import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labels, type MetricFamily, metric } from '../../../src/metrics/family.ts';
import { changed, changes } from '../../../src/poller/changes.ts';
import { limitSeries } from '../../../src/poller/series-limit.ts';
import { settleTimestamps } from '../../../src/poller/settle.ts';

const PEER = ['peer'] as const;
const descriptor = metric({
  name: 'frr_test_state',
  type: 'gauge',
  help: 'x',
  labels: PEER,
  source: 'a test',
});
const since = metric({
  name: 'frr_test_up_timestamp_seconds',
  type: 'gauge',
  help: 'x',
  unit: 'seconds',
  labels: PEER,
  source: 'a test',
});

const family = (
  values: Record<string, number>,
  of: MetricFamily['descriptor'] = descriptor,
): MetricFamily => ({
  descriptor: of,
  samples: Object.entries(values).map(([peer, value]) => ({ labels: labels(PEER, [peer]), value })),
});
const valuesOf = ({ samples }: MetricFamily) =>
  Object.fromEntries(samples.map(({ labels: set, value }) => [set.values[0], value]));

describe('changes of a family', () => {
  const difference = (before: MetricFamily | undefined, after: MetricFamily | undefined) =>
    [...changes(before, after)].map(
      (change) =>
        `${(change.after ?? change.before)?.labels.values[0]}: ${change.before?.value} -> ${change.after?.value}`,
    );

  test('are empty for equal families in any order', () => {
    expect(difference(family({ a: 1, b: 2 }), family({ a: 1, b: 2 }))).toEqual([]);
    expect(difference(family({ a: 1, b: 2, c: 3 }), family({ c: 3, a: 1, b: 2 }))).toEqual([]);
    expect(difference(undefined, undefined)).toEqual([]);
    expect(changed(family({ a: 1 }), family({ a: 1 }))).toBe(false);
  });

  test('are values, new samples and removed samples', () => {
    expect(difference(family({ a: 1, b: 2, c: 3 }), family({ a: 1, b: 5, d: 4, c: 3 }))).toEqual([
      'b: 2 -> 5',
      'd: undefined -> 4',
    ]);
    expect(difference(family({ a: 1, b: 2 }), family({ b: 2 }))).toEqual(['a: 1 -> undefined']);
    expect(difference(family({ a: 1 }), undefined)).toEqual(['a: 1 -> undefined']);
    expect(difference(undefined, family({ a: 1 }))).toEqual(['a: undefined -> 1']);
    expect(changed(family({ a: 1 }), family({ a: 2 }))).toBe(true);
  });

  test('are the same as from comparing maps', () => {
    const values = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(values, values, (before, after) => {
        const expected = [...new Set([...Object.keys(before), ...Object.keys(after)])]
          .filter((peer) => before[peer] !== after[peer])
          .map((peer) => `${peer}: ${before[peer]} -> ${after[peer]}`);
        expect(difference(family(before), family(after)).sort()).toEqual(expected.sort());
      }),
    );
  });
});

describe('points in time', () => {
  const settle = (before: Record<string, number>, after: Record<string, number>) =>
    valuesOf(settleTimestamps([family(after, since)], [family(before, since)])[0] as MetricFamily);

  test('that jitter keep their first value', () => {
    expect(settle({ a: 1000, b: 2000 }, { a: 1001, b: 1998 })).toEqual({ a: 1000, b: 2000 });
  });

  test('that differ get a new value', () => {
    expect(settle({ a: 1000, b: 2000 }, { a: 1002.1, b: 1500 })).toEqual({ a: 1002.1, b: 1500 });
  });

  test('are matched when sessions appear and disappear', () => {
    expect(settle({ a: 1000, b: 2000, c: 3000 }, { c: 3001, x: 7, b: 2001 })).toEqual({
      c: 3000,
      x: 7,
      b: 2000,
    });
  });

  test('leave other metrics alone', () => {
    const after = [family({ a: 6 })];
    expect(settleTimestamps(after, [family({ a: 5 })])[0]).toBe(after[0]);
    expect(settleTimestamps([family({ a: 6 }, since)], [])).toEqual([family({ a: 6 }, since)]);
  });
});

describe('the number of series', () => {
  const two = [family({ a: 1, b: 2 }), family({ c: 3, d: 4 }, since)];

  test('within the limit is unchanged', () => {
    expect(limitSeries(two, 4)).toEqual({ families: two, cut: 0 });
  });

  test('beyond the limit is cut from the end', () => {
    const { families, cut } = limitSeries(two, 3);
    expect([families.map(valuesOf), cut]).toEqual([[{ a: 1, b: 2 }, { c: 3 }], 1]);
    expect(limitSeries(two, 2)).toEqual({ families: [two[0]], cut: 2 });
    expect(limitSeries(two, 0)).toEqual({ families: [], cut: 4 });
    expect(limitSeries(two, -5)).toEqual({ families: [], cut: 4 });
  });
});
