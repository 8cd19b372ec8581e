/**
 * `make bench-dashboards`: measures each panel with a fleet, on a real Prometheus that evaluates the shipped rules and ingests the
 * samples of the whole fleet at the same time. The fleet is simulated, with two uplinks per node and three hours of history.
 *
 *     node bench/dashboards.ts [--nodes=1000] [--tries=5] [--page=docs/benchmarks.md]
 *
 * Exits with status 1 if a panel takes more than a second. Takes about 15 minutes for 1,000 nodes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { execa } from 'execa';
import { dashboards } from '../dashboards/dashboards.ts';
import { readOptions } from '../dashboards/options.ts';
import { type Chosen, panelsOf } from '../dashboards/queries.ts';
import { runPanel, type When } from '../dashboards/run-query.ts';
import { type LiveFleet, startLiveFleet } from '../test/fleet/live.ts';
import { waitFor } from '../test/lab/index.ts';
import { BENCHMARKS_PAGE, machine, seconds, table, today, writeSection } from './report.ts';
import { median } from './statistics.ts';

/** Limit for one panel, in seconds. */
const GOAL = 1;
const SCRAPE_INTERVAL = 15;
/** Connections that a browser opens to a server. */
const AT_ONCE = 6;
/** Variables of the dashboards, with everything selected. */
const MEASURED: Readonly<Record<string, Chosen>> = {
  'frr-fleet': { peer_group: ['uplink'] },
  'frr-openstack': {},
  'frr-exporter': {},
};

interface Measured {
  readonly dashboard: string;
  readonly panel: string;
  readonly queries: number;
  readonly series: number;
  /** Seconds, one per try. */
  readonly times: readonly number[];
}

const say = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

/** The queries of Grafana when the dashboard opens: its default time range, with Grafana's number of points. */
function openedNow(dashboard: Dashboard): When {
  const hours = Number(/^now-(\d+)h$/.exec(dashboard.time?.from ?? '')?.[1]);
  const range = hours * 3600;
  return {
    end: Math.floor(Date.now() / 1000),
    range,
    step: Math.max(SCRAPE_INTERVAL, Math.ceil(range / 360)),
    scrapeInterval: SCRAPE_INTERVAL,
  };
}

async function timed<Result>(work: () => Promise<Result>): Promise<[result: Result, seconds: number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}

/** Measures panels and their queries one after the other. */
async function measure(fleet: LiveFleet, dashboard: Dashboard, tries: number): Promise<readonly Measured[]> {
  const chosen = MEASURED[dashboard.uid ?? ''] ?? {};
  const measured: Measured[] = [];
  for (const panel of panelsOf(dashboard)) {
    const times: number[] = [];
    let series = 0;
    for (let n = 0; n < tries; n++) {
      const [answers, time] = await timed(() =>
        runPanel(fleet.prometheus.url, dashboard, panel, chosen, openedNow(dashboard)),
      );
      series = answers.flat().length;
      times.push(time);
    }
    const title = panel.title ?? '';
    measured.push({
      dashboard: dashboard.title ?? '',
      panel: title,
      queries: panel.targets?.length ?? 0,
      series,
      times,
    });
    say(
      `${dashboard.uid}: ${title}: ${seconds(median(times))}, at most ${seconds(Math.max(...times))}, ${series} series`,
    );
  }
  return measured;
}

/** Loads all panels of a dashboard, six at a time like a browser. Returns the seconds until the last one is loaded. */
async function open(fleet: LiveFleet, dashboard: Dashboard): Promise<number> {
  const chosen = MEASURED[dashboard.uid ?? ''] ?? {};
  const when = openedNow(dashboard);
  const queue = [...panelsOf(dashboard)];
  const connection = async () => {
    for (let panel = queue.shift(); panel !== undefined; panel = queue.shift())
      await runPanel(fleet.prometheus.url, dashboard, panel, chosen, when);
  };
  const [, time] = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, connection)));
  return time;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '1000' },
      tries: { type: 'string', default: '5' },
      page: { type: 'string', default: BENCHMARKS_PAGE },
    },
  });
  const nodes = Number(values.nodes);
  const tries = Number(values.tries);
  if (!(nodes > 0 && tries > 0)) throw new Error('--nodes and --tries must be numbers above 0');
  const shown = dashboards(readOptions({})).filter(({ uid }) => Object.hasOwn(MEASURED, uid ?? ''));

  await using fleet = await startLiveFleet({
    nodes,
    dashboards: shown,
    past: 3 * 3600,
    step: 30,
    scrapeInterval: SCRAPE_INTERVAL,
  });
  say(`wrote the history of ${nodes} nodes: ${fleet.series} series`);
  // With faults, the panels show the most data.
  await waitFor(
    async () => {
      const [firing] = await fleet.prometheus.query(
        'count(instance:frr_alerts_firing:since_timestamp_seconds)',
      );
      return Date.now() / 1000 > fleet.faultsSince + 60 && (firing?.value ?? 0) > 0;
    },
    { within: 900_000, every: 5_000, for: 'the faults to fire' },
  );
  const measured: Measured[] = [];
  const opened: string[] = [];
  for (const dashboard of shown) {
    measured.push(...(await measure(fleet, dashboard, tries)));
    const times: number[] = [];
    for (let n = 0; n < tries; n++) {
      times.push(await open(fleet, dashboard));
      await pause(1_000);
    }
    opened.push(`${dashboard.title} ${seconds(median(times))}`);
    say(`${dashboard.uid}: opened in ${seconds(median(times))}`);
  }
  const { stdout: version } = await execa('prometheus', ['--version']);
  writeSection(
    values.page,
    'dashboards',
    `## Fleet dashboards

\`make bench-dashboards\` on ${machine()}, ${today()}.
Prometheus ${/version (\S+)/.exec(version)?.[1]} with the shipped rules and ${fleet.series.toLocaleString('en')} series of ${nodes.toLocaleString('en')} simulated nodes with two uplinks
each, written every ${SCRAPE_INTERVAL} s during the queries, on the same cores. All nodes and the default time range of each dashboard are
selected. The time of a panel is that of all its queries, one after the other, in ${tries} tries.

${table(
  ['panel', 'queries', 'series', 'median', 'max'],
  measured.map(({ dashboard, panel, queries, series, times }) => [
    `${dashboard.replace('FRR / ', '')}: ${panel}`,
    String(queries),
    series.toLocaleString('en'),
    seconds(median(times)),
    seconds(Math.max(...times)),
  ]),
)}

All panels of a dashboard, ${AT_ONCE} at a time, as a browser requests them, until the last one is there: ${opened.join(', ')}.`,
  );
  const slow = measured.filter(({ times }) => median(times) > GOAL);
  for (const { dashboard, panel, times } of slow)
    say(`too slow: ${dashboard}: ${panel}: ${seconds(median(times))}`);
  if (slow.length > 0) process.exitCode = 1;
}

await main();
