/** Every command in the README is run as it is printed there, and does what the README says. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { belongingTo, type Lab, startLab, waitFor } from '../lab/index.ts';
import { README, README_COMMANDS } from '../readme-commands.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const run = new Set<string>();

/** Splits a command of the README; fails if the README no longer contains it. */
function shown(command: string): readonly [string, ...string[]] {
  expect(README_COMMANDS).toContain(command);
  run.add(command);
  return command.split(' ') as [string, ...string[]];
}

let lab: Lab;
let folder: string;
/** A checkout that has not been set up. */
let checkout: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'frr-exporter-readme-'));
  checkout = join(folder, 'checkout');
  for (const part of ['bin', 'src', 'package.json', 'package-lock.json'])
    cpSync(join(CHECKOUT, part), join(checkout, part), { recursive: true });
  lab = await startLab({ name: 'readme' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});

/** Runs a command as on a router: in the network namespace of the laboratory's node, which has one FRR. */
function onRouter([program, ...args]: readonly [string, ...string[]]) {
  return execa('ip', ['netns', 'exec', lab.node.namespace, program, ...args], {
    cwd: checkout,
    env: {
      ...belongingTo(lab.name),
      FRR_EXPORTER_FRR_PATHSPACE: lab.node.namespace,
      // As after an installation.
      PATH: `${join(checkout, 'bin')}:${process.env.PATH}`,
    },
    reject: false,
  });
}

test('npm ci installs what a checkout needs', async () => {
  const [program, ...args] = shown('npm ci');
  await execa(program, args, { cwd: checkout, env: { npm_config_prefer_offline: 'true' } });
});

test.each(['bin/frr-exporter doctor', 'frr-exporter doctor'])('%s finds nothing wrong', async (command) => {
  const { exitCode, stdout } = await onRouter(shown(command));
  expect(stdout).toContain('FRR 8.4.4');
  expect(exitCode).toBe(0);
});

test('status prints the verdict on the node', async () => {
  const { exitCode, stdout } = await onRouter(shown('frr-exporter status'));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^BGP sessions$/m);
});

test('once prints the metrics', async () => {
  const { exitCode, stdout } = await onRouter(shown('bin/frr-exporter once'));
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toContain('frr_bgp_session_up{vrf="default",peer="eth2"} 1');
});

test('without a command, it serves metrics', async () => {
  const exporter = onRouter(shown('bin/frr-exporter'));
  try {
    const page = () => onRouter(['curl', '-sS', 'http://localhost:9342/metrics']);
    const { stdout } = await waitFor(
      async () => {
        const answer = await page();
        return answer.stdout.includes('frr_bgp_session_up{') ? answer : undefined;
      },
      { within: 30_000, every: 250 },
    );
    expect(stdout.split('\n')).toContain('frr_bgp_session_up{vrf="default",peer="100.64.1.1"} 1');
  } finally {
    exporter.kill('SIGTERM');
    expect((await exporter).exitCode).toBe(0);
  }
});

test('record writes a recording', async () => {
  const [program, command] = shown('bin/frr-exporter record my-router');
  const recording = join(folder, 'my-router');
  expect((await onRouter([program, command as string, recording])).exitCode).toBe(0);
  expect(readdirSync(recording)).not.toEqual([]);
});

test('Prometheus accepts the scrape configuration', async () => {
  const [, config] = /^```yaml\n(.*?)^```/ms.exec(README) ?? [];
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, config as string);
  const { stdout } = await execa('promtool', ['check', 'config', file]);
  expect(stdout).toContain('SUCCESS');
});

/** Commands that another file runs, and the words there that run them. */
const RUN_ELSEWHERE = {
  'make demo': ['demo/demo.test.ts', "spawn('make', ['demo']"],
  'make demo-break LINK=tor1': ['demo/demo.test.ts', "make('demo-break', 'LINK=tor1')"],
  'make demo-heal': ['demo/demo.test.ts', "make('demo-heal')"],
  'make deb': ['packaging/deb.test.ts', "readmeCommand('make deb')"],
  'apt install ./release/frr-exporter_*.deb': ['packaging/deb.test.ts', "readmeCommand('apt install')"],
  'make image': ['container/images/build', 'make image '],
  'podman run': ['container/plain-host.test.ts', "readmeCommand('podman run')"],
  'make package': ['container/plain-host.test.ts', "readmeCommand('make package')"],
  'npm install --global ./release/frr-exporter-*.tgz': [
    'container/plain-host.test.ts',
    "readmeCommand('npm install')",
  ],
} as const;

test.each(Object.entries(RUN_ELSEWHERE))('%s is run elsewhere', (command, [file, words]) => {
  shown(command);
  expect(readFileSync(join(CHECKOUT, 'test/integration', file), 'utf8')).toContain(words);
});

test('every command of the README is run', () => {
  expect([...run].sort()).toEqual([...README_COMMANDS].sort());
});
