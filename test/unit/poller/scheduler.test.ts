import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bgp } from '../../../src/collectors/bgp.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import {
  type ActiveCollector,
  activate,
  collector,
  type Pace,
  revision,
} from '../../../src/collectors/collector.ts';
import type { Event } from '../../../src/events/event.ts';
import { COMMANDS, type Command } from '../../../src/frr/commands.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { textPart } from '../../../src/metrics/body.ts';
import { type Descriptor, metric } from '../../../src/metrics/family.ts';
import {
  type Poller,
  type PollerOptions,
  type PollSettings,
  pollOnce,
  startPoller,
} from '../../../src/poller/scheduler.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { fakeFrr, hangs, ignoresEverything, keyOf, readableLog } from './fake-frr.ts';

const PEER = ['peer'] as const;

function gauge(name: string) {
  return metric({ name, type: 'gauge', help: 'x', labels: PEER, source: 'a test' });
}

/** A collector whose answer is `{"peer": value, ...}`, which it exports as it is. */
function collectorOf(
  name: string,
  command: Command,
  pace: Pace = 'sessions',
  more: Partial<Pick<ActiveCollector, 'pollWhenChanged' | 'revision'>> = {},
) {
  const value = gauge(`frr_${name}_value`);
  const built = collector({
    name,
    help: 'x',
    enabledByDefault: true,
    pace,
    commands: [command],
    descriptors: [value],
    ...more,
    query: (frr) => frr.json(command),
    *families(documents, { emit, labels }) {
      for (const document of documents) {
        for (const [peer, own] of Object.entries(document as object)) {
          yield;
          emit(value, labels(PEER, [peer]), own);
        }
      }
    },
  });
  return { collector: activate(built, {}), value };
}

const sessions = collectorOf('sessions', COMMANDS.bgpSummary);
const table = collectorOf('table', COMMANDS.evpnVnis, 'tables');
const reasons = collectorOf('reasons', COMMANDS.bgpNeighbors, 'details', {
  pollWhenChanged: [sessions.value],
});

const SUMMARY = keyOf(COMMANDS.bgpSummary);
const NEIGHBORS = keyOf(COMMANDS.bgpNeighbors);
const VNIS = keyOf(COMMANDS.evpnVnis);

const SETTINGS: PollSettings = { interval: 5, timeout: 5, maxShare: 0.01, staleAfter: 30, maxSeries: 1_000 };

let pollers: Poller[] = [];
beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(async () => {
  await Promise.all(pollers.map((poller) => poller.stop()));
  pollers = [];
  vi.useRealTimers();
});

