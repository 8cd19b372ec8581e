import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { readPage, waitFor } from '../../lab/index.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

interface Demonstration {
  readonly output: () => string;
  /** By the word before it. */
  readonly address: (what: string) => string;
  /** What Ctrl-C at the terminal does: the signal goes to the whole process group. Gives the exit status. */
  readonly interrupt: () => Promise<number | null>;
}

/** Runs `make demo` and waits until it is ready. */
async function makeDemo(env: Readonly<Record<string, string>> = {}): Promise<Demonstration> {
  const make = spawn('make', ['demo'], {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [make.stdout, make.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise<number | null>((resolve) => make.once('close', resolve));
  const group = -(make.pid as number);
  onTestFinished(async () => {
    if (make.exitCode === null && make.signalCode === null) process.kill(group, 'SIGKILL');
    await ended;
  });
  await waitFor(
    () => {
      if (make.exitCode !== null) throw new Error(`make demo ended: ${output}`);
      return output.includes('Ctrl-C\n');
    },
    { within: 90_000, for: 'make demo to be ready' },
  );
  return {
    output: () => output,
    address: (what) => {
      const address = new RegExp(`^ +${what} +(http://\\S+)$`, 'm').exec(output)?.[1];
      if (address === undefined) throw new Error(`no address of ${what} in: ${output}`);
      return address;
    },
    interrupt: async () => {
      process.kill(group, 'SIGINT');
      return ended;
    },
  };
}

const make = (...args: string[]) => execa('make', args, { cwd: CHECKOUT, reject: false, all: true });

test('shows real routers, a cut link and its alert, and cleans up', async () => {
  const demo = await makeDemo();
  const namespace = /vtysh -N (\S+)/.exec(demo.output())?.[1] as string;
  const page = async () => readPage(await (await fetch(demo.address('Metrics'))).text());
  expect((await fetch(demo.address('Status page'))).status).toBe(200);
  await waitFor(
    async () => (await page()).value('frr_bgp_session_up', { vrf: 'default', peer: '100.64.1.1' }) === 1,
    { within: 15_000 },
  );
  expect((await make('demo')).all).toContain('a demo is already running in this checkout');
  expect((await make('demo-break', 'LINK=tor3')).all).toContain('name a link: make demo-break LINK=tor1');

  expect((await make('demo-break', 'LINK=tor1')).all).toMatch(/^The link to tor1 is down\./);
  await waitFor(() => /BGP +100\.64\.1\.1 +Established → /.test(demo.output()), { within: 30_000 });
  await waitFor(() => /ALERT +FRRBGPPeerDown +critical/.test(demo.output()), { within: 60_000 });
  expect((await make('demo-heal')).all).toMatch(/^Both links are up\./);
  await waitFor(() => /BGP +100\.64\.1\.1 +\S+ → Established/.test(demo.output()), { within: 30_000 });

  await demo.interrupt();
  expect(demo.output()).toContain('Cleaning up');
  const name = namespace.replace(/-node$/, '');
  expect(readdirSync('/run/netns').filter((entry) => entry.startsWith(name))).toEqual([]);
  expect(existsSync(join(CHECKOUT, '.demo'))).toBe(false);
  await expect(fetch(demo.address('Metrics'))).rejects.toThrow();
  expect((await make('demo-heal')).all).toContain('no demo is running in this checkout');
});

test('replays a recording where network namespaces are not allowed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const unshare = join(folder, 'unshare');
  writeFileSync(unshare, '#!/bin/sh\nexit 1\n');
  chmodSync(unshare, 0o755);

  const demo = await makeDemo({ PATH: `${folder}:${process.env.PATH}` });
  expect(demo.output()).toContain('Network namespaces are not allowed here: ');
  const up = async (peer: string) => {
    const page = readPage(await (await fetch(demo.address('Metrics'))).text());
    return page.value('frr_bgp_session_up', { vrf: 'default', peer });
  };
  await waitFor(async () => (await up('eth2')) === 1, { within: 15_000 });
  await make('demo-break', 'LINK=tor2');
  await waitFor(async () => (await up('eth2')) === 0, { within: 15_000 });
  await make('demo-heal');
  await waitFor(async () => (await up('eth2')) === 1, { within: 15_000 });
  await demo.interrupt();
  expect(existsSync(join(CHECKOUT, '.demo'))).toBe(false);
});
