/** Measures what a witness costs: the collector `received-routes` on a real bgpd with many host routes. */
import { setTimeout as pause } from 'node:timers/promises';
import { showVersion } from '../src/frr/commands.ts';
import { openSource } from '../src/frr/open.ts';
import { waitFor } from '../test/lab/waiting.ts';
import { startBird } from './bird.ts';
import { cpuSeconds, exactCpuSeconds, residentBytes } from './processes.ts';
import { OURS_BY_SOCKETS } from './programs.ts';
import { megabytes, say, seconds, table } from './report.ts';
import { createScraper } from './scrape.ts';
import { runFrr, startWatchedRouter, type WatchedRouter } from './watched-router.ts';

/** Receives only, as the set-up that docs/witness.md describes. */
const WITNESS_CONFIG = `
hostname watched
route-map nothing deny 10
exit
router bgp 65001
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 neighbor 192.0.2.2 remote-as 65002
 address-family ipv4 unicast
  neighbor 192.0.2.2 route-map nothing out
 exit-address-family
exit
`;

type Summary = Record<string, { readonly peers: Record<string, { readonly pfxRcd: number }> } | undefined>;

function startWitness(routes: number): Promise<WatchedRouter> {
  return startWatchedRouter(`witness${routes}`, async (site) => {
    const router = await runFrr(site, 'watched', WITNESS_CONFIG);
    await startBird(
      site,
      Array.from({ length: routes }, (_, n) => `10.${n >> 16}.${(n >> 8) & 0xff}.${n & 0xff}/32`),
    );
    const received = async () =>
      (await router.json<Summary>('show bgp summary json')).ipv4Unicast?.peers['192.0.2.2']?.pfxRcd;
    await waitFor(async () => (await received()) === routes, {
      within: 120_000,
      every: 1000,
      for: `${routes} routes to be received`,
    });
    return router;
  });
}

const COLLECTOR = 'collector="received-routes"';

/** The value of a series; NaN without one. */
function readValue(page: string, series: string): number {
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}

/**
 * Queries bgpd's version repeatedly; bgpd answers when it has finished what it is working on. What counts is the CPU time that it has
 * used until then, because on a busy machine an answer takes longer than that.
 */
async function watchBlocking(router: WatchedRouter) {
  const bgpd = router.pid('bgpd');
  const { source } = await openSource({
    kind: 'socket',
    socketDir: router.socketFolder,
    pathspace: router.pathspace,
    vtyshPath: 'vtysh',
    vtyshPrefix: [],
    maxOutput: 1e6,
  });
  const stopping = new AbortController();
  let longest = 0;
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const before = exactCpuSeconds(bgpd);
      await source.show(showVersion('bgpd'), AbortSignal.timeout(30_000));
      longest = Math.max(longest, exactCpuSeconds(bgpd) - before);
      await pause(2);
    }
    await source.close();
  })();
  return {
    /** Seconds, since the last call. */
    longest() {
      const found = longest;
      longest = 0;
      return found;
    },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

interface Round {
  readonly blockedFirst: number;
  readonly blockedLater: number;
  readonly bgpd: number;
  readonly exporter: number;
  readonly resident: number;
  readonly interval: number;
  readonly age: number;
}

/** @param share of the time of bgpd */
async function measureRound(router: WatchedRouter, share: string, minutes: number): Promise<Round> {
  const bgpd = router.pid('bgpd');
  const blocking = await watchBlocking(router);
  const running = await OURS_BY_SOCKETS.start(router, [
    '--collector.disable-defaults',
    '--collector.bgp',
    '--collector.received-routes',
    `--poll.max-share=${share}`,
  ]);
  try {
    const scrape = createScraper(running.url);
    const page = async () => (await scrape()).text();
    const success = `frr_collector_last_success_timestamp_seconds{${COLLECTOR}}`;
    const roundAfter = async (before: number) => {
      let last = before;
      await waitFor(
        async () => {
          last = readValue(await page(), success);
          return last > before;
        },
        { within: 600_000, every: 250, for: 'a round' },
      );
      return last;
    };
    const firstRound = await roundAfter(0);
    const blockedFirst = blocking.longest();
    // In the second round, V8 still compiles; the third is measured from its end to the end of the last.
    let last = await roundAfter(await roundAfter(firstRound));
    blocking.longest();
    const before = { bgpd: exactCpuSeconds(bgpd), exporter: cpuSeconds(running.pid) };
    let rounds = 0;
    let age = 0;
    const end = performance.now() + minutes * 60_000;
    while (rounds < 3 || performance.now() < end) {
      const next = await roundAfter(last);
      age = Math.max(age, next - last);
      last = next;
      rounds++;
    }
    return {
      blockedFirst,
      blockedLater: blocking.longest(),
      bgpd: (exactCpuSeconds(bgpd) - before.bgpd) / rounds,
      exporter: (cpuSeconds(running.pid) - before.exporter) / rounds,
      resident: residentBytes(running.pid),
      interval: readValue(await page(), `frr_collector_interval_seconds{${COLLECTOR}}`),
      age,
    };
  } finally {
    await running.stop();
    await blocking.stop();
  }
}

/** @param minutes that each share of bgpd's time is measured, and three rounds at least */
export async function measureWitness(sizes: readonly number[], minutes: number): Promise<string> {
  const rows: string[][] = [];
  let version = '';
  for (const routes of sizes) {
    await using router = await startWitness(routes);
    version = router.version;
    // At 1 %, a round over more takes minutes.
    for (const share of routes > 50_000 ? ['10%'] : ['1%', '10%']) {
      const round = await measureRound(router, share, minutes);
      say(`${routes} routes, ${share}: ${JSON.stringify(round)}`);
      rows.push([
        routes.toLocaleString('en'),
        share.replace('%', ' %'),
        seconds(round.blockedFirst),
        seconds(round.blockedLater),
        seconds(round.bgpd),
        seconds(round.exporter),
        megabytes(round.resident),
        seconds(round.age),
      ]);
    }
  }
  return `## A witness

MADE One peer sends host routes to FRR ${version}, from which this exporter reads them over sockets (\`--collector.received-routes\`), with two values of
\`--poll.max-share\`. "Blocked" is the most CPU time that bgpd used before it answered \`show version\` meanwhile: in the first round after the exporter
has started, and later. It is an upper limit: where the machine is busy, \`show version\` waits for several ranges. Age is the longest time between two rounds.

${table(
  [
    'host routes',
    'share',
    'blocked, first',
    'blocked, later',
    'bgpd, a round',
    'exporter, a round',
    'memory',
    'age',
  ],
  rows,
)}`;
}
