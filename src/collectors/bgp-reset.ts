/** Why a BGP session last went down, in FRR's words, from the neighbors command. */
import { RESET } from '../causes/cause.ts';
import { numberOf } from '../metrics/family.ts';
import { SESSION_LABELS } from './bgp.ts';
import { MESSAGE_LABELS, messageOf, shutdownMessage } from './bgp-cause.ts';
import { RESET_LABELS, sessionLastReset, sessionLastResetTimestamp } from './bgp-neighbor-metrics.ts';
import type { FamiliesContext } from './collector.ts';
import { type Fields, seconds, word } from './fields.ts';

/** The last reset of a session. */
export interface LastReset {
  readonly reason: string;
  /** FRR's number of the reason (`PEER_DOWN_...` in bgpd.h). */
  readonly code: string;
  readonly notification: string;
  /** Seconds since then; undefined for a session that never was established. */
  readonly age: number | undefined;
}

const DAY = 86_400;

/**
 * Seconds since the last reset. Before 10.7, FRR leaves out the days (`bgp_show_peer` in bgp_vty.c), but not out
 * of the time for which the session has been down, or established, since. If the session was down for more than a day
 * and is established again, the number of those days is unknown.
 */
function resetAge(neighbor: Fields, since: number | undefined): number | undefined {
  const age = seconds(neighbor.lastResetTimerMsecs, 1_000);
  if (age === undefined || since === undefined) return undefined;
  return age + Math.max(0, Math.ceil((since - age) / DAY)) * DAY;
}

/** Reasons that only say that bgpd lost the way to its peer (`peer_down_str` in bgp_fsm.c): the cause may be reported separately. */
const WAY_LOST: ReadonlySet<number> = new Set([RESET.addressLost, RESET.nextHopUnresolved]);

/** What FRR's log says of a session that went down, where that may be the cause, and its number (before 10.7). */
const LOGGED: ReadonlyMap<string, number> = new Map<string, number>([
  ['Admin. shutdown', RESET.userShutdown],
  ['User reset', RESET.userReset],
  ['Peer closed the session', RESET.closed],
  ['NSF peer closed the session', RESET.closedWithGracefulRestart],
  ['BFD down received', RESET.bfdDown],
  ['Interface down', RESET.interfaceDown],
  ['Socket Error', RESET.socketError],
]);

/** Whether the peer closed the connection, and its routes may be kept while it restarts (RFC 4724). */
export function isClosedForRestart({ lastResetCode }: Fields): boolean {
  return numberOf(lastResetCode) === RESET.closedWithGracefulRestart;
}

/** Whether it is the code of a reset by BFD. */
export function isBfdDown(code: string): boolean {
  return code === String(RESET.bfdDown);
}

/** Whether FRR 10.7 may have a second reason, which only the neighbors command reports. */
export function mayHideBfd({ lastResetCode }: Fields): boolean {
  return WAY_LOST.has(numberOf(lastResetCode) ?? 0);
}

/**
 * Why the session last went down.
 *
 * FRR 10.7 stores two reasons: that of the moment when the session left Established, and the newest of those while it
 * was down already. When a link is cut, bgpd may lose the peer's address a moment before BFD reports it, so that the
 * first is `Neighbor address lost` and the second `BFD down initiated`, which is what happened. Otherwise the
 * second is about a later attempt, or older than the first, and does not explain it. An older FRR only reports the newest of
 * all, but has logged the first.
 * @param since seconds for which the session has been down, or established, since then; undefined where it never was
 * established
 * @param logged the reason in FRR's log when it went down last, where that is known
 */
export function lastReset(
  neighbor: Fields,
  since: number | undefined,
  logged?: string,
): LastReset | undefined {
  const reason = word(neighbor.lastResetDueTo);
  if (reason === '' || reason === 'never') return undefined;
  const age = resetAge(neighbor, since);
  const downAge = numberOf(neighbor.downLastResetTimeSecs);
  const code = numberOf(neighbor.lastResetCode) ?? 0;
  const wayLost = mayHideBfd(neighbor);
  const loggedCode = logged === undefined ? undefined : LOGGED.get(logged);
  if ((wayLost || code === RESET.notAnswered) && logged !== undefined && loggedCode !== undefined)
    return { reason: logged, code: String(loggedCode), notification: '', age };
  if (
    wayLost &&
    numberOf(neighbor.downLastResetCode) === RESET.bfdDown &&
    age !== undefined &&
    downAge !== undefined &&
    downAge <= age
  ) {
    return { reason: word(neighbor.downLastResetDueTo), code: String(RESET.bfdDown), notification: '', age };
  }
  return {
    reason,
    code: word(neighbor.lastResetCode),
    notification: word(neighbor.lastNotificationReason),
    age,
  };
}

/** Emits the last reset of a session, and the message of its shutdown. */
export function emitReset(
  vrf: string,
  peer: string,
  neighbor: Fields,
  { reason, code, notification, age }: LastReset,
  { emit, labels, now }: FamiliesContext,
): void {
  emit(sessionLastReset, labels(RESET_LABELS, [vrf, peer, reason, code, notification]), 1);
  if (age !== undefined) emit(sessionLastResetTimestamp, labels(SESSION_LABELS, [vrf, peer]), now - age);
  const message = notification === '' ? '' : messageOf(neighbor);
  if (message !== '') emit(shutdownMessage, labels(MESSAGE_LABELS, [vrf, peer, message]), 1);
}
