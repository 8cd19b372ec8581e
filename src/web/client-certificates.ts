/** Decides about client certificates where OpenSSL's verification alone is not enough. */

import { SocketAddress } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { TlsConfig } from './config/web-config.ts';

/**
 * The names in a certificate: DNS names, e-mail addresses, IP addresses and URIs, as Go writes them.
 * @param subjectAltName as Node writes it: `DNS:a.example, IP Address:192.0.2.1, URI:"with, comma"`
 */
export function subjectAlternativeNames(subjectAltName: string): readonly string[] {
  const names: string[] = [];
  // Node writes a value that contains a comma, a quote or a control character as a JSON string, so none can forge a name.
  for (const [, kind, value] of subjectAltName.matchAll(
    /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?=, |$)/g,
  )) {
    if (kind === undefined || value === undefined) continue;
    const name = value.startsWith('"') ? (JSON.parse(value) as string) : value;
    if (kind === 'IP Address') names.push(canonicalAddress(name));
    else if (kind === 'DNS' || kind === 'email' || kind === 'URI') names.push(name);
  }
  return names;
}

function canonicalAddress(address: string): string {
  try {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    return new SocketAddress({ address, family }).address;
  } catch {
    return address;
  }
}

/** Why a client that has completed the handshake is refused; undefined if it is accepted. */
export function clientRefused(
  socket: Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerCertificate'>,
  { clientAuthType, clientAllowedSans }: Pick<TlsConfig, 'clientAuthType' | 'clientAllowedSans'>,
): string | undefined {
  if (clientAuthType === 'NoClientCert') return undefined;
  const certificate: Partial<PeerCertificate> | undefined = socket.getPeerCertificate();
  const presented = certificate !== undefined && certificate.raw !== undefined;
  if (!presented) {
    if (clientAllowedSans !== undefined) return 'no client certificate, but client_allowed_sans requires one';
    return clientAuthType === 'RequireAnyClientCert' || clientAuthType === 'RequireAndVerifyClientCert'
      ? 'no client certificate'
      : undefined;
  }
  const verifies =
    clientAuthType === 'RequireAndVerifyClientCert' || clientAuthType === 'VerifyClientCertIfGiven';
  if (verifies && !socket.authorized)
    return `client certificate refused: ${String(socket.authorizationError ?? 'not verified')}`;
  if (clientAllowedSans === undefined) return undefined;
  const names = subjectAlternativeNames(certificate.subjectaltname ?? '');
  return names.some((name) => clientAllowedSans.includes(name))
    ? undefined
    : `client certificate has none of the names in client_allowed_sans; it has ${names.join(', ') || 'none'}`;
}
