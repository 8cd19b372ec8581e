/**
 * The Debian package: built, held to lintian, and installed, upgraded, removed and purged where systemd runs. The RPM: built
 * from it, and installed, replaced and removed by dnf.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/index.ts';
import { readmeCommand } from '../../readme-commands.ts';
import { type Booted, boot } from './booted.ts';
import { buildInCopy, UNUSUAL } from './copy.ts';
import { inDnfRoot } from './dnf-root.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Rather than small. */
const QUICK = { DPKG_DEB_COMPRESSOR_LEVEL: '0', PAYLOAD: 'w0.gzdio' };

let folder: string;
let deb: string;
let rpm: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'frr-exporter-deb-'));
  const make = async (command: string) => {
    const { stdout } = await execa('sh', ['-c', command], { cwd: REPOSITORY, stdin: 'ignore', env: QUICK });
    return path.join(REPOSITORY, stdout.trim());
  };
  deb = await make(readmeCommand('make deb'));
  rpm = await make('make rpm');
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('are the same, wherever they are built', async () => {
  const elsewhere = await buildInCopy('packaging/deb && packaging/rpm', {
    ...UNUSUAL,
    env: { ...UNUSUAL.env, ...QUICK },
  });
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(elsewhere).toEqual({ [path.basename(deb)]: digest(deb), [path.basename(rpm)]: digest(rpm) });
}, 240_000);

// These tests only read the packages, and run at the same time.
it.concurrent('the Debian package satisfies lintian', async () => {
  const { exitCode, stdout } = await execa('lintian', ['--fail-on', 'error', '--allow-root', deb], {
    reject: false,
  });
  expect([exitCode, stdout]).toEqual([0, expect.not.stringMatching(/^[EW]:/m)]);
});

it.concurrent('dnf installs the RPM, replaces it, and removes it', async () => {
  const files = 'find /etc /usr /lib -xdev -not -type d | sort';
  const printed = await inDnfRoot(
    folder,
    `
    # The group comes with FRR, and with the exporter where FRR is missing.
    inside 'groupdel frrvty; ${files} >/var/before'
    dnf install noarch/distribution-1-1.noarch.rpm ${rpm} >&2
    inside '
      frr-exporter version
      getent group frrvty
      systemctl is-enabled frr-exporter
      echo FRR_EXPORTER_LOG_LEVEL=debug >>/etc/default/frr-exporter
      '
    dnf reinstall ${rpm} >&2
    inside 'tail -n 1 /etc/default/frr-exporter; systemctl is-enabled frr-exporter'
    dnf remove frr-exporter >&2
    inside '${files} | diff /var/before - | grep "^[<>]"'
    `,
  );
  expect(printed.split('\n')).toEqual([
    expect.stringMatching(/^frr-exporter, version \d/),
    'frrvty:x:85:',
    'enabled',
    'FRR_EXPORTER_LOG_LEVEL=debug',
    'enabled',
    // What an administrator has changed stays.
    '> /etc/default/frr-exporter.rpmsave',
  ]);
}, 120_000);

/** Everything but what systemd, apt and dpkg write while they run. */
const FILES = `find /etc /usr /lib /var -xdev \\( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache/apt -o -path /var/lib/systemd -o -path /var/log -o -path /var/tmp \\) -prune -o -print |
  grep -v frrlab- | sort`;

/** FRR with BGP, so that there is something to see. */
const FRR = `
sed -i 's/^bgpd=no/bgpd=yes/' /etc/frr/daemons
printf 'router bgp 64999\\n bgp router-id 192.0.2.1\\n neighbor 192.0.2.9 remote-as 65000\\n' >/etc/frr/frr.conf`;
/** FRR's package leaves its user and groups. */
const NO_FRR = `
dpkg --purge frr frr-rpki-rtrlib >/dev/null 2>&1
userdel frr
groupdel frrvty`;

