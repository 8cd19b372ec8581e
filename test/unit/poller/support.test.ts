import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { isOlder } from '../../../src/frr/version.ts';
import { supportedQuery, UnsupportedError } from '../../../src/poller/support.ts';
import { answering } from '../collectors/recorded.ts';

const SERVERS = COMMANDS.rpkiServers.text;

/** Queries a collector that requires FRR 8.4, and lists what FRR was sent. */
function querying(answers: Parameters<typeof answering>[0], since: string | undefined = '8.4') {
  const sent: string[] = [];
  const query = supportedQuery({
    name: 'rpki',
    ...(since === undefined ? {} : { since }),
    query: (frr) => frr.json(COMMANDS.rpkiServers),
  });
  return {
    sent,
    poll: async () => {
      const frr = answering(answers);
      sent.length = 0;
      const noting =
        <Answer>(send: (command: typeof COMMANDS.rpkiServers) => Promise<Answer>) =>
        (command: typeof COMMANDS.rpkiServers) => {
          sent.push(command.text);
          return send(command);
        };
      return query({ ...frr, json: noting(frr.json), text: noting(frr.text) });
    },
  };
}

describe('a collector that requires FRR 8.4', () => {
  test('is unsupported on FRR 7.5, which is then queried for its version only, until it is upgraded', async () => {
    const answers: Record<string, string> = {
      [SERVERS]: 'unknown_command',
      'show version bgpd': 'FRRouting 7.5.1 (node).',
    };
    const { poll, sent } = querying(answers);
    const refused = new UnsupportedError(
      'collector rpki is not supported by FRR 7.5.1: it requires 8.4 or newer',
    );
    await expect(poll()).rejects.toThrow(refused);
    expect(sent).toEqual([SERVERS, 'show version']);
    await expect(poll()).rejects.toThrow(refused);
    expect(sent).toEqual(['show version']);
    answers[SERVERS] = '{}';
    answers['show version bgpd'] = 'FRRouting 8.4.4 (node).';
    expect(await poll()).toEqual([{}]);
    expect(sent).toEqual(['show version', SERVERS]);
    expect(await poll()).toEqual([{}]);
    expect(sent).toEqual([SERVERS]);
  });

  test.each([
    ['FRR is new enough', 'FRRouting 10.3 (node).'],
    ['FRR does not report its version', 'not_running'],
    ['FRR reports something else', 'Quagga'],
  ])('fails where it does not know a command and %s', async (_, version) => {
    const { poll } = querying({ [SERVERS]: 'unknown_command', 'show version bgpd': version });
    await expect(poll()).rejects.toMatchObject({ name: 'FrrError', reason: 'unknown_command' });
  });

  test('fails like any other if FRR fails for another reason', async () => {
    const { poll, sent } = querying({
      [SERVERS]: 'timed_out',
      'show version bgpd': 'FRRouting 7.5.1 (node).',
    });
    await expect(poll()).rejects.toThrow(FrrError);
    expect(sent).toEqual([SERVERS]);
  });
});

test.each([
  ['7.5.1', '8.4', true],
  ['8.3.9', '8.4', true],
  ['8.4', '8.4', false],
  ['8.4.4', '8.4', false],
  ['8.4-dev-my', '8.4', false],
  ['10.3', '8.4', false],
  ['8', '8.4', true],
])('%s is older than %s: %s', (version, other, older) => {
  expect(isOlder(version, other)).toBe(older);
});
