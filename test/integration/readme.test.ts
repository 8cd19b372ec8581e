/** Every command that the README shows is run here as it stands there, and does what the README says. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { belongingTo, type Lab, startLab, waitFor } from '../lab/index.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(`${CHECKOUT}/README.md`, 'utf8');

/** The commands of the blocks that are marked as shell, without their comments. */
const COMMANDS = [...README.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block]) => (block as string).split('\n'))
  .map((line) => line.replace(/\s+#.*/, '').trim())
  .filter((line) => line !== '');

const run = new Set<string>();

/** Takes a command from the README: one that is not there any more fails the test that runs it. */
function shown(command: string): readonly [string, ...string[]] {
  expect(COMMANDS).toContain(command);
  run.add(command);
  return command.split(' ') as [string, ...string[]];
}

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ name: 'readme' });
});
afterAll(() => lab?.stop());

/** Beside the node of a laboratory, as beside a router: in its network namespace, with its FRR as the only one. */
function beside([program, ...args]: readonly [string, ...string[]]) {
  return execa('ip', ['netns', 'exec', lab.node.namespace, program, ...args], {
    cwd: CHECKOUT,
    env: { ...belongingTo(lab.name), FRR_EXPORTER_FRR_PATHSPACE: lab.node.namespace },
    reject: false,
  });
}

test('doctor finds nothing wrong', async () => {
  const { exitCode, stdout } = await beside(shown('bin/frr-exporter doctor'));
  expect(stdout).toContain('FRR 8.4.4');
  expect(exitCode).toBe(0);
});

test('once prints the metrics', async () => {
  const { exitCode, stdout } = await beside(shown('bin/frr-exporter once'));
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toContain('frr_bgp_session_up{vrf="default",peer="eth2"} 1');
});

test('without a command it serves', async () => {
  const exporter = beside(shown('bin/frr-exporter'));
  try {
    const page = () => beside(['curl', '-sS', 'http://localhost:9342/metrics']);
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

/** Run by demo/demo.test.ts, which has the checkout's one demonstration for itself: the words there for each command. */
const OF_THE_DEMONSTRATION = {
  'make demo': "spawn('make', ['demo']",
  'make demo-break LINK=tor1': "make('demo-break', 'LINK=tor1')",
  'make demo-heal': "make('demo-heal')",
};

test.each(Object.entries(OF_THE_DEMONSTRATION))(
  '%s is run by the test of the demonstration',
  (command, words) => {
    shown(command);
    expect(readFileSync(`${CHECKOUT}/test/integration/demo/demo.test.ts`, 'utf8')).toContain(words);
  },
);

test('no command of the README was left out', () => {
  expect([...run].sort()).toEqual([...COMMANDS].sort());
});
