/** Measures the time from the start of each program to its first complete scrape, and its memory, with 3 sessions. */
import { setTimeout as pause } from 'node:timers/promises';
import { residentBytes } from './processes.ts';
import { OTHER_BY_SOCKETS, OURS_BY_SOCKETS, PROGRAMS, type Program, type Started } from './programs.ts';
import { goalsTable, megabytes, say, seconds, table } from './report.ts';
import { createScraper } from './scrape.ts';
import { startSessionPair } from './session-pair.ts';
import { median } from './statistics.ts';

const SESSIONS = 3;
/** Scrapes of each program, every 5 s, before its memory is measured. */
const SCRAPES = 18;

/** @returns the section of the document */
export async function starts(repeats: number): Promise<string> {
  await using pair = await startSessionPair(SESSIONS);
  const startSeconds = new Map<Program, number>();
  for (const program of PROGRAMS) {
    const took: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const running = await program.start(pair);
      await running.stop();
      took.push(running.startSeconds);
    }
    startSeconds.set(program, median(took));
    say(`${program.name}: ${seconds(median(took))} to the first complete scrape`);
  }

  // All at once, because the only memory that they share is the code of Node.
  const running = new Map<Program, Started>();
  try {
    for (const program of PROGRAMS) running.set(program, await program.start(pair));
    const scrapers = Array.from(running.values(), ({ url }) => createScraper(url));
    for (let n = 0; n < SCRAPES; n++) {
      await pause(5000);
      for (const scrape of scrapers) await scrape();
    }
    const memory = new Map([...running].map(([program, { pid }]) => [program, residentBytes(pid)]));
    return `## Start, and memory of a small router

MADE ${SESSIONS} real sessions × 3 address families. The start time is from the process to the first scrape with sessions, the median of
${repeats}; memory is resident memory after ${(SCRAPES * 5) / 60} minutes with a scrape every 5 s.

${goalsTable([
  {
    name: 'resident memory, sockets',
    goal: '≤ 90 MB',
    most: 90e6,
    ours: memory.get(OURS_BY_SOCKETS) ?? Number.NaN,
    unit: megabytes,
    aside: memory.get(OTHER_BY_SOCKETS),
  },
])}

${table(
  ['', 'start to first scrape', 'memory'],
  PROGRAMS.map((program) => [
    program.name,
    seconds(startSeconds.get(program) ?? Number.NaN),
    megabytes(memory.get(program) ?? Number.NaN),
  ]),
)}`;
  } finally {
    for (const each of running.values()) await each.stop();
  }
}
