/** How many vtysh a round of polls takes, with every collector that is enabled by default. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startExporter, startLab, waitFor } from '../../lab/index.ts';
import { fakeVtysh } from '../../unit/frr/fake-vtysh.ts';
import { temporaryFolder } from '../../unit/frr/temporary-folder.ts';

test('a round of a small router is at most five processes, and one to each daemon', async () => {
  const lab = await startLab({ name: 'rounds' });
  onTestFinished(() => lab.stop());
  const folder = temporaryFolder();
  const starts = join(folder, 'starts');
  const vtysh = fakeVtysh(
    folder,
    `while [ "$1" != -d ]; do options="$options $1"; shift; done; echo "$2" >>'${starts}'; exec vtysh $options "$@"`,
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
});
