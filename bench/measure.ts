/** One program beside one FRR: what a scrape and a poll cost. */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, exactCpuSeconds, residentBytes } from './processes.ts';
import type { Program, Target } from './programs.ts';
import { createScraper } from './scrape.ts';
import { bucketQuantile, quantile } from './statistics.ts';

/** Seconds and bytes. `cycle` is a poll for this exporter and a scrape for the other, which asks FRR on every scrape. */
export interface Measured {
  readonly latencyP50: number;
  readonly latencyP99: number;
  readonly exporterCpuPerCycle: number;
  readonly bgpdCpuPerCycle: number;
  readonly residentBytes: number;
  /** Of this exporter's event loop, as it tells itself; NaN for the other. */
  readonly loopDelayP99: number;
  readonly series: number;
}

export interface Plan {
  readonly target: Target;
  readonly bgpdPid: number;
  /** CPU seconds that bgpd uses per second without us. */
  readonly bgpdIdleShare: number;
  /** Seconds between polls, or between scrapes of the other. */
  readonly interval: number;
  /** A multiple of twelve: some of this exporter's collectors are asked in every twelfth poll. */
  readonly cycles: number;
  readonly latencyScrapes: number;
  readonly flags?: readonly string[];
}

/** Polls of this exporter before it is measured: what it compiles then, it compiles once in years. */
const WARM_UP = 12;

/** CPU seconds that a process uses in a second when nobody asks it anything. */
export async function idleShare(pid: number, seconds: number): Promise<number> {
  const before = exactCpuSeconds(pid);
  await pause(seconds * 1000);
  return (exactCpuSeconds(pid) - before) / seconds;
}

const LOOP_DELAY = /^frr_exporter_event_loop_delay_seconds_bucket\{le="(.+)"\} (\d+)$/gm;

/** Observations up to each bound, so far. */
function loopDelays(page: string): ReadonlyMap<number, number> {
  return new Map(
    Array.from(page.matchAll(LOOP_DELAY), ([, bound, count]) => [
      bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      Number(count),
    ]),
  );
}

/** This exporter polls by itself; for the measurement at the interval given, without stretching. */
export async function measure(program: Program, plan: Plan): Promise<Measured> {
  const own = [`--poll.interval=${plan.interval}s`, '--poll.max-share=1', ...(plan.flags ?? [])];
  const running = await program.start(plan.target, program.ours ? own : []);
  const scrape = createScraper(running.url);
  try {
    await scrape();
    await pause((program.ours ? WARM_UP : 2) * plan.interval * 1000);

    // Cost: ours has polled once between two scrapes, theirs polls in the scrape.
    const page = (await scrape()).text();
    const before = {
      exporter: cpuSeconds(running.pid),
      bgpd: exactCpuSeconds(plan.bgpdPid),
      at: performance.now(),
    };
    for (let n = 0; n < plan.cycles; n++) {
      const next = before.at + (n + 1) * plan.interval * 1000;
      await scrape();
      await pause(Math.max(0, next - performance.now()));
    }
    const seconds = (performance.now() - before.at) / 1000;
    const cycles = program.ours ? seconds / plan.interval : plan.cycles;
    const exporter = cpuSeconds(running.pid) - before.exporter;
    const bgpd = exactCpuSeconds(plan.bgpdPid) - before.bgpd - plan.bgpdIdleShare * seconds;
    const resident = residentBytes(running.pid);
    const [earlier, later] = [page, (await scrape()).text()].map(loopDelays) as [
      ReadonlyMap<number, number>,
      ReadonlyMap<number, number>,
    ];

    const latencies: number[] = [];
    for (let n = 0; n < plan.latencyScrapes; n++) {
      latencies.push((await scrape()).seconds);
      await pause(20);
    }
    return {
      latencyP50: quantile(latencies, 0.5),
      latencyP99: quantile(latencies, 0.99),
      exporterCpuPerCycle: exporter / cycles,
      bgpdCpuPerCycle: Math.max(0, bgpd) / cycles,
      residentBytes: resident,
      loopDelayP99: bucketQuantile(
        Array.from(later, ([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const),
        0.99,
      ),
      series: page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
    };
  } finally {
    await running.stop();
  }
}
