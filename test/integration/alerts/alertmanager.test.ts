/** The shipped Alertmanager configuration: where each alert goes, and what silences what, in a real Alertmanager. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isAlert, type Severity } from '../../../alerts/rule.ts';
import { startMessages } from '../../lab/messages.ts';
import { type Command, GROUPS, newer, run } from './promtool.ts';

const CONFIG = 'alerts/alertmanager/alertmanager.yml';
const ALERTS = GROUPS.flatMap(({ rules }) => rules).filter(isAlert);

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

const { inhibit_rules: INHIBIT_RULES } = parse(readFileSync(CONFIG, 'utf8')) as {
  inhibit_rules: InhibitRule[];
};

describe.each([
  ['0.25', async (): Promise<Command> => ['amtool']],
  ['0.33', () => newer('amtool')],
])('amtool %s', (version, find) => {
  let amtool: Command;
  beforeAll(async () => {
    amtool = await find();
  }, 300_000);

  test('is the version that is meant', async () => {
    const { output } = await run(amtool, '--version');
    expect(output).toContain(`amtool, version ${version}`);
  });

  test('accepts the configuration and its templates', async () => {
    const { passed, output } = await run(amtool, 'check-config', CONFIG);
    expect({ passed, output }).toEqual({ passed: true, output: expect.stringContaining('- 1 templates') });
  });

  const RECEIVERS: Readonly<Record<Severity, string>> = {
    critical: 'page',
    warning: 'ticket',
    info: 'shown-only',
    none: 'dead-mans-switch',
  };

  test.each(ALERTS.map(({ alert, labels: { severity } }) => [alert, severity] as const))(
    'sends %s (%s) to its receiver, whatever else its labels are',
    async (alert, severity) => {
      for (const more of [
        [],
        ['cluster=cloud-1', 'hostname=node-1', 'instance=node-1:9342', 'vrf=default'],
      ]) {
        const { passed, output } = await run(
          amtool,
          ...['config', 'routes', 'test', `--config.file=${CONFIG}`],
          ...[
            `--verify.receivers=${RECEIVERS[severity]}`,
            `alertname=${alert}`,
            `severity=${severity}`,
            ...more,
          ],
        );
        expect({ passed, output }).toEqual({
          passed: true,
          output: expect.stringMatching(new RegExp(`^${RECEIVERS[severity]}$`, 'm')),
        });
      }
    },
  );

  test('makes a ticket of what has no severity, or an unknown one', async () => {
    for (const labels of [['alertname=Other'], ['alertname=Other', 'severity=fatal']]) {
      const { passed } = await run(
        amtool,
        ...['config', 'routes', 'test', `--config.file=${CONFIG}`, '--verify.receivers=ticket', ...labels],
      );
      expect(passed).toBe(true);
    }
  });
});

test('every alert that an inhibition names exists, and every pattern finds some', () => {
  const names = new Set(ALERTS.map(({ alert }) => alert));
  const unknown = INHIBIT_RULES.flatMap(({ source_matchers, target_matchers }) => [
    ...source_matchers,
    ...target_matchers,
  ]).flatMap((matcher) => {
    const [, operator, value = ''] = /^alertname (=~|!~|!=|=) "?([^"]+)"?$/.exec(matcher) ?? [];
    if (operator === undefined) return [];
    return value
      .split('|')
      .filter((part) => ![...names].some((name) => new RegExp(`^(?:${part})$`).test(name)))
      .map((part) => `${matcher}: ${part}`);
  });
  expect(unknown).toEqual([]);
});

/** What an alert is about: with a node, a session, a remote router or nothing but the cluster. */
const PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  node: { instance: 'node-1:9342', hostname: 'node-1' },
  session: {
    instance: 'node-1:9342',
    hostname: 'node-1',
    vrf: 'default',
    peer: 'eth2',
    remote_router_id: '10.0.0.2',
  },
  router: { remote_router_id: '10.0.0.2' },
  daemon: { instance: 'node-1:9342', hostname: 'node-1', daemon: 'bgpd' },
  fault: { fault: 'FRRDown' },
  'fault-of-addresses': { fault: 'FRRHostRouteNotAdvertised' },
  addresses: { instance: 'node-1:9342', hostname: 'node-1', fault: 'FRRHostRouteNotAdvertised' },
  cluster: {},
};

