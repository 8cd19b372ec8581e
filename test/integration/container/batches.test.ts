/** Which nodes deploy.yaml reaches, in which order, and which it leaves alone after a failure: run by real Ansible. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type PlayOptions, type PlayResult, play } from './ansible.ts';
import { type Machine, REPOSITORY, startMachine } from './machine.ts';
import { withSystemctl } from './systemd.ts';

/** Of eight nodes, 5 % are one, and 25 % are two. */
const NODES = Array.from({ length: 8 }, (_, i) => `node-${i}`);

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
  await withSystemctl(machine);
});
afterAll(() => machine?.stop());

/** Removes the exporter from all nodes, which are this machine, but where a node has a port that is none. */
function deploy(broken?: string, options: PlayOptions = {}): Promise<PlayResult> {
  const hosts = Object.fromEntries(
    NODES.map((node) => [
      node,
      node === broken ? { tripleo_frr_exporter_port: 'http' } : { tripleo_frr_exporter_state: 'absent' },
    ]),
  );
  const inventory = join(machine.folder, 'nodes.yaml');
  writeFileSync(inventory, stringify({ frr: { hosts } }));
  return play(machine, join(REPOSITORY, 'container/tripleo/playbooks/deploy.yaml'), {
    ...options,
    inventory,
    variables: { ctlplane_ip: '192.0.2.10', tripleo_frr_exporter_image: 'registry.example/frr-exporter' },
  });
}

/** The nodes of each batch. */
const batches = ({ stdout }: PlayResult) =>
  stdout
    .split(/^PLAY \[/m)
    .slice(1)
    .map((batch) =>
      [...new Set([...batch.matchAll(/^\w+: \[(node-\d)\]/gm)].map(([, node]) => node))].sort(),
    );

it('goes from one node to 5 % and then 25 % of them', async () => {
  const result = await deploy();
  expect(result.exitCode, result.stdout).toBe(0);
  expect(batches(result)).toEqual([
    ['node-0'],
    ['node-1'],
    ['node-2', 'node-3'],
    ['node-4', 'node-5'],
    ['node-6', 'node-7'],
  ]);
});

it('ends with the first node if that fails', async () => {
  const result = await deploy('node-0');
  expect(result.exitCode).toBe(2);
  expect(result.stdout).toMatch(/tripleo_frr_exporter_port.*convert.*int/s);
  expect(batches(result)).toEqual([['node-0']]);
});

it('ends with a batch of which one node fails', async () => {
  const result = await deploy('node-3');
  expect(result.exitCode).toBe(2);
  expect(batches(result)).toEqual([['node-0'], ['node-1'], ['node-2', 'node-3']]);
});

it('has the canary of --limit alone', async () => {
  const result = await deploy('node-0', { limit: 'node-5' });
  expect(result.exitCode, result.stdout).toBe(0);
  expect(batches(result)).toEqual([['node-5']]);
});
