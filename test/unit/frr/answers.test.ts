import { describe, expect, it } from 'vitest';
import { answerOfDaemon, answerOfVtysh, type VtyshOutput } from '../../../src/frr/answers.ts';
import { COMMANDS, defaultRoute, showVersion } from '../../../src/frr/commands.ts';
import type { FrrErrorReason } from '../../../src/frr/source.ts';
import { failureOf } from './failure.ts';

const { bgpSummary } = COMMANDS;

describe('answerOfVtysh', () => {
  const vtysh = (stdout: string, stderr = '', exit = 0): VtyshOutput => ({
    stdout: Buffer.from(stdout),
    stderr,
    exit,
  });

  it('gives what was written to standard output', () => {
    expect(answerOfVtysh(bgpSummary, vtysh('{\n}\n')).toString()).toBe('{\n}\n');
    expect(answerOfVtysh(showVersion('zebra'), vtysh('FRRouting 8.4.4 (node)\n')).toString()).toBe(
      'FRRouting 8.4.4 (node)\n',
    );
  });

  it('gives an empty answer as it is', () => {
    expect(answerOfVtysh(COMMANDS.evpnVnis, vtysh('')).toString()).toBe('');
  });

  it('takes no notice of the warning that an unprivileged vtysh writes', () => {
    const warning = "% Can't open configuration file /etc/frr/vtysh.conf due to 'Permission denied'.\n";
    expect(answerOfVtysh(bgpSummary, vtysh('{}', warning)).toString()).toBe('{}');
  });

  it('takes no notice of what a peer says of itself', () => {
    const hostname = 'closing connection to bgpd because of an I/O error!';
    const text = JSON.stringify({
      default: { eth0: { hostname: `vtysh: error reading from bgpd ${hostname}` } },
    });
    expect(answerOfVtysh(bgpSummary, vtysh(text)).toString()).toBe(text);
  });

  it('takes no part of a line for a line of its own', () => {
    const described = (words: string) => `{"description":"${words}","x":"${'x'.repeat(491 - words.length)}"}`;
    const text = described('% Unknown command: of old');
    expect(text.slice(-500)).toMatch(/^% Unknown/);
    expect(answerOfVtysh(bgpSummary, vtysh(text)).toString()).toBe(text);
  });

  const died =
    '{"default":{vtysh: error reading from bgpd: Connection reset by peer (104)Warning: closing connection to bgpd because of an I/O error!\n';
  it.each<[string, VtyshOutput, FrrErrorReason, string]>([
    [
      'a dead daemon on 8.4 and 10',
      vtysh('', 'bgpd is not running\n', 1),
      'not_running',
      'bgpd is not running',
    ],
    ['a dead daemon on 7.5', vtysh('', 'bgpd is not running\n', 0), 'not_running', 'bgpd is not running'],
    [
      'a dead daemon that was named with -d',
      vtysh('', 'Exiting: failed to connect to any daemons.\n', 1),
      'not_running',
      'bgpd is not running',
    ],
    [
      'a daemon that this FRR does not have',
      vtysh('', 'Error: no daemons match name mgmtd!\nExiting: failed to connect to any daemons.\n', 1),
      'not_running',
      'bgpd is not running',
    ],
    [
      'a dead daemon or a socket without rights',
      vtysh(
        '',
        'Exiting: failed to connect to any daemons.\nHint: if this seems wrong, try running me as a privileged user!\n',
        1,
      ),
      'not_running',
      'bgpd is not running, or vtysh may not use its socket: it must run as root or in the group of the socket (frrvty)',
    ],
    [
      'a container that does not run',
      vtysh(
        '',
        'Error: can only create exec sessions on running containers: container state improper\n',
        255,
      ),
      'not_running',
      'bgpd is not running',
    ],
    [
      'a daemon that dies while it answers',
      vtysh(died, '', 0),
      'truncated',
      'bgpd ended while it answered "show bgp vrf all summary json"',
    ],
    [
      'a daemon that dies, reported on standard error',
      vtysh('{"a"', 'Warning: closing connection to bgpd because of an I/O error!\n', 0),
      'truncated',
      'bgpd ended while it answered "show bgp vrf all summary json"',
    ],
    [
      'an unknown command',
      vtysh('% Unknown command: show bogus\n', '', 1),
      'unknown_command',
      'this FRR does not know the command: % Unknown command: show bogus',
    ],
    [
      'an answer of some length that breaks off',
      vtysh(
        `${'{"default":{}}\n'.repeat(100)}Warning: closing connection to bgpd because of an I/O error!\n`,
        '',
        0,
      ),
      'truncated',
      'bgpd ended while it answered "show bgp vrf all summary json"',
    ],
    [
      'an incomplete command',
      vtysh('% Command incomplete: show vrf json\n', '', 1),
      'unknown_command',
      'this FRR does not know the command: % Command incomplete: show vrf json',
    ],
    [
      'an unknown command after answers of others',
      vtysh(`{}\n% Unknown command: show bogus\n`, '', 1),
      'unknown_command',
      'this FRR does not know the command: % Unknown command: show bogus',
    ],
    [
      'words instead of JSON',
      vtysh("% Can't find interface json\n"),
      'failed',
      `bgpd on "show bgp vrf all summary json": % Can't find interface json`,
    ],
    [
      'sudo that wants a password',
      vtysh('', 'sudo: a password is required\n', 1),
      'permission_denied',
      'vtysh could not query bgpd (exit status 1): sudo: a password is required',
    ],
    [
      'a network namespace that may not be entered',
      vtysh('', 'setting the network namespace "node" failed: Operation not permitted\n', 255),
      'permission_denied',
      'vtysh could not query bgpd (exit status 255): setting the network namespace "node" failed: Operation not permitted',
    ],
    [
      'a container that is not there',
      vtysh('', 'Error: no container with name or ID "frr" found: no such container\n', 125),
      'not_installed',
      'vtysh could not query bgpd (exit status 125): Error: no container with name or ID "frr" found: no such container',
    ],
    [
      'a container without vtysh',
      vtysh('', 'Error: crun: executable file `vtysh` not found in $PATH: No such file or directory\n', 127),
      'not_installed',
      'vtysh could not query bgpd (exit status 127): Error: crun: executable file `vtysh` not found in $PATH: No such file or directory',
    ],
    [
      'a vtysh that a signal ended',
      { stdout: Buffer.from('{'), stderr: '', exit: undefined },
      'failed',
      'vtysh could not query bgpd (exit status none): {',
    ],
    [
      'a failure without words',
      vtysh('', '\n', 3),
      'failed',
      'vtysh could not query bgpd (exit status 3): no message',
    ],
  ])('refuses %s', async (_, output, reason, message) => {
    expect(await failureOf(() => answerOfVtysh(bgpSummary, output))).toEqual({ reason, message });
  });
});

