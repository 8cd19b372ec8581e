/**
 * Go's names of TLS versions, cipher suites and curves, which web configuration files use, with OpenSSL's names.
 *
 * Sources: the constants of Go's crypto/tls, RFC 8446 (B.4), RFC 8422, and OpenSSL's ciphers(1).
 */
import type { SecureVersion } from 'node:tls';

export const TLS_VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['TLS10', 'TLSv1'],
  ['TLS11', 'TLSv1.1'],
  ['TLS12', 'TLSv1.2'],
  ['TLS13', 'TLSv1.3'],
]);

export const CURVES: ReadonlyMap<string, string> = new Map([
  ['CurveP256', 'prime256v1'],
  ['CurveP384', 'secp384r1'],
  ['CurveP521', 'secp521r1'],
  ['X25519', 'X25519'],
]);

/** TLS 1.3. OpenSSL has the same names. In Go they can be named, but not selected: all are always enabled. */
const TLS_13_CIPHER_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

/** TLS 1.2 and older, with forward secrecy: enabled if a file names none, in Go as here. */
const FORWARD_SECRET_CIPHER_SUITES = [
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
] as const;

/** Without forward secrecy: Enabled only if a file names them, as files written for Go before 1.22 may. */
const OLD_CIPHER_SUITES = [
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
] as const;

/** Every cipher suite that a file may name. */
export const CIPHER_SUITES: ReadonlyMap<string, string> = new Map([
  ...TLS_13_CIPHER_SUITES.map((name) => [name, name] as const),
  ...FORWARD_SECRET_CIPHER_SUITES,
  ...OLD_CIPHER_SUITES,
]);

/** RFC 9113 (9.2.2) requires one of these with TLS 1.2; without one, Go refuses to serve HTTP/2. */
export const HTTP2_CIPHER_SUITES = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
] as const;

/**
 * OpenSSL's list of the suites that a file names, in its order, or of the default suites.
 * @param old whether TLS 1.0 or 1.1 is allowed, whose signatures OpenSSL refuses above security level 0
 */
export function openSslCiphers(names: readonly string[] | undefined, old: boolean): string {
  const chosen =
    names?.map((name) => CIPHER_SUITES.get(name) as string) ??
    FORWARD_SECRET_CIPHER_SUITES.map(([, name]) => name);
  const suites = [...new Set([...TLS_13_CIPHER_SUITES, ...chosen])];
  return `${suites.join(':')}${old ? ':@SECLEVEL=0' : ''}`;
}
