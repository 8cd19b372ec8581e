import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { doctor } from '../../../src/cli/doctor.ts';
import { activate, collector } from '../../../src/collectors/collector.ts';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { metric } from '../../../src/metrics/family.ts';
import { type FakeDaemon, fakeDaemon, reply } from '../frr/fake-daemon.ts';
import { fakeVtysh } from '../frr/fake-vtysh.ts';
import { temporaryFolder } from '../frr/temporary-folder.ts';
import { captured, configured } from './captured.ts';

const VERSION = 'FRRouting 8.4.4 (node) on Linux(6.1.0).\n';
const SUMMARY = '{"default":{},"red":{}}';
const WATCHFRR = 'watchfrr global phase: Idle\n  zebra                Up\n  bgpd                 Up\n';

const sessions = metric({
  name: 'sessions',
  type: 'gauge',
  help: 'Sessions.',
  labels: ['vrf'],
  source: 'test',
});
/** One collector, with a series for each VRF of the summary. */
const BGP = activate(
  collector({
    name: 'bgp',
    help: 'Sessions.',
    enabledByDefault: true,
    pace: 'sessions',
    commands: [COMMANDS.bgpSummary],
    descriptors: [sessions],
    query: (frr) => frr.json(COMMANDS.bgpSummary),
    *families([summary], { emit, labels }) {
      for (const vrf of Object.keys(summary as object)) {
        yield;
        emit(sessions, labels(sessions.labels, [vrf]), 1);
      }
    },
  }),
  {},
);

/** Lines of the report without the first, which names the user. */
async function examined(...flags: string[]): Promise<{ exit: number; lines: string[] }> {
  const output = captured();
  const exit = await doctor({ ...configured(...flags), collectors: [BGP] }, output);
  const [who, ...lines] = output.text().trimEnd().split('\n');
  expect(who).toMatch(/^ok {3}runs as uid \d+, in .+/);
  return { exit, lines: lines.map((line) => line.replace(/ in \d+ ms$/, ' in N ms')) };
}

/** A healthy FRR. */
async function frr(folder: string): Promise<Record<'zebra' | 'bgpd' | 'watchfrr', FakeDaemon>> {
  return {
    zebra: await fakeDaemon(folder, 'zebra', (command) => (command === 'show version' ? VERSION : '')),
    bgpd: await fakeDaemon(folder, 'bgpd', (command) => (command === 'show version' ? VERSION : SUMMARY)),
    watchfrr: await fakeDaemon(folder, 'watchfrr', () => WATCHFRR),
  };
}

