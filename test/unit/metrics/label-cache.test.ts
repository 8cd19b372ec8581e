import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFamilies, buildFamiliesInTurns, labels, metric } from '../../../src/metrics/family.ts';
import { createLabelCache } from '../../../src/metrics/label-cache.ts';
import { atOnce } from '../../../src/turns.ts';

const NAMES = ['vrf', 'peer', 'afi'];

function caching() {
  const cache = createLabelCache((names, values) => ({ names, values, text: values.join() }));
  cache.beginPoll();
  return { cache, get: (...values: string[]) => cache.labels(NAMES, values) };
}

describe('the label cache', () => {
  test('gives the same label set for the same names and values', () => {
    const { cache, get } = caching();
    const one = get('default', '192.0.2.1', 'ipv4');
    expect(one).toEqual({
      names: NAMES,
      values: ['default', '192.0.2.1', 'ipv4'],
      text: 'default,192.0.2.1,ipv4',
    });
    expect(get('default', '192.0.2.1', 'ipv4')).toBe(one);
    const other = get('default', '192.0.2.1', 'ipv6');
    expect(other.values).toEqual(['default', '192.0.2.1', 'ipv6']);
    cache.beginPoll();
    expect(get('default', '192.0.2.1', 'ipv4')).toBe(one);
    expect(get('default', '192.0.2.1', 'ipv6')).toBe(other);
    const otherNames = ['vrf', 'peer', 'safi'];
    expect(cache.labels(otherNames, ['default', '192.0.2.1', 'ipv4']).names).toBe(otherNames);
    expect(cache.labels([], []).text).toBe('');
  });

  test('gives what was asked for, whatever that is', () => {
    const value = fc.constantFrom('', 'a', 'b', '\ud800', '\ufffd');
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value, fc.boolean())), (asked) => {
        const { cache, get } = caching();
        for (const [vrf, peer, afi, next] of asked) {
          expect(get(vrf, peer, afi).values).toEqual([vrf, peer, afi].map((one) => one.toWellFormed()));
          if (next) cache.beginPoll();
        }
      }),
    );
  });

  test('takes what means the same on the page for the same', () => {
    const { get } = caching();
    expect(get('a', '\ud800', 'b')).toBe(get('a', '\ufffd', 'b'));
  });

  test('keeps a label set from elsewhere as its own', () => {
    const { cache, get } = caching();
    const own = get('a', 'b', 'c');
    expect(cache.keep(NAMES, own)).toBe(own);
    expect(cache.keep(NAMES, { names: ['x', 'y', 'z'], values: ['a', 'b', 'c'], text: '' })).toBe(own);
    expect(cache.keep(NAMES, caching().get('a', 'b', 'c'))).toBe(own);
  });

  test('knows what is in which family in this poll', () => {
    const { cache, get } = caching();
    const families = [0, 1, 30, 31, 32, 99];
    const first = (peer: string) => families.map((family) => cache.isFirst(get('a', peer, 'c'), family));
    for (let poll = 0; poll < 2; poll++) {
      for (const peer of ['one', 'two']) {
        expect(first(peer)).toEqual(families.map(() => true));
        expect(first(peer)).toEqual(families.map(() => false));
      }
      cache.beginPoll();
    }
  });

  test('forgets what is not used any more, when that is more than what is used', () => {
    const { cache, get } = caching();
    const peers = [0, 1, 2, 3, 4];
    const of = (peer: number) => get('default', `${peer}`, 'ipv4');
    const first = peers.map(of);
    cache.beginPoll();
    // Three of five: the others may come back.
    [0, 1, 2].map(of);
    cache.beginPoll();
    for (const peer of [0, 3, 4]) expect(of(peer)).toBe(first[peer]);
    cache.beginPoll();
    // Two of five.
    [0, 1].map(of);
    cache.beginPoll();
    expect(peers.map((peer) => of(peer) === first[peer])).toEqual([true, true, false, false, false]);
  });
});

describe('families that are built again', () => {
  const VALUE = metric({
    name: 'frr_test_value',
    type: 'gauge',
    help: 'x',
    labels: ['peer'],
    source: 'a test',
  });
  const DESCRIPTORS = [VALUE];
  const build = () =>
    buildFamilies(DESCRIPTORS, (emit) => emit(VALUE, labels(VALUE.labels, ['a']), 1)).families[0]?.samples[0]
      ?.labels;

  test('have the label sets of the last time', () => {
    const before = build();
    expect(before?.text).toBe('peer="a"');
    expect(build()).toBe(before);
  });

  test('do not share them with other collectors, with work in between, or after a failure', () => {
    const before = build();
    const work = buildFamiliesInTurns(DESCRIPTORS, function* (emit) {
      for (let index = 0; index < 3_000; index++) {
        emit(VALUE, labels(VALUE.labels, [`${index}`]), 1);
        yield;
      }
    });
    expect(work.next().done).toBe(false);
    expect(labels(VALUE.labels, ['a'])).not.toBe(before);
    atOnce(work);
    expect(() =>
      buildFamilies(DESCRIPTORS, () => {
        throw new Error('a defect');
      }),
    ).toThrow('a defect');
    expect(labels(VALUE.labels, ['a'])).not.toBe(before);
  });

  test('do not take what is built of them at the same time for their own', () => {
    const many = () =>
      buildFamiliesInTurns(DESCRIPTORS, function* (emit) {
        for (let index = 0; index < 3_000; index++) {
          emit(VALUE, labels(VALUE.labels, [`${index}`]), 1);
          yield;
        }
      });
    const first = many();
    expect(first.next().done).toBe(false);
    for (const { families, drops } of [atOnce(many()), atOnce(first)]) {
      expect(families[0]?.samples).toHaveLength(3_000);
      expect(drops).toEqual([]);
    }
    expect(build()).toBe(build());
  });
});
