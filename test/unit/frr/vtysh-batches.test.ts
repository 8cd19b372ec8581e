import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { COMMANDS, type Command, showVersion } from '../../../src/frr/commands.ts';
import { FrrError, type FrrErrorReason } from '../../../src/frr/source.ts';
import { type BatchResult, createBatches } from '../../../src/frr/vtysh-batches.ts';

const SUMMARY = COMMANDS.bgpSummary;
const NEIGHBORS = COMMANDS.bgpNeighbors;
const VERSION = showVersion('bgpd');
const NEVER = new AbortController().signal;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const answer = (text: string, seconds = 0.01) => ({ bytes: Buffer.from(text), seconds });
const failure = (reason: FrrErrorReason) => new FrrError(reason, 'bgpd', reason);

/** Batches whose processes are a function; each answers with the texts of its commands. */
function batches(
  run: (texts: readonly string[]) => BatchResult | Promise<BatchResult> = (texts) =>
    texts.map((text) => answer(text)),
) {
  const processes: string[][] = [];
  const signals: AbortSignal[] = [];
  const { show } = createBatches(async (commands, signal) => {
    const texts = commands.map(({ text }) => text);
    processes.push(texts);
    signals.push(signal);
    return run(texts);
  });
  /** Sends the commands at the same time; the result of each is its text, or the reason of its failure. */
  const send = async (...commands: readonly Command[]) => {
    const results = Promise.all(
      commands.map((command) =>
        show(command, NEVER).then(
          ({ bytes }) => bytes.toString(),
          ({ reason }: FrrError) => reason,
        ),
      ),
    );
    await vi.advanceTimersByTimeAsync(20);
    return await results;
  };
  return { show, send, processes, signals };
}

test('commands to one daemon share a process, those to another do not', async () => {
  const { send, processes } = batches();
  expect(await send(SUMMARY, COMMANDS.vrfs, VERSION)).toEqual([
    SUMMARY.text,
    COMMANDS.vrfs.text,
    VERSION.text,
  ]);
  expect(processes).toEqual([[SUMMARY.text, VERSION.text], [COMMANDS.vrfs.text]]);
});

test('a command that two callers send is sent once, each gets a copy, and the time counts once', async () => {
  const { show, processes } = batches();
  const both = Promise.all([show(SUMMARY, NEVER), show(SUMMARY, NEVER)]);
  await vi.advanceTimersByTimeAsync(20);
  const [one, other] = await both;
  expect(processes).toEqual([[SUMMARY.text]]);
  one.bytes.fill('x');
  expect(other.bytes.toString()).toBe(SUMMARY.text);
  expect([one.seconds, other.seconds]).toEqual([0.01, 0]);
});

test('what comes after a failure is sent again, and what failed runs alone until it succeeds', async () => {
  let broken = true;
  const { send, processes } = batches((texts) =>
    texts[0] === SUMMARY.text && broken ? [failure('failed')] : texts.map((text) => answer(text)),
  );
  expect(await send(SUMMARY, VERSION)).toEqual(['failed', VERSION.text]);
  broken = false;
  await send(SUMMARY, VERSION);
  await send(SUMMARY, VERSION);
  expect(processes).toEqual([
    [SUMMARY.text, VERSION.text],
    [VERSION.text],
    [VERSION.text],
    [SUMMARY.text],
    [SUMMARY.text, VERSION.text],
  ]);
});

test.each([
  ['timed_out', 2],
  ['too_large', 2],
  ['not_running', 1],
] as const)('after a process that failed with %s, its commands run in %i', async (reason, expected) => {
  let broken = true;
  const { send, processes } = batches((texts) => {
    if (broken) throw failure(reason);
    return texts.map((text) => answer(text));
  });
  expect(await send(SUMMARY, VERSION)).toEqual([reason, reason]);
  broken = false;
  await send(SUMMARY, VERSION);
  expect(processes.length - 1).toBe(expected);
});

test.each([
  [0.05, 1],
  [0.06, 2],
])('after a process with two commands of %f s, they run in %i', async (seconds, expected) => {
  const { send, processes } = batches((texts) => texts.map((text) => answer(text, seconds)));
  await send(SUMMARY, NEIGHBORS);
  await send(SUMMARY, NEIGHBORS);
  expect(processes.length - 1).toBe(expected);
});

test('a process is aborted when no caller waits any more, not before', async () => {
  const { show, signals } = batches(() => new Promise(() => undefined));
  const [first, second] = [new AbortController(), new AbortController()];
  const results = Promise.allSettled([show(SUMMARY, first.signal), show(VERSION, second.signal)]);
  await vi.advanceTimersByTimeAsync(10);
  first.abort();
  await vi.advanceTimersByTimeAsync(10);
  expect(signals[0]?.aborted).toBe(false);
  second.abort();
  expect(signals[0]?.aborted).toBe(true);
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a caller whose signal has aborted before fails at once', async () => {
  const { show } = batches();
  await expect(show(SUMMARY, AbortSignal.abort())).rejects.toMatchObject({ reason: 'timed_out' });
});
