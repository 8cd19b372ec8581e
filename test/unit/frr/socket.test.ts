import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bgpPrefix, COMMANDS, showVersion } from '../../../src/frr/commands.ts';
import type { SourceOptions } from '../../../src/frr/options.ts';
import { socketSource } from '../../../src/frr/socket.ts';
import { failureOf } from './failure.ts';
import { fakeDaemon, reply } from './fake-daemon.ts';
import { host } from './host.ts';
import { temporaryFolder } from './temporary-folder.ts';

const { bgpSummary, bgpNeighbors, bfdPeers } = COMMANDS;
/** Milliseconds that a fake daemon may need on a busy machine. */
const LONG = 10_000;

/** A daemon in a process of its own, so that it can be stopped and killed. Reports on standard output that it listens. */
const ANSWERS_ALWAYS = `require('node:net')
  .createServer((socket) => socket.on('data', () => socket.write('{"before":1}\\0\\0\\0\\0')))
  .listen(process.argv[1], () => console.log('listens'));`;

function source(socketDir: string, more: Partial<SourceOptions> = {}) {
  const made = socketSource({
    kind: 'socket',
    socketDir,
    vtyshPath: 'vtysh',
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

describe('socketSource', () => {
  it('gives the output, and the time that the daemon took', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', (_, socket) => {
      setTimeout(() => socket.write(reply('{"default":{}}')), 50);
      return undefined;
    });
    const answer = await source(folder).show(bgpSummary, AbortSignal.timeout(LONG));
    expect(answer).toEqual({ bytes: Buffer.from('{"default":{}}'), seconds: expect.any(Number) });
    expect(answer.seconds).toBeGreaterThan(0.045);
    expect(answer.seconds).toBeLessThan(LONG / 1000);
    expect(bgpd.commands).toEqual(['show bgp vrf all summary json']);
  });

  it('finds the sockets of a path space', async () => {
    const folder = temporaryFolder();
    await fakeDaemon(path.join(folder, 'node'), 'bgpd', () => '{}');
    expect(await source(folder, { pathspace: 'node' }).text()).toBe('{}');
  });

  it('keeps one connection a daemon, with one command in flight', async () => {
    const folder = temporaryFolder();
    let inFlight = 0;
    let most = 0;
    const bgpd = await fakeDaemon(folder, 'bgpd', (command, socket) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        socket.write(reply(command));
      }, 5);
      return undefined;
    });
    const frr = source(folder);
    const commands = Array.from({ length: 10 }, (_, i) => bgpPrefix('default', host(`192.0.2.${i}`)));
    expect(await Promise.all(commands.map((command) => frr.text(command)))).toEqual(
      commands.map(({ text }) => text),
    );
    await frr.text(showVersion('bgpd'));
    expect(most).toBe(1);
    expect(bgpd.accepted).toHaveLength(1);
  });

  it('sends several commands on one connection', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', (command) => `["${command}"]`);
    const commands = [bgpPrefix('default', host('192.0.2.1')), bgpPrefix('default', host('2001:db8::1'))];
    const answers = await source(folder).showEach(commands, AbortSignal.timeout(LONG));
    expect(answers.map(({ bytes }) => bytes.toString())).toEqual([
      '["show bgp ipv4 unicast 192.0.2.1/32 json"]',
      '["show bgp ipv6 unicast 2001:db8::1/128 json"]',
    ]);
    expect(bgpd.accepted).toHaveLength(1);
    expect(await source(folder).showEach([], AbortSignal.timeout(LONG))).toEqual([]);
  });

  it('fails with the first of several commands that fails', async () => {
    const folder = temporaryFolder();
    await fakeDaemon(folder, 'bgpd', (command) =>
      command.includes('ipv6') ? reply('% Unknown command\n', 2) : '{}',
    );
    const commands = [bgpPrefix('default', host('192.0.2.1')), bgpPrefix('default', host('2001:db8::1'))];
    expect(await failureOf(() => source(folder).showEach(commands, AbortSignal.timeout(LONG)))).toEqual({
      reason: 'unknown_command',
      message: 'this FRR does not know the command: % Unknown command',
    });
  });

  it('sends enable to bfdd once per connection, and to no other daemon', async () => {
    const folder = temporaryFolder();
    const bfdd = await fakeDaemon(folder, 'bfdd', (command) => (command === 'enable' ? '' : '[]'));
    const bgpd = await fakeDaemon(folder, 'bgpd', () => '{}');
    const frr = source(folder);
    await frr.text(bfdPeers);
    await frr.text(COMMANDS.bfdCounters);
    await frr.text(bgpSummary);
    expect(bfdd.commands).toEqual(['enable', 'show bfd peers json', 'show bfd peers counters json']);
    expect(bgpd.commands).toEqual(['show bgp vrf all summary json']);
  });

  it('uses a separate connection for commands that VIEW mode does not know', async () => {
    const folder = temporaryFolder();
    const zebra = await fakeDaemon(folder, 'zebra', (command) => (command === 'enable' ? '' : '{}'));
    const frr = source(folder);
    await frr.text(COMMANDS.vrfs);
    await frr.text(COMMANDS.zebraClients);
    await frr.text(COMMANDS.vrfs);
    await frr.text(COMMANDS.zebraClients);
    expect(zebra.commands).toEqual([
      'show vrf',
      'enable',
      'show zebra client summary',
      'show vrf',
      'show zebra client summary',
    ]);
    expect(zebra.open()).toBe(2);
  });

  it('reports each time that bfdd rejects enable, and sends no other command to it', async () => {
    const folder = temporaryFolder();
    const bfdd = await fakeDaemon(folder, 'bfdd', () => reply('% Unknown command: enable\n', 2));
    const frr = source(folder);
    for (let i = 0; i < 2; i++)
      expect(await failureOf(() => frr.text(bfdPeers))).toEqual({
        reason: 'unknown_command',
        message: 'this FRR does not know the command: % Unknown command: enable',
      });
    expect(bfdd.commands).toEqual(['enable', 'enable']);
    await bfdd.allClosed();
  });

  it('takes answers with a warning, and types the other return codes', async () => {
    const folder = temporaryFolder();
    let code = 1;
    const bgpd = await fakeDaemon(folder, 'bgpd', () => reply('{}\n', code));
    const frr = source(folder);
    expect(await frr.text()).toBe('{}\n');
    code = 2;
    expect(await failureOf(() => frr.text())).toMatchObject({ reason: 'unknown_command' });
    code = 13;
    expect(await failureOf(() => frr.text())).toMatchObject({ reason: 'failed' });
    expect(bgpd.accepted).toHaveLength(1);
  });

  it('never takes an answer that comes late for the next one', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', (command, socket) => {
      if (command === bgpNeighbors.text) return '{"neighbors":1}';
      setTimeout(() => socket.write(reply('{"late":1}')), 150);
      return undefined;
    });
    const frr = source(folder);
    expect(await failureOf(() => frr.text(bgpSummary, 50))).toEqual({
      reason: 'timed_out',
      message: 'bgpd did not answer "show bgp vrf all summary json" in time',
    });
    expect(await frr.text(bgpNeighbors)).toBe('{"neighbors":1}');
    await pause(200);
    expect(await frr.text(bgpNeighbors)).toBe('{"neighbors":1}');
    expect(bgpd.accepted).toHaveLength(2);
    expect(bgpd.open()).toBe(1);
  });

  it('lets those who wait for a hung daemon go in their own time', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', () => undefined);
    const frr = source(folder);
    const [first, second] = await Promise.all([
      failureOf(() => frr.text(bgpSummary, 300)),
      failureOf(() => frr.text(bgpNeighbors, 50)),
    ]);
    expect(first).toMatchObject({ reason: 'timed_out' });
    expect(second).toEqual({
      reason: 'timed_out',
      message: 'bgpd was not sent "show bgp vrf all neighbors json" in time',
    });
    expect(bgpd.commands).toEqual([bgpSummary.text]);
  });

  it('sends nothing when the signal is already aborted', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', () => '{}');
    expect(await failureOf(() => source(folder).show(bgpSummary, AbortSignal.abort()))).toMatchObject({
      reason: 'timed_out',
    });
    expect(bgpd.commands).toEqual([]);
  });

  it('queries the new process of a daemon that restarted between two commands', async () => {
    const folder = temporaryFolder();
    const before = await fakeDaemon(folder, 'bgpd', () => '{"before":1}');
    const frr = source(folder);
    expect(await frr.text()).toBe('{"before":1}');
    await before.stop();
    expect(await failureOf(() => frr.text())).toEqual({
      reason: 'not_running',
      message: `bgpd is not running: there is no ${folder}/bgpd.vty`,
    });
    await fakeDaemon(folder, 'bgpd', () => '{"after":1}');
    expect(await frr.text()).toBe('{"after":1}');
  });

  it('queries the new process of a daemon that restarted before it read the command', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'bgpd.vty');
    const bgpd = spawn(process.execPath, ['-e', ANSWERS_ALWAYS, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void bgpd.kill('SIGKILL'));
    await once(bgpd.stdout, 'data');
    const frr = source(folder);
    expect(await frr.text()).toBe('{"before":1}');
    bgpd.kill('SIGSTOP');
    const pending = frr.text();
    rmSync(file);
    const successor = await fakeDaemon(folder, 'bgpd', () => '{"after":1}');
    bgpd.kill('SIGKILL');
    expect(await pending).toBe('{"after":1}');
    expect(successor.commands).toEqual([bgpSummary.text]);
  });

  it('does not repeat a command that a daemon had read before it died', async () => {
    const folder = temporaryFolder();
    let deadly = false;
    const bgpd = await fakeDaemon(folder, 'bgpd', (_, socket) => {
      if (!deadly) return '{}';
      socket.destroy();
      return undefined;
    });
    const frr = source(folder);
    await frr.text();
    deadly = true;
    expect(await failureOf(() => frr.text())).toEqual({
      reason: 'truncated',
      message: 'bgpd ended while it answered "show bgp vrf all summary json"',
    });
    expect(bgpd.commands).toHaveLength(2);
  });

  it('reports an incomplete answer', async () => {
    const folder = temporaryFolder();
    await fakeDaemon(folder, 'bgpd', (_, socket) => {
      socket.end('{"default":{');
      return undefined;
    });
    expect(await failureOf(() => source(folder).text())).toEqual({
      reason: 'truncated',
      message: 'bgpd ended while it answered "show bgp vrf all summary json"',
    });
  });

  it('reads an answer of several megabytes in pieces', async () => {
    const folder = temporaryFolder();
    const text = JSON.stringify(
      Array.from({ length: 60_000 }, (_, i) => ({ peer: `192.0.2.${i}`, state: 'Established €' })),
    );
    await fakeDaemon(folder, 'bgpd', () => text);
    expect(await source(folder, { maxOutput: Buffer.byteLength(text) }).text()).toBe(text);
    expect(
      await failureOf(() => source(folder, { maxOutput: Buffer.byteLength(text) - 1 }).text()),
    ).toMatchObject({
      reason: 'too_large',
    });
  });

  it('gives up an answer that never ends, and its connection', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', (_, socket) => {
      const chunk = Buffer.alloc(64 * 1024, '{');
      const more = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
      return undefined;
    });
    expect(await failureOf(() => source(folder).text())).toEqual({
      reason: 'too_large',
      message:
        'bgpd\'s answer to "show bgp vrf all summary json" is larger than --frr.max-output (1000000 bytes)',
    });
    await bgpd.allClosed();
  });

  it('rejects bytes that are not a reply, and bytes without a command', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', () => Buffer.concat([reply('{}'), reply('{}')]));
    const frr = source(folder);
    expect(await failureOf(() => frr.text())).toEqual({
      reason: 'failed',
      message: `what came from ${folder}/bgpd.vty on "show bgp vrf all summary json" is not a vty reply`,
    });
    await bgpd.allClosed();
    const zebra = await fakeDaemon(folder, 'zebra', (command, socket) => {
      setTimeout(() => socket.write('% a message for everybody\n'), 20);
      return command;
    });
    expect(await frr.text(showVersion('zebra'))).toBe('show version');
    await zebra.allClosed();
    expect(await frr.text(COMMANDS.vrfs)).toBe('show vrf');
    expect(zebra.accepted).toHaveLength(2);
  });

  it.each([
    [
      'no folder',
      (folder: string) => rmSync(folder, { recursive: true }),
      (folder: string) =>
        `FRR is not running: there is no ${folder} (--frr.socket.dir-path and --frr.pathspace name it)`,
    ],
    ['no socket', () => {}, (folder: string) => `bgpd is not running: there is no ${folder}/bgpd.vty`],
    [
      'a file that nothing listens on',
      (folder: string) => writeFileSync(path.join(folder, 'bgpd.vty'), ''),
      (folder: string) => `bgpd is not running: no process listens at ${folder}/bgpd.vty`,
    ],
  ])('reports that a daemon is not running when there is %s', async (_, prepare, message) => {
    const folder = temporaryFolder();
    prepare(folder);
    expect(await failureOf(() => source(folder).text())).toEqual({
      reason: 'not_running',
      message: message(folder),
    });
  });

  it('reports other errors of the connection', async () => {
    const folder = path.join(temporaryFolder(), 'x'.repeat(120));
    expect(await failureOf(() => source(folder).text())).toMatchObject({ reason: 'failed' });
  });

  it('closes every connection when it is closed, and sends nothing afterwards', async () => {
    const folder = temporaryFolder();
    const bgpd = await fakeDaemon(folder, 'bgpd', () => undefined);
    const zebra = await fakeDaemon(folder, 'zebra', () => 'FRRouting 8.4.4');
    const frr = source(folder);
    await frr.text(showVersion('zebra'));
    const pending = failureOf(() => frr.text());
    await expect.poll(() => bgpd.commands).toHaveLength(1);
    await frr.close();
    await frr.close();
    expect(await pending).toMatchObject({ reason: 'timed_out' });
    await Promise.all([bgpd.allClosed(), zebra.allClosed()]);
    expect(await failureOf(() => frr.text(showVersion('zebra')))).toMatchObject({ reason: 'timed_out' });
    expect(zebra.commands).toHaveLength(1);
  });

  it('fails at once the commands that wait while it is closed', async () => {
    const folder = temporaryFolder();
    await fakeDaemon(folder, 'bgpd', () => undefined);
    const frr = source(folder);
    const pending = Promise.all([failureOf(() => frr.text()), failureOf(() => frr.text(bgpNeighbors))]);
    const began = performance.now();
    await frr.close();
    expect(await pending).toMatchObject([{ reason: 'timed_out' }, { reason: 'timed_out' }]);
    expect(performance.now() - began).toBeLessThan(LONG / 2);
  });

  it('gives a whole answer or a typed failure, whatever a daemon sends and when it ends', async () => {
    const folder = temporaryFolder();
    let script: { readonly chunks: readonly Uint8Array[]; readonly ends: boolean } = {
      chunks: [],
      ends: true,
    };
    const bgpd = await fakeDaemon(folder, 'bgpd', (_, socket) => {
      for (const chunk of script.chunks) socket.write(chunk);
      if (script.ends) socket.end();
      return undefined;
    });
    const frr = source(folder);
    const chunks = fc.array(
      fc.oneof(fc.uint8Array({ max: 2 }), fc.constant(reply('{}')), fc.constant(reply('x', 3))),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(chunks, fc.boolean(), async (sent, ends) => {
        script = { chunks: sent, ends };
        const outcome = await frr.show(bgpSummary, AbortSignal.timeout(30)).catch((error) => error);
        if ('bytes' in outcome) expect(outcome.bytes.toString()).not.toContain('\0');
        else
          expect(['truncated', 'timed_out', 'failed', 'unknown_command', 'not_running']).toContain(
            outcome.reason,
          );
      }),
      { numRuns: 150, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: false },
    );
    await frr.close();
    await bgpd.allClosed();
  });
});
