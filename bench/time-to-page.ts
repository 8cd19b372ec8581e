/**
 * `make time-to-page`: measures the time from a fault to the notification, with real FRR, the exporter, Prometheus, Alertmanager, and
 * the shipped configuration, rules and templates of alerts/.
 *
 *     node bench/time-to-page.ts [--page=docs/benchmarks.md] [--runs=20] [--interval=5s] [FAULT...]
 *
 * Each node of a rack is a separate cluster for the rules, so that several can have independent faults at the same time. In each run, a
 * fault happens after a random delay, and the time runs until Slack's webhook is called or, for a ticket, the mail arrives. Then
 * the fault is healed, and the run ends when the alert is resolved.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from '../test/lab/faults.ts';
import { startRack, waitFor } from '../test/lab/index.ts';
import type { Message } from '../test/lab/messages.ts';
import { type Paging, startPaging, type WatchedNode, watchNode } from '../test/lab/paging.ts';
import { machine, table, writeSection } from './report.ts';
import { median } from './statistics.ts';

const NODES = 5;
/** The interval of the shipped files. */
const SHIPPED = '5s';
/** Runs of each fault; the first has a documented limit. */
const RUNS: Readonly<Record<keyof typeof FAULTS, number>> = {
  silentLinkBfd: 20,
  cutCable: 20,
  silentLinkHoldTimer: 5,
  allUplinks: 5,
  killedBgpd: 5,
  hungBgpd: 5,
  deadExporter: 5,
  deadNode: 5,
};

