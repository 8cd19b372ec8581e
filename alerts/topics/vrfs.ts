/** The VRFs of tenants: whether the kernel has them, and whether EVPN carries their routes. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { DAY, NO_MAINTENANCE } from './session-series.ts';

export function vrfs(site: Thresholds): RuleFile {
  const { carry } = site;
  const up = `last_over_time(frr_vrf_l3_vni_up[${carry}])`;
  const wasUp = 'vrf:frr_vrf_l3_vni_up:last_timestamp_seconds';
  return {
    topic: 'vrfs',
    groups: [
      {
        name: 'frr-vrfs',
        interval: site.evaluation_interval,
        rules: [
          {
            // When an L3 VNI was last up, for a day: one that was never set up is no fault.
            record: wasUp,
            expr: promql`
              (${up} == 1) * 0 + time()
              or (${wasUp} > time() - ${DAY})
            `,
          },
          alert(site, 'FRRL3VNIDown', {
            expr: promql`
              ${up} == 0
              and ${wasUp}
              ${NO_MAINTENANCE}
            `,
            for: site.l3_vni_down_for,
            severity: 'critical',
            folded: true,
            summary: 'The L3 VNI of a VRF is down.',
            title: `${node(site)} VRF {{ $labels.vrf }} L3 VNI {{ $labels.vni }} down`,
            description: `The L3 VNI {{ $labels.vni }} of VRF {{ $labels.vrf }} on ${node(site)} is down, and was up within the last day.`,
            impact:
              'EVPN carries no routes of this VRF to or from this node: the addresses that the node announces in it are unreachable.',
            action: `On the node: \`${site.vtysh} -c 'show vrf vni'\` names its VXLAN interface and its SVI, then \`ip -br link\`: are both there and up, and is the SVI in the VRF?`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRVRFMissing', {
            expr: promql`
              last_over_time(frr_vrf_active[${carry}]) == 0
              ${NO_MAINTENANCE}
            `,
            for: site.vrf_missing_for,
            severity: 'warning',
            summary: 'A VRF is configured in FRR that the kernel does not have.',
            title: `${node(site)} has no VRF {{ $labels.vrf }}`,
            description: `VRF {{ $labels.vrf }} is configured in FRR on ${node(site)}, and the kernel does not have it.`,
            impact: 'Nothing of this VRF is announced or reachable on this node.',
            action: `On the node: \`ip -br link show type vrf\` and \`${site.vtysh} -c 'show vrf'\`. Is the agent that creates the VRF running, or was its configuration left behind?`,
            dashboard: 'frr-node',
          }),
        ],
      },
    ],
  };
}