function polling(
  options: Partial<Pick<PollerOptions, 'collectors'>> & { settings?: Partial<PollSettings> } = {},
) {
  const frr = fakeFrr();
  frr.replies.set(SUMMARY, '{"a": 1, "b": 2}');
  frr.replies.set(NEIGHBORS, '{"a": 10}');
  frr.replies.set(VNIS, '{"v": 100}');
  const { log, lines } = readableLog();
  const { collectors = [sessions.collector, table.collector, reasons.collector] } = options;
  const settings = { ...SETTINGS, ...options.settings };
  const all: PollerOptions = { source: frr.source, collectors, settings, log };
  return {
    frr,
    lines,
    options: all,
    messages: () => lines.map(({ msg }) => msg),
    start() {
      const poller = startPoller(all);
      pollers.push(poller);
      return poller;
    },
    /** Number of times a command was queried so far. */
    times: (key: string) => frr.queried.filter((queried) => queried === key).length,
  };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

/** A family of the snapshot; undefined when it has no samples now. */
const findFamily = (snapshot: Snapshot, descriptor: Descriptor) =>
  snapshot.parts.flatMap(({ families }) => families).find((family) => family.descriptor === descriptor);

const valuesOf = (snapshot: Snapshot, descriptor: Descriptor) =>
  Object.fromEntries(
    (findFamily(snapshot, descriptor)?.samples ?? []).map(({ labels: set, value }) => [set.values[0], value]),
  );

/** The value of one of the poller's own metrics; undefined when it is absent. */
function own(snapshot: Snapshot, name: string, ...values: string[]): number | undefined {
  const family = snapshot.parts[0]?.families.find(({ descriptor }) => descriptor.name === name);
  return family?.samples.find(({ labels: set }) => JSON.stringify(set.values) === JSON.stringify(values))
    ?.value;
}

const ownByName =
  (snapshot: Snapshot) =>
  (name: string): Record<string, number> =>
    Object.fromEntries(
      (snapshot.parts[0]?.families.find(({ descriptor }) => descriptor.name === name)?.samples ?? []).map(
        ({ labels: set, value }) => [set.values.join(' '), value],
      ),
    );

describe('the poller', () => {
  test('knows nothing of FRR before the first poll, and then how long it took', async () => {
    const { start, frr } = polling({ collectors: [sessions.collector] });
    frr.replies.set(SUMMARY, async () => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      return '{"a": 1}';
    });
    const poller = start();
    expect(poller.snapshot().frrUp).toBe(false);
    await pass(1);
    expect(poller.snapshot().frrUp).toBe(true);
    expect(own(poller.snapshot(), 'frr_collector_duration_seconds', 'sessions')).toBe(0.25);
  });

  test.each([
    ['vtysh', { recent: 1, bgpd: 1, zebra: 0 }],
    ['socket', { recent: 0, bgpd: 1, zebra: 0 }],
  ] as const)('by %s, a collector learns what others query', async (kind, expected) => {
    const query: ActiveCollector['query'] = async (frr) => {
      const recent = frr.recentText(COMMANDS.vrfs, 12);
      await frr.text(COMMANDS.vrfs);
      return [
        {
          recent: recent === undefined ? 0 : 1,
          bgpd: frr.queriedAnyway('bgpd') ? 1 : 0,
          zebra: frr.queriedAnyway('zebra') ? 1 : 0,
        },
      ];
    };
    const learning = { ...table.collector, query, commands: [COMMANDS.vrfs] };
    const { frr, options } = polling({ collectors: [sessions.collector, learning] });
    frr.replies.set(keyOf(COMMANDS.vrfs), 'vrf red id 5 table 10');
    const poller = startPoller({ ...options, source: { ...frr.source, kind } });
    pollers.push(poller);
    await pass(21);
    expect(valuesOf(poller.snapshot(), table.value)).toEqual(expected);
  });

  test('frees the memory of a large answer once its samples are made', async () => {
    const { frr, options } = polling({ collectors: [sessions.collector] });
    frr.replies.set(SUMMARY, `{"a": 1, "b": ${JSON.stringify('x'.repeat(300_000))}}`);
    const answers: Buffer[] = [];
    const show: PollerOptions['source']['show'] = async (...query) => {
      const answer = await frr.source.show(...query);
      answers.push(answer.bytes);
      return answer;
    };
    pollers.push(startPoller({ ...options, source: { ...frr.source, show } }));
    await pass(1);
    expect(answers.map(({ length }) => length)).toEqual([0]);
  });

  test('polls each collector at its own interval', async () => {
    const { start, times } = polling();
    const poller = start();
    await pass(60.9);
    expect([SUMMARY, VNIS, NEIGHBORS].map(times)).toEqual([13, 5, 2]);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
    expect(valuesOf(poller.snapshot(), table.value)).toEqual({ v: 100 });
    expect(valuesOf(poller.snapshot(), reasons.value)).toEqual({ a: 10 });
  });

  test('reports FRR as up while one collector waits for it and another fails', async () => {
    const slow = (): Promise<string> => new Promise((answer) => setTimeout(() => answer('{"a": 1}'), 2_000));
    const failing = collectorOf('failing', COMMANDS.bfdPeers);
    const { frr, start } = polling({ collectors: [sessions.collector, failing.collector] });
    const poller = start();
    await pass(4.9);
    expect(own(poller.snapshot(), 'frr_up')).toBe(1);
    frr.replies.set(SUMMARY, slow);
    for (let i = 0; i < 40; i++) {
      await pass(0.25);
      expect(own(poller.snapshot(), 'frr_up')).toBe(1);
    }
  });

  test('spreads the first polls', async () => {
    const { start, frr } = polling();
    start();
    await pass(0);
    expect(frr.queried).toEqual([SUMMARY]);
    await pass(0.4);
    expect(frr.queried).toEqual([SUMMARY, VNIS]);
    await pass(0.6);
    expect(frr.queried).toEqual([SUMMARY, VNIS, NEIGHBORS]);
  });

  test('reports when every collector has been polled once, with or without success', async () => {
    const { start, frr } = polling();
    frr.replies.set(VNIS, hangs('zebra'));
    let done = false;
    void start().firstPollDone.then(() => {
      done = true;
    });
    await pass(5.2);
    expect(done).toBe(false);
    await pass(0.2);
    expect(done).toBe(true);
  });

  test('never polls a collector twice at the same time', async () => {
    const { start, frr, times } = polling({ collectors: [sessions.collector] });
    let atOnce = 0;
    frr.replies.set(SUMMARY, async () => {
      atOnce = Math.max(atOnce, frr.open());
      await new Promise((resolve) => setTimeout(resolve, 4_900));
      return '{}';
    });
    start();
    await pass(30);
    expect(atOnce).toBe(1);
    // 4.9 s each; the pause after each is a second, so they start every 5.9 s.
    expect(times(SUMMARY)).toBe(6);
  });

  test('removes a session when FRR does', async () => {
    const { start, frr } = polling();
    const poller = start();
    await pass(1);
    frr.replies.set(SUMMARY, '{"b": 2}');
    await pass(5);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ b: 2 });
    frr.replies.set(SUMMARY, '{}');
    await pass(5);
    expect(findFamily(poller.snapshot(), sessions.value)).toBeUndefined();
    expect(own(poller.snapshot(), 'frr_collector_up', 'sessions')).toBe(1);
  });

  test('replaces its snapshots and does not change them', async () => {
    const { start, frr } = polling();
    const poller = start();
    await pass(1);
    const before = poller.snapshot();
    frr.replies.set(SUMMARY, '{"a": 7}');
    await pass(5);
    expect(valuesOf(before, sessions.value)).toEqual({ a: 1, b: 2 });
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 7 });
  });
});

