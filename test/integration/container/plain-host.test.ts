/** Hosts without OpenStack: the systemd unit, a container, the compose file, the npm package. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { answers, freePort, start, waitFor } from '../../lab/index.ts';
import { readmeCommand } from '../../readme-commands.ts';
import { unpackRecording } from '../../recordings.ts';
import {
  exporterImage,
  FRR_IMAGE,
  FRR_SERVICE_IMAGE,
  type Machine,
  REPOSITORY,
  startMachine,
} from './machine.ts';
import { answer, decided, inspect } from './role-proof.ts';

const UNIT = join(REPOSITORY, 'container/systemd/frr-exporter.service');

let machine: Machine;
let image: string;
beforeAll(async () => {
  image = await exporterImage();
  machine = await startMachine();
});
afterAll(() => machine?.stop());

describe('the systemd unit', () => {
  const value = (key: string) =>
    readFileSync(UNIT, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));

  it('has an exposure level of at most 2.0', async () => {
    const { stdout } = await execa('systemd-analyze', ['security', '--offline=yes', '--no-pager', UNIT]);
    const [, exposure] = /Overall exposure level for frr-exporter\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeGreaterThan(0);
    expect(Number(exposure)).toBeLessThanOrEqual(2);
  });

  it('is accepted by systemd', async () => {
    // Only the program is not installed here.
    const copy = join(machine.folder, 'frr-exporter.service');
    writeFileSync(copy, readFileSync(UNIT, 'utf8').replace(/^ExecStart=.*/m, 'ExecStart=/bin/true'));
    const { all } = await execa('systemd-analyze', ['verify', '--man=no', copy], {
      all: true,
      reject: false,
    });
    expect(all).toBe('');
  });

  it('allows the system calls of the exporter', async () => {
    // The unit's filter as a seccomp profile, with the exporter in its container under it.
    const { stdout } = await execa('systemd-analyze', ['syscall-filter', '--no-pager']);
    const groups = new Map(
      stdout.split(/\n(?=@)/).map((group) => {
        const [name, , ...calls] = group.split('\n').map((line) => line.trim());
        return [name as string, calls.filter((call) => call !== '' && !call.startsWith('#'))];
      }),
    );
    const expand = (name: string): string[] =>
      name.startsWith('@') ? (groups.get(name) ?? []).flatMap(expand) : [name];
    const [allowed, denied] = value('SystemCallFilter').map((filter) =>
      filter.replace('~', '').split(' ').flatMap(expand),
    ) as [string[], string[]];
    expect(allowed.length).toBeGreaterThan(200);
    expect(denied).toContain('chown');
    const names = allowed.filter((call) => !denied.includes(call));
    const profile = join(machine.folder, 'seccomp.json');
    writeFileSync(
      profile,
      JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names, action: 'SCMP_ACT_ALLOW' }] }),
    );
    await machine.podman(
      ...['run', '--detach', '--name=filtered', '--network=host', '--security-opt=no-new-privileges'],
      `--security-opt=seccomp=${profile}`,
      ...[image, '--frr.source=socket', '--web.listen-address=127.0.0.1:9401', '--poll.interval=1s'],
    );
    expect(await answer(machine, 'http://127.0.0.1:9401/metrics')).toContain('process_cpu_seconds_total');
    await answer(machine, 'http://127.0.0.1:9401/readyz');
    await machine.podman('stop', '--time=5', 'filtered');
    expect(await machine.podman('inspect', '--format={{.State.ExitCode}}', 'filtered')).toBe('0');
  });
});

