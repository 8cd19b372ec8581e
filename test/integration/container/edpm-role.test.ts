/** The EDPM role, with real Ansible, podman's quadlet generator, and real podman. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { belongingTo, start, waitFor } from '../../lab/index.ts';
import { type PlayResult, play, playTasks } from './ansible.ts';
import { type Authority, makeAuthority } from './certificates.ts';
import { exporterImage, type Machine, REPOSITORY, readOn, startMachine } from './machine.ts';
import {
  answer,
  containers,
  decided,
  describeRemoval,
  expectRefusal,
  expectUnchanged,
  inspect,
  programArguments,
  request,
  traces,
} from './role-proof.ts';
import { withSystemctl } from './systemd.ts';

const ADDRESS = '2001:db8::10';
const URL = `http://[${ADDRESS}]:9342/metrics`;
const STATE_FILE = '/var/lib/edpm-config/deployed_services.yaml';
const REGISTRY = join(REPOSITORY, 'test/integration/container/registry.ts');
const PLAYBOOK = join(REPOSITORY, 'container/edpm/playbooks/frr_exporter.yml');

let machine: Machine;
let image: string;
let authority: Authority;

beforeAll(async () => {
  image = await exporterImage();
  machine = await startMachine();
  await withSystemctl(machine);
  await machine.run('ip', ['address', 'add', `${ADDRESS}/128`, 'dev', 'lo']);
  authority = await makeAuthority(join(machine.folder, 'authority'));
});
afterAll(() => machine?.stop());

function deploy(variables: Readonly<Record<string, unknown>> = {}, check = false): Promise<PlayResult> {
  return play(machine, PLAYBOOK, {
    check,
    variables: {
      ctlplane_ip: ADDRESS,
      edpm_frr_exporter_image: image,
      edpm_frr_exporter_allowed_subnets: ['2001:db8::/64'],
      ...variables,
    },
  });
}

describe('refused before anything is changed', () => {
  it.each([
    [
      'a value that is not a port',
      { edpm_frr_exporter_port: 'http' },
      /edpm_frr_exporter_port.*convert.*int/s,
    ],
    [
      'an unknown collector',
      { edpm_frr_exporter_disabled_collectors: ['isis'] },
      /edpm_frr_exporter_disabled_collectors must be one or more of.*Got no match for: isis/,
    ],
    [
      'TLS without a certificate',
      { edpm_tls_certs_enabled: true },
      /edpm_frr_exporter_tls_certificate: the file \/var\/lib\/openstack\/certs\/frr-exporter\/default\/tls\.crt does not exist/,
    ],
    [
      'a value that is not a subnet',
      { edpm_frr_exporter_allowed_subnets: ['office'] },
      /edpm_frr_exporter_allowed_subnets must contain subnets \(such as .*\), not.*office/,
    ],
  ])('%s', async (_what, variables, message) => {
    await expectRefusal(machine, await deploy(variables), message);
  });
});

describe('a deployment', () => {
  it('changes nothing in check mode', async () => {
    const result = await deploy({}, true);
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toContain('Install the quadlet');
    expect(await traces(machine)).toEqual([]);
  });

  it('runs the container', async () => {
    const result = await deploy();
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toEqual([
      'Create the directories',
      'Write the web configuration',
      'Create the directory of the firewall rules',
      'Write the firewall rule',
      'Install the quadlet',
      'Start the container, or restart it with its new settings',
      'Write updated state file',
    ]);
    expect(await containers(machine)).toEqual(['frr_exporter running']);
    expect(await answer(machine, URL)).toContain('frr_up 0');
    await machine.podman('healthcheck', 'run', 'frr_exporter');
  });

  it('hardens the container by its quadlet', async () => {
    expect(decided(await inspect(machine, 'frr_exporter'))).toMatchObject({
      arguments: ['serve'],
      user: '42499:42499',
      healthcheck: ['CMD', '/openstack/healthcheck'],
      mounts: ['/run/frr:/run/frr:ro', '/var/lib/openstack/frr-exporter:/etc/frr-exporter:ro'],
      ReadonlyRootfs: true,
      Tmpfs: {},
      GroupAdd: ['42483'],
      SecurityOpt: expect.arrayContaining(['no-new-privileges', 'label=disable']),
      NetworkMode: 'host',
      Privileged: false,
      Memory: 512 * 1024 * 1024,
    });
    expect(await machine.podman('top', 'frr_exporter', 'capeff', 'capbnd', 'groups')).toMatch(
      /\nnone +none +(frrvty,frr-exporter|frr-exporter,frrvty)$/,
    );
  });

  it('writes the rule of the firewall as edpm_nftables reads it', () => {
    expect(parse(readOn(machine, '/var/lib/edpm-config/firewall/frr-exporter.yaml'))).toEqual([
      {
        rule_name: '157 frr exporter 2001:db8::/64',
        rule: { proto: 'tcp', dport: ['9342'], source: '2001:db8::/64' },
      },
    ]);
    expect(readOn(machine, '/run/edpm_nftables')).toBe('configure\nrun\n');
  });

  it('is known to the data plane as a container of its service', () => {
    expect(parse(readOn(machine, STATE_FILE)).services).toEqual({
      'frr-exporter': { containers: ['frr_exporter'], updated_at: expect.any(String) },
    });
  });

  it('changes nothing when it is done again', async () => {
    await machine.run('rm', ['/run/edpm_nftables']);
    await expectUnchanged(machine, () => deploy());
    // The rules are loaded again, because the last run may have ended before it had loaded them.
    expect(readOn(machine, '/run/edpm_nftables')).toBe('configure\nrun\n');
  });

  it('is updated to an image of a registry that requires a password', async () => {
    const registry = '127.0.0.1:5000';
    const next = `${registry}/frr-exporter:next`;
    const folder = join(machine.folder, 'registry');
    await machine.podman(
      'commit',
      '--quiet',
      '--format=docker',
      '--change=LABEL next=yes',
      'frr_exporter',
      next,
    );
    await machine.podman('push', '--quiet', next, `dir:${folder}`);
    await machine.podman('rmi', next);
    await using _ = await start(
      'ip',
      ['netns', 'exec', machine.name, process.execPath, REGISTRY, folder, '5000'],
      {
        env: belongingTo(machine.name),
        ready: async () =>
          (await request(machine, '--user', 'somebody:secret', `${registry}/v2/`)).exitCode === 0,
      },
    );
    mkdirSync(machine.path('/etc/containers/registries.conf.d'), { recursive: true });
    writeFileSync(
      machine.path('/etc/containers/registries.conf.d/of-the-test.conf'),
      `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`,
    );
    const auth = join(machine.folder, 'auth.json');
    writeFileSync(auth, JSON.stringify({ auths: { [registry]: { auth: btoa('somebody:secret') } } }));

    const update = () =>
      playTasks(
        machine,
        [{ 'ansible.builtin.include_role': { name: 'edpm_frr_exporter', tasks_from: 'update' } }],
        {
          variables: {
            ctlplane_ip: ADDRESS,
            edpm_frr_exporter_image: next,
            edpm_download_cache_podman_auth_file: auth,
          },
        },
      );
    const before = decided(await inspect(machine, 'frr_exporter'));
    const result = await update();
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toEqual([
      'Download the container image',
      'Install the quadlet',
      'Start the container, or restart it with its new settings',
    ]);
    expect(await machine.podman('inspect', '--format={{.Config.Labels.next}}', 'frr_exporter')).toBe('yes');
    expect(decided(await inspect(machine, 'frr_exporter'))).toEqual(before);
    expect(await answer(machine, URL)).toContain('frr_up 0');
    await expectUnchanged(machine, update);
  });

  it('passes changed settings on, whatever is in them, and serves TLS to clients with a certificate', async () => {
    const files = '/var/lib/openstack/certs/frr-exporter/default/tls';
    await authority.sign(ADDRESS, machine.path(`${files}.crt`), machine.path(`${files}.key`));
    await authority.sign(
      '192.0.2.99',
      join(machine.folder, 'client.crt'),
      join(machine.folder, 'client.key'),
    );
    const result = await deploy({
      edpm_tls_certs_enabled: true,
      edpm_frr_exporter_tls_client_auth: true,
      edpm_frr_exporter_tls_client_ca: authority.certificate,
      edpm_frr_exporter_disabled_collectors: ['evpn'],
      edpm_frr_exporter_extra_arguments: ['--poll.max-share=0.5%', '--frr.vtysh.prefix=["a \\"b\\" c"]'],
    });
    expect(result.exitCode, result.stdout).toBe(0);
    expect(programArguments(await inspect(machine, 'frr_exporter'))).toEqual([
      'serve',
      '--no-collector.evpn',
      '--poll.max-share=0.5%',
      '--frr.vtysh.prefix=["a \\"b\\" c"]',
    ]);
    const https = URL.replace('http:', 'https:');
    const mine = ['client.crt', 'client.key'].map((file) => join(machine.folder, file)) as [string, string];
    const page = await answer(
      machine,
      '--cacert',
      authority.certificate,
      '--cert',
      mine[0],
      '--key',
      mine[1],
      https,
    );
    expect(page).not.toContain('collector="evpn"');
    await waitFor(
      async () => (await request(machine, '--cacert', authority.certificate, https)).exitCode !== 0,
      {
        within: 5_000,
      },
    );
    await machine.podman('healthcheck', 'run', 'frr_exporter');
  });
});

describe('the cleanup of the data plane', () => {
  const cleanUp = async (services: readonly string[], orphans: boolean) => {
    const result = await playTasks(
      machine,
      [{ 'ansible.builtin.include_role': { name: 'osp.edpm.edpm_cleanup' } }],
      { variables: { edpm_service_types: services, edpm_cleanup_orphaned_containers: orphans } },
    );
    expect(result.exitCode, result.stdout).toBe(0);
  };

  // It fails where no service is left, and its search for orphans where no container is.
  beforeAll(() => {
    const state = parse(readOn(machine, STATE_FILE));
    state.services.ovn = { containers: ['ovn_controller'] };
    // Quoted, as Ansible writes it: a date would not be a string to it.
    writeFileSync(machine.path(STATE_FILE), JSON.stringify(state));
  });

  it('leaves the container of a service that is listed', async () => {
    await cleanUp(['ovn', 'frr-exporter'], true);
    expect(await containers(machine)).toEqual(['frr_exporter running']);
  });

  it('removes that of a service that was dropped, which then does not start again', async () => {
    await cleanUp(['ovn'], false);
    expect(await containers(machine)).toEqual([]);
    const [, condition] =
      /^ConditionPathExists=(.*)$/m.exec(
        readOn(machine, '/etc/containers/systemd/edpm_frr_exporter.container'),
      ) ?? [];
    expect(existsSync(machine.path(condition as string))).toBe(false);
  });
});

describeRemoval(
  () => machine,
  (check) => deploy({ edpm_frr_exporter_state: 'absent' }, check),
);
