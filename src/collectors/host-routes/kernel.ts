/** Whether the kernel has the routes of host addresses that zebra reports as installed. */
import { type KernelRoute, MAIN_TABLE } from '../../frr/kernel-routes.ts';
import { numberOf } from '../../metrics/family.ts';
import type { Frr } from '../collector.ts';
import { interfacesOf } from '../default-route.ts';
import { type Fields, fields, items } from '../fields.ts';
import { createMissingRoutes } from '../missing-routes.ts';
import { unlessFailed } from '../unless-failed.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import type { HostAddress } from './filter.ts';

/**
 * Where the kernel should have a route that zebra reports as installed; undefined where the kernel's list does not show it.
 *
 * The tables of a VRF that is a network namespace cannot be seen; its routes are in a main table as well. A route that leads
 * to no interface on purpose is in the list of IPv4 with its table if it is a blackhole; that of IPv6 has no tables.
 * @param route as `show ip route json` has it
 */
export function kernelPlace(
  route: Fields,
  vrf: string,
  afi: KernelRoute['afi'],
): Pick<KernelRoute, 'table' | 'interfaces'> | undefined {
  const table = numberOf(route.table);
  if (route.installed !== true || table === undefined) return undefined;
  if (vrf !== DEFAULT_VRF && table === MAIN_TABLE) return undefined;
  const interfaces = interfacesOf(route);
  const isBlackhole = items(route.nexthops).some((nexthop) => fields(nexthop).blackhole === true);
  return interfaces.length > 0 || (afi === 'ipv4' && isBlackhole) ? { table, interfaces } : undefined;
}

/**
 * Remembers what was missing at the poll before. The collector `kernel-routes` reports that the kernel's tables cannot be read.
 * @param most addresses to look for; with more, none is
 */
export function createMissingAddresses(
  most: number,
): (frr: Frr, addresses: readonly HostAddress[]) => Promise<ReadonlyMap<HostAddress, boolean | undefined>> {
  const missingRoutes = createMissingRoutes();
  return async (frr, addresses) => {
    const wanted = addresses.flatMap((address) =>
      address.kernel === undefined ? [] : [{ address, route: { ...address, ...address.kernel } }],
    );
    const compared = wanted.length > most ? [] : wanted;
    const missing = await unlessFailed(
      missingRoutes(
        frr,
        compared.map(({ route }) => route),
      ),
      [],
    );
    return new Map(compared.map(({ address }, index) => [address, missing[index]]));
  };
}
