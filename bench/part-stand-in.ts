/** Measures this exporter with a stand-in for bgpd, because two real bgpd take too long to establish 10,000 sessions. */
import { type Measured, measure } from './measure.ts';
import { OURS_BY_SOCKETS } from './programs.ts';
import { goalsTable, megabytes, say, seconds, table } from './report.ts';
import { startStandIn } from './stand-in-target.ts';
import { medians } from './statistics.ts';

const SMALL = 1_000;
const LARGE = 10_000;
/** Seconds between polls; a poll of 10,000 sessions takes about one. */
const INTERVAL = 2;

async function measureWith(sessions: number, repeats: number): Promise<Measured> {
  await using target = await startStandIn(sessions);
  const plan = {
    target,
    bgpdPid: target.pid,
    bgpdIdleShare: 0,
    interval: INTERVAL,
    cycles: 12,
    latencyScrapes: 20,
    flags: ['--metrics.max-series=1000000'],
  };
  const runs: Measured[] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const measured = await measure(OURS_BY_SOCKETS, plan);
    runs.push(measured);
    say(
      `${sessions} sessions (stand-in), run ${repeat}: CPU ${seconds(measured.exporterCpuPerCycle)}, ` +
        `event-loop delay p99 ${seconds(measured.loopDelayP99)}, ${megabytes(measured.residentBytes)}`,
    );
  }
  return medians(runs);
}

/** @returns the section of the document */
export async function measureStandIn(repeats: number): Promise<string> {
  const small = await measureWith(SMALL, repeats);
  const large = await measureWith(LARGE, repeats);
  const perSession = { small: small.exporterCpuPerCycle / SMALL, large: large.exporterCpuPerCycle / LARGE };
  const microseconds = (value: number) => `${(value * 1e6).toFixed(1)} µs`;
  const rows = (
    [
      [SMALL, small, perSession.small],
      [LARGE, large, perSession.large],
    ] as const
  ).map(([sessions, m, each]) => [
    sessions.toLocaleString('en'),
    seconds(m.latencyP50),
    seconds(m.exporterCpuPerCycle),
    microseconds(each),
    seconds(m.loopDelayP99),
    megabytes(m.residentBytes),
    String(m.series),
  ]);
  return `## 10,000 sessions

MADE Medians of ${repeats} runs with a stand-in that speaks the vty protocol and invents sessions (\`bench/stand-in-bgpd.ts\`); it is
not FRR. Polled every ${INTERVAL} s, with \`--metrics.max-series=1000000\`: the default of 200,000 is for 4,500 sessions, and keeps memory within the
512 MB of the systemd unit. The event-loop delay is \`frr_exporter_event_loop_delay_seconds\`.

${goalsTable([
  {
    name: 'CPU per session and poll, at 10,000 compared with 1,000 sessions',
    goal: '≤ 1.2 ×',
    most: 1.2,
    ours: perSession.large,
    theirs: perSession.small,
    unit: microseconds,
  },
  {
    name: 'event-loop delay p99 while polling 10,000 sessions',
    goal: '≤ 50 ms',
    most: 0.05,
    ours: large.loopDelayP99,
    unit: seconds,
  },
])}

${table(
  [
    'sessions',
    'scrape p50',
    'CPU per poll',
    'CPU per session and poll',
    'event-loop delay p99',
    'memory',
    'series',
  ],
  rows,
)}`;
}
