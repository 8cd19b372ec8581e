/** Series by series against the exporter that most people run, on the same FRR at the same moment. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { belongingTo, FULL, freePort, start, startExporter, startLab } from '../../lab/index.ts';
import { otherExporter } from '../../lab/other-exporter.ts';

/** What differs on purpose, by name, and why. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  frr_bgp_rib_memory_bytes: 'a name of ours too, without the label local_as',
  frr_bgp_peers_memory_bytes: 'a name of ours too, without the label local_as',
  frr_bgp_peer_groups_memory_bytes:
    'a name of ours too, without the label local_as, and absent without groups',
  frr_collector_up: 'about our own collectors',
  frr_exporter_build_info: 'about our own build',
  frr_scrape_duration_seconds: 'we do not ask FRR when scraped; see frr_collector_duration_seconds',
  frr_scrapes_total: 'we do not ask FRR when scraped',
  frr_status_up: 'frr_up and frr_info tell it',
};

/** Figures of time, and counters of messages, which go on between the two scrapes. */
const MOVES = /uptime|message_(received|sent)_total/;

/** The samples of a page by name and labels, these in the order of their names. */
async function read(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(url)).text();
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, set = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined) return [];
      const pairs = set.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? [];
      return [[`${name}{${pairs.toSorted().join(',')}}`, Number(value)] as const];
    }),
  );
}

const nameOf = (series: string) => series.replace(/\{.*/s, '');

test('every series of prometheus-frr-exporter 1.11.0 is ours too', async () => {
  await using lab = await startLab({ name: 'compat', topology: FULL });
  await using ours = await startExporter({ lab, flags: ['--compat.frr-exporter', '--poll.interval=1s'] });
  const port = await freePort();
  const [program, ...args] = await otherExporter('1.11.0');
  const theirsUrl = `http://127.0.0.1:${port}/metrics`;
  await using _theirs = await start(
    program,
    [
      ...args,
      `--web.listen-address=127.0.0.1:${port}`,
      `--frr.socket.dir-path=${lab.node.socketFolder}`,
      ...['--collector.bgp6', '--collector.bgpl2vpn', '--collector.route.detailed-routes'],
      ...['--collector.bgp.advertised-prefixes', '--no-collector.ospf'],
    ],
    {
      env: belongingTo(lab.name),
      ready: async () => (await fetch(theirsUrl).catch(() => undefined))?.ok === true,
    },
  );
  await pause(4_000);
  const theirs = [...(await read(theirsUrl))].filter(([series]) => series.startsWith('frr_'));
  const mine = await read(`${ours.url}/metrics`);
  expect(theirs.length).toBeGreaterThan(100);
  const different = theirs.flatMap(([series, theirValue]) => {
    const value = mine.get(series);
    const same =
      value !== undefined && (MOVES.test(series) ? Math.abs(value - theirValue) <= 10 : value === theirValue);
    return same ? [] : [`${series} ${theirValue} ${value}`];
  });
  expect(different.filter((line) => !(nameOf(line) in ON_PURPOSE))).toEqual([]);
  const names = new Set(different.map((line) => nameOf(line)));
  expect([...names].toSorted()).toEqual(Object.keys(ON_PURPOSE).toSorted());
});
