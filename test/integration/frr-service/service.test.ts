/** Both roles by real Ansible: the container of real FRR between two routers, the exporter beside it, and changes to both. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Lab, type Router, readPage, startLab, waitFor } from '../../lab/index.ts';
import { type PlayResult, play } from '../container/ansible.ts';
import {
  exporterImage,
  FRR_SERVICE_IMAGE,
  type Machine,
  REPOSITORY,
  readOn,
  startMachine,
} from '../container/machine.ts';
import { answer, containers, inspect, traces } from '../container/role-proof.ts';
import { withSystemctl } from '../container/systemd.ts';
import { type Parameters, prefixed } from './rendering.ts';
import { PARAMETERS, topology } from './topology.ts';

// A play takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const PEERS = ['eth1', '100.64.2.1', '2001:db8:2::1'];

let image: string;
let lab: Lab;
let machine: Machine;

beforeAll(async () => {
  image = await exporterImage();
  // The container takes the place of the node's own FRR.
  lab = await startLab({ topology: topology('hostname node\n'), up: false });
  for (const daemon of ['watchfrr', ...lab.node.daemons]) await lab.kill('node', daemon);
  machine = await startMachine(lab.node.namespace);
  await withSystemctl(machine);
});
afterAll(async () => {
  await machine?.stop();
  await lab?.stop();
});

function deploy(
  playbook: string,
  parameters: Parameters = {},
  options: { readonly check?: boolean; readonly variables?: Readonly<Record<string, unknown>> } = {},
): Promise<PlayResult> {
  return play(machine, join(REPOSITORY, 'container', playbook), {
    check: options.check ?? false,
    variables: {
      ctlplane_ip: '172.16.0.1',
      ...prefixed({ hostname: 'node', ...PARAMETERS, ...parameters }),
      ...options.variables,
    },
  });
}

const vtysh = (...commands: string[]) =>
  machine.podman('exec', 'frr', 'vtysh', ...commands.flatMap((command) => ['-c', command]));

interface Peer {
  readonly state: string;
  readonly connectionsEstablished: number;
}

async function sessions(): Promise<Readonly<Record<string, string>>> {
  const { ipv4Unicast } = JSON.parse(await vtysh('show bgp summary json'));
  const peers = Object.entries(ipv4Unicast?.peers ?? {}) as [string, Peer][];
  return Object.fromEntries(
    peers.map(([peer, { state, connectionsEstablished }]) => [peer, `${state} ${connectionsEstablished}`]),
  );
}

const allUp = () =>
  waitFor(
    async () => {
      const states = await sessions();
      return PEERS.every((peer) => states[peer]?.startsWith('Established'));
    },
    { within: 30_000, every: 250, for: 'the sessions to come up' },
  );

/** The prefixes that a router has from the node. */
async function announced(): Promise<readonly string[]> {
  const { routes } = await lab.tor1.json<{ routes: Record<string, { path: string }[]> }>(
    'show bgp ipv4 unicast json',
  );
  return Object.keys(routes).filter((prefix) => routes[prefix]?.some(({ path }) => /^64999\b/.test(path)));
}

const HOST_ROUTES = ['172.16.0.1/32', '203.0.113.20/32'];

