/** Real Prometheus scrapes this exporter: with every kind of web configuration and every exposition format. */
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, freePort, release, startPrometheus, waitFor } from '../../lab/index.ts';
import { type Identity, makeAuthority, makeIdentity } from './certificates.ts';
import { send } from './probe.ts';
import { messages, type Program, startOurs } from './programs.ts';
import { HASH, PASSWORD } from './web-configs.ts';

let owned: { name: string; folder: string };
const file = (name: string) => join(owned.folder, name);

async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

beforeAll(async () => {
  owned = await claim('scraped');
});

afterAll(() => release(owned.name));

test('TLS, client certificate and password; certificates change and no scrape is lost', async () => {
  const authority = await makeAuthority(owned.folder, 'ca');
  const next = await makeAuthority(owned.folder, 'next-ca');
  const names = 'DNS:localhost,IP:127.0.0.1';
  const identities: Identity[] = [];
  for (let i = 0; i < 4; i++)
    identities.push(await makeIdentity(owned.folder, `server${i}`, authority, { names, days: 10 + i }));
  const client = await makeIdentity(owned.folder, 'client', authority, { names: 'DNS:prometheus.example' });
  const serve = async ({ key, cert }: Identity) => {
    await replace(file('tls.key'), key);
    // Long enough for scrapes to meet a key that is not that of the certificate.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await replace(file('tls.crt'), cert);
  };
  const configure = (users: string) =>
    replace(
      file('web.yml'),
      `tls_server_config:
  cert_file: tls.crt
  key_file: tls.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: clients.crt
  client_allowed_sans: [prometheus.example]
  min_version: TLS13
basic_auth_users:
${users}`,
    );
  await replace(file('tls.key'), (identities[0] as Identity).key);
  await replace(file('tls.crt'), (identities[0] as Identity).cert);
  await replace(file('clients.crt'), authority.cert);
  await configure(`  alice: ${HASH}\n`);

  const ports = [await freePort(), await freePort(), await freePort()];
  await using ours = await startOurs([
    `--web.config.file=${file('web.yml')}`,
    ...ports.map((port) => `--web.listen-address=127.0.0.1:${port}`),
  ]);
  /** Each target has its own connections, so a new target uses the new configuration. */
  const scrape = (count: number) => {
    const targets = [ours.port, ...ports].slice(0, count).map((port) => `127.0.0.1:${port}`);
    return replace(file('targets.json'), JSON.stringify([{ targets }]));
  };
  await scrape(1);
  const job = (name: string, http2: boolean) => ({
    job_name: name,
    scheme: 'https',
    enable_http2: http2,
    basic_auth: { username: 'alice', password: PASSWORD },
    tls_config: {
      ca_file: authority.certFile,
      cert_file: client.certFile,
      key_file: client.keyFile,
      server_name: 'localhost',
    },
    file_sd_configs: [{ files: [file('targets.json')], refresh_interval: '1s' }],
  });
  await using prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '2s', scrape_timeout: '2s' },
      scrape_configs: [job('http1', false), job('http2', true)],
    },
  });
  const scrapes = async (): Promise<number> =>
    (await prometheus.query('sum(count_over_time(up[10m]))'))[0]?.value ?? 0;
  const further = async (count: number) => {
    const goal = (await scrapes()) + count;
    await waitFor(async () => (await scrapes()) >= goal, { within: 90_000, for: `${count} scrapes more` });
  };

  const targets = async () =>
    (await prometheus.api<{ activeTargets: { lastError: string; health: string }[] }>('targets?state=active'))
      .activeTargets;

  await further(4);
  // New pairs, each met by connections that exist and by new ones.
  for (const [index, identity] of identities.slice(1).entries()) {
    await serve(identity);
    await scrape(index + 2);
    // Prometheus takes up to five seconds to look at what its discovery found; each target is in both jobs.
    await waitFor(
      async () => (await targets()).filter(({ health }) => health === 'up').length === 2 * (index + 2),
      { within: 60_000, for: `target ${index + 2} to be scraped` },
    );
    await further(4);
  }
  // A second CA for clients, then a second user.
  await replace(file('clients.crt'), authority.cert + next.cert);
  await configure(`  alice: ${HASH}\n  bob: ${HASH}\n`);
  await further(8);

  const lost = await prometheus.query('count_over_time(up[10m]) - sum_over_time(up[10m]) > 0');
  expect(lost).toEqual([]);
  expect((await targets()).map(({ lastError, health }) => ({ lastError, health }))).toEqual(
    Array(8).fill({ lastError: '', health: 'up' }),
  );
  expect(messages(ours).filter((message) => message === 'web configuration reloaded').length).toBeGreaterThan(
    3,
  );
});

