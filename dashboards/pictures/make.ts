/**
 * `make pictures`: docs/img/*.png. Fleet and OpenStack show a simulated fleet of 1,000 nodes, the others a laboratory of
 * real FRR with the real exporter; all of them what a real Prometheus answered, with the shipped rules at work. The
 * status page is that of the laboratory's exporter. Takes about a quarter of an hour, and root.
 *
 *     node dashboards/pictures/make.ts [laboratory | fleet] [--nodes=1000] [--output=docs/img]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { startLiveFleet } from '../../test/fleet/live.ts';
import { RULE_FILES } from '../../test/fleet/prometheus.ts';
import {
  freePort,
  scrape,
  startAlertmanager,
  startExporter,
  startLab,
  startPrometheus,
} from '../../test/lab/index.ts';
import { dashboards } from '../dashboards.ts';
import { readOptions } from '../options.ts';
import type { Chosen } from '../queries.ts';
import { capture } from './capture.ts';
import { installComponents, startRenderer } from './render.ts';
import type { Scene } from './scene.ts';
import { pictureOf, SHOWN_FILE, type Shown, shownHash } from './shown.ts';
import { drawStatusPage } from './status-page.ts';

const IMAGES = fileURLToPath(new URL('../../docs/img', import.meta.url));
const ALL = dashboards(readOptions({}));

const nowInSeconds = () => Math.floor(Date.now() / 1000);
const say = (text: string) => process.stderr.write(`${text}\n`);

function dashboardOf(uid: string): Dashboard {
  const found = ALL.find((dashboard) => dashboard.uid === uid);
  if (found === undefined) throw new Error(`no dashboard ${uid}`);
  return found;
}

/** Four minutes of faults in a simulated fleet, after hours without faults. */
async function fleetScenes(nodes: number): Promise<readonly Scene[]> {
  const scrapeInterval = 15;
  const [fleetBoard, openstackBoard] = ['frr-fleet', 'frr-openstack'].map(dashboardOf) as [
    Dashboard,
    Dashboard,
  ];
  await using fleet = await startLiveFleet({
    nodes,
    dashboards: [fleetBoard, openstackBoard],
    past: 2 * 3600,
    step: 60,
    scrapeInterval,
  });
  const until = Math.max(fleet.faultsSince, nowInSeconds()) + 240;
  say(`the fleet's past is written; ${until - nowInSeconds()} s of its present follow`);
  await sleep(1000 * (until - nowInSeconds()));
  const { url } = fleet.prometheus;
  const when = { end: nowInSeconds(), range: 2 * 3600, step: 60, scrapeInterval };
  return [await capture(url, fleetBoard, {}, when), await capture(url, openstackBoard, {}, when)];
}

/** A node of the laboratory whose second uplink goes down twice, and whose route-map then loses an address. */
async function laboratoryScenes(): Promise<readonly Scene[]> {
  const INSTANCE = 'compute-01';
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
  // What a person would write there; the laboratory has JSON, to see that nothing stumbles over it.
  await lab.node.configure('router bgp 64999', 'neighbor eth2 description tor2 rack B');
  const began = nowInSeconds();
  await sleep(75_000);
  await lab.cut('tor2');
  await sleep(30_000);
  await lab.heal('tor2');
  await lab.untilUp();
  await sleep(75_000);
  await lab.cut('tor2');
  await lab.node.configure(
    'ip prefix-list filtered seq 5 permit 203.0.113.20/32',
    'route-map only-host-prefixes deny 5',
    'match ip address prefix-list filtered',
  );
  await sleep(50_000);
  const end = nowInSeconds();
  writeFileSync(
    join(values.output, 'status-page.png'),
    await drawStatusPage(exporter.url, {
      [`>${hostname()}<`]: '>compute-01<',
      [`>${hostname()}, AS`]: '>tor2, AS',
      [`vtysh -N ${lab.node.namespace}`]: 'vtysh',
    }),
  );
  const when = { end, range: end - began, step: 2, scrapeInterval: 2 };
  const scene = (uid: string, chosen: Chosen) => capture(prometheus.url, dashboardOf(uid), chosen, when);
  const cluster = ['lab'];
  const instance = [INSTANCE];
  return [
    await scene('frr-node', { cluster, instance }),
    await scene('frr-session', { cluster, instance, vrf: ['default'], peer: ['eth2'] }),
    await scene('frr-exporter', {}),
  ];
}

const { values, positionals } = parseArgs({
  options: { nodes: { type: 'string', default: '1000' }, output: { type: 'string', default: IMAGES } },
  allowPositionals: true,
});
const SCENES = { laboratory: laboratoryScenes, fleet: () => fleetScenes(Number(values.nodes)) };

/** Stores which panels the picture shows, for the test that compares them with the dashboards as they are. */
function noteShown(dashboard: Dashboard): void {
  const path = join(values.output, SHOWN_FILE);
  const before: Shown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const shown = { ...before, [pictureOf(dashboard)]: shownHash(dashboard) };
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(Object.entries(shown).sort()), null, 2)}\n`);
}

await installComponents();
await using renderer = await startRenderer();
mkdirSync(values.output, { recursive: true });
for (const [what, makeScenes] of Object.entries(SCENES)) {
  if (positionals.length > 0 && !positionals.includes(what)) continue;
  for (const scene of await makeScenes()) {
    const path = join(values.output, pictureOf(scene.dashboard));
    const { png } = await renderer.render(scene);
    writeFileSync(path, png);
    noteShown(scene.dashboard);
    say(path);
  }
}
