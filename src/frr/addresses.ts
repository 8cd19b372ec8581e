/** The addresses of the node's own interfaces, as the kernel of this network namespace has them. */
import { networkInterfaces } from 'node:os';

export interface InterfaceAddress {
  readonly interface: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly afi: 'ipv4' | 'ipv6';
}

/** `ip netns exec NAME`, `nsenter -t PID -n`, `ssh NODE`, with whatever stands before them. */
const ELSEWHERE = /(?:^|[ /])(?:ip (?:-\S+ )*netns e\S* |nsenter (?:.* )?(?:-\w*[an]|--all|--net)|ssh )/;

/**
 * Whether a prefix of vtysh leads to another machine or into another network namespace, where FRR's addresses differ
 * from those seen here. A container is assumed to use the network namespace of its host, as it does where FRR routes for
 * the host.
 */
export function leadsElsewhere(prefix: readonly string[]): boolean {
  return ELSEWHERE.test(`${prefix.join(' ')} `);
}

/** Addresses on interfaces that are up, link-local ones included; IPv6 zones are removed. */
export function interfaceAddresses(): readonly InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { address, cidr, family } of addresses ?? []) {
      const prefixLength = Number(cidr?.split('/')[1]);
      if (!Number.isInteger(prefixLength)) continue;
      found.push({ interface: name, address, prefixLength, afi: family === 'IPv6' ? 'ipv6' : 'ipv4' });
    }
  }
  return found;
}
