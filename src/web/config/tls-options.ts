/** Makes the options of Node's TLS servers from a web configuration, and checks every certificate and key. */
import { createPrivateKey, constants as cryptoConstants, X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type TlsOptions } from 'node:tls';
import { WebConfigError } from './document.ts';
import { openSslCiphers } from './go-tls-names.ts';
import type { Pem, TlsConfig } from './web-config.ts';

/** Reads a file that the configuration names. `secret`: only its owner and group may be able to read it. */
export type ReadFile = (path: string, secret: boolean) => Promise<string>;

export interface LoadedTls {
  readonly options: TlsOptions;
  /** When the certificate expires, in seconds since the epoch. */
  readonly notAfter: number;
}

/** How messages name a PEM text. */
function place(pem: Pem, key: string): string {
  return 'file' in pem ? pem.file : `tls_server_config.${key}`;
}

function parse<T>(where: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new WebConfigError(`${where} ${problem}`, { cause: error });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Parses every certificate of a PEM text. */
function certificates(text: string, where: string): readonly X509Certificate[] {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new WebConfigError(`${where} has no certificate in PEM form`);
  return found.map((pem) => parse(where, 'has a broken certificate', () => new X509Certificate(pem)));
}

/**
 * Reads certificates and key and makes the options of a server.
 * @throws WebConfigError that names the file and what is wrong with it
 */
export async function loadTls(tls: TlsConfig, readFile: ReadFile): Promise<LoadedTls> {
  const content = (pem: Pem, secret: boolean) => ('file' in pem ? readFile(pem.file, secret) : pem.text);
  const cert = await content(tls.cert, false);
  const key = await content(tls.key, true);
  const [leaf] = certificates(cert, place(tls.cert, 'cert'));
  // PKCS #8 says so in the first line, the older format in the second.
  const keyProblem = /ENCRYPTED/.test(key)
    ? 'is encrypted; it must be readable without a passphrase'
    : 'has no private key in PEM form';
  const privateKey = parse(place(tls.key, 'key'), keyProblem, () => createPrivateKey(key));
  if (leaf === undefined || !leaf.checkPrivateKey(privateKey))
    throw new WebConfigError(`${place(tls.key, 'key')} is not the key of ${place(tls.cert, 'cert')}`);

  const requestCert = tls.clientAuthType !== 'NoClientCert';
  const verifies =
    tls.clientAuthType === 'RequireAndVerifyClientCert' || tls.clientAuthType === 'VerifyClientCertIfGiven';
  let ca: string | string[] | undefined;
  if (tls.clientCa !== undefined) {
    ca = await content(tls.clientCa, false);
    certificates(ca, place(tls.clientCa, 'client_ca'));
  } else if (verifies) {
    // As in Go: the certificate authorities of the system.
    ca = getCACertificates('system');
  }

  const old = tls.minVersion === 'TLSv1' || tls.minVersion === 'TLSv1.1';
  const options: TlsOptions = {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    requestCert,
    // client-certificates.ts decides about the other types.
    rejectUnauthorized: tls.clientAuthType === 'RequireAndVerifyClientCert',
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    ciphers: openSslCiphers(tls.cipherSuites, old),
    honorCipherOrder: tls.preferServerCipherSuites,
    ...(tls.curves === undefined ? {} : { ecdhCurve: tls.curves.join(':') }),
    // A resumed session would not show its client certificate again.
    ...(requestCert ? { secureOptions: cryptoConstants.SSL_OP_NO_TICKET } : {}),
    handshakeTimeout: 10_000,
  };
  parse('tls_server_config', 'cannot be used by OpenSSL', () => createSecureContext(options));
  return { options, notAfter: leaf.validToDate.getTime() / 1000 };
}
