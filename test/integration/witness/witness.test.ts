/**
 * What the fabric does with announced addresses, as a witness sees it: real FRR and Prometheus, with the shipped configuration of the witness
 * and the shipped rules, whose waiting times are shortened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ruleFileText } from '../../../alerts/rule.ts';
import {
  type Exporter,
  type Prometheus,
  scrape,
  startExporter,
  startPrometheus,
  waitFor,
} from '../../lab/index.ts';
import { rulesWith } from '../../rules.ts';
import { reading } from '../dashboards/reading.ts';
import { ANNOUNCED, addressOf, type Fabric, NODES, startFabric } from './fabric.ts';

const TOPICS = [
  'maintenance',
  'daemons',
  'sessions',
  'memory',
  'exporters',
  'reachability',
  'witness',
  'dashboards',
];

/** The rules in one file, each evaluated every second. */
function rules(): string {
  const files = rulesWith({
    scrape_interval: '1s',
    evaluation_interval: '1s',
    start_grace: '5s',
    node_down_for: '3s',
    fleet_unreachable_for: '3s',
    exporter_down_for: '4s',
    witness_announced: '3s',
    witness_not_received_for: '6s',
    witness_ghost_for: '2s',
  });
  const groups = files
    .filter(({ topic }) => TOPICS.includes(topic))
    .flatMap((file) => file.groups.map((group) => ({ ...group, interval: '1s' })));
  return ruleFileText({ topic: 'all', groups });
}

let fabric: Fabric;
let prometheus: Prometheus;
const exporters = new Map<string, Exporter>();

const WATCHED = [...NODES, 'witness'] as const;

beforeAll(async () => {
  fabric = await startFabric();
  await Promise.all(
    WATCHED.map(async (host) => {
      const beside = { name: fabric.name, node: fabric.hosts[host] };
      const own = host === 'witness' ? ['--collector.received-routes'] : ['--collector.host-routes'];
      const common = ['daemons', 'bgp', 'bgp-neighbors'].map((name) => `--collector.${name}`);
      const flags = [
        '--poll.interval=1s',
        '--poll.stale-after=3s',
        '--poll.max-share=50%',
        '--collector.disable-defaults',
      ];
      exporters.set(
        host,
        await startExporter({ lab: beside, source: 'socket', flags: [...flags, ...common, ...own] }),
      );
    }),
  );
  const file = join(fabric.folder, 'rules.yaml');
  writeFileSync(file, rules());
  prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [file],
      scrape_configs: [
        scrape(
          WATCHED.map((host) => ({
            url: (exporters.get(host) as Exporter).url,
            labels: { cluster: 'cloud-1', hostname: host, instance: `${host}:9342` },
          })),
        ),
      ],
    },
  });
}, 120_000);

afterAll(async () => {
  await prometheus?.stop();
  for (const exporter of exporters.values()) await exporter.stop();
  await fabric?.[Symbol.asyncDispose]();
});

interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

/** The alerts about addresses, witnesses and exporters that fire: `FRRHostRouteNotReceived 172.31.1.1`. */
async function firing(): Promise<readonly (Firing & { readonly name: string })[]> {
  const { alerts } = await prometheus.api<{ readonly alerts: readonly Firing[] }>('alerts');
  return alerts
    .filter(
      ({ state, labels }) =>
        state === 'firing' && /HostRoute|Witness|Moved|ExporterDown/.test(labels.alertname ?? ''),
    )
    .map((one) => ({ ...one, name: `${one.labels.alertname} ${one.labels.address ?? one.labels.hostname}` }));
}

const names = async () => (await firing()).map(({ name }) => name).sort();

const until = (expected: readonly string[], within = 30_000) =>
  waitFor(async () => JSON.stringify(await names()) === JSON.stringify(expected), {
    within,
    every: 250,
    for: `these alerts: ${expected.join(', ') || 'none'}`,
  });

const count = async (expression: string) => (await prometheus.query(`count(${expression})`))[0]?.value ?? 0;

const untilCount = (expression: string, expected: number) =>
  waitFor(async () => (await count(expression)) === expected, {
    within: 60_000,
    every: 250,
    for: `${expected} of ${expression}`,
  });

/** A dashboard of the cluster, as it is now. */
const board = (uid: string) =>
  reading(prometheus.url, uid, { cluster: ['cloud-1'] }, () => ({
    end: Math.ceil(Date.now() / 1000),
    range: 60,
    step: 1,
    scrapeInterval: 1,
  }));