interface Run {
  readonly fault: string;
  /** Infinity if there was no notification, or if it was not resolved. */
  readonly seconds: number;
  /** Expected content that is missing from the notification. */
  readonly wrong: readonly string[];
  /** Further notifications to the same receiver by the same route. */
  readonly others: readonly string[];
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

const ways = (fault: Fault): readonly Message['via'][] =>
  fault.reaches === 'page' ? ['slack', 'pagerduty'] : ['mail'];

async function measure(paging: Paging, watched: WatchedNode, fault: Fault): Promise<Run> {
  const cluster = watched.labels.cluster as string;
  const [first] = ways(fault);
  const silent = () =>
    waitFor(async () => (await paging.prometheus.query(alertsOf(cluster))).length === 0, {
      within: 900_000,
      every: 1_000,
      for: `the end of all alerts of ${cluster}`,
    });
  await fault.prepare?.(watched);
  // The fault may happen at any time relative to polls, scrapes and evaluations.
  await pause(5_000 + Math.random() * 10_000);
  await silent();
  const before = paging.messages.length;
  const mine = () => paging.messages.slice(before).filter(({ title }) => title.includes(`(${cluster})`));
  const began = Date.now();
  await fault.happen(watched);
  const message = await waitFor(() => mine().find(({ via }) => via === first), {
    within: 600_000,
    every: 20,
    for: `a message about ${watched.node.name}: ${fault.name}`,
  });
  const seconds = (message.at - began) / 1000;
  say(`${cluster} ${fault.name}: ${seconds.toFixed(1)} s: ${message.title}`);
  // Leave time for further notifications about the same fault, during and after it.
  await pause(20_000);
  await fault.heal(watched);
  await waitFor(
    () => ways(fault).every((way) => mine().some(({ via, status }) => via === way && status === 'resolved')),
    { within: 900_000, every: 1_000, for: `the message that ${fault.name} is over on ${watched.node.name}` },
  );
  await silent();
  const text = typeof message.body === 'string' ? message.body : JSON.stringify(message.body);
  const firing = mine().filter(({ status }) => status === 'firing');
  return {
    fault: fault.name,
    seconds,
    wrong: fault.says.filter((pattern) => !pattern.test(text)).map(String),
    others: firing
      .filter((one) => one !== message && !isTwin(one, message))
      .map(({ via, title }) => `${via}: ${title}`),
  };
}

/** Alerts that are a page or a ticket, including pending ones. */
function alertsOf(cluster: string): string {
  return `ALERTS{cluster="${cluster}", severity=~"critical|warning"}`;
}

/** The same notification through the second integration of the receiver. */
function isTwin(one: Message, first: Message): boolean {
  return first.via === 'slack' && one.via === 'pagerduty' && Math.abs(one.at - first.at) < 2_000;
}

function results(runs: readonly Run[]): string {
  const rows = Object.values(FAULTS)
    .map((fault) => ({ fault, mine: runs.filter((run) => run.fault === fault.name) }))
    .filter(({ mine }) => mine.length > 0)
    .map(({ fault, mine }) => {
      const times = mine.map(({ seconds }) => seconds);
      const columns = [Math.min(...times), median(times), Math.max(...times)].map((time) => time.toFixed(1));
      const others = mine.flatMap((run) => run.others).length;
      return [
        fault.name,
        `${fault.alert} (${fault.reaches})`,
        String(mine.length),
        ...columns,
        String(others),
      ];
    });
  return table(['fault', 'message', 'runs', 'min, s', 'median, s', 'max, s', 'other messages'], rows);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      page: { type: 'string', default: 'docs/benchmarks.md' },
      runs: { type: 'string' },
      interval: { type: 'string', default: SHIPPED },
    },
    allowPositionals: true,
  });
  const wanted = Object.entries(FAULTS).filter(
    ([key]) => positionals.length === 0 || positionals.includes(key),
  ) as [keyof typeof FAULTS, Fault][];
  await using rack = await startRack({ nodes: NODES, name: 'page' });
  say(`${NODES} nodes are up`);
  const nodes: WatchedNode[] = [];
  for (const [i, node] of rack.nodes.entries())
    nodes.push(await watchNode(node, { cluster: `cloud-${i + 1}` }));
  // The same few sessions go down repeatedly, which would also fire the alert for flapping.
  const { interval } = values;
  await using paging = await startPaging({
    nodes,
    ...(interval === SHIPPED ? {} : { interval }),
    thresholds: ['--flapping-drops=1000', '--uplink-flapping-drops=1000', '--start-grace=1s'],
  });
  await waitFor(
    async () => (await paging.prometheus.query('up{job=~"frr|node"} == 1')).length === 2 * NODES,
    {
      within: 60_000,
      for: 'all targets to be scraped',
    },
  );
  const runs: Run[] = [];
  const queue = wanted.flatMap(([key, fault]) =>
    Array.from({ length: Number(values.runs ?? RUNS[key]) }, () => fault),
  );
  await Promise.all(
    nodes.map(async (watched) => {
      for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
        runs.push(
          await measure(paging, watched, fault).catch(async (error: unknown) => {
            // The others continue, and so does this node if it can be healed.
            say(`${watched.node.name}: ${error}`);
            await fault.heal(watched).catch((again: unknown) => say(`${watched.node.name}: ${again}`));
            return { fault: fault.name, seconds: Number.POSITIVE_INFINITY, wrong: [], others: [] };
          }),
        );
      }
    }),
  );
  for (const { fault, others, wrong } of runs) {
    for (const other of others) say(`further notification, ${fault}: ${other}`);
    for (const pattern of wrong) say(`missing from the notification, ${fault}: ${pattern}`);
  }
  say(`\n${results(runs)}`);
  if (interval === SHIPPED) writeSection(values.page, 'time-to-page', page(runs));
  else writeSection(values.page, `time-to-page-${interval}`, pageOf(interval, runs));
  for (const node of nodes) await node.stop();
  const promised = runs.filter(
    ({ fault }) => fault === FAULTS.silentLinkBfd.name || fault === FAULTS.cutCable.name,
  );
  const late = interval === SHIPPED ? promised.filter(({ seconds }) => seconds > 30) : [];
  const faulty = runs.filter(({ others, wrong }) => others.length > 0 || wrong.length > 0);
  const untold = runs.filter(({ seconds }) => seconds === Number.POSITIVE_INFINITY);
  if (
    untold.length > 0 ||
    late.length > 0 ||
    faulty.length > 0 ||
    (interval === SHIPPED && median(promised.map(({ seconds }) => seconds)) > 20)
  ) {
    say(
      `missed: ${late.length} runs over 30 s, ${untold.length} without a notification or a resolution, ${faulty.length} with further or wrong notifications`,
    );
    process.exitCode = 1;
  }
}

function pageOf(interval: string, runs: readonly Run[]): string {
  const args = process.argv.slice(2).filter((argument) => !argument.startsWith('--page'));
  return `### Scrapes and evaluations every ${interval}

\`make time-to-page ARGS="${args.join(' ')}"\` on ${machine()}, with the rules and the \`group_wait\` that \`make rules\` makes for this interval.

${results(runs)}`;
}

function page(runs: readonly Run[]): string {
  return `## Time from fault to page

\`make time-to-page\` on ${machine()}, all on one machine: FRR 8.4.4 in a rack of ${NODES} nodes under two
routers, the exporter with sockets and \`--poll.interval=2s --frr.timeout=2s\`, Prometheus 2.42 and Alertmanager 0.25
with the files of \`alerts/\` as shipped, except for \`flapping_drops\` (scrape and evaluation every 5 s, \`for: 5s\`, \`group_wait: 11s\`). The
time runs from the fault to the call of the webhook or, for a ticket, to the mail.

${results(runs)}`;
}

await main();
