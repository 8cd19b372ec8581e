/**
 * `make bench`: compares this exporter with prometheus-frr-exporter on the same laboratory. Each part writes its own section of
 * docs/benchmarks.md when it is done, so parts can be run and interrupted separately. Requires root.
 *
 *     make bench BENCH='--only sessions'
 *
 * --only small      what 3 and 10 real sessions cost the host, at the usual intervals (8 minutes)
 * --only sessions   10, 100 and 1,000 real sessions; also writes docs/img/benchmarks.svg (25 minutes)
 * --only stand-in   10,000 sessions of a stand-in for bgpd (5 minutes)
 * --only routes     a million routes in RIB and kernel (12 minutes)
 * --only page       the status page with 3 and 100 sessions (2 minutes)
 * --only witness    30,000 and 100,000 host routes that a witness receives (12 minutes)
 * --only addresses  10,000 kernel routes in a VRF that are announced (7 minutes)
 * --only start      time from start to the first complete scrape, and memory, with 3 sessions (3 minutes)
 * --sessions 10,100,1000 --repeats 3 --routes 1000000 --minutes 4 --small-minutes 2.5 --witness-routes 30000,100000 --addresses 10000 --page docs/benchmarks.md
 */
import { parseArgs } from 'node:util';
import { measureAddresses } from './part-addresses.ts';
import { measurePage } from './part-page.ts';
import { measureRoutes } from './part-routes.ts';
import { measureSessions } from './part-sessions.ts';
import { measureSmall } from './part-small.ts';
import { measureStandIn } from './part-stand-in.ts';
import { starts } from './part-start.ts';
import { measureWitness } from './part-witness.ts';
import { BENCHMARKS_PAGE, machine, say, today, writeSection } from './report.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    sessions: { type: 'string', default: '10,100,1000' },
    repeats: { type: 'string', default: '3' },
    routes: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '4' },
    'small-minutes': { type: 'string', default: '2.5' },
    'witness-routes': { type: 'string', default: '30000,100000' },
    addresses: { type: 'string', default: '10000' },
    page: { type: 'string', default: BENCHMARKS_PAGE },
  },
});
const repeats = Number(values.repeats);

/** Each returns its section of the document. */
const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  small: () => measureSmall(Number(values['small-minutes'])),
  sessions: () => measureSessions(values.sessions.split(',').map(Number), repeats),
  'stand-in': () => measureStandIn(repeats),
  routes: () => measureRoutes(Number(values.routes), Number(values.minutes)),
  page: measurePage,
  witness: () => measureWitness(values['witness-routes'].split(',').map(Number), 1),
  addresses: () => measureAddresses(values.addresses.split(',').map(Number), 3),
  start: () => starts(5),
};

for (const name of values.only ?? Object.keys(PARTS)) {
  const part = PARTS[name];
  if (part === undefined)
    throw new Error(`unknown part ${name}; use one of ${Object.keys(PARTS).join(', ')}`);
  const begun = performance.now();
  const section = await part();
  const minutes = (performance.now() - begun) / 60_000;
  const made = `Written by \`make bench BENCH='--only ${name}'\` in ${minutes.toFixed(0)} minutes on ${machine()}, on ${today()}.`;
  writeSection(values.page, `bench-${name}`, section.replace('MADE', made));
  say(`${name}: ${minutes.toFixed(1)} minutes, written to ${values.page}`);
}
