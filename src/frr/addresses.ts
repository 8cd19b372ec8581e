/** The addresses of the node's own interfaces, as the kernel of this network namespace has them. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { isIP, isIPv4, isIPv6 } from 'node:net';
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

/** `192.0.2.1/32` */
export function prefixText({ address, prefixLength }: Pick<Prefix, 'address' | 'prefixLength'>): string {
  return `${address}/${prefixLength}`;
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

/** `192.0.2.1` as 192.0.2.1/32. Undefined for anything but an address without a zone. */
export function hostPrefix(address: string): Prefix | undefined {
  return parsePrefix(`${address}/${isIPv6(address) ? 128 : 32}`);
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

const join = (words: readonly number[], size: bigint): bigint =>
  words.reduce((bits, word) => (bits << size) | BigInt(word), 0n);

const ipv4Bits = (address: string): bigint => join(address.split('.').map(Number), 8n);

/** The number that an address stands for, of 32 or 128 bits. @param address without a zone */
export function addressBits(address: string): bigint {
  if (isIPv4(address)) return ipv4Bits(address);
  // The last 32 bits may be written as an IPv4 address (RFC 4291 section 2.2).
  const hexadecimal = address.replace(/[\d.]+\.\d+$/, (ipv4) => {
    const bits = ipv4Bits(ipv4);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [head = [], tail = []] = hexadecimal
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':').map((word) => Number.parseInt(word, 16))));
  return join([...head, ...new Array(8 - head.length - tail.length).fill(0), ...tail], 16n);
}
