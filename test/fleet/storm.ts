/**
 * Storms for the alert rules: simulated nodes, a real Prometheus with the rules, a real Alertmanager with the shipped
 * configuration, and what reaches people. A node has two uplinks with the two routers of its rack, and twelve addresses.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ruleFiles } from '../../alerts/rules.ts';
import { readThresholds } from '../../alerts/thresholds.ts';
import { type Message, type Messages, startMessages } from '../lab/messages.ts';
import { type Prometheus, startPrometheus } from '../lab/prometheus.ts';
import { type Labels, remoteWrite, type Series, STALE } from './remote-write.ts';
import { everySeconds } from './scraping.ts';

const NODES_A_RACK = 20;
const ADDRESSES_A_NODE = 12;
/** Seconds between samples. */
const SCRAPE = 5;

export interface StormNode {
  readonly cluster: string;
  /** From 1. */
  readonly number: number;
  readonly rack: number;
}

/** What is wrong now; changed while the storm goes on. */
export interface Weather {
  /** Neither exporter nor node answers. */
  dead(node: StormNode): boolean;
  /** The session with router 1 or 2 of the node's rack is down. */
  cut(node: StormNode, router: number): boolean;
}

export const CALM: Weather = { dead: () => false, cut: () => false };

export interface StormOptions {
  /** Nodes by cluster. */
  readonly clusters: Readonly<Record<string, number>>;
  /** Settings of the rules, by key of alerts/thresholds.yaml. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Evaluates the groups that are slow as often as the others, so that the rules know everything after seconds. */
  readonly hurry?: boolean;
}

export interface Storm extends AsyncDisposable {
  readonly prometheus: Prometheus;
  readonly messages: readonly Message[];
  /** In force from the next scrape on. */
  weather: Weather;
  /** Seconds that the slowest evaluation of each group took since the last call, by group. */
  slowest(): Promise<ReadonlyMap<string, number>>;
  /** Evaluations that Prometheus left out since it started. */
  missed(): Promise<number>;
}

