/** Hours of polling in seconds: counts what the sources leave behind. In a separate file, and therefore process. */
import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { COMMANDS, type Command, showVersion } from '../../../src/frr/commands.ts';
import { socketSource } from '../../../src/frr/socket.ts';
import type { FrrSource } from '../../../src/frr/source.ts';
import { vtyshSource } from '../../../src/frr/vtysh.ts';
import { fakeDaemon } from '../../unit/frr/fake-daemon.ts';
import { fakeVtysh } from '../../unit/frr/fake-vtysh.ts';
import { processesWith } from '../../unit/frr/processes.ts';
import { temporaryFolder } from '../../unit/frr/temporary-folder.ts';

function held() {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().filter((kind) => /Pipe|Process|Timeout/.test(kind)).length,
    signals: ['SIGTERM', 'SIGINT', 'exit', 'beforeExit'].map((event) => process.listenerCount(event)),
  };
}

/** What is held once nothing closes any more. */
async function settled(): Promise<ReturnType<typeof held>> {
  let last = held();
  await expect
    .poll(
      () => {
        const before = last;
        last = held();
        return isDeepStrictEqual(last, before);
      },
      { interval: 200, timeout: 10_000 },
    )
    .toBe(true);
  return last;
}

/** Good answers, failures and deadlines in turns, over one signal that lives as long as the source. */
async function pollMuch(source: FrrSource, rounds: number): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  const query = async (command: Command, within: number) => {
    const outcome = await source.show(command, AbortSignal.timeout(within)).then(
      () => 'answered',
      ({ reason }) => reason as string,
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  for (let round = 0; round < rounds; round++) {
    await Promise.all([
      query(showVersion('zebra'), 10_000),
      query(COMMANDS.bgpSummary, 10_000),
      query(COMMANDS.bfdPeers, 20),
      query(showVersion('ospfd'), 10_000),
    ]);
  }
  return outcomes;
}

it('leaves no connection, timer or descriptor of the sockets behind', async () => {
  const folder = temporaryFolder();
  const daemons = [
    await fakeDaemon(folder, 'zebra', () => 'FRRouting'),
    await fakeDaemon(folder, 'bgpd', (_, socket) => void socket.end('{"cut')),
    await fakeDaemon(folder, 'bfdd', () => undefined),
  ];
  const source = socketSource({
    kind: 'socket',
    socketDir: folder,
    vtyshPath: 'vtysh',
    vtyshPrefix: [],
    maxOutput: 1000,
  });
  await pollMuch(source, 3);
  const quiet = () => Promise.all(daemons.slice(1).map((daemon) => daemon.allClosed()));
  await quiet();
  const before = await settled();
  expect(await pollMuch(source, 100)).toEqual({
    answered: 100,
    truncated: 100,
    timed_out: 100,
    not_running: 100,
  });
  await quiet();
  await expect.poll(held, { timeout: 10_000 }).toEqual(before);
  await source.close();
  await Promise.all(daemons.map((daemon) => daemon.allClosed()));
});

it('leaves no process, timer or descriptor of vtysh behind', async () => {
  const folder = temporaryFolder();
  const vtyshPath = fakeVtysh(
    folder,
    'case "$2" in zebra) echo FRRouting;; bgpd) printf "{"; kill -9 $$;; bfdd) sleep 600;; *) echo "$2 is not running" >&2;; esac',
  );
  const source = vtyshSource({
    kind: 'vtysh',
    socketDir: '/run/frr',
    vtyshPath,
    vtyshPrefix: [],
    maxOutput: 1000,
  });
  await pollMuch(source, 1);
  await expect.poll(() => processesWith(folder), { timeout: 10_000 }).toEqual([]);
  const before = await settled();
  expect(await pollMuch(source, 10)).toEqual({ answered: 10, failed: 10, timed_out: 10, not_running: 10 });
  await expect.poll(() => processesWith(folder), { timeout: 10_000 }).toEqual([]);
  await expect.poll(held, { timeout: 10_000 }).toEqual(before);
  await source.close();
});
