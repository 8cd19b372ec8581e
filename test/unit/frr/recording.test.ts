import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bgpPrefix,
  COMMANDS,
  type Command,
  routeSummary,
  showMemory,
  showVersion,
} from '../../../src/frr/commands.ts';
import {
  openRecording,
  RecordingError,
  refuseIfNotEmpty,
  writeRecording,
} from '../../../src/frr/recording.ts';
import { FRR_ERROR_REASONS, FrrError } from '../../../src/frr/source.ts';
import { failureOf } from './failure.ts';
import { host } from './host.ts';
import { temporaryFolder } from './temporary-folder.ts';

const never = new AbortController().signal;

/** A recording with the given files; objects are written as JSON. */
function recording(files: Record<string, unknown>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const entry = (more: Record<string, unknown> = {}) => ({
  file: 'summary.json',
  exit: 0,
  stderr: '',
  ...more,
});
const indexOf = (more: Record<string, unknown> = {}) => ({ 'show bgp vrf all summary json': entry(more) });

async function show(folder: string, command: Command = COMMANDS.bgpSummary, maxOutput = 1000) {
  return await (await openRecording(folder, maxOutput)).show(command, never);
}

describe('openRecording', () => {
  it('gives the answers, which took no time', async () => {
    const folder = recording({ 'index.json': indexOf(), 'summary.json': '{\n}\n' });
    expect(await show(folder)).toEqual({ bytes: Buffer.from('{\n}\n'), seconds: 0 });
    const source = await openRecording(folder, 1000);
    expect(await source.showEach([COMMANDS.bgpSummary, COMMANDS.bgpSummary], never)).toEqual([
      { bytes: Buffer.from('{\n}\n'), seconds: 0 },
      { bytes: Buffer.from('{\n}\n'), seconds: 0 },
    ]);
    await source.close();
  });

  it('distinguishes the memory of one daemon from that of another', async () => {
    const folder = recording({
      'index.json': { 'show memory bgpd': entry({ file: 'b' }), 'show memory zebra': entry({ file: 'z' }) },
      b: 'of bgpd',
      z: 'of zebra',
    });
    expect((await show(folder, showMemory('bgpd'))).bytes.toString()).toBe('of bgpd');
    expect((await show(folder, showMemory('zebra'))).bytes.toString()).toBe('of zebra');
  });

  it('gives failures the type that vtysh reported', async () => {
    const dead = recording({
      'index.json': indexOf({ exit: 1, stderr: 'bgpd is not running\n' }),
      'summary.json': '',
    });
    expect(await failureOf(() => show(dead))).toEqual({
      reason: 'not_running',
      message: 'bgpd is not running',
    });
    const unknown = recording({
      'index.json': indexOf({ exit: 1 }),
      'summary.json': '% Unknown command: show x\n',
    });
    expect(await failureOf(() => show(unknown))).toMatchObject({ reason: 'unknown_command' });
  });

  it('repeats failures that were recorded with their reason', async () => {
    const folder = recording({
      'index.json': indexOf({ exit: 1, stderr: 'bgpd did not answer in time', reason: 'timed_out' }),
    });
    expect(await failureOf(() => show(folder))).toEqual({
      reason: 'timed_out',
      message: 'bgpd did not answer in time',
    });
  });

  it('reports which command it has no answer to', async () => {
    const folder = recording({ 'index.json': indexOf() });
    expect(await failureOf(() => show(folder, COMMANDS.bgpNeighbors))).toEqual({
      reason: 'not_recorded',
      message: `the recording ${folder} has no answer to "show bgp vrf all neighbors json"`,
    });
    expect(await failureOf(() => show(folder))).toEqual({
      reason: 'not_recorded',
      message: `the recording's answer to "show bgp vrf all summary json" cannot be read: ENOENT: no such file or directory, stat '${folder}/summary.json'`,
    });
  });

  it('refuses an answer that is too large', async () => {
    const folder = recording({ 'index.json': indexOf(), 'summary.json': ' '.repeat(1001) });
    expect(await failureOf(() => show(folder))).toEqual({
      reason: 'too_large',
      message: `${folder}/summary.json has 1001 bytes, more than --frr.max-output=1000`,
    });
  });

  it.each([
    [
      'no index',
      {},
      (folder: string) =>
        `${folder} is not a recording: it has no index.json; make one with: frr-exporter record DIR`,
    ],
    [
      'an empty index',
      { 'index.json': '' },
      (folder: string) => `${folder}/index.json is not JSON: Unexpected end of JSON input`,
    ],
    [
      'an index that is no object',
      { 'index.json': '[]' },
      (folder: string) => `${folder}/index.json: must be an object`,
    ],
    [
      'an entry without an exit status',
      { 'index.json': indexOf({ exit: undefined }) },
      (folder: string) => `${folder}/index.json: show bgp vrf all summary json.exit: must be an integer`,
    ],
    [
      'a file elsewhere',
      { 'index.json': indexOf({ file: '../../etc/passwd' }) },
      (folder: string) =>
        `${folder}/index.json: show bgp vrf all summary json.file: must be the name of a file in the folder`,
    ],
    [
      'a reason that is none',
      { 'index.json': indexOf({ reason: 'bad luck' }) },
      (folder: string) =>
        `${folder}/index.json: show bgp vrf all summary json.reason: must be one of ${FRR_ERROR_REASONS.join(', ')}`,
    ],
    [
      'an address without a length',
      { 'index.json': {}, 'addresses.json': { lo: ['192.0.2.1'] } },
      (folder: string) => `${folder}/addresses.json: lo.0: must be like 192.0.2.1/32 or 192.0.2.1/32 vrf red`,
    ],
  ])('refuses a folder with %s in one line', async (_, files, message) => {
    const folder = recording(files);
    await expect(openRecording(folder, 1000)).rejects.toEqual(new RecordingError(message(folder)));
  });

  it('refuses a folder that is not there', async () => {
    await expect(openRecording('/nonexistent', 1000)).rejects.toThrow(
      '/nonexistent is not a recording: it has no index.json; make one with: frr-exporter record DIR',
    );
  });

  it('refuses a file', async () => {
    const file = `${recording({ 'index.json': '{}' })}/index.json`;
    await expect(openRecording(file, 1000)).rejects.toEqual(
      new RecordingError(`${file} is not a recording: it is not a directory`),
    );
  });

  it("gives the node's addresses", async () => {
    const folder = recording({
      'index.json': {},
      'addresses.json': { lo: ['127.0.0.1/8', 'f00d::1/128'], 'br-ex': ['203.0.113.20/32'], eth1: [] },
    });
    expect(await (await openRecording(folder, 1000)).addresses()).toEqual([
      { interface: 'lo', address: '127.0.0.1', prefixLength: 8, afi: 'ipv4' },
      { interface: 'lo', address: 'f00d::1', prefixLength: 128, afi: 'ipv6' },
      { interface: 'br-ex', address: '203.0.113.20', prefixLength: 32, afi: 'ipv4' },
    ]);
  });

  it.each([
    '192.0.2.1/33',
    '2001:db8::1/129',
    '192.0.2.1/',
    '192.0.2.1/-1',
    '192.0.2.1/8/8',
    'fe80::1%eth0/64',
    '192.0.2.1/24 vrf',
    '192.0.2.1/24 vrf red blue',
    'lo/8',
    '',
  ])('refuses %j for an address', async (text) => {
    const folder = recording({ 'index.json': {}, 'addresses.json': { lo: [text] } });
    await expect(openRecording(folder, 1000)).rejects.toThrow('lo.0: must be like 192.0.2.1/32');
  });

  it('reports that it has no addresses', async () => {
    const folder = recording({ 'index.json': {} });
    const source = await openRecording(folder, 1000);
    expect(await failureOf(() => source.addresses())).toEqual({
      reason: 'not_recorded',
      message: `the recording ${folder} has no addresses.json with the node's addresses`,
    });
  });
});

describe('writeRecording', () => {
  it('writes what openRecording reads', async () => {
    const folder = path.join(temporaryFolder(), 'new', 'recording');
    const addresses = [
      { interface: 'lo', address: '203.0.113.20', prefixLength: 32, afi: 'ipv4' as const },
      { interface: 'lo', address: '2001:db8::1', prefixLength: 128, afi: 'ipv6' as const },
      { interface: 'eth3', address: '192.0.2.1', prefixLength: 24, afi: 'ipv4' as const, vrf: 'red' },
    ];
    const lookUp = bgpPrefix('default', host('2001:db8::1'));
    await writeRecording(
      folder,
      [
        { command: COMMANDS.bgpSummary, outcome: { bytes: Buffer.from('{"€":1}\n'), seconds: 3 } },
        { command: lookUp, outcome: { bytes: Buffer.from('{}'), seconds: 3 } },
        { command: showVersion('zebra'), outcome: { bytes: Buffer.from('FRRouting\n'), seconds: 3 } },
        { command: COMMANDS.bfdPeers, outcome: new FrrError('timed_out', 'bfdd', 'bfdd did not answer') },
      ],
      addresses,
      [{ interface: 'eth1', up: true, carrierChanges: 3 }],
    );
    expect(readdirSync(folder).sort()).toEqual([
      'addresses.json',
      'index.json',
      'links.json',
      'no-answer.txt',
      'show_bgp_ipv6_unicast_2001-db8--1-128_json.json',
      'show_bgp_vrf_all_summary_json.json',
      'show_version.txt',
    ]);
    expect(JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'))).toEqual({
      'show bgp vrf all summary json': { file: 'show_bgp_vrf_all_summary_json.json', exit: 0, stderr: '' },
      'show bgp ipv6 unicast 2001:db8::1/128 json': {
        file: 'show_bgp_ipv6_unicast_2001-db8--1-128_json.json',
        exit: 0,
        stderr: '',
      },
      'show version': { file: 'show_version.txt', exit: 0, stderr: '' },
      'show bfd peers json': {
        file: 'no-answer.txt',
        exit: 1,
        stderr: 'bfdd did not answer',
        reason: 'timed_out',
      },
    });
    const source = await openRecording(folder, 1000);
    expect(await source.show(COMMANDS.bgpSummary, never)).toEqual({
      bytes: Buffer.from('{"€":1}\n'),
      seconds: 0,
    });
    expect(await source.show(lookUp, never)).toEqual({ bytes: Buffer.from('{}'), seconds: 0 });
    expect(await failureOf(() => source.show(COMMANDS.bfdPeers, never))).toEqual({
      reason: 'timed_out',
      message: 'bfdd did not answer',
    });
    expect(await source.addresses()).toEqual(addresses);
    expect(await source.links()).toEqual([{ interface: 'eth1', up: true, carrierChanges: 3 }]);
  });

  it('has no links where they were not recorded, and refuses what are none', async () => {
    const source = await openRecording(recording({ 'index.json': '{}' }), 1000);
    expect(await failureOf(() => source.links() as never)).toMatchObject({ reason: 'not_recorded' });
    const folder = recording({
      'index.json': '{}',
      'links.json': '{"eth1": {"up": 1, "carrierChanges": 3}}',
    });
    await expect(openRecording(folder, 1000)).rejects.toThrow(`${folder}/links.json: eth1.up: `);
  });

  it.each([
    ['index.json', { z: null }, 'z.file: must be the name of a file in the folder'],
    ['index.json', { z: { file: 'a', exit: 0.5, stderr: '' } }, 'z.exit: must be an integer'],
    ['index.json', { z: { file: 'a', exit: 0 } }, 'z.stderr: must be a string'],
    ['addresses.json', { lo: '127.0.0.1/8' }, 'lo: must be a list'],
    ['addresses.json', { lo: ['127.0.0.1/8', 1] }, 'lo.1: must be like 192.0.2.1/32 or 192.0.2.1/32 vrf red'],
    ['links.json', { eth1: null }, 'eth1.up: must be true or false'],
    ['links.json', { eth1: { up: true } }, 'eth1.carrierChanges: must be an integer of at least 0'],
    [
      'links.json',
      { eth1: { up: true, carrierChanges: -1 } },
      'eth1.carrierChanges: must be an integer of at least 0',
    ],
    ['links.json', null, 'must be an object'],
  ])('refuses a %s that contains %j', async (file, content, problem) => {
    const folder = recording({ 'index.json': '{}', [file]: JSON.stringify(content) });
    await expect(openRecording(folder, 1000)).rejects.toThrow(`${folder}/${file}: ${problem}`);
  });

  it('keeps the answers about VRFs of similar names apart', async () => {
    const folder = path.join(temporaryFolder(), 'recording');
    const commands = ['a-b', 'a@b', 'a:b'].map((vrf) => routeSummary('ipv4', vrf));
    await writeRecording(
      folder,
      commands.map((command) => ({ command, outcome: { bytes: Buffer.from(command.text), seconds: 0 } })),
      [],
      [],
    );
    const source = await openRecording(folder, 1000);
    for (const command of commands)
      expect((await source.show(command, never)).bytes.toString()).toBe(command.text);
  });

  it('does not write into a folder that has something in it, nor where it cannot', async () => {
    const folder = recording({ 'index.json': '{}' });
    await expect(writeRecording(folder, [], [], [])).rejects.toEqual(
      new RecordingError(`${folder} is not empty: name an empty directory, or one that does not exist yet`),
    );
    expect(readdirSync(folder)).toEqual(['index.json']);
    const file = path.join(folder, 'index.json');
    for (const [place, words] of [
      [file, `ENOTDIR: not a directory, scandir '${file}'`],
      [path.join(file, 'below'), `ENOTDIR: not a directory, scandir '${file}/below'`],
    ] as const)
      await expect(refuseIfNotEmpty(place)).rejects.toEqual(
        new RecordingError(`no recording can be written to ${place}: ${words}`),
      );
    await expect(refuseIfNotEmpty(path.join(folder, 'new'))).resolves.toBeUndefined();
    expect(readdirSync(folder)).toEqual(['index.json']);
    const dangling = path.join(temporaryFolder(), 'link');
    symlinkSync('/nonexistent', dangling);
    await expect(writeRecording(dangling, [], [], [])).rejects.toThrow(
      `no recording can be written to ${dangling}: `,
    );
    mkdirSync(path.join(folder, 'empty'));
    await expect(refuseIfNotEmpty(path.join(folder, 'empty'))).resolves.toBeUndefined();
  });
});
