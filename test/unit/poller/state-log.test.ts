import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import { bfd } from '../../../src/collectors/bfd.ts';
import { bgp } from '../../../src/collectors/bgp.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import type { Collector } from '../../../src/collectors/collector.ts';
import { labels, type MetricFamily } from '../../../src/metrics/family.ts';
import { createFamilyBuilder } from '../../../src/metrics/family-builder.ts';
import { createStateLog } from '../../../src/poller/state-log.ts';
import { readableLog } from './fake-frr.ts';

const named = (collector: Collector, name: string) => {
  const found = collector.descriptors.find((descriptor) => descriptor.name === name);
  if (found === undefined) throw new Error(`${collector.name} has no ${name}`);
  return found;
};

/** Families of one metric, from rows of label values and the figure. */
function families(
  collector: Collector,
  name: string,
  rows: readonly (readonly [...string[], number])[],
): readonly MetricFamily[] {
  const descriptor = named(collector, name);
  return atOnce(
    createFamilyBuilder(collector.descriptors)(function* ({ emit }) {
      for (const row of rows) {
        yield;
        emit(descriptor, labels(descriptor.labels, row.slice(0, -1) as string[]), row.at(-1));
      }
    }),
  ).families;
}

const state = (...rows: [string, string, number][]) => families(bgp, 'frr_bgp_session_state', rows);
const reset = (...rows: [string, string, string, string, string][]) =>
  families(
    bgpNeighbors,
    'frr_bgp_session_last_reset_info',
    rows.map((row) => [...row, 1] as const),
  );
const bfdState = (up: number, diagnostic: string, remote: string) => [
  ...families(bfd, 'frr_bfd_session_state', [['default', '192.0.2.1', '', 'eth1', up]]),
  ...families(bfd, 'frr_bfd_session_info', [
    ['default', '192.0.2.1', '', 'eth1', diagnostic, remote, 'dynamic', '', 'false', 1],
  ]),
];

const [BGP, NEIGHBORS, BFD] = [bgp, bgpNeighbors, bfd];

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function following(collectors: readonly Collector[] = [bgp, bgpNeighbors, bfd]) {
  const { log, lines } = readableLog();
  const sessions = createStateLog(log, collectors);
  return { sessions, lines, messages: () => lines.map(({ msg }) => msg) };
}

describe('a BGP session', () => {
  test('that goes down is one line, with the reason from the neighbors command', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6], ['default', 'eth2', 6]), 0);
    sessions.observe(NEIGHBORS, [], 0.5);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1], ['default', 'eth2', 6]), 5);
    expect(lines).toEqual([]);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'Interface down', '12', '']), 5.1);
    expect(lines).toEqual([
      {
        level: 40,
        protocol: 'BGP',
        vrf: 'default',
        peer: '192.0.2.1',
        from: 'Established',
        to: 'Idle',
        reason: 'Interface down',
        msg: 'BGP session with 192.0.2.1 (vrf default) Established -> Idle: Interface down',
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('names the NOTIFICATION', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 3]), 5);
    sessions.observe(
      NEIGHBORS,
      reset(['default', '192.0.2.1', 'BGP Notification received', '3', 'Cease/Administrative Shutdown']),
      6,
    );
    expect(messages()).toEqual([
      'BGP session with 192.0.2.1 (vrf default) Established -> Active: BGP Notification received: Cease/Administrative Shutdown',
    ]);
  });

  test('does not get a reason from a query that was sent before it went down', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'long ago', '1', '']), 4.9);
    expect(messages()).toEqual([]);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'Hold timer expired', '1', '']), 5.9);
    expect(messages()).toEqual([
      'BGP session with 192.0.2.1 (vrf default) Established -> Idle: Hold timer expired',
    ]);
  });

  test('is logged without a reason if there is none in time', () => {
    const { sessions, messages } = following();
    const line = (to: string) => `BGP session with 192.0.2.1 (vrf default) Established -> ${to}`;
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    vi.advanceTimersByTime(9_999);
    expect(messages()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(messages()).toEqual([line('Idle')]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 20);
    sessions.observe(BGP, state(['default', '192.0.2.1', 2]), 25);
    sessions.failed(NEIGHBORS, 25.1);
    expect(messages().slice(2)).toEqual([line('Connect')]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 30);
    sessions.observe(BGP, state(['default', '192.0.2.1', 3]), 35);
    sessions.stop();
    expect(messages().slice(4)).toEqual([line('Active')]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is logged immediately if no collector polls reasons', () => {
    const { sessions, messages } = following([bgp, bfd]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    expect(messages()).toEqual(['BGP session with 192.0.2.1 (vrf default) Established -> Idle']);
  });

  test('is logged immediately, at the right level, when it comes up, appears, disappears or retries', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 3], ['default', '192.0.2.2', 3]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6], ['default', '192.0.2.2', 2]), 5);
    sessions.observe(BGP, state(['default', '192.0.2.2', 2], ['tenant-a', '192.0.2.3', 1]), 10);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [30, 'BGP session with 192.0.2.1 (vrf default) Active -> Established'],
      [20, 'BGP session with 192.0.2.2 (vrf default) Active -> Connect'],
      [30, 'BGP session with 192.0.2.3 (vrf tenant-a) absent -> Idle'],
      [30, 'BGP session with 192.0.2.1 (vrf default) Established -> absent'],
    ]);
  });

  test('is not logged when it is seen for the first time', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 0);
    expect(lines).toEqual([]);
  });

  test('of a router that had none is logged', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, [], 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    expect(messages()).toEqual(['BGP session with 192.0.2.1 (vrf default) absent -> Idle']);
  });
});

describe('a BFD session', () => {
  test('is logged with its diagnostic when it goes down', () => {
    const { sessions, lines } = following();
    sessions.observe(BFD, bfdState(3, 'ok', 'ok'), 0);
    sessions.observe(BFD, bfdState(1, 'control detection time expired', 'ok'), 5);
    sessions.observe(BFD, bfdState(2, 'ok', 'ok'), 10);
    sessions.observe(BFD, bfdState(3, 'ok', 'ok'), 15);
    sessions.observe(BFD, bfdState(1, 'neighbor signaled session down', 'echo function failed'), 20);
    sessions.observe(BFD, bfdState(0, 'administratively down', 'ok'), 25);
    expect(lines[0]).toEqual({
      level: 40,
      protocol: 'BFD',
      vrf: 'default',
      peer: '192.0.2.1',
      local: '',
      interface: 'eth1',
      from: 'Up',
      to: 'Down',
      reason: 'control detection time expired',
      msg: 'BFD session with 192.0.2.1 (vrf default) Up -> Down: control detection time expired',
    });
    expect(lines.slice(1).map(({ level, msg }) => [level, msg])).toEqual([
      [20, 'BFD session with 192.0.2.1 (vrf default) Down -> Init'],
      [30, 'BFD session with 192.0.2.1 (vrf default) Init -> Up'],
      [
        40,
        'BFD session with 192.0.2.1 (vrf default) Up -> Down: neighbor signaled session down, the other side says echo function failed',
      ],
      [30, 'BFD session with 192.0.2.1 (vrf default) Down -> AdminDown'],
    ]);
  });
});
