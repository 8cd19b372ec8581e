/**
 * `make bench`: this exporter and the one that most people run, side by side in one run on the same laboratory. Writes
 * docs/benchmarks.md and docs/img/benchmarks.svg. Needs root; takes the better part of an hour.
 *
 * Options: --sessions 10,100,1000 --repeats 3 --cycles 20 --routes 1000000 --minutes 10 (0 leaves the routes out)
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawCharts, type Line } from './chart.ts';
import { idleShare, type Measured, measure } from './measure.ts';
import { startMillionRoutes } from './million-routes.ts';
import { exactCpuSeconds } from './processes.ts';
import { OURS_BY_SOCKETS, PROGRAMS, type Program } from './programs.ts';
import { machine, megabytes, seconds, table, writeSection } from './report.ts';
import { startSessionPair } from './session-pair.ts';
import { startStandIn } from './stand-in-target.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '10,100,1000' },
    repeats: { type: 'string', default: '3' },
    cycles: { type: 'string', default: '20' },
    routes: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '10' },
  },
});
const SIZES = values.sessions.split(',').map(Number);
const REPEATS = Number(values.repeats);
const CYCLES = Number(values.cycles);
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const PICTURE = fileURLToPath(new URL('../docs/img/benchmarks.svg', import.meta.url));

const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

type Results = Map<Program, Measured>;

function medians(runs: readonly Measured[]): Measured {
  const keys = Object.keys(runs[0] as Measured) as (keyof Measured)[];
  return Object.fromEntries(
    keys.map((key) => [key, median(runs.map((run) => run[key]))]),
  ) as unknown as Measured;
}

/** Every program beside the same FRR, in turns, so that a slow minute of the machine hits all of them. */
async function besideRealSessions(sessions: number): Promise<Results> {
  await using pair = await startSessionPair(sessions);
  const bgpdPid = pair.pid('bgpd');
  await pause(5000);
  const plan = {
    target: pair,
    bgpdPid,
    bgpdIdleShare: await idleShare(bgpdPid, 15),
    cycles: CYCLES,
    latencyScrapes: 50,
  };
  const runs = new Map<Program, Measured[]>(PROGRAMS.map((program) => [program, []]));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const program of PROGRAMS) {
      const measured = await measure(program, plan);
      runs.get(program)?.push(measured);
      say(
        `${sessions} sessions, ${program.name}: p50 ${seconds(measured.latencyP50)}, ` +
          `CPU ${seconds(measured.exporterCpuPerCycle)}, bgpd ${seconds(measured.bgpdCpuPerCycle)}, ` +
          `${megabytes(measured.residentBytes)}, ${measured.series} series`,
      );
    }
  }
  return new Map([...runs].map(([program, all]) => [program, medians(all)]));
}

/** Only this exporter, beside the stand-in: 10,000 sessions take two real bgpd too long to bring up. */
async function besideStandIn(sessions: number): Promise<Measured> {
  await using target = await startStandIn(sessions);
  const plan = { target, bgpdPid: target.pid, bgpdIdleShare: 0, cycles: CYCLES, latencyScrapes: 50 };
  const runs: Measured[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) runs.push(await measure(OURS_BY_SOCKETS, plan));
  const measured = medians(runs);
  say(`${sessions} sessions (stand-in): CPU ${seconds(measured.exporterCpuPerCycle)} a poll`);
  return measured;
}

/** The share of its time that zebra spends on each program, with Prometheus' usual 15 s between scrapes. */
async function besideRoutes(routes: number, minutes: number): Promise<string[][]> {
  await using router = await startMillionRoutes(routes);
  const zebra = router.pid('zebra');
  await pause(10_000);
  const idle = await idleShare(zebra, 30);
  const rows: string[][] = [];
  for (const program of PROGRAMS.filter(({ name }) => !name.includes('vtysh') && !name.includes('names'))) {
    const running = await program.start(router);
    try {
      await pause(15_000);
      const begun = { cpu: exactCpuSeconds(zebra), at: performance.now() };
      while (performance.now() - begun.at < minutes * 60_000) {
        await pause(15_000);
        await (await fetch(running.url)).text();
      }
      const share = (exactCpuSeconds(zebra) - begun.cpu) / ((performance.now() - begun.at) / 1000) - idle;
      say(`${routes} routes, ${program.name}: ${(share * 100).toFixed(2)} % of zebra`);
      rows.push([program.name, `${(share * 100).toFixed(2)} %`]);
    } finally {
      await running.stop();
    }
  }
  return rows;
}

