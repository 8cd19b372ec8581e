/** A host address, as the commands take it. */
import { hostPrefix, type Prefix } from '../../../src/frr/addresses.ts';

export function host(address: string): Prefix {
  return hostPrefix(address) as Prefix;
}
