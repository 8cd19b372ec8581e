import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import { labels, metric } from '../../../src/metrics/family.ts';
import { type Build, createFamilyBuilder } from '../../../src/metrics/family-builder.ts';

const value = (name: string) =>
  metric({ name, type: 'gauge', help: 'x', labels: ['vrf', 'peer'], source: 'a test' });
const ONE = value('frr_test_one');
const OTHER = value('frr_test_other');
const LABELS = ONE.labels;

function building() {
  const build = createFamilyBuilder([ONE, OTHER]);
  return (fill: (build: Build) => void) =>
    atOnce(
      build(function* (context) {
        yield;
        fill(context);
      }),
    );
}

describe('a family builder', () => {
  test('returns families in the order of the descriptors, without empty ones', () => {
    const poll = building();
    const { families, drops } = poll(({ emit, labels }) => {
      emit(OTHER, labels(LABELS, ['default', 'b']), 2);
      emit(ONE, labels(LABELS, ['default', 'b']), '1');
      emit(OTHER, labels(LABELS, ['default', 'a']), undefined);
    });
    expect(
      families.map(({ descriptor, samples }) => [
        descriptor.name,
        samples.map((sample) => [sample.labels.text, sample.value]),
      ]),
    ).toEqual([
      ['frr_test_one', [['vrf="default",peer="b"', 1]]],
      ['frr_test_other', [['vrf="default",peer="b"', 2]]],
    ]);
    expect(drops).toEqual([]);
    expect(poll(({ emit, labels }) => emit(OTHER, labels(LABELS, ['', '']), 0)).families).toHaveLength(1);
  });

  test('drops values that are not numbers, duplicates, and what the collector drops', () => {
    const { families, drops } = building()(({ emit, labels, leaveOut }) => {
      const set = labels(LABELS, ['default', 'a']);
      emit(ONE, set, 'many');
      emit(ONE, set, 1);
      emit(ONE, labels(['vrf', 'peer'], ['default', 'a']), 2);
      leaveOut('vrf_name', OTHER, set);
    });
    expect(families.flatMap(({ samples }) => samples.map((sample) => sample.value))).toEqual([1]);
    const of = { metric: 'frr_test_one', labels: 'vrf="default",peer="a"' };
    expect(drops).toEqual([
      { reason: 'not_a_number', ...of, value: 'many' },
      { reason: 'duplicate', ...of },
      { reason: 'vrf_name', ...of, metric: 'frr_test_other' },
    ]);
  });

  test('refuses a metric that was not declared', () => {
    const stranger = value('frr_test_stranger');
    expect(() => building()(({ emit, labels }) => emit(stranger, labels(LABELS, ['', '']), 1))).toThrow(
      "frr_test_stranger is not among the collector's descriptors",
    );
  });

  test('yields after some thousand samples', () => {
    const work = createFamilyBuilder([ONE])(function* ({ emit, labels }) {
      for (let n = 0; n < 5_000; n++) {
        yield;
        emit(ONE, labels(LABELS, ['default', `${n}`]), n);
      }
    });
    let interruptions = 0;
    while (!work.next().done) interruptions++;
    expect(interruptions).toBe(2);
  });
});

describe('label sets', () => {
  test('are the same objects in every poll, as long as their order does not change', () => {
    const poll = building();
    const setsOf = (...peers: string[]) => {
      const { families, drops } = poll(({ emit, labels }) => {
        for (const peer of peers) emit(ONE, labels(LABELS, ['default', peer]), 1);
      });
      expect(drops).toEqual([]);
      return families[0]?.samples.map((sample) => sample.labels);
    };
    const same = (one: readonly unknown[] = [], other: readonly unknown[] = []) =>
      one.map((set, index) => set === other[index]);
    const first = setsOf('a', 'b', 'c');
    const second = setsOf('a', 'b', 'c');
    expect(same(second, first)).toEqual([true, true, true]);
    const third = setsOf('a', 'c', 'b');
    expect(same(third, second)).toEqual([true, false, false]);
    expect(third?.map(({ text }) => text)).toEqual(
      ['a', 'c', 'b'].map((peer) => `vrf="default",peer="${peer}"`),
    );
    expect(same(setsOf('a', 'c', 'b', 'd'), third)).toEqual([true, true, true, false]);
  });

  test('that are duplicates are found after any number of those of the previous poll', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'))), (polls) => {
        const poll = building();
        for (const peers of polls) {
          const { families, drops } = poll(({ emit, labels }) => {
            for (const peer of peers) emit(ONE, labels(LABELS, ['', peer]), 1);
          });
          const given = families.flatMap(({ samples }) => samples.map((sample) => sample.labels.values[1]));
          expect(given).toEqual([...new Set(peers)]);
          expect(drops).toHaveLength(peers.length - given.length);
        }
      }),
    );
  });

  test('are what labels() makes, whatever the values', () => {
    const text = fc.constantFrom('', 'a', '\n', 'a\nb', '"', '\\', '\ud800', '\ufffd');
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(text, text))), (polls) => {
        const poll = building();
        for (const sets of polls)
          poll((build) => {
            for (const values of sets) expect(build.labels(LABELS, values)).toEqual(labels(LABELS, values));
          });
      }),
    );
  });
});
