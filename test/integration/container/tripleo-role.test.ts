/** The TripleO role on an existing cloud, with real Ansible and real podman. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/index.ts';
import { type PlayResult, play } from './ansible.ts';
import { type Authority, makeAuthority } from './certificates.ts';
import { exporterImage, FRR_IMAGE, type Machine, REPOSITORY, startMachine } from './machine.ts';
import {
  answer,
  containers,
  decided,
  describeRemoval,
  expectRefusal,
  expectUnchanged,
  inspect,
  request,
  traces,
} from './role-proof.ts';
import { withHostVariables } from './service-template.ts';
import { withSystemctl } from './systemd.ts';
import { podmanRun } from './tripleo-container.ts';

const ADDRESS = '192.0.2.10';
const PLAYBOOK = join(REPOSITORY, 'container/tripleo/playbooks/deploy.yaml');

let machine: Machine;
let image: string;
let authority: Authority;

beforeAll(async () => {
  image = await exporterImage();
  machine = await startMachine();
  await withSystemctl(machine);
  await machine.run('ip', ['address', 'add', `${ADDRESS}/32`, 'dev', 'lo']);
  authority = await makeAuthority(join(machine.folder, 'authority'));
});
afterAll(() => machine?.stop());

function deploy(variables: Readonly<Record<string, unknown>> = {}, check = false): Promise<PlayResult> {
  return play(machine, PLAYBOOK, {
    check,
    variables: {
      tripleo_frr_exporter_hosts: 'localhost',
      ctlplane_ip: ADDRESS,
      tripleo_frr_exporter_image: image,
      ...variables,
    },
  });
}

describe('refused before anything is changed', () => {
  it.each([
    [
      'a value that is not a port',
      { tripleo_frr_exporter_port: 'http' },
      /tripleo_frr_exporter_port.*convert.*int/s,
    ],
    [
      'a port beyond all ports',
      { tripleo_frr_exporter_port: 70000 },
      /tripleo_frr_exporter_port must be a port from 1024 to 65535, not 70000/,
    ],
    [
      'an unknown collector',
      { tripleo_frr_exporter_enabled_collectors: ['isis'] },
      /tripleo_frr_exporter_enabled_collectors must be one or more of.*Got no match for: isis/,
    ],
    [
      'TLS without a certificate',
      { tripleo_frr_exporter_tls: true },
      /tripleo_frr_exporter_tls_certificate: the file \/etc\/pki\/tls\/certs\/frr_exporter\.crt does not exist, and TLS requires it/,
    ],
    [
      'every address of the node',
      { tripleo_frr_exporter_address: '0.0.0.0' },
      /tripleo_frr_exporter_address must be one address of the node.*not.*0\.0\.0\.0/,
    ],
    [
      'a password in the clear',
      { tripleo_frr_exporter_basic_auth_users: { prometheus: 'secret' } },
      /tripleo_frr_exporter_basic_auth_users must contain bcrypt hashes; that of user prometheus is not one/,
    ],
  ])('%s', async (_what, variables, message) => {
    await expectRefusal(machine, await deploy(variables), message);
  });

  it('a password in the clear is not printed', async () => {
    const result = await deploy({ tripleo_frr_exporter_basic_auth_users: { prometheus: 'hunter2' } });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toContain('that of user prometheus is not one');
    expect(result.stdout).not.toContain('hunter2');
  });
});

describe('a deployment', () => {
  it('changes nothing in check mode', async () => {
    const result = await deploy({}, true);
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toContain('Create the container');
    expect(await traces(machine)).toEqual([]);
  });

  it('runs the container and keeps it running', async () => {
    const result = await deploy();
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toEqual([
      'Create the configuration directory',
      'Write the web configuration',
      'Create the log directory of the containers',
      'Create the container',
      'Install the unit',
      'Enable and start the unit',
    ]);
    expect(await containers(machine)).toEqual(['frr_exporter running']);
    await answer(machine, `http://${ADDRESS}:9342/metrics`);
    expect((await machine.run('systemctl', ['is-enabled', 'tripleo_frr_exporter'])).stdout).toBe('enabled');
  });

  it('is rolled back to the image that ran before where the new one does not respond', async () => {
    const result = await deploy({
      tripleo_frr_exporter_image: FRR_IMAGE,
      tripleo_frr_exporter_verify_retries: 1,
    });
    expect(result).toMatchObject({ exitCode: 2 });
    expect(result.stdout).toContain(`(rolled back to ${image})`);
    await answer(machine, `http://${ADDRESS}:9342/metrics`);
  });

  it('makes the container that the service template makes', async () => {
    const data = JSON.parse(readFileSync(new URL('role-data/plain.json', import.meta.url), 'utf8'));
    const definition = withHostVariables(data.docker_config.step_5.frr_exporter, { ctlplane_ip: ADDRESS });
    const [, ...args] = podmanRun('by_template', { ...definition, image });
    await machine.podman('create', ...args.filter((arg) => arg !== '--detach'));
    const byTemplate = decided(await inspect(machine, 'by_template'));
    await machine.podman('rm', 'by_template');
    const byRole = decided(await inspect(machine, 'frr_exporter'));
    expect(byRole).toEqual(byTemplate);
    expect(byRole).toMatchObject({
      ReadonlyRootfs: true,
      Memory: 512 * 1024 * 1024,
      healthcheck: ['CMD', '/openstack/healthcheck'],
    });
  });

  it('changes nothing when it is done again', async () => {
    await expectUnchanged(machine, () => deploy());
  });

  it('passes a changed setting on', async () => {
    const result = await deploy({
      tripleo_frr_exporter_port: 9400,
      tripleo_frr_exporter_disabled_collectors: ['evpn'],
    });
    expect(result).toMatchObject({ exitCode: 0, changes: ['Create the container'] });
    expect(await answer(machine, `http://${ADDRESS}:9400/metrics`)).not.toContain('collector="evpn"');
  });
});

describe('TLS', () => {
  const tls = { tripleo_frr_exporter_tls: true, tripleo_frr_exporter_port: 9400 };
  const certificate = '/etc/pki/tls/certs/frr_exporter.crt';
  const key = '/etc/pki/tls/private/frr_exporter.key';
  const url = `https://${ADDRESS}:9400/metrics`;
  const sign = () => authority.sign(ADDRESS, machine.path(certificate), machine.path(key));
  const serial = async () => {
    const { stdout } = await machine.attempt('sh', [
      '-c',
      `openssl s_client -connect ${ADDRESS}:9400 </dev/null 2>/dev/null | openssl x509 -noout -serial`,
    ]);
    return stdout;
  };

  it('is served with the certificate of the node, and nobody else can read the key', async () => {
    await sign();
    const result = await deploy(tls);
    expect(result.exitCode, result.stdout).toBe(0);
    await answer(machine, '--cacert', authority.certificate, url);
    const { stdout } = await machine.run('stat', [
      '--format=%U %g %a',
      '/var/lib/config-data/ansible-generated/frr_exporter/tls.key',
    ]);
    expect(stdout).toBe('root 42499 640');
    await machine.podman('healthcheck', 'run', 'frr_exporter');
  });

  it('is renewed by what certmonger runs, without a restart', async () => {
    const data = JSON.parse(readFileSync(new URL('role-data/tls-ipv6-role.json', import.meta.url), 'utf8'));
    const [{ block }] = data.deploy_steps_tasks;
    const runAfter = block[0].vars.certificate_requests[0].run_after;
    const { StartedAt } = (await inspect(machine, 'frr_exporter')).State;
    const before = await serial();
    expect(before).toMatch(/^serial=/);
    await sign();
    await machine.run('sh', ['-ec', runAfter]);
    await waitFor(async () => (await serial()) !== before, { within: 30_000, for: 'the new certificate' });
    await answer(machine, '--cacert', authority.certificate, url);
    expect((await inspect(machine, 'frr_exporter')).State.StartedAt).toBe(StartedAt);
  });

  it('with client certificates serves only those who have one', async () => {
    await execa('mkdir', ['-p', machine.path('/etc/ipa')]);
    await execa('cp', [authority.certificate, machine.path('/etc/ipa/ca.crt')]);
    const client = join(machine.folder, 'client');
    await authority.sign('192.0.2.99', `${client}.crt`, `${client}.key`);
    expect(await deploy({ ...tls, tripleo_frr_exporter_tls_client_auth: true })).toMatchObject({
      exitCode: 0,
    });
    const mine = ['--cert', `${client}.crt`, '--key', `${client}.key`, '--cacert', authority.certificate];
    await waitFor(
      async () => (await request(machine, '--cacert', authority.certificate, url)).exitCode !== 0,
      {
        within: 20_000,
      },
    );
    await answer(machine, ...mine, url);
    await machine.podman('healthcheck', 'run', 'frr_exporter');
  });
});

describeRemoval(
  () => machine,
  (check) => deploy({ tripleo_frr_exporter_state: 'absent' }, check),
);
