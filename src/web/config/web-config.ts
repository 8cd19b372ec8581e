/**
 * The web configuration file of Prometheus' exporter-toolkit: TLS, client certificates, passwords, headers, a rate
 * limit. https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 *
 * The same file works for other exporters and for this one. docs/web-config.md has a table of where this one is
 * stricter on purpose.
 */
import { dirname, resolve } from 'node:path';
import type { SecureVersion } from 'node:tls';
import {
  entries,
  errorAt,
  items,
  knownEntries,
  readConfigDocument,
  text,
  type Value,
  wholeNumber,
  yesOrNo,
} from './document.ts';
import { CIPHER_SUITES, CURVES, HTTP2_CIPHER_SUITES, TLS_VERSIONS } from './go-tls-names.ts';

/** What is required of clients. Go's names; see https://pkg.go.dev/crypto/tls#ClientAuthType */
const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** A PEM text, or the absolute path of the file that contains it. */
export type Pem = { readonly text: string } | { readonly file: string };

export interface TlsConfig {
  readonly cert: Pem;
  readonly key: Pem;
  readonly clientCa: Pem | undefined;
  readonly clientAuthType: ClientAuthType;
  /** Undefined if every verified certificate is accepted. */
  readonly clientAllowedSans: readonly string[] | undefined;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** Go's names; undefined for the defaults. */
  readonly cipherSuites: readonly string[] | undefined;
  /** OpenSSL's names; undefined for the defaults. */
  readonly curves: readonly string[] | undefined;
  readonly preferServerCipherSuites: boolean;
}

export interface RateLimit {
  /** Seconds after which one more request is allowed. */
  readonly interval: number;
  /** Maximum number of requests at once. */
  readonly burst: number;
}

export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly http2: boolean;
  /** Headers of every response. */
  readonly headers: ReadonlyMap<string, string>;
  /** Names and bcrypt hashes. Without any, no password is required. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: RateLimit | undefined;
  /** Harmless oddities, to be logged. */
  readonly warnings: readonly string[];
}

/** The headers that may be set, and their allowed values if these are limited. */
const HEADERS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ['Strict-Transport-Security', undefined],
  ['X-Content-Type-Options', ['nosniff']],
  ['X-Frame-Options', ['deny', 'sameorigin']],
  ['X-XSS-Protection', undefined],
  ['Content-Security-Policy', undefined],
]);

const TLS_KEYS = [
  'cert',
  'key',
  'client_ca',
  'cert_file',
  'key_file',
  'client_auth_type',
  'client_ca_file',
  'cipher_suites',
  'curve_preferences',
  'min_version',
  'max_version',
  'prefer_server_cipher_suites',
  'client_allowed_sans',
] as const;

type Entries = ReadonlyMap<string, Value>;

/** One of some words; `preset` if the value is missing or empty. */
function oneOf<Word extends string>(value: Value | undefined, words: readonly Word[], preset: Word): Word {
  const given = text(value);
  if (value === undefined || given === '') return preset;
  if (!words.includes(given as Word))
    throw errorAt(value, `${JSON.stringify(given)} is not one of ${words.join(', ')}`);
  return given as Word;
}

