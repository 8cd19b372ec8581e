/** When to poll: each collector at its own interval, in the background; and how long what it reported is exported. */
import {
  type Collection,
  type CollectorRun,
  clock,
  createCollection,
  type PollerOptions,
} from './collection.ts';
import { createSchedule } from './schedule.ts';
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

/** The endless polling of one collector. */
interface Loop {
  readonly run: CollectorRun;
  readonly firstDone: Promise<void>;
  /** Polls at once, or as soon as the router's share of time allows. */
  wake(): void;
  /** Starts no more polls; resolves when the current one is over. */
  end(): Promise<void>;
}

/** Milliseconds between two reads of FRR's log. */
const LOG_INTERVAL = 500;

/** Starts polling. */
export function startPoller(options: PollerOptions): Poller {
  const { timeout, interval, staleAfter } = options.settings;
  const collection = createCollection(options);
  const begin = clock();
  const inRounds = options.source.kind === 'vtysh';
  const apart = inRounds ? 0 : Math.min(SPREAD, interval) / Math.max(1, options.collectors.length);

  function startLoop(run: CollectorRun, index: number): Loop {
    const schedule = createSchedule(begin + index * apart, inRounds ? interval : 0);
    const { promise: firstDone, resolve: done } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    let staleTimer: NodeJS.Timeout | undefined;
    let lookTimer: NodeJS.Timeout | undefined;
    let current: Promise<void> | undefined;
    let wokenMeanwhile = false;
    let ended = false;

    function plan(): void {
      clearTimeout(timer);
      timer = setTimeout(start, Math.max(0, schedule.due() - clock()) * 1000);
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
      const { succeeded, changed } = await run.poll();
      schedule.finished(clock(), run.interval(), run.payback());
      if (wokenMeanwhile) schedule.wake(clock());
      if (succeeded && !ended) expireLater();
      if (changed.size === 0) return;
      for (const other of loops)
        if (other.run.collector.pollWhenChanged?.some((descriptor) => changed.has(descriptor))) other.wake();
    }

    /**
     * What this poll reported is exported until it is stale: at least until one more poll could have replaced it, and,
     * except for sessions, another one after that.
     */
    function expireLater(): void {
      clearTimeout(staleTimer);
      const more = run.collector.pace === 'sessions' ? 0 : run.interval();
      const replaced = schedule.due() + timeout + more;
      staleTimer = setTimeout(run.expire, Math.max(staleAfter, replaced - clock()) * 1000);
    }

    function wake(): void {
      if (ended) return;
      wokenMeanwhile = true;
      if (current !== undefined) return;
      schedule.wake(clock());
      plan();
    }

    /** Polls before its time if something has changed that is seen without FRR. */
    async function look(): Promise<void> {
      if (current === undefined && (await run.isOutdated())) wake();
    }

    plan();
    if (run.collector.isOutdated !== undefined) lookTimer = setInterval(() => void look(), interval * 1000);
    return {
      run,
      firstDone,
      wake,
      async end() {
        ended = true;
        clearTimeout(timer);
        clearTimeout(staleTimer);
        clearInterval(lookTimer);
        await current;
        done();
      },
    };
  }

  const loops: readonly Loop[] = collection.runs.map(startLoop);

  /** A line about a session makes the collectors of sessions poll now. */
  async function followLog(): Promise<void> {
    const different = await collection.readLog();
    for (const loop of loops)
      if (loop.run.collector.states?.some((states) => different.has(states))) loop.wake();
  }
  const logTimer =
    options.frrLog === undefined ? undefined : setInterval(() => void followLog(), LOG_INTERVAL);

  return {
    snapshot: collection.snapshot,
    body: collection.body,
    firstPollDone: Promise.all(loops.map(({ firstDone }) => firstDone)).then(() => undefined),
    async stop() {
      clearInterval(logTimer);
      const ends = loops.map((loop) => loop.end());
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
