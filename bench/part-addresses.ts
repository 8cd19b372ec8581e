/** Measures what `host-routes` costs with thousands of addresses: kernel routes of a VRF that FRR redistributes and leaks, as OpenStack makes them. */
import { setTimeout as pause } from 'node:timers/promises';
import { addVrf, ipBatch, makeVrfFolder, vrfFolder } from '../test/lab/network.ts';
import { makeRouter } from '../test/lab/router.ts';
import { frrRoot } from '../test/lab/versions.ts';
import { waitFor } from '../test/lab/waiting.ts';
import { idleShare } from './measure.ts';
import { cpuSeconds, exactCpuSeconds, residentBytes } from './processes.ts';
import { OURS_BY_SOCKETS, type Started } from './programs.ts';
import { goalsTable, megabytes, say, seconds, table } from './report.ts';
import { createScraper } from './scrape.ts';
import { runFrr, startWatchedRouter, type WatchedRouter } from './watched-router.ts';

const VRF = 'bgp-vrf';
const VIP = '172.16.0.1';

const WATCHED = `
hostname watched
ip prefix-list only-host-prefixes permit 0.0.0.0/0 ge 32
router bgp 64999
 bgp router-id ${VIP}
 no bgp ebgp-requires-policy
 neighbor 192.0.2.2 remote-as 65001
 address-family ipv4 unicast
  redistribute connected
  import vrf ${VRF}
  neighbor 192.0.2.2 prefix-list only-host-prefixes out
 exit-address-family
exit
router bgp 64999 vrf ${VRF}
 bgp router-id ${VIP}
 address-family ipv4 unicast
  redistribute kernel
 exit-address-family
exit
`;

const FAR = `
hostname far
router bgp 65001
 bgp router-id 192.0.2.2
 no bgp ebgp-requires-policy
 neighbor 192.0.2.1 remote-as 64999
exit
`;

type Summary = Record<string, { readonly peers: Record<string, { readonly pfxRcd: number }> } | undefined>;

/** The VRF is a network namespace, as not every kernel has VRF devices. */
function startNode(routes: number): Promise<WatchedRouter> {
  return startWatchedRouter(`addresses${routes}`, async (site) => {
    const { name, folder, namespaces } = site;
    await makeVrfFolder(vrfFolder(folder, 'watched'));
    const addresses = Array.from(
      { length: routes },
      (_, n) => `10.${n >> 16}.${(n >> 8) & 0xff}.${n & 0xff}`,
    );
    await addVrf(name, folder, 'watched', VRF, [
      'link add bgp-nic type bridge',
      'link set bgp-nic up',
      ...addresses.map((address) => `route add ${address}/32 dev bgp-nic`),
    ]);
    await ipBatch(namespaces.watched, [`addr add ${VIP}/32 dev lo`]);
    const watched = await makeRouter({
      name: 'watched',
      lab: name,
      root: await frrRoot(),
      plan: { config: WATCHED, kernel: [], daemonFlags: { zebra: ['--vrfwnetns'] } },
      folder,
    });
    const far = await runFrr(site, 'far', FAR);
    const received = async () =>
      (await far.json<Summary>('show bgp summary json')).ipv4Unicast?.peers['192.0.2.1']?.pfxRcd;
    await waitFor(async () => (await received()) === routes + 1, {
      within: 180_000,
      every: 1000,
      for: `${routes} addresses to be announced`,
    });
    return watched;
  });
}

/** What the daemons and the exporter have used, in seconds. */
interface Used {
  readonly bgpd: number;
  readonly zebra: number;
  readonly exporter: number;
}

const COLLECTOR = 'collector="host-routes"';
const LAST_SUCCESS = `frr_collector_last_success_timestamp_seconds{${COLLECTOR}}`;

interface Measurement {
  /** CPU seconds in which it was measured. */
  readonly of: Used;
  readonly seconds: number;
  readonly polls: number;
  /** Longest time between two polls, in seconds. */
  readonly age: number;
  readonly interval: number;
  readonly resident: number;
}

