/** What a poll does, and the snapshot that all polls make together. The scheduler decides when to poll. */
import type { Logger } from 'pino';
import { inTurns } from '../base/turns.ts';
import type { ActiveCollector, Pace, Poll, States } from '../collectors/collector.ts';
import type { RecordEvent } from '../events/event.ts';
import type { Daemon } from '../frr/commands.ts';
import type { LogFile } from '../frr/log-file.ts';
import { readNeighborChange } from '../frr/log-line.ts';
import { FrrError, type FrrSource } from '../frr/source.ts';
import { type BodyPart, familiesPart, prepare, writeBody } from '../metrics/body.ts';
import type { Format } from '../metrics/exposition.ts';
import { countSeries, type Descriptor, type MetricFamily } from '../metrics/family.ts';
import { createFamilyBuilder, type FamilyBuilder } from '../metrics/family-builder.ts';
import { changed } from './changes.ts';
import { createDropLog } from './drop-log.ts';
import { createFailureLog } from './failure-log.ts';
import { createLoggedDowns } from './logged-downs.ts';
import { count, createCounts, pollerFamilies } from './poller-metrics.ts';
import { frrForPoll } from './queries.ts';
import { createRecentAnswers } from './recent-answers.ts';
import { limitSeries } from './series-limit.ts';
import { settleTimestamps } from './settle.ts';
import { type Claim, createRouterShare } from './share.ts';
import type { CollectorStatus, Snapshot, SnapshotPart } from './snapshot.ts';
import { createStateLog } from './state-log.ts';
import { supportedQuery, UnsupportedError } from './support.ts';

/** Times in seconds. */
export interface PollSettings {
  /** Between polls of the pace `sessions`; `tables` take three times as long, `details` twelve times. */
  readonly interval: number;
  /** How long one command may take. */
  readonly timeout: number;
  /**
   * Maximum share of its time that a daemon may spend on this program, above 0 and up to 1; intervals are stretched to
   * respect it.
   */
  readonly maxShare: number;
  /** How long the samples of a failing collector are exported; at least until one more poll has failed. */
  readonly staleAfter: number;
  /** Maximum number of series about FRR. */
  readonly maxSeries: number;
}

export interface PollerOptions {
  readonly source: FrrSource;
  /** The enabled ones, in the order of exposition. */
  readonly collectors: readonly ActiveCollector[];
  readonly settings: PollSettings;
  readonly log: Logger;
  /** Receives the changes of states; left out where they are not used. */
  readonly record?: RecordEvent;
  /** FRR's own log, where it is followed. */
  readonly frrLog?: Pick<LogFile, 'read'>;
}

export interface BodyOptions {
  readonly format: Format;
  readonly gzip: boolean;
  /** Names of the collectors to show; all of them when left out. The poller's own metrics are always there. */
  readonly only?: ReadonlySet<string>;
  /** Parts that others add after the metrics about FRR, such as those of the process. */
  readonly others?: readonly BodyPart[];
}

/** The result of a poll. */
export interface PollResult {
  readonly succeeded: boolean;
  /** Of the metrics that other collectors watch, those whose families have changed since the last success. */
  readonly changed: ReadonlySet<Descriptor>;
  /** Of a revision: only a whole poll will do. */
  readonly incomplete: boolean;
}

/** What is polled on a schedule of its own. */
export interface Run {
  /** Polls once. Never rejects: what goes wrong is logged and counted. */
  poll(): Promise<PollResult>;
  /** Seconds between polls, as in force; infinite for a revision, which is polled only when something has changed. */
  interval(): number;
  /** See {@link import('./share.ts').RouterShare.payback}. */
  payback(): number;
}

/** One collector, ready to be polled. */
export interface CollectorRun extends Run {
  readonly collector: ActiveCollector;
  /** Undefined where the collector has none. */
  readonly revision: Run | undefined;
  /** Whether a poll is due before its time: {@link ActiveCollector.isOutdated}. Never rejects. */
  isOutdated(): Promise<boolean>;
  /** Stops exporting what the newest successful poll reported: it is stale. */
  expire(): void;
}

export interface Collection {
  readonly runs: readonly CollectorRun[];
  snapshot(): Snapshot;
  /** The body of a scrape. */
  body(options: BodyOptions): Promise<Buffer>;
  /** Reads what FRR has logged; returns the states that it changed. Never rejects. */
  readLog(): Promise<ReadonlySet<States>>;
  /** Ends the polls that are under way and closes the source. */
  stop(): Promise<void>;
}

