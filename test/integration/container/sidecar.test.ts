/** The exporter and FRR as TripleO deploys them, with the real image, role data, configuration and container. */
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { type Lab, startLab, waitFor } from '../../lab/index.ts';
import { playTasks } from './ansible.ts';
import { FRR_UID, FRRVTY_GID, type FrrContainer, startFrrContainer } from './frr-container.ts';
import { startHeat } from './heat.ts';
import { exporterImage, type Machine, startMachine } from './machine.ts';
import { type ContainerDefinition, type RoleData, roleData, withHostVariables } from './service-template.ts';
import { podmanRun, run } from './tripleo-container.ts';

/** An address of the laboratory's node. */
const CTLPLANE_IP = '172.16.0.1';

let lab: Lab;
let machine: Machine;
let frr: FrrContainer;
let data: RoleData;
let definition: ContainerDefinition;

async function evaluate(image: string): Promise<RoleData> {
  await using heat = await startHeat();
  return await roleData(heat, {
    parameters: { ContainerFrrExporterImage: image, FrrExporterPollInterval: 1, FrrExporterTimeout: 2 },
  });
}

/** The page, as Prometheus on the node's network gets it. */
async function page(path = '/metrics', address = `${CTLPLANE_IP}:9342`): Promise<string> {
  return (await machine.run('curl', ['--silent', '--fail', '--max-time', '3', `http://${address}${path}`]))
    .stdout;
}

async function samples(name: string): Promise<readonly string[]> {
  return (await page())
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
}

/** Runs JavaScript in the running container, as its user. */
function inside(code: string) {
  return machine.attempt('podman', ['exec', 'frr_exporter', '/usr/local/bin/node', '--eval', code]);
}

async function untilFresh(): Promise<void> {
  await waitFor(
    async () => (await samples('frr_bgp_session_up')).filter((line) => line.endsWith(' 1')).length === 2,
    {
      within: 30_000,
      for: 'the exporter to report both uplinks',
    },
  );
}

beforeAll(async () => {
  const image = await exporterImage();
  [data, lab] = await Promise.all([evaluate(image), startLab({ name: 'sidecar', up: false })]);
  machine = await startMachine(lab.node.namespace);
  frr = await startFrrContainer(lab, machine);

  // In the order of a deployment: preparation of the host, step 5, the containers of step 5.
  const steps = await playTasks(
    machine,
    [...(data.host_prep_tasks as []), ...(data.deploy_steps_tasks as [])],
    {
      variables: { ctlplane_ip: CTLPLANE_IP, step: 5 },
    },
  );
  expect(steps.failed, steps.stdout).toBe(0);
  definition = withHostVariables(data.docker_config.step_5.frr_exporter, { ctlplane_ip: CTLPLANE_IP });
  await run(machine, 'frr_exporter', definition);
  await waitFor(() => page('/readyz'), { within: 30_000, for: 'the first poll' });
  await untilFresh();
});

afterAll(async () => {
  await machine?.stop();
  await lab?.stop();
});

