/** Measures what each program costs zebra with a million routes in its RIB and in the kernel. */
import { setTimeout as pause } from 'node:timers/promises';
import { idleShare } from './measure.ts';
import { startMillionRoutes } from './million-routes.ts';
import { exactCpuSeconds } from './processes.ts';
import { OTHER_BY_SOCKETS, OURS_BY_SOCKETS, PROGRAMS } from './programs.ts';
import { goalsTable, say, table } from './report.ts';
import { createScraper } from './scrape.ts';

/** Prometheus' usual scrape interval, in milliseconds. */
const SCRAPE_EVERY = 15_000;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** @param minutes of measurement for this exporter; half of it for the others, which do not adapt their interval */
export async function measureRoutes(routes: number, minutes: number): Promise<string> {
  await using router = await startMillionRoutes(routes);
  const zebra = router.pid('zebra');
  await pause(10_000);
  const idle = await idleShare(zebra, 30);
  const shares = new Map<string, number>();
  for (const program of PROGRAMS.filter(({ name }) => / sockets$/.test(name))) {
    const running = await program.start(router);
    const scrape = createScraper(running.url);
    try {
      await pause(SCRAPE_EVERY);
      const begun = { cpu: exactCpuSeconds(zebra), at: performance.now() };
      const long = (program.ours ? minutes : minutes / 2) * 60_000;
      while (performance.now() - begun.at < long) {
        await pause(SCRAPE_EVERY);
        await scrape();
      }
      const share = (exactCpuSeconds(zebra) - begun.cpu) / ((performance.now() - begun.at) / 1000) - idle;
      say(`${routes} routes, ${program.name}: ${percent(share)} of zebra`);
      shares.set(program.name, share);
    } finally {
      await running.stop();
    }
  }
  return `## ${routes.toLocaleString('en')} routes in RIB and kernel

MADE The share of its time that zebra (FRR ${router.version}) spent on each program, scraped every ${SCRAPE_EVERY / 1000} s for ${minutes} minutes (the others: ${minutes / 2}),
without its idle share. BIRD announces the routes. This exporter uses its defaults.

${goalsTable([
  {
    name: "share of zebra's time",
    goal: '≤ 1 %',
    most: 0.01,
    ours: shares.get(OURS_BY_SOCKETS.name) ?? Number.NaN,
    unit: percent,
    aside: shares.get(OTHER_BY_SOCKETS.name),
  },
])}

${table(
  ['', 'share of zebra'],
  [...shares].map(([name, share]) => [name, percent(share)]),
)}`;
}
