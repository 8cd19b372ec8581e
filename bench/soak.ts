/**
 * `make soak`: runs this exporter with a real bgpd, scrapes it like Prometheus, and compares memory, descriptors, threads, processes
 * and timers after two minutes with those at the end. Exits with status 1 if anything grew, if memory exceeds its goal, or if a
 * value could not be read.
 *
 * Options: --minutes 20 --sessions 100 --interval 1 (seconds between polls) --source socket|vtysh
 *          --report (writes its section of docs/benchmarks.md; --page selects another file)
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { children, cpuSeconds, openDescriptors, openSockets, residentBytes, threads } from './processes.ts';
import { OURS_BY_SOCKETS, OURS_BY_VTYSH } from './programs.ts';
import { BENCHMARKS_PAGE, machine, megabytes, seconds, table, today, writeSection } from './report.ts';
import { createScraper } from './scrape.ts';
import { startSessionPair } from './session-pair.ts';
import { median, quantile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    sessions: { type: 'string', default: '100' },
    interval: { type: 'string', default: '1' },
    source: { type: 'string', default: 'socket' },
    report: { type: 'boolean', default: false },
    page: { type: 'string', default: BENCHMARKS_PAGE },
  },
});
const minutes = Number(values.minutes);
const sessions = Number(values.sessions);
const interval = Number(values.interval);
if (!(minutes > 0 && sessions > 0 && interval > 0))
  throw new Error('--minutes, --sessions and --interval must be numbers above 0');

/** Prometheus' usual scrape interval, in milliseconds. */
const SCRAPE_EVERY = 15_000;
/** Minutes in which code is compiled and connections are opened. */
const WARM_UP = Math.min(2, minutes / 4);
/** Minutes at the start and at the end that are compared. */
const WINDOW = Math.max(minutes / 10, Math.min(1, minutes / 4));
/** Allowed variation of memory; leaking one answer per poll would exceed it by far. */
const BREATH = 1.05;
/** Memory limit by number of sessions. */
const MEMORY_GOAL = sessions <= 3 ? 90e6 : sessions <= 1000 ? 130e6 : Number.POSITIVE_INFINITY;

/** The resources of the program at one time. */
interface Look {
  readonly minute: number;
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly threads: number;
  readonly children: number;
  /** Active resources of its event loop: `frr_exporter_active_resources`. */
  readonly resources: number;
}

const COUNTS = {
  descriptors: 'open descriptors',
  sockets: 'sockets among them',
  threads: 'threads',
  children: 'child processes',
  resources: 'timers, sockets, processes and requests of the event loop',
} as const satisfies Partial<Record<keyof Look, string>>;

/** The sum over all types; NaN if the metric is absent. */
function activeResources(page: string): number {
  const counts = Array.from(page.matchAll(/^frr_exporter_active_resources\{.*\} (\d+)$/gm), ([, n]) =>
    Number(n),
  );
  return counts.length === 0 ? Number.NaN : counts.reduce((sum, n) => sum + n);
}

await using pair = await startSessionPair(sessions);
const program = values.source === 'vtysh' ? OURS_BY_VTYSH : OURS_BY_SOCKETS;
const running = await program.start(pair, [`--poll.interval=${interval}s`, '--poll.max-share=100%']);
const scrape = createScraper(running.url);
const begun = { at: performance.now(), cpu: cpuSeconds(running.pid) };
const elapsedMinutes = () => (performance.now() - begun.at) / 60_000;
const looks: Look[] = [];
const latencies: number[] = [];

process.stdout.write(`watching process ${running.pid} for ${minutes} minutes\n`);
for (let number = 1; elapsedMinutes() < minutes; number++) {
  const { seconds: latency, text } = await scrape();
  latencies.push(latency);
  const look = {
    minute: elapsedMinutes(),
    residentBytes: residentBytes(running.pid),
    descriptors: openDescriptors(running.pid),
    sockets: openSockets(running.pid),
    threads: threads(running.pid),
    children: children(running.pid).length,
    resources: activeResources(text()),
  };
  looks.push(look);
  if (number % 4 === 1)
    process.stdout.write(
      `minute ${look.minute.toFixed(0)}: ${megabytes(look.residentBytes)}, ${Object.entries(COUNTS)
        .map(([key, name]) => `${look[key as keyof typeof COUNTS]} ${name}`)
        .join(', ')}\n`,
    );
  await pause(Math.max(0, begun.at + number * SCRAPE_EVERY - performance.now()));
}
const cpu = (cpuSeconds(running.pid) - begun.cpu) / (elapsedMinutes() * 60);
await running.stop();

const first = looks.filter(({ minute }) => minute >= WARM_UP && minute < WARM_UP + WINDOW);
const last = looks.filter(({ minute }) => minute >= minutes - WINDOW);
const verdict = (met: boolean) => (met ? 'met' : '**missed**');

const memory = {
  start: median(first.map((look) => look.residentBytes)),
  end: median(last.map((look) => look.residentBytes)),
  most: Math.max(...looks.map((look) => look.residentBytes)),
};
const inBounds = memory.end <= MEMORY_GOAL;
const steady = memory.end <= memory.start * BREATH;
const counts = Object.entries(COUNTS).map(([key, name]) => {
  // Work in progress adds to the count temporarily; the minimum is what is held permanently.
  const least = (among: readonly Look[]) =>
    Math.min(...among.map((look) => look[key as keyof typeof COUNTS]));
  const [start, end] = [least(first), least(last)];
  return { name, start, end, held: end <= start };
});
const from = `minutes ${WARM_UP} to ${(WARM_UP + WINDOW).toFixed(0)}`;
const to = `minutes ${(minutes - WINDOW).toFixed(0)} to ${minutes}`;
const goal = Number.isFinite(MEMORY_GOAL) ? `at most ${megabytes(MEMORY_GOAL)} at the end` : 'none';
const rows = [
  ['resident memory, median', goal, megabytes(memory.start), megabytes(memory.end), verdict(inBounds)],
  ['the same', 'no growth', megabytes(memory.start), megabytes(memory.end), verdict(steady)],
  ...counts.map(({ name, start, end, held }) => [
    name,
    'no growth',
    String(start),
    String(end),
    verdict(held),
  ]),
];
const result = `${table(['', 'goal', from, to, ''], rows)}

The peak memory was ${megabytes(memory.most)}. A scrape took ${seconds(median(latencies))} (p50), ${seconds(quantile(latencies, 0.99))} (p99); the exporter used ${(cpu * 100).toFixed(1)} % of one core, with its children.`;
process.stdout.write(`\n${result}\n`);
if (values.report) {
  const flags = [
    `--minutes ${minutes} --sessions ${sessions} --interval ${interval}`,
    ...(values.source === 'socket' ? [] : [`--source ${values.source}`]),
  ].join(' ');
  writeSection(
    values.page,
    'soak',
    `## ${minutes} minutes on end

Written by \`make soak SOAK="--report ${flags}"\` on ${machine()}, on ${today()}: ${sessions} real sessions × 3 address families,
polled every ${interval} s with ${values.source === 'vtysh' ? 'vtysh' : 'sockets'}, scraped every ${SCRAPE_EVERY / 1000} s as Prometheus does. Memory may vary by ${((BREATH - 1) * 100).toFixed(0)} %.

${result}`,
  );
}
process.exitCode = inBounds && steady && counts.every(({ held }) => held) ? 0 : 1;