describe('the container that the service template yields', () => {
  it('reports FRR in the other container', async () => {
    expect(await samples('frr_up')).toEqual(['frr_up 1']);
    expect(await samples('frr_bgp_session_up')).toEqual(
      expect.arrayContaining([
        'frr_bgp_session_up{vrf="default",peer="100.64.1.1"} 1',
        'frr_bgp_session_up{vrf="default",peer="eth2"} 1',
        'frr_bgp_session_up{vrf="default",peer="192.0.2.66"} 0',
      ]),
    );
    const enabled = COLLECTORS.filter((collector) => collector.enabledByDefault);
    expect(await samples('frr_collector_up')).toEqual(
      enabled.map(({ name }) => `frr_collector_up{collector="${name}"} 1`),
    );
  });

  it('reports the addresses of the node, whose network it uses', async () => {
    expect(await samples('frr_host_route_advertised_peers')).toContain(
      `frr_host_route_advertised_peers{address="${CTLPLANE_IP}",interface="lo",afi="ipv4",vrf="default",origin="interface"} 2`,
    );
  });

  it('listens on the address of its network and nowhere else', async () => {
    await expect(page('/metrics', '127.0.0.1:9342')).rejects.toThrow('exit status 7');
    await expect(page('/metrics', '100.64.1.2:9342')).rejects.toThrow('exit status 7');
  });

  it('runs as nobody, without capabilities, and can get no more', async () => {
    const { stdout } = await inside(`
      const status = require('node:fs').readFileSync('/proc/1/status', 'utf8');
      const fields = Object.fromEntries(status.split('\\n').map((line) => line.split(':\\t')));
      console.log(JSON.stringify([fields.Uid, fields.Gid, fields.Groups.trim(), fields.CapEff, fields.CapBnd, fields.NoNewPrivs]));
    `);
    expect(JSON.parse(stdout)).toEqual([
      '42499\t42499\t42499\t42499',
      '42499\t42499\t42499\t42499',
      `${FRRVTY_GID} 42499`,
      '0000000000000000',
      '0000000000000000',
      '1',
    ]);
  });

  it.each(['/run/frr/x', '/x', '/tmp/x', '/run/x', '/app/x', '/etc/frr-exporter/x', '/var/tmp/x'])(
    'cannot write %s',
    async (path) => {
      const { exitCode, stderr } = await inside(
        `require('node:fs').writeFileSync(${JSON.stringify(path)}, 'x')`,
      );
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/EROFS|ENOENT/);
    },
  );

  it('cannot remove a socket of FRR', async () => {
    const { exitCode, stderr } = await inside(`require('node:fs').unlinkSync('/run/frr/bgpd.vty')`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('EROFS');
  });

  it('has no shell and nothing else to run', async () => {
    for (const program of ['sh', '/bin/sh', '/bin/bash', '/usr/bin/env', 'npm', '/bin/busybox'])
      expect((await machine.attempt('podman', ['exec', 'frr_exporter', program])).exitCode, program).toBe(
        127,
      );
    const { stdout } = await inside(`
      const { readdirSync } = require('node:fs');
      const folders = ['bin', 'sbin', 'usr', 'opt', 'home', 'root', 'var'];
      const files = (folder) => { try { return readdirSync('/' + folder, { recursive: true }); } catch { return []; } };
      console.log(JSON.stringify(folders.flatMap((folder) => files(folder).map((file) => folder + '/' + file))));
    `);
    expect(JSON.parse(stdout).sort()).toEqual([
      'usr/local',
      'usr/local/bin',
      'usr/local/bin/frr-exporter',
      'usr/local/bin/node',
    ]);
  });

  it('is healthy as podman sees it', async () => {
    await machine.podman('healthcheck', 'run', 'frr_exporter');
    expect(await machine.podman('inspect', 'frr_exporter', '--format={{.State.Health.Status}}')).toBe(
      'healthy',
    );
  });

  it('ends at once when it is stopped', async () => {
    await run(machine, 'short', {
      ...definition,
      environment: { ...definition.environment, FRR_EXPORTER_WEB_LISTEN_ADDRESS: `${CTLPLANE_IP}:9399` },
    });
    await waitFor(() => page('/healthz', `${CTLPLANE_IP}:9399`), { within: 20_000 });
    await machine.podman('stop', '--time', '20', 'short');
    expect(await machine.podman('inspect', 'short', '--format={{.State.ExitCode}}')).toBe('0');
    await machine.podman('rm', 'short');
  });
});

