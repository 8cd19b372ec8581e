/** The addresses that the node is meant to announce: those of its interfaces and its own routes, in every VRF. */
import type { Turns } from '../../base/turns.ts';
import { type InterfaceAddress, parsePrefix } from '../../frr/addresses.ts';
import type { LocalProtocol } from '../../frr/commands.ts';
import { type Fields, fields, items, word } from '../fields.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import { type HostAddress, isHost, isSelected, type Origin, type Selection } from './filter.ts';
import type { Instance, LocalRoutes } from './instances.ts';
import { kernelPlace } from './kernel.ts';

const ORIGINS: Readonly<Record<LocalProtocol, Origin>> = {
  connected: 'interface',
  kernel: 'kernel',
  static: 'static',
};

/** The host addresses on the interfaces of the default VRF. */
export function ofInterfaces(
  addresses: readonly InterfaceAddress[],
  selection: Selection,
): readonly HostAddress[] {
  return addresses
    .filter((one) => one.vrf === undefined && isHost(one) && isSelected(one, selection))
    .map((one) => ({ ...one, vrf: DEFAULT_VRF, origin: 'interface' as const, kernel: undefined }));
}

/**
 * The host addresses that local routes lead to, and networks that a flag names. A connected route is an address of an
 * interface, which in the default VRF {@link ofInterfaces} knows.
 */
export function* ofRoutes(
  routes: readonly LocalRoutes[],
  instances: readonly Instance[],
  selection: Selection,
): Turns<readonly HostAddress[]> {
  const vrfs = new Map(instances.map(({ vrf, vrfId }) => [vrfId, vrf]));
  const found: HostAddress[] = [];
  for (const { protocol, documents } of routes)
    for (const route of routesOf(documents)) {
      yield;
      const vrf = vrfs.get(Number(route.vrfId));
      const prefix = parsePrefix(word(route.prefix));
      if (vrf === undefined || prefix === undefined) continue;
      if (protocol === 'connected' && vrf === DEFAULT_VRF && isHost(prefix)) continue;
      const leadsTo = word(fields(items(route.nexthops)[0]).interfaceName);
      const kernel = protocol === 'connected' ? undefined : kernelPlace(route, vrf, prefix.afi);
      const address = { ...prefix, vrf, interface: leadsTo, origin: ORIGINS[protocol], kernel };
      if (isSelected(address, selection)) found.push(address);
    }
  return found;
}

/**
 * The routes of documents, which have a list of routes for each prefix, and from FRR 10 on such an object for each VRF. The
 * routes of one list differ in their metric only.
 */
function* routesOf(documents: readonly unknown[]): Generator<Fields> {
  for (const value of documents.flatMap((document) => Object.values(fields(document))))
    for (const routes of Array.isArray(value) ? [value] : Object.values(fields(value)))
      yield fields(items(routes)[0]);
}