/** A list of some words; undefined if it is empty. */
function someOf(value: Value | undefined, words: readonly string[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const chosen = items(value).map((item) => {
    const given = text(item);
    if (!words.includes(given))
      throw errorAt(item, `${JSON.stringify(given)} is not one of ${words.join(', ')}`);
    return given;
  });
  return chosen.length === 0 ? undefined : chosen;
}

/** The PEM text of one key, or the file that another key names; the file takes precedence, as in exporter-toolkit. */
function pem(
  found: Entries,
  inline: string,
  file: string,
  directory: string,
  warnings: string[],
): Pem | undefined {
  const path = text(found.get(file));
  const content = text(found.get(inline));
  if (path !== '') {
    if (content !== '') warnings.push(`tls_server_config: ${inline} is ignored because ${file} is set`);
    return { file: resolve(directory, path) };
  }
  return content === '' ? undefined : { text: content };
}

function readTls(
  section: Value,
  http2: boolean,
  directory: string,
  warnings: string[],
): TlsConfig | undefined {
  const found = knownEntries(section, TLS_KEYS);
  const cert = pem(found, 'cert', 'cert_file', directory, warnings);
  const key = pem(found, 'key', 'key_file', directory, warnings);
  const clientCa = pem(found, 'client_ca', 'client_ca_file', directory, warnings);
  const versions = [...TLS_VERSIONS.keys()];
  const min = oneOf(found.get('min_version'), versions, 'TLS12');
  const max = oneOf(found.get('max_version'), versions, 'TLS13');
  const cipherSuites = someOf(found.get('cipher_suites'), [...CIPHER_SUITES.keys()]);
  const curves = someOf(found.get('curve_preferences'), [...CURVES.keys()]);
  const sans = found.get('client_allowed_sans');
  const clientAllowedSans = sans === undefined ? [] : items(sans).map(text);
  const preferServerCipherSuites = yesOrNo(found.get('prefer_server_cipher_suites'), true);
  // RequireClientCert is the older name.
  const authType = found.get('client_auth_type');
  const clientAuthType =
    text(authType) === 'RequireClientCert'
      ? 'RequireAnyClientCert'
      : oneOf(authType, CLIENT_AUTH_TYPES, 'NoClientCert');

  const wanted = cert ?? key ?? clientCa ?? (text(authType) === '' ? undefined : authType);
  if (wanted === undefined) {
    if (clientAllowedSans.length > 0)
      throw errorAt(section, 'client_allowed_sans requires TLS: cert_file and key_file are missing');
    return undefined;
  }
  if (cert === undefined) throw errorAt(section, 'cert_file or cert is missing');
  if (key === undefined) throw errorAt(section, 'key_file or key is missing');
  if (clientAuthType === 'NoClientCert' && clientCa !== undefined)
    throw errorAt(
      section,
      'client_ca_file has no effect without client_auth_type; RequireAndVerifyClientCert requires certificates',
    );
  if (clientAuthType === 'NoClientCert' && clientAllowedSans.length > 0)
    throw errorAt(
      section,
      'client_allowed_sans has no effect without client_auth_type; RequireAndVerifyClientCert requires certificates',
    );
  if (min > max)
    throw errorAt(found.get('min_version') ?? section, `min_version ${min} is above max_version ${max}`);
  const minVersion = TLS_VERSIONS.get(min) as SecureVersion;
  if (
    http2 &&
    cipherSuites !== undefined &&
    minVersion !== 'TLSv1.3' &&
    !HTTP2_CIPHER_SUITES.some((suite) => cipherSuites.includes(suite))
  )
    throw errorAt(
      found.get('cipher_suites') ?? section,
      `HTTP/2 needs ${HTTP2_CIPHER_SUITES.join(' or ')}; name one, or set http_server_config.http2 to false`,
    );
  return {
    cert,
    key,
    clientCa,
    clientAuthType,
    clientAllowedSans: clientAllowedSans.length === 0 ? undefined : clientAllowedSans,
    minVersion,
    maxVersion: TLS_VERSIONS.get(max) as SecureVersion,
    cipherSuites,
    curves: curves?.map((curve) => CURVES.get(curve) as string),
    preferServerCipherSuites,
  };
}

function readHeaders(section: Value): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of knownEntries(section, [...HEADERS.keys()])) {
    const given = text(value);
    const allowed = HEADERS.get(name);
    if (allowed !== undefined && !allowed.includes(given))
      throw errorAt(value, `${JSON.stringify(given)} is not one of ${allowed.join(', ')}`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(given))
      throw errorAt(value, 'a header has no line feeds and other control characters');
    headers.set(name, given);
  }
  return headers;
}

/**
 * What bcrypt writes: version, cost 4 to 31, 22 characters of salt, 31 of the hash. Without a letter it is of 1997, and
 * no password would be right: bcryptjs does not know it.
 */
const BCRYPT = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

function readUsers(section: Value): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [name, value] of entries(section)) {
    const hash = text(value);
    // Without the hash itself, because messages are logged.
    if (!BCRYPT.test(hash))
      throw errorAt(value, 'not a bcrypt hash; `htpasswd -nBC 10 "" | tr -d \':\\n\'` makes one');
    if (name === '' || name.includes(':'))
      throw errorAt(value, 'the name of a user must not be empty or contain a colon');
    users.set(name, hash);
  }
  return users;
}

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** A duration as Go writes it: `1s`, `1.5h`, `1m30s`, `0`. */
function seconds(value: Value | undefined): number {
  const given = text(value);
  if (value === undefined || given === '' || given === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(given))
    throw errorAt(value, `${JSON.stringify(given)} is not a duration such as 1s or 500ms`);
  let sum = 0;
  for (const [, count, unit] of given.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(count) * (SECONDS[unit as string] as number);
  return sum;
}

function readRateLimit(section: Value): RateLimit | undefined {
  const found = knownEntries(section, ['interval', 'burst']);
  const interval = seconds(found.get('interval'));
  const burst = wholeNumber(found.get('burst'), 0);
  if (interval === 0) return undefined;
  if (burst < 1)
    throw errorAt(
      found.get('burst') ?? section,
      'burst must be at least 1; otherwise every request would be refused',
    );
  return { interval, burst };
}

/**
 * Reads the text of a web configuration file. No other file is opened.
 * @param file its path, for messages, and because the paths in it are relative to its directory
 * @throws WebConfigError that names the file, the line and what is expected there
 */
export function readWebConfig(content: string, file: string): WebConfig {
  const root = readConfigDocument(content, file);
  const sections = knownEntries(root, [
    'tls_server_config',
    'http_server_config',
    'basic_auth_users',
    'rate_limit',
  ]);
  const nothing: Value = { ...root, node: null };
  const section = (name: string): Value => sections.get(name) ?? { ...nothing, name };
  const warnings: string[] = [];
  const http = knownEntries(section('http_server_config'), ['http2', 'headers']);
  const http2 = yesOrNo(http.get('http2'), true);
  return {
    tls: readTls(section('tls_server_config'), http2, dirname(resolve(file)), warnings),
    http2,
    headers: readHeaders(http.get('headers') ?? nothing),
    users: readUsers(section('basic_auth_users')),
    rateLimit: readRateLimit(section('rate_limit')),
    warnings,
  };
}
