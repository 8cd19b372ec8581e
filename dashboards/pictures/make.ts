/**
 * `make pictures`: docs/img/*.png. Fleet and OpenStack show a simulated fleet of 1,000 nodes, the others a laboratory of
 * real FRR with the real exporter; all of them what a real Prometheus answered, with the shipped rules at work. Takes
 * about a quarter of an hour, and root.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { simulateFleet } from '../../test/fleet/fleet.ts';
import {
  loadRules,
  RULE_FILES,
  recordingsFor,
  shippedRules,
  startFleetPrometheus,
  writeHistory,
} from '../../test/fleet/prometheus.ts';
import { remoteWrite } from '../../test/fleet/remote-write.ts';
import {
  freePort,
  scrape,
  startAlertmanager,
  startExporter,
  startLab,
  startPrometheus,
} from '../../test/lab/index.ts';
import { selectorsOf } from '../../test/promql.ts';
import { dashboards } from '../dashboards.ts';
import { readOptions } from '../options.ts';
import { type Chosen, queriesOf, resolve } from '../queries.ts';
import { capture } from './capture.ts';
import { installComponents, startRenderer } from './render.ts';
import type { Scene } from './scene.ts';

const IMAGES = fileURLToPath(new URL('../../docs/img', import.meta.url));
const ALL = dashboards(readOptions({}));

const nowInSeconds = () => Math.floor(Date.now() / 1000);
const say = (text: string) => process.stderr.write(`${text}\n`);

function dashboardOf(uid: string): Dashboard {
  const found = ALL.find((dashboard) => dashboard.uid === uid);
  if (found === undefined) throw new Error(`no dashboard ${uid}`);
  return found;
}

/** Five minutes in the life of a simulated fleet, after an hour in which all was well. */
async function fleetScenes(): Promise<readonly Scene[]> {
  const SCRAPES = 15;
  const rules = mkdtempSync(join(tmpdir(), 'fleet-rules-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(rules, { recursive: true, force: true }));
  const prometheus = stack.use(await startFleetPrometheus(rules));
  const start = nowInSeconds();
  const faultsSince = start + 420;
  const fleet = simulateFleet({ nodes: 1000, faultsSince });
  const shown = ['frr-fleet', 'frr-openstack'].map(dashboardOf);
  const metrics = (instant: boolean) =>
    shown.flatMap((dashboard) =>
      queriesOf(dashboard)
        .filter((asked) => instant || !asked.instant)
        .flatMap(({ expr }) => selectorsOf(resolve(dashboard, expr)).map(({ metric }) => metric)),
    );
  const recordings = recordingsFor(metrics(false));
  const needed = new Set([
    ...metrics(true),
    ...shippedRules().flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)),
  ]);
  const series = fleet.series.filter(({ labels }) => needed.has(labels.__name__ as string));
  // Only what is shown over time needs a past.
  const past = new Set([
    ...metrics(false),
    ...recordings.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)),
  ]);
  await writeHistory(prometheus, {
    series: series.filter(({ labels }) => past.has(labels.__name__ as string)),
    recordings,
    from: start - 2 * 3600,
    to: start,
    step: 60,
  });
  await loadRules(prometheus, rules);
  say(`the fleet's past took ${nowInSeconds() - start} s`);
  const until = Math.max(faultsSince, nowInSeconds()) + 240;
  while (nowInSeconds() < until) {
    const began = Date.now();
    await remoteWrite(prometheus.url, series, [nowInSeconds()]);
    await sleep(Math.max(0, SCRAPES * 1000 - (Date.now() - began)));
  }
  const when = { end: nowInSeconds(), range: 2 * 3600, step: 60, scrapeInterval: SCRAPES };
  return [
    await capture(prometheus.url, dashboardOf('frr-fleet'), { peer_group: ['uplink'] }, when),
    await capture(prometheus.url, dashboardOf('frr-openstack'), {}, when),
  ];
}

/** A node of the laboratory whose second uplink goes down twice, and whose route-map then loses an address. */
async function laboratoryScenes(): Promise<readonly Scene[]> {
  const INSTANCE = 'compute-01:9342';
  await using lab = await startLab({ name: 'pictures' });
  await using exporter = await startExporter({
    lab,
    flags: ['--poll.interval=2s', '--frr.source=socket'],
  });
  await using alertmanager = await startAlertmanager({
    config: { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] },
  });
  const host = new URL(alertmanager.url).host;
  const port = await freePort();
  await using prometheus = await startPrometheus({
    port,
    config: {
      global: { scrape_interval: '2s', evaluation_interval: '2s' },
      rule_files: RULE_FILES,
      alerting: { alertmanagers: [{ static_configs: [{ targets: [host] }] }] },
      scrape_configs: [
        scrape([
          { url: exporter.url, labels: { cluster: 'lab', instance: INSTANCE, hostname: 'compute-01' } },
        ]),
        { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
        { job_name: 'alertmanager', static_configs: [{ targets: [host] }] },
      ],
    },
  });
  const began = nowInSeconds();
  await sleep(120_000);
  await lab.cut('tor2');
  await sleep(40_000);
  await lab.heal('tor2');
  await lab.untilUp();
  await sleep(120_000);
  await lab.cut('tor2');
  await lab.node.configure(
    'ip prefix-list filtered seq 5 permit 203.0.113.20/32',
    'route-map only-host-prefixes deny 5',
    'match ip address prefix-list filtered',
  );
  await sleep(90_000);
  const end = nowInSeconds();
  const when = { end, range: end - began, step: 2, scrapeInterval: 2 };
  const scene = (uid: string, chosen: Chosen) => capture(prometheus.url, dashboardOf(uid), chosen, when);
  const cluster = ['lab'];
  const instance = [INSTANCE];
  return [
    await scene('frr-node', { cluster, instance, peer_group: ['uplink'] }),
    await scene('frr-session', { cluster, instance, vrf: ['default'], peer: ['eth2'] }),
    await scene('frr-exporter', {}),
  ];
}

await installComponents();
await using renderer = await startRenderer();
mkdirSync(IMAGES, { recursive: true });
const [only] = process.argv.slice(2);
for (const [what, makeScenes] of Object.entries({ laboratory: laboratoryScenes, fleet: fleetScenes })) {
  if (only !== undefined && only !== what) continue;
  for (const scene of await makeScenes()) {
    const name = `${scene.dashboard.uid?.replace(/^frr-/, '')}.png`;
    const { png } = await renderer.render(scene);
    writeFileSync(join(IMAGES, name), png);
    say(`docs/img/${name}`);
  }
}