describe('a change', () => {
  test('wakes the collector that explains it', async () => {
    const { start, frr, times } = polling();
    const poller = start();
    await pass(3);
    expect(times(NEIGHBORS)).toBe(1);
    frr.replies.set(SUMMARY, '{"a": 1, "b": 3}');
    frr.replies.set(NEIGHBORS, '{"b": 30}');
    await pass(2.1);
    expect(times(NEIGHBORS)).toBe(2);
    expect(valuesOf(poller.snapshot(), reasons.value)).toEqual({ b: 30 });
    // From then on at its own pace.
    await pass(59);
    expect(times(NEIGHBORS)).toBe(2);
    await pass(1.9);
    expect(times(NEIGHBORS)).toBe(3);
  });

  test('during a poll of that collector wakes it once more afterwards', async () => {
    const { start, frr, times } = polling();
    const answers: (() => void)[] = [];
    frr.replies.set(NEIGHBORS, () => new Promise((resolve) => answers.push(() => resolve('{}'))));
    start();
    await pass(1);
    frr.replies.set(SUMMARY, '{"a": 2}');
    await pass(4.2);
    expect(times(NEIGHBORS)).toBe(1);
    answers[0]?.();
    await pass(0);
    expect(times(NEIGHBORS)).toBe(2);
  });

  test('is neither the first answer nor the same answer in another order', async () => {
    const { start, frr, times } = polling();
    start();
    await pass(3);
    frr.replies.set(SUMMARY, '{"b": 2, "a": 1}');
    await pass(30);
    expect(times(NEIGHBORS)).toBe(1);
  });

  test('that is expensive to explain is explained immediately, but not every time', async () => {
    const { start, frr, times } = polling();
    frr.seconds.set(NEIGHBORS, 1);
    let turn = 0;
    frr.replies.set(SUMMARY, async () => `{"a": ${turn++}}`);
    const poller = start();
    await pass(10);
    expect(times(NEIGHBORS)).toBe(2);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'reasons')).toBe(100);
    await pass(590);
    // 1 s of 100 s each, and one in advance.
    expect(times(NEIGHBORS)).toBe(7);
    expect(own(poller.snapshot(), 'frr_exporter_command_seconds_total', 'bgpd')).toBe(7);
  });
});

describe('what is seen without FRR', () => {
  const looking = (isOutdated: () => Promise<boolean>) => ({ ...table.collector, isOutdated });

  test('is looked at every interval, and polled at once when it has changed', async () => {
    let outdated = false;
    const { start, times } = polling({ collectors: [looking(async () => outdated)] });
    start();
    await pass(16);
    expect(times(VNIS)).toBe(2);
    outdated = true;
    await pass(5);
    expect(times(VNIS)).toBe(3);
    outdated = false;
    await pass(14);
    expect(times(VNIS)).toBe(3);
  });

  test('does not matter where it cannot be seen', async () => {
    const { start, times } = polling({ collectors: [looking(() => Promise.reject(new Error('gone')))] });
    start();
    await pass(16);
    expect(times(VNIS)).toBe(2);
  });
});

