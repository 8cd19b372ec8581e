/** How much of the time uplinks and addresses were there, and when too little. */
import { healthy, hostRoute, target } from '../fleet.ts';
import type { Labels, Scenario, Series, Steps } from '../scenario.ts';

const ALERTS = ['FRRUplinkAvailabilityAtRisk', 'FRRAddressAvailabilityAtRisk'] as const;
const NONE = 'instance:frr_bgp_uplinks:none';
const LOST = 'cluster_address:frr_host_route:lost';
const of = (node: string) => ({ instance: `${node}:9342` });

/**
 * A cluster of nodes with one uplink and one address each, as few series as the rules need. Whoever has an outage loses
 * both.
 * @param outages by the number of the node, from 1: spans of time, `[from, to)`
 */
function cluster(
  name: string,
  nodes: number,
  outages: Readonly<Record<number, readonly (readonly [string, string])[]>>,
): Series[] {
  return Array.from({ length: nodes }, (_, n) => {
    const labels: Labels = { ...target(`${name}-${n + 1}`), cluster: name };
    const steps: Record<string, 0 | 1> = { '0s': 1 };
    for (const [from, to] of outages[n + 1] ?? []) Object.assign(steps, { [from]: 0, [to]: 1 });
    const add = (metric: string, more: Labels, value: Steps): Series => ({
      metric,
      labels: { ...labels, ...more },
      steps: value,
    });
    return [
      add('instance:frr_bgp_uplinks_up:count', {}, steps),
      add('frr_host_route_advertised_peers', hostRoute(`192.0.2.${n + 1}`, 'lo'), steps),
    ];
  }).flat();
}

/** Both alerts for a cluster; only the cluster differs. */
const AT_RISK = ALERTS.map((name) => `${name} warning`).sort();

/** The same number of uplinks and of addresses in a cluster. */
const both = (what: string, name: string, value: number | undefined): Record<string, number | undefined> => ({
  [`sum(cluster:frr_bgp_uplinks_none:${what}{cluster="${name}"})`]: value,
  [`sum(cluster:frr_host_route_lost:${what}{cluster="${name}"})`]: value,
});

/** How many nodes, and how many addresses, are about to miss their objective. */
const atRisk = (value: number | undefined): Record<string, number | undefined> => ({
  'count(instance:frr_bgp_uplinks_none:at_risk)': value,
  'count(cluster_address:frr_host_route_lost:at_risk)': value,
});

const texts = (name: string, nodes: string, addresses: string) =>
  Object.fromEntries(
    (
      [
        ['FRRUplinkAvailabilityAtRisk', 'uplinks', `Nodes`, nodes],
        ['FRRAddressAvailabilityAtRisk', 'addresses', `Addresses`, addresses],
      ] as const
    ).map(([alert, what, things, spent]) => [
      alert,
      {
        labels: { severity: 'warning', cluster: name },
        title: `${name} ${what}: availability objective at risk`,
        description: `Cluster ${name} loses ${what} faster than the objective of 99.95 % in 30 days allows. ${things} that spent more than 50 % of their own budget: ${spent}.`,
        impact:
          what === 'uplinks'
            ? 'None beyond the outages that have paged. At this rate the nodes are without a network for longer than promised.'
            : 'None beyond the outages that have paged. At this rate VIPs, floating IPs or provider IPs are unreachable for longer than promised.',
      },
    ]),
  );

