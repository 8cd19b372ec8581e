/** When to poll: each collector at its own interval, in the background; and how long what it reported is exported. */

import type { Descriptor } from '../metrics/family.ts';
import {
  type Collection,
  type CollectorRun,
  clock,
  createCollection,
  type PollerOptions,
  type PollResult,
  type Run,
} from './collection.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';

export type { BodyOptions, PollerOptions, PollSettings } from './collection.ts';

export interface Poller extends Pick<Collection, 'snapshot' | 'body'> {
  /** Resolves when every collector has polled once, whether that succeeded or not, or when the poller ends. Never rejects. */
  readonly firstPollDone: Promise<void>;
  /** Ends all polls. Afterwards no timer, process or connection of the poller is left, and the source is closed. */
  stop(): Promise<void>;
}

/**
 * Seconds over which the first polls are spread, so that the collectors do not always poll at the same time. With
 * vtysh they do, in rounds, because commands that are sent at the same moment share a process.
 */
const SPREAD = 1;

/** The endless polling of one collector, or of its revision. */
interface Loop {
  readonly firstDone: Promise<void>;
  /** Polls at once, or as soon as the router's share of time allows. */
  wake(): void;
  /** Starts no more polls; resolves when the current one is over. */
  end(): Promise<void>;
}

interface LoopOptions {
  readonly run: Run;
  readonly schedule: Schedule;
  /** How often to check, in seconds, whether something has changed that is seen without FRR, so that a poll is due early. */
  readonly look?: { readonly every: number; readonly isOutdated: () => Promise<boolean> };
  /** Called after each poll, with its result. */
  readonly polled: (result: PollResult) => void;
}

/** Milliseconds between two reads of FRR's log. */
const LOG_INTERVAL = 500;

function startLoop({ run, schedule, look, polled }: LoopOptions): Loop {
  const { promise: firstDone, resolve: done } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;
  let wokenMeanwhile = false;
  let ended = false;

  function plan(): void {
    clearTimeout(timer);
    const due = schedule.due();
    if (due < Number.POSITIVE_INFINITY) timer = setTimeout(start, Math.max(0, due - clock()) * 1000);
  }

  function start(): void {
    current = poll().finally(() => {
      current = undefined;
      done();
      if (!ended) plan();
    });
  }

  async function poll(): Promise<void> {
    schedule.started(clock());
    wokenMeanwhile = false;
    const result = await run.poll();
    schedule.finished(clock(), run.interval(), run.payback());
    if (wokenMeanwhile) schedule.wake(clock());
    if (!ended) polled(result);
  }

  function wake(): void {
    if (ended) return;
    wokenMeanwhile = true;
    if (current !== undefined) return;
    schedule.wake(clock());
    plan();
  }

  const lookTimer =
    look &&
    setInterval(async () => {
      if (current === undefined && (await look.isOutdated())) wake();
    }, look.every * 1000);

  plan();
  return {
    firstDone,
    wake,
    async end() {
      ended = true;
      clearTimeout(timer);
      clearInterval(lookTimer);
      await current;
      done();
    },
  };
}

/** A loop, and what wakes it. */
interface Watcher {
  readonly loop: Loop;
  readonly wokenBy: readonly Descriptor[];
}

/** Starts polling. */
export function startPoller(options: PollerOptions): Poller {
  const { timeout, interval, staleAfter } = options.settings;
  const collection = createCollection(options);
  const begin = clock();
  const inRounds = options.source.kind === 'vtysh';
  const apart = inRounds ? 0 : Math.min(SPREAD, interval) / Math.max(1, options.collectors.length);
  const staleTimers = new Map<CollectorRun, NodeJS.Timeout>();

  /**
   * What a whole poll reported is exported until it is stale: at least until one more poll could have replaced it, and,
   * except for sessions, another one after that.
   */
  function expireLater(run: CollectorRun, due: number): void {
    clearTimeout(staleTimers.get(run));
    const more = run.collector.pace === 'sessions' ? 0 : run.interval();
    const replaced = due + timeout + more;
    staleTimers.set(run, setTimeout(run.expire, Math.max(staleAfter, replaced - clock()) * 1000));
  }

  function wakeFor(changed: ReadonlySet<Descriptor>): void {
    if (changed.size === 0) return;
    for (const { loop, wokenBy } of watchers)
      if (wokenBy.some((descriptor) => changed.has(descriptor))) loop.wake();
  }

  function startWhole(run: CollectorRun, index: number): Loop {
    const schedule = createSchedule(begin + index * apart, inRounds ? interval : 0);
    return startLoop({
      run,
      schedule,
      ...(run.collector.isOutdated && { look: { every: interval, isOutdated: run.isOutdated } }),
      polled({ succeeded, changed }) {
        if (succeeded) expireLater(run, schedule.due());
        wakeFor(changed);
      },
    });
  }

  /** Polls only when woken; where that does not suffice, the collector is polled wholly. */
  function startRevision(run: Run, whole: Loop): Loop {
    return startLoop({
      run,
      schedule: createSchedule(Number.POSITIVE_INFINITY),
      polled({ changed, incomplete }) {
        if (incomplete) whole.wake();
        wakeFor(changed);
      },
    });
  }

  const wholes = collection.runs.map(startWhole);
  const watchers = collection.runs.map(({ collector, revision }, index): Watcher => {
    const whole = wholes[index] as Loop;
    const loop = revision === undefined ? whole : startRevision(revision, whole);
    return { loop, wokenBy: collector.pollWhenChanged ?? [] };
  });

  /** A line about a session makes the collectors of sessions poll now. */
  async function followLog(): Promise<void> {
    const different = await collection.readLog();
    for (const [index, { collector }] of collection.runs.entries())
      if (collector.states?.some((states) => different.has(states))) wholes[index]?.wake();
  }
  const logTimer =
    options.frrLog === undefined ? undefined : setInterval(() => void followLog(), LOG_INTERVAL);

  return {
    snapshot: collection.snapshot,
    body: collection.body,
    firstPollDone: Promise.all(wholes.map(({ firstDone }) => firstDone)).then(() => undefined),
    async stop() {
      clearInterval(logTimer);
      const loops = new Set([...wholes, ...watchers.map(({ loop }) => loop)]);
      const ends = [...loops].map((loop) => loop.end());
      for (const timer of staleTimers.values()) clearTimeout(timer);
      await collection.stop();
      await Promise.all(ends);
    },
  };
}

/** Polls every collector once. Closes the source. */
export async function pollOnce(options: PollerOptions): Promise<Snapshot> {
  const collection = createCollection(options);
  try {
    await Promise.all(collection.runs.map((run) => run.poll()));
    return collection.snapshot();
  } finally {
    await collection.stop();
  }
}