describe('every form of the page', () => {
  let ours: Program;
  /** Takes requests as a proxy and sends them on with other Accept headers, as Prometheus always sends the same. */
  let proxy: Server;

  /** By host name, for the proxy to choose by. */
  const FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'openmetrics-gzip': {},
    openmetrics: { 'accept-encoding': 'identity' },
    'text-gzip': { accept: 'text/plain;version=0.0.4' },
    text: { accept: 'text/plain;version=0.0.4', 'accept-encoding': 'identity' },
  };

  beforeAll(async () => {
    ours = await startOurs([]);
    await waitFor(async () => (await send({ port: ours.port, path: '/readyz' })).status === 200, {
      within: 30_000,
    });
    proxy = createServer((incoming, outgoing) => {
      const url = new URL(incoming.url as string);
      const form = FORMS[url.hostname];
      const sent = request(
        { port: ours.port, path: url.pathname + url.search, headers: { ...incoming.headers, ...form } },
        (answer) => {
          outgoing.writeHead(answer.statusCode as number, answer.headers);
          answer.pipe(outgoing);
        },
      );
      sent.on('error', () => outgoing.destroy());
      sent.end();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });

  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await ours.stop();
  });

  const FILTER = 'collect[]=bgp&collect[]=bfd';

  test('is taken by a real Prometheus, with the same samples', async () => {
    const { port } = proxy.address() as { port: number };
    const job = (name: string, params?: Record<string, string[]>) => ({
      job_name: params === undefined ? name : `${name}-filtered`,
      proxy_url: `http://127.0.0.1:${port}`,
      ...(params === undefined ? {} : { params }),
      static_configs: [{ targets: [`${name}:80`] }],
    });
    await using prometheus = await startPrometheus({
      config: {
        global: { scrape_interval: '2s', scrape_timeout: '2s' },
        scrape_configs: Object.keys(FORMS).flatMap((name) => [
          job(name),
          job(name, { 'collect[]': ['bgp', 'bfd'] }),
        ]),
      },
    });
    await waitFor(async () => (await prometheus.query('min_over_time(up[1m]) == 1')).length === 8, {
      within: 30_000,
      for: 'eight jobs that are up',
    });
    expect(await prometheus.query('up == 0')).toEqual([]);
    const { activeTargets } = await prometheus.api<{ activeTargets: { lastError: string }[] }>(
      'targets?state=active',
    );
    expect(activeTargets.map(({ lastError }) => lastError)).toEqual(Array(8).fill(''));
    const ofFrr = (page: string) => page.match(/^frr_(bgp|bfd|rib|fib|daemon|default|evpn)_/gm)?.length;
    const whole = ofFrr((await send({ port: ours.port })).body);
    const some = ofFrr((await send({ port: ours.port, path: `/metrics?${FILTER}` })).body);
    expect(some).toBeLessThan(whole as number);
    for (const name of Object.keys(FORMS))
      for (const [job, count] of [
        [name, whole],
        [`${name}-filtered`, some],
      ]) {
        const series = `{job="${job}",__name__=~"frr_(bgp|bfd|rib|fib|daemon|default|evpn)_.+",__name__!~".+_created"}`;
        expect({ job, count: (await prometheus.query(`count(${series})`))[0]?.value }).toEqual({
          job,
          count,
        });
      }
  });

  test.each([
    '/metrics',
    '/metrics?collect[]=bgp&collect[]=bfd',
    '/metrics?exclude[]=bgp',
    '/metrics?exclude[]=bgp&exclude[]=bgp-neighbors&exclude[]=bfd&exclude[]=rib&exclude[]=daemons',
  ])('promtool has no complaint about %s', async (path) => {
    const { body } = await send({ port: ours.port, path });
    const { exitCode, stdout, stderr } = await execa('promtool', ['check', 'metrics'], { input: body });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
