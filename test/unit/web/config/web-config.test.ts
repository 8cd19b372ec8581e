import { describe, expect, test } from 'vitest';
import { WebConfigError } from '../../../../src/web/config/document.ts';
import { PLAIN_HTTP } from '../../../../src/web/config/in-force.ts';
import { readWebConfig } from '../../../../src/web/config/web-config.ts';

const FILE = '/etc/exporter/web.yml';
const read = (text: string) => readWebConfig(text, FILE);
const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';
const HASH = '$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu';

describe('what is accepted', () => {
  test.each([
    ['nothing', ''],
    ['a comment', '# nothing yet\n'],
    ['empty sections', 'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n'],
    ['null', 'tls_server_config: ~\n'],
    ['values left empty', 'tls_server_config:\n  cert_file:\n  key_file: ""\n'],
  ])('%s', (_name, text) => {
    expect(read(text)).toEqual(PLAIN_HTTP.current().config);
  });

  test('certificates, with paths from the folder of the file', () => {
    expect(read(TLS).tls).toEqual({
      cert: { file: '/etc/exporter/server.crt' },
      key: { file: '/etc/exporter/server.key' },
      clientCa: undefined,
      clientAuthType: 'NoClientCert',
      clientAllowedSans: undefined,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      cipherSuites: undefined,
      curves: undefined,
      preferServerCipherSuites: true,
    });
  });

  test('everything', () => {
    const config = read(`
tls_server_config:
  cert: |
    -----BEGIN CERTIFICATE-----
  key: key
  client_ca: ca
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [a.example, 192.0.2.1]
  min_version: TLS10
  max_version: TLS12
  cipher_suites:
    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    - TLS_AES_128_GCM_SHA256
  curve_preferences: [X25519, CurveP256]
  prefer_server_cipher_suites: no
http_server_config:
  http2: false
  headers:
    Strict-Transport-Security: max-age=1
    X-Content-Type-Options: nosniff
    X-Frame-Options: deny
    X-XSS-Protection: 1
    Content-Security-Policy: default-src 'none'
basic_auth_users:
  alice: ${HASH}
  1e3: "${HASH}"
rate_limit:
  interval: 1m30s
  burst: 7
`);
    expect(config).toEqual({
      tls: {
        cert: { text: '-----BEGIN CERTIFICATE-----\n' },
        key: { text: 'key' },
        clientCa: { text: 'ca' },
        clientAuthType: 'RequireAndVerifyClientCert',
        clientAllowedSans: ['a.example', '192.0.2.1'],
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.2',
        cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
        curves: ['X25519', 'prime256v1'],
        preferServerCipherSuites: false,
      },
      http2: false,
      headers: new Map([
        ['Strict-Transport-Security', 'max-age=1'],
        ['X-Content-Type-Options', 'nosniff'],
        ['X-Frame-Options', 'deny'],
        ['X-XSS-Protection', '1'],
        ['Content-Security-Policy', "default-src 'none'"],
      ]),
      users: new Map([
        ['alice', HASH],
        ['1e3', HASH],
      ]),
      rateLimit: { interval: 90, burst: 7 },
      warnings: [],
    });
  });

  test('the older name of RequireAnyClientCert', () => {
    expect(read(`${TLS}  client_auth_type: RequireClientCert\n`).tls?.clientAuthType).toBe(
      'RequireAnyClientCert',
    );
  });

  test('a file takes precedence over a value in the configuration, with a warning', () => {
    const config = read(`${TLS}  cert: x\n`);
    expect(config.tls?.cert).toEqual({ file: '/etc/exporter/server.crt' });
    expect(config.warnings).toEqual(['tls_server_config: cert is ignored because cert_file is set']);
  });

  test('anchors, and keys of another map', () => {
    const config = read(
      `basic_auth_users: &users\n  alice: &hash ${HASH}\n  bob: *hash\n${TLS}http_server_config:\n  headers:\n    <<: {X-Frame-Options: deny}\n    X-XSS-Protection: "0"\n`,
    );
    expect([...config.users.keys()]).toEqual(['alice', 'bob']);
    expect([...config.headers]).toEqual([
      ['X-Frame-Options', 'deny'],
      ['X-XSS-Protection', '0'],
    ]);
  });

  test('one TLS version only', () => {
    const { tls } = read(`${TLS}  min_version: TLS12\n  max_version: TLS12\n`);
    expect([tls?.minVersion, tls?.maxVersion]).toEqual(['TLSv1.2', 'TLSv1.2']);
  });

  test('a rate limit that is off', () => {
    expect(read('rate_limit: {interval: 0, burst: 0}').rateLimit).toBeUndefined();
    expect(read('rate_limit: {burst: 5}').rateLimit).toBeUndefined();
    expect(read('rate_limit: {interval: 1s, burst: 1}').rateLimit).toEqual({ interval: 1, burst: 1 });
  });
});

