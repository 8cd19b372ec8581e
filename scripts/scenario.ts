/**
 * `make scenario NAME=vip`: one of the six uses on real FRR, with its faults to cause, and the exporters, Prometheus and
 * Alertmanager around it.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { execa } from 'execa';
import { CLOUD_NODES, type Cloud, startCloud, startExporter } from '../test/lab/index.ts';
import { USE_CASES } from '../test/scenarios/index.ts';
import type { Fault, UseCase } from '../test/scenarios/use-case.ts';
import { bold, CHECKOUT, dim, followAlerts, green, port, print, red, startMonitoring } from './monitoring.ts';

function fail(message: string): never {
  process.stderr.write(`scenario: ${message}\n`);
  process.exit(1);
}

const rendered = (node: string) =>
  readFileSync(new URL(`../test/scenarios/rendered/${node}.conf`, import.meta.url), 'utf8');

/** Asks for a fault, causes it, and undoes it, until the input ends. */
async function play(use: UseCase, cloud: Cloud): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  process.once('SIGTERM', () => lines.close());
  lines.once('SIGINT', () => lines.close());
  await using traffic = await cloud.traffic(use.address);
  let active: Fault | undefined;
  const show = () => {
    print('');
    for (const [index, { what, alerts }] of use.faults.entries())
      print(
        `  ${bold(String(index + 1))}  ${what}  ${dim(alerts.map((one) => one.split(' ')[0]).join(', ') || 'no alert')}`,
      );
    print(`  ${bold('0')}  all is well again   ${bold('Ctrl-C')}  stop\n`);
    lines.setPrompt('> ');
    lines.prompt();
  };
  show();
  for await (const line of lines) {
    const chosen = line.trim() === '0' ? undefined : use.faults[Number(line) - 1];
    if (line.trim() === '0' || chosen !== undefined) {
      await active?.undo(cloud);
      await chosen?.cause(cloud);
      active = chosen;
      const state = chosen?.traffic ?? 'flowing';
      await traffic.until(state);
      print(
        `  ${chosen?.what ?? 'all is well'}: packets to ${use.address} are ${state === 'lost' ? red(state) : green(state)}`,
      );
      for (const [series, value] of Object.entries(chosen?.shows ?? use.works))
        print(dim(`  ${series} ${value ?? '(absent)'}`));
    }
    show();
  }
}

async function main([name]: readonly string[]): Promise<void> {
  const names = USE_CASES.map((use) => use.name).join(', ');
  const use =
    USE_CASES.find((one) => one.name === name) ?? fail(`name a use: make scenario NAME=vip (${names})`);
  if (process.getuid?.() !== 0) fail('run it as root: it makes network namespaces');
  const { exitCode } = await execa('scripts/setup', ['demo'], {
    cwd: CHECKOUT,
    stdio: 'inherit',
    reject: false,
  });
  if (exitCode !== 0) fail('the set-up failed, see above');
  const cleanUp: (() => unknown)[] = [];
  try {
    print(`\n  ${dim('Starting four FRR routers ...')}`);
    const cloud = await startCloud({ node1: rendered('node1'), node2: rendered('node2') });
    cleanUp.push(() => cloud.stop());
    const targets = [];
    for (const [index, node] of CLOUD_NODES.entries()) {
      const exporter = await startExporter({
        lab: cloud.beside(node),
        source: 'socket',
        port: await port(9342 + index),
        flags: ['--poll.interval=1s'],
      });
      cleanUp.push(() => exporter.stop());
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
  Alertmanager ${bold(`${alertmanager.url}/`)}`);
    cleanUp.push(followAlerts(alertmanager.url));
    await play(use, cloud);
    print(`\n  ${dim('Cleaning up ...')}`);
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

await main(process.argv.slice(2));
