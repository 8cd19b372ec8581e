/** Decides about client certificates where OpenSSL's own yes or no is not the whole answer. */

import { SocketAddress } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { TlsConfig } from './config/web-config.ts';

/**
 * The names in a certificate: DNS names, e-mail addresses, IP addresses and URIs, as Go writes them.
 * @param subjectAltName as Node writes it: `DNS:a.example, IP Address:192.0.2.1, URI:"with, comma"`
 */
export function subjectAlternativeNames(subjectAltName: string): readonly string[] {
  const names: string[] = [];
  // A value with a comma, a quote or a control character in it is a JSON string, so that nothing can be smuggled in.
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

/** Whether a client whose handshake is done may speak: why not, or undefined where it may. */
export function clientRefused(
  socket: Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerCertificate'>,
  { clientAuthType, clientAllowedSans }: Pick<TlsConfig, 'clientAuthType' | 'clientAllowedSans'>,
): string | undefined {
  if (clientAuthType === 'NoClientCert') return undefined;
  const certificate: Partial<PeerCertificate> | undefined = socket.getPeerCertificate();
  const given = certificate !== undefined && certificate.raw !== undefined;
  if (!given) {
    if (clientAllowedSans !== undefined) return 'no client certificate, and client_allowed_sans wants one';
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
    : `client certificate has none of the names of client_allowed_sans, but ${names.join(', ') || 'none'}`;
}
