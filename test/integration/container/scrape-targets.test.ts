/** From the inventory to Prometheus: the playbook is run by Ansible, its file is loaded by Prometheus' own tools. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startPrometheus, waitFor } from '../../lab/index.ts';
import { type PlayResult, play } from './ansible.ts';
import { type InventoryOptions, inventory } from './inventory.ts';
import { type Machine, REPOSITORY, type Result, startMachine } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
});
afterAll(() => machine?.stop());

const PLAYBOOK = join(REPOSITORY, 'container/tripleo/playbooks/scrape-targets.yaml');
const targets = () => join(machine.folder, 'frr_exporter.json');
const read = (): readonly { targets: readonly string[]; labels: Record<string, string> }[] =>
  JSON.parse(readFileSync(targets(), 'utf8'));

function write(
  options: InventoryOptions,
  variables: Readonly<Record<string, unknown>> = {},
  { check = false, file: destination = targets() as string | null } = {},
): Promise<PlayResult> {
  const file = join(machine.folder, 'inventory.yaml');
  writeFileSync(file, inventory(options));
  return play(machine, PLAYBOOK, {
    inventory: file,
    check,
    variables: {
      ...(destination !== null && { tripleo_frr_exporter_scrape_targets_file: destination }),
      tripleo_frr_exporter_scrape_targets_labels: { cluster: 'overcloud' },
      ...variables,
    },
  });
}

describe('the scrape targets of an inventory', () => {
  const small: InventoryOptions = {
    controllers: 1,
    computes: 2,
    computeVariables: { tripleo_frr_exporter_port: 9400 },
  };

  it('are not written in check mode', async () => {
    const result = await write(small, {}, { check: true });
    expect(result).toMatchObject({ exitCode: 0, changes: ['Write the scrape targets'] });
    expect(read).toThrow('ENOENT');
  });

  it('are one for each node, with the port of its role and its labels', async () => {
    expect(await write(small)).toMatchObject({ exitCode: 0, changed: 1 });
    const label = (name: string, role: string) => ({
      cluster: 'overcloud',
      hostname: name,
      fqdn: `${name}.example.com`,
      role,
    });
    expect(read()).toEqual([
      { targets: ['192.168.24.3:9400'], labels: label('overcloud-compute-0', 'Compute') },
      { targets: ['192.168.24.4:9400'], labels: label('overcloud-compute-1', 'Compute') },
      { targets: ['192.168.24.2:9342'], labels: label('overcloud-controller-0', 'Controller') },
    ]);
  });

  it('do not change when nothing changed', async () => {
    expect(await write(small)).toMatchObject({ exitCode: 0, changed: 0 });
  });

  it('have IPv6 addresses in brackets', async () => {
    expect(await write(small, { tripleo_frr_exporter_network: 'internal_api' })).toMatchObject({
      changed: 1,
    });
    expect(read().map((target) => target.targets[0])).toEqual([
      '[fd00:fd00:2000:0::3]:9400',
      '[fd00:fd00:2000:0::4]:9400',
      '[fd00:fd00:2000:0::2]:9342',
    ]);
  });

  it('are names with TLS, as the certificates hold no addresses', async () => {
    expect(await write(small, { tripleo_frr_exporter_tls: true })).toMatchObject({ changed: 1 });
    expect(read().map((target) => target.targets[0])).toEqual([
      'overcloud-compute-0.ctlplane.example.com:9400',
      'overcloud-compute-1.ctlplane.example.com:9400',
      'overcloud-controller-0.ctlplane.example.com:9342',
    ]);
    const addresses = { tripleo_frr_exporter_tls: true, tripleo_frr_exporter_scrape_targets_by: 'address' };
    expect(await write(small, addresses)).toMatchObject({ changed: 1 });
    expect(read()[0]?.targets).toEqual(['192.168.24.3:9400']);
  });

  it('are left as they are where a node has no address on the network', async () => {
    const before = read();
    const result = await write(small, { tripleo_frr_exporter_network: 'tenant' });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(
      /3 hosts have no tenant_ip in the inventory, overcloud-\S+ among them; is tripleo_frr_exporter_network=tenant right\?/,
    );
    expect(read()).toEqual(before);
  });

  it('leave out a node without an address, and say so', async () => {
    const hosts = { 'overcloud-compute-1': { ctlplane_ip: '' } };
    const result = await write({ ...small, hosts });
    expect(result).toMatchObject({ exitCode: 0, changed: 1 });
    expect(result.stdout).toContain(
      'WARNING: 1 hosts are not scraped, because they have no ctlplane_ip in the inventory: overcloud-compute-1',
    );
    expect(read().map((target) => target.targets[0])).toEqual(['192.168.24.3:9400', '192.168.24.2:9342']);
  });

  it('are refused without a file to write', async () => {
    const result = await write(small, {}, { file: null });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toContain('missing required arguments: tripleo_frr_exporter_scrape_targets_file');
  });
});

describe('the scrape targets in a directory of root', () => {
  const file = () => join(machine.folder, 'root', 'frr_exporter.json');

  /** The playbook in a copy, because a checkout may be where other users cannot read it. */
  async function writeAs(user: string): Promise<Result> {
    const home = join(machine.folder, user);
    const hosts = join(machine.folder, 'small.yaml');
    writeFileSync(hosts, inventory({ controllers: 1, computes: 2 }));
    return machine.attempt(
      'setpriv',
      [
        ...[`--reuid=${user}`, `--regid=${user}`, '--clear-groups', 'ansible-playbook'],
        ...[`--inventory=${hosts}`, `--extra-vars=tripleo_frr_exporter_scrape_targets_file=${file()}`],
        'tripleo/playbooks/scrape-targets.yaml',
      ],
      {
        cwd: join(machine.folder, 'container'),
        env: { HOME: home, TMPDIR: home, ANSIBLE_NOCOLOR: '1', ANSIBLE_LOCALHOST_WARNING: 'false' },
      },
    );
  }

  beforeAll(async () => {
    cpSync(join(REPOSITORY, 'container'), join(machine.folder, 'container'), { recursive: true });
    mkdirSync(join(machine.folder, 'root'), { mode: 0o755 });
    chmodSync(machine.folder, 0o755);
    for (const user of ['with-sudo', 'without-sudo']) {
      await machine.run('useradd', ['--no-create-home', '--home-dir', join(machine.folder, user), user]);
      await machine.run('install', ['--directory', `--owner=${user}`, join(machine.folder, user)]);
    }
    mkdirSync(machine.path('/etc/sudoers.d'), { recursive: true });
    writeFileSync(machine.path('/etc/sudoers.d/tests'), 'with-sudo ALL=(ALL) NOPASSWD: ALL\n', {
      mode: 0o440,
    });
  });

  afterEach(() => rmSync(file(), { force: true }));

  it('are written by a user with sudo', async () => {
    const result = await writeAs('with-sudo');
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    expect(statSync(file())).toMatchObject({ uid: 0, gid: 0, mode: 0o100644 });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toHaveLength(3);
  });

  it('are refused to a user without sudo, in one line', async () => {
    const result = await writeAs('without-sudo');
    expect(result.exitCode).toBe(2);
    expect(result.stdout.match(/^fatal: .*$/gm)).toEqual([
      // The words differ between versions of Ansible.
      expect.stringMatching(/sudo: a password is required|Missing sudo password/),
    ]);
    expect(existsSync(file())).toBe(false);
  });
});

