import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bgpPrefix, COMMANDS, showVersion } from '../../../src/frr/commands.ts';
import type { SourceOptions } from '../../../src/frr/options.ts';
import { vtyshSource } from '../../../src/frr/vtysh.ts';
import { findVtysh } from '../../../src/frr/vtysh-program.ts';
import { failureOf } from '../../unit/frr/failure.ts';
import { fakeVtysh } from '../../unit/frr/fake-vtysh.ts';
import { host } from '../../unit/frr/host.ts';
import { processesWith } from '../../unit/frr/processes.ts';
import { temporaryFolder } from '../../unit/frr/temporary-folder.ts';

const { bgpSummary, bgpNeighbors } = COMMANDS;
/** Milliseconds that a process may need on a busy machine. */
const LONG = 15_000;

function source(vtyshPath: string, more: Partial<SourceOptions> = {}) {
  const made = vtyshSource({
    kind: 'vtysh',
    socketDir: '/run/frr',
    vtyshPath,
    vtyshPrefix: [],
    maxOutput: 1_000_000,
    ...more,
  });
  onTestFinished(() => made.close());
  return {
    ...made,
    text: async (command = bgpSummary, within = LONG) =>
      (await made.show(command, AbortSignal.timeout(within))).bytes.toString(),
  };
}

/** What a fake vtysh was called with, an argument a line. */
const PRINTS_ARGUMENTS = 'for argument; do echo "$argument"; done';

/**
 * A vtysh that writes each command before its answer with `-E`, and ends with the first command
 * that fails. It notes each start.
 * @param answers cases of sh(1) by command
 */
function echoingVtysh(folder: string, answers: string): string {
  return fakeVtysh(
    folder,
    `echo started >>'${folder}/starts'
    while [ $# -gt 0 ]; do
      case $1 in
        -E) echo=yes;;
        -c) shift; [ -z "$echo" ] || echo "router# $1"; case $1 in ${answers} esac;;
      esac
      shift
    done`,
  );
}

const startsIn = (folder: string): number => readFileSync(`${folder}/starts`, 'utf8').split('\n').length - 1;

