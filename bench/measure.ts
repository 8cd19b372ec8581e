/** Measures what a scrape and a poll of one program cost. */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, exactCpuSeconds, residentBytes } from './processes.ts';
import type { Program, Target } from './programs.ts';
import { createScraper } from './scrape.ts';
import { bucketQuantile, quantile } from './statistics.ts';

/** Seconds and bytes. `cycle` is a poll of this exporter, or a scrape of the other, which queries FRR on every scrape. */
export interface Measured {
  readonly latencyP50: number;
  readonly latencyP99: number;
  readonly exporterCpuPerCycle: number;
  readonly bgpdCpuPerCycle: number;
  readonly residentBytes: number;
  /** Event-loop delay of this exporter, from its own metrics; NaN for the other. */
  readonly loopDelayP99: number;
  readonly series: number;
}

export interface Plan {
  readonly target: Target;
  readonly bgpdPid: number;
  /** CPU seconds per second that bgpd uses without an exporter. */
  readonly bgpdIdleShare: number;
  /** Seconds between polls, or between scrapes of the other. */
  readonly interval: number;
  /** A multiple of twelve, because some collectors of this exporter run in every twelfth poll only. */
  readonly cycles: number;
  readonly latencyScrapes: number;
  readonly flags?: readonly string[];
}

/** Polls before the measurement, in which V8 compiles the code. */
const WARM_UP = 12;

/** CPU seconds per second that an idle process uses. */
export async function idleShare(pid: number, seconds: number): Promise<number> {
  const before = exactCpuSeconds(pid);
  await pause(seconds * 1000);
  return (exactCpuSeconds(pid) - before) / seconds;
}

const LOOP_DELAY = /^frr_exporter_event_loop_delay_seconds_bucket\{le="(.+)"\} (\d+)$/gm;

/** Cumulative observations up to each bound. */
function loopDelays(page: string): ReadonlyMap<number, number> {
  return new Map(
    Array.from(page.matchAll(LOOP_DELAY), ([, bound, count]) => [
      bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      Number(count),
    ]),
  );
}

/** This exporter polls in the background; here at a fixed interval. */
export async function measure(program: Program, plan: Plan): Promise<Measured> {
  const own = [`--poll.interval=${plan.interval}s`, '--poll.max-share=100%', ...(plan.flags ?? [])];
  const running = await program.start(plan.target, program.ours ? own : []);
  const scrape = createScraper(running.url);
  try {
    await scrape();
    await pause((program.ours ? WARM_UP : 2) * plan.interval * 1000);

    // Cost: this exporter polls once between two scrapes, the other polls in the scrape.
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