describe('on a node of TripleO', () => {
  const tripleo = (parameters: Parameters = {}, check = false, state = 'present', frr = FRR_SERVICE_IMAGE) =>
    deploy('tripleo/playbooks/frr.yaml', parameters, {
      check,
      variables: {
        frr_node_hosts: 'localhost',
        frr_node_image: frr,
        frr_node_state: state,
        tripleo_frr_exporter_image: image,
        tripleo_frr_exporter_poll_interval: 1,
        tripleo_frr_exporter_extra_arguments: ['--poll.max-share=50%'],
        tripleo_frr_exporter_state: state,
      },
    });

  it('changes nothing in check mode', async () => {
    const result = await tripleo({}, true);
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toContain('Create the container');
    expect(await traces(machine)).toEqual([]);
  });

  it('brings up FRR and the exporter', async () => {
    const result = await tripleo();
    expect(result.exitCode, result.stdout).toBe(0);
    await allUp();
    expect(await containers(machine)).toEqual(['frr running', 'frr_exporter running']);
    await machine.podman('exec', 'frr', '/openstack/healthcheck');
    await waitFor(async () => (await announced()).length === 2, { within: 10_000, for: 'the host routes' });
    expect(await announced()).toEqual(HOST_ROUTES);
  });

  it('runs as frr, with four capabilities and no more', async () => {
    const { Config, HostConfig } = await inspect(machine, 'frr');
    expect(Config.User).toBe('frr');
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
    });
    // podman's account leaves out those that a container has anyway.
    expect(await machine.podman('top', 'frr', 'user', 'capbnd')).toMatch(
      /^USER +BOUNDING CAPS\n(frr +NET_ADMIN,NET_BIND_SERVICE,NET_RAW,SYS_ADMIN\n?)+$/,
    );
    const { stdout } = await machine.run('stat', ['--format=%u %g %a', '/run/frr', '/run/frr/bgpd.vty']);
    expect(stdout).toBe('42484 42483 750\n42484 42483 770');
  });

  it('changes nothing when it is done again', async () => {
    expect(await tripleo()).toMatchObject({ exitCode: 0, changed: 0, changes: [] });
  });

  it('refuses a line that FRR does not understand, by file and line', async () => {
    const before = readOn(machine, '/var/lib/config-data/ansible-generated/frr/frr.conf');
    const result = await tripleo({ conf_custom_router_bgp: 'neighbor uplink colour blue' });
    expect(result).toMatchObject({ exitCode: 2, changed: 0 });
    expect(result.stdout).toMatch(/frr\.conf line \d+: Unknown command: neighbor uplink colour blue/);
    expect(readOn(machine, '/var/lib/config-data/ansible-generated/frr/frr.conf')).toBe(before);
  });

  it('applies a change without dropping a session, and keeps what an agent has added', async () => {
    await vtysh(
      ...[
        'configure terminal',
        'router bgp 64999 vrf bgp-vrf',
        'address-family ipv4 unicast',
        'redistribute kernel',
      ],
    );
    await vtysh(
      ...['configure terminal', 'router bgp 64999', 'address-family ipv4 unicast', 'import vrf bgp-vrf'],
    );
    const before = await sessions();
    const result = await tripleo({ bgp_advertise: ['10.50.0.0/24'] });
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toEqual([
      'Write the configuration',
      'Change the running FRR',
      'Save the configuration as the last good one',
    ]);
    await waitFor(async () => (await announced()).includes('10.50.0.0/24'), { within: 10_000 }).catch(
      () => [],
    );
    expect(await sessions()).toEqual(before);
    const running = await vtysh('show running-config');
    expect(running).toContain('ip prefix-list only-host-prefixes seq 10 permit 10.50.0.0/24');
    expect(running).toMatch(/router bgp 64999 vrf bgp-vrf\n(.*\n)* {2}redistribute kernel\n/);
    expect(running).toMatch(/ {2}import vrf bgp-vrf\n/);
  });

  it('has no drift then; what somebody changes is reported, until it is undone', async () => {
    const peer = '2001:db8:2::1';
    const drift = (missing: number, added: number, present: 0 | 1) =>
      waitFor(
        async () => {
          const page = readPage(await answer(machine, 'http://172.16.0.1:9342/metrics'));
          expect(page.value('frr_config_drift', { change: 'missing' })).toBe(missing);
          expect(page.value('frr_config_drift', { change: 'added' })).toBe(added);
          expect(page.value('frr_config_peer_present', { vrf: 'default', peer })).toBe(present);
          return true;
        },
        { within: 60_000, every: 500, for: 'the drift' },
      );
    // With all that an agent has added, and after a reload.
    await drift(0, 0, 1);
    await vtysh('configure terminal', 'router bgp 64999', `no neighbor ${peer}`);
    await vtysh('configure terminal', 'ip prefix-list only-host-prefixes seq 6 permit any');
    await drift(1, 1, 0);
    expect((await machine.podman('exec', 'frr', 'frr-config', 'drift')).split('\n')).toEqual(
      expect.arrayContaining([
        `- router bgp 64999 / neighbor ${peer} peer-group uplink`,
        '+ ip prefix-list only-host-prefixes seq 6 permit any',
      ]),
    );
    // What was added might be an agent's, and stays.
    await machine.podman('exec', 'frr', 'frr-config', 'apply');
    await drift(0, 1, 1);
    await vtysh('configure terminal', 'no ip prefix-list only-host-prefixes seq 6 permit any');
    await drift(0, 0, 1);
    await allUp();
    expect(await vtysh('show running-config')).toContain('import vrf bgp-vrf');
  });

  it('rolls back a change that FRR accepts and that loses a session', async () => {
    const result = await tripleo({
      bgp_advertise: ['10.50.0.0/24'],
      conf_custom_router_bgp: 'neighbor uplink advertisement-interval 0\nneighbor 100.64.2.1 shutdown',
      converge_timeout: 16,
    });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toContain(
      '16 s after the change: BGP session 100.64.2.1 (VRF default) is lost; the last good configuration is restored',
    );
    await allUp();
    expect(readOn(machine, '/var/lib/config-data/ansible-generated/frr/frr.conf')).not.toContain('shutdown');
    expect(await vtysh('show running-config')).toContain('import vrf bgp-vrf');
  });

  it('rolls back a change of the daemons', async () => {
    const result = await tripleo({ bgp_advertise: ['10.50.0.0/24'], bgp: false, converge_timeout: 16 });
    expect(result.exitCode).toBe(2);
    // The sessions are lost once their last samples are stale, which may be later.
    expect(result.stdout).toMatch(
      /16 s after the change: .*bgp is not polled: .*bgpd.*; the last good configuration is restored/,
    );
    await allUp();
    expect(readOn(machine, '/var/lib/config-data/ansible-generated/frr/daemons')).toContain('bgpd=yes\n');
  });

  it('rolls back an image that does not run', async () => {
    const { Image } = await inspect(machine, 'frr');
    await machine.podman(
      'commit',
      '--quiet',
      '--change=ENTRYPOINT ["/bin/false"]',
      'frr',
      'localhost/broken-frr',
    );
    const result = await tripleo(
      { bgp_advertise: ['10.50.0.0/24'] },
      false,
      'present',
      'localhost/broken-frr',
    );
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(/the change failed: .*; the last good configuration is restored/);
    await allUp();
    expect((await inspect(machine, 'frr')).Image).toBe(Image);
  });

  it('changes nothing after the rollbacks', async () => {
    expect(await tripleo({ bgp_advertise: ['10.50.0.0/24'] })).toMatchObject({ exitCode: 0, changed: 0 });
  });

  it('installs the default route again when its source address is back', async () => {
    const defaults = () => lab.node.run('ip', 'route', 'show', 'default');
    await waitFor(async () => /src 172\.16\.0\.1/.test(await defaults()), { within: 10_000 });
    await lab.node.ip('addr del 172.16.0.1/32 dev lo');
    expect(await defaults()).toBe('');
    await lab.node.ip('addr add 172.16.0.1/32 dev lo');
    await waitFor(async () => /src 172\.16\.0\.1/.test(await defaults()), {
      within: 15_000,
      for: 'the default route to come back',
    });

    // FRR that starts without the address refuses the line that names it.
    await lab.node.ip('addr del 172.16.0.1/32 dev lo');
    await machine.podman('restart', 'frr');
    await allUp();
    await lab.node.ip('addr add 172.16.0.1/32 dev lo');
    await waitFor(async () => /src 172\.16\.0\.1/.test(await defaults()), {
      within: 15_000,
      for: 'the source address to come back',
    });
  });

  it('ends with watchfrr', async () => {
    await machine.podman('exec', 'frr', 'bash', '-c', 'kill -KILL "$(cat /run/frr/watchfrr.pid)"');
    await waitFor(async () => (await containers(machine)).includes('frr exited'), {
      within: 10_000,
      for: 'the container to end',
    });
    expect(await machine.logs('frr')).toContain('watchfrr ended with exit status 137; so does the container');
    await machine.podman('start', 'frr');
    await allUp();
  });

  it('notifies the peers when it is stopped, and they withdraw its routes at once', async () => {
    await waitFor(async () => (await announced()).length > 0, { within: 10_000 });
    await machine.podman('stop', 'frr');
    expect(await announced()).toEqual([]);
    const told = async (router: Router) =>
      Object.values(
        await router.json<Record<string, Record<string, unknown>>>('show bgp neighbors json'),
      ).map(({ lastResetDueTo, lastNotificationReason, lastShutdownDescription }) => ({
        lastResetDueTo,
        lastNotificationReason,
        lastShutdownDescription,
      }));
    const notified = {
      lastResetDueTo: 'BGP Notification received',
      lastNotificationReason: 'Cease/Administrative Shutdown',
      lastShutdownDescription: 'FRR is stopped',
    };
    expect(await told(lab.tor1)).toEqual([notified]);
    expect(await told(lab.tor2)).toEqual([notified, notified]);
    await machine.podman('start', 'frr');
    await allUp();
  });

  it('leaves the routes of the kernel while it is replaced, and is removed', async () => {
    const defaults = () => lab.node.run('ip', 'route', 'show', 'default');
    await waitFor(async () => (await defaults()) !== '', { within: 10_000 });
    const before = await defaults();
    await machine.run('touch', ['/run/frr/keep-forwarding']);
    await machine.podman('stop', 'frr');
    expect(await defaults()).toBe(before);
    await machine.podman('start', 'frr');
    await allUp();

    const result = await tripleo({}, false, 'absent');
    expect(result.exitCode, result.stdout).toBe(0);
  });
});

