/** Web configuration, certificates and keys that change under a running exporter. */
import { chmod, copyFile, rename, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claim, release, waitFor } from '../../lab/index.ts';
import { type Identity, makeAuthority, makeIdentity } from './certificates.ts';
import { outcome, send } from './probe.ts';
import { messages, type Program, startOurs } from './programs.ts';
import { HASH, PASSWORD } from './web-configs.ts';

let owned: { name: string; folder: string };
let authority: Identity;
let old: Identity;
let fresh: Identity;
let client: Identity;
let ours: Program;
let port: number;

const file = (name: string) => join(owned.folder, name);

/** Puts a file in the place of another at once, as certmonger and Kubernetes do. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

const TLS = 'tls_server_config:\n  cert_file: tls.crt\n  key_file: tls.key\n';
const configure = (yaml: string) => replace(file('web.yml'), yaml);

async function serve(identity: Identity): Promise<void> {
  await replace(file('tls.key'), identity.key);
  await replace(file('tls.crt'), identity.cert);
}

/** The serial number of the certificate that a new connection is shown. */
function shownSerial(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function serialOf({ cert }: Identity): Promise<string> {
  const { X509Certificate } = await import('node:crypto');
  return new X509Certificate(cert).serialNumber;
}

/** What the exporter reports about its configuration. */
async function reported(question: Parameters<typeof send>[0]): Promise<Record<string, number>> {
  const { body } = await send(question);
  return Object.fromEntries(
    [...body.matchAll(/^frr_exporter_web_(\S+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
}

beforeAll(async () => {
  owned = await claim('reload');
  authority = await makeAuthority(owned.folder, 'ca');
  const names = 'DNS:localhost,IP:127.0.0.1';
  old = await makeIdentity(owned.folder, 'old', authority, { names, days: 10 });
  fresh = await makeIdentity(owned.folder, 'fresh', authority, { names, days: 20 });
  client = await makeIdentity(owned.folder, 'client', authority, { names: 'DNS:prometheus.example' });
  await serve(old);
  await configure(TLS);
  ours = await startOurs([`--web.config.file=${file('web.yml')}`]);
  ({ port } = ours);
});

beforeEach(async () => {
  await serve(old);
  await configure(TLS);
  await outcome({ port, tls: {} });
});

afterAll(async () => {
  await ours?.stop();
  await release(owned.name);
});

test('a new certificate is shown to the next connection, and a connection that exists goes on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.cert });
  const get = () =>
    new Promise<[status: number | undefined, serial: string, reused: boolean]>((resolve, reject) => {
      const sent = request({ agent, host: '127.0.0.1', port, path: '/metrics' }, (response) => {
        const socket = response.socket as unknown as import('node:tls').TLSSocket;
        resolve([response.statusCode, socket.getPeerCertificate().serialNumber, sent.reusedSocket]);
        response.resume();
      });
      sent.on('error', reject).end();
    });
  try {
    expect(await get()).toEqual([200, await serialOf(old), false]);
    await serve(fresh);
    expect(await shownSerial()).toBe(await serialOf(fresh));
    expect(await get()).toEqual([200, await serialOf(old), true]);
  } finally {
    agent.destroy();
  }
  expect(messages(ours)).toContain('web configuration reloaded');
  expect(await reported({ port, tls: {} })).toMatchObject({
    config_last_reload_successful: 1,
    certificate_expiry_timestamp_seconds:
      Date.parse(new (await import('node:crypto')).X509Certificate(fresh.cert).validTo) / 1000,
  });
});

test('between a new key and its certificate the old pair serves', async () => {
  await replace(file('tls.key'), fresh.key);
  expect(await shownSerial()).toBe(await serialOf(old));
  expect(await reported({ port, tls: {} })).toMatchObject({ config_last_reload_successful: 0 });
  await replace(file('tls.crt'), fresh.cert);
  expect(await shownSerial()).toBe(await serialOf(fresh));
  expect(await reported({ port, tls: {} })).toMatchObject({ config_last_reload_successful: 1 });
});

test('passwords come and change, with connections as they are', async () => {
  expect(await outcome({ port, tls: {} })).toBe('200');
  await configure(`${TLS}basic_auth_users:\n  alice: ${HASH}\n`);
  expect(await outcome({ port, tls: {} })).toBe('401');
  expect(await outcome({ port, tls: {}, user: ['alice', PASSWORD] })).toBe('200');
  await configure(`${TLS}basic_auth_users:\n  bob: ${HASH}\n`);
  expect(await outcome({ port, tls: {}, user: ['alice', PASSWORD] })).toBe('401');
  expect(await outcome({ port, tls: {}, user: ['bob', PASSWORD] })).toBe('200');
});

test('client certificates come and go', async () => {
  await copyFile(authority.certFile, file('clients.crt'));
  await configure(`${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.crt\n`);
  expect(await outcome({ port, tls: {} })).toBe('refused');
  expect(await outcome({ port, tls: { identity: client } })).toBe('200');
  const other = await makeAuthority(owned.folder, 'other-ca');
  await replace(file('clients.crt'), other.cert);
  expect(await outcome({ port, tls: { identity: client } })).toBe('refused');
  await configure(TLS);
  expect(await outcome({ port, tls: {} })).toBe('200');
});

test('TLS itself goes and comes', async () => {
  await configure(`basic_auth_users:\n  alice: ${HASH}\n`);
  expect(await outcome({ port, user: ['alice', PASSWORD] })).toBe('200');
  expect(await outcome({ port })).toBe('401');
  expect(await outcome({ port, tls: {} })).toBe('refused');
  await configure(TLS);
  expect(await outcome({ port })).toBe('refused');
  expect(await outcome({ port, tls: {} })).toBe('200');
});

describe('what cannot be used leaves the previous one in force, and is logged once', () => {
  const KEPT = 'the web configuration is invalid, so the previous one stays in force: ';
  const complaints = () => messages(ours).filter((message) => message.startsWith(KEPT));

  test.each<[string, () => Promise<void>, () => string]>([
    ['no YAML', () => configure('tls_server_config: ['), () => `${file('web.yml')}:1: `],
    [
      'an unknown key',
      () => configure(`${TLS}  cert_fiel: x\n`),
      () => `${file('web.yml')}:4: tls_server_config: unknown key "cert_fiel"`,
    ],
    ['a truncated file', () => configure(''), () => `${file('web.yml')} is empty now; restart`],
    ['comments alone', () => configure('# later\n'), () => `${file('web.yml')} is empty now; restart`],
    [
      'all protection gone',
      () => configure('rate_limit: {interval: 1s, burst: 5}\n'),
      () => `${file('web.yml')} has neither tls_server_config nor basic_auth_users now; restart`,
    ],
    [
      'a file that is gone',
      () => rename(file('tls.crt'), file('tls.gone')),
      () => `${file('tls.crt')} does not exist`,
    ],
    [
      'the file itself is gone',
      () => rename(file('web.yml'), file('web.gone')),
      () => `${file('web.yml')} does not exist`,
    ],
    [
      'a key that everybody can read',
      () => chmod(file('tls.key'), 0o644),
      () => `${file('tls.key')} contains a private key that every user can read`,
    ],
    [
      'a cut certificate',
      () => replace(file('tls.crt'), old.cert.slice(0, 200)),
      () => `${file('tls.crt')} has no certificate in PEM form`,
    ],
    [
      'a broken certificate',
      () => replace(file('tls.crt'), old.cert.replace(/\n[^\n]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')),
      () => `${file('tls.crt')} has a broken certificate`,
    ],
    [
      'a key with a passphrase',
      async () => {
        const pass = ['-passout', 'pass:x'];
        const { stdout } = await execa('openssl', ['pkcs8', '-topk8', '-in', old.keyFile, ...pass]);
        await replace(file('tls.key'), stdout);
      },
      () => `${file('tls.key')} is encrypted; it must be readable without a passphrase`,
    ],
    [
      'nonsense for a key',
      () => replace(file('tls.key'), 'x'),
      () => `${file('tls.key')} has no private key in PEM form`,
    ],
  ])('%s', async (_name, spoil, message) => {
    const before = complaints().length;
    await spoil();
    for (let i = 0; i < 3; i++) expect(await outcome({ port, tls: {} })).toBe('200');
    expect(await reported({ port, tls: {} })).toMatchObject({ config_last_reload_successful: 0 });
    const said = complaints().slice(before);
    expect(said.length).toBe(1);
    expect(said[0]).toContain(`${KEPT}${message()}`);
    // And what is mended comes into force.
    await serve(fresh);
    await configure(TLS);
    expect(await shownSerial()).toBe(await serialOf(fresh));
    expect(await reported({ port, tls: {} })).toMatchObject({ config_last_reload_successful: 1 });
  });
});

test('SIGHUP reads everything again, changed or not, and is one line of the log', async () => {
  const lines = () => messages(ours).length;
  const before = lines();
  const loaded = async () =>
    (await reported({ port, tls: {} })).config_last_reload_success_timestamp_seconds as number;
  const earlier = await loaded();
  process.kill(ours.pid, 'SIGHUP');
  await waitFor(async () => (await loaded()) > earlier, { within: 10_000 });
  expect(messages(ours).slice(before)).toEqual([
    'SIGHUP: reading the web configuration and the maintenance file again',
  ]);
  await rename(file('tls.crt'), file('tls.gone'));
  process.kill(ours.pid, 'SIGHUP');
  await waitFor(async () => lines() >= before + 3, { within: 10_000 });
  expect(messages(ours).slice(before + 1)).toEqual([
    'SIGHUP: reading the web configuration and the maintenance file again',
    `the web configuration is invalid, so the previous one stays in force: ${file('tls.crt')} does not exist`,
  ]);
});
