/**
 * `make storm`: a cluster of 1,000 simulated nodes with the shipped rules and Alertmanager configuration. 100, 300 and all of
 * its nodes die, a router, the fabric, each in a cluster of its own.
 *
 *     node bench/storm.ts [--page=docs/benchmarks.md] [--nodes=1000]
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CALM, type Storm, startStorm, type Weather } from '../test/fleet/storm.ts';
import { waitFor } from '../test/lab/index.ts';
import { machine, seconds, table, writeSection } from './report.ts';

const CLUSTER = 'cloud-1';

interface Fault {
  readonly name: string;
  readonly weather: Weather;
  /** The alert of each node or session, and how many of them there must be. */
  readonly alert: string;
  readonly alerts: number;
}

function faults(nodes: number): readonly Fault[] {
  const dead = (count: number): Fault => ({
    name: `${count} nodes dead`,
    weather: { ...CALM, dead: ({ number }) => number <= count },
    alert: 'FRRNodeDown',
    alerts: count,
  });
  return [
    dead(Math.round(nodes / 10)),
    dead(Math.round((nodes * 3) / 10)),
    dead(nodes),
    {
      name: 'a router dead',
      weather: { ...CALM, cut: ({ rack }, router) => rack === 1 && router === 1 },
      alert: 'FRRBGPPeerDown',
      alerts: 20,
    },
    {
      name: 'all routers dead',
      weather: { ...CALM, cut: () => true },
      alert: 'FRRBGPAllUplinksDown',
      alerts: nodes,
    },
  ];
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

async function count(storm: Storm, expression: string): Promise<number> {
  return (await storm.prometheus.query(expression))[0]?.value ?? 0;
}

interface Measured {
  readonly row: readonly string[];
  readonly missed: number;
}

async function measure(nodes: number, fault: Fault): Promise<Measured> {
  await using storm = await startStorm({ clusters: { [CLUSTER]: nodes } });
  const announced = 'count(host_route:frr_host_route_advertised:last_timestamp_seconds)';
  await waitFor(async () => (await count(storm, announced)) === 12 * nodes, {
    within: 180_000,
    every: 1_000,
    for: 'the rules to know every address',
  });
  const firing = `count(ALERTS{alertname="${fault.alert}", alertstate="firing"})`;
  await storm.slowest();
  const began = Date.now();
  storm.weather = fault.weather;
  await waitFor(async () => (await count(storm, firing)) >= fault.alerts, {
    within: 180_000,
    every: 250,
    for: `${fault.alerts} ${fault.alert}`,
  });
  const complete = (Date.now() - began) / 1000;
  await pause(60_000);
  const [group, slowest] = [...(await storm.slowest())].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0];
  const pages = storm.messages.filter(({ via, status }) => via === 'slack' && status === 'firing');
  const [first] = pages;
  say(`${fault.name}: ${complete.toFixed(1)} s, ${pages.map(({ title }) => title).join(' / ')}`);
  return {
    row: [
      fault.name,
      `${complete.toFixed(0)} s`,
      `${seconds(slowest)} (${group})`,
      String(pages.length),
      first === undefined ? '' : `${((first.at - began) / 1000).toFixed(0)} s`,
      first?.title.replace(/^PAGE: /, '') ?? '',
    ],
    missed: await storm.missed(),
  };
}

const { values } = parseArgs({
  options: {
    page: { type: 'string', default: 'docs/benchmarks.md' },
    nodes: { type: 'string', default: '1000' },
  },
});
const nodes = Number(values.nodes);
const measured: Measured[] = [];
for (const fault of faults(nodes)) measured.push(await measure(nodes, fault));
const missed = measured.reduce((sum, one) => sum + one.missed, 0);
writeSection(
  values.page,
  'storm',
  `## Storms

\`make storm\` on ${machine()}: ${nodes} simulated nodes in one cluster, twenty a rack, with two uplinks and twelve addresses each;
Prometheus 2.42 and Alertmanager 0.25 on the same machine, scrape and evaluation every 5 s, with the rules as they are shipped.

${table(
  ['fault', 'all alerts after', 'slowest evaluation of a group', 'pages', 'first page after', 'its title'],
  measured.map(({ row }) => row),
)}

Evaluations that were missed: ${missed}.`,
);
if (missed > 0) process.exitCode = 1;
