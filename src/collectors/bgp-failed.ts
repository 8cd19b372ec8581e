/** BGP sessions as the summary reports them, and what FRR reports about those alone that are not established. */
import type { Turns } from '../base/turns.ts';
import { numberOf } from '../metrics/family.ts';
import { sessionKey, stateOf } from './bgp.ts';
import { type Fields, fields, members, seconds } from './fields.ts';

/** A session in `show bgp vrf all summary json`. */
export interface Session {
  /** Without what FRR adds in parentheses: `Idle`. */
  readonly state: string | undefined;
  readonly adminUp: boolean;
  /** FRR keeps it down because of its prefix limit: `Idle (PfxCt)`. */
  readonly overLimit: boolean;
  /** Seconds since it went down; undefined while it is established, and if it never was. */
  readonly downFor: number | undefined;
  /** How often it went down. */
  readonly dropped: number | undefined;
}

/** By {@link sessionKey}. */
export type Sessions = ReadonlyMap<string, Session>;

/** A session in `show bgp vrf all summary failed json`. */
export interface FailedSession {
  readonly vrf: string;
  readonly peer: string;
  /** The fields of the reset are those of the neighbors command. */
  readonly report: Fields;
}

/** The sessions of a summary; those with several address families repeatedly. */
function* sessionsOf(documents: readonly unknown[]): Generator<FailedSession> {
  for (const document of documents)
    for (const [vrf, instance] of members(document))
      for (const [, family] of members(instance))
        for (const [peer, report] of members(family.peers)) yield { vrf, peer, report };
}

export function* sessionsIn(summary: readonly unknown[]): Turns<Sessions> {
  const found = new Map<string, Session>();
  for (const { vrf, peer, report } of sessionsOf(summary)) {
    yield;
    const { name: state, admin } = stateOf(report.state, report.peerState);
    const down = state !== 'Established' && report.peerUptime !== 'never';
    found.set(sessionKey(vrf, peer), {
      state,
      adminUp: !admin,
      overLimit: report.state === 'Idle (PfxCt)',
      downFor: down ? seconds(report.peerUptimeMsec, 1_000) : undefined,
      dropped: numberOf(report.connectionsDropped),
    });
  }
  return found;
}

export function* failedIn(failed: readonly unknown[]): Turns<readonly FailedSession[]> {
  const found = new Map<string, FailedSession>();
  for (const one of sessionsOf(failed)) {
    yield;
    found.set(sessionKey(one.vrf, one.peer), one);
  }
  return [...found.values()];
}

/** What the neighbors command reports about a session, whether it is down or not, that is evidence once it is down. */
export function lastingFields({ bgpTimerConfiguredHoldTimeMsecs, messageStats }: Fields): Fields {
  const { opensSent, opensRecv } = fields(messageStats);
  return { bgpTimerConfiguredHoldTimeMsecs, messageStats: { opensSent, opensRecv } };
}

/**
 * What the neighbors command would report about why a session is down.
 * @param lasting see {@link lastingFields}
 */
export function asNeighbor(
  { state, overLimit }: Session,
  { report }: FailedSession,
  lasting: Fields | undefined,
): Fields {
  return {
    ...lasting,
    ...report,
    bgpState: state,
    prefixesConfigExceedMax: overLimit,
    lastResetTimerMsecs: report.peerUptimeMsec,
  };
}
