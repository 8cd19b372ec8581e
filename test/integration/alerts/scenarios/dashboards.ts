/** What only the dashboards read. Other scenarios check which alerts fire meanwhile. */
import { healthy } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const UNANNOUNCED = 'host_route:frr_host_route:unannounced';
const SILENT = 'host_route:frr_host_route:silent';
const ERRORS = 'instance:frr_collector_errors:increase5m';
const of = (node: string) => ({ instance: `${node}:9342` });

export const DASHBOARDS: readonly Scenario[] = [
  {
    name: 'an address that its node does not announce, and one that another node announces instead',
    about: [],
    only: new Set(),
    until: '3m',
    series: healthy(2)
      .set('frr_host_route_advertised_peers', of('node-1'), { '0s': 2, '1m': 0 })
      .announces('node-2', '203.0.113.1', 1, 'lo').series,
    checks: [
      { at: '55s', firing: [], values: { [`count(${UNANNOUNCED})`]: undefined } },
      {
        at: '1m20s',
        firing: [],
        values: { [`sum(${UNANNOUNCED})`]: 1, [`sum(${UNANNOUNCED}{address="172.16.0.1"})`]: 1 },
      },
    ],
  },
  {
    name: 'a node is silent, and another announces one of its addresses',
    about: [],
    only: new Set(),
    until: '14m',
    series: healthy(3)
      .add('node-1', 'frr_host_routes', {}, 2)
      .add('node-2', 'frr_host_routes', {}, 2)
      .notScraped('node-1', ['1m', '12m'])
      .announces('node-2', '203.0.113.1', 1, 'lo')
      // It has the address but does not announce it, which is no help.
      .announces('node-2', '172.16.0.1', 0, 'lo')
      // An exporter without host routes is not silent because of that.
      .set('frr_host_route_advertised_peers', of('node-3'), 0).series,
    checks: [
      { at: '1m30s', firing: [], values: { [`count(${SILENT})`]: undefined } },
      ...['3m', '11m'].map((at) => ({
        at,
        firing: [],
        values: { [`sum(${SILENT})`]: 1, [`sum(${SILENT}{address="172.16.0.1"})`]: 1 },
      })),
    ],
  },
  {
    name: 'a collector exports old results while it fails: the node is not silent',
    about: [],
    only: new Set(),
    until: '6m',
    series: healthy(2)
      .set('frr_host_route_advertised_peers', of('node-1'), { '0s': 2, '1m': 0 })
      .set('frr_host_route_in_bgp', of('node-1'), { '0s': 1, '1m': 'stale' })
      .add('node-1', 'frr_host_routes', {}, { '0s': 2, '3m': 'stale' })
      .add('node-1', 'frr_collector_up', { collector: 'host-routes' }, { '0s': 1, '2m': 0 })
      .add('node-2', 'frr_collector_errors_total', { collector: 'bgp', reason: 'timeout' }, 0)
      .add(
        'node-1',
        'frr_collector_errors_total',
        { collector: 'bgp', reason: 'timeout' },
        { '0s': 0, '1m': 1 },
      ).series,
    checks: [
      { at: '55s', firing: [], values: { [`count(${ERRORS})`]: undefined } },
      { at: '2m30s', firing: [], values: { [`count(${SILENT})`]: undefined } },
      { at: '5m', firing: [], values: { [`sum(${SILENT})`]: 2, [`count(${ERRORS})`]: 1 } },
    ],
  },
  {
    name: 'what nodes have lost of their uplinks: nothing that matters, their redundancy, or all',
    about: [],
    only: new Set(),
    until: '1m',
    series: healthy(6)
      .sessionDown('node-2', 'eth2', '30s')
      .uplinksDown('node-3', '30s')
      // One uplink each, of which the second loses it.
      .set('frr_bgp_session_info', { ...of('node-4'), peer: 'eth2' }, 'missing')
      .set('frr_bgp_session_info', { ...of('node-5'), peer: 'eth2' }, 'missing')
      .sessionDown('node-5', '100.64.1.1', '30s')
      // Sessions, and no uplinks.
      .set('frr_bgp_session_info', of('node-6'), 'missing').series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: Object.fromEntries(
          [0, 1, 2, 0, 2, 0].map((lost, i) => [
            `sum(instance:frr_bgp_uplinks:lost{instance="node-${i + 1}:9342"})`,
            lost,
          ]),
        ),
      },
    ],
  },
];
