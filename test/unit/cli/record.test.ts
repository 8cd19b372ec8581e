import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { record } from '../../../src/cli/record.ts';
import { bgpPrefix, COMMANDS, routeSummary, showMemory, showVersion } from '../../../src/frr/commands.ts';
import { openRecording, RecordingError } from '../../../src/frr/recording.ts';
import { failureOf } from '../frr/failure.ts';
import { fakeDaemon, reply } from '../frr/fake-daemon.ts';
import { host } from '../frr/host.ts';
import { temporaryFolder } from '../frr/temporary-folder.ts';
import { captured, configured } from './captured.ts';

const never = new AbortController().signal;

it('says in one line that a folder cannot be made, and does not wait for it', async () => {
  const sockets = temporaryFolder();
  await fakeDaemon(sockets, 'zebra', () => '{}');
  const config = configured('--frr.source=socket', `--frr.socket.dir-path=${sockets}`, '--frr.timeout=200ms');
  await expect(record(config, '/proc/nowhere/recording', captured())).rejects.toThrow(
    /^no recording can be written to \/proc\/nowhere\/recording: ENOENT: no such file or directory, mkdir '\/proc\/nowhere'$/,
  );
  const deep = path.join(temporaryFolder(), 'a/b/c');
  expect(await record(config, deep, captured())).toBe(0);
  expect(existsSync(path.join(deep, 'index.json'))).toBe(true);
});

it('records every answer and every failure, for what is there', async () => {
  const sockets = temporaryFolder();
  const zebra = await fakeDaemon(sockets, 'zebra', (command) => {
    if (command === 'show vrf') return 'vrf red id 5 table 10\nvrf gone inactive (configured)\n';
    if (command.startsWith('show evpn')) return '';
    if (command.startsWith('show zebra'))
      return reply('% [ZEBRA] Unknown command: show zebra client summary\n', 2);
    return `["${command}"]`;
  });
  await fakeDaemon(sockets, 'bgpd', (command) => `{"${command}":"Größe"}`);
  const bfdd = await fakeDaemon(sockets, 'bfdd', () => undefined);
  const folder = path.join(temporaryFolder(), 'recording');
  const output = captured();
  const config = configured('--frr.source=socket', `--frr.socket.dir-path=${sockets}`, '--frr.timeout=200ms');

  expect(await record(config, folder, output)).toBe(0);

  const recording = await openRecording(folder, 100_000);
  const answerOf = async (command: typeof COMMANDS.vrfs) =>
    (await recording.show(command, never)).bytes.toString();
  expect(await answerOf(COMMANDS.bgpSummary)).toBe('{"show bgp vrf all summary json":"Größe"}');
  expect(await answerOf(COMMANDS.evpnVnis)).toBe('');
  expect(await answerOf(showVersion('zebra'))).toBe('["show version"]');
  expect(await answerOf(showMemory('bgpd'))).toBe('{"show memory":"Größe"}');
  expect(await answerOf(routeSummary('ipv6', 'red'))).toBe('["show ipv6 route vrf red summary json"]');
  expect(await answerOf(bgpPrefix('default', host('::1')))).toBe(
    '{"show bgp ipv6 unicast ::1/128 json":"Größe"}',
  );
  expect(await failureOf(() => recording.show(COMMANDS.zebraClients, never))).toMatchObject({
    reason: 'unknown_command',
  });
  expect(await failureOf(() => recording.show(COMMANDS.watchfrr, never))).toMatchObject({
    reason: 'not_running',
  });
  expect(await failureOf(() => recording.show(COMMANDS.bfdPeers, never))).toMatchObject({
    reason: 'timed_out',
  });
  expect(await failureOf(() => recording.show(showMemory('bfdd'), never))).toMatchObject({
    reason: 'timed_out',
  });
  expect(await recording.addresses()).toContainEqual({
    interface: 'lo',
    address: '127.0.0.1',
    prefixLength: 8,
    afi: 'ipv4',
  });
  expect(zebra.commands).not.toContain('show ip route vrf gone summary json');
  // Waited for once.
  expect(bfdd.commands).toEqual(['enable']);

  const index = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'));
  const answered = Object.values<{ exit: number }>(index).filter(({ exit }) => exit === 0).length;
  expect(output.text()).toBe(
    [
      'Querying FRR by socket: --frr.source=socket',
      'Failed: bfdd did not answer "show bfd peers json" in time',
      'Failed: this FRR does not know the command: % [ZEBRA] Unknown command: show zebra client summary',
      'Not running: ospfd, pimd, vrrpd, watchfrr, staticd, mgmtd, ospf6d, ripd, ripngd, isisd, pim6d, ldpd, nhrpd, eigrpd, babeld, pbrd, fabricd, pathd',
      `${answered} answers are in ${folder}`,
      'The recording contains addresses, routes of the kernel, AS numbers, router and peer names, VRFs, interfaces and peer descriptions.',
      'It contains no passwords: the configuration is not read. Review it before you share it.',
      '',
    ].join('\n'),
  );
});

it('queries nothing and touches nothing when the folder is not empty', async () => {
  const sockets = temporaryFolder();
  const zebra = await fakeDaemon(sockets, 'zebra', () => '');
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'something'), 'of value');
  const config = configured('--frr.source=socket', `--frr.socket.dir-path=${sockets}`);
  await expect(record(config, folder, captured())).rejects.toEqual(
    new RecordingError(`${folder} is not empty: name an empty directory, or one that does not exist yet`),
  );
  expect(readFileSync(path.join(folder, 'something'), 'utf8')).toBe('of value');
  expect(zebra.accepted).toEqual([]);
});

it('writes nothing when FRR answers nothing', async () => {
  const folder = path.join(temporaryFolder(), 'recording');
  const output = captured();
  const config = configured('--frr.source=socket', `--frr.socket.dir-path=${temporaryFolder()}`);
  expect(await record(config, folder, output)).toBe(1);
  expect(existsSync(folder)).toBe(false);
  expect(output.text()).toMatch(
    /\nFRR answered nothing, so nothing was written\. Run frr-exporter doctor to find out why\.\n$/,
  );
});

it('records a recording again', async () => {
  const first = temporaryFolder();
  mkdirSync(path.join(first, 'a'));
  const before = path.join(first, 'a');
  writeFileSync(
    path.join(before, 'index.json'),
    JSON.stringify({ 'show version': { file: 'v', exit: 0, stderr: '' } }),
  );
  writeFileSync(path.join(before, 'v'), 'FRRouting 8.4.4\n');
  const after = path.join(first, 'b');
  expect(await record(configured(`--frr.recording=${before}`), after, captured())).toBe(0);
  const recording = await openRecording(after, 1000);
  expect(await recording.show(showVersion('zebra'), never)).toEqual({
    bytes: Buffer.from('FRRouting 8.4.4\n'),
    seconds: 0,
  });
  expect(await failureOf(() => recording.show(COMMANDS.bgpSummary, never))).toEqual({
    reason: 'not_recorded',
    message: `the recording ${before} has no answer to "show bgp vrf all summary json"`,
  });
  expect(await recording.addresses()).toEqual([]);
});
