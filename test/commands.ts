/** The whole allow-list, for tests that hold it to a list and send it to real FRR. */
import type { Prefix } from '../src/frr/addresses.ts';
import {
  AFIS,
  bgpPrefix,
  bgpRouteLeak,
  bgpType5Routes,
  bgpVpnPrefix,
  type Command,
  fixedCommands,
  isVrfName,
  LOCAL_PROTOCOLS,
  localRoutes,
} from '../src/frr/commands.ts';

/** Every command that can be sent, with each of these parameters; VRFs that cannot be named are left out. */
export function allCommands(
  vrfs: readonly string[],
  prefixes: readonly Prefix[],
  routeDistinguishers: readonly string[],
): readonly Command[] {
  const named = vrfs.filter((vrf) => vrf === 'default' || isVrfName(vrf));
  return [
    ...fixedCommands(vrfs),
    ...named.flatMap((vrf) => AFIS.map((afi) => bgpRouteLeak(afi, vrf))),
    ...[undefined, ...named].flatMap((vrf) =>
      AFIS.flatMap((afi) => LOCAL_PROTOCOLS.map((protocol) => localRoutes(afi, protocol, vrf))),
    ),
    ...prefixes.flatMap((prefix) => [...named.map((vrf) => bgpPrefix(vrf, prefix)), bgpVpnPrefix(prefix)]),
    ...routeDistinguishers.map(bgpType5Routes),
  ];
}
