/** What a prober outside of the nodes finds out: whether the announced addresses answer. Without one there is no alert. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { nodesOfAddress } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { DAY, NO_MAINTENANCE } from './session-series.ts';

export function probing(site: Thresholds): RuleFile {
  const { carry } = site;
  const probed = `max by (cluster, address) (last_over_time(probe_success{job="${site.probe_job}"}[${carry}]))`;
  const answered = 'address:probe_success:last_timestamp_seconds';
  const ofVip = `on (cluster, address) frr_host_route_advertised_peers{interface=~"${site.vip_interfaces}"}`;
  return {
    topic: 'probing',
    groups: [
      {
        name: 'frr-probing',
        interval: site.detail_interval,
        rules: [
          {
            // When an address last answered a probe, for a day: some are never meant to.
            record: answered,
            expr: promql`
              (${probed} == 1) * 0 + time()
              or (${answered} > time() - ${DAY})
            `,
          },
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRAddressUnanswered', {
              expr: promql`
                ${probed} == 0
                and on (cluster, address) ${answered}
                and on (cluster, address) (
                  frr_host_route_advertised_peers > 0
                  ${NO_MAINTENANCE}
                )
                ${severity === 'critical' ? 'and' : 'unless'} ${ofVip}
              `,
              for: site.address_unanswered_for,
              severity,
              folded: true,
              summary: 'An address is announced but does not answer.',
              title: '{{ $labels.address }} is announced but does not answer',
              description: `{{ $labels.address }} is announced by ${nodesOfAddress(site)}, and answers no probe from outside any more, which it did within the last day.`,
              impact:
                'Users cannot reach the service behind {{ $labels.address }}, although BGP looks healthy.',
              action:
                'From the prober and from another machine: `ping` and `traceroute` to the address. Where does it end? On the node: is the address on the interface, does `tcpdump` see the packets, does a firewall drop them, is there a way back (`ip route get` to the prober)?',
              dashboard: 'frr-openstack',
              fleetWide: true,
            }),
          ),
        ],
      },
    ],
  };
}
