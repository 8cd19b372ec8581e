/** The program as a whole: how it begins, how it ends, and what it says when it cannot begin. */
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, freePort, release, waitFor } from '../../lab/index.ts';
import { send } from '../web/probe.ts';
import { COMMAND, FROM_RECORDING, messages, startOurs } from '../web/programs.ts';

let owned: { name: string; folder: string };

beforeAll(async () => {
  owned = await claim('program');
});

afterAll(() => release(owned.name));

/** Runs the program until it ends. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await execa(COMMAND, args, {
    reject: false,
    timeout: 30_000,
    env: { FRR_LAB: owned.name, ...env },
  });
  return { exitCode, stdout, stderr };
}

describe('cannot begin', () => {
  let taken: Server;
  let port: number;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    ({ port } = taken.address() as { port: number });
  });
  afterAll(() => taken.close());

  test('a port that is taken', async () => {
    const { exitCode, stderr } = await run([...FROM_RECORDING, `--web.listen-address=127.0.0.1:${port}`]);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').at(-1)).toBe(
      `frr-exporter: cannot listen on 127.0.0.1:${port}: another program already listens there; stop it, or choose another port with --web.listen-address`,
    );
  });

  test('an address of somebody else, and one that was taken before stays free', async () => {
    const free = await freePort();
    const { exitCode, stderr } = await run([
      ...FROM_RECORDING,
      `--web.listen-address=127.0.0.1:${free}`,
      '--web.listen-address=192.0.2.1:9342',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').at(-1)).toBe(
      'frr-exporter: cannot listen on 192.0.2.1:9342: no interface of this machine has this address',
    );
  });

  test('a name that nobody has', async () => {
    const { exitCode, stderr } = await run([...FROM_RECORDING, '--web.listen-address=nobody.invalid:9342']);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').at(-1)).toBe(
      'frr-exporter: cannot listen on nobody.invalid:9342: the host name has no address',
    );
  });

  test.each([
    [['--nonsense'], "frr-exporter: unknown flag '--nonsense'; --help lists them all"],
    [['serve', '--frr.timeout=soon'], /^frr-exporter: --frr\.timeout takes a duration .*, not "soon"$/],
    [
      ['dance'],
      'frr-exporter: unknown command "dance"; the commands are serve, once, record, doctor, status, address, check, maintenance, help, version',
    ],
  ])('%j is a wrong usage', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });

  test('a bad value in the environment', async () => {
    const { exitCode, stderr } = await run([], { FRR_EXPORTER_POLL_MAX_SHARE: '2' });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'frr-exporter: FRR_EXPORTER_POLL_MAX_SHARE takes a share above 0% and up to 100%, such as 1%, or a number below 1, such as 0.01, not "2"',
    );
  });

  test('a web configuration that is not there', async () => {
    const { exitCode, stderr } = await run([...FROM_RECORDING, '--web.config.file=/nonexistent/web.yml']);
    expect([exitCode, stderr]).toEqual([1, 'frr-exporter: /nonexistent/web.yml does not exist']);
  });

  test('a recording that is not there', async () => {
    const { exitCode, stderr } = await run(['--frr.recording=/nonexistent/recording']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^frr-exporter: .*\/nonexistent\/recording/);
    expect(stderr.split('\n').length).toBe(1);
  });
});

describe('once', () => {
  test('prints what FRR said, and only that', async () => {
    const { exitCode, stdout } = await run(['once', ...FROM_RECORDING]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^frr_up 1$/m);
    expect(stdout).toMatch(/^frr_bgp_session_up\{vrf="default",peer="100\.64\.1\.1"\} 1$/m);
    const { exitCode: checked, stdout: complaints } = await execa('promtool', ['check', 'metrics'], {
      input: `${stdout}\n`,
    });
    expect([checked, complaints]).toEqual([0, '']);
  });

  test('fails where FRR does not answer', async () => {
    const folder = join(owned.folder, 'no-sockets');
    await mkdir(folder);
    const { exitCode, stdout } = await run([
      'once',
      '--frr.source=socket',
      `--frr.socket.dir-path=${folder}`,
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^frr_up 0$/m);
    expect(stdout).not.toMatch(/^frr_bgp_session_up/m);
  });

  test('does not mind that nobody reads on', async () => {
    const { exitCode, stderr } = await execa('bash', [
      '-c',
      'set -o pipefail; "$@" | head -1 >/dev/null',
      'bash',
      COMMAND,
      'once',
      ...FROM_RECORDING,
      '--log.level=error',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('ends', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('within a second of %s', async (signal) => {
    await using ours = await startOurs([]);
    await send({ port: ours.port });
    const begin = performance.now();
    process.kill(ours.pid, signal);
    while (ours.exit() === undefined && performance.now() - begin < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ours.exit()).toBe(0);
    // Under a second; a busy machine gets two.
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(messages(ours).at(-1)).toBe('frr-exporter ends');
  });

  test('within a second even if FRR hangs and its vtysh ignores signals', async () => {
    const stubborn = join(owned.folder, 'stubborn');
    const marker = join(owned.folder, 'started');
    await writeFile(stubborn, `#!/bin/sh\ntrap '' TERM INT\n: >${marker}\nexec sleep 60\n`);
    await chmod(stubborn, 0o755);
    await using ours = await startOurs([
      '--frr.source=vtysh',
      `--frr.vtysh.path=${stubborn}`,
      '--frr.timeout=30s',
    ]);
    expect((await send({ port: ours.port })).status).toBe(200);
    while (
      await rm(marker).then(
        () => false,
        () => true,
      )
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    process.kill(ours.pid, 'SIGTERM');
    while (ours.exit() === undefined && performance.now() - begin < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(ours.exit()).toBe(0);
    expect(messages(ours).at(-1)).toBe('frr-exporter ends');
  });

  test.each([
    ['uncaughtException', 'throw new Error("boom")'],
    ['unhandledRejection', 'Promise.reject(new Error("boom"))'],
  ])('at a defect: %s', async (origin, code) => {
    const hook = `data:text/javascript,setTimeout(()=>{${encodeURIComponent(code)}},2000)`;
    const { exitCode, stderr } = await run(
      [...FROM_RECORDING, `--web.listen-address=127.0.0.1:${await freePort()}`, '--log.format=json'],
      { NODE_OPTIONS: `--import=${hook}` },
    );
    expect(exitCode).toBe(1);
    const last = JSON.parse(stderr.split('\n').at(-1) as string) as { level: string; msg: string };
    expect(last).toMatchObject({ level: 'fatal', msg: `frr-exporter exits, ${origin}: boom` });
  });
});

describe('signals that do not end it', () => {
  /** Whether it listens where Node's debugger would: 127.0.0.1:9229. */
  const debugged = async ({ pid }: { pid: number }) => {
    const inspector = '0100007F:240D 00000000:0000 0A';
    return (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).includes(inspector);
  };

  test('SIGUSR1 opens no debugger', async () => {
    await using ours = await startOurs([]);
    for (let i = 0; i < 5; i++) {
      process.kill(ours.pid, 'SIGUSR1');
      expect((await send({ port: ours.port })).status).toBe(200);
      expect(await debugged(ours)).toBe(false);
    }
  });

  test('SIGHUP reads the maintenance file at once', async () => {
    const file = join(owned.folder, 'maintenance');
    await using ours = await startOurs([`--maintenance.file=${file}`, '--poll.interval=1h']);
    const maintenance = async () =>
      /^frr_maintenance (\d)$/m.exec((await send({ port: ours.port })).body)?.[1];
    expect(await maintenance()).toBe('0');
    await writeFile(file, '');
    process.kill(ours.pid, 'SIGHUP');
    await waitFor(async () => (await maintenance()) === '1', { within: 10_000 });
    expect(messages(ours).slice(-2)).toEqual([
      'SIGHUP: reading the web configuration and the maintenance file again',
      'maintenance begins',
    ]);
  });
});

