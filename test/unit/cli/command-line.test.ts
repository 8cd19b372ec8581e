import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../src/cli/command-line.ts';
import { ALL_COLLECTORS } from '../../../src/collectors/configurable.ts';
import { allFlags } from '../../../src/flags/config.ts';
import { UsageError } from '../../../src/flags/flag.ts';

const read = (...argv: string[]) => readCommandLine(argv, {}, '1.2.3');

describe('commands', () => {
  test('serve is the default', () => {
    expect(read().command).toBe('serve');
    expect(read('--log.level=debug').command).toBe('serve');
  });
  test('flags can precede or follow the command', () => {
    const line = read('--log.level=debug', 'once', '--frr.timeout', '1s');
    expect(line).toMatchObject({ command: 'once', config: { logLevel: 'debug', frrTimeout: 1 } });
  });
  test.each([
    ['203.0.113.20', '203.0.113.20'],
    ['203.0.113.20/32', '203.0.113.20'],
    ['198.51.100.0/24', '198.51.100.0/24'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8::/48', '2001:db8::/48'],
  ])('address takes %s', (text, address) => {
    expect(read('address', text)).toMatchObject({ command: 'address', address });
  });

  test('record needs a directory', () => {
    expect(read('record', 'somewhere')).toMatchObject({ command: 'record', directory: 'somewhere' });
  });
  test('maintenance has an action', () => {
    expect(read('maintenance', 'start', '1h30m', 'new\n card')).toMatchObject({
      ...{ command: 'maintenance', action: 'start', seconds: 5400, reason: 'new card' },
    });
    expect(read('maintenance', 'end')).toMatchObject({ command: 'maintenance', action: 'end' });
  });
  test('--version', () => {
    expect(read('--version')).toEqual({ command: 'print', text: '1.2.3\n' });
  });
  test.each(['help', 'version'])('%s is the same as the flag', (command) => {
    expect(read(command)).toEqual(read(`--${command}`));
  });
  test('--help lists the collectors that are enabled by default apart from the others', () => {
    const line = read('--help');
    const [, enabled = '', disabled = ''] =
      line.command === 'print' ? line.text.split(/^Collectors that are (?:en|dis)abled by default:$/m) : [];
    expect(enabled).toContain('--[no-]collector.bgp ');
    expect(enabled).not.toContain('--[no-]collector.ospf ');
    expect(disabled).toContain('--[no-]collector.ospf ');
  });
  test('--help names every command and flag', () => {
    const line = read('doctor', '--help');
    if (line.command !== 'print') throw new Error('no help');
    for (const command of ['serve', 'once', 'record DIR', 'doctor'])
      expect(line.text).toContain(`\n  ${command} `);
    for (const { name } of allFlags(ALL_COLLECTORS))
      expect(line.text).toMatch(new RegExp(`^  --(\\[no-\\])?${name.replaceAll('.', '\\.')}[= ]`, 'm'));
    for (const textLine of line.text.split('\n')) expect(textLine.length).toBeLessThanOrEqual(120);
  });
});

describe('what is refused, in one line', () => {
  test.each([
    [['--foo'], "unknown flag '--foo'; --help lists them all"],
    [['--web.listen-adress=:1'], "unknown flag '--web.listen-adress'; did you mean --web.listen-address?"],
    [['-log.level=info'], 'unknown flag -log.level=info; did you mean --log.level?'],
    [['--frr.vtysh'], 'unknown flag --frr.vtysh; use --frr.source=vtysh'],
    [['--frr.socket.timeout=2s'], 'unknown flag --frr.socket.timeout; use --frr.timeout'],
    [['--no-collector.route'], 'unknown flag --no-collector.route; use --collector.rib'],
    [['-x'], "unknown flag '-x'; --help lists them all"],
    [
      ['--frr.timeout', '--log.level=info'],
      '--frr.timeout takes a duration from 100ms to 10m, such as 500ms, 5s or 1m30s, and was given nothing',
    ],
    [
      ['--frr.timeout=5'],
      '--frr.timeout takes a duration from 100ms to 10m, such as 500ms, 5s or 1m30s, not "5"',
    ],
    [['--frr.source=telnet'], '--frr.source takes one of auto, vtysh, socket, recording, not "telnet"'],
    [
      ['--no-log.level'],
      '--log.level takes one of debug, info, warn, error; it cannot be switched off with --no-log.level',
    ],
    [
      ['--collector.disable-defaults=true'],
      '--collector.disable-defaults takes no value; write --collector.disable-defaults or --no-collector.disable-defaults',
    ],
    [
      ['start'],
      'unknown command "start"; the commands are serve, once, record, doctor, status, address, check, maintenance, help, version',
    ],
    [['once', 'now'], 'once takes no argument, not "now"'],
    [['record'], 'record takes the directory to write into: frr-exporter record DIR'],
    [['maintenance'], 'maintenance takes start, end or show: frr-exporter maintenance start 2h "new card"'],
    [
      ['maintenance', 'start', 'new card'],
      'maintenance start takes how long it lasts, such as 2h or 30m, at most 365d: frr-exporter maintenance start 2h "new card"',
    ],
    [
      ['maintenance', 'start', '366d'],
      'maintenance start takes how long it lasts, such as 2h or 30m, at most 365d: frr-exporter maintenance start 2h "new card"',
    ],
    [['maintenance', 'end', 'now'], 'maintenance end takes no argument, not "now"'],
    [
      ['maintenance', 'start', '2h', 'new', 'card'],
      'too many arguments. Expected 4 arguments but got 5: maintenance, start, 2h, new, card.',
    ],
    [
      ['address'],
      'address takes an address or a prefix without a zone, such as 203.0.113.20 or 2001:db8::/48',
    ],
    ...['fe80::1%eth0', '192.0.2', '192.0.2.1/33', '192.0.2.0/24/24', 'lo', ''].map(
      (text): [string[], string] => [
        ['address', text],
        `address takes an address or a prefix without a zone, such as 203.0.113.20 or 2001:db8::/48, not ${JSON.stringify(text)}`,
      ],
    ),
    [['record', 'a', 'b'], 'too many arguments. Expected 2 arguments but got 3: record, a, b.'],
  ])('%j', (argv, message) => {
    expect(() => read(...argv)).toThrow(new UsageError(message));
  });
});
