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
  items,
  knownEntries,
  mistake,
  readConfigDocument,
  text,
  type Value,
  wholeNumber,
  yesOrNo,
} from './document.ts';
import { CIPHER_SUITES, CURVES, HTTP2_CIPHER_SUITES, TLS_VERSIONS } from './go-tls-names.ts';

/** What is asked of a client. Go's names; see https://pkg.go.dev/crypto/tls#ClientAuthType */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** A PEM text, or the absolute path of the file that has it. */
export type Pem = { readonly text: string } | { readonly file: string };

export interface TlsConfig {
  readonly cert: Pem;
  readonly key: Pem;
  readonly clientCa: Pem | undefined;
  readonly clientAuthType: ClientAuthType;
  /** Undefined where any certificate will do. */
  readonly clientAllowedSans: readonly string[] | undefined;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** Go's names; undefined for those that are on by default. */
  readonly cipherSuites: readonly string[] | undefined;
  /** OpenSSL's names; undefined for those that are on by default. */
  readonly curves: readonly string[] | undefined;
  readonly preferServerCipherSuites: boolean;
}

export interface RateLimit {
  /** Seconds in which one request more is allowed. */
  readonly interval: number;
  /** How many requests may come at once. */
  readonly burst: number;
}

export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly http2: boolean;
  /** Headers of every answer. */
  readonly headers: ReadonlyMap<string, string>;
  /** Names and bcrypt hashes; nobody is asked for a password where there are none. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: RateLimit | undefined;
  /** What is odd and does no harm; for the log. */
  readonly warnings: readonly string[];
}

/** The headers that may be set, and the values that they may have, where these are few. */
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

/** One of some words; `preset` where nothing is written. */
function oneOf<Word extends string>(value: Value | undefined, words: readonly Word[], preset: Word): Word {
  const given = text(value);
  if (value === undefined || given === '') return preset;
  if (!words.includes(given as Word))
    throw mistake(value, `${JSON.stringify(given)} is none of ${words.join(', ')}`);
  return given as Word;
}

/** A list of some words; undefined where it is empty. */
function someOf(value: Value | undefined, words: readonly string[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const chosen = items(value).map((item) => {
    const given = text(item);
    if (!words.includes(given))
      throw mistake(item, `${JSON.stringify(given)} is none of ${words.join(', ')}`);
    return given;
  });
  return chosen.length === 0 ? undefined : chosen;
}

/** The PEM text of one key, or the file that another names; the file wins, as in exporter-toolkit. */
function pem(
  found: Entries,
  inline: string,
  file: string,
  folder: string,
  warnings: string[],
): Pem | undefined {
  const path = text(found.get(file));
  const content = text(found.get(inline));
  if (path !== '') {
    if (content !== '') warnings.push(`tls_server_config: ${inline} is not used, for ${file} is given too`);
    return { file: resolve(folder, path) };
  }
  return content === '' ? undefined : { text: content };
}

function readTls(section: Value, http2: boolean, folder: string, warnings: string[]): TlsConfig | undefined {
  const found = knownEntries(section, TLS_KEYS);
  const cert = pem(found, 'cert', 'cert_file', folder, warnings);
  const key = pem(found, 'key', 'key_file', folder, warnings);
  const clientCa = pem(found, 'client_ca', 'client_ca_file', folder, warnings);
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
      throw mistake(section, 'client_allowed_sans needs TLS: cert_file and key_file are missing');
    return undefined;
  }
  if (cert === undefined) throw mistake(section, 'cert_file or cert is missing');
  if (key === undefined) throw mistake(section, 'key_file or key is missing');
  if (clientAuthType === 'NoClientCert' && clientCa !== undefined)
    throw mistake(
      section,
      'client_ca_file has no effect without client_auth_type; RequireAndVerifyClientCert asks for certificates',
    );
  if (clientAuthType === 'NoClientCert' && clientAllowedSans.length > 0)
    throw mistake(
      section,
      'client_allowed_sans has no effect without client_auth_type; RequireAndVerifyClientCert asks for certificates',
    );
  if (min > max)
    throw mistake(found.get('min_version') ?? section, `min_version ${min} is above max_version ${max}`);
  const minVersion = TLS_VERSIONS.get(min) as SecureVersion;
  if (
    http2 &&
    cipherSuites !== undefined &&
    minVersion !== 'TLSv1.3' &&
    !HTTP2_CIPHER_SUITES.some((suite) => cipherSuites.includes(suite))
  )
    throw mistake(
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
      throw mistake(value, `${JSON.stringify(given)} is none of ${allowed.join(', ')}`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(given))
      throw mistake(value, 'a header has no line feeds and other control characters');
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
    // The hash itself stays out of the message: messages are logged.
    if (!BCRYPT.test(hash))
      throw mistake(value, 'no bcrypt hash; `htpasswd -nBC 10 "" | tr -d \':\\n\'` makes one');
    if (name === '' || name.includes(':'))
      throw mistake(value, 'the name of a user is not empty and has no colon');
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
    throw mistake(value, `${JSON.stringify(given)} is no duration such as 1s or 500ms`);
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
    throw mistake(found.get('burst') ?? section, 'burst is at least 1, or every request would be refused');
  return { interval, burst };
}

/**
 * Reads the text of a web configuration file. No other file is opened.
 * @param file its path, for messages and because the paths in it start from its folder
 * @throws WebConfigError that names the file, the line and what is wanted there
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