describe('doctor on sockets', () => {
  const flags = (folder: string) => ['--frr.source=socket', `--frr.socket.dir-path=${folder}`];

  it('finds no problem with a healthy FRR', async () => {
    const folder = temporaryFolder();
    await frr(folder);
    expect(await examined(...flags(folder))).toEqual({
      exit: 0,
      lines: [
        'ok   queries FRR by socket: --frr.source=socket',
        `ok   may use the sockets in ${folder}: zebra.vty, bgpd.vty, watchfrr.vty`,
        'ok   FRR 8.4.4',
        'ok   these daemons answer: zebra, bgpd',
        'ok   watchfrr monitors zebra, bgpd',
        'ok   collector bgp: 2 series in N ms',
        '',
        'The exporter works.',
        'FRR answers; nothing to report.',
      ],
    });
  });

  it('distinguishes hung from dead daemons, and suggests a fix for each', async () => {
    const folder = temporaryFolder();
    const { bgpd, watchfrr } = await frr(folder);
    await bgpd.stop();
    await watchfrr.stop();
    await fakeDaemon(folder, 'bgpd', () => undefined);
    await fakeDaemon(folder, 'watchfrr', () =>
      WATCHFRR.replace('bgpd                 Up', 'bgpd                 Unresponsive'),
    );
    writeFileSync(path.join(folder, 'bfdd.vty'), '');
    expect(await examined(...flags(folder), '--frr.timeout=200ms')).toEqual({
      exit: 1,
      lines: [
        'ok   queries FRR by socket: --frr.source=socket',
        `ok   may use the sockets in ${folder}: zebra.vty, bgpd.vty, bfdd.vty, watchfrr.vty`,
        'ok   FRR 8.4.4',
        'ok   these daemons answer: zebra',
        'FAIL bgpd did not answer "show version" in time',
        '     -> restart a daemon that hangs, which ends its sessions; for one that is only busy, raise --frr.timeout',
        `FAIL bfdd is not running: no process listens at ${folder}/bfdd.vty`,
        "     -> start it: on Debian, NAME=yes in /etc/frr/daemons and systemctl restart frr. If it was started, FRR's log says why it ended",
        'FAIL watchfrr reports as down: bgpd',
        'FAIL collector bgp: bgpd did not answer "show bgp vrf all summary json" in time',
        '',
        'The exporter has problems: see FAIL above.',
        'FRR: 1 of 1 collectors failing: bgp: bgpd did not answer "show bgp vrf all summary json" in time.',
      ],
    });
  });

  it('warns about what may be intended', async () => {
    const folder = temporaryFolder();
    const { watchfrr, bgpd } = await frr(folder);
    await watchfrr.stop();
    await bgpd.stop();
    rmSync(path.join(folder, 'bgpd.vty'), { force: true });
    expect(await examined(...flags(folder))).toEqual({
      exit: 0,
      lines: [
        'ok   queries FRR by socket: --frr.source=socket',
        `ok   may use the sockets in ${folder}: zebra.vty`,
        'ok   FRR 8.4.4',
        'ok   these daemons answer: zebra',
        'warn watchfrr is not running: nothing restarts a daemon that dies',
        "     -> FRR's own start script starts it; this is fine if something else restarts daemons",
        `warn collector bgp: bgpd is not running: there is no ${folder}/bgpd.vty`,
        "     -> start it: on Debian, NAME=yes in /etc/frr/daemons and systemctl restart frr. If it was started, FRR's log says why it ended. If it is intended: --no-collector.bgp",
        '',
        'The exporter works.',
        'FRR answers; nothing to report.',
      ],
    });
  });

  it('reports what a collector cannot read', async () => {
    const folder = temporaryFolder();
    const { bgpd } = await frr(folder);
    await bgpd.stop();
    await fakeDaemon(folder, 'bgpd', (command) => (command === 'show version' ? VERSION : 'garbage'));
    const { exit, lines } = await examined(...flags(folder));
    expect(exit).toBe(1);
    expect(lines.slice(5, 7)).toEqual([
      'FAIL collector bgp: bgpd\'s answer to "show bgp vrf all summary json" is not JSON: "garbage"',
      '     -> make a recording (frr-exporter record DIR) and report a bug',
    ]);
  });

  it('does not report a version that zebra does not report', async () => {
    const folder = temporaryFolder();
    const { zebra } = await frr(folder);
    await zebra.stop();
    await fakeDaemon(folder, 'zebra', () => reply('Quagga 1.2\n'));
    const { exit, lines } = await examined(...flags(folder));
    expect(exit).toBe(0);
    expect(lines[2]).toBe('warn zebra does not report a version of FRR: "Quagga 1.2\\n"');
  });

  it('reports that there is no FRR', async () => {
    const folder = path.join(temporaryFolder(), 'gone');
    expect(await examined(...flags(folder))).toEqual({
      exit: 1,
      lines: [
        'ok   queries FRR by socket: --frr.source=socket',
        `FAIL there is no directory ${folder}`,
        '     -> start FRR, or set --frr.socket.dir-path; a container needs the directory mounted',
        `FAIL FRR is not running: there is no ${folder} (--frr.socket.dir-path and --frr.pathspace name it)`,
        '     -> start FRR: systemctl restart frr. zebra runs wherever FRR does; its log says why it ended',
        'warn watchfrr is not running: nothing restarts a daemon that dies',
        "     -> FRR's own start script starts it; this is fine if something else restarts daemons",
        'warn the collectors were not tried because no daemon answers',
        '',
        'The exporter has problems: see FAIL above.',
        'FRR does not answer.',
      ],
    });
  });

  it('finds a path space that was not configured', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'empty'));
    await frr(path.join(folder, 'node'));
    const { exit, lines } = await examined(...flags(folder));
    expect(exit).toBe(1);
    expect(lines.slice(1, 3)).toEqual([
      `FAIL there are no sockets of FRR in ${folder}`,
      '     -> set the pathspace of this FRR: --frr.pathspace=node',
    ]);
    expect(await examined(...flags(folder), '--frr.pathspace=node')).toMatchObject({ exit: 0 });
  });
});

