import { type Fleet, healthy, target } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const SESSION2 = { instance: 'node-1:9342', peer: 'eth2' };
const PEER2 = 'vrf=default peer=eth2';

const BOTH = ['100.64.1.1', 'eth2'];

/** bgpd no longer knows some sessions, from a time on. */
function deconfigured(peers: string | readonly string[], from: string): Fleet {
  const fleet = healthy();
  for (const series of fleet.series) {
    if (
      [peers].flat().includes(series.labels.peer ?? '') &&
      series.metric.startsWith('frr_bgp_') &&
      typeof series.steps === 'number'
    ) {
      series.steps = { '0s': series.steps, [from]: 'stale' };
    }
  }
  return fleet;
}

export const MEMORY: readonly Scenario[] = [
  {
    name: 'a session is no longer configured',
    about: ['FRRBGPPeerMissing'],
    every: '30s',
    until: '80m',
    series: deconfigured('eth2', '5m').series,
    checks: [
      // Carried for a minute, then missing for five.
      { at: '10m', firing: [] },
      {
        at: '11m30s',
        firing: [`FRRBGPPeerMissing warning node-1 ${PEER2}`],
        texts: {
          FRRBGPPeerMissing: {
            labels: { severity: 'warning', ...target('node-1'), vrf: 'default', peer: 'eth2' },
            title: 'node-1 → eth2 no longer configured',
            description: 'bgpd on node-1 answers, but no longer knows peer eth2 (VRF default).',
            impact:
              'What was reachable only through this peer is not reachable now. If it was an uplink, there is less redundancy.',
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
      { at: '64m', firing: [`FRRBGPPeerMissing warning node-1 ${PEER2}`] },
      // For as long as the node is a target: an uplink that is gone is gone until somebody says that it should be.
      { at: '80m', firing: [`FRRBGPPeerMissing warning node-1 ${PEER2}`] },
    ],
  },
  {
    name: 'a session is gone because bgpd does not answer',
    about: ['FRRBGPPeerMissing'],
    every: '30s',
    until: '20m',
    series: deconfigured('eth2', '5m').set('frr_collector_up', { collector: 'bgp' }, { '0s': 1, '5m': 0 })
      .series,
    checks: [{ at: '15m', firing: [] }],
  },
  {
    name: 'a session is gone while the node is under maintenance',
    about: ['FRRBGPPeerMissing'],
    every: '30s',
    until: '20m',
    series: deconfigured('eth2', '5m').set('frr_maintenance', {}, 1).series,
    checks: [{ at: '15m', firing: [] }],
  },
  {
    name: 'no uplink is configured any more',
    about: ['FRRBGPUplinksMissing'],
    every: '5s',
    until: '7m',
    series: deconfigured(BOTH, '5m').series,
    checks: [
      // Carried for a minute.
      { at: '6m20s', firing: [] },
      {
        at: '7m',
        firing: ['FRRBGPUplinksMissing critical node-1'],
        texts: {
          FRRBGPUplinksMissing: {
            labels: { severity: 'critical', ...target('node-1') },
            title: 'node-1 has no uplink configured any more',
            description:
              'bgpd on node-1 answers, but has none of its uplinks any more; 2 of them were up within the last hour.',
            impact: 'The node announces nothing. Announced by nobody now: 172.16.0.1, 203.0.113.1.',
            action:
              "On the node: `podman exec frr vtysh -c 'show running-config bgpd'`. Uplinks that are in frr.conf but not here: FRR refused a line of the file; its log names it. Not in the file either: undo what was rolled out.",
            dashboard: 'var-instance=node-1%3A9342',
          },
        },
      },
    ],
  },
  {
    name: 'no uplink has been configured for an hour',
    about: ['FRRBGPUplinksMissing', 'FRRBGPPeerMissing'],
    every: '30s',
    until: '75m',
    series: deconfigured(BOTH, '5m').series,
    checks: [
      {
        at: '60m',
        firing: [
          'FRRBGPPeerMissing warning node-1 vrf=default peer=100.64.1.1',
          `FRRBGPPeerMissing warning node-1 ${PEER2}`,
          'FRRBGPUplinksMissing critical node-1',
        ],
      },
      {
        at: '75m',
        firing: [
          'FRRBGPPeerMissing warning node-1 vrf=default peer=100.64.1.1',
          `FRRBGPPeerMissing warning node-1 ${PEER2}`,
        ],
      },
    ],
  },
  {
    name: 'the only uplink that was up is not configured any more',
    about: ['FRRBGPUplinksMissing'],
    every: '5s',
    until: '10m',
    series: deconfigured(BOTH, '5m')
      .set('frr_bgp_session_up', SESSION2, { '0s': 0, '5m': 'stale' })
      .set('frr_bgp_session_state', SESSION2, { '0s': 3, '5m': 'stale' }).series,
    checks: [{ at: '8m', firing: ['FRRBGPUplinksMissing critical node-1'] }],
  },
  {
    name: 'a node has no uplink and never had one',
    about: ['FRRBGPUplinksMissing'],
    every: '5s',
    until: '10m',
    series: healthy()
      .set('frr_bgp_session_info', { peer: '100.64.1.1' }, { '0s': 'stale' })
      .set('frr_bgp_session_info', SESSION2, { '0s': 'stale' }).series,
    checks: [{ at: '8m', firing: [] }],
  },
  {
    name: 'no uplink is known because bgpd does not answer',
    about: ['FRRBGPUplinksMissing'],
    every: '5s',
    until: '10m',
    series: deconfigured(BOTH, '5m').set('frr_collector_up', { collector: 'bgp' }, { '0s': 1, '5m': 0 })
      .series,
    checks: [{ at: '8m', firing: [] }],
  },
  {
    name: 'no uplink is configured while the node is under maintenance',
    about: ['FRRBGPUplinksMissing'],
    every: '5s',
    until: '10m',
    series: deconfigured(BOTH, '5m').set('frr_maintenance', {}, { '0s': 0, '5m': 1 }).series,
    checks: [{ at: '8m', firing: [] }],
  },
  {
    name: 'what is remembered of a session that was up once, and of one that never was',
    about: ['FRRBGPPeerDown', 'FRRBGPPeerNeverEstablished'],
    every: '1m',
    until: '3h',
    series: healthy()
      .set('frr_bgp_session_up', SESSION2, { '0s': 1, '10m': 'stale', '1h30m': 0 })
      .set('frr_bgp_session_state', SESSION2, { '0s': 6, '10m': 'stale', '1h30m': 3 })
      .set('frr_bgp_session_established_total', SESSION2, { '0s': 1, '10m': 'stale', '1h30m': 0 })
      .set('frr_bgp_session_up', { peer: '100.64.1.1' }, 0)
      .set('frr_bgp_session_state', { peer: '100.64.1.1' }, 3)
      .set('frr_bgp_session_established_total', { peer: '100.64.1.1' }, 0).series,
    checks: [
      {
        at: '5m',
        firing: ['FRRBGPRedundancyLost warning node-1'],
        values: {
          'count(session:frr_bgp_session_up:seen{peer="eth2"})': 1,
          'count(session:frr_bgp_session_up:seen{peer="100.64.1.1"})': undefined,
        },
      },
      // A session that does not exist has no alert.
      {
        at: '1h',
        firing: [
          `FRRBGPPeerMissing warning node-1 ${PEER2}`,
          'FRRBGPPeerNeverEstablished warning node-1 vrf=default peer=100.64.1.1',
          'FRRUplinkAvailabilityAtRisk warning',
        ],
        values: { 'count(session:frr_bgp_session_up:seen{peer="eth2"})': undefined },
      },
      {
        at: '2h',
        firing: [
          `FRRBGPPeerDown critical node-1 ${PEER2}`,
          'FRRBGPPeerNeverEstablished warning node-1 vrf=default peer=100.64.1.1',
          'FRRBGPAllUplinksDown critical node-1',
          'FRRUplinkAvailabilityAtRisk warning',
        ],
      },
    ],
  },
];
