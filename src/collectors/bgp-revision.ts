/**
 * Revises what is known of BGP sessions by the command for those that failed: it costs bgpd next to nothing, where the
 * neighbors command takes 0.2 ms for each session.
 */
import { inTurns } from '../base/turns.ts';
import { COMMANDS } from '../frr/commands.ts';
import type { Descriptor, MetricFamily, Sample } from '../metrics/family.ts';
import { sessionKey } from './bgp.ts';
import {
  CAUSE_LABELS,
  type Surroundings,
  sessionCause,
  sessionCauseOf,
  shutdownMessage,
} from './bgp-cause.ts';
import {
  asNeighbor,
  type FailedSession,
  failedIn,
  type Session,
  type Sessions,
  sessionsIn,
} from './bgp-failed.ts';
import {
  gracefulRestartActive,
  gracefulRestartInfo,
  prefixesAccepted,
  prefixLimitExceeded,
  sessionBfdEnabled,
  sessionHoldTime,
  sessionKeepalive,
  sessionLastReset,
  sessionLastResetTimestamp,
  sessionRoundTrip,
} from './bgp-neighbor-metrics.ts';
import {
  emitReset,
  isBfdDown,
  isClosedForRestart,
  type LastReset,
  lastReset,
  mayHideBfd,
} from './bgp-reset.ts';
import { type Frr, type Revision, revision } from './collector.ts';
import type { Fields } from './fields.ts';

/** What is remembered of the sessions from poll to poll. */
export interface KnownSessions {
  /** At the newest poll, whole or not. */
  sessions: Sessions;
  /** At the newest whole poll, by {@link sessionKey}; see {@link lastingFields}. */
  lasting: ReadonlyMap<string, Fields>;
}

/** Reported again for each session that is down; still true for those that are established. */
const OF_RESET: ReadonlySet<Descriptor> = new Set<Descriptor>([
  sessionLastReset,
  sessionLastResetTimestamp,
  shutdownMessage,
]);
/** Unknown for a session that went down, until the next whole poll. */
const OF_ESTABLISHED: ReadonlySet<Descriptor> = new Set<Descriptor>([
  sessionHoldTime,
  sessionKeepalive,
  sessionRoundTrip,
  gracefulRestartInfo,
  prefixesAccepted,
]);

/** What is known before a revision. */
interface Before {
  readonly sessions: Sessions;
  readonly families: readonly MetricFamily[];
}

export function createRevision(
  lookAround: (frr: Frr) => Promise<Surroundings>,
  known: KnownSessions,
): Revision {
  return revision({
    async query(frr, families: readonly MetricFamily[]) {
      const [surroundings, summary, failed] = await Promise.all([
        lookAround(frr),
        frr.json(COMMANDS.bgpSummary),
        frr.json(COMMANDS.bgpFailed),
      ]);
      const sessions = await inTurns(sessionsIn(summary));
      const reports = await inTurns(failedIn(failed));
      const before: Before = { sessions: known.sessions, families };
      return isExplained(sessions, reports, before) ? { sessions, reports, before, surroundings } : undefined;
    },
    *families({ sessions, reports, before, surroundings }, context) {
      known.sessions = sessions;
      const hidden = hiddenResets(sessions, reports, before);
      for (const { descriptor, samples } of before.families)
        for (const { labels: set, value } of samples) {
          yield;
          const key = keyOf(set.values);
          const session = sessions.get(key);
          if (session === undefined) continue;
          const wasEstablished = before.sessions.get(key)?.state === 'Established';
          if (!isStillTrue(descriptor, session, { wasEstablished, hasHiddenReset: hidden.has(key) }))
            continue;
          context.emit(
            descriptor,
            set,
            descriptor === prefixLimitExceeded ? Number(session.overLimit) : value,
          );
        }
      for (const failed of reports) {
        yield;
        const { vrf, peer } = failed;
        const key = sessionKey(vrf, peer);
        const session = sessions.get(key);
        if (session?.state === undefined || session.state === 'Established') continue;
        const neighbor = asNeighbor(session, failed, known.lasting.get(key));
        const logged = surroundings.loggedDown(vrf, peer)?.reason;
        const reset = hidden.get(key) ?? lastReset(neighbor, session.downFor, logged);
        if (reset !== undefined && !hidden.has(key)) emitReset(vrf, peer, neighbor, reset, context);
        const { adminUp } = session;
        const { id, text } = sessionCauseOf(vrf, peer, neighbor, { adminUp, reset }, surroundings);
        context.emit(sessionCause, context.labels(CAUSE_LABELS, [vrf, peer, id, text]), 1);
      }
    },
  });
}