describe('without the group of the sockets', () => {
  it('has no rights, says so, and names the group', async () => {
    const { group_add: _, ...without } = definition;
    const environment = { ...definition.environment, FRR_EXPORTER_WEB_LISTEN_ADDRESS: `${CTLPLANE_IP}:9398` };
    await run(machine, 'without', { ...without, environment });
    const other = await waitFor(
      () => page('/metrics', `${CTLPLANE_IP}:9398`).then((text) => /frr_up 0/.test(text) && text),
      {
        within: 20_000,
      },
    );
    expect(other).toContain('frr_collector_errors_total{collector="bgp",reason="permission_denied"} ');
    expect(other).not.toContain('frr_bgp_session_up{');
    expect(await machine.logs('without')).toMatch(/permission denied/);
    const doctor = await machine.attempt('podman', ['exec', 'without', 'frr-exporter', 'doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(new RegExp(`frrvty.*${FRRVTY_GID}|${FRRVTY_GID}.*frrvty`));
    await machine.podman('rm', '--force', '--time', '1', 'without');
  });
});

describe('what comes from outside', () => {
  /** Everything that a person or a program could put in: the pages, the flags, the environment. */
  const hostile = 'configure terminal\nrouter bgp 64999\nneighbor 192.0.2.66 shutdown\nend\0enable\0';

  it('never becomes a command', async () => {
    const before = await frr.vtysh('show running-config');
    const seen = (await frr.commandsSeen()).length;

    const url = encodeURIComponent(hostile);
    for (const path of [
      `/metrics?collect[]=${url}`,
      `/metrics?exclude[]=${url}`,
      `/${url}`,
      `/metrics/${url}`,
    ])
      await machine.attempt('curl', ['--silent', '--max-time', '3', `http://${CTLPLANE_IP}:9342${path}`]);
    await machine.attempt('curl', [
      '--silent',
      '--data',
      hostile.replaceAll('\0', ''),
      `http://${CTLPLANE_IP}:9342/metrics`,
    ]);
    await machine.attempt('curl', [
      '--silent',
      '--header',
      `X-Scope: ${url}`,
      `http://${CTLPLANE_IP}:9342/metrics`,
    ]);
    const words = hostile.split('\0')[0] as string;
    for (const setting of [
      'FRR_EXPORTER_FRR_PATHSPACE',
      'FRR_EXPORTER_FRR_TIMEOUT',
      'FRR_EXPORTER_COLLECTOR_HOST_ROUTES_INCLUDE',
      'FRR_EXPORTER_COLLECTOR_BGP',
      'FRR_EXPORTER_LOG_LEVEL',
      'FRR_EXPORTER_WEB_TELEMETRY_PATH',
    ]) {
      const [, , , ...rest] = podmanRun('hostile', {
        ...definition,
        environment: { ...definition.environment, [setting]: words },
        command: ['once'],
      });
      const refused = await machine.attempt('podman', ['run', '--rm', ...rest]);
      expect(refused.exitCode, refused.stdout).toBe(2);
      expect(refused.stderr, setting).toContain(setting);
    }
    const [, , , ...rest] = podmanRun('hostile', { ...definition, command: ['once', words] });
    expect((await machine.attempt('podman', ['run', '--rm', ...rest])).exitCode).toBe(2);

    // Since then, FRR has logged the commands of every poll and nothing else.
    await waitFor(async () => (await frr.commandsSeen()).length > seen + 10, { within: 30_000 });
    const queried = new Set((await frr.commandsSeen()).slice(seen));
    queried.delete('enable');
    const allowed = new Set<string>(Object.values(COMMANDS).map(({ text }) => text));
    const parameterised =
      /^show (version|memory|ip(v6)? route (vrf all )?(0\.0\.0\.0\/0|::\/0|summary|connected|kernel|static) json|bgp ipv[46] unicast ([0-9a-f.:]+\/(32|128)|route-leak) json)$/;
    const others = [...queried].filter((command) => !allowed.has(command) && !parameterised.test(command));
    expect(others).toEqual([]);
    expect(await frr.vtysh('show running-config')).toBe(before);
  });
});

describe('when FRR is restarted under it', () => {
  const started = () =>
    machine.podman('inspect', 'frr_exporter', '--format={{.State.StartedAt}} {{.State.Running}}');
  const folder = () => machine.path('/run/frr');

  it('recovers with the sockets that come back, without a restart', async () => {
    const since = await started();
    await frr.restart(async () => {
      // The sockets are gone, the folder is root's, as after a boot.
      for (const file of readdirSync(folder())) rmSync(join(folder(), file));
      chownSync(folder(), 0, 0);
      chmodSync(folder(), 0o750);
      await waitFor(async () => (await samples('frr_up')).includes('frr_up 0'), { within: 60_000 });
      // FRR is down, the exporter is not.
      await machine.podman('healthcheck', 'run', 'frr_exporter');
    });
    expect(statSync(folder())).toMatchObject({ uid: FRR_UID, gid: FRRVTY_GID });
    await untilFresh();
    expect(await samples('frr_up')).toEqual(['frr_up 1']);
    expect(await started()).toBe(since);
  });

  it('exits with a message when the folder itself was created again, and its unit restarts it', async () => {
    await frr.restart(async () => {
      rmSync(folder(), { recursive: true });
      mkdirSync(folder(), { mode: 0o750 });
      await waitFor(async () => (await started()).endsWith('false'), {
        within: 20_000,
        for: 'the exporter to see that its folder is gone',
      });
    });
    expect(await machine.logs('frr_exporter')).toMatch(
      /^frr-exporter: \/run\/frr was removed and created again outside of this container, .*must be restarted$/m,
    );
    // What systemd does (Restart=always): podman start.
    await machine.podman('start', 'frr_exporter');
    await untilFresh();
  });
});