describe('on a data plane node', () => {
  /** Where the test's edpm_nftables records that it ran. */
  const RULES_LOADED = '/run/edpm_nftables';
  const edpm = (parameters: Parameters = {}, state = 'present', check = false, frr = FRR_SERVICE_IMAGE) =>
    deploy('edpm/playbooks/frr.yml', parameters, {
      check,
      variables: {
        edpm_override_hosts: 'localhost',
        frr_node_image: frr,
        frr_node_state: state,
        frr_node_exporter: false,
        frr_node_status_url: '',
        // A variable of the role before it.
        edpm_frr_bgp_maximum_prefix: 50,
      },
    });

  it('changes nothing in check mode, and loads no rules', async () => {
    const before = await traces(machine);
    const result = await edpm({}, 'present', true);
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.changes).toContain('Install the quadlet');
    expect(await traces(machine)).toEqual(before);
    expect(existsSync(machine.path(RULES_LOADED))).toBe(false);
  });

  it('brings up FRR by its quadlet, and adopts the variables of edpm_frr', async () => {
    const result = await edpm();
    expect(result.exitCode, result.stdout).toBe(0);
    await allUp();
    expect(await vtysh('show running-config')).toContain('neighbor uplink maximum-prefix 50 restart 1');
    expect(readOn(machine, '/var/lib/edpm-config/firewall/frr.yaml')).toContain("dport: ['179']");
    expect(readOn(machine, RULES_LOADED)).toBe('configure\nrun\n');
    const { HostConfig } = await inspect(machine, 'frr');
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false });
  });

  it('changes nothing when it is done again', async () => {
    expect(await edpm()).toMatchObject({ exitCode: 0, changed: 0, changes: [] });
  });

  it('rolls back an image that does not run', async () => {
    const { Image } = await inspect(machine, 'frr');
    const result = await edpm({}, 'present', false, 'localhost/broken-frr');
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(/the change failed: .*; the last good configuration is restored/);
    await allUp();
    expect((await inspect(machine, 'frr')).Image).toBe(Image);
  });

  it('is removed, and the rules are loaded again without its ports', async () => {
    // Also when a run before was interrupted after it had removed everything.
    for (let times = 0; times < 2; times++) {
      await machine.run('rm', [RULES_LOADED]);
      const result = await edpm({}, 'absent');
      expect(result.exitCode, result.stdout).toBe(0);
      expect(await containers(machine)).not.toContain('frr running');
      expect(readOn(machine, RULES_LOADED)).toBe('configure\nrun\n');
    }
  });
});