const keyOf = ([vrf = '', peer = '']: readonly string[]): string => sessionKey(vrf, peer);

/** Whether what a metric reported about a session before still holds. */
function isStillTrue(
  descriptor: Descriptor,
  { state }: Session,
  { wasEstablished, hasHiddenReset }: { readonly wasEstablished: boolean; readonly hasHiddenReset: boolean },
): boolean {
  if (descriptor === sessionCause) return false;
  if (state === 'Established') return true;
  if (OF_RESET.has(descriptor)) return hasHiddenReset;
  return !(wasEstablished && OF_ESTABLISHED.has(descriptor));
}

/**
 * Whether the command for failed sessions explains what changed. Only the neighbors command knows a new session, the
 * reason why a session went down that is up again, whether a graceful restart is under way (which any loss of a session
 * begins if the peer can restart, also one by BFD), and what BFD reported after the way to the peer was lost.
 */
function isExplained(sessions: Sessions, reports: readonly FailedSession[], before: Before): boolean {
  for (const [key, { state, dropped }] of sessions) {
    const earlier = before.sessions.get(key);
    if (earlier === undefined || (state === 'Established' && dropped !== earlier.dropped)) return false;
  }
  if (sessionsWhere(gracefulRestartActive, before).size > 0) return false;
  const watched = sessionsWhere(sessionBfdEnabled, before);
  const mayRestart = sessionsWhere(
    gracefulRestartInfo,
    before,
    ({ labels }) => labels.values.at(-1) === 'Restart',
  );
  return reports.every(({ vrf, peer, report }) => {
    const key = sessionKey(vrf, peer);
    if (sessions.get(key)?.dropped === before.sessions.get(key)?.dropped) return true;
    return !isClosedForRestart(report) && !mayRestart.has(key) && !(mayHideBfd(report) && watched.has(key));
  });
}

/** The sessions with a sample of a metric that matches: by default, of which it was 1. */
function sessionsWhere(
  descriptor: Descriptor,
  { families }: Before,
  matches: (sample: Sample) => boolean = ({ value }) => value === 1,
): ReadonlySet<string> {
  const samples = families.find((family) => family.descriptor === descriptor)?.samples ?? [];
  return new Set(samples.filter(matches).map(({ labels }) => keyOf(labels.values)));
}

/**
 * The resets by BFD of sessions that have been down since, which FRR now reports as something else. The newest whole poll
 * knew the reason.
 */
function hiddenResets(
  sessions: Sessions,
  reports: readonly FailedSession[],
  before: Before,
): ReadonlyMap<string, LastReset> {
  const candidates = new Set(
    reports
      .filter(({ report }) => mayHideBfd(report))
      .map(({ vrf, peer }) => sessionKey(vrf, peer))
      .filter((key) => sessions.get(key)?.dropped === before.sessions.get(key)?.dropped),
  );
  const hidden = new Map<string, LastReset>();
  if (candidates.size === 0) return hidden;
  for (const { labels } of before.families.find(({ descriptor }) => descriptor === sessionLastReset)
    ?.samples ?? []) {
    const [, , reason = '', code = '', notification = ''] = labels.values;
    const key = keyOf(labels.values);
    if (candidates.has(key) && isBfdDown(code))
      hidden.set(key, { reason, code, notification, age: undefined });
  }
  return hidden;
}
