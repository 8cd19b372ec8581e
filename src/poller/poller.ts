/** Asks FRR in the background, each collector in its own time, and keeps the newest answers for whoever wants them. */
import { type CollectorRun, clock, createPolling, type PollerOptions, type Polling } from './polling.ts';
import { createSchedule } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';

export type { BodyOptions, PollerOptions, PollSettings } from './polling.ts';

export interface Poller extends Pick<Polling, 'snapshot' | 'body'> {
  /** Resolves when every collector has been asked once, whatever came of it, or when the poller ends. Never rejects. */
  readonly firstPollDone: Promise<void>;
  /** Ends all polls. Afterwards no timer, process or connection of the poller is left, and the source is closed. */
  stop(): Promise<void>;
}

/** Seconds over which the first polls are spread, so that the collectors do not ask all at once ever after. */
const SPREAD = 1;

/** One collector and its place in time. */
interface Turn {
  readonly run: CollectorRun;
  readonly firstDone: Promise<void>;
  wake(): void;
  /** Starts no more polls; resolves when the one under way is over. */
  end(): Promise<void>;
}

/** Starts to poll. */
export function startPoller(options: PollerOptions): Poller {
  const { timeout, interval } = options.settings;
  const polling = createPolling(options);
  const begin = clock();
  const apart = Math.min(SPREAD, interval) / Math.max(1, options.collectors.length);

  const { runs } = polling;
  const inOrder = [
    ...runs.filter(({ collector }) => !collector.askedLast),
    ...runs.filter(({ collector }) => collector.askedLast),
  ];

  function takeTurns(run: CollectorRun): Turn {
    const schedule = createSchedule(begin + inOrder.indexOf(run) * apart);
    const { promise: firstDone, resolve: done } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    let underWay: Promise<void> | undefined;
    let wokenMeanwhile = false;
    let ended = false;

    function plan(): void {
      clearTimeout(timer);
      timer = setTimeout(start, Math.max(0, schedule.due() - clock()) * 1000);
    }

    function start(): void {
      underWay = poll().finally(() => {
        underWay = undefined;
        done();
        if (!ended) plan();
      });
    }

    async function poll(): Promise<void> {
      schedule.started(clock());
      wokenMeanwhile = false;
      const changed = await run.poll();
      schedule.finished(clock(), run.interval(), run.payback());
      if (wokenMeanwhile) schedule.wake(clock());
      run.keepUntil(schedule.due() + run.interval() + timeout);
      if (changed.size === 0) return;
      for (const other of turns)
        if (other.run.collector.askedWhenChanged?.some((descriptor) => changed.has(descriptor))) other.wake();
    }

    plan();
    return {
      run,
      firstDone,
      wake() {
        if (ended) return;
        wokenMeanwhile = true;
        if (underWay !== undefined) return;
        schedule.wake(clock());
        plan();
      },
      async end() {
        ended = true;
        clearTimeout(timer);
        await underWay;
        done();
      },
    };
  }

  const turns: readonly Turn[] = runs.map(takeTurns);
  return {
    snapshot: polling.snapshot,
    body: polling.body,
    firstPollDone: Promise.all(turns.map(({ firstDone }) => firstDone)).then(() => undefined),
    async stop() {
      const ends = turns.map((turn) => turn.end());
      await polling.stop();
      await Promise.all(ends);
    },
  };
}

/** Asks every collector once, and gives what came of it. Closes the source. */
export async function pollOnce(options: PollerOptions): Promise<Snapshot> {
  const polling = createPolling(options);
  try {
    await Promise.all(polling.runs.map((run) => run.poll()));
    return polling.snapshot();
  } finally {
    await polling.stop();
  }
}
