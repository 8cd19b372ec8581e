/** Web configuration files, for this exporter and for Debian's node_exporter (exporter-toolkit 0.8). */

/** Password of `alice`. */
export const PASSWORD = 'correct horse';

/** bcrypt of {@link PASSWORD}, with the lowest cost. */
export const HASH = '$2y$04$eRn4gHnhyOJ.Tb8h1yIBzu4BKPC0tEyeD61DMbXdD7ZDuLyhgRj7W';

/** Next to the file: server.crt, server.key, ca.crt, other.crt (of another CA), empty.pem, nonsense.pem. */
export interface WebConfigCase {
  readonly name: string;
  readonly yaml: string;
  /** Whether each program starts. */
  readonly ours: boolean;
  readonly theirs: boolean;
  /** If they differ: the first cell of the row in docs/web-config.md that explains it. */
  readonly why?: string;
  /** Mode of the file itself, and of server.key. */
  readonly modes?: { readonly config?: number; readonly key?: number };
}

const both = (name: string, yaml: string): WebConfigCase => ({ name, yaml, ours: true, theirs: true });
const neither = (name: string, yaml: string): WebConfigCase => ({ name, yaml, ours: false, theirs: false });
const stricter = (name: string, yaml: string, why: string): WebConfigCase => ({
  name,
  yaml,
  ours: false,
  theirs: true,
  why,
});
const newer = (name: string, yaml: string, why: string): WebConfigCase => ({
  name,
  yaml,
  ours: true,
  theirs: false,
  why,
});

const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';
const CA = '  client_ca_file: ca.crt\n';
const USERS = `basic_auth_users:\n  alice: ${HASH}\n`;

/** The text of a file, as the value of a key two deep. */
function inline(text: string): string {
  return `|\n${text.replaceAll(/^/gm, '    ').trimEnd()}`;
}

