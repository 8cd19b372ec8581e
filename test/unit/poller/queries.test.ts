import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { COMMANDS, type Daemon } from '../../../src/frr/commands.ts';
import type { FrrError } from '../../../src/frr/source.ts';
import { frrForPoll } from '../../../src/poller/queries.ts';
import { fakeFrr, hangs, ignoresEverything, keyOf } from './fake-frr.ts';

const SUMMARY = keyOf(COMMANDS.bgpSummary);
const VERSION = 'bgpd: show version';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function polling() {
  const frr = fakeFrr();
  const inDoubt = new Set<Daemon>();
  const stopping = new AbortController();
  const noted: string[] = [];
  const way = frrForPoll({
    source: frr.source,
    timeout: 5,
    signal: stopping.signal,
    inDoubt,
    loggedDown: () => undefined,
    queriedAnyway: new Set(),
    sent: (daemon, commands) => noted.push(`${daemon} sent ${commands}`),
    worked: (daemon, seconds, answered) =>
      noted.push(`${daemon} worked ${seconds}${answered ? '' : ' in vain'}`),
  });
  return { frr, inDoubt, stopping, noted, way };
}

/** What has come of it after so many seconds. */
async function outcome(query: Promise<unknown>, seconds: number): Promise<unknown> {
  let known: unknown = 'nothing yet';
  query.then(
    (answer) => {
      known = answer;
    },
    (error: FrrError) => {
      known = `${error.reason}: ${error.message}`;
    },
  );
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return known;
}

describe('a command', () => {
  test('is answered and counted, and leaves nothing behind', async () => {
    const { frr, noted, way } = polling();
    frr.replies.set(SUMMARY, '{"default":{}}');
    frr.seconds.set(SUMMARY, 0.25);
    expect(await way.json(COMMANDS.bgpSummary)).toEqual([{ default: {} }]);
    expect(await way.text(COMMANDS.bgpSummary)).toBe('{"default":{}}');
    expect(noted).toEqual(['bgpd sent 1', 'bgpd worked 0.25', 'bgpd sent 1', 'bgpd worked 0.25']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('without an answer is aborted at the deadline', async () => {
    const { frr, inDoubt, noted, way } = polling();
    frr.replies.set(SUMMARY, hangs());
    const query = way.json(COMMANDS.bgpSummary);
    expect(await outcome(query, 4.999)).toBe('nothing yet');
    expect(await outcome(query, 0.001)).toBe('timed_out: bgpd hangs');
    expect([...inDoubt]).toEqual(['bgpd']);
    expect(noted).toEqual(['bgpd sent 1']);
    expect(frr.open()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that the source does not abort is abandoned', async () => {
    const { frr, way } = polling();
    frr.replies.set(SUMMARY, ignoresEverything);
    const query = way.json(COMMANDS.bgpSummary);
    expect(await outcome(query, 5.999)).toBe('nothing yet');
    expect(await outcome(query, 0.001)).toBe(
      'timed_out: bgpd did not answer "show bgp vrf all summary json" within 5 s',
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is aborted immediately when the poller stops', async () => {
    const { frr, stopping, inDoubt, way } = polling();
    frr.replies.set(SUMMARY, hangs());
    const obedient = way.json(COMMANDS.bgpSummary);
    frr.replies.set(SUMMARY, ignoresEverything);
    const stubborn = way.json(COMMANDS.bgpSummary);
    stopping.abort();
    const ended = await Promise.all([
      outcome(obedient, 0),
      outcome(stubborn, 0),
      outcome(way.json(COMMANDS.bgpSummary), 0),
    ]);
    const words = 'timed_out: bgpd did not answer "show bgp vrf all summary json" within 5 s';
    expect(ended).toEqual([words, words, words]);
    expect(frr.open()).toBe(1);
    expect(inDoubt.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('to a dead daemon does not count as sent', async () => {
    const { noted, way } = polling();
    await expect(way.json(COMMANDS.bgpSummary)).rejects.toThrow('bgpd is not running');
    expect(noted).toEqual([]);
  });

  test('whose answer is not JSON fails, but counts as sent', async () => {
    const { frr, noted, way } = polling();
    frr.replies.set(SUMMARY, 'Segmentation fault');
    expect(await outcome(way.json(COMMANDS.bgpSummary), 0)).toBe(
      'not_json: bgpd\'s answer to "show bgp vrf all summary json" is not JSON: "Segmentation fault"',
    );
    expect(noted).toEqual(['bgpd sent 1', 'bgpd worked 0']);
  });
});

describe('several commands', () => {
  test('are sent together per daemon and answered in order', async () => {
    const { frr, noted, way } = polling();
    frr.replies.set(keyOf(COMMANDS.bfdPeers), '[1]');
    frr.replies.set(keyOf(COMMANDS.bfdCounters), '[2]');
    frr.replies.set(SUMMARY, '{"a":3}{"b":4}');
    frr.seconds.set(keyOf(COMMANDS.bfdPeers), 0.25);
    frr.seconds.set(keyOf(COMMANDS.bfdCounters), 0.5);
    expect(await way.jsonEach([COMMANDS.bfdPeers, COMMANDS.bgpSummary, COMMANDS.bfdCounters])).toEqual([
      [1],
      { a: 3 },
      [2],
    ]);
    expect(noted).toEqual(['bfdd sent 2', 'bfdd worked 0.75', 'bgpd sent 1', 'bgpd worked 0']);
  });

  test('can be an empty list', async () => {
    expect(await polling().way.jsonEach([])).toEqual([]);
  });
});

describe('a daemon that did not answer in time', () => {
  test('and hangs gets a cheap query, and is not charged', async () => {
    const { frr, inDoubt, noted, way } = polling();
    inDoubt.add('bgpd');
    frr.replies.set(VERSION, hangs());
    frr.replies.set(SUMMARY, hangs());
    expect(await outcome(way.json(COMMANDS.bgpSummary), 5)).toBe('timed_out: bgpd hangs');
    expect(frr.queried).toEqual([VERSION]);
    expect(noted).toEqual(['bgpd sent 1']);
    expect([...inDoubt]).toEqual(['bgpd']);
  });

  test('but works, and is too slow for the command, is charged for its time', async () => {
    const { frr, inDoubt, noted, way } = polling();
    inDoubt.add('bgpd');
    frr.replies.set(VERSION, 'FRRouting 8.4.4');
    frr.replies.set(SUMMARY, hangs());
    expect(await outcome(way.json(COMMANDS.bgpSummary), 5)).toBe('timed_out: bgpd hangs');
    expect(noted).toEqual(['bgpd sent 1', 'bgpd worked 0', 'bgpd sent 1', 'bgpd worked 5 in vain']);
    expect([...inDoubt]).toEqual(['bgpd']);
  });

  test('and answers again is trusted again', async () => {
    const { frr, inDoubt, way } = polling();
    inDoubt.add('bgpd');
    frr.replies.set(SUMMARY, '{}');
    expect(await way.json(COMMANDS.bgpSummary)).toEqual([{}]);
    expect(await way.json(COMMANDS.bgpSummary)).toEqual([{}]);
    expect(frr.queried).toEqual([VERSION, SUMMARY, SUMMARY]);
    expect(inDoubt.size).toBe(0);
  });
});