describe('a change that a revision explains', () => {
  const FAILED = keyOf(COMMANDS.bgpFailed);
  /** Adds the answer to what was known before; an empty one demands a whole poll. */
  const revising = collectorOf('reasons', COMMANDS.bgpNeighbors, 'details', {
    pollWhenChanged: [sessions.value],
    revision: revision({
      async query(frr, before) {
        const [failed] = await frr.json(COMMANDS.bgpFailed);
        return Object.keys(failed as object).length === 0 ? undefined : { failed, before };
      },
      *families({ failed, before }, { emit, labels }) {
        for (const { descriptor, samples } of before)
          for (const { labels: set, value } of samples) emit(descriptor, set, value);
        for (const [peer, reported] of Object.entries(failed as object)) {
          yield;
          emit(before[0]?.descriptor as Descriptor, labels(PEER, [peer]), reported);
        }
      },
    }),
  });

  function revisingPoller(settings: Partial<PollSettings> = {}) {
    const all = polling({ collectors: [sessions.collector, revising.collector], settings });
    all.frr.replies.set(FAILED, '{"b": 30}');
    const poller = all.start();
    return { ...all, reasons: () => valuesOf(poller.snapshot(), revising.value), poller };
  }

  test('does not cause a whole poll, nor delay or replace the next one', async () => {
    const { frr, times, reasons, poller } = revisingPoller();
    await pass(3);
    const whole = own(poller.snapshot(), 'frr_collector_last_success_timestamp_seconds', 'reasons');
    frr.replies.set(SUMMARY, '{"a": 1, "b": 3}');
    await pass(2.1);
    expect([NEIGHBORS, FAILED].map(times)).toEqual([1, 1]);
    expect(reasons()).toEqual({ a: 10, b: 30 });
    expect(own(poller.snapshot(), 'frr_collector_last_success_timestamp_seconds', 'reasons')).toBe(whole);
    await pass(56);
    expect([NEIGHBORS, FAILED].map(times)).toEqual([2, 1]);
    expect(reasons()).toEqual({ a: 10 });
  });

  test('causes a whole poll where it does not suffice', async () => {
    const { frr, times, reasons } = revisingPoller();
    await pass(3);
    frr.replies.set(SUMMARY, '{"a": 1, "b": 3}');
    frr.replies.set(FAILED, '{}');
    frr.replies.set(NEIGHBORS, '{"c": 7}');
    await pass(2.1);
    expect([NEIGHBORS, FAILED].map(times)).toEqual([2, 1]);
    expect(reasons()).toEqual({ c: 7 });
  });

  test('waits for the whole poll that is under way', async () => {
    const { frr, times, reasons } = revisingPoller();
    const answers: (() => void)[] = [];
    frr.replies.set(NEIGHBORS, () => new Promise((resolve) => answers.push(() => resolve('{"a": 11}'))));
    await pass(1);
    frr.replies.set(SUMMARY, '{"a": 2}');
    await pass(4.2);
    expect([NEIGHBORS, FAILED].map(times)).toEqual([1, 0]);
    answers[0]?.();
    await pass(0);
    expect([NEIGHBORS, FAILED].map(times)).toEqual([1, 1]);
    expect(reasons()).toEqual({ a: 11, b: 30 });
  });

  test('has its own part of the share of the router', async () => {
    const { frr, times } = revisingPoller();
    frr.seconds.set(NEIGHBORS, 1);
    let turn = 0;
    frr.replies.set(SUMMARY, async () => `{"a": ${turn++}}`);
    await pass(600);
    // 1 s of 100 s each, and at every change but the first sight.
    expect([NEIGHBORS, FAILED].map(times)).toEqual([6, 119]);
  });

  test('is not revised once the whole poll is stale', async () => {
    const { frr, times, reasons } = revisingPoller({ interval: 1, timeout: 1, staleAfter: 5 });
    await pass(1);
    frr.replies.set(NEIGHBORS, new FrrError('not_running', 'bgpd', 'bgpd is not running'));
    await pass(40);
    expect(reasons()).toEqual({});
    frr.replies.set(SUMMARY, '{"a": 5}');
    await pass(1.5);
    expect(times(FAILED)).toBe(0);
  });

  test('fails like a whole poll where FRR does not answer, and keeps what was reported', async () => {
    const { frr, lines, reasons, poller } = revisingPoller();
    await pass(3);
    frr.replies.set(SUMMARY, '{"a": 2}');
    frr.replies.set(FAILED, new FrrError('not_running', 'bgpd', 'bgpd is not running'));
    await pass(2.1);
    expect(reasons()).toEqual({ a: 10 });
    expect(own(poller.snapshot(), 'frr_collector_up', 'reasons')).toBe(0);
    expect(lines.filter(({ level }) => level >= 40).map(({ msg }) => msg)).toEqual(['bgpd is not running']);
  });
});