/** The package as the next version has it, with another setting in /etc/default. */
async function nextVersion(): Promise<string> {
  const tree = path.join(folder, 'frr-exporter_next');
  await execa('dpkg-deb', ['--raw-extract', deb, tree]);
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(path.join(tree, file), change(readFileSync(path.join(tree, file), 'utf8')));
  edit('DEBIAN/control', (text) => text.replace(/^Version: .*/m, '$&+next'));
  edit('etc/default/frr-exporter', (text) => `${text}\n# A new flag.\n#FRR_EXPORTER_NEW=\n`);
  await execa('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, `${tree}.deb`]);
  rmSync(tree, { recursive: true });
  return `${tree}.deb`;
}

const BGP = 'frr_bgp_info{vrf="default",router_id="192.0.2.1",local_as="64999"} 1';

describe.each(['bookworm', 'trixie'])('%s, booted', (release) => {
  let machine: Booted;
  afterEach(() => machine?.[Symbol.asyncDispose]());
  /** As the README says. Where dpkg would ask about a changed file, it takes its own default, which keeps the file. */
  const install = (file: string) => {
    const made = path.join(machine.root, 'release');
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made);
    copyFileSync(file, path.join(made, path.basename(file)));
    return machine.run(`DPKG_FORCE=confdef ${readmeCommand('apt install')} 2>&1`);
  };
  const service = () =>
    machine.run('systemctl is-enabled frr-exporter || :; systemctl is-active frr-exporter || :');
  const mainPid = () => machine.run('systemctl show --property=MainPID --value frr-exporter');
  /** The metrics, once they are as expected. */
  const showing = (lines: readonly string[]) =>
    waitFor(
      async () =>
        expect((await machine.get('http://127.0.0.1:9342/metrics')).split('\n')).toEqual(
          expect.arrayContaining([...lines]),
        ) ?? true,
      { within: 20_000, every: 250 },
    );

  it('installs, runs beside FRR, keeps its settings, and is gone after a purge', async () => {
    machine = await boot(release, FRR);
    await machine.run(`${FILES} >/run/before`);

    await install(deb);
    expect(await service()).toBe('enabled\nactive');
    await showing(['frr_up 1', BGP, 'frr_maintenance 0']);
    // The CPU times of FRR's daemons, as the exporter reads them.
    const before = await mainPid();
    expect(
      await machine.run(
        `nsenter --target=${before} --mount --setuid="$(stat --format=%u /proc/${before})" sh -c 'cat "/proc/$(cat /run/frr/bgpd.pid)/schedstat"'`,
      ),
    ).toMatch(/^\d+ \d+ \d+$/);

    await machine.run('frr-exporter maintenance start 2h "new card"');
    await machine.run('systemctl reload frr-exporter');
    await showing(['frr_maintenance 1']);
    expect(await mainPid()).toBe(before);

    await machine.run('echo FRR_EXPORTER_WEB_LISTEN_ADDRESS=127.0.0.1:9342 >>/etc/default/frr-exporter');
    await install(await nextVersion());
    expect(await machine.run('tail -n 1 /etc/default/frr-exporter')).toBe(
      'FRR_EXPORTER_WEB_LISTEN_ADDRESS=127.0.0.1:9342',
    );
    expect(await service()).toBe('enabled\nactive');
    expect(await mainPid()).not.toBe(before);
    await showing(['frr_up 1', 'frr_maintenance 1']);
    expect(await machine.run('ss --listening --tcp --numeric --no-header | grep :9342')).toContain(
      '127.0.0.1:9342',
    );

    await machine.run('dpkg --remove frr-exporter');
    expect(await machine.run('ls /usr/lib/frr-exporter /etc/default/frr-exporter 2>/dev/null || :')).toBe(
      '/etc/default/frr-exporter',
    );
    await machine.run('dpkg --purge frr-exporter');
    expect(await machine.run(`${FILES} >/run/after; diff /run/before /run/after || :`)).toBe('');
    expect(await machine.run('systemctl list-units --all --plain --no-legend "frr-exporter*"')).toBe('');
  });

  it('runs without FRR, and is gone after a purge', async () => {
    machine = await boot(release, NO_FRR);
    await machine.run(`${FILES} >/run/before`);
    await install(deb);
    expect(await service()).toBe('enabled\nactive');
    await showing(['frr_up 0']);
    await machine.run('dpkg --purge frr-exporter');
    expect(
      await machine.run(`${FILES} >/run/after; diff /run/before /run/after || :; getent group frrvty || :`),
    ).toBe('');
  });
});