const ELSEWHERE = { instance: 'node-2:9342', hostname: 'node-2', remote_router_id: '10.0.0.3' };

/**
 * All labels but the cluster of `FRRBGPPeerDown session`, or of `FRRDaemonDown warning node` where there are several
 * severities.
 */
function labelsOf(text: string): Readonly<Record<string, string>> {
  const [alert = '', ...rest] = text.split(' ');
  const place = PLACES[rest.at(-1) ?? ''];
  const rule = ALERTS.find(
    (one) => one.alert === alert && (rest.length === 1 || one.labels.severity === rest[0]),
  );
  if (place === undefined || rule === undefined) throw new Error(`what is ${text}?`);
  return { alertname: alert, ...rule.labels, ...place };
}

const OF_SESSIONS = [
  'FRRBGPPeerDown critical session',
  'FRRBGPPeerDown warning session',
  'FRRBGPPeerNeverEstablished session',
  'FRRBGPPeerFlapping critical session',
  'FRRBGPPeerFlapping warning session',
  'FRRBGPPeerUnstable session',
  'FRRBGPPeerMissing session',
  'FRRBGPOutQueueStuck session',
  'FRRBGPPeerBehind session',
  'FRRBGPNoPrefixesAdvertised session',
  'FRRBGPNoPrefixesReceived session',
  'FRRBGPNoPolicy session',
  'FRRBGPPrefixDrop session',
  'FRRBGPMaxPrefixNear session',
  'FRRBGPMaxPrefixExceeded session',
  'FRRBFDSessionDown session',
  'FRRBFDSessionFlapping session',
  'FRRBGPVRFDown session',
];
const OF_ROUTES = [
  'FRRBGPAllUplinksDown critical node',
  'FRRBGPAllUplinksDown info node',
  'FRRBGPAddressFamilyLost node',
  'FRRBGPUplinksMissing node',
  'FRRBGPRedundancyLost node',
  'FRRHostRouteNotAdvertised node',
  'FRRAddressesFault addresses',
  'FRRDefaultRouteMissing node',
  'FRRRIBFIBMismatch node',
  'FRRKernelRouteMissing node',
];
const OF_FIGURES = ['FRRDataStale critical node', 'FRRDataStale warning node', 'FRRUnreachable node'];
const OF_DAEMONS = [
  'FRRDaemonCrashLooping daemon',
  'FRRDaemonDown critical daemon',
  'FRRDaemonDown warning daemon',
  'FRRDaemonHung critical daemon',
  'FRRDaemonHung warning daemon',
];

/** What follows from a node's having no uplink. */
const OF_UPLINKS = [
  'FRRBGPPeerDown critical session',
  'FRRBGPPeerDown warning session',
  'FRRBGPPeerFlapping critical session',
  'FRRBGPPeerFlapping warning session',
  'FRRBGPVRFDown session',
  'FRRBGPAddressFamilyLost node',
  'FRRBGPRedundancyLost node',
  'FRRBGPNoPrefixesAdvertised session',
  'FRRBGPNoPrefixesReceived session',
  'FRRBGPPrefixDrop session',
  'FRRBFDSessionDown session',
  'FRRBFDSessionFlapping session',
  'FRRHostRouteNotAdvertised node',
  'FRRAddressesFault addresses',
  'FRRDefaultRouteMissing node',
  'FRRRIBFIBMismatch node',
  'FRRKernelRouteMissing node',
];