describe("the router's share", () => {
  test('is respected by polling less often, and exported', async () => {
    const { start, frr, times } = polling();
    frr.seconds.set(VNIS, 0.6);
    const poller = start();
    await pass(600);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'table')).toBe(60);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'sessions')).toBe(5);
    expect(times(VNIS)).toBe(10);
    expect(own(poller.snapshot(), 'frr_exporter_command_seconds_total', 'zebra')).toBeCloseTo(6, 9);
    expect(own(poller.snapshot(), 'frr_exporter_commands_total', 'zebra')).toBe(10);
  });

  test('does not make results stale, however long the interval is', async () => {
    const { start, frr } = polling();
    frr.seconds.set(VNIS, 4);
    const poller = start();
    await pass(1);
    for (let minute = 0; minute < 30; minute++) {
      await pass(60);
      expect(valuesOf(poller.snapshot(), table.value)).toEqual({ v: 100 });
    }
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'table')).toBe(400);
  });

  test('does not make sessions be polled so rarely that they would be stale', async () => {
    const { start, frr } = polling();
    frr.seconds.set(SUMMARY, 4);
    const poller = start();
    await pass(60);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'sessions')).toBe(25);
  });

  test('does not include a poll that failed half-way', async () => {
    const query: ActiveCollector['query'] = async (frr) => {
      await frr.json(COMMANDS.evpnVnis);
      return await frr.json(COMMANDS.bfdPeers);
    };
    const { start, frr } = polling({ collectors: [{ ...table.collector, query }] });
    frr.seconds.set(VNIS, 4);
    const poller = start();
    await pass(60);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'table')).toBe(15);
  });

  test('includes a command that a working daemon does not finish in time', async () => {
    const { start, frr, times } = polling({ collectors: [table.collector] });
    frr.replies.set(VNIS, hangs('zebra'));
    frr.replies.set('zebra: show version', 'FRRouting 8.4.4');
    const poller = start();
    await pass(600);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'table')).toBe(500);
    expect(times(VNIS)).toBe(3);
  });
});

