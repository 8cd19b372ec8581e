/**
 * Compares this exporter with Debian's node_exporter, given the same web configuration files: what they accept, what they
 * refuse, and how they respond to the same clients.
 */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, release } from '../../lab/index.ts';
import { type Identity, makeAuthority, makeIdentity } from './certificates.ts';
import { handshake, outcome, type SendOptions, send } from './probe.ts';
import { type Program, startNodeExporter, startOurs } from './programs.ts';
import { PASSWORD, webConfigCases } from './web-configs.ts';

let owned: { name: string; folder: string };
let known: Identity;
let unknown: Identity;
let nameless: Identity;

const pem = { cert: 'CERT', key: 'KEY', ca: 'CA' };
const CASES = webConfigCases(pem);

beforeAll(async () => {
  owned = await claim('webconfig');
  const { folder } = owned;
  const authority = await makeAuthority(folder, 'ca');
  const others = await makeAuthority(folder, 'others');
  const server = await makeIdentity(folder, 'server', authority, {
    names: 'DNS:localhost,IP:127.0.0.1',
    rsa: true,
  });
  await makeIdentity(folder, 'other', others, { names: 'DNS:localhost' });
  known = await makeIdentity(folder, 'known', authority, { names: 'DNS:prometheus.example' });
  nameless = await makeIdentity(folder, 'nameless', authority, { names: 'DNS:somebody.example' });
  unknown = await makeIdentity(folder, 'unknown', others, { names: 'DNS:prometheus.example' });
  await writeFile(join(folder, 'empty.pem'), '');
  await writeFile(join(folder, 'nonsense.pem'), 'nonsense\n');
  Object.assign(pem, { cert: server.cert, key: server.key, ca: authority.cert });
});

afterAll(() => release(owned.name));

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** TLS 1.2 cipher suites without forward secrecy, enabled by default in the Go version of Debian's node_exporter. */
const NOT_FORWARD_SECRET = ['AES128-GCM-SHA256', 'AES256-SHA', 'AES128-SHA'];

const CIPHERS = [
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-RSA-AES128-SHA',
  ...NOT_FORWARD_SECRET,
];

const CURVES = ['X25519', 'prime256v1', 'secp384r1', 'secp521r1'];

/** Sections of a file, which decide which clients are tried. */
interface Kind {
  readonly secure: boolean;
  readonly passwords: boolean;
}

/** What a server selects from a client's offer, except the cipher suite of TLS 1.3, for which preferences differ. */
async function offers(port: number): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  const offer = async (name: string, tls: NonNullable<SendOptions['tls']>, protocols = ['http/1.1']) => {
    outcomes[name] = (await handshake(port, { identity: known, ...tls }, protocols)).replace(
      / TLS_(AES|CHACHA).*/,
      '',
    );
  };
  for (const version of VERSIONS) await offer(version, { version });
  for (const ciphers of CIPHERS) await offer(ciphers, { version: 'TLSv1.2', ciphers });
  for (const curve of CURVES) await offer(curve, { version: 'TLSv1.3', curve });
  await offer('HTTP/2', {}, ['h2', 'http/1.1']);
  return outcomes;
}

/** Clients of every kind, and the outcome of each. */
async function outcomes(port: number, { secure, passwords }: Kind): Promise<Record<string, string>> {
  const requests: Record<string, Omit<SendOptions, 'port'>> = {};
  const add = (name: string, question: Omit<SendOptions, 'port'>) => {
    requests[name] = question;
    if (!passwords) return;
    requests[`${name}, right password`] = { ...question, user: ['alice', PASSWORD] };
    requests[`${name}, wrong password`] = { ...question, user: ['alice', 'wrong'] };
  };
  if (secure)
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      add(`${version}, no certificate`, { tls: { version } });
      add(`${version}, known certificate`, { tls: { version, identity: known } });
      add(`${version}, unknown certificate`, { tls: { version, identity: unknown } });
    }
  else {
    const encoded = Buffer.from(`alice:${PASSWORD}`).toString('base64');
    add('plain', {});
    requests['unknown user'] = { user: ['mallory', PASSWORD] };
    requests['user in upper case'] = { user: ['Alice', PASSWORD] };
    requests['other scheme'] = { headers: { authorization: `Bearer ${encoded}` } };
    requests['invalid base64'] = { headers: { authorization: 'Basic %%%' } };
    requests['no colon'] = { headers: { authorization: `Basic ${Buffer.from('alice').toString('base64')}` } };
    requests['scheme in lower case'] = { headers: { authorization: `basic ${encoded}` } };
  }
  const outcomes: Record<string, string> = {};
  for (const [name, question] of Object.entries(requests))
    outcomes[name] = await outcome({ port, ...question });
  return outcomes;
}

