/** The addresses of the node's own interfaces, as the kernel of this network namespace has them. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';

/** An address with the length of its network. */
export interface Prefix {
  /** IPv4 or IPv6, without a zone. */
  readonly address: string;
  readonly prefixLength: number;
  readonly afi: 'ipv4' | 'ipv6';
}

export interface InterfaceAddress extends Prefix {
  readonly interface: string;
  /** The VRF device that the interface belongs to; left out in the default VRF. */
  readonly vrf?: string;
}

/** Reads `192.0.2.1/32`. Undefined for anything else; an address with a zone is no prefix. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const version = isIP(address);
  const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  if (!(prefixLength <= (version === 4 ? 32 : 128))) return undefined;
  return { address, prefixLength, afi: version === 4 ? 'ipv4' : 'ipv6' };
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

/**
 * Addresses on interfaces that are up, link-local ones included; IPv6 zones are removed.
 * @param directory where sysfs has the interfaces; see Documentation/ABI/testing/sysfs-class-net of the Linux kernel
 */
export function interfaceAddresses(directory = '/sys/class/net'): readonly InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  const areVrfs = new Map<string, boolean>();
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    const vrf = vrfOf(directory, name, areVrfs);
    for (const { address, cidr, family } of addresses ?? []) {
      const prefixLength = Number(cidr?.split('/')[1]);
      if (!Number.isInteger(prefixLength)) continue;
      found.push({
        interface: name,
        address,
        prefixLength,
        afi: family === 'IPv6' ? 'ipv6' : 'ipv4',
        ...(vrf === undefined ? {} : { vrf }),
      });
    }
  }
  return found;
}

/**
 * The VRF device that an interface belongs to, if any: a bridge or a bond can be its master as well.
 * @param areVrfs which masters are VRFs, as far as they were looked at: many interfaces have the same
 */
function vrfOf(directory: string, name: string, areVrfs: Map<string, boolean>): string | undefined {
  try {
    const link = path.join(directory, name, 'master');
    // Most interfaces have none, and an exception takes longer than this.
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) return undefined;
    const master = path.basename(readlinkSync(link));
    const isVrf =
      areVrfs.get(master) ??
      /^DEVTYPE=vrf$/m.test(readFileSync(path.join(directory, master, 'uevent'), 'utf8'));
    areVrfs.set(master, isVrf);
    return isVrf ? master : undefined;
  } catch {
    return undefined;
  }
}
