/**
 * Routes that the kernel lacks although it should have them: in two polls in a row, because zebra and the kernel are read one
 * after the other, and a change in between looks the same.
 */
import { prefixText } from '../frr/addresses.ts';
import type { KernelRoute } from '../frr/kernel-routes.ts';
import type { Frr } from './collector.ts';

/** A route, and where it is. */
export interface Wanted extends KernelRoute {
  readonly vrf: string;
}

/** Whether the kernel lacks each route; undefined where that cannot be seen. */
export type MissingRoutes = readonly (boolean | undefined)[];

const keyOf = (route: Wanted): string => `${route.vrf} ${prefixText(route)}`;

/** Remembers what was missing at the poll before. What it returns is called after zebra has answered. @throws FrrError */
export function createMissingRoutes(): (frr: Frr, wanted: readonly Wanted[]) => Promise<MissingRoutes> {
  let before: ReadonlySet<string> = new Set();
  return async (frr, wanted) => {
    const missingBefore = before;
    before = new Set();
    const found = await frr.kernelRoutes(wanted);
    before = new Set(wanted.filter((_, index) => found[index] === false).map(keyOf));
    return wanted.map((route, index) =>
      found[index] === undefined ? undefined : !found[index] && missingBefore.has(keyOf(route)),
    );
  };
}
