import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { candidates, probe } from '../../../src/cli/healthcheck.ts';

const commandLine = (...words: string[]) => `${words.join('\0')}\0`;
const exporter = (...flags: string[]) =>
  commandLine('/usr/local/bin/node', '/app/dist/main.js', 'serve', ...flags);

describe('the URLs that are tried', () => {
  it.each([
    ['the default', exporter(), {}, ['http://127.0.0.1:9342/healthz']],
    ['a flag', exporter('--web.listen-address=192.0.2.1:9400'), {}, ['http://192.0.2.1:9400/healthz']],
    [
      'a flag in two words',
      exporter('--web.listen-address', '192.0.2.1:9400'),
      {},
      ['http://192.0.2.1:9400/healthz'],
    ],
    [
      'the environment, IPv6',
      exporter(),
      { FRR_EXPORTER_WEB_LISTEN_ADDRESS: '[2001:db8::1]:9342' },
      ['http://[2001:db8::1]:9342/healthz'],
    ],
    ['every IPv4 address', exporter('--web.listen-address=0.0.0.0:1'), {}, ['http://127.0.0.1:1/healthz']],
    ['every IPv6 address', exporter('--web.listen-address=[::]:1'), {}, ['http://[::1]:1/healthz']],
    [
      'a web configuration, which may require TLS or not',
      exporter(),
      { FRR_EXPORTER_WEB_CONFIG_FILE: '/etc/frr-exporter/web.yml' },
      ['https://127.0.0.1:9342/healthz', 'http://127.0.0.1:9342/healthz'],
    ],
    ['beside another process 1', commandLine('/catatonit', '--', 'x'), {}, ['http://127.0.0.1:9342/healthz']],
  ])('%s', (_what, words, environment, urls) => {
    expect(candidates(words, environment)).toEqual(urls);
  });
});

describe('whether it answers', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
  });

  async function listening(started: Server, scheme = 'http'): Promise<string> {
    server = started.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `${scheme}://127.0.0.1:${(server.address() as { port: number }).port}/healthz`;
  }

  it.each([200, 401, 404, 503])('with status %d it does', async (status) => {
    const url = await listening(createServer((_request, response) => response.writeHead(status).end()));
    await expect(probe(url)).resolves.toBeUndefined();
  });

  const { stdout: pem } = execaSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '1'],
    ...['-subj', '/CN=test', '-keyout', '-', '-out', '-'],
  ]);

  it('with a certificate that nobody knows it does', async () => {
    const url = await listening(
      createTlsServer({ key: pem, cert: pem }, (_request, response) => response.end()),
      'https',
    );
    await expect(probe(url)).resolves.toBeUndefined();
  });

  it('when it requires authentication it passes', async () => {
    const options = { key: pem, cert: pem, requestCert: true, rejectUnauthorized: true };
    const url = await listening(
      createTlsServer(options, (_request, response) => response.end()),
      'https',
    );
    await expect(probe(url)).resolves.toBeUndefined();
  });

  it('with plain HTTP where TLS was tried it is tried once more', async () => {
    const url = await listening(createServer((_request, response) => response.end()));
    await expect(probe(url.replace('http:', 'https:'))).rejects.toThrow(
      /wrong version number|packet length/i,
    );
    await expect(probe(url)).resolves.toBeUndefined();
  });

  it('when nobody listens it does not', async () => {
    const url = await listening(createServer());
    server?.close();
    await once(server as Server, 'close');
    await expect(probe(url)).rejects.toThrow('ECONNREFUSED');
  });

  it('when it hangs it does not', async () => {
    const url = await listening(createServer(() => undefined));
    await expect(probe(url, 100)).rejects.toThrow('no answer within 0.1 s');
  });

  it('when the connection is taken and cut it does not', async () => {
    const tcp = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as { port: number };
    await expect(probe(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow(/hang up|ECONNRESET/);
    tcp.close();
  });
});

it('a setting that cannot be read is reported in one line', () => {
  const program = fileURLToPath(new URL('../../../src/healthcheck.ts', import.meta.url));
  const env = { FRR_EXPORTER_WEB_LISTEN_ADDRESS: 'nowhere' };
  const { exitCode, stderr } = execaSync(process.execPath, [program], { env, reject: false });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^healthcheck: cannot find out where the exporter listens: FRR_EXPORTER_WEB_LISTEN_ADDRESS takes .*"nowhere"$/,
  );
});