/** The verdicts on addresses of all nodes, by address. */
async function verdicts(uid: string, title: string): Promise<Readonly<Record<string, unknown>>> {
  const rows = await board(uid).rows(title);
  return Object.fromEntries(rows.map((row) => [row.Address, row.Verdict]));
}

/** What the dashboards say: which addresses nobody can reach, and the verdict on each address. */
const shown = (lost: readonly string[]) =>
  vi.waitFor(
    async () => {
      for (const uid of ['frr-fleet', 'frr-openstack']) {
        const dashboard = board(uid);
        expect(await dashboard.values('Unreachable IPs')).toEqual([lost.length || 'none']);
        const rows = await dashboard.rows('Addresses nobody can reach');
        expect(rows.map((row) => [row.Address, row.Node, row.Why])).toEqual(
          lost.map((address) => [address, 'node1:9342', 'No witness receives it']),
        );
      }
      const expected = Object.values(ANNOUNCED)
        .flat()
        .map((address) => [
          address,
          lost.includes(address) ? 'No witness receives it' : 'Received by a witness',
        ]);
      for (const [uid, title] of [
        ['frr-openstack', 'Every host address'],
        ['frr-node', 'Host addresses'],
      ] as const)
        expect(await verdicts(uid, title)).toEqual(Object.fromEntries(expected));
    },
    { timeout: 30_000, interval: 500 },
  );

const ALL = Object.values(ANNOUNCED).flat().length;
const SETTLED = 'host_route:frr_host_route_announced:settled';
const KNOWN = 'address_remote_router:frr_received_route:known';

test('all addresses are received from both routers, and the witness announces none', async () => {
  await untilCount(SETTLED, ALL);
  await untilCount(KNOWN, 2 * ALL);
  expect(await count('frr_received_route_paths')).toBe(3 * ALL);
  expect(await prometheus.query('sum(frr_bgp_prefixes_advertised{hostname="witness"})')).toMatchObject([
    { value: 0 },
  ]);
  expect(await names()).toEqual([]);
  await shown([]);
});

test('a router drops an address, then both do', async () => {
  const [address = ''] = ANNOUNCED.node1;
  await fabric.drop('tor1', address);
  await until([`FRRHostRouteDroppedByRouter ${address}`]);
  expect((await firing())[0]?.annotations.description).toBe(
    `node1 announces ${address} to all of its uplinks, but the witness does not receive it from tor1 rack A (${addressOf('tor1')}).`,
  );
  await fabric.drop('tor2', address);
  await until([`FRRHostRouteNotReceived ${address}`]);
  expect((await firing())[0]?.annotations.description).toBe(
    `node1 announces ${address}, but no witness receives it. Suspected: tor1 rack A (${addressOf('tor1')}), tor2 rack A (${addressOf('tor2')}).`,
  );
  await shown([address]);
  await Promise.all([fabric.drop('tor1'), fabric.drop('tor2')]);
  await until([]);
  await shown([]);
});

test('a prefix limit and an address that moves are nothing that the fabric drops', async () => {
  const node2 = addressOf('node2');
  await fabric.hosts.tor1.configure(
    'router bgp 65000',
    'address-family ipv4 unicast',
    `neighbor ${node2} maximum-prefix 1`,
  );
  const down = 'frr_bgp_session_up{hostname="node2"} == 0';
  await untilCount(down, 1);
  const [, address = ''] = ANNOUNCED.node1;
  // So that this can be tried again.
  await fabric.hosts.node1.ip(`addr flush dev lo to ${address}/32`);
  await fabric.hosts.node2.ip(`addr replace ${address}/32 dev lo`);
  await until([`FRRAddressMoved ${address}`]);
  expect(await count(down)).toBe(1);
});

test('a witness that is restarted, a node that dies, and routes that outlive bgpd of their node', async () => {
  const seen = new Set<string>();
  // The routers keep its routes: graceful restart.
  await fabric.kill('node3', 'bgpd');
  const [, moved = ''] = ANNOUNCED.node1;
  await fabric.kill('witness', 'bgpd');
  await fabric.hosts.witness.start('bgpd');
  await exporters.get('node2')?.stop();
  await fabric.kill('node2', 'bgpd');
  const dead = 'FRRExporterDown node2';
  const ghost = `FRRHostRouteGhost ${ANNOUNCED.node3[0]}`;
  await waitFor(
    async () => {
      const now = await names();
      for (const name of now) seen.add(name);
      return now.includes(ghost) && now.includes(dead);
    },
    { within: 60_000, every: 250, for: 'the ghost, and the node that is down' },
  );
  expect([...seen].filter((name) => name !== `FRRAddressMoved ${moved}`).sort()).toEqual([dead, ghost]);
});
