/**
 * Reads the VPN routes and the EVPN type 5 routes, each table in one answer: no command returns a part of the EVPN routes, and a VPN
 * table has no common version by which it could be divided before it is known, as a unicast table is (unicast.ts).
 */
import { parsePrefix } from '../../frr/addresses.ts';
import { bgpType5Table, bgpVpnTable } from '../../frr/commands.ts';
import type { Frr } from '../collector.ts';
import { fields, items, members } from '../fields.ts';
import { type Routes, readPaths } from './paths.ts';

/** Routes by route distinguisher, which is empty for a unicast table. */
export type RoutesByRd = ReadonlyMap<string, Routes>;

/** @throws FrrError */
export async function readVpnTable(frr: Frr, afi: 'ipv4' | 'ipv6'): Promise<RoutesByRd> {
  const [answer] = await frr.json(bgpVpnTable(afi));
  return byRd(fields(fields(answer).routes).routeDistinguishers, (table) => Object.entries(table));
}

/** @throws FrrError */
export async function readType5Table(frr: Frr): Promise<RoutesByRd> {
  const [answer] = await frr.json(bgpType5Table);
  return byRd(answer, (table) =>
    Array.from(members(table), ([, { paths }]) => {
      const { ip, ipLen } = fields(items(paths).flat()[0]);
      return [`${ip}/${ipLen}`, paths] as const;
    }),
  );
}

type Listed = Iterable<readonly [prefix: string, paths: unknown]>;

/** @param listed the routes of one route distinguisher */
function byRd(document: unknown, listed: (table: Readonly<Record<string, unknown>>) => Listed): RoutesByRd {
  const found = new Map<string, Routes>();
  for (const [rd, table] of members(document)) {
    const routes: Routes = new Map();
    for (const [prefix, listedPaths] of listed(table)) {
      const paths = parsePrefix(prefix) === undefined ? [] : readPaths(listedPaths);
      if (paths.length > 0) routes.set(prefix, paths);
    }
    found.set(rd, routes);
  }
  return found;
}
