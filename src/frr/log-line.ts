/** The lines of FRR's log file about a BGP session: those of `bgp log-neighbor-changes`. */

/** A session that went down or came up. */
export interface NeighborChange {
  /** Seconds since the epoch; without `log timestamp precision` in FRR, up to a second late. */
  readonly at: number;
  readonly vrf: string;
  /** The neighbor as in FRR's configuration. */
  readonly peer: string;
  readonly up: boolean;
  /** Why it went down, in FRR's words; empty where it came up. */
  readonly reason: string;
}

/**
 * FRR 7.5.1: `2026/11/24 20:33:33 BGP: %ADJCHANGE: neighbor eth2(tor2) in vrf default Down Interface down`; newer ones
 * have an identifier before it: `BGP: [PXVXG-TFNNT] %ADJCHANGE: ...` (`bgp_fsm_change_status` and `bgp_establish`). The name
 * in parentheses is the peer's choice, and may contain anything; what follows it is FRR's.
 */
const LINE =
  /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)(\.\d+)? .*?\bBGP: .*?%ADJCHANGE: neighbor ([^\s(]+)\(.*\) in vrf (\S+) (Up|Down)(?: (.*))?$/;

/** Seconds that separate time zones. */
const ZONE = 900;

const LAST_OF_SECOND = 0.999;

/**
 * Reads a line; undefined for all others.
 * @param now seconds since the epoch. FRR writes its local time without the zone, which may not be ours. A line is read
 * soon after it was written, so the zone follows.
 */
export function readNeighborChange(line: string, now: number): NeighborChange | undefined {
  const [, year, month, day, time, fraction, peer, vrf, state, reason = ''] = LINE.exec(line) ?? [];
  if (peer === undefined || vrf === undefined) return undefined;
  const local = Date.parse(`${year}-${month}-${day}T${time}${fraction ?? ''}Z`) / 1000;
  if (Number.isNaN(local)) return undefined;
  const written = local + Math.round((now - local) / ZONE) * ZONE;
  // Late rather than early, so that whoever fetches the events since the last one gets it.
  const at = fraction === undefined ? Math.min(now, written + LAST_OF_SECOND) : written;
  return { at, vrf, peer, up: state === 'Up', reason: reason.trim() };
}