const COLOURS = ['#1f77b4', '#17becf', '#2ca02c', '#d62728', '#ff7f0e', '#9467bd', '#8c564b'];

function linesOf(results: ReadonlyMap<number, Results>, figure: (measured: Measured) => number): Line[] {
  return PROGRAMS.map((program, n) => ({
    name: program.name,
    colour: COLOURS[n % COLOURS.length] as string,
    dashed: !program.ours,
    points: [...results].map(([sessions, byProgram]) => ({
      x: sessions,
      // The CPU clock ticks in hundredths of a second: less than one tick in all cycles counts as one.
      y: Math.max(figure(byProgram.get(program) as Measured), 0.01 / CYCLES),
    })),
  }));
}

function sessionsTable(sessions: number, results: Results): string {
  const rows = [...results].map(([program, m]) => [
    program.name,
    seconds(m.latencyP50),
    seconds(m.latencyP99),
    seconds(m.exporterCpuPerCycle),
    seconds(m.bgpdCpuPerCycle),
    megabytes(m.residentBytes),
    seconds(m.startSeconds),
    String(m.series),
  ]);
  const head = [
    '',
    'scrape p50',
    'p99',
    'CPU, exporter',
    'CPU, bgpd',
    'memory',
    'start to first page',
    'series',
  ];
  return `### ${sessions.toLocaleString('en')} established sessions × 3 address families\n\n${table(head, rows)}`;
}

const results = new Map<number, Results>();
for (const sessions of SIZES) results.set(sessions, await besideRealSessions(sessions));
const standIn = { small: await besideStandIn(1000), large: await besideStandIn(10_000) };
const minutes = Number(values.minutes);
const routeRows = minutes > 0 ? await besideRoutes(Number(values.routes), minutes) : [];

const perSession = {
  small: standIn.small.exporterCpuPerCycle / 1000,
  large: standIn.large.exporterCpuPerCycle / 10_000,
};
writeSection(
  PAGE,
  'bench',
  `
Made by \`make bench\` on ${machine()}, on ${new Date().toISOString().slice(0, 10)}: medians of ${REPEATS} runs, all programs in
turns beside the same FRR 8.4.4. CPU is per poll for this exporter and per scrape for the other, which asks FRR on every
scrape; with children (vtysh). Memory is resident memory at the end of a run.

![Scrape latency and CPU against the number of sessions](img/benchmarks.svg)

${[...results].map(([sessions, of]) => sessionsTable(sessions, of)).join('\n\n')}

### 10,000 sessions

Beside a stand-in that speaks the vty protocol and makes up sessions (\`bench/stand-in-bgpd.ts\`); it is not FRR.

${table(
  ['sessions', 'scrape p50', 'CPU a poll', 'CPU a session and poll', 'memory', 'series'],
  [
    ['1,000', standIn.small, perSession.small] as const,
    ['10,000', standIn.large, perSession.large] as const,
  ].map(([name, m, each]) => [
    name,
    seconds(m.latencyP50),
    seconds(m.exporterCpuPerCycle),
    `${(each * 1e6).toFixed(1)} µs`,
    megabytes(m.residentBytes),
    String(m.series),
  ]),
)}

CPU per session at 10,000 against 1,000: × ${(perSession.large / perSession.small).toFixed(2)}.
${
  routeRows.length === 0
    ? ''
    : `
### ${Number(values.routes).toLocaleString('en')} routes in RIB and kernel

The share of its time that zebra spent on each program over ${minutes} minutes of a scrape every 15 s, its idle share taken off.

${table(['', 'share of zebra'], routeRows)}
`
}`,
);
mkdirSync(fileURLToPath(new URL('../docs/img', import.meta.url)), { recursive: true });
writeFileSync(
  PICTURE,
  drawCharts([
    {
      title: 'Scrape latency, p50',
      xTitle: 'sessions × 3 address families',
      lines: linesOf(results, (m) => m.latencyP50),
      unit: seconds,
    },
    {
      title: 'CPU of the exporter per poll or scrape',
      xTitle: 'sessions × 3 address families',
      lines: linesOf(results, (m) => m.exporterCpuPerCycle),
      unit: seconds,
    },
  ]),
);
say(`wrote ${PAGE} and ${PICTURE}`);