export function webConfigCases(pem: { cert: string; key: string; ca: string }): readonly WebConfigCase[] {
  return [
    // Accepted by both; the probes then compare their responses.
    both('empty', ''),
    both('empty sections', 'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n'),
    both('passwords without TLS', USERS),
    both('certificate', TLS),
    both('certificate and password', TLS + USERS),
    both('two users, one of them a number', `basic_auth_users:\n  alice: ${HASH}\n  42: ${HASH}\n`),
    both('requests no certificate', `${TLS}  client_auth_type: NoClientCert\n`),
    both('requests a certificate', `${TLS}  client_auth_type: RequestClientCert\n`),
    both('requires any certificate', `${TLS}  client_auth_type: RequireAnyClientCert\n`),
    both('requires any certificate, by the older name', `${TLS}  client_auth_type: RequireClientCert\n`),
    both(
      'verifies a certificate if there is one',
      `${TLS}  client_auth_type: VerifyClientCertIfGiven\n${CA}`,
    ),
    both('requires a verified certificate', `${TLS}  client_auth_type: RequireAndVerifyClientCert\n${CA}`),
    both(
      'requires a certificate that the system trusts',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n`,
    ),
    both(
      'requires a verified certificate and a password',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n${CA}${USERS}`,
    ),
    both('TLS 1.0 and newer', `${TLS}  min_version: TLS10\n`),
    both('TLS 1.1 only', `${TLS}  min_version: TLS11\n  max_version: TLS11\n`),
    both('TLS 1.2 only', `${TLS}  max_version: TLS12\n`),
    both('TLS 1.3 only', `${TLS}  min_version: TLS13\n`),
    both(
      'one cipher suite',
      `${TLS}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n  prefer_server_cipher_suites: false\n`,
    ),
    both(
      'cipher suites without forward secrecy',
      `${TLS}  cipher_suites:\n    - TLS_RSA_WITH_AES_128_GCM_SHA256\n    - TLS_RSA_WITH_AES_256_CBC_SHA\nhttp_server_config: {http2: false}\n`,
    ),
    both(
      'cipher suites of TLS 1.3 only',
      `${TLS}  min_version: TLS13\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n`,
    ),
    both('one curve', `${TLS}  curve_preferences: [CurveP384]\n`),
    both('no HTTP/2', `${TLS}http_server_config:\n  http2: false\n`),
    both(
      'headers',
      `${USERS}http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 1; mode=block\n    Strict-Transport-Security: max-age=31536000\n    Content-Security-Policy: default-src 'self'\n`,
    ),

    // Refused by both.
    neither('invalid YAML', 'tls_server_config: [\n'),
    neither('a list', '- cert_file\n'),
    neither('unknown key', 'tls_config: {}\n'),
    neither('unknown key of TLS', `${TLS}  certfile: x\n`),
    neither('the same key twice', `${USERS}${USERS}`),
    neither('no key', 'tls_server_config:\n  cert_file: server.crt\n'),
    neither('no certificate', 'tls_server_config:\n  key_file: server.key\n'),
    neither('a missing certificate', TLS.replace('server.crt', 'nowhere.crt')),
    neither('a missing key', TLS.replace('server.key', 'nowhere.key')),
    neither('an empty certificate', TLS.replace('server.crt', 'empty.pem')),
    neither('garbage as a key', TLS.replace('server.key', 'nonsense.pem')),
    neither('a certificate of another key', TLS.replace('server.crt', 'other.crt')),
    neither(
      'a missing CA',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: no.crt\n`,
    ),
    neither('a CA without client_auth_type', `${TLS}${CA}`),
    neither('unknown client_auth_type', `${TLS}  client_auth_type: Always\n`),
    neither('unknown version', `${TLS}  min_version: TLS1.2\n`),
    neither('unknown cipher suite', `${TLS}  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n`),
    neither('unknown curve', `${TLS}  curve_preferences: [X448]\n`),
    neither(
      'cipher suites that HTTP/2 forbids',
      `${TLS}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n`,
    ),
    neither('unknown header', 'http_server_config:\n  headers:\n    Server: x\n'),
    neither('bad value of a header', 'http_server_config:\n  headers:\n    X-Frame-Options: DENY\n'),
    neither('a password that is not a hash', 'basic_auth_users:\n  alice: correct horse\n'),
    neither('not a boolean', 'http_server_config:\n  http2: perhaps\n'),

    // Where this exporter is stricter.
    {
      ...stricter('a key that every user can read', TLS, 'a private key that every user can read'),
      modes: { key: 0o644 },
    },
    stricter(
      'a truncated hash',
      `basic_auth_users:\n  alice: ${HASH.slice(0, -1)}\n`,
      'a bcrypt hash that is truncated or contains invalid characters',
    ),
    stricter(
      'garbage as a CA',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: nonsense.pem\n`,
      'a client_ca_file without a certificate',
    ),
    stricter(
      'versions that exclude each other',
      `${TLS}  min_version: TLS13\n  max_version: TLS12\n`,
      'min_version above max_version',
    ),

    // Added to exporter-toolkit after the version in Debian.
    newer(
      'certificate and key in the file',
      `tls_server_config:\n  cert: ${inline(pem.cert)}\n  key: ${inline(pem.key)}\n`,
      'cert, key and client_ca',
    ),
    newer(
      'CA in the file',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca: ${inline(pem.ca)}\n`,
      'cert, key and client_ca',
    ),
    newer(
      'names of clients',
      `${TLS}  client_auth_type: RequireAndVerifyClientCert\n${CA}  client_allowed_sans: [prometheus.example]\n`,
      'client_allowed_sans',
    ),
    newer('rate limit', 'rate_limit:\n  interval: 1s\n  burst: 100\n', 'rate_limit'),

    // New keys, with values that the exporter-toolkit versions that have them accept.
    neither('a rate limit that allows no request', 'rate_limit:\n  interval: 1s\n'),
    neither(
      'names of clients without client_auth_type',
      `${TLS}  client_allowed_sans: [prometheus.example]\n`,
    ),
  ];
}
