/** The last thing that FRR's own log said about each session that is down. */
import { sessionKey } from '../collectors/bgp.ts';
import type { NeighborChange } from '../frr/log-line.ts';

export interface LoggedDowns {
  note(changes: readonly NeighborChange[]): void;
  /** When the session went down last; undefined where it came up since, or the log has no line about it. */
  find(vrf: string, peer: string): NeighborChange | undefined;
}

/** Maximum number of sessions that are remembered: those that went down last. */
const MOST = 1_000;

export function createLoggedDowns(): LoggedDowns {
  const downs = new Map<string, NeighborChange>();
  return {
    note(changes) {
      for (const change of changes) {
        const key = sessionKey(change.vrf, change.peer);
        downs.delete(key);
        if (!change.up) downs.set(key, change);
        if (downs.size > MOST) downs.delete(downs.keys().next().value as string);
      }
    },
    find: (vrf, peer) => downs.get(sessionKey(vrf, peer)),
  };
}
