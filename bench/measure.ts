/** One program beside one FRR: what a scrape and a poll cost. */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, exactCpuSeconds, residentBytes } from './processes.ts';
import type { Program, Target } from './programs.ts';
import { createScraper } from './scrape.ts';
import { quantile } from './statistics.ts';

/** Seconds and bytes. `cycle` is a poll for this exporter and a scrape for the other, which asks FRR on every scrape. */
export interface Measured {
  readonly startSeconds: number;
  readonly latencyP50: number;
  readonly latencyP99: number;
  readonly exporterCpuPerCycle: number;
  readonly bgpdCpuPerCycle: number;
  readonly residentBytes: number;
  readonly series: number;
  readonly pageBytes: number;
}

export interface Plan {
  readonly target: Target;
  readonly bgpdPid: number;
  /** CPU seconds that bgpd uses per second without us. */
  readonly bgpdIdleShare: number;
  readonly cycles: number;
  readonly latencyScrapes: number;
}

/** This exporter polls by itself; for the measurement every second, without stretching, so that it ends the same day. */
const POLL_EVERY_SECOND = ['--poll.interval=1s', '--poll.max-share=1'];

/** CPU seconds that a process uses in a second when nobody asks it anything. */
export async function idleShare(pid: number, seconds: number): Promise<number> {
  const before = exactCpuSeconds(pid);
  await pause(seconds * 1000);
  return (exactCpuSeconds(pid) - before) / seconds;
}

export async function measure(program: Program, plan: Plan): Promise<Measured> {
  const running = await program.start(plan.target, program.ours ? POLL_EVERY_SECOND : []);
  const scrape = createScraper(running.url);
  try {
    const page = (await scrape()).text();
    await pause(3000);

    // Cost: scrape once a second; ours has polled once in each of these seconds, theirs polls in the scrape.
    const before = {
      own: cpuSeconds(running.pid),
      bgpd: exactCpuSeconds(plan.bgpdPid),
      at: performance.now(),
    };
    for (let n = 0; n < plan.cycles; n++) {
      const next = before.at + (n + 1) * 1000;
      await scrape();
      await pause(Math.max(0, next - performance.now()));
    }
    const seconds = (performance.now() - before.at) / 1000;
    const cycles = program.ours ? seconds : plan.cycles;
    const own = cpuSeconds(running.pid) - before.own;
    const bgpd = exactCpuSeconds(plan.bgpdPid) - before.bgpd - plan.bgpdIdleShare * seconds;
    const resident = residentBytes(running.pid);

    const latencies: number[] = [];
    for (let n = 0; n < plan.latencyScrapes; n++) {
      latencies.push((await scrape()).seconds);
      await pause(20);
    }
    return {
      startSeconds: running.startSeconds,
      latencyP50: quantile(latencies, 0.5),
      latencyP99: quantile(latencies, 0.99),
      exporterCpuPerCycle: own / cycles,
      bgpdCpuPerCycle: Math.max(0, bgpd) / cycles,
      residentBytes: resident,
      series: page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
      pageBytes: Buffer.byteLength(page),
    };
  } finally {
    await running.stop();
  }
}
