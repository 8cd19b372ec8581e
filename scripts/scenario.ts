/**
 * `make scenario NAME=vip`: one of the six uses on real FRR, with its faults to cause, and the exporters, Prometheus and
 * Alertmanager around it.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import {
  CLOUD_NODES,
  type Cloud,
  type Exporter,
  startCloud,
  startCloudExporter,
  type Traffic,
  waitFor,
} from '../test/lab/index.ts';
import { USE_CASES } from '../test/scenarios/index.ts';
import { readPages, shown } from '../test/scenarios/shown.ts';
import type { Fault, UseCase } from '../test/scenarios/use-case.ts';
import {
  bold,
  dim,
  fail,
  followAlerts,
  green,
  onSignals,
  port,
  print,
  red,
  setUp,
  startMonitoring,
} from './monitoring.ts';

const rendered = (node: string) =>
  readFileSync(new URL(`../test/scenarios/rendered/${node}.conf`, import.meta.url), 'utf8');

/** The values of series, once they are what the use declares, or what they are after half a minute. */
async function settled(
  exporters: Readonly<Record<string, Exporter>>,
  declared: Fault['shows'],
): Promise<Fault['shows']> {
  const read = async () => shown(await readPages(exporters), Object.keys(declared));
  const asDeclared = async () => isDeepStrictEqual(await read(), declared);
  await waitFor(asDeclared, { within: 30_000, every: 500 }).catch(() => {});
  return read();
}

function printFaults({ faults }: UseCase): void {
  print('');
  for (const [index, { what, alerts }] of faults.entries())
    print(
      `  ${bold(String(index + 1))}  ${what}  ${dim(alerts.map((one) => one.split(' ')[0]).join(', ') || 'no alert')}`,
    );
  print(`  ${bold('0')}  everything is healthy again   ${bold('Ctrl-C')}  stop\n`);
}

/** Reads the number of a fault, causes it, and undoes it, until the input or the user ends it. */
async function play(
  use: UseCase,
  cloud: Cloud,
  exporters: Readonly<Record<string, Exporter>>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const traffic: (readonly [address: string, traffic: Traffic])[] = [];
  for (const address of use.addresses) traffic.push([address, stack.use(await cloud.traffic(address))]);
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '' });
  let stopped = false;
  const stop = onSignals(() => {
    stopped = true;
    lines.close();
  });
  // At a terminal, Ctrl-C is a key.
  lines.on('SIGINT', stop);
  let active: Fault | undefined;
  printFaults(use);
  for await (const line of lines) {
    if (stopped) break;
    const choice = line.trim();
    const chosen = use.faults[Number(choice) - 1];
    if (choice !== '0' && chosen === undefined) {
      print(`  choose a number from 0 to ${use.faults.length}`);
      continue;
    }
    await active?.undo(cloud);
    await chosen?.cause(cloud);
    active = chosen;
    print(`  ${chosen?.what ?? 'no fault'}`);
    for (const [address, packets] of traffic) {
      const state = chosen?.lost.includes(address) ? 'lost' : 'flowing';
      await packets.until(state);
      print(`  packets to ${address} are ${state === 'lost' ? red(state) : green(state)}`);
    }
    for (const [series, value] of Object.entries(await settled(exporters, chosen?.shows ?? use.works)))
      print(dim(`  ${series} ${value ?? '(absent)'}`));
    printFaults(use);
  }
}

async function main([name]: readonly string[]): Promise<void> {
  const names = USE_CASES.map((use) => use.name).join(', ');
  const use =
    USE_CASES.find((one) => one.name === name) ?? fail(`name a use: make scenario NAME=vip (${names})`);
  if (process.getuid?.() !== 0) fail('run it as root: it makes network namespaces');
  await setUp();
  const cleanUp: (() => unknown)[] = [];
  try {
    print(`\n  ${dim('Starting four FRR routers ...')}`);
    const cloud = await startCloud({ node1: rendered('node1'), node2: rendered('node2') });
    cleanUp.push(() => cloud.stop());
    const exporters: Record<string, Exporter> = {};
    const targets = [];
    for (const [index, node] of CLOUD_NODES.entries()) {
      const exporter = await startCloudExporter(cloud, node, rendered(node), {
        port: await port(9342 + index),
        flags: ['--poll.interval=1s'],
      });
      cleanUp.push(() => exporter.stop());
      exporters[node] = exporter;
      targets.push({
        url: exporter.url,
        labels: { instance: `${node}:9342`, cluster: 'scenario', hostname: node },
      });
    }
    await use.prepare(cloud);
    const { prometheus, alertmanager } = await startMonitoring(cleanUp, targets);
    print(`
  ${bold(use.title)}
  ${use.about}

${targets.map(({ url, labels }) => `  ${labels.hostname}  ${bold(`${url}/`)}  vtysh -N ${cloud.name}-${labels.hostname}`).join('\n')}
  Prometheus   ${bold(`${prometheus.url}/alerts`)}
  Alertmanager ${bold(`${alertmanager.url}/`)}

  Type the number of a fault. Alerts fire when it has lasted as long as their rules say, most of them for minutes.`);
    cleanUp.push(followAlerts(alertmanager.url));
    await play(use, cloud, exporters);
    print(`\n  ${dim('Cleaning up ...')}`);
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

await main(process.argv.slice(2));
