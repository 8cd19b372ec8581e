/**
 * `make bench`: this exporter and the one that most people run, side by side in one run on the same laboratory. Each part
 * writes its own section of docs/benchmarks.md when it is done, so that it can be run, and be broken off, on its own.
 * Needs root.
 *
 *     make bench BENCH='--only sessions'
 *
 * --only sessions   10, 100 and 1,000 real sessions; also writes docs/img/benchmarks.svg (25 minutes)
 * --only stand-in   10,000 sessions, by a stand-in for bgpd (5 minutes)
 * --only routes     a million routes in RIB and kernel (12 minutes)
 * --only start      from the start to the first page, and memory, at 3 sessions (3 minutes)
 * --sessions 10,100,1000 --repeats 3 --routes 1000000 --minutes 4 --page docs/benchmarks.md
 */
import { parseArgs } from 'node:util';
import { besideRoutes } from './part-routes.ts';
import { besideSessions } from './part-sessions.ts';
import { besideStandIn } from './part-stand-in.ts';
import { starts } from './part-start.ts';
import { BENCHMARKS_PAGE, machine, say, today, writeSection } from './report.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    sessions: { type: 'string', default: '10,100,1000' },
    repeats: { type: 'string', default: '3' },
    routes: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '4' },
    page: { type: 'string', default: BENCHMARKS_PAGE },
  },
});
const repeats = Number(values.repeats);

/** Each makes its section of the page. */
const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  sessions: () => besideSessions(values.sessions.split(',').map(Number), repeats),
  'stand-in': () => besideStandIn(repeats),
  routes: () => besideRoutes(Number(values.routes), Number(values.minutes)),
  start: () => starts(5),
};

for (const name of values.only ?? Object.keys(PARTS)) {
  const part = PARTS[name];
  if (part === undefined)
    throw new Error(`there is no part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
  const begun = performance.now();
  const section = await part();
  const minutes = (performance.now() - begun) / 60_000;
  const made = `Made by \`make bench BENCH='--only ${name}'\` in ${minutes.toFixed(0)} minutes on ${machine()}, on ${today()}.`;
  writeSection(values.page, `bench-${name}`, section.replace('MADE', made));
  say(`${name}: ${minutes.toFixed(1)} minutes, written to ${values.page}`);
}
