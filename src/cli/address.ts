/** `frr-exporter address ADDRESS`: where this node has an address, and to whom it is announced. */
import type { Writable } from 'node:stream';
import type { Config } from '../flags/config.ts';
import { type AddressesDocument, addressesDocument } from '../status/addresses.ts';
import { MARKS } from '../status/verdict.ts';
import { pollSnapshot } from './frr.ts';
import { fetchDocument, StatusUrlError } from './node-status.ts';
import { harmless } from './status.ts';

type Address = AddressesDocument['addresses'][number];

const FAMILIES: Readonly<Record<string, string>> = {
  unicast: 'unicast route',
  vpn: 'VPN route',
  evpn: 'EVPN type 5 route',
};

/** `kernel route to ten0`, `address of lo`, `from VRF tenant-c`. */
function originText({ origin, interface: name }: Address): string {
  if (origin === 'leaked') return `from VRF ${name}`;
  if (origin === 'interface') return `address of ${name}`;
  return `${origin} route${name === '' ? '' : ` to ${name}`}`;
}

function receiverText({ vrf, peer, description, family }: Address['advertised_to'][number]): string {
  const named = description === null ? peer : `${peer} (${description})`;
  return `      ${named}, VRF ${vrf}, as ${FAMILIES[family] ?? family}`;
}

function addressLines(address: Address): readonly string[] {
  const { vrf, in_bgp_since: since, advertised_peers: peers, reason, advertised_to } = address;
  const head = `  VRF ${vrf}: ${originText(address)}`;
  if (!address.in_bgp)
    return [head, `    ${address.expected ? MARKS.critical : MARKS.warning} announced to no peer: ${reason}`];
  if (peers === null) return [head, `    ${MARKS.unknown} FRR does not report to whom it is announced`];
  if (peers === 0) return [head, `    ${MARKS.critical} announced to no peer: ${reason}`];
  const inBgp = since === null ? '' : `, in BGP since ${since}`;
  return [
    head,
    `    ${MARKS.ok} announced to ${peers} ${peers === 1 ? 'peer' : 'peers'}${inBgp}`,
    ...advertised_to.map(receiverText),
  ];
}

/** @param wanted an address, or a prefix */
export function addressText({ total, addresses }: AddressesDocument, wanted: string): string {
  const found = addresses.filter(({ address }) => address === wanted);
  const lines = found.length > 0 ? found.flatMap(addressLines) : [`  ${notFound(total, addresses.length)}`];
  return `${[wanted, ...lines].map(harmless).join('\n')}\n`;
}

function notFound(total: number | null, listed: number): string {
  if (total === null) return `${MARKS.unknown} FRR does not report the addresses of this node`;
  if (total > 0 && listed === 0)
    return `${MARKS.unknown} not listed: the node has ${total} addresses, more than --collector.host-routes.max-series`;
  return `${MARKS.critical} no VRF of this node has it as a host address of an interface, or as a kernel or static route`;
}

/**
 * Prints where the node has an address: for a person, or with `--json` the document with this address alone.
 * @returns the exit status: 0 if it is announced to a peer, 1 if not
 * @throws StatusUrlError, RecordingError
 */
export async function address(config: Config, wanted: string, output: Writable): Promise<number> {
  const document =
    config.url === undefined
      ? addressesDocument(await pollSnapshot(config))
      : await fetched(config.url, config.frrTimeout);
  const found = document.addresses.filter((one) => one.address === wanted);
  output.write(
    config.json
      ? `${JSON.stringify({ ...document, addresses: found }, undefined, 2)}\n`
      : addressText(document, wanted),
  );
  return found.some(({ advertised_peers: peers }) => peers !== null && peers > 0) ? 0 : 1;
}

async function fetched(url: URL, timeout: number): Promise<AddressesDocument> {
  const { target, document } = await fetchDocument<AddressesDocument>(url, '/api/v1/addresses', timeout);
  if (!Array.isArray(document?.addresses))
    throw new StatusUrlError(`${target} does not answer with the addresses of an exporter`);
  return document;
}
