/** What FRR's own log said last of the sessions that are down. */
import type { NeighborChange } from '../frr/log-line.ts';

export interface LoggedDowns {
  note(changes: readonly NeighborChange[]): void;
  /** When the session went down last; undefined where it came up since, or the log has no line about it. */
  find(vrf: string, peer: string): NeighborChange | undefined;
}

/** Sessions of which a line is remembered: those that went down last. */
const MOST = 1_000;

const keyOf = (vrf: string, peer: string): string => JSON.stringify([vrf, peer]);

export function createLoggedDowns(): LoggedDowns {
  const downs = new Map<string, NeighborChange>();
  return {
    note(changes) {
      for (const change of changes) {
        const key = keyOf(change.vrf, change.peer);
        downs.delete(key);
        if (!change.up) downs.set(key, change);
        if (downs.size > MOST) downs.delete(downs.keys().next().value as string);
      }
    },
    find: (vrf, peer) => downs.get(keyOf(vrf, peer)),
  };
}