export async function startStorm({ clusters, settings = {}, hurry = false }: StormOptions): Promise<Storm> {
  const rules = mkdtempSync(join(tmpdir(), 'frr-exporter-storm-'));
  await using starting = new AsyncDisposableStack();
  starting.defer(() => rmSync(rules, { recursive: true, force: true }));
  const messages: Messages = starting.use(await startMessages());
  writeRules(join(rules, 'rules.yaml'), settings, hurry);
  const prometheus = starting.use(
    await startPrometheus({
      config: {
        global: { evaluation_interval: `${SCRAPE}s` },
        rule_files: [`${rules}/*.yaml`],
        alerting: {
          alertmanagers: [{ static_configs: [{ targets: [new URL(messages.alertmanager.url).host] }] }],
        },
      },
      args: ['--web.enable-remote-write-receiver'],
    }),
  );
  const state = { weather: CALM };
  const nodes = Object.entries(clusters).flatMap(([cluster, count]) =>
    Array.from({ length: count }, (_, i) => ({
      cluster,
      number: i + 1,
      rack: Math.floor(i / NODES_A_RACK) + 1,
    })),
  );
  const series = nodes.flatMap((node) => seriesOf(node, state));
  const slowest = new Map<string, number>();
  starting.use(
    everySeconds(SCRAPE, async () => {
      await remoteWrite(prometheus.url, series, [Math.floor(Date.now() / 1000)]);
      for (const [group, seconds] of await evaluations(prometheus))
        slowest.set(group, Math.max(seconds, slowest.get(group) ?? 0));
    }),
  );
  const started = starting.move();
  return {
    prometheus,
    messages: messages.messages,
    get weather() {
      return state.weather;
    },
    set weather(weather) {
      state.weather = weather;
    },
    slowest: async () => {
      const found = new Map(slowest);
      slowest.clear();
      return found;
    },
    missed: async () => {
      const page = await (await fetch(`${prometheus.url}/metrics`)).text();
      const counts = page.matchAll(/^prometheus_rule_group_iterations_missed_total\{.*\} (\S+)$/gm);
      return [...counts].reduce((sum, [, value]) => sum + Number(value), 0);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** The shipped rules with other settings. */
function writeRules(path: string, settings: Readonly<Record<string, string>>, hurry: boolean): void {
  const source = 'alerts/thresholds.yaml';
  const groups = ruleFiles(readThresholds(readFileSync(source, 'utf8'), source, settings)).flatMap(
    (file) => file.groups,
  );
  writeFileSync(
    path,
    stringify({ groups: hurry ? groups.map((group) => ({ ...group, interval: `${SCRAPE}s` })) : groups }),
  );
}

/** Seconds that the last evaluation of each group took. */
async function evaluations(prometheus: Prometheus): Promise<ReadonlyMap<string, number>> {
  interface Rules {
    readonly groups: readonly { readonly name: string; readonly evaluationTime: number }[];
  }
  const { groups } = await prometheus.api<Rules>('rules?type=record');
  return new Map(groups.map(({ name, evaluationTime }) => [name, evaluationTime]));
}

/** How the rules see a node: the series that they read, with the values of the weather. */
function seriesOf(node: StormNode, state: { readonly weather: Weather }): readonly Series[] {
  const { cluster, number, rack } = node;
  const hostname = `compute-${String(number).padStart(3, '0')}`;
  const target: Labels = { cluster, hostname, job: 'frr', instance: `${hostname}:9342` };
  const dead = () => state.weather.dead(node);
  const cut = (router: number) => state.weather.cut(node, router);
  const found: Series[] = [];
  const add = (name: string, labels: Labels, value: number | ((seconds: number) => number)) => {
    found.push({
      labels: { __name__: name, ...target, ...labels },
      at: (s) => (dead() ? STALE : typeof value === 'number' ? value : value(s)),
    });
  };
  for (const [job, port] of [
    ['frr', 9342],
    ['node', 9100],
  ] as const)
    found.push({
      labels: { __name__: 'up', ...target, job, instance: `${hostname}:${port}` },
      at: () => (dead() ? 0 : 1),
    });
  add('frr_up', {}, 1);
  add('frr_maintenance', {}, 0);
  for (const daemon of ['zebra', 'bgpd', 'bfdd', 'staticd']) {
    add('frr_daemon_up', { daemon }, 1);
    add('frr_daemon_hung', { daemon }, 0);
    add('frr_daemon_restarts_total', { daemon }, 0);
  }
  for (const [collector, interval] of Object.entries({
    bgp: 5,
    'bgp-neighbors': 60,
    daemons: 5,
    'host-routes': 15,
  })) {
    add('frr_collector_up', { collector }, 1);
    add('frr_collector_interval_seconds', { collector }, interval);
    add('frr_collector_last_success_timestamp_seconds', { collector }, (s) => s);
  }
  for (const router of [1, 2]) {
    const session = { vrf: 'default', peer: `eth${router}` };
    add('frr_bgp_session_up', session, () => (cut(router) ? 0 : 1));
    add('frr_bgp_session_state', session, () => (cut(router) ? 3 : 6));
    add('frr_bgp_session_admin_up', session, 1);
    add('frr_bgp_session_established_total', session, 1);
    add('frr_bgp_session_dropped_total', session, () => (cut(router) ? 1 : 0));
    add('frr_bgp_session_graceful_restart_active', session, 0);
    add('frr_bgp_session_queue_messages', { ...session, direction: 'out' }, 0);
    add(
      'frr_bgp_session_last_reset_info',
      { ...session, reason: 'BFD down received', code: '24', notification: '' },
      () => (cut(router) ? 1 : STALE),
    );
    add(
      'frr_bgp_session_info',
      {
        ...session,
        local_as: '64999',
        remote_as: String(65000 + rack),
        peer_group: 'uplink',
        description: `leaf-${rack}-${router}`,
        interface: session.peer,
        remote_router_id: `10.255.${rack}.${router}`,
      },
      1,
    );
    const family = { ...session, afi: 'ipv4', safi: 'unicast' };
    add('frr_bgp_prefixes_received', family, () => (cut(router) ? 0 : 21));
    add('frr_bgp_prefixes_advertised', family, () => (cut(router) ? 0 : ADDRESSES_A_NODE));
  }
  const uplinks = () => [1, 2].filter((router) => !cut(router)).length;
  add('frr_default_route_installed', { vrf: 'default', afi: 'ipv4' }, () => (uplinks() > 0 ? 1 : 0));
  for (let i = 0; i < ADDRESSES_A_NODE; i++) {
    const address = {
      address: `10.${i}.${number >> 8}.${number & 255}`,
      interface: 'bgp-nic',
      afi: 'ipv4',
      vrf: 'default',
      origin: 'interface',
    };
    add('frr_host_route_in_bgp', address, 1);
    add('frr_host_route_advertised_peers', address, uplinks);
  }
  return found;
}
