import { describe, expect, test } from 'vitest';
import type { Daemon } from '../../../src/frr/commands.ts';
import { createRouterShare, divide } from '../../../src/poller/share.ts';

const took = (daemon: Daemon, seconds: number) => new Map([[daemon, seconds]]);

/** A share that has measured the same twice, and believes it. */
function measuredTwice(maxShare: number, costs: readonly (readonly [string, Daemon, number])[]) {
  const share = createRouterShare(maxShare, CLAIMS);
  for (let poll = 0; poll < 2; poll++)
    for (const [name, daemon, seconds] of costs) share.measured(name, took(daemon, seconds));
  return share;
}

const CLAIMS = [
  { name: 'bgp', interval: 5, weight: 4 },
  { name: 'bgp-neighbors', interval: 60, weight: 1 },
  { name: 'rib', interval: 15, weight: 2 },
  { name: 'daemons', interval: 5, weight: 4 },
];
const ALL = CLAIMS.map(({ name }) => name);

describe('a budget that is divided', () => {
  test('gives every claim what it needs if it suffices', () => {
    expect(
      divide(10, [
        { need: 3, weight: 1 },
        { need: 2, weight: 5 },
      ]),
    ).toEqual([3, 2]);
  });

  test('is divided by weight among claims that need more', () => {
    expect(
      divide(8, [
        { need: 100, weight: 1 },
        { need: 100, weight: 3 },
      ]),
    ).toEqual([2, 6]);
  });

  test('gives what small claims leave to the others', () => {
    expect(
      divide(10, [
        { need: 100, weight: 1 },
        { need: 1, weight: 1 },
        { need: 100, weight: 2 },
      ]),
    ).toEqual([3, 1, 6]);
  });

  test('without claims is empty', () => {
    expect(divide(10, [])).toEqual([]);
  });
});

describe("the router's share", () => {
  test('never lengthens an interval beyond a day', () => {
    const share = measuredTwice(1e-9, [['bgp', 'bgpd', 0.04]]);
    expect([share.interval('bgp'), share.payback('bgp')]).toEqual([86_400, 86_400]);
  });

  test('keeps the longest interval of a claim, whatever the share', () => {
    const share = createRouterShare(0.01, [{ name: 'bgp', interval: 5, longest: 25, weight: 4 }]);
    for (let poll = 0; poll < 3; poll++) share.measured('bgp', took('bgpd', 2));
    expect([share.interval('bgp'), share.payback('bgp')]).toEqual([25, 25]);
  });

  test('lengthens no interval with 3 sessions', () => {
    const share = createRouterShare(0.01, CLAIMS);
    share.measured('bgp', took('bgpd', 0.0005));
    share.measured('bgp-neighbors', took('bgpd', 0.0004));
    share.measured('rib', took('zebra', 0.0008));
    share.measured(
      'daemons',
      new Map([
        ['zebra', 0.0004],
        ['bgpd', 0.0002],
      ]),
    );
    expect(ALL.map(share.interval)).toEqual([5, 60, 15, 5]);
  });

  test('lengthens the interval of details before that of sessions with 1,000 sessions', () => {
    const share = measuredTwice(0.01, [
      ['bgp', 'bgpd', 0.04],
      ['bgp-neighbors', 'bgpd', 0.232],
    ]);
    expect(share.interval('bgp')).toBe(5);
    expect(share.interval('bgp-neighbors')).toBeCloseTo(0.232 / 0.002, 9);
  });

  test('counts a million routes every two minutes, and runs zebra’s cheap commands as often as before', () => {
    const share = measuredTwice(0.01, [
      ['daemons', 'zebra', 0.0004],
      ['rib', 'zebra', 1.2],
    ]);
    expect(share.interval('daemons')).toBe(5);
    expect(share.interval('rib')).toBeCloseTo(1.2 / (0.01 - 0.0004 / 5), 9);
  });

  test('limits the time of a daemon, whatever the collectors query', () => {
    const costs = [
      ['bgp', 'bgpd', 0.4],
      ['bgp-neighbors', 'bgpd', 2.3],
      ['rib', 'bgpd', 0.001],
      ['daemons', 'bgpd', 0.3],
    ] as const;
    const share = measuredTwice(0.02, costs);
    const spent = costs.reduce((sum, [name, , seconds]) => sum + seconds / share.interval(name), 0);
    expect(spent).toBeCloseTo(0.02, 9);
  });

  test('uses the smallest of three measurements, so that a busy machine does not look like a busy daemon', () => {
    const share = createRouterShare(0.01, CLAIMS);
    const intervals = [];
    for (const seconds of [0.075, 0.0005, 0.2, 0.3, 0.0005]) {
      share.measured('bgp', took('bgpd', seconds));
      intervals.push(share.interval('bgp'));
    }
    expect(intervals).toEqual([7.5, 5, 5, 5, 5]);
  });

  test('does not rely on the first measurement alone, but accounts for it', () => {
    const share = createRouterShare(0.01, CLAIMS);
    share.measured('rib', took('zebra', 1.2));
    expect([share.interval('rib'), share.payback('rib')]).toEqual([30, 120]);
    share.measured('rib', took('zebra', 1.2));
    expect([share.interval('rib'), share.payback('rib')]).toEqual([120, 120]);
  });

  test('follows a rising load within three polls, and a falling load immediately', () => {
    const share = createRouterShare(0.01, CLAIMS);
    const intervals = [];
    for (const seconds of [0.001, 1.2, 1.2, 1.2, 0.6, 0]) {
      share.measured('rib', took('zebra', seconds));
      intervals.push(share.interval('rib'));
    }
    expect(intervals).toEqual([15, 15, 15, 120, 60, 15]);
  });

  test('computes the cost of an extra poll: little if the share is not used up, otherwise the interval', () => {
    const share = createRouterShare(0.01, CLAIMS);
    share.measured('bgp-neighbors', took('bgpd', 0.0004));
    expect(share.payback('bgp-neighbors')).toBeCloseTo(0.04, 9);
    share.measured('rib', took('zebra', 1.2));
    expect(share.payback('rib')).toBe(120);
    expect(share.payback('daemons')).toBe(0);
  });
});
