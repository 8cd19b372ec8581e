/** The same page many times is one: on many nodes of a cluster, or about many addresses of a node. */
import { healthy, numbers } from '../fleet.ts';
import { atEachInterval, type Scenario, type Steps } from '../scenario.ts';

const ADVERTISED = 'frr_host_route_advertised_peers';
const of = (number: number) => ({ instance: `node-${number}:9342` });
const unannounced = (node: number, address: string): string =>
  `FRRHostRouteNotAdvertised critical node-${node} afi=ipv4 address=${address}`;
const FOLD = 'FRRAddressesFault critical node-1 fault=FRRHostRouteNotAdvertised';

export const FOLDED: readonly Scenario[] = [
  {
    name: 'the same page on five nodes of a cluster is one',
    about: ['FRRFleetFault'],
    until: '4m',
    series: numbers(1, 5).reduce(
      (fleet, i) =>
        fleet.set(
          'frr_daemon_hung',
          { ...of(i), daemon: 'zebra' },
          { '0s': 0, '1m': i < 5 ? 1 : 0, '2m': i > 1 ? 1 : 0 },
        ),
      healthy(6),
    ).series,
    checks: [
      { at: '1m50s', firing: numbers(1, 4).map((i) => `FRRDaemonHung critical node-${i} daemon=zebra`) },
      {
        at: '2m10s',
        firing: [
          'FRRFleetFault critical fault=FRRDaemonHung',
          ...numbers(1, 5).map((i) => `FRRDaemonHung critical node-${i} daemon=zebra`),
        ],
        texts: {
          FRRFleetFault: {
            labels: { severity: 'critical', cluster: 'cloud-1', fault: 'FRRDaemonHung' },
            title: 'FRRDaemonHung on 5 nodes: cloud-1 node-1…',
            description:
              'FRRDaemonHung fires on 5 nodes of cluster cloud-1: node-1, node-2, node-3, node-4, node-5.',
            impact: 'As for FRRDaemonHung, on all of these nodes.',
            action:
              'Find out what was rolled out in the last minutes and stop it. Then follow the runbook of FRRDaemonHung on one of the nodes.',
          },
        },
      },
    ],
  },
  ...atEachInterval(() => {
    const gone = (...steps: readonly [string, number][]): Steps =>
      Object.fromEntries([['0s', 2], ['4m', 0], ...steps]);
    return {
      name: 'a node announces four addresses no more: one page, until two of them are left',
      about: ['FRRAddressesFault', 'FRRFleetFault'],
      // Half an hour of it puts the availability of addresses at risk.
      only: new Set(['FRRAddressesFault', 'FRRFleetFault', 'FRRHostRouteNotAdvertised']),
      until: '18m',
      series: healthy(2)
        .set(ADVERTISED, { ...of(1), address: '203.0.113.1' }, gone())
        .announces('node-1', '203.0.113.11', gone(['14m', 2]))
        .announces('node-1', '203.0.113.12', gone(['10m', 2]))
        .announces('node-1', '203.0.113.13', gone(['10m', 2]))
        .set(ADVERTISED, { ...of(2), address: '203.0.113.2' }, gone()).series,
      checks: [
        { at: '4m', firing: [] },
        {
          at: '9m',
          firing: [
            FOLD,
            ...['1', '11', '12', '13'].map((last) => unannounced(1, `203.0.113.${last}`)),
            unannounced(2, '203.0.113.2'),
          ],
          texts: {
            FRRAddressesFault: {
              labels: {
                severity: 'critical',
                cluster: 'cloud-1',
                hostname: 'node-1',
                instance: 'node-1:9342',
                fault: 'FRRHostRouteNotAdvertised',
              },
              title: 'node-1: 4 addresses not announced: 203.0.113.1…',
              description:
                'node-1: 4 addresses are not announced: 203.0.113.1, 203.0.113.11, 203.0.113.12, 203.0.113.13.',
              impact: 'As for FRRHostRouteNotAdvertised, for all of these addresses.',
              action:
                'Look for what they have in common: a filter, an interface, a VRF, a change of the last minutes. Then follow the runbook of FRRHostRouteNotAdvertised for one of the addresses.',
            },
          },
        },
        {
          // It goes on for a while, so that the others end first.
          at: '10m',
          firing: [
            FOLD,
            unannounced(1, '203.0.113.1'),
            unannounced(1, '203.0.113.11'),
            unannounced(2, '203.0.113.2'),
          ],
        },
        {
          at: '13m',
          firing: [
            unannounced(1, '203.0.113.1'),
            unannounced(1, '203.0.113.11'),
            unannounced(2, '203.0.113.2'),
          ],
        },
        { at: '15m', firing: [unannounced(1, '203.0.113.1'), unannounced(2, '203.0.113.2')] },
      ],
    };
  }),
  {
    name: 'three addresses are not announced: one page begins and ends with the third',
    about: ['FRRAddressesFault'],
    only: new Set(['FRRAddressesFault', 'FRRFleetFault']),
    until: '6m',
    series: healthy(1)
      .announces('node-1', '203.0.113.11', { '0s': 2, '1m': 0 })
      .announces('node-1', '203.0.113.12', { '0s': 2, '1m': 0 })
      .announces('node-1', '203.0.113.13', { '0s': 2, '2m': 0, '4m': 2 }).series,
    checks: [
      { at: '2m25s', firing: [] },
      { at: '2m30s', firing: [FOLD] },
      { at: '4m55s', firing: [FOLD] },
      { at: '5m', firing: [] },
    ],
  },
  {
    name: 'five addresses of a node and two of another are no fault of the fleet; one of each of five nodes is',
    about: ['FRRFleetFault'],
    only: new Set(['FRRFleetFault', 'FRRAddressesFault']),
    until: '7m',
    series: numbers(2, 5).reduce(
      (fleet, i) =>
        fleet.set(
          ADVERTISED,
          { ...of(i), interface: 'br-ex' },
          { '0s': 2, [`${i < 3 ? 1 : 3}m`]: 0, [`${i < 5 ? 7 : 5}m`]: 2 },
        ),
      numbers(11, 15).reduce(
        (fleet, i) => fleet.announces('node-1', `203.0.113.${i}`, { '0s': 2, '1m': 0 }),
        healthy(5),
      ),
    ).series,
    checks: [
      { at: '2m50s', firing: [FOLD] },
      ...['4m', '5m55s'].map((at) => ({
        at,
        firing: [FOLD, 'FRRFleetFault critical fault=FRRHostRouteNotAdvertised'],
      })),
      { at: '6m', firing: [FOLD] },
    ],
  },
  {
    name: 'three VIPs are on no node any more',
    about: ['FRRAddressesFault'],
    every: '10s',
    until: '12m',
    series: numbers(10, 12).reduce(
      (fleet, i) => fleet.announces('node-1', `192.0.2.${i}`, { '0s': 2, '5m': 'stale' }, 'lo'),
      healthy(1),
    ).series,
    checks: [
      {
        at: '10m',
        firing: [
          'FRRAddressesFault critical fault=FRRAddressGone',
          ...numbers(10, 12).map((i) => `FRRAddressGone critical address=192.0.2.${i}`),
        ],
        texts: {
          FRRAddressesFault: {
            labels: { severity: 'critical', cluster: 'cloud-1', fault: 'FRRAddressGone' },
            title: 'cloud-1: 3 addresses on no node: 192.0.2.10…',
            description: 'cloud-1: 3 addresses are on no node: 192.0.2.10, 192.0.2.11, 192.0.2.12.',
            impact: 'As for FRRAddressGone, for all of these addresses.',
            action:
              'Look for what they have in common: a filter, an interface, a VRF, a change of the last minutes. Then follow the runbook of FRRAddressGone for one of the addresses.',
          },
        },
      },
    ],
  },
];