describe('doctor on vtysh', () => {
  it('reports once that vtysh is missing', async () => {
    const folder = temporaryFolder();
    await frr(folder);
    const flags = [
      '--frr.source=vtysh',
      '--frr.vtysh.path=/nonexistent/vtysh',
      `--frr.socket.dir-path=${folder}`,
    ];
    const { exit, lines } = await examined(...flags);
    expect(exit).toBe(1);
    expect(lines).toEqual([
      'ok   queries FRR by vtysh: --frr.source=vtysh',
      'FAIL there is no program /nonexistent/vtysh',
      '     -> install it, set --frr.vtysh.path, or use the sockets: --frr.source=socket',
      `ok   may use the sockets in ${folder}: zebra.vty, bgpd.vty, watchfrr.vty`,
      'FAIL /nonexistent/vtysh: not found; install it or name another with --frr.vtysh.path, or use the sockets with --frr.source=socket',
      'warn the collectors were not tried because no daemon answers',
      '',
      'The exporter has problems: see FAIL above.',
      'FRR does not answer.',
    ]);
  });

  it('does not check local sockets if vtysh runs elsewhere', async () => {
    const folder = temporaryFolder();
    const vtysh = fakeVtysh(
      folder,
      `case "$*" in *watchfrr) printf '${WATCHFRR.replaceAll('\n', '\\n')}';; *version) echo 'FRRouting 10.3';; *) echo '${SUMMARY}';; esac`,
    );
    const { exit, lines } = await examined(`--frr.vtysh.path=${vtysh}`, '--frr.vtysh.prefix=env');
    expect(lines).toEqual([
      'ok   queries FRR by vtysh: --frr.vtysh.prefix is given',
      'ok   FRR 10.3',
      'ok   these daemons answer: zebra, bgpd',
      'ok   watchfrr monitors zebra, bgpd',
      'ok   collector bgp: 2 series in N ms',
      '',
      'The exporter works.',
      'FRR answers; nothing to report.',
    ]);
    expect(exit).toBe(0);
  });
});

describe('doctor on a prefix', () => {
  const warning = (prefix: string) => [
    `warn ${prefix} does not end a vtysh that hangs in the container`,
    `     -> end it inside the container: --frr.vtysh.prefix="${prefix} timeout 10"`,
  ];
  it.each([
    ['/nonexistent/podman exec nothing', warning('/nonexistent/podman exec nothing')],
    ['/nonexistent/docker exec nothing', warning('/nonexistent/docker exec nothing')],
    ['/nonexistent/podman exec nothing timeout 10', []],
    ['/nonexistent/ip netns exec nothing', []],
    ['/nonexistent/sudo -n', []],
  ])('looks whether %j can end vtysh', async (prefix, expected) => {
    const { lines } = await examined(`--frr.vtysh.prefix=${prefix}`);
    expect(lines.filter((line) => line.includes('the container'))).toEqual(expected);
  });
});

describe('doctor on a prefix into another network namespace', () => {
  it.each(['ip netns exec node', 'sudo -n nsenter --net=/run/netns/node', 'ssh node'])(
    '%s',
    async (prefix) => {
      const { lines } = await examined(`--frr.vtysh.prefix=/nonexistent/${prefix}`);
      expect(lines).toContain(
        'warn collector host-routes is disabled: --frr.vtysh.prefix leads into another network namespace, whose addresses cannot be seen from here',
      );
    },
  );
});

describe('doctor on a recording', () => {
  it('reports that it is not one', async () => {
    expect(await examined('--frr.recording=/nonexistent')).toEqual({
      exit: 1,
      lines: [
        'FAIL /nonexistent is not a recording: it has no index.json; make one with: frr-exporter record DIR',
        '',
        'The exporter has problems: see FAIL above.',
      ],
    });
  });

  it('reports what it lacks', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'version'), VERSION);
    writeFileSync(
      path.join(folder, 'index.json'),
      '{"show version":{"file":"version","exit":0,"stderr":""}}',
    );
    expect(await examined(`--frr.recording=${folder}`)).toEqual({
      exit: 0,
      lines: [
        'ok   queries FRR by recording: --frr.recording is given',
        'ok   FRR 8.4.4',
        'ok   these daemons answer: zebra',
        `warn the recording ${folder} has no answer to "show watchfrr"`,
        '     -> make a new recording with this version: frr-exporter record DIR',
        `warn collector bgp: the recording ${folder} has no answer to "show bgp vrf all summary json"`,
        '',
        'The exporter works.',
        `FRR: 1 of 1 collectors failing: bgp: the recording ${folder} has no answer to "show bgp vrf all summary json".`,
      ],
    });
  });
});