/** Seconds of a clock that never jumps; the wall clock is only for timestamps. */
export const clock = (): number => performance.now() / 1000;

const wallClock = (): number => Date.now() / 1000;

/** Seconds, to the microsecond: more digits would be noise. */
const elapsedSince = (moment: number): number => Math.round((clock() - moment) * 1e6) / 1e6;

/** Poll intervals between two polls of a pace. */
const PACES: Readonly<Record<Pace, number>> = { sessions: 1, tables: 3, details: 12 };

/** Parts of a daemon's share: the collectors of critical alerts come first. */
const WEIGHTS: Readonly<Record<Pace, number>> = { sessions: 4, tables: 2, details: 1 };

/** Of the poller's own part of the body. */
const OWN_PART = 'poller';

const NO_FAMILIES: readonly MetricFamily[] = [];
const NO_CHANGES: ReadonlySet<Descriptor> = new Set();
const FAILED: PollResult = { succeeded: false, changed: NO_CHANGES, incomplete: false };
const INCOMPLETE: PollResult = { ...FAILED, incomplete: true };

/** The name of a collector's revision in the router's share. */
const revisionOf = (name: string): string => `${name} revision`;

/** The daemons that these collectors query in every round. */
function queriedInEveryRound(collectors: readonly ActiveCollector[]): ReadonlySet<Daemon> {
  return new Set(
    collectors
      .filter(({ pace }) => pace === 'sessions')
      .flatMap(({ commands }) =>
        commands.flatMap((command) => ('daemon' in command ? [command.daemon] : [])),
      ),
  );
}

/** How a collector is polled: wholly, or to revise what is known. */
interface Step extends Pick<Poll, 'query' | 'families'> {
  /** Its name in the router's share. */
  readonly claim: string;
  readonly whole: boolean;
}

/** The state of one collector. */
interface State {
  readonly collector: ActiveCollector;
  /** Resolves when no poll of the collector is under way. */
  idle: Promise<unknown>;
  readonly build: FamilyBuilder;
  readonly inDoubt: Set<Daemon>;
  readonly queriedAnyway: ReadonlySet<Daemon>;
  up: boolean | undefined;
  unsupported: string | undefined;
  error: CollectorStatus['error'];
  lastSuccess: number | undefined;
  duration: number | undefined;
  /** FRR answered a command in the newest poll. */
  answered: boolean;
  /** Of the newest successful poll, stale or not. */
  families: readonly MetricFamily[] | undefined;
  /** What is exported; undefined when there is nothing, or only stale samples. */
  part: SnapshotPart | undefined;
  overLimit: boolean;
}

