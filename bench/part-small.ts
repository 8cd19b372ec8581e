/**
 * Measures what the programs cost the host of a small router: 3 and 10 sessions, at the usual intervals. All of them run at the
 * same time, on the same FRR, so that whatever else the machine does affects them equally.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, privateBytes, residentBytes } from './processes.ts';
import type { Target } from './programs.ts';
import {
  OTHER_BY_SOCKETS,
  OTHER_BY_VTYSH,
  OURS_BY_SOCKETS,
  OURS_BY_VTYSH,
  type Program,
  SAME_BY_SOCKETS,
  SAME_BY_VTYSH,
} from './programs.ts';
import { goalsTable, megabytes, say, seconds, table } from './report.ts';
import { createScraper } from './scrape.ts';
import { startSessionPair } from './session-pair.ts';

const SIZES = [3, 10] as const;
/** Seconds between polls of this exporter, as by default. */
const POLL = 5;
/** Seconds before the measurement: V8 compiles the code, and each pace has polled twice. */
const WARM_UP = 65;

/** A program and the seconds between its scrapes. The other exporter polls in each scrape. */
interface Case {
  readonly program: Program;
  readonly every: number;
}

const CASES: readonly Case[] = [
  ...[OURS_BY_SOCKETS, SAME_BY_SOCKETS, OURS_BY_VTYSH, SAME_BY_VTYSH].map((program) => ({
    program,
    every: POLL,
  })),
  ...[OTHER_BY_SOCKETS, OTHER_BY_VTYSH].flatMap((program) =>
    [POLL, 3 * POLL].map((every) => ({ program, every })),
  ),
];

interface Cost {
  /** CPU seconds of the program and its children: of a poll of this exporter, or of a scrape of the other. */
  readonly perPoll: number;
  /** Of a core. */
  readonly share: number;
  readonly resident: number;
  readonly private: number;
  readonly series: number;
}

async function costOf({ program, every }: Case, target: Target, measured: number): Promise<Cost> {
  await using running = await program.start(target);
  const scrape = createScraper(running.url);
  const scrapeFor = async (length: number): Promise<void> => {
    const end = performance.now() + length * 1000;
    for (let next = performance.now(); next < end; ) {
      await scrape();
      next += every * 1000;
      await pause(Math.max(0, next - performance.now()));
    }
  };
  await scrapeFor(WARM_UP);
  const before = { cpu: cpuSeconds(running.pid), at: performance.now() };
  await scrapeFor(measured);
  const share = (cpuSeconds(running.pid) - before.cpu) / ((performance.now() - before.at) / 1000);
  return {
    perPoll: share * (program.ours ? POLL : every),
    share,
    resident: residentBytes(running.pid),
    private: privateBytes(running.pid),
    series: (await scrape())
      .text()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')).length,
  };
}

type Costs = ReadonlyMap<Case, Cost>;

async function costsOf(sessions: number, measured: number): Promise<{ costs: Costs; frr: string }> {
  await using pair = await startSessionPair(sessions);
  const costs = await Promise.all(
    CASES.map(async (one) => [one, await costOf(one, pair, measured)] as const),
  );
  for (const [{ program, every }, cost] of costs)
    say(
      `${sessions} sessions, ${program.name}, every ${every} s: CPU ${seconds(cost.perPoll)}, ` +
        `${megabytes(cost.resident)} resident, ${megabytes(cost.private)} private, ${cost.series} series`,
    );
  return { costs: new Map(costs), frr: pair.version };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

function costTable(sessions: number, costs: Costs): string {
  const rows = [...costs].map(([{ program, every }, cost]) => [
    program.name,
    `${every} s`,
    seconds(cost.perPoll),
    percent(cost.share),
    megabytes(cost.resident),
    megabytes(cost.private),
    String(cost.series),
  ]);
  const head = ['', 'scraped every', 'CPU a poll', 'of a core', 'resident', 'private', 'series'];
  return `### ${sessions} sessions\n\n${table(head, rows)}`;
}

/**
 * @param minutes of each measurement
 * @returns the section of the document
 */
export async function measureSmall(minutes: number): Promise<string> {
  const all = new Map<number, Costs>();
  let version = '';
  for (const sessions of SIZES) {
    const { costs, frr } = await costsOf(sessions, minutes * 60);
    all.set(sessions, costs);
    version = frr;
  }
  const smallest = all.get(SIZES[0]) as Costs;
  const cost = (program: Program, every = POLL): Cost =>
    smallest.get(CASES.find((one) => one.program === program && one.every === every) as Case) as Cost;
  const [ours, other] = [cost(OURS_BY_SOCKETS), cost(OTHER_BY_SOCKETS)];
  const vtysh = cost(OURS_BY_VTYSH);
  return `## What it costs a small router

MADE ${SIZES.join(' and ')} real sessions × 3 address families, FRR ${version}. All programs run at the same time for ${minutes} minutes after
a warm-up, each scraped at its interval. This exporter polls every ${POLL} s whatever the scrapes, the other in each scrape. CPU is with
children (vtysh). Private memory is what the program does not share with others (RssAnon).

With ${SIZES[0]} sessions and the sockets, which \`auto\` uses where it can, the exporter takes ${percent(ours.share)} of a core and ${megabytes(ours.resident)} of memory, ${megabytes(ours.private)} of
them private; \`prometheus-frr-exporter\` takes ${percent(other.share)} and ${megabytes(other.resident)}, scraped as often, for ${other.series} series instead of ${ours.series}. By
vtysh the exporter takes ${percent(vtysh.share)} of a core, and the other ${percent(cost(OTHER_BY_VTYSH).share)}.

${goalsTable([
  {
    name: 'CPU a poll, sockets, all default collectors',
    goal: '≤ 12 ms',
    most: 0.012,
    ours: ours.perPoll,
    aside: other.perPoll,
    unit: seconds,
  },
  {
    name: 'CPU a poll with children, vtysh, the same series',
    goal: '≤ 0.5 × theirs',
    most: 0.5,
    ours: cost(SAME_BY_VTYSH).perPoll,
    theirs: cost(OTHER_BY_VTYSH).perPoll,
    unit: seconds,
  },
  {
    name: 'resident memory, sockets',
    goal: '≤ 85 MB',
    most: 85e6,
    ours: ours.resident,
    aside: other.resident,
    unit: megabytes,
  },
  {
    name: 'private memory, sockets',
    goal: '≤ 30 MB',
    most: 30e6,
    ours: ours.private,
    aside: other.private,
    unit: megabytes,
  },
])}

${[...all].map(([sessions, costs]) => costTable(sessions, costs)).join('\n\n')}`;
}
