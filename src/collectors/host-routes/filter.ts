/** Which addresses of the node are host addresses, and which of these the flags select. */
import { BlockList, isIP } from 'node:net';
import type { Kind } from '../../flags/values.ts';
import { hostPrefix, type Prefix, parsePrefix, prefixText } from '../../frr/addresses.ts';
import type { KernelRoute } from '../../frr/kernel-routes.ts';

/** Where a host address comes from. */
export type Origin = 'interface' | 'kernel' | 'static' | 'leaked';

/** An address that the node is meant to announce, or a network that a flag names. */
export interface HostAddress extends Prefix {
  readonly vrf: string;
  /** The interface that has it, or that its route leads to; empty where the route leads to none. For a leaked address, the VRF it comes from. */
  readonly interface: string;
  readonly origin: Origin;
  /** Where the kernel should have its route; undefined where zebra does not report one as installed, or it cannot be seen. */
  readonly kernel: Pick<KernelRoute, 'table' | 'interfaces'> | undefined;
}

/** What a filter looks at. */
type Filtered = Pick<HostAddress, 'address' | 'prefixLength' | 'afi' | 'interface'>;

/** An interface, or a prefix that addresses are in. */
export interface HostAddressFilter {
  readonly text: string;
  matches(address: Filtered): boolean;
}

/** Whether it is one address and not a network. */
export function isHost({ afi, prefixLength }: Pick<Prefix, 'afi' | 'prefixLength'>): boolean {
  return prefixLength === (afi === 'ipv4' ? 32 : 128);
}

/** As labels and people name it: a host address without its length. */
export function addressName(prefix: Prefix): string {
  return isHost(prefix) ? prefix.address : prefixText(prefix);
}

/**
 * Reads `br-ex`, `vlan*` (any characters for the star), `172.31.0.5`, `172.16.0.0/12`, `2001:db8::/32`. A prefix matches
 * the host addresses in it and the network that is exactly this prefix, but never a default route.
 * @throws TypeError for what is neither an interface name nor a prefix
 */
export function hostAddressFilter(text: string): HostAddressFilter {
  const [address = '', length] = text.split('/');
  if (isIP(address) !== 0) {
    const read = length === undefined ? hostPrefix(address) : parsePrefix(text);
    if (read === undefined)
      throw new TypeError(`"${text}" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32`);
    const { prefixLength, afi } = read;
    const prefix = new BlockList();
    prefix.addSubnet(address, prefixLength, afi);
    return {
      text,
      matches: (one) =>
        one.afi === afi &&
        (isHost(one) || (one.prefixLength === prefixLength && prefixLength > 0)) &&
        prefix.check(one.address, afi),
    };
  }
  if (length !== undefined || !/^[^\s,]+$/.test(text))
    throw new TypeError(
      `"${text}" is neither an interface, such as br-ex or vlan*, nor a prefix, such as 172.16.0.0/12`,
    );
  const pattern = new RegExp(`^${text.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`);
  return { text, matches: (one) => isHost(one) && pattern.test(one.interface) };
}

/** The value of `--collector.host-routes.include` and `--collector.host-routes.exclude`. */
export const hostAddress: Kind<HostAddressFilter> = {
  placeholder: 'INTERFACE|PREFIX',
  takes: 'an interface such as br-ex or vlan*, or a prefix such as 172.16.0.0/12 or 2001:db8::/32',
  read: (given) => {
    try {
      return hostAddressFilter(given);
    } catch {
      return undefined;
    }
  },
};

/** Loopback and link-local addresses: the node cannot be reached by them. */
const NEVER_ANNOUNCED = new BlockList();
NEVER_ANNOUNCED.addSubnet('127.0.0.0', 8, 'ipv4');
NEVER_ANNOUNCED.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_ANNOUNCED.addAddress('::1', 'ipv6');
NEVER_ANNOUNCED.addSubnet('fe80::', 10, 'ipv6');

/** The values of the flags that select addresses. */
export interface Selection {
  readonly include: readonly HostAddressFilter[];
  readonly exclude: readonly HostAddressFilter[];
}

/** Whether the flags select an address: every host address, unless they say otherwise. */
export function isSelected(address: Filtered, { include, exclude }: Selection): boolean {
  return (
    (include.length === 0 ? isHost(address) : include.some((filter) => filter.matches(address))) &&
    !exclude.some((filter) => filter.matches(address)) &&
    !NEVER_ANNOUNCED.check(address.address, address.afi)
  );
}