export function createCollection({
  source,
  collectors,
  settings,
  log,
  record,
  frrLog,
}: PollerOptions): Collection {
  const intervalOf = ({ pace }: ActiveCollector) => settings.interval * PACES[pace];
  const share = createRouterShare(
    settings.maxShare,
    collectors.flatMap((collector) => {
      const { name, pace, revision } = collector;
      const claim: Claim = {
        name,
        interval: intervalOf(collector),
        // Whatever the share, the next poll comes before the results of the last one are stale.
        ...(pace === 'sessions' && {
          longest: Math.max(settings.interval, settings.staleAfter - settings.timeout),
        }),
        weight: WEIGHTS[pace],
      };
      return revision === undefined ? [claim] : [claim, { ...claim, name: revisionOf(name) }];
    }),
  );
  const states = collectors.map(
    (collector): State => ({
      collector,
      idle: Promise.resolve(),
      build: createFamilyBuilder(collector.descriptors),
      inDoubt: new Set(),
      queriedAnyway: queriedInEveryRound(collectors.filter((other) => other !== collector)),
      up: undefined,
      unsupported: undefined,
      error: undefined,
      lastSuccess: undefined,
      duration: undefined,
      answered: false,
      families: undefined,
      part: undefined,
      overLimit: false,
    }),
  );
  const watched = new Set(collectors.flatMap(({ pollWhenChanged = [] }) => pollWhenChanged));
  const counts = createCounts(wallClock());
  const recent = source.kind === 'vtysh' ? createRecentAnswers(settings.interval, clock) : undefined;
  /** What the newest scrape requested, and so most likely the next one: it is rendered in advance. */
  let wanted: Pick<BodyOptions, 'format' | 'gzip'> | undefined;
  const failures = createFailureLog(log);
  const noteDrops = createDropLog(log, counts.dropped);
  const stateLog = createStateLog(log, collectors, record ?? (() => undefined));
  const loggedDowns = createLoggedDowns();
  const stopping = new AbortController();

  /** Seconds since the epoch of the newest change, and the snapshot since then; made on demand. */
  let changedAt = wallClock();
  let newest: Snapshot | undefined;

  function snapshot(): Snapshot {
    newest ??= makeSnapshot(changedAt);
    return newest;
  }

  function makeSnapshot(at: number): Snapshot {
    const frrUp = states.some(({ answered }) => answered);
    const status = states.map(
      ({ collector: { name }, up, unsupported, error, lastSuccess, duration }): CollectorStatus => ({
        name,
        up,
        unsupported,
        error,
        lastSuccess,
        duration,
        interval: share.interval(name),
      }),
    );
    const families = pollerFamilies(frrUp, status, counts);
    const own: SnapshotPart = { name: OWN_PART, at, families, body: familiesPart(families) };
    const parts = states.flatMap(({ part }) => (part === undefined ? [] : [part]));
    return { at, frrUp, parts: [own, ...parts], collectors: status };
  }

  function publish(): void {
    changedAt = wallClock();
    newest = undefined;
  }

  /** Limits the number of series, and logs one line when that begins, and one when it ends. */
  function limit(state: State, families: readonly MetricFamily[]): readonly MetricFamily[] {
    const { name } = state.collector;
    const others = states.reduce(
      (sum, other) => sum + (other === state || !other.part ? 0 : countSeries(other.part.families)),
      0,
    );
    const { families: kept, cut } = limitSeries(families, settings.maxSeries - others);
    if (cut > 0) {
      count(counts.dropped, 'limit', cut);
      if (!state.overLimit)
        log.warn(
          { collector: name, left_out: cut, limit: settings.maxSeries },
          `${cut} series of collector ${name} left out: more than ${settings.maxSeries} in all (--metrics.max-series)`,
        );
    } else if (state.overLimit) {
      log.info({ collector: name }, `collector ${name} is within --metrics.max-series again`);
    }
    state.overLimit = cut > 0;
    return kept;
  }

  /** The watched families that have changed. */
  function watchedChanges(state: State, families: readonly MetricFamily[]): ReadonlySet<Descriptor> {
    const before = state.families;
    if (before === undefined) return NO_CHANGES;
    const find = (among: readonly MetricFamily[], descriptor: Descriptor) =>
      among.find((family) => family.descriptor === descriptor);
    return new Set(
      state.collector.descriptors.filter(
        (descriptor) =>
          watched.has(descriptor) && changed(find(before, descriptor), find(families, descriptor)),
      ),
    );
  }

  /** What has not changed is not rendered again. */
  function rendering({ part }: State, families: readonly MetricFamily[]): BodyPart {
    const same =
      part?.families.length === families.length &&
      families.every((family, n) => {
        const before = part.families[n];
        return before?.descriptor === family.descriptor && !changed(before, family);
      });
    return same ? part.body : familiesPart(families);
  }

  /** One poll of a collector at a time, so that what is reported later was queried later. */
  function pollInOrder(state: State, step: Step): Promise<PollResult> {
    const result = state.idle.then(() => poll(state, step));
    state.idle = result;
    return result;
  }

  async function poll(
    state: State,
    { query, families: familiesOf, claim, whole }: Step,
  ): Promise<PollResult> {
    const { collector } = state;
    const { name } = collector;
    const began = clock();
    const seconds = new Map<Daemon, number>();
    let tooHeavy = false;
    let answered = false;
    const frr = frrForPoll({
      source,
      timeout: settings.timeout,
      signal: stopping.signal,
      inDoubt: state.inDoubt,
      recent,
      loggedDown: loggedDowns.find,
      queriedAnyway: state.queriedAnyway,
      sent: (daemon, commands) => count(counts.commands, daemon, commands),
      worked(daemon, taken, whole) {
        count(counts.commandSeconds, daemon, taken);
        count(seconds, daemon, taken);
        if (!whole) {
          tooHeavy = true;
          return;
        }
        answered = true;
        failures.answered(daemon);
      },
    });
    try {
      const answers = await query(frr);
      if (!whole && answers === undefined) {
        share.measured(claim, seconds);
        return INCOMPLETE;
      }
      const now = wallClock();
      const { families: fresh, drops } = await inTurns(
        state.build((build) => familiesOf(answers, { ...build, now })),
      );
      const families = limit(state, settleTimestamps(fresh, state.families ?? NO_FAMILIES));
      const body = rendering(state, families);
      if (wanted !== undefined) await prepare(body, wanted.format, wanted);
      if (stopping.signal.aborted) return FAILED;
      const changes = watchedChanges(state, families);
      noteDrops(name, drops);
      share.measured(claim, seconds);
      state.up = true;
      state.unsupported = undefined;
      state.answered = answered;
      state.error = undefined;
      if (whole) {
        state.lastSuccess = now;
        state.duration = elapsedSince(began);
      }
      state.families = families;
      state.part = { name, at: now, families, body };
      failures.succeeded(name);
      publish();
      // FRR's log goes first: it has every one of these changes, with its reason.
      if (collector.states?.some(({ failed }) => failed !== undefined)) await readLog();
      stateLog.observe(collector, families, began);
      return { succeeded: true, changed: changes, incomplete: false };
    } catch (error) {
      if (stopping.signal.aborted) return FAILED;
      state.answered = answered;
      if (whole) state.duration = elapsedSince(began);
      if (error instanceof UnsupportedError) {
        if (state.unsupported === undefined) log.info({ collector: name }, error.message);
        share.measured(claim, seconds);
        state.up = undefined;
        state.error = undefined;
        state.unsupported = error.message;
        publish();
        return FAILED;
      }
      const { reason, daemon } =
        error instanceof FrrError ? error : ({ reason: 'failed', daemon: undefined } as const);
      const byReason = counts.errors.get(name) ?? new Map();
      counts.errors.set(name, byReason);
      count(byReason, reason);
      // The time of a poll that failed half-way says little; that of a command that was too heavy says everything.
      if (tooHeavy) share.measured(claim, seconds);
      state.up = false;
      state.unsupported = undefined;
      state.error = { reason, daemon, message: error instanceof Error ? error.message : String(error) };
      failures.failed(name, error);
      publish();
      stateLog.failed(collector, began);
      return FAILED;
    } finally {
      frr.done();
    }
  }

  async function readLog(): Promise<ReadonlySet<States>> {
    const lines = (await frrLog?.read()) ?? [];
    const now = wallClock();
    const changes = lines.flatMap((line) => readNeighborChange(line, now) ?? []);
    loggedDowns.note(changes);
    return stateLog.logged(changes, clock());
  }

  async function isOutdated({ collector }: State): Promise<boolean> {
    try {
      return (await collector.isOutdated?.(source)) ?? false;
    } catch {
      // The next poll reports what is wrong.
      return false;
    }
  }

  function expire(state: State): void {
    if (stopping.signal.aborted) return;
    const { name } = state.collector;
    state.part = undefined;
    publish();
    log.debug({ collector: name }, `collector ${name} is stale: its metrics are not exported any more`);
  }

  function revisionRun(state: State): Run | undefined {
    const { name, revision } = state.collector;
    if (revision === undefined) return undefined;
    const claim = revisionOf(name);
    const step: Step = {
      query: async (frr) => state.part && revision.query(frr, state.part.families),
      families: revision.families,
      claim,
      whole: false,
    };
    return {
      poll: () => pollInOrder(state, step),
      interval: () => Number.POSITIVE_INFINITY,
      payback: () => share.payback(claim),
    };
  }

  return {
    runs: states.map((state) => {
      const { collector } = state;
      const { name, families } = collector;
      const step: Step = { query: supportedQuery(collector), families, claim: name, whole: true };
      return {
        collector,
        poll: () => pollInOrder(state, step),
        interval: () => share.interval(name),
        payback: () => share.payback(name),
        revision: revisionRun(state),
        isOutdated: () => isOutdated(state),
        expire: () => expire(state),
      };
    }),
    snapshot,
    body({ format, gzip, only, others = [] }) {
      wanted = { format, gzip };
      const shown = snapshot().parts.filter(
        ({ name }) => only === undefined || name === OWN_PART || only.has(name),
      );
      return writeBody([...shown.map(({ body }) => body), ...others], format, { gzip });
    },
    readLog,
    async stop() {
      stopping.abort();
      stateLog.stop();
      await source.close();
    },
  };
}
