/** The image on the FRR of either Debian release, in real podman: what runs in it, and which capabilities it needs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { configDrift } from '../../../src/collectors/config-drift.ts';
import { openSource } from '../../../src/frr/open.ts';
import { waitFor } from '../../lab/index.ts';
import { collect, frrOf, lines } from '../../unit/collectors/recorded.ts';
import {
  exporterImage,
  FRR_SERVICE_IMAGE,
  FRR_SERVICE_IMAGE_10,
  type Machine,
  startMachine,
} from '../container/machine.ts';
import { containers } from '../container/role-proof.ts';
import { render } from './rendering.ts';

const CAPABILITIES = ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW', 'SYS_ADMIN'] as const;
const CONFIG = '/etc/frr-of-the-test';

let machine: Machine;
beforeAll(async () => {
  await exporterImage('--with-frr-10');
  machine = await startMachine();
  mkdirSync(machine.path(CONFIG));
  await machine.run('chown', ['42484:42483', '/run/frr']);
});
afterAll(() => machine?.stop());

describe.each([
  { image: FRR_SERVICE_IMAGE, version: '8.4.4', daemons: ['zebra', 'staticd', 'bgpd', 'bfdd'] },
  { image: FRR_SERVICE_IMAGE_10, version: '10.3', daemons: ['mgmtd', 'zebra', 'staticd', 'bgpd', 'bfdd'] },
])('the image with FRR $version', ({ image, version, daemons }) => {
  const exec = (...command: string[]) => machine.podman('exec', 'frr', ...command);
  const run = (capabilities: readonly string[]) =>
    machine.podman(
      ...['run', '--detach', '--name=frr', '--network=host', '--read-only', '--cap-drop=all'],
      ...capabilities.map((capability) => `--cap-add=${capability}`),
      ...['--security-opt=no-new-privileges', `--volume=${CONFIG}:/etc/frr:ro`, '--volume=/run/frr:/run/frr'],
      ...['--tmpfs=/var/log/frr', image],
    );

  beforeAll(async () => {
    const { node } = await render({ node: { bgp_uplinks: ['eth1'], bfd: true, bgp_l2vpn: true, version } });
    for (const [name, text] of Object.entries(node)) writeFileSync(machine.path(`${CONFIG}/${name}`), text);
    await run(CAPABILITIES);
    await waitFor(() => exec('cat', '/run/frr/placed.sha256'), { within: 30_000, for: 'FRR' });
  });
  afterAll(() => machine.podman('rm', '--force', '--time=1', 'frr'));

  it('runs its daemons, and its health check finds them', async () => {
    expect((await exec('frr-daemon', 'list')).split('\n')).toEqual(daemons);
    await exec('/openstack/healthcheck');
    expect(await exec('vtysh', '-c', 'show version')).toContain(`FRRouting ${version}`);
    expect(await exec('vtysh', '-c', 'show running-config')).toContain(
      'neighbor uplink route-map own-host-routes out',
    );
  });

  it('has no drift, for the exporter either', async () => {
    const { source } = await openSource({
      kind: 'socket',
      socketDir: machine.path('/run/frr'),
      vtyshPath: 'vtysh',
      vtyshPrefix: [],
      maxOutput: 1e7,
    });
    try {
      const digest = machine.path('/run/frr/placed.sha256');
      expect(lines(await collect(activate(configDrift, { digest }), frrOf(source))).slice(0, 2)).toEqual([
        'frr_config_drift{change="missing"} 0',
        'frr_config_drift{change="added"} 0',
      ]);
    } finally {
      await source.close();
    }
  });

  it('finds and applies a change', async () => {
    const line = 'ip prefix-list only-host-prefixes seq 5 permit 0.0.0.0/0 ge 32';
    await exec('vtysh', '-c', 'configure terminal', '-c', `no ${line}`);
    expect(await exec('frr-config', 'drift')).toBe(`- ${line}`);
    expect(await exec('frr-config', 'apply')).toBe(`+ ${line}`);
    expect(await exec('frr-config', 'drift')).toBe('');
  });

  it('names a daemon that does not answer', async () => {
    await exec('sh', '-c', 'kill -STOP $(cat /run/frr/bfdd.pid)');
    await expect(exec('/openstack/healthcheck')).rejects.toThrow('bfdd does not answer');
    await exec('sh', '-c', 'kill -CONT $(cat /run/frr/bfdd.pid)');
    await exec('/openstack/healthcheck');
  });

  it('ends with watchfrr', async () => {
    await exec('sh', '-c', 'kill -KILL $(cat /run/frr/watchfrr.pid)');
    await waitFor(async () => (await containers(machine)).includes('frr exited'), {
      within: 20_000,
      for: 'the container to end',
    });
  });

  it.each(CAPABILITIES)('does not start without %s', async (missing) => {
    await machine.podman('rm', '--force', '--time=1', 'frr');
    await run(CAPABILITIES.filter((capability) => capability !== missing));
    // bgpd demands all four when it starts, used or not.
    await waitFor(
      async () =>
        (await machine.logs('frr')).includes('initial cap_set_proc failed: Operation not permitted'),
      {
        within: 20_000,
        for: 'a daemon to refuse',
      },
    );
    await expect(exec('/openstack/healthcheck')).rejects.toThrow('bgpd does not answer');
  });
});