describe('what is refused, by file, line and name', () => {
  test.each([
    [
      'certificates: {}',
      '1: unknown key "certificates"; known keys: tls_server_config, http_server_config, basic_auth_users, rate_limit',
    ],
    [
      `${TLS}  certfile: x\n`,
      '4: tls_server_config: unknown key "certfile"; known keys: cert, key, client_ca, cert_file, key_file, client_auth_type, client_ca_file, cipher_suites, curve_preferences, min_version, max_version, prefer_server_cipher_suites, client_allowed_sans',
    ],
    [
      'http_server_config:\n  http3: true',
      '2: http_server_config: unknown key "http3"; known keys: http2, headers',
    ],
    ['rate_limit:\n  bursts: 1', '2: rate_limit: unknown key "bursts"; known keys: interval, burst'],
    ['just words', '1: must be a map'],
    ['[a, b]', '1: must be a map'],
    ['tls_server_config: yes', '1: tls_server_config: must be a map'],
    ['a: b\n  c: d', '1: Nested mappings are not allowed in compact mappings'],
    ['rate_limit: {}\nrate_limit: {}', '2: Map keys must be unique'],
    ['rate_limit: *nothing', '1: rate_limit: unknown anchor &nothing'],
    ['rate_limit: &r {<<: {<<: *r}}', '1: rate_limit: unknown key "<<"; known keys: interval, burst'],
    ['tls_server_config:\n  key_file: server.key', '2: tls_server_config: cert_file or cert is missing'],
    ['tls_server_config:\n  cert_file: server.crt', '2: tls_server_config: key_file or key is missing'],
    [
      'tls_server_config:\n  client_auth_type: NoClientCert',
      '2: tls_server_config: cert_file or cert is missing',
    ],
    [
      'tls_server_config:\n  client_allowed_sans: [a]',
      '2: tls_server_config: client_allowed_sans requires TLS: cert_file and key_file are missing',
    ],
    [
      `${TLS}  client_auth_type: Maybe\n`,
      '4: tls_server_config.client_auth_type: "Maybe" is not one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert',
    ],
    [
      `${TLS}  client_ca_file: ca.crt\n`,
      '2: tls_server_config: client_ca_file has no effect without client_auth_type; RequireAndVerifyClientCert requires certificates',
    ],
    [
      `${TLS}  client_allowed_sans: [a]\n`,
      '2: tls_server_config: client_allowed_sans has no effect without client_auth_type; RequireAndVerifyClientCert requires certificates',
    ],
    [
      `${TLS}  min_version: TLS14\n`,
      '4: tls_server_config.min_version: "TLS14" is not one of TLS10, TLS11, TLS12, TLS13',
    ],
    [
      `${TLS}  min_version: TLS13\n  max_version: TLS12\n`,
      '4: tls_server_config.min_version: min_version TLS13 is above max_version TLS12',
    ],
    [
      `${TLS}  curve_preferences: [CurveP257]\n`,
      '4: tls_server_config.curve_preferences[0]: "CurveP257" is not one of CurveP256, CurveP384, CurveP521, X25519',
    ],
    [`${TLS}  curve_preferences: X25519\n`, '4: tls_server_config.curve_preferences: must be a list'],
    [
      `${TLS}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n`,
      '4: tls_server_config.cipher_suites: HTTP/2 needs TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; name one, or set http_server_config.http2 to false',
    ],
    [
      `${TLS}  prefer_server_cipher_suites: 1\n`,
      '4: tls_server_config.prefer_server_cipher_suites: must be true or false',
    ],
    ['http_server_config:\n  http2: "true"', '2: http_server_config.http2: must be true or false'],
    [
      'http_server_config:\n  headers:\n    Server: x',
      '3: http_server_config.headers: unknown key "Server"; known keys: Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection, Content-Security-Policy',
    ],
    [
      'http_server_config:\n  headers:\n    X-Frame-Options: DENY',
      '3: http_server_config.headers.X-Frame-Options: "DENY" is not one of deny, sameorigin',
    ],
    [
      'http_server_config:\n  headers:\n    X-XSS-Protection: "1\\n2"',
      '3: http_server_config.headers.X-XSS-Protection: a header has no line feeds and other control characters',
    ],
    [
      'basic_auth_users:\n  alice: secret',
      '2: basic_auth_users.alice: not a bcrypt hash; `htpasswd -nBC 10 "" | tr -d \':\\n\'` makes one',
    ],
    [
      'basic_auth_users:\n  alice:',
      '2: basic_auth_users.alice: not a bcrypt hash; `htpasswd -nBC 10 "" | tr -d \':\\n\'` makes one',
    ],
    [
      `basic_auth_users:\n  "a:b": ${HASH}`,
      '2: basic_auth_users.a:b: the name of a user must not be empty or contain a colon',
    ],
    [
      'rate_limit:\n  interval: 1s',
      '2: rate_limit: burst must be at least 1; otherwise every request would be refused',
    ],
    [
      'rate_limit:\n  interval: 1s\n  burst: 0',
      '3: rate_limit.burst: burst must be at least 1; otherwise every request would be refused',
    ],
    ['rate_limit:\n  interval: 5', '2: rate_limit.interval: "5" is not a duration such as 1s or 500ms'],
    ['rate_limit:\n  interval: -1s', '2: rate_limit.interval: "-1s" is not a duration such as 1s or 500ms'],
    ['rate_limit:\n  burst: many', '2: rate_limit.burst: must be an integer'],
    ['rate_limit:\n  burst: 1.5', '2: rate_limit.burst: must be an integer'],
  ])('%j', (text, message) => {
    expect(() => read(text)).toThrow(new WebConfigError(`${FILE}:${message}`));
  });

  test('no part of a hash gets into the message', () => {
    const hash = `${HASH}x`;
    let message = '';
    try {
      read(`basic_auth_users:\n  alice: ${hash}`);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('not a bcrypt hash');
    expect(message).not.toContain(hash.slice(8, 20));
  });
});

test.each(['$2a', '$2b', '$2y'])('bcrypt of version %s', (version) => {
  const hash = `${version}${HASH.slice(3)}`;
  expect(read(`basic_auth_users: {a: '${hash}'}`).users.get('a')).toBe(hash);
});

test.each(['$2z$10$', '$2$10$', '$3a$10$', '$2y$03$', '$2y$32$', '$2y$1$'])('no bcrypt: %s', (head) => {
  expect(() => read(`basic_auth_users: {a: '${head}${HASH.slice(7)}'}`)).toThrow('not a bcrypt hash');
});
