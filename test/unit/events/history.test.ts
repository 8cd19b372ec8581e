import { expect, test } from 'vitest';
import { type Event, eventTime } from '../../../src/events/event.ts';
import { createHistory } from '../../../src/events/history.ts';

const HOUR = 3600;
const START = Date.parse('2026-11-24T00:00:00Z') / 1000;

/** An event of a session, at so many hours. */
const change = (hours: number, up: boolean | null, other: Partial<Event> = {}): Event => ({
  at: eventTime(START + hours * HOUR),
  topic: 'bgp_session',
  what: 'BGP session with eth1 (vrf default)',
  labels: { vrf: 'default', peer: 'eth1' },
  from: up ? 'Idle' : 'Established',
  to: up ? 'Established' : 'Idle',
  was_up: up === null ? true : !up,
  up,
  missed: 0,
  cause: null,
  ...other,
});
const ETH1 = { topic: 'bgp_session', labels: { peer: 'eth1', vrf: 'default' } };

test('the newest events come first, also those that are recorded late', () => {
  const { record, events } = createHistory(START);
  for (const hours of [1, 3, 2]) record(change(hours, true));
  const times = (query = {}) => events(query).map(({ at }) => at);
  expect(times()).toEqual([
    '2026-11-24T03:00:00.000Z',
    '2026-11-24T02:00:00.000Z',
    '2026-11-24T01:00:00.000Z',
  ]);
  expect(times({ limit: 2 })).toEqual(['2026-11-24T03:00:00.000Z', '2026-11-24T02:00:00.000Z']);
  expect(times({ since: '2026-11-24T02:00:00.000Z' })).toEqual(['2026-11-24T03:00:00.000Z']);
});

test('the newest 500 are stored', () => {
  const { record, events } = createHistory(START);
  for (let i = 0; i < 600; i++) record(change(i / 100, true, { missed: i }));
  expect([events().length, events()[0]?.missed, events().at(-1)?.missed]).toEqual([500, 599, 100]);
});

test('and of large ones only as many as 256 KiB hold, with their causes cut', () => {
  const { record, events } = createHistory(START);
  for (let i = 0; i < 600; i++)
    record(change(i / 100, false, { cause: '\u{1f4a5}'.repeat(5000), missed: i }));
  const stored = events();
  expect(stored[0]?.cause).toBe('\u{1f4a5}'.repeat(250));
  expect(stored[0]?.missed).toBe(599);
  const bytes = stored.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  expect(bytes).toBeLessThanOrEqual(256 * 1024);
  expect(bytes).toBeGreaterThan(256 * 1024 - 2000);
});

test('a timeline begins where the exporter started, and has no gaps', () => {
  const { record, timeline } = createHistory(START);
  record(change(2, false));
  record(change(3, true));
  const hours = (from: number, to: number) =>
    timeline(ETH1, true, START + from * HOUR, START + to * HOUR).map((part) => [
      (part.from - START) / HOUR,
      (part.to - START) / HOUR,
      part.up,
    ]);
  expect(hours(-20, 4)).toEqual([
    [-20, 0, null],
    [0, 2, true],
    [2, 3, false],
    [3, 4, true],
  ]);
  expect(hours(2.5, 2.75)).toEqual([[2.5, 2.75, false]]);
});

test('the timeline of an object that never changed is as it is now', () => {
  const { record, timeline } = createHistory(START);
  record(change(2, false));
  const other = { topic: 'bgp_session', labels: { vrf: 'default', peer: 'eth2' } };
  expect(timeline(other, false, START, START + HOUR)).toEqual([{ from: START, to: START + HOUR, up: false }]);
});

test('an object is unknown while it is absent', () => {
  const { record, timeline } = createHistory(START);
  record(change(1, null));
  record(change(2, false, { was_up: null }));
  expect(timeline(ETH1, false, START, START + 3 * HOUR).map(({ up }) => up)).toEqual([true, null, false]);
});

test('a timeline holds a day, and 100 changes', () => {
  const { record, timeline } = createHistory(START);
  for (const hours of [1, 2, 30]) record(change(hours, hours !== 1));
  expect(timeline(ETH1, true, START, START + 30 * HOUR)).toEqual([
    { from: START, to: START + 2 * HOUR, up: null },
    { from: START + 2 * HOUR, to: START + 30 * HOUR, up: true },
  ]);
  for (let i = 1; i <= 100; i++) record(change(30 + i / 100, i % 2 === 0));
  expect(timeline(ETH1, true, START, START + 32 * HOUR).map(({ up }) => up)).toEqual([
    null,
    ...Array.from({ length: 100 }, (_, i) => i % 2 === 1),
  ]);
});

test('of more than 1,000 objects, those that have not changed for longest are unknown until then', () => {
  const { record, timeline } = createHistory(START);
  const object = (n: number) => ({ vrf: 'default', peer: `192.0.2.${n}` });
  for (let n = 0; n <= 1000; n++) record(change(1 + n / 1000, false, { labels: object(n) }));
  const of = (n: number) =>
    timeline({ topic: 'bgp_session', labels: object(n) }, false, START, START + 3 * HOUR);
  expect(of(0)).toEqual([
    { from: START, to: START + HOUR, up: null },
    { from: START + HOUR, to: START + 3 * HOUR, up: false },
  ]);
  expect(of(1).map(({ up }) => up)).toEqual([true, false]);
});

test('how often an object went down since a moment, also where no poll saw it', () => {
  const { record, downs } = createHistory(START);
  record(change(1, false));
  record(change(2, true, { missed: 3 }));
  record(change(3, true, { was_up: true, missed: 1 }));
  record(change(4, null));
  expect(downs(ETH1, START - HOUR)).toEqual({ since: START, count: 5 });
  expect(downs(ETH1, START + 2 * HOUR)).toEqual({ since: START + 2 * HOUR, count: 4 });
  expect(downs(ETH1, START + 2.5 * HOUR)).toEqual({ since: START + 2.5 * HOUR, count: 1 });
  expect(downs({ ...ETH1, topic: 'link' }, START)).toEqual({ since: START, count: 0 });
});

test('of more than 100 changes, only the last ones count', () => {
  const { record, downs } = createHistory(START);
  for (let i = 1; i <= 120; i++) record(change(i / 100, i % 2 === 0));
  expect(downs(ETH1, START)).toEqual({ since: START + 0.21 * HOUR, count: 50 });
});
