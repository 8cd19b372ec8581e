/** Which vtysh processes a round of polls takes, with every collector that is enabled by default; and what happens between two rounds. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { type Lab, startExporter, startLab, waitFor } from '../../lab/index.ts';
import { fakeVtysh } from '../../unit/frr/fake-vtysh.ts';
import { temporaryFolder } from '../../unit/frr/temporary-folder.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ name: 'rounds' });
});
afterAll(() => lab?.stop());

test('a round of a small router is at most five processes, and the cause of a lost session costs no neighbors command', async () => {
  const folder = temporaryFolder();
  const starts = join(folder, 'starts');
  const commands = join(folder, 'commands');
  const vtysh = fakeVtysh(
    folder,
    `while [ "$1" != -d ]; do options="$options $1"; shift; done; echo "$2" >>'${starts}'; echo "$*" >>'${commands}'; exec vtysh $options "$@"`,
  );
  const flags = ['--frr.source=vtysh', `--frr.vtysh.path=${vtysh}`, '--poll.interval=4s'];
  const exporter = await startExporter({ lab, flags });
  onTestFinished(() => exporter.stop());

  /** The daemons of the processes of each round: they come within a second, and the next ones later. */
  const rounds: string[][] = [];
  let seen = 0;
  const next = async () => {
    const lines = () => (existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n') : []);
    await waitFor(() => lines().length > seen, { within: 20_000, every: 50, for: 'a round' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    rounds.push(lines().slice(seen).sort());
    seen = lines().length;
  };
  // The first round finds out what there is, and so takes more.
  for (let round = 0; round < 5; round++) await next();
  const quiet = ['bfdd', 'bgpd', 'zebra'];
  const full = ['bfdd', 'bgpd', 'staticd', 'watchfrr', 'zebra'];
  expect(rounds.slice(1)).toEqual([quiet, quiet, full, quiet]);

  const sent = (command: string) => readFileSync(commands, 'utf8').split(command).length - 1;
  expect([sent('all neighbors json'), sent('summary failed json')]).toEqual([1, 0]);
  const atTor1 = (line: string) => lab.tor1.configure('router bgp 65001', line);
  await atTor1('neighbor 100.64.1.2 shutdown message new card');
  await waitFor(
    async () =>
      (await exporter.page()).find('frr_bgp_session_down_cause', {
        peer: '100.64.1.1',
        text: 'shut down by the peer: "new card"',
      }).length === 1,
    { within: 20_000, every: 100, for: 'the cause' },
  );
  // The next whole poll comes 48 s after the first one.
  expect(sent('all neighbors json')).toBe(1);
  expect(sent('summary failed json')).toBeGreaterThan(0);
  await atTor1('no neighbor 100.64.1.2 shutdown');
  await lab.untilUp();
});

test('ten flaps within seconds are ten events with the reasons of the log, also across a rotation', async () => {
  const peers = ['100.64.1.1', 'eth2'];
  mkdirSync('/var/log/frr', { recursive: true });
  chmodSync('/var/log/frr', 0o777);
  const file = `/var/log/frr/${lab.node.namespace}.log`;
  onTestFinished(() => {
    for (const one of [file, `${file}.1`]) rmSync(one, { force: true });
  });
  await lab.node.configure(`log file ${file} informational`);
  // Ten seconds between two polls hide several flaps, and without this collector the cause is in FRR's words.
  const exporter = await startExporter({
    lab,
    source: 'socket',
    flags: [`--frr.log=${file}`, '--poll.interval=10s', '--no-collector.bgp-neighbors'],
  });
  onTestFinished(() => exporter.stop());

  /** The changes of sessions that FRR has logged: the peer, and why it went down. */
  const logged = () =>
    [`${file}.1`, file].flatMap((one) =>
      existsSync(one)
        ? Array.from(
            readFileSync(one, 'utf8').matchAll(
              /%ADJCHANGE: neighbor (\S+)\(.*\) in vrf default (?:Up|Down (.+))$/gm,
            ),
            ([, peer, reason]) => ({ peer, reason }),
          )
        : [],
    );
  const dropped = async () => {
    const found = (await exporter.page()).find('frr_bgp_session_dropped_total');
    return found.reduce((sum, { value }) => sum + value, 0);
  };
  const before = await dropped();
  for (let round = 1; round <= 5; round++) {
    if (round === 4) {
      renameSync(file, `${file}.1`);
      // As logrotate does: SIGUSR1 makes FRR open its log again.
      for (const daemon of lab.node.daemons) process.kill(lab.node.pid(daemon) as number, 'SIGUSR1');
      await waitFor(() => existsSync(file), { within: 5_000, for: 'the new log' });
    }
    if (round % 2 === 0) await lab.node.vtysh('clear bgp *');
    else await Promise.all([lab.tor1.vtysh('clear bgp *'), lab.tor2.vtysh('clear bgp *')]);
    await waitFor(
      () => logged().filter(({ reason }) => reason === undefined).length >= round * peers.length,
      {
        within: 20_000,
        every: 20,
        for: 'both sessions to come up again',
      },
    );
  }
  const expected = logged().map(({ peer, reason }) =>
    reason === undefined ? [peer, 'Idle', 'Established', 0, null] : [peer, 'Established', 'Idle', 0, reason],
  );
  const downs = expected.filter(([, , to]) => to === 'Idle').length;
  expect(downs).toBeGreaterThanOrEqual(10);
  const events = async () => {
    const { events } = JSON.parse(await exporter.text('/api/v1/events')) as { events: readonly Event[] };
    return events
      .filter(({ topic }) => topic === 'bgp_session')
      .map(({ labels, from, to, missed, cause }) => [labels.peer, from, to, missed, cause])
      .toReversed();
  };
  await waitFor(async () => (await events()).length >= expected.length, {
    within: 10_000,
    for: 'the events',
  });
  // The polls that the lines have caused see the same changes, and add nothing.
  await waitFor(async () => (await dropped()) === before + downs, { within: 20_000, for: 'the last poll' });
  expect(await events()).toEqual(expected);
});