describe('vtyshSource', () => {
  it('queries one daemon', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), PRINTS_ARGUMENTS);
    expect(await source(vtysh).text(showVersion('zebra'))).toBe('-d\nzebra\n-c\nshow version\n');
  });

  it('names the path space, and a folder of sockets that is not the usual one', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), PRINTS_ARGUMENTS);
    const frr = source(vtysh, { pathspace: 'node', socketDir: '/srv/frr' });
    expect(await frr.text(showVersion('zebra'))).toBe(
      '-N\nnode\n--vty_socket\n/srv/frr\n-d\nzebra\n-c\nshow version\n',
    );
    expect(await source(vtysh, { socketDir: '/var/run/frr/' }).text(showVersion('zebra'))).toBe(
      '-d\nzebra\n-c\nshow version\n',
    );
  });

  it('puts the prefix before vtysh, argument by argument, without a shell', async () => {
    const folder = temporaryFolder();
    const prefix = fakeVtysh(folder, `${PRINTS_ARGUMENTS}; exec "$3" -d bgpd`, 'prefix');
    const vtysh = fakeVtysh(folder, 'echo "[\\"$*\\"]"');
    const frr = source(vtysh, { vtyshPrefix: [prefix, '--into', '$(touch /nowhere); a b'] });
    expect(await frr.text(showVersion('bgpd'))).toBe(
      `--into\n$(touch /nowhere); a b\n${vtysh}\n-d\nbgpd\n-c\nshow version\n["-d bgpd"]\n`,
    );
  });

  it('gives vtysh an environment that is known, and a prefix its own', async () => {
    const vtysh = fakeVtysh(
      temporaryFolder(),
      'env | grep -E "^(HOME|VTYSH_HISTFILE|LC_ALL|SECRET)=" | sort',
    );
    vi.stubEnv('SECRET', 'of the exporter');
    vi.stubEnv('HOME', '/home/exporter');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await source(vtysh).text(showVersion('zebra'))).toBe(
      'HOME=/nonexistent\nLC_ALL=C\nVTYSH_HISTFILE=\n',
    );
    expect(await source(vtysh, { vtyshPrefix: ['env'] }).text(showVersion('zebra'))).toBe(
      'HOME=/home/exporter\nLC_ALL=C\nSECRET=of the exporter\nVTYSH_HISTFILE=\n',
    );
  });

  it('gives standard output alone', async () => {
    const vtysh = fakeVtysh(
      temporaryFolder(),
      "echo '% vtysh.conf: Permission denied' >&2; printf '{\"a\":1}\\n\\n'",
    );
    expect(await source(vtysh).text()).toBe('{"a":1}\n\n');
  });

  it('types what FRR says on standard error, whatever the exit status', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), 'echo "bgpd is not running" >&2');
    expect(await failureOf(() => source(vtysh).text())).toEqual({
      reason: 'not_running',
      message: 'bgpd is not running',
    });
  });

  it('counts only what goes clearly beyond the start of vtysh as time of FRR', async () => {
    const folder = temporaryFolder();
    const frr = source(fakeVtysh(folder, 'case "$4" in *summary*) sleep 1;; esac; echo "{}"'));
    const seconds = async (command = showVersion('bgpd')) =>
      (await frr.show(command, AbortSignal.timeout(LONG))).seconds;
    expect(await seconds()).toBe(0);
    await seconds(bgpSummary);
    await seconds(bgpSummary);
    const reported = await seconds(bgpSummary);
    expect(reported).toBeGreaterThan(0.7);
    expect(reported).toBeLessThan(LONG / 1000);
  });

  it('sends several commands by one process', async () => {
    const folder = temporaryFolder();
    const vtysh = echoingVtysh(
      folder,
      `*192.0.2.1/32*) echo '{"first":1}';;
      *192.0.2.2/32*) printf '{"second":"}{"}';;
      *) echo 'FRRouting 8.4.4';;`,
    );
    const commands = [
      bgpPrefix('default', host('192.0.2.1')),
      bgpPrefix('default', host('192.0.2.2')),
      showVersion('bgpd'),
    ];
    const answers = await source(vtysh).showEach(commands, AbortSignal.timeout(LONG));
    expect(answers.map(({ bytes }) => bytes.toString())).toEqual([
      '{"first":1}\n',
      '{"second":"}{"}',
      'FRRouting 8.4.4\n',
    ]);
    expect(startsIn(folder)).toBe(1);
    expect(await source(vtysh).showEach([], AbortSignal.timeout(LONG))).toEqual([]);
    expect(startsIn(folder)).toBe(1);
  });

  it('sends what is wanted of a daemon at the same moment by one process, and once', async () => {
    const folder = temporaryFolder();
    const frr = source(echoingVtysh(folder, `*summary*) echo '{}';; *) echo 'FRRouting';;`));
    const commands = [bgpSummary, showVersion('bgpd'), bgpSummary, showVersion('zebra')];
    expect(await Promise.all(commands.map((command) => frr.text(command)))).toEqual([
      '{}\n',
      'FRRouting\n',
      '{}\n',
      'FRRouting\n',
    ]);
    expect(startsIn(folder)).toBe(2);
  });

  it('sends what comes after a failure again, and what failed alone from then on', async () => {
    const folder = temporaryFolder();
    const frr = source(
      echoingVtysh(folder, `*summary*) echo '% Unknown command: show bgp'; exit 1;; *) echo '{}';;`),
    );
    const round = () =>
      Promise.allSettled([bgpNeighbors, bgpSummary, showVersion('bgpd')].map((command) => frr.text(command)));
    const outcomes = (await round()).map((one) =>
      one.status === 'fulfilled' ? one.value : one.reason.reason,
    );
    expect(outcomes).toEqual(['{}\n', 'unknown_command', '{}\n']);
    expect(startsIn(folder)).toBe(2);
    await round();
    expect(startsIn(folder)).toBe(4);
  });

  it('queries one by one where the answers cannot be separated', async () => {
    const vtysh = fakeVtysh(
      temporaryFolder(),
      'for each; do case "$each" in show*) printf "[\\"$each\\"][]";; esac; done',
    );
    const commands = [bgpPrefix('default', host('192.0.2.1')), bgpPrefix('default', host('192.0.2.2'))];
    const answers = await source(vtysh).showEach(commands, AbortSignal.timeout(LONG));
    expect(answers.map(({ bytes }) => bytes.toString())).toEqual(commands.map(({ text }) => `["${text}"][]`));
  });

  it('fails with the first of several commands that fails', async () => {
    const vtysh = echoingVtysh(
      temporaryFolder(),
      `*192.0.2.2/32*) echo '% Unknown command: show bgp ipv4 unicast 192.0.2.2/32 json'; exit 1;; *) echo '{}';;`,
    );
    const commands = [bgpPrefix('default', host('192.0.2.1')), bgpPrefix('default', host('192.0.2.2'))];
    expect(await failureOf(() => source(vtysh).showEach(commands, AbortSignal.timeout(LONG)))).toEqual({
      reason: 'unknown_command',
      message:
        'this FRR does not know the command: % Unknown command: show bgp ipv4 unicast 192.0.2.2/32 json',
    });
  });

  it.each([
    [
      'vtysh',
      [],
      'nothing-here: not found; install it or name another with --frr.vtysh.path, or use the sockets with --frr.source=socket',
    ],
    [
      'the prefix',
      ['nowhere-either'],
      'nowhere-either: not found; install it or name another with --frr.vtysh.prefix',
    ],
  ])('reports that %s is missing', async (_, vtyshPrefix, message) => {
    expect(await failureOf(() => source('nothing-here', { vtyshPrefix }).text())).toEqual({
      reason: 'not_installed',
      message,
    });
  });

  it('starts nothing for a daemon that it knows to be dead, until its socket is there', async () => {
    const folder = temporaryFolder();
    const vtysh = fakeVtysh(
      folder,
      `echo started >> ${folder}/starts; [ -e ${folder}/bgpd.vty ] && echo '{}' || { echo 'bgpd is not running' >&2; exit 1; }`,
    );
    const frr = source(vtysh, { socketDir: folder });
    const starts = () => readFileSync(`${folder}/starts`, 'utf8').match(/started/g)?.length;
    const dead = { reason: 'not_running', message: 'bgpd is not running' };
    expect(await failureOf(() => frr.text())).toEqual(dead);
    expect(await failureOf(() => frr.text())).toEqual(dead);
    expect(starts()).toBe(1);
    writeFileSync(`${folder}/bgpd.vty`, '');
    expect(await frr.text()).toBe('{}\n');
    expect(starts()).toBe(2);
  });

  it('reports that vtysh is not a program', async () => {
    const folder = temporaryFolder();
    expect(await failureOf(() => source(folder).text())).toEqual({
      reason: 'permission_denied',
      message: `${folder}: not an executable file for this program's user; --frr.vtysh.path names it`,
    });
  });

  it('reports that an answer is not JSON only when it is read', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), 'head -c 1000 /dev/urandom | tr -d %');
    expect(await source(vtysh).text()).toBeTypeOf('string');
  });

  it('gives up an answer that is too large, and ends what writes it', async () => {
    const folder = temporaryFolder();
    const vtysh = fakeVtysh(
      folder,
      'trap "" TERM PIPE; while :; do echo "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{"; done',
    );
    expect(await failureOf(() => source(vtysh).text())).toEqual({
      reason: 'too_large',
      message:
        'bgpd\'s answer to "show bgp vrf all summary json" is larger than --frr.max-output (1000000 bytes)',
    });
    expect(processesWith(folder)).toEqual([]);
  });

  it('takes an answer of just the allowed size', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), 'head -c 1000000 /dev/zero | tr "\\0" x');
    expect(await source(vtysh).text()).toHaveLength(1_000_000);
  });

  it('gives up a flood of errors', async () => {
    const vtysh = fakeVtysh(temporaryFolder(), 'echo "{}"; while :; do echo error; done >&2');
    expect(await failureOf(() => source(vtysh).text())).toEqual({
      reason: 'failed',
      message: 'vtysh wrote more than 65536 bytes of errors',
    });
  });

  it.each([
    ['waits', 'sleep 600'],
    ['ignores SIGTERM', 'trap "" TERM; while :; do sleep 0.05; done'],
    ['leaves SIGTERM to a child that ignores it', '(trap "" TERM; while :; do sleep 0.05; done) & wait'],
    [
      'leaves a child behind that holds nothing',
      '(trap "" TERM; while :; do sleep 0.05; done) </dev/null >/dev/null 2>&1 & wait',
    ],
  ])('ends a vtysh at the deadline that %s', async (_, script) => {
    const folder = temporaryFolder();
    const ready = path.join(folder, 'ready');
    const vtysh = fakeVtysh(folder, `touch ${ready}; ${script}`);
    const frr = source(vtysh);
    const deadline = new AbortController();
    const pending = failureOf(() => frr.show(bgpSummary, deadline.signal));
    await expect.poll(() => existsSync(ready), { timeout: LONG }).toBe(true);
    const began = performance.now();
    deadline.abort();
    expect(await pending).toEqual({
      reason: 'timed_out',
      message: 'bgpd did not answer "show bgp vrf all summary json" in time',
    });
    // The caller does not wait for the process to end.
    expect(performance.now() - began).toBeLessThan(400);
    await expect.poll(() => processesWith(folder), { timeout: LONG }).toEqual([]);
  });

  it('does not start another for a daemon while one that was terminated has not ended', async () => {
    const folder = temporaryFolder();
    const vtysh = fakeVtysh(
      folder,
      'trap "" TERM; [ "$2" = zebra ] && echo ok && exit; while :; do sleep 0.05; done',
    );
    const frr = source(vtysh);
    expect(await failureOf(() => frr.text(bgpSummary, 300))).toMatchObject({ reason: 'timed_out' });
    const { reason, message } = await failureOf(() => frr.text(bgpNeighbors, LONG));
    expect(reason).toBe('timed_out');
    expect(message).toMatch(
      /^bgpd has still not answered "show bgp vrf all summary json" \(vtysh is process \d+\)$/,
    );
    expect(await frr.text(showVersion('zebra'))).toBe('ok\n');
    await expect.poll(() => processesWith(folder), { timeout: LONG }).toEqual([]);
  });

  it('ends what runs when it is closed, and starts nothing any more', async () => {
    const folder = temporaryFolder();
    const frr = source(
      fakeVtysh(folder, `trap "" TERM; touch ${folder}/ready; while :; do sleep 0.05; done`),
    );
    const pending = failureOf(() => frr.text());
    await expect.poll(() => existsSync(`${folder}/ready`), { timeout: LONG }).toBe(true);
    await frr.close();
    await frr.close();
    expect(processesWith(folder)).toEqual([]);
    expect(await pending).toEqual({
      reason: 'timed_out',
      message: 'bgpd did not answer before the exporter stopped',
    });
    expect(await failureOf(() => frr.text())).toEqual({
      reason: 'timed_out',
      message: 'bgpd was not sent "show bgp vrf all summary json" in time',
    });
  });

  it('starts nothing for a signal that was given before', async () => {
    const folder = temporaryFolder();
    const frr = source(fakeVtysh(folder, `touch ${folder}/started`));
    expect(await failureOf(() => frr.show(bgpSummary, AbortSignal.abort()))).toMatchObject({
      reason: 'timed_out',
    });
    expect(existsSync(`${folder}/started`)).toBe(false);
  });
});

describe('findVtysh', () => {
  const find = (vtyshPath: string) =>
    findVtysh({ kind: 'auto', socketDir: '/run/frr', vtyshPath, vtyshPrefix: [], maxOutput: 1 });

  it('finds a program by its path, and by its name in PATH', () => {
    const folder = temporaryFolder();
    const file = fakeVtysh(folder, 'exit', 'vtysh-of-this-test');
    expect(find(file)).toBe(file);
    vi.stubEnv('PATH', `/nonexistent:${folder}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(find('vtysh-of-this-test')).toBe(file);
    expect(find('vtysh-of-another-test')).toBeUndefined();
  });

  it('does not take a folder for a program', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'vtysh'));
    expect(find(path.join(folder, 'vtysh'))).toBeUndefined();
  });
});