describe('answerOfDaemon', () => {
  it('gives the reply of a success and of a warning', () => {
    expect(answerOfDaemon(bgpSummary, Buffer.from('{}'), 0).toString()).toBe('{}');
    expect(answerOfDaemon(defaultRoute('ipv4', 'default'), Buffer.from('{}\n'), 1).toString()).toBe('{}\n');
  });

  it.each<[string, string, number, FrrErrorReason, string]>([
    [
      'an unknown command',
      '% [BGP] Unknown command: show bogus\n',
      2,
      'unknown_command',
      'this FRR does not know the command: % [BGP] Unknown command: show bogus',
    ],
    [
      'an ambiguous command',
      '% Ambiguous command.\n',
      3,
      'unknown_command',
      'this FRR does not know the command: % Ambiguous command.',
    ],
    [
      'an incomplete command',
      '% Command incomplete.\n',
      4,
      'unknown_command',
      'this FRR does not know the command: % Command incomplete.',
    ],
    [
      'an unknown command without words',
      '',
      2,
      'unknown_command',
      'this FRR does not know the command: show bgp vrf all summary json',
    ],
    [
      'words instead of JSON',
      '% BGP instance not found\n',
      1,
      'failed',
      'bgpd on "show bgp vrf all summary json": % BGP instance not found',
    ],
    [
      'another return code',
      'no memory\n',
      13,
      'failed',
      'bgpd failed at "show bgp vrf all summary json" (return code 13): no memory',
    ],
    [
      'another return code without words',
      '',
      255,
      'failed',
      'bgpd failed at "show bgp vrf all summary json" (return code 255): no message',
    ],
  ])('refuses %s', async (_, text, code, reason, message) => {
    expect(await failureOf(() => answerOfDaemon(bgpSummary, Buffer.from(text), code))).toEqual({
      reason,
      message,
    });
  });

  it.each([2, 3, 4])(
    'takes return code %d for an unknown command, whatever the daemon says',
    async (code) => {
      expect(await failureOf(() => answerOfDaemon(bgpSummary, Buffer.from('{}'), code))).toEqual({
        reason: 'unknown_command',
        message: 'this FRR does not know the command: show bgp vrf all summary json',
      });
    },
  );
});