describe('a daemon', () => {
  test('that dies loses only its own metrics, after a while', async () => {
    const { start, frr, messages } = polling();
    const poller = start();
    await pass(1);
    frr.replies.delete(SUMMARY);
    await pass(5);
    const byName = ownByName(poller.snapshot());
    expect(byName('frr_collector_up')).toEqual({ sessions: 0, table: 1, reasons: 1 });
    expect(own(poller.snapshot(), 'frr_collector_errors_total', 'sessions', 'not_running')).toBe(1);
    expect(own(poller.snapshot(), 'frr_collector_last_success_timestamp_seconds', 'sessions')).toBe(
      1_700_000_000,
    );
    expect(own(poller.snapshot(), 'frr_up')).toBe(1);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
    await pass(23.9);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
    await pass(0.2);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({});
    expect(valuesOf(poller.snapshot(), table.value)).toEqual({ v: 100 });
    expect(messages()).toEqual([
      'bgpd is not running',
      'collector sessions is stale: its metrics are not exported any more',
    ]);
    frr.replies.set(SUMMARY, '{"a": 5}');
    await pass(5);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 5 });
    expect(messages().slice(2)).toEqual(['bgpd answers again']);
  });

  test('that hangs is detected at the deadline and recovers at the next poll', async () => {
    const { start, frr, messages } = polling({ collectors: [sessions.collector, table.collector] });
    const poller = start();
    await pass(1);
    frr.replies.set(SUMMARY, hangs());
    frr.replies.set('bgpd: show version', hangs());
    await pass(9);
    expect(own(poller.snapshot(), 'frr_collector_up', 'sessions')).toBe(0);
    expect(own(poller.snapshot(), 'frr_collector_errors_total', 'sessions', 'timed_out')).toBe(1);
    await pass(120);
    expect(own(poller.snapshot(), 'frr_collector_interval_seconds', 'sessions')).toBe(5);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({});
    expect(valuesOf(poller.snapshot(), table.value)).toEqual({ v: 100 });
    frr.replies.set(SUMMARY, '{"a": 1}');
    frr.replies.set('bgpd: show version', 'FRRouting 8.4.4');
    await pass(10);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1 });
    expect(messages()).toEqual([
      'collector sessions fails: bgpd hangs',
      'collector sessions is stale: its metrics are not exported any more',
      'collector sessions works again',
    ]);
  });

  test('that never ran is one line, and FRR is down', async () => {
    const { start, frr, messages } = polling({ collectors: [sessions.collector, reasons.collector] });
    frr.replies.clear();
    const poller = start();
    expect(own(poller.snapshot(), 'frr_up')).toBeUndefined();
    await pass(300);
    expect(own(poller.snapshot(), 'frr_up')).toBe(0);
    expect(poller.snapshot().frrUp).toBe(false);
    expect(messages()).toEqual(['bgpd is not running']);
    expect(poller.snapshot().collectors[0]).toEqual({
      name: 'sessions',
      up: false,
      error: { reason: 'not_running', daemon: 'bgpd', message: 'bgpd is not running' },
      lastSuccess: undefined,
      duration: 0,
      interval: 5,
    });
  });

  test('that returns garbage fails that poll, and one failure does not remove the metrics of a slow collector', async () => {
    const { start, frr } = polling();
    const poller = start();
    await pass(50);
    frr.replies.set(NEIGHBORS, 'Segmentation fault');
    await pass(69);
    expect(own(poller.snapshot(), 'frr_collector_errors_total', 'reasons', 'not_json')).toBe(1);
    expect(valuesOf(poller.snapshot(), reasons.value)).toEqual({ a: 10 });
    await pass(7);
    expect(own(poller.snapshot(), 'frr_collector_errors_total', 'reasons', 'not_json')).toBe(2);
    expect(valuesOf(poller.snapshot(), reasons.value)).toEqual({});
  });
});

test('a collector that FRR is too old for is reported once, and is no failure', async () => {
  const since = { ...sessions.collector, since: '8.4' };
  const { start, frr, lines } = polling({ collectors: [since] });
  frr.replies.set(SUMMARY, new FrrError('unknown_command', 'bgpd', 'bgpd does not know the command'));
  frr.replies.set('bgpd: show version', 'FRRouting 7.5.1 (node).');
  const poller = start();
  await pass(12);
  const message = 'collector sessions is not supported by FRR 7.5.1: it requires 8.4 or newer';
  expect(lines).toEqual([{ level: 30, collector: 'sessions', msg: message }]);
  const snapshot = poller.snapshot();
  expect(snapshot.frrUp).toBe(true);
  expect(snapshot.collectors[0]).toMatchObject({ up: undefined, unsupported: message, error: undefined });
  expect(own(snapshot, 'frr_up')).toBe(1);
  expect(own(snapshot, 'frr_collector_up', 'sessions')).toBeUndefined();
  expect(own(snapshot, 'frr_collector_supported', 'sessions')).toBe(0);
  expect(own(snapshot, 'frr_collector_errors_total', 'sessions', 'unknown_command')).toBe(0);
  frr.replies.set('bgpd: show version', 'FRRouting 8.4.4 (node).');
  frr.replies.set(SUMMARY, '{"a": 1}');
  await pass(5);
  expect(own(poller.snapshot(), 'frr_collector_up', 'sessions')).toBe(1);
  expect(own(poller.snapshot(), 'frr_collector_supported', 'sessions')).toBe(1);
  expect(poller.snapshot().collectors[0]).toMatchObject({ up: true, unsupported: undefined });
});

describe('a bug in a collector', () => {
  test('affects the metrics of that collector only', async () => {
    const broken: ActiveCollector = {
      ...table.collector,
      families: () => {
        throw new TypeError('x is undefined');
      },
    };
    const { start, messages } = polling({ collectors: [broken, sessions.collector] });
    const poller = start();
    await pass(59);
    expect(own(poller.snapshot(), 'frr_collector_errors_total', 'table', 'failed')).toBe(4);
    expect(poller.snapshot().collectors[0]?.error).toEqual({ reason: 'failed', message: 'x is undefined' });
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
    expect(messages()).toEqual(['collector table has a defect: TypeError: x is undefined']);
  });
});