/** The whole of it: what is silenced while this fires. */
const SILENCES: Readonly<Record<string, readonly string[]>> = {
  'FRRFleetFault fault': ['FRRDown node'],
  'FRRFleetFault fault-of-addresses': ['FRRHostRouteNotAdvertised node', 'FRRAddressesFault addresses'],
  'FRRAddressesFault addresses': ['FRRHostRouteNotAdvertised node'],
  'FRRFleetUnreachable cluster': ['FRRExporterDown node'],
  'FRRNodeDown critical node': [
    ...OF_SESSIONS,
    ...OF_ROUTES,
    ...OF_FIGURES,
    ...OF_DAEMONS,
    'FRRDown node',
    'FRRExporterDown node',
    'FRRExporterSeriesDropped node',
    'FRRGracefulRestart session',
  ],
  'FRRExporterDown node': [...OF_SESSIONS, ...OF_ROUTES, ...OF_FIGURES],
  'FRRDown node': [...OF_SESSIONS, ...OF_ROUTES, ...OF_FIGURES, ...OF_DAEMONS],
  'FRRDaemonDown critical daemon': [
    ...OF_SESSIONS,
    ...OF_ROUTES,
    ...OF_FIGURES,
    'FRRDaemonDown warning daemon',
    'FRRDaemonHung warning daemon',
  ],
  'FRRDaemonHung critical daemon': [
    ...OF_SESSIONS,
    ...OF_ROUTES,
    ...OF_FIGURES,
    'FRRDaemonDown warning daemon',
    'FRRDaemonHung warning daemon',
  ],
  'FRRDaemonDown warning daemon': [],
  'FRRUnreachable node': ['FRRDataStale critical node', 'FRRDataStale warning node'],
  'FRRDataStale critical node': ['FRRDataStale warning node'],
  'FRRDaemonCrashLooping daemon': [
    'FRRDaemonDown critical daemon',
    'FRRDaemonDown warning daemon',
    'FRRBGPPeerFlapping critical session',
    'FRRBGPPeerFlapping warning session',
    'FRRBGPPeerUnstable session',
  ],
  'FRRFabricDown cluster': [
    'FRRRemoteRouterDown router',
    'FRRBGPNodesCutOff cluster',
    'FRRBGPFleetPeersDown cluster',
    'FRRBGPAllUplinksDown critical node',
    'FRRBGPAllUplinksDown info node',
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
  ],
  'FRRBGPNodesCutOff cluster': ['FRRBGPFleetPeersDown cluster'],
  'FRRRemoteRouterDown router': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBGPPeerFlapping critical session',
    'FRRBGPPeerFlapping warning session',
  ],
  'FRRRemoteRouterFlapping router': [
    'FRRBGPPeerFlapping critical session',
    'FRRBGPPeerFlapping warning session',
  ],
  'FRRBGPFleetPeersDown cluster': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBGPAllUplinksDown critical node',
    'FRRBGPAllUplinksDown info node',
  ],
  'FRRBGPAllUplinksDown critical node': OF_UPLINKS,
  'FRRBGPAllUplinksDown info node': OF_UPLINKS,
  'FRRBGPUplinksMissing node': ['FRRBGPPeerMissing session'],
  'FRRBGPPeerDown critical session': ['FRRBGPRedundancyLost node', 'FRRBFDSessionDown session'],
  'FRRBGPPeerDown warning session': ['FRRBFDSessionDown session'],
  'FRRBGPPeerNeverEstablished session': ['FRRBFDSessionDown session'],
  'FRRBGPMaxPrefixExceeded session': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBGPPeerFlapping critical session',
    'FRRBGPPeerFlapping warning session',
    'FRRBGPMaxPrefixNear session',
    'FRRBFDSessionDown session',
    'FRRBGPRedundancyLost node',
  ],
  'FRRBGPVRFDown session': ['FRRBGPPeerDown critical session', 'FRRBGPPeerDown warning session'],
  'FRRBGPPeerFlapping critical session': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBGPPeerUnstable session',
    'FRRBFDSessionDown session',
    'FRRBFDSessionFlapping session',
    'FRRBGPRedundancyLost node',
  ],
  'FRRBGPPeerFlapping warning session': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBGPPeerUnstable session',
    'FRRBFDSessionDown session',
    'FRRBFDSessionFlapping session',
  ],
  'FRRBGPAddressFamilyLost node': ['FRRBGPNoPrefixesReceived session', 'FRRBGPPrefixDrop session'],
  'FRRHostRouteNotAdvertised node': ['FRRBGPNoPrefixesAdvertised session'],
  'FRRDefaultRouteMissing node': ['FRRBGPNoPrefixesReceived session', 'FRRBGPAddressFamilyLost node'],
  'FRRBGPNoPrefixesAdvertised session': ['FRRBGPNoPrefixesReceived session', 'FRRBGPNoPolicy session'],
  'FRRBGPNoPrefixesReceived session': ['FRRBGPNoPolicy session', 'FRRBGPPrefixDrop session'],
  'FRRMaintenance node': [
    ...OF_SESSIONS,
    ...OF_ROUTES,
    ...OF_FIGURES,
    ...OF_DAEMONS,
    'FRRDown node',
    'FRRNodeDown critical node',
    'FRRExporterDown node',
    'FRRExporterSeriesDropped node',
    'FRRGracefulRestart session',
  ],
  'FRRGracefulRestart session': [
    'FRRBGPPeerDown critical session',
    'FRRBGPPeerDown warning session',
    'FRRBFDSessionDown session',
  ],
  'FRRBFDSessionDown session': [],
  'FRRBGPRedundancyLost node': [],
  'FRRExporterSeriesDropped node': [],
};

