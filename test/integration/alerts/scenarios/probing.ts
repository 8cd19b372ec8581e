import { healthy } from '../fleet.ts';
import type { Labels, Scenario, Series, Steps } from '../scenario.ts';

/** What the prober of a cluster found out about an address of a node. */
function probe(address: string, steps: Steps, more: Labels = {}): Series {
  const labels = { cluster: 'cloud-1', job: 'frr-address', instance: 'node-1:9342', address, ...more };
  return { metric: 'probe_success', labels, steps };
}

const VIP = '172.16.0.1';
const FLOATING = '203.0.113.1';

export const PROBING: readonly Scenario[] = [
  {
    name: 'a VIP and a floating IP answer no more; then the VIP is withdrawn, and the floating IP answers',
    about: ['FRRAddressUnanswered'],
    until: '6m',
    series: [
      ...healthy()
        .set('frr_host_route_advertised_peers', { address: VIP }, { '0s': 1, '4m': 0 })
        .set('frr_host_route_advertised_peers', { address: FLOATING }, 1).series,
      probe(VIP, { '0s': 1, '1m': 0 }),
      probe(FLOATING, { '0s': 1, '1m': 0, '5m': 1 }),
    ],
    checks: [
      { at: '1m40s', firing: [] },
      {
        at: '1m45s',
        firing: [
          `FRRAddressUnanswered critical address=${VIP}`,
          `FRRAddressUnanswered warning address=${FLOATING}`,
        ],
      },
      {
        at: '4m10s',
        firing: [`FRRAddressUnanswered warning address=${FLOATING}`],
        texts: {
          FRRAddressUnanswered: {
            labels: { severity: 'warning', cluster: 'cloud-1', address: FLOATING },
            title: `${FLOATING} is announced but does not answer`,
            description: `${FLOATING} is announced by node-1, and answers no probe from outside any more, which it did within the last day.`,
            impact: `Users cannot reach the service behind ${FLOATING}, although BGP looks healthy.`,
          },
        },
      },
      { at: '5m', firing: ['FRRHostRouteNotAdvertised critical node-1 afi=ipv4 address=172.16.0.1'] },
    ],
  },
  {
    name: 'addresses that never answer, answer another prober, are announced by nobody, or are on a node in maintenance',
    about: ['FRRAddressUnanswered'],
    until: '6m',
    series: [
      ...healthy(3)
        .set('frr_host_route_advertised_peers', { address: '203.0.113.2' }, 0)
        .set('frr_maintenance', { instance: 'node-3:9342' }, 1).series,
      probe(VIP, 0),
      probe(FLOATING, { '0s': 1, '1m': 0 }),
      probe(FLOATING, 1, { instance: 'node-2:9342' }),
      probe('203.0.113.2', { '0s': 1, '1m': 0 }),
      probe('172.16.0.3', { '0s': 1, '1m': 0 }),
      probe('203.0.113.3', { '0s': 1, '1m': 0 }),
      probe('172.16.0.2', { '0s': 1, '1m': 0 }, { job: 'other' }),
    ],
    checks: ['2m', '4m', '6m'].map((at) => ({ at, firing: [] })),
  },
  {
    name: 'an address that answered last more than a day ago',
    about: ['FRRAddressUnanswered'],
    only: new Set(['FRRAddressUnanswered']),
    every: '4m',
    until: '25h10m',
    // A day of all rules with all series takes long.
    series: [
      ...healthy().series.filter(({ metric }) => metric === 'frr_host_route_advertised_peers'),
      probe(VIP, { '0s': 1, '1h': 0 }),
      probe(FLOATING, 0),
    ],
    checks: [
      {
        at: '24h48m',
        firing: [`FRRAddressUnanswered critical address=${VIP}`],
        values: { 'sum(address:probe_success:last_timestamp_seconds)': 3360 },
      },
      { at: '25h4m', firing: [], values: { 'sum(address:probe_success:last_timestamp_seconds)': undefined } },
    ],
  },
];