describe('dropped samples', () => {
  test('that are not numbers are counted every time and logged once', async () => {
    const { start, frr, lines } = polling();
    frr.replies.set(SUMMARY, '{"a": "many", "b": 2, "c": "few"}');
    const poller = start();
    await pass(11);
    expect(own(poller.snapshot(), 'frr_exporter_series_dropped_total', 'not_a_number')).toBe(6);
    expect(lines).toEqual([
      {
        level: 40,
        collector: 'sessions',
        reason: 'not_a_number',
        metric: 'frr_sessions_value',
        labels: 'peer="a"',
        value: 'many',
        msg: 'frr_sessions_value{peer="a"} dropped: FRR reported "many", which is not a number; more of this kind are counted and not logged',
      },
    ]);
  });

  test('beyond the limit are counted, with a line at the start and one at the end', async () => {
    const { start, frr, messages } = polling({ settings: { maxSeries: 4 } });
    const poller = start();
    await pass(1);
    expect(own(poller.snapshot(), 'frr_exporter_series_dropped_total', 'limit')).toBe(0);
    frr.replies.set(SUMMARY, '{"a": 1, "b": 2, "c": 3, "d": 4}');
    await pass(5);
    expect(messages().length).toBe(1);
    await pass(5);
    expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
    expect(own(poller.snapshot(), 'frr_exporter_series_dropped_total', 'limit')).toBe(4);
    frr.replies.set(SUMMARY, '{"a": 1}');
    await pass(10);
    expect(messages()).toEqual([
      '2 series of collector sessions left out: more than 4 in all (--metrics.max-series)',
      'collector sessions is within --metrics.max-series again',
    ]);
  });
});

test('the limit of series is that of all collectors together', async () => {
  const { start } = polling({ settings: { maxSeries: 3 } });
  const poller = start();
  await pass(11);
  expect(valuesOf(poller.snapshot(), sessions.value)).toEqual({ a: 1, b: 2 });
  expect(valuesOf(poller.snapshot(), table.value)).toEqual({ v: 100 });
  expect(valuesOf(poller.snapshot(), reasons.value)).toEqual({});
});

describe('the body of a scrape', () => {
  test('is rendered again only if something has changed', async () => {
    const { start, frr } = polling({ collectors: [sessions.collector] });
    const poller = start();
    const rendered = () => poller.snapshot().parts[1]?.body.text('openmetrics');
    await pass(1);
    await poller.body({ format: 'openmetrics', gzip: false });
    const before = await rendered();
    await pass(5);
    expect(await rendered()).toBe(before);
    frr.replies.set(SUMMARY, '{"a": 1, "b": 3}');
    await pass(5);
    expect(String(await rendered())).toBe(String(before).replace('{peer="b"} 2', '{peer="b"} 3'));
    frr.replies.set(SUMMARY, '{"a": 1}');
    await pass(5);
    expect(String(await rendered())).toBe(String(before).replace(/^.*peer="b".*\n/m, ''));
  });

  test('has the poller first, then the collectors in order, then the rest', async () => {
    const { start } = polling();
    const poller = start();
    await pass(1);
    const others = [textPart(async () => Buffer.from('other 1\n'))];
    const page = (await poller.body({ format: 'openmetrics', gzip: false, others })).toString();
    const families = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(families).toEqual([
      'frr_up',
      'frr_collector_up',
      'frr_collector_supported',
      'frr_collector_duration_seconds',
      'frr_collector_interval_seconds',
      'frr_collector_last_success_timestamp_seconds',
      'frr_collector_errors',
      'frr_exporter_commands',
      'frr_exporter_command_seconds',
      'frr_exporter_series_dropped',
      'frr_sessions_value',
      'frr_table_value',
      'frr_reasons_value',
    ]);
    expect(page.endsWith('frr_reasons_value{peer="a"} 10\nother 1\n# EOF\n')).toBe(true);
    expect(page).toContain('frr_exporter_commands_created{daemon="bgpd"} 1700000000\n');
    const compressed = await poller.body({ format: 'openmetrics', gzip: true, others });
    expect(gunzipSync(compressed).toString()).toBe(page);
  });

  test('can be limited to some collectors', async () => {
    const { start } = polling();
    const poller = start();
    await pass(1);
    const page = await poller.body({ format: 'text', gzip: false, only: new Set(['table']) });
    const values = [...page.toString().matchAll(/^frr_\w+_value/gm)].map(([name]) => name);
    expect(values).toEqual(['frr_table_value']);
    expect(page.toString()).toContain('frr_collector_up{collector="sessions"} 1\n');
  });
});

