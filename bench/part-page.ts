/** Measures what the status page costs: the CPU of one request, its latency, and its size. */
import { cpuSeconds } from './processes.ts';
import { OURS_BY_SOCKETS } from './programs.ts';
import { goalsTable, say, seconds, table } from './report.ts';
import { createScraper } from './scrape.ts';
import { startSessionPair } from './session-pair.ts';
import { quantile } from './statistics.ts';

const SIZES = [3, 100] as const;
/** Requests before the measurement, in which V8 compiles the code, and of the measurement. */
const WARM_UP = 200;
const REQUESTS = 400;

interface Cost {
  readonly sessions: number;
  /** CPU seconds of the exporter for each request, with those of the polls meanwhile. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
}

async function costOf(sessions: number): Promise<Cost> {
  await using pair = await startSessionPair(sessions);
  await using exporter = await OURS_BY_SOCKETS.start(pair, ['--poll.interval=1m']);
  const request = createScraper(exporter.url.replace(/metrics$/, ''));
  for (let n = 0; n < WARM_UP; n++) await request();
  const before = cpuSeconds(exporter.pid);
  const latencies: number[] = [];
  for (let n = 0; n < REQUESTS; n++) latencies.push((await request()).seconds);
  const cpu = (cpuSeconds(exporter.pid) - before) / REQUESTS;
  const bytes = Buffer.byteLength((await request()).text());
  const cost = { sessions, cpu, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), bytes };
  say(`${sessions} sessions: CPU ${seconds(cpu)}, ${(bytes / 1000).toFixed(0)} kB`);
  return cost;
}

/** @returns the section of the document */
export async function measurePage(): Promise<string> {
  const costs: Cost[] = [];
  for (const sessions of SIZES) costs.push(await costOf(sessions));
  const [small] = costs as [Cost];
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
  return `## The status page

MADE Established sessions × 3 address families. ${REQUESTS} requests one after another, after ${WARM_UP} others; CPU is that of the exporter.

${goalsTable([
  {
    name: `CPU a request, ${small.sessions} sessions`,
    goal: '≤ 5 ms',
    most: 0.005,
    ours: small.cpu,
    unit: seconds,
  },
  {
    name: `size, ${small.sessions} sessions`,
    goal: '≤ 100 kB',
    most: 100_000,
    ours: small.bytes,
    unit: kilobytes,
  },
])}

${table(
  ['sessions', 'CPU a request', 'latency p50', 'latency p99', 'size'],
  costs.map(({ sessions, cpu, p50, p99, bytes }) => [
    String(sessions),
    seconds(cpu),
    seconds(p50),
    seconds(p99),
    kilobytes(bytes),
  ]),
)}`;
}