describe('inhibition in a real Alertmanager', () => {
  /** Every pair of alerts has a cluster of its own, in which only these two fire. */
  const pairs: { readonly source: string; readonly target: string; readonly cluster: string }[] = [];
  const reached = new Set<string>();

  const everything = [...new Set([...Object.keys(SILENCES), ...Object.values(SILENCES).flat()])];
  for (const source of Object.keys(SILENCES)) {
    for (const target of everything) {
      if (source !== target) pairs.push({ source, target, cluster: `c${pairs.length}` });
    }
  }

  beforeAll(async () => {
    await using paging = await startMessages((config) => {
      // Every alert is a message of its own, at once: what is tried here is inhibition alone.
      config.route = {
        receiver: 'page',
        group_by: ['...'],
        group_wait: '3s',
        group_interval: '1h',
        routes: [],
      };
      for (const receiver of config.receivers) {
        for (const key of Object.keys(receiver)) if (key !== 'name') delete receiver[key];
        if (receiver.name === 'page') {
          receiver.webhook_configs = [{ url: 'http://replaced', max_alerts: 0 }];
        }
      }
    });
    const alerts = pairs.flatMap(({ source, target, cluster }) =>
      [source, target].map((text) => ({ labels: { ...labelsOf(text), cluster, described: text } })),
    );
    // What a source silences, once more, on another node.
    for (const { source, target, cluster } of pairs) {
      if (!SILENCES[source]?.includes(target)) continue;
      for (const [text, moved] of [
        [source, {}],
        [target, ELSEWHERE],
      ] as const) {
        alerts.push({
          labels: { ...labelsOf(text), ...moved, cluster: `${cluster}-far`, described: text },
        });
      }
    }
    // Sources first: this is about which, not about when.
    for (const part of [alerts.filter((_, i) => i % 2 === 0), alerts.filter((_, i) => i % 2 === 1)]) {
      const response = await fetch(`${paging.alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(part),
      });
      expect(response.status).toBe(200);
    }
    await pause(3_000);
    let before = -1;
    while (paging.messages.length > before || before <= 0) {
      before = paging.messages.length;
      await pause(2_000);
    }
    for (const { body } of paging.messages) {
      const { alerts: sent } = body as { alerts: { labels: { cluster: string; described: string } }[] };
      for (const { labels } of sent) reached.add(`${labels.cluster} ${labels.described}`);
    }
  }, 120_000);

  test.each(Object.entries(SILENCES))('%s silences exactly this', (source, silenced) => {
    const missing = pairs
      .filter((pair) => pair.source === source && !reached.has(`${pair.cluster} ${pair.target}`))
      .map(({ target }) => target);
    // Two that inhibit each other's kind differ in which inhibits which.
    expect(missing.toSorted()).toEqual([...silenced].toSorted());
  });

  test('nothing silences what happens on another node, but what is about the whole cluster', () => {
    const silenced = pairs.filter(
      ({ source, target, cluster }) =>
        SILENCES[source]?.includes(target) === true &&
        !/ (cluster|fault|fault-of-addresses)$/.test(source) &&
        !reached.has(`${cluster}-far ${target}`),
    );
    expect(silenced).toEqual([]);
  });

  test('what fires is sent, unless the other alert inhibits it', () => {
    const lost = pairs.filter(
      ({ source, target, cluster }) =>
        !reached.has(`${cluster} ${source}`) && !SILENCES[target]?.includes(source),
    );
    expect(lost.map(({ source, target }) => `${source} beside ${target}`)).toEqual([]);
  });
});