export const AVAILABILITY: readonly Scenario[] = [
  {
    name: 'who has no uplink: all down, bgpd dead, node dead; not: exporter dead, maintenance, never up, one left',
    about: [...ALERTS],
    only: new Set(),
    every: '30s',
    until: '20m',
    series: healthy(8)
      .uplinksDown('node-1', '5m')
      .set('frr_host_route_advertised_peers', of('node-1'), { '0s': 2, '5m': 0 })
      .set('frr_daemon_up', { ...of('node-2'), daemon: 'bgpd' }, { '0s': 1, '5m': 0 })
      .set('frr_bgp_session_up', of('node-2'), { '0s': 1, '5m': 'stale' })
      .notScraped('node-3', ['5m', '20m'])
      .set('up', { instance: 'node-3:9100' }, { '0s': 1, '5m': 0 })
      .notScraped('node-4', ['5m', '20m'])
      .uplinksDown('node-5', '5m')
      .set('frr_host_route_advertised_peers', of('node-5'), { '0s': 2, '5m': 0 })
      .set('frr_maintenance', of('node-5'), { '0s': 0, '4m': 1 })
      .set('frr_bgp_session_up', of('node-6'), 0)
      .set('frr_host_route_advertised_peers', of('node-6'), 0)
      // One uplink, and another configured: what it loses is its redundancy.
      .sessionDown('node-7', 'eth2', '5m')
      // Its only uplink; another node takes one of its addresses over.
      .set('frr_bgp_session_info', { ...of('node-8'), peer: 'eth2' }, 'missing')
      .sessionDown('node-8', '100.64.1.1', '5m')
      .set('frr_host_route_advertised_peers', of('node-8'), { '0s': 2, '5m': 0 })
      .announces('node-7', '172.16.0.8', { '0s': 'missing', '6m': 1 }, 'lo').series,
    checks: [
      {
        at: '4m30s',
        firing: [],
        values: {
          [`count(${NONE})`]: undefined,
          [`count(${LOST})`]: undefined,
          'sum(cluster:frr_bgp_uplinks_none:ratio)': 0,
          'sum(cluster:frr_host_route_lost:ratio)': 0,
          'sum(cluster:frr_bgp_uplinks:nodes)': 7,
          'sum(cluster:frr_host_route:addresses)': 14,
        },
      },
      ...['8m', '19m'].map((at) => ({
        at,
        firing: [],
        values: {
          [`sum(${NONE})`]: 4,
          ...Object.fromEntries(
            [1, 1, 1, undefined, undefined, undefined, undefined, 1].map((value, i) => [
              `sum(${NONE}{instance="node-${i + 1}:9342"})`,
              value,
            ]),
          ),
          // Both of node-1's, node-3's, and one of node-8's. node-2 still reports its own.
          [`sum(${LOST})`]: 5,
          [`sum(${LOST}{address=~"172.16.0.[13]"})`]: 2,
          [`sum(${LOST}{address="203.0.113.8"})`]: 1,
        },
      })),
      {
        at: '19m',
        firing: [],
        values: {
          'sum(cluster:frr_bgp_uplinks:nodes)': 7,
          'sum(cluster:frr_bgp_uplinks_none:ratio)': 4 / 7,
          ...both('burn_rate1h', 'cloud-1', undefined),
        },
      },
    ],
  },
  {
    // Of cluster "a" each burn rate goes just over what alerts, of "b" it stays just below.
    name: 'a cluster spends its budget within an hour, and within six hours',
    about: [...ALERTS],
    only: new Set(ALERTS),
    every: '2m',
    until: '7h40m',
    series: [
      ...cluster('a', 17, { 1: [['6h30m', '6h50m']] }),
      ...cluster('b', 14, { 1: [['6h32m', '6h46m']] }),
    ],
    checks: [
      { at: '50m', firing: [], values: both('burn_rate1h', 'a', undefined) },
      {
        at: '5h50m',
        firing: [],
        values: { ...both('burn_rate1h', 'a', 0), ...both('burn_rate6h', 'a', undefined) },
      },
      { at: '6h34m', firing: [] },
      {
        at: '6h36m',
        firing: AT_RISK,
        texts: texts('a', 'none', 'none'),
        values: { ...both('burn_rate3d', 'a', undefined), ...atRisk(undefined) },
      },
      { at: '6h58m', firing: AT_RISK, texts: texts('a', 'none', 'none') },
      // The last half hour was without faults.
      { at: '7h30m', firing: [] },
    ],
  },
  {
    name: 'a cluster spends its budget within three days',
    about: [...ALERTS],
    only: new Set(ALERTS),
    every: '10m',
    until: '82h',
    series: [...cluster('a', 9, { 1: [['73h', '73h20m']] }), ...cluster('b', 5, { 1: [['73h', '73h10m']] })],
    checks: [
      { at: '71h50m', firing: [], values: both('burn_rate3d', 'a', undefined) },
      { at: '75h', firing: AT_RISK, texts: texts('a', 'none', 'none') },
      { at: '81h', firing: [] },
    ],
  },
  {
    name: 'a node and an address have spent their budget, but not within the hour',
    about: [...ALERTS],
    only: new Set(ALERTS),
    every: '30m',
    until: '178h',
    series: cluster('a', 4, { 1: [['169h', '169h30m']] }),
    checks: [
      { at: '169h', firing: AT_RISK, texts: texts('a', 'a-1:9342', '192.0.2.1'), values: atRisk(1) },
      {
        at: '172h',
        firing: AT_RISK,
        texts: texts('a', 'none', 'none'),
        values: {
          ...atRisk(undefined),
          'sum(instance:frr_bgp_uplinks_none:ratio30d)': 1 / 345,
          'sum(instance:frr_bgp_uplinks_none:budget_spent)': 1 / 345 / 0.0005,
          'sum(cluster_address:frr_host_route_lost:ratio30d)': 1 / 345,
          'sum(cluster_address:frr_host_route_lost:budget_spent)': 1 / 345 / 0.0005,
          'sum(fleet_cluster_address:frr_host_route_lost:ratio30d{instance="(fleet)",job="frr",address="192.0.2.1"})':
            1 / 345,
          // One sample of a minute, where the story has one every half hour.
          'sum(instance:frr_bgp_uplinks_none:seconds30d)': 60,
          'sum(fleet_cluster_address:frr_host_route_lost:seconds30d{instance="(fleet)",job="frr",address="192.0.2.1"})': 60,
          'sum(fleet_cluster:frr_host_route_lost:ratio30d{instance="(fleet)",job="frr"})': 1 / 345 / 4,
        },
      },
    ],
  },
  {
    // Three minutes lost: of 192 hours just over half of what the objective leaves, of 210 hours just under.
    name: 'a node and an address spend half of their own budget',
    about: [...ALERTS],
    only: new Set(ALERTS),
    every: '3m',
    until: '211h',
    series: [
      ...cluster('a', 1, { 1: [['192h', '192h3m']] }),
      ...cluster('b', 1, { 1: [['210h', '210h3m']] }),
    ],
    // Both alerts fire in any case: an outage of the only node burns the budget of its cluster.
    checks: [
      { at: '192h3m', firing: AT_RISK, values: atRisk(1) },
      { at: '210h3m', firing: AT_RISK, values: atRisk(undefined) },
    ],
  },
];