/** @param warmUp polls before it is measured; the share knows what a poll costs after three */
async function measurePolls(
  router: WatchedRouter,
  flags: readonly string[],
  { warmUp, minutes, polls: fewest }: { warmUp: number; minutes: number; polls: number },
): Promise<Measurement> {
  const running: Started = await OURS_BY_SOCKETS.start(router, flags);
  try {
    const scrape = createScraper(running.url);
    const read = async (series: string) => {
      const line = (await scrape())
        .text()
        .split('\n')
        .find((one) => one.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? Number.NaN);
    };
    const pollAfter = async (before: number) => {
      let last = before;
      await waitFor(
        async () => {
          last = await read(LAST_SUCCESS);
          return last > before;
        },
        { within: 900_000, every: 500, for: 'a poll' },
      );
      return last;
    };
    const used = (): Used => ({
      bgpd: exactCpuSeconds(router.pid('bgpd')),
      zebra: exactCpuSeconds(router.pid('zebra')),
      exporter: cpuSeconds(running.pid),
    });
    let last = 0;
    for (let poll = 0; poll < warmUp; poll++) last = await pollAfter(last);
    const before = used();
    const begun = performance.now();
    let polls = 0;
    let age = 0;
    while (polls < fewest || performance.now() - begun < minutes * 60_000) {
      const next = await pollAfter(last);
      age = Math.max(age, next - last);
      last = next;
      polls++;
    }
    const after = used();
    return {
      of: {
        bgpd: after.bgpd - before.bgpd,
        zebra: after.zebra - before.zebra,
        exporter: after.exporter - before.exporter,
      },
      seconds: (performance.now() - begun) / 1000,
      polls,
      age,
      interval: await read(`frr_collector_interval_seconds{${COLLECTOR}}`),
      resident: residentBytes(running.pid),
    };
  } finally {
    await running.stop();
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** @param minutes that all collectors together are measured */
export async function measureAddresses(sizes: readonly number[], minutes: number): Promise<string> {
  const rows: string[][] = [];
  const goals = [];
  let version = '';
  for (const routes of sizes) {
    await using router = await startNode(routes);
    version = router.version;
    await pause(5_000);
    const idle = {
      bgpd: await idleShare(router.pid('bgpd'), 10),
      zebra: await idleShare(router.pid('zebra'), 10),
    };
    const alone = await measurePolls(
      router,
      [
        ...['--collector.disable-defaults', '--collector.bgp', '--collector.host-routes'],
        '--poll.max-share=50%',
      ],
      { warmUp: 3, minutes: 0.5, polls: 5 },
    );
    const all = await measurePolls(router, [], { warmUp: 4, minutes, polls: 3 });
    say(`${routes} addresses: ${JSON.stringify({ idle, alone, all })}`);
    const share = (daemon: 'bgpd' | 'zebra') => all.of[daemon] / all.seconds - idle[daemon];
    rows.push([
      routes.toLocaleString('en'),
      seconds(alone.of.bgpd / alone.polls),
      seconds(alone.of.zebra / alone.polls),
      seconds(alone.of.exporter / alone.polls),
      seconds(all.interval),
      seconds(all.age),
      percent(all.of.exporter / all.seconds),
      megabytes(all.resident),
    ]);
    for (const daemon of ['bgpd', 'zebra'] as const)
      goals.push({
        name: `share of ${daemon}'s time, ${routes.toLocaleString('en')} addresses`,
        goal: '≤ 1 %',
        most: 0.01,
        ours: share(daemon),
        unit: percent,
      });
  }
  return `## Thousands of addresses

MADE Kernel routes (/32) in a VRF that FRR ${version} redistributes and imports into the default VRF, from where they are announced to a router, as
ovn-bgp-agent and Neutron make them. A poll is one of \`host-routes\`, measured with that collector and \`bgp\` alone; the rest with all default collectors and
\`--poll.max-share\` of 1 % for ${minutes} minutes. Age is the longest time between two polls. With more than \`--collector.host-routes.max-series\` addresses, only
their numbers are exported.

${goalsTable(goals)}

${table(
  ['addresses', 'bgpd, a poll', 'zebra, a poll', 'exporter, a poll', 'interval', 'age', 'exporter', 'memory'],
  rows,
)}`;
}