test('listens on several addresses, on a name, and on IPv6', async () => {
  const [named, six] = [await freePort(), await freePort()];
  await using ours = await startOurs([
    `--web.listen-address=localhost:${named}`,
    `--web.listen-address=[::1]:${six}`,
  ]);
  for (const url of [`http://localhost:${named}`, `http://[::1]:${six}`, `http://127.0.0.1:${ours.port}`])
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('alive\n');
});

test('a route prefix and an external URL', async () => {
  await using ours = await startOurs(['--web.external-url=https://node.example/frr/']);
  const get = (path: string) => send({ port: ours.port, path });
  expect((await get('/frr/metrics')).status).toBe(200);
  expect((await get('/metrics')).status).toBe(404);
  expect((await get('/frr/')).body).toContain('<a href="/frr/metrics">');
  for (const path of ['/', '/frr'])
    expect(await get(path)).toMatchObject({ status: 302, headers: { location: '/frr/' } });
});

test('a proxy that takes the prefix away', async () => {
  await using ours = await startOurs(['--web.external-url=https://node.example/frr', '--web.route-prefix=/']);
  const { status, body } = await send({ port: ours.port, path: '/' });
  expect(status).toBe(200);
  expect(body).toContain('<a href="/frr/metrics">');
  expect((await send({ port: ours.port, path: '/metrics' })).status).toBe(200);
});

test("the process's own metrics can be left out", async () => {
  await using ours = await startOurs(['--web.disable-exporter-metrics']);
  const { body } = await send({ port: ours.port });
  expect(body).toMatch(/^frr_exporter_build_info\{.*\} 1$/m);
  expect(body).not.toMatch(/^(process_|nodejs_|frr_exporter_http_)/m);
});
