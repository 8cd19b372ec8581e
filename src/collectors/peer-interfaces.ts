/** Which of the node's interfaces leads to a peer. */
import { BlockList, isIP } from 'node:net';
import type { InterfaceAddress } from '../frr/addresses.ts';
import type { Link } from '../frr/links.ts';

/** Finds the interface of a peer by the peer's name; undefined where there is none, or more than one. */
export type FindInterface = (peer: string) => string | undefined;

interface Network extends InterfaceAddress {
  readonly range: BlockList;
}

/**
 * Makes a finder for each poll, which remembers what earlier ones found: an interface without a carrier has no
 * addresses to find it by.
 */
export function createPeerInterfaces(): (
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
) => FindInterface {
  let known: ReadonlyMap<string, string> = new Map();

  return (links, addresses) => {
    const names = new Set(links.map((link) => link.interface));
    const networks = addresses.map(networkOf);
    const before = known;
    const found = new Map<string, string>();
    known = found;
    return (peer) => {
      const name = names.has(peer) ? peer : (connectedInterface(peer, networks) ?? before.get(peer));
      if (name !== undefined) found.set(peer, name);
      return name;
    };
  };
}

function networkOf(own: InterfaceAddress): Network {
  const range = new BlockList();
  range.addSubnet(own.address, own.prefixLength, own.afi);
  return { ...own, range };
}

/**
 * The interface whose network the address is in. Undefined where there is none, as for a peer that is several hops away,
 * or where several have the same network, as in different VRFs.
 */
function connectedInterface(address: string, networks: readonly Network[]): string | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  const afi = version === 4 ? 'ipv4' : 'ipv6';
  const containing = networks.filter((network) => network.afi === afi && network.range.check(address, afi));
  const longest = Math.max(...containing.map(({ prefixLength }) => prefixLength));
  const [name, ...others] = new Set(
    containing.filter(({ prefixLength }) => prefixLength === longest).map((network) => network.interface),
  );
  return others.length === 0 ? name : undefined;
}
