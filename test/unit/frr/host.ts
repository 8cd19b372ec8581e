/** A host address, as the commands take it. */
import { type Prefix, parsePrefix } from '../../../src/frr/addresses.ts';

export function host(address: string): Prefix {
  return parsePrefix(`${address}/${address.includes(':') ? 128 : 32}`) as Prefix;
}