describe('stopping', () => {
  test('leaves no timer, no command and no connection behind', async () => {
    const { start, frr } = polling();
    const poller = start();
    await pass(1);
    frr.replies.set(SUMMARY, hangs());
    await pass(5);
    expect(frr.open()).toBe(1);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await poller.stop();
    expect(frr.open()).toBe(0);
    expect(frr.closed()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    const before = frr.queried.length;
    await pass(600);
    expect(frr.queried.length).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not wait for a source that does not abort its command', async () => {
    const { start, frr, lines } = polling();
    frr.replies.set(SUMMARY, ignoresEverything);
    const poller = start();
    await pass(1);
    const stopped = poller.stop();
    await pass(0);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
    expect(lines).toEqual([]);
  });

  test('during the first poll stops waiting for it', async () => {
    const { start, frr } = polling();
    frr.replies.set(SUMMARY, hangs());
    const poller = start();
    await poller.stop();
    await poller.firstPollDone;
    expect(frr.queried).toEqual([]);
    await poller.stop();
  });
});

describe('polling once', () => {
  test('polls every collector once and closes the source', async () => {
    const { options, frr } = polling();
    frr.replies.set(VNIS, new FrrError('unknown_command', 'zebra', 'unknown'));
    const snapshot = await pollOnce(options);
    expect(frr.queried.toSorted()).toEqual([NEIGHBORS, SUMMARY, VNIS].toSorted());
    expect(snapshot.frrUp).toBe(true);
    expect(valuesOf(snapshot, sessions.value)).toEqual({ a: 1, b: 2 });
    expect(own(snapshot, 'frr_collector_errors_total', 'table', 'unknown_command')).toBe(1);
    expect(frr.closed()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('reports FRR as down if nothing responds', async () => {
    const { options, frr } = polling();
    frr.replies.clear();
    expect((await pollOnce(options)).frrUp).toBe(false);
  });
});

test("a line of FRR's log about a session polls the sessions at once, and is an event", async () => {
  const { frr, options, times } = polling({ collectors: [activate(bgp, {}), table.collector] });
  const answer = (state: string, dropped: number) =>
    JSON.stringify({
      default: { ipv4Unicast: { peers: { eth1: { state, connectionsDropped: dropped } } } },
    });
  frr.replies.set(SUMMARY, answer('Established', 0));
  const lines: string[] = [];
  const events: Event[] = [];
  const poller = startPoller({
    ...options,
    record: (event) => events.push(event),
    frrLog: { read: async () => lines.splice(0) },
  });
  pollers.push(poller);
  await pass(2.2);
  expect([times(SUMMARY), times(VNIS)]).toEqual([1, 1]);
  frr.replies.set(SUMMARY, answer('Idle', 1));
  lines.push('2023/11/14 22:13:22 BGP: %ADJCHANGE: neighbor eth1(tor1) in vrf default Down Interface down');
  await pass(0.6);
  expect([times(SUMMARY), times(VNIS)]).toEqual([2, 1]);
  await pass(10);
  expect(events.map(({ at, to, cause }) => [at, to, cause])).toEqual([
    ['2023-11-14T22:13:22.500Z', 'Idle', 'Interface down'],
  ]);
  await poller.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('a change whose cause is not known yet is logged when the poller stops', async () => {
  const { frr, options, messages } = polling({
    collectors: [activate(bgp, {}), activate(bgpNeighbors, {})],
  });
  const answer = (state: string) =>
    JSON.stringify({ default: { ipv4Unicast: { peers: { eth1: { state } } } } });
  frr.replies.set(SUMMARY, answer('Established'));
  frr.replies.set(NEIGHBORS, '{}');
  const poller = startPoller(options);
  await pass(2);
  frr.replies.set(SUMMARY, answer('Idle'));
  frr.replies.set(keyOf(COMMANDS.bgpFailed), hangs());
  await pass(4);
  expect(messages()).toEqual([]);
  await poller.stop();
  expect(messages()).toEqual(['BGP session with eth1 (vrf default) Established -> Idle']);
});
