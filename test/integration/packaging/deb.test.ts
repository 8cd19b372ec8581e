/** The Debian package: built, held to lintian, and installed, upgraded, removed and purged in roots of its own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

let folder: string;
let deb: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'frr-exporter-deb-'));
  // Quick rather than small.
  const env = { DPKG_DEB_COMPRESSOR_LEVEL: '0' };
  const { stdout } = await execa('packaging/deb', [], { cwd: REPOSITORY, stdin: 'ignore', env });
  deb = path.join(REPOSITORY, stdout.trim());
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The tests only read the package, and run at the same time.
it.concurrent('satisfies lintian', async () => {
  const { exitCode, stdout } = await execa('lintian', ['--fail-on', 'error', '--allow-root', deb], {
    reject: false,
  });
  expect([exitCode, stdout]).toEqual([0, expect.not.stringMatching(/^[EW]:/m)]);
});

it.concurrent('is the tree of an RPM, too', async () => {
  const { stdout } = await execa('packaging/rpm', [], {
    cwd: REPOSITORY,
    stdin: 'ignore',
    env: { PAYLOAD: 'w0.gzdio' },
  });
  const rpm = path.join(REPOSITORY, stdout.trim());
  const root = path.join(folder, 'rpm');
  // Scriptlets need a shell in the root, and dependencies the packages of a distribution.
  await execa('rpm', ['--root', root, '--install', '--nodeps', '--noscripts', '--ignorearch', rpm]);
  const installed = await execa(path.join(root, 'usr/lib/frr-exporter/node'), [
    path.join(root, 'usr/lib/frr-exporter/dist/main.js'),
    'version',
  ]);
  expect(installed.stdout).toMatch(/^frr-exporter, version \d/);
  expect((await execa('rpm', ['--root', root, '--query', '--configfiles', 'frr-exporter'])).stdout).toBe(
    '/etc/default/frr-exporter',
  );
  await execa('rpm', ['--root', root, '--erase', '--noscripts', 'frr-exporter']);
  expect((await execa('find', [path.join(root, 'usr'), '-name', '*frr-exporter*'])).stdout).toBe('');
}, 120_000);

/** Runs a script in a copy of a release's root that has FRR installed; the copy is gone afterwards. */
async function inRoot(release: string, script: string): Promise<string> {
  const { stdout: root } = await execa('scripts/frr-root', [release], { cwd: REPOSITORY, stderr: 'inherit' });
  const layer = path.join(folder, release);
  for (const part of ['upper', 'work', 'root']) mkdirSync(path.join(layer, part), { recursive: true });
  writeFileSync(path.join(layer, 'script'), script);
  const { stdout } = await execa(
    'unshare',
    [
      ...['--mount', '--pid', '--net', '--fork', 'sh', '-ec'],
      `ip link set lo up
       mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root"
       mount -t proc proc "$2/root/proc"
       cp "$3" "$2/root/frr-exporter.deb"
       cp "$2/script" "$2/root/script"
       exec chroot "$2/root" sh -eu /script`,
      ...['sh', root, layer, deb],
    ],
    { stdin: 'ignore', timeout: 120_000, all: true },
  );
  return stdout;
}

const INSTALL = 'dpkg --install /frr-exporter.deb >/dev/null 2>&1';

describe.concurrent.each(['bookworm', 'trixie'])('%s', (release) => {
  it('installs, runs beside FRR, keeps its settings, and is gone after a purge', async () => {
    const output = await inRoot(
      release,
      // Laboratories use the same roots at the same time.
      `find /etc /usr /lib /var -xdev -path /var/lib/dpkg -prune -o -path /var/log -prune -o -path /var/tmp -prune -o -print | grep -v frrlab- | sort >/before
       ${INSTALL}
       frr-exporter --version
       test -x /usr/lib/frr-exporter/node && ls /usr/share/frr-exporter
       ls /etc/systemd/system/multi-user.target.wants/frr-exporter.service
       mkdir -p /run/frr && chown frr:frrvty /run/frr
       /usr/lib/frr/zebra -d -A 127.0.0.1 -i /run/frr/zebra.pid >/dev/null 2>&1
       frr-exporter once --frr.source=socket --collector.disable-defaults --collector.rib | grep -E '^frr_(up|collector_up)'
       kill "$(cat /run/frr/zebra.pid)"
       frr-exporter-rules --output=/tmp/rules --uplink-peer-group=spines >/dev/null && grep -c spines /tmp/rules/sessions.yaml
       echo 'FRR_EXPORTER_LOG_LEVEL=debug' >>/etc/default/frr-exporter
       ${INSTALL}
       grep -c '^FRR_EXPORTER_LOG_LEVEL=debug' /etc/default/frr-exporter
       dpkg --remove frr-exporter >/dev/null 2>&1
       ls /usr/lib/frr-exporter 2>&1 | head -n 1
       ls /etc/default/frr-exporter
       dpkg --purge frr-exporter >/dev/null 2>&1
       find /etc /usr /lib /var -xdev -path /var/lib/dpkg -prune -o -path /var/log -prune -o -path /var/tmp -prune -o -print | grep -v frrlab- | sort >/after
       diff /before /after && echo nothing left`,
    );
    const { version } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as { version: string };
    expect(output.replace(/node: v[\d.]+/, 'node: N').split('\n')).toEqual([
      `frr-exporter, version ${version} (node: N)`,
      'dashboards',
      'rules',
      'runbooks',
      '/etc/systemd/system/multi-user.target.wants/frr-exporter.service',
      'frr_up 1',
      'frr_collector_up{collector="rib"} 1',
      '1',
      '1',
      "ls: cannot access '/usr/lib/frr-exporter': No such file or directory",
      '/etc/default/frr-exporter',
      'nothing left',
    ]);
  }, 180_000);
});