it('the ScrapeConfig of the data plane has a target for every node with an address', async () => {
  const file = join(machine.folder, 'scrape-config.yaml');
  const hosts = join(machine.folder, 'edpm.yaml');
  const node = (name: string) => ({ canonical_hostname: `${name}.ctlplane.example.com` });
  writeFileSync(
    hosts,
    stringify({
      all: {
        hosts: {
          'edpm-compute-0': { ...node('edpm-compute-0'), ctlplane_ip: '192.168.122.100' },
          'edpm-compute-1': node('edpm-compute-1'),
        },
      },
    }),
  );
  const result = await play(machine, join(REPOSITORY, 'container/edpm/playbooks/scrape-config.yml'), {
    inventory: hosts,
    variables: { edpm_frr_exporter_scrape_config: file, edpm_frr_exporter_tls: true },
  });
  expect(result.exitCode, result.stdout).toBe(0);
  expect(result.stdout).toContain('WARNING: 1 hosts are not scraped, because they have no ctlplane_ip');
  const example = join(REPOSITORY, 'container/edpm/openstack/scrape-config.yaml');
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(example, 'utf8'));
});

it('1,000 nodes are targets that Prometheus takes', async () => {
  expect(await write({ controllers: 3, computes: 997 })).toMatchObject({ exitCode: 0, changed: 1 });
  expect(new Set(read().map((target) => target.targets[0])).size).toBe(1000);

  const [frr] = parse(
    readFileSync(join(REPOSITORY, 'container/fleet/prometheus.yml'), 'utf8'),
  ).scrape_configs;
  const scrape = {
    job_name: frr.job_name,
    relabel_configs: frr.relabel_configs,
    file_sd_configs: [{ files: [targets()] }],
    // There is no target.
    scrape_interval: '1d',
  };
  const config = join(machine.folder, 'prometheus.yml');
  writeFileSync(config, stringify({ scrape_configs: [scrape] }));
  const { stdout } = await execa('promtool', ['check', 'config', config]);
  expect(stdout).toContain('SUCCESS');

  await using prometheus = await startPrometheus({ config: { scrape_configs: [scrape] } });
  const active = await waitFor(
    async () => {
      const { activeTargets } = await prometheus.api<{
        readonly activeTargets: readonly { readonly labels: Readonly<Record<string, string>> }[];
      }>('targets?state=active');
      return activeTargets.length === 1000 ? activeTargets : undefined;
    },
    { within: 30_000 },
  );
  expect(active.map(({ labels }) => labels)).toContainEqual({
    cluster: 'overcloud',
    fqdn: 'overcloud-compute-996.example.com',
    hostname: 'overcloud-compute-996',
    instance: 'overcloud-compute-996',
    job: 'frr',
    role: 'Compute',
  });
});
