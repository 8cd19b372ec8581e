import { healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const VNI = { vrf: 'red', vni: '5000' };
const VRF = { vrf: 'red' };
const dashboard = 'var-instance=node-1%3A9342';

export const VRFS: readonly Scenario[] = [
  {
    name: 'the L3 VNI of a VRF goes down, on a node in maintenance too, and one was never up',
    about: ['FRRL3VNIDown'],
    every: '1s',
    until: '50s',
    series: healthy(3)
      .set('frr_maintenance', { instance: 'node-2:9342' }, 1)
      .add('node-1', 'frr_vrf_l3_vni_up', VNI, { '0s': 1, '10s': 0, '40s': 1 })
      .add('node-2', 'frr_vrf_l3_vni_up', VNI, { '0s': 1, '10s': 0 })
      .add('node-3', 'frr_vrf_l3_vni_up', VNI, 0).series,
    checks: [
      { at: '24s', firing: [] },
      {
        at: '25s',
        firing: ['FRRL3VNIDown critical node-1 vrf=red vni=5000'],
        texts: {
          FRRL3VNIDown: {
            labels: { severity: 'critical', ...target('node-1'), ...VNI },
            title: 'node-1 VRF red L3 VNI 5000 down',
            description: 'The L3 VNI 5000 of VRF red on node-1 is down, and was up within the last day.',
            impact:
              'EVPN carries no routes of this VRF to or from this node: the addresses that the node announces in it are unreachable.',
            dashboard,
          },
        },
      },
      { at: '40s', firing: [] },
    ],
  },
  {
    name: 'an L3 VNI was last up more than a day ago',
    about: ['FRRL3VNIDown'],
    only: new Set(['FRRL3VNIDown']),
    every: '4m',
    until: '25h10m',
    // A day of all rules with all series takes long.
    series: healthy()
      .add('node-1', 'frr_vrf_l3_vni_up', VNI, { '0s': 1, '1h': 0 })
      .series.filter(({ metric }) => metric === 'frr_vrf_l3_vni_up'),
    checks: [
      {
        at: '24h48m',
        firing: ['FRRL3VNIDown critical node-1 vrf=red vni=5000'],
        values: { 'sum(vrf:frr_vrf_l3_vni_up:last_timestamp_seconds)': 3360 },
      },
      { at: '25h4m', firing: [], values: { 'sum(vrf:frr_vrf_l3_vni_up:last_timestamp_seconds)': undefined } },
    ],
  },
  {
    name: 'the kernel does not have a VRF, on a node in maintenance too, and has it then',
    about: ['FRRVRFMissing'],
    until: '10m',
    series: healthy(2)
      .set('frr_maintenance', { instance: 'node-2:9342' }, 1)
      .add('node-1', 'frr_vrf_active', VRF, { '0s': 1, '1m': 0, '8m': 1 })
      .add('node-2', 'frr_vrf_active', VRF, 0).series,
    checks: [
      { at: '5m55s', firing: [] },
      {
        at: '6m',
        firing: ['FRRVRFMissing warning node-1 vrf=red'],
        texts: {
          FRRVRFMissing: {
            labels: { severity: 'warning', ...target('node-1'), ...VRF },
            title: 'node-1 has no VRF red',
            description: 'VRF red is configured in FRR on node-1, and the kernel does not have it.',
            impact: 'Nothing of this VRF is announced or reachable on this node.',
            dashboard,
          },
        },
      },
      { at: '8m', firing: [] },
    ],
  },
];
