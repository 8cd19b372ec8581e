/** The paths of a received route, of whatever address family. */
import { fields, items, word } from '../fields.ts';

export interface Path {
  readonly peer: string;
  readonly origin: string;
  readonly nextHop: string;
}

/** Prefixes with their paths. */
export type Routes = Map<string, readonly Path[]>;

/** Peers of a path that is this FRR's own: in a range, and in the answer about one prefix. */
const OWN: ReadonlySet<string> = new Set(['', '(unspec)', '0.0.0.0', '::']);

/** The paths of a prefix, in a table or in the answer about one prefix; those of this FRR itself left out. */
export function readPaths(paths: unknown): readonly Path[] {
  // EVPN has a list of one for each path.
  return items(paths)
    .flat()
    .flatMap((item) => {
      const path = fields(item);
      const peer = word(path.peerId) || word(fields(path.peer).peerId);
      if (OWN.has(peer) || path.removed === true) return [];
      const [first] = items(path.nexthops);
      const nextHop = word(fields(first).ip);
      const asPath = word(path.path) || word(fields(path.aspath).string);
      return [{ peer, origin: asPath.match(/\S+$/)?.[0] || nextHop, nextHop }];
    });
}