describe('a witness', () => {
  const witness = (parameters: Parameters = {}) =>
    deploy(
      'tripleo/playbooks/frr.yaml',
      { witness: true, ...parameters },
      {
        variables: {
          frr_node_hosts: 'localhost',
          frr_node_image: FRR_SERVICE_IMAGE,
          frr_node_status_url: '',
          tripleo_frr_exporter_image: image,
          tripleo_frr_exporter_poll_interval: 1,
        },
      },
    );

  it('comes up, and passes the check that it announces nothing', async () => {
    const result = await witness();
    expect(result.exitCode, result.stdout).toBe(0);
    await allUp();
  });

  it('is refused as soon as it could announce something', async () => {
    const result = await witness({
      conf_custom_router_bgp:
        'neighbor 192.0.2.9 remote-as external\naddress-family ipv4 unicast\nneighbor 192.0.2.9 activate\nexit-address-family',
    });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toContain(
      'this is no witness: 192.0.2.9 (VRF default, ipv4Unicast) is sent 0 prefixes without a route map; the last good configuration is restored',
    );
    expect(await vtysh('show running-config')).not.toContain('192.0.2.9');
  });
});

it('goes from one node to a quarter of them', () => {
  for (const playbook of ['tripleo/playbooks/frr.yaml', 'edpm/playbooks/frr.yml'])
    expect(readFileSync(join(REPOSITORY, 'container', playbook), 'utf8')).toContain(
      "serial: \"{{ frr_node_serial | default([1, '5%', '25%']) }}\"\n  max_fail_percentage: 0\n",
    );
});
