/** Measures every program with real sessions: scrape latency, CPU of the exporter and of bgpd, memory. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawCharts, type Line } from './chart.ts';
import { idleShare, type Measured, measure } from './measure.ts';
import {
  OTHER_BY_SOCKETS,
  OTHER_BY_VTYSH,
  PROGRAMS,
  type Program,
  SAME_BY_SOCKETS,
  SAME_BY_VTYSH,
} from './programs.ts';
import { type Goal, goalsTable, megabytes, say, seconds, table } from './report.ts';
import { startSessionPair } from './session-pair.ts';
import { medians } from './statistics.ts';

const PICTURE = fileURLToPath(new URL('../docs/img/benchmarks.svg', import.meta.url));

type Results = ReadonlyMap<Program, Measured>;

/** Alternates between all programs on the same FRR, so that a slow minute of the machine affects all of them. */
async function onOnePair(sessions: number, repeats: number): Promise<{ results: Results; frr: string }> {
  await using pair = await startSessionPair(sessions);
  const bgpdPid = pair.pid('bgpd');
  await pause(5000);
  const plan = {
    target: pair,
    bgpdPid,
    bgpdIdleShare: await idleShare(bgpdPid, 15),
    interval: 1,
    cycles: 12,
    latencyScrapes: 20,
  };
  const runs = new Map<Program, Measured[]>(PROGRAMS.map((program) => [program, []]));
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const program of PROGRAMS) {
      const measured = await measure(program, plan);
      runs.get(program)?.push(measured);
      say(
        `${sessions} sessions, run ${repeat}, ${program.name}: p50 ${seconds(measured.latencyP50)}, ` +
          `CPU ${seconds(measured.exporterCpuPerCycle)}, bgpd ${seconds(measured.bgpdCpuPerCycle)}, ` +
          `${megabytes(measured.residentBytes)}, ${measured.series} series`,
      );
    }
  }
  return { results: new Map([...runs].map(([program, all]) => [program, medians(all)])), frr: pair.version };
}

/** The goals, for the largest number of sessions. */
function goals(results: Results): Goal[] {
  const against = (
    ours: Program,
    other: Program,
    quantity: keyof Measured,
    most: number,
    name: string,
  ): Goal => ({
    name,
    goal: `≤ ${most >= 0.1 ? most : `1/${1 / most}`} × theirs`,
    most,
    ours: (results.get(ours) as Measured)[quantity],
    theirs: (results.get(other) as Measured)[quantity],
    unit: seconds,
  });
  const bySockets = [SAME_BY_SOCKETS, OTHER_BY_SOCKETS] as const;
  const byVtysh = [SAME_BY_VTYSH, OTHER_BY_VTYSH] as const;
  return [
    against(...bySockets, 'latencyP50', 1 / 20, 'scrape latency p50'),
    against(...bySockets, 'exporterCpuPerCycle', 0.5, 'CPU of the exporter, sockets'),
    against(...byVtysh, 'exporterCpuPerCycle', 0.5, 'CPU of the exporter with its children, vtysh'),
    against(...bySockets, 'bgpdCpuPerCycle', 0.5, 'CPU of bgpd, sockets'),
    against(...byVtysh, 'bgpdCpuPerCycle', 0.5, 'CPU of bgpd, vtysh'),
  ];
}

const COLOURS = ['#1f77b4', '#9ecae1', '#17becf', '#2ca02c', '#d62728', '#ff7f0e', '#9467bd', '#8c564b'];
/** Runs for sizes without goals. */
const FOR_THE_CURVES = 1;
/** A logarithmic scale has no 0, and the CPU clock ticks in hundredths of a second. */
const LEAST = 1e-4;

function linesOf(all: ReadonlyMap<number, Results>, quantity: keyof Measured): Line[] {
  return PROGRAMS.map((program, n) => ({
    name: program.name,
    colour: COLOURS[n % COLOURS.length] as string,
    dashed: !program.ours,
    points: [...all].map(([sessions, results]) => ({
      x: sessions,
      y: Math.max((results.get(program) as Measured)[quantity], LEAST),
    })),
  }));
}

function draw(all: ReadonlyMap<number, Results>): void {
  const charts = {
    latencyP50: 'Scrape latency, p50',
    exporterCpuPerCycle: 'CPU of the exporter per poll or scrape',
    bgpdCpuPerCycle: 'CPU of bgpd per poll or scrape',
  } as const;
  mkdirSync(fileURLToPath(new URL('.', `file://${PICTURE}`)), { recursive: true });
  writeFileSync(
    PICTURE,
    drawCharts(
      Object.entries(charts).map(([quantity, title]) => ({
        title,
        xTitle: 'sessions × 3 address families',
        lines: linesOf(all, quantity as keyof typeof charts),
        unit: seconds,
      })),
    ),
  );
}

function sessionsTable(sessions: number, results: Results): string {
  const rows = [...results].map(([program, m]) => [
    program.name,
    seconds(m.latencyP50),
    seconds(m.latencyP99),
    seconds(m.exporterCpuPerCycle),
    seconds(m.bgpdCpuPerCycle),
    megabytes(m.residentBytes),
    String(m.series),
  ]);
  const head = ['', 'scrape p50', 'p99', 'CPU, exporter', 'CPU, bgpd', 'memory', 'series'];
  return `### ${sessions.toLocaleString('en')} established sessions × 3 address families\n\n${table(head, rows)}`;
}

/** @returns the section of the document */
export async function measureSessions(sizes: readonly number[], repeats: number): Promise<string> {
  const all = new Map<number, Results>();
  const largest = Math.max(...sizes);
  let version = '';
  for (const sessions of sizes) {
    const { results, frr } = await onOnePair(
      sessions,
      sessions === largest ? repeats : Math.min(repeats, FOR_THE_CURVES),
    );
    all.set(sessions, results);
    version = frr;
  }
  draw(all);
  return `## Comparison with prometheus-frr-exporter

MADE Medians of ${repeats} runs (${FOR_THE_CURVES} at fewer sessions), alternating between all programs on the same FRR ${version}, whose two bgpd hold real sessions. CPU is per poll
for this exporter, polling every second, and per scrape for the other, which queries FRR on every scrape; both with children (vtysh).
Every twelfth poll of this exporter runs all collectors, as in operation. Memory is resident memory at the end of a run.

![Scrape latency and CPU against the number of sessions](img/benchmarks.svg)

At ${largest.toLocaleString('en')} sessions, with the collectors that have the same series, compared with \`prometheus-frr-exporter\` 1.11.0:

${goalsTable(goals(all.get(largest) as Results))}

${[...all].map(([sessions, results]) => sessionsTable(sessions, results)).join('\n\n')}`;
}