describe('plain containers', () => {
  const BGP = 'frr_bgp_info{vrf="default",router_id="192.0.2.1",local_as="64999"} 1';

  async function withFrr(): Promise<void> {
    mkdirSync(machine.path('/etc/frr-of-the-test'));
    writeFileSync(machine.path('/etc/frr-of-the-test/daemons'), 'bgpd=yes\n');
    writeFileSync(
      machine.path('/etc/frr-of-the-test/frr.conf'),
      'router bgp 64999\n bgp router-id 192.0.2.1\n neighbor 192.0.2.9 remote-as 65000\n',
    );
    writeFileSync(machine.path('/etc/frr-of-the-test/vtysh.conf'), 'service integrated-vtysh-config\n');
  }

  it('run with the command in the documentation', async () => {
    await withFrr();
    await machine.podman(
      ...['run', '--detach', '--name=frr', '--network=host'],
      ...['NET_ADMIN', 'NET_RAW', 'NET_BIND_SERVICE', 'SYS_ADMIN'].map(
        (capability) => `--cap-add=${capability}`,
      ),
      ...['--volume=/etc/frr-of-the-test:/etc/frr', '--volume=/run/frr:/run/frr', FRR_IMAGE],
    );
    await waitFor(() => machine.podman('exec', 'frr', 'vtysh', '-c', 'show bgp summary json'), {
      within: 30_000,
    });
    const documentation = readFileSync(join(REPOSITORY, 'docs/deployment.md'), 'utf8');
    const [, line] = /<!-- the tests run this line -->\n```sh\n([^`]+)```/.exec(documentation) ?? [];
    expect(line).toMatch(new RegExp(`^${readmeCommand('podman run')} `));
    await machine.run('sh', ['-ec', (line as string).replace(/^ {2}frr-exporter /m, `  ${image} `)]);
    const page = await answer(machine, 'http://127.0.0.1:9342/readyz').then(() =>
      answer(machine, 'http://127.0.0.1:9342/metrics'),
    );
    expect(page).toContain('frr_up 1');
    expect(page).toContain(BGP);
    expect(decided(await inspect(machine, 'frr_exporter'))).toMatchObject({
      ReadonlyRootfs: true,
      user: '42499',
    });
    await machine.podman('rm', '--force', '--time=1', 'frr', 'frr_exporter');
  });

  /** docker-compose on the machine. */
  const compose = (frr: string, files: readonly string[], config = '/etc/frr-of-the-test') => {
    const env = {
      FRR_IMAGE: frr,
      FRRVTY_GID: '42483',
      FRR_EXPORTER_IMAGE: image,
      FRR_CONFIG: config,
      FRR_EXPORTER_WEB_LISTEN_ADDRESS: '127.0.0.1:9402',
      DOCKER_HOST: 'unix:///run/podman/podman.sock',
    };
    const flags = files.map((file) => `--file=${join(REPOSITORY, 'container', file)}`);
    // podman's API, which exits after a while without requests.
    return (...words: string[]) =>
      machine.run(
        'sh',
        [
          '-ec',
          `mkdir -p /run/podman
          rm -f /run/podman/podman.sock
          podman system service --time=30 "$DOCKER_HOST" >/dev/null 2>&1 &
          until [ -S /run/podman/podman.sock ]; do sleep 0.1; done
          exec docker-compose --project-name router "$@"`,
          ...['sh', ...flags, ...words],
        ],
        { env },
      );
  };
  const composed = (service: string) =>
    machine.podman('ps', `--filter=name=router_${service}_`, '--format={{.Names}}');

  it('run with the compose file, together with FRR', async () => {
    const run = compose(FRR_IMAGE, ['compose.yaml']);
    await run('up', '--detach');
    await waitFor(async () => (await answer(machine, 'http://127.0.0.1:9402/metrics')).includes(BGP), {
      within: 60_000,
    });
    expect(decided(await inspect(machine, await composed('frr-exporter')))).toMatchObject({
      ReadonlyRootfs: true,
      GroupAdd: ['42483'],
      SecurityOpt: expect.arrayContaining(['no-new-privileges']),
      Memory: 512 * 1024 * 1024,
    });
    await run('down', '--volumes', '--timeout', '1');
  });

  it('run with the compose file of the FRR service', async () => {
    const run = compose(FRR_SERVICE_IMAGE, ['compose.yaml', 'frr/compose.yaml']);
    await run('up', '--detach');
    await waitFor(async () => (await answer(machine, 'http://127.0.0.1:9402/metrics')).includes(BGP), {
      within: 60_000,
    });
    const frr = await composed('frr');
    expect(decided(await inspect(machine, frr))).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      user: 'frr',
    });
    await machine.podman('exec', frr, '/openstack/healthcheck');

    const file = machine.path('/etc/frr-of-the-test/frr.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('192.0.2.9', '192.0.2.10'));
    await waitFor(() => machine.podman('exec', frr, 'cat', '/run/frr/placed.sha256'), { within: 10_000 });
    expect((await machine.podman('exec', frr, 'frr-config', 'apply')).split('\n')).toEqual([
      '- router bgp 64999 / neighbor 192.0.2.9 remote-as 65000',
      '+ router bgp 64999 / neighbor 192.0.2.10 remote-as 65000',
    ]);
    await run('down', '--volumes', '--timeout', '5');
  });

  it('run with the compose file of a witness, which reads what it receives', async () => {
    const config = '/etc/frr-witness';
    mkdirSync(machine.path(config));
    writeFileSync(machine.path(`${config}/daemons`), 'bgpd=yes\n');
    writeFileSync(machine.path(`${config}/vtysh.conf`), 'service integrated-vtysh-config\n');
    copyFileSync(join(REPOSITORY, 'container/witness/frr.conf'), machine.path(`${config}/frr.conf`));
    const run = compose(FRR_IMAGE, ['compose.yaml', 'witness/compose.yaml'], config);
    await run('up', '--detach');
    const page = () => answer(machine, 'http://127.0.0.1:9402/metrics');
    await waitFor(async () => (await page()).includes('frr_received_routes_complete'), { within: 60_000 });
    expect((await page()).match(/^frr_(received|collector_up).*(?:received-routes|unicast).*$/gm)).toEqual([
      'frr_collector_up{collector="received-routes"} 1',
      'frr_received_paths{vrf="default",afi="ipv4",safi="unicast"} 0',
      'frr_received_paths{vrf="default",afi="ipv6",safi="unicast"} 0',
      'frr_received_host_routes{vrf="default",afi="ipv4",safi="unicast"} 0',
      'frr_received_host_routes{vrf="default",afi="ipv6",safi="unicast"} 0',
      'frr_received_routes_complete{vrf="default",afi="ipv4",safi="unicast"} 1',
      'frr_received_routes_complete{vrf="default",afi="ipv6",safi="unicast"} 1',
    ]);
    expect(await page()).not.toContain('collector="host-routes"');
    await run('down', '--volumes', '--timeout', '1');
  });

  it('run in one pod, as the component of Kubernetes patches it', async () => {
    const patch = parse(readFileSync(join(REPOSITORY, 'container/kubernetes/component/sidecar.yaml'), 'utf8'))
      .spec.template;
    // podman refuses ports in a pod that has the network of its host.
    const [{ ports: _, ...sidecar }] = patch.spec.containers;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'router', labels: patch.metadata.labels },
      spec: {
        hostNetwork: true,
        volumes: [
          { name: 'frr-sockets', emptyDir: {} },
          { name: 'frr-conf', hostPath: { path: '/etc/frr-of-the-test' } },
        ],
        containers: [
          {
            name: 'frr',
            image: FRR_IMAGE,
            securityContext: {
              capabilities: { add: ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'NET_BIND_SERVICE'] },
            },
            volumeMounts: [
              { name: 'frr-sockets', mountPath: '/run/frr' },
              { name: 'frr-conf', mountPath: '/etc/frr' },
            ],
          },
          {
            ...sidecar,
            image,
            // podman knows no status.podIP and no $(POD_IP), and this image of FRR has TripleO's group.
            env: [
              { name: 'FRR_EXPORTER_FRR_SOURCE', value: 'socket' },
              { name: 'FRR_EXPORTER_WEB_LISTEN_ADDRESS', value: '127.0.0.1:9342' },
            ],
          },
        ],
        securityContext: { supplementalGroups: [42483] },
      },
    };
    const file = join(machine.folder, 'pod.yaml');
    writeFileSync(file, stringify(pod));
    // It builds the image that holds a pod together, for which it must be in a directory of the machine.
    await machine.run('env', ['--chdir=/', 'podman', 'kube', 'play', file]);
    await waitFor(async () => (await answer(machine, 'http://127.0.0.1:9342/metrics')).includes(BGP), {
      within: 60_000,
    });
    expect(decided(await inspect(machine, 'router-frr-exporter'))).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      user: '42499:42499',
    });
    await machine.podman('kube', 'down', file);
  });
});

it('the image has the labels of the commit', async () => {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  const labels = JSON.parse(await machine.podman('image', 'inspect', '--format={{json .Labels}}', image));
  expect(labels).toMatchObject({
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
    'org.opencontainers.image.created': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

it('the archive of an image is the same for the same layers, and podman loads it', async () => {
  const folder = join(machine.folder, 'archived');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Containerfile'), `FROM ${image}\nENV A=b\nLABEL c=d\n`);
  const archive = async (file: string) => {
    await machine.podman(
      ...['build', '--quiet', '--no-cache', '--format=docker', '--isolation=chroot', '--timestamp=0'],
      ...['--tag=archived', folder],
    );
    const script = join(REPOSITORY, 'scripts/image-archive');
    await machine.run('sh', ['-ec', '"$1" archived >"$2"', 'sh', script, join(folder, file)]);
    return readFileSync(join(folder, file));
  };
  expect((await archive('first.tar.gz')).equals(await archive('second.tar.gz'))).toBe(true);
  await machine.podman('image', 'rm', '--force', 'archived');
  // The podman of Debian 12 cannot read gzip.
  await machine.run('sh', ['-ec', 'gunzip <"$1" | podman load', 'sh', join(folder, 'first.tar.gz')]);
  expect(await machine.podman('run', '--rm', '--network=host', 'archived', '--version')).toContain(
    'frr-exporter, version',
  );
  expect(
    await machine.podman('image', 'inspect', '--format={{.Config.Env}} {{.Labels.c}} {{.User}}', 'archived'),
  ).toMatch(/A=b\] d 42499$/);
});

describe('the npm package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-package-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  // The Node of this repository, for a machine's own may be older.
  const env = { PATH: `${join(REPOSITORY, 'node_modules/node/bin')}:${process.env.PATH}` };
  const program = join(folder, 'bin/frr-exporter');
  const recording = unpackRecording('8.4.4/healthy', join(folder, 'recording'));

  beforeAll(async () => {
    const { stdout } = await execa('sh', ['-c', readmeCommand('make package')], { cwd: REPOSITORY, env });
    const file = join('release', stdout.trim());
    mkdirSync(join(folder, 'release'));
    copyFileSync(join(REPOSITORY, file), join(folder, file));
    const list = await execa('tar', ['--list', '--file', join(folder, file)]);
    const paths = list.stdout.split('\n').map((path) => path.replace(/^package\//, ''));
    expect(paths).toEqual(
      expect.arrayContaining(['dist/main.js', 'dist/healthcheck.js', 'LICENSE', 'README.md']),
    );
    expect(paths.filter((path) => /^(src|test|node_modules)\/|\.test\./.test(path))).toEqual([]);
    await execa('sh', ['-c', readmeCommand('npm install')], {
      cwd: folder,
      env: { ...env, npm_config_prefix: folder, npm_config_prefer_offline: 'true' },
    });
  });

  it('brings the program', async () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    const { stdout } = await execa(program, ['--version'], { env });
    expect(stdout).toContain(version);
  });

  it('queries FRR once', async () => {
    const { stdout } = await execa(
      program,
      ['once', '--frr.source=recording', `--frr.recording=${recording}`],
      { env },
    );
    expect(stdout).toMatch(/^frr_up 1$/m);
    expect(stdout).toMatch(/^frr_bgp_session_up\{vrf="default",peer="eth2"\} 1$/m);
  });

  it('serves, and its health check finds it', async () => {
    const port = await freePort();
    await using exporter = await start(
      program,
      ['--frr.source=recording', `--frr.recording=${recording}`, `--web.listen-address=127.0.0.1:${port}`],
      { env, ready: () => answers(`http://127.0.0.1:${port}/readyz`) },
    );
    expect(exporter.exit()).toBeUndefined();
    const check = join(folder, 'lib/node_modules/frr-exporter/dist/healthcheck.js');
    await execa('node', [check, `http://127.0.0.1:${port}/healthz`], { env });
    await exporter.stop();
    const dead = await execa('node', [check, `http://127.0.0.1:${port}/healthz`], { env, reject: false });
    expect(dead.exitCode).toBe(1);
    expect(dead.stderr).toMatch(/^healthcheck: the exporter does not answer: http:.*ECONNREFUSED/);
  });
});

it('the bill of materials names what the package brings', async () => {
  const { stdout } = await execa(join(REPOSITORY, 'scripts/sbom'));
  const bill = JSON.parse(stdout);
  const names = bill.components.map(({ name }: { name: string }) => name);
  const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'frr-exporter' } } });
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  for (const name of ['vitest', 'typescript', '@biomejs/biome', 'playwright-core'])
    expect(names).not.toContain(name);
  await machine.podman('create', '--name=bill', image);
  await machine.podman('cp', 'bill:/app/sbom.cdx.json', join(machine.folder, 'sbom.cdx.json'));
  const inImage = JSON.parse(readFileSync(join(machine.folder, 'sbom.cdx.json'), 'utf8'));
  expect(inImage.components.map(({ name }: { name: string }) => name).sort()).toEqual(names.sort());
});