const HEADERS = [
  'x-frame-options',
  'x-content-type-options',
  'x-xss-protection',
  'strict-transport-security',
  'content-security-policy',
];

/** The headers that a web configuration can set, in responses with and without a password. */
async function headers(port: number): Promise<Record<string, string | undefined>> {
  const outcomes: Record<string, string | undefined> = {};
  for (const user of [undefined, ['alice', PASSWORD], ['alice', 'wrong']] as const) {
    const got = await send({ port, ...(user === undefined ? {} : { user }) });
    for (const name of HEADERS) outcomes[`${user}: ${name}`] = got.headers[name] as string | undefined;
    outcomes[`${user}: challenge`] = got.headers['www-authenticate']?.split(' ')[0];
  }
  return outcomes;
}

async function started(start: Promise<Program>): Promise<Program | string> {
  try {
    return await start;
  } catch (error) {
    const { message } = error as Error;
    if (!message.includes('before it was ready')) throw error;
    return message;
  }
}

describe.each(CASES.map(({ name }, index) => [name, index] as const))('%s', (_name, index) => {
  test('is handled like node_exporter', async () => {
    const { yaml, ours, theirs: theyServe, modes } = webConfigCases(pem)[index] as (typeof CASES)[number];
    const file = join(owned.folder, `web-${index}.yml`);
    await writeFile(file, yaml, { mode: 0o600 });
    await chmod(join(owned.folder, 'server.key'), modes?.key ?? 0o640);
    const flag = `--web.config.file=${file}`;
    const [us, them] = await Promise.all([started(startOurs([flag])), started(startNodeExporter([flag]))]);
    try {
      expect({ ours: typeof us !== 'string', theirs: typeof them !== 'string' }, String(us)).toEqual({
        ours,
        theirs: theyServe,
      });
      if (typeof us === 'string') {
        const last = us.trim().split('\n').at(-1) as string;
        // One line that names the file, or a file that it refers to.
        expect(last).toMatch(new RegExp(`^frr-exporter: ${owned.folder}/`));
        expect(us).toContain('ended with 1');
        return;
      }
      const kind = {
        secure: yaml.includes('tls_server_config:\n '),
        passwords: yaml.includes('basic_auth_users:\n '),
      };
      const said = await outcomes(us.port, kind);
      expect(said).toMatchSnapshot();
      if (typeof them === 'string') return;
      expect(said).toEqual(await outcomes(them.port, kind));
      if (!kind.secure) expect(await headers(us.port)).toEqual(await headers(them.port));
      // Client certificates do not change what is offered.
      if (!kind.secure || yaml.includes('client_auth_type')) return;
      const offered = await offers(us.port);
      const theirs = await offers(them.port);
      if (!yaml.includes('cipher_suites'))
        for (const cipher of NOT_FORWARD_SECRET) {
          expect(offered[cipher]).toBe('refused');
          delete theirs[cipher];
          delete offered[cipher];
        }
      expect(offered).toEqual(theirs);
    } finally {
      if (typeof us !== 'string') await us.stop();
      if (typeof them !== 'string') await them.stop();
    }
  });
});

test('client_allowed_sans allows only clients with one of the names', async () => {
  const file = join(owned.folder, 'names.yml');
  await writeFile(
    file,
    'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: [prometheus.example]\n',
  );
  await using us = await startOurs([`--web.config.file=${file}`]);
  const { port } = us;
  expect(await outcome({ port, tls: { identity: known } })).toBe('200');
  expect(await outcome({ port, tls: { identity: nameless } })).toBe('refused');
  expect(await outcome({ port, tls: { identity: unknown } })).toBe('refused');
  expect(await outcome({ port, tls: {} })).toBe('refused');
});

test('the documentation lists every difference', async () => {
  const document = await readFile(new URL('../../../docs/web-config.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) =>
    (cell as string).replaceAll('`', '').trim(),
  );
  for (const { why } of CASES) if (why !== undefined) expect(rows).toContain(why);
});
