/** What the sessions are for: addresses that others can reach, a way out, and BFD that notices when it is gone. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';

export function reachability(site: Thresholds): RuleFile {
  const { carry } = site;
  const noMaintenance = 'unless on (cluster, job, instance) instance:frr_maintenance:active';
  /** Without a session, on purpose or not, there is nothing to announce to; other alerts tell of that. */
  const withSessions = 'and on (cluster, job, instance) (session:frr_bgp_session_up:wanted == 1)';
  return {
    topic: 'reachability',
    groups: [
      {
        name: 'frr-reachability',
        rules: [
          alert(site, 'FRRHostRouteNotAdvertised', {
            expr: promql`
              last_over_time(frr_host_route_advertised_peers[${carry}]) == 0
              ${withSessions}
            `,
            for: site.host_route_not_advertised_for,
            severity: 'critical',
            summary: 'A host address of a node is announced to no peer.',
            description: `{{ $labels.address }} on {{ $labels.interface }} of ${node(site)} is announced to no established peer, although the node has sessions.`,
            impact:
              'Nobody outside the node can reach {{ $labels.address }}. Which service that is, VIP, floating IP or provider IP, the OpenStack dashboard tells.',
            action: `On the node: \`${site.vtysh} -c 'show bgp {{ if eq $labels.afi "ipv6" }}ipv6{{ else }}ipv4{{ end }} unicast {{ $labels.address }}'\`. Not in the table: is \`redistribute connected\` there? In the table but not advertised: the outbound filter \`only-host-prefixes\`.`,
            dashboard: 'frr-openstack',
          }),
          alert(site, 'FRRDefaultRouteMissing', {
            expr: promql`
              last_over_time(frr_default_route_installed[${carry}]) == 0
              and (vrf:frr_default_route_installed:max1d == 1)
              ${withSessions}
            `,
            for: site.default_route_missing_for,
            severity: 'critical',
            summary: 'A node has lost its default route.',
            description: `${node(site)} has no {{ $labels.afi }} default route in the FIB of VRF {{ $labels.vrf }}, but had one within the last day.`,
            impact:
              'The node and what runs on it cannot answer anybody outside its own subnets: its addresses are announced but dead.',
            action: `On the node: \`${site.vtysh} -c 'show {{ if eq $labels.afi "ipv6" }}ipv6 route vrf {{ $labels.vrf }} ::/0{{ else }}ip route vrf {{ $labels.vrf }} 0.0.0.0/0{{ end }}'\`. No route: ask what the uplinks receive. A route that is not installed (no \`*\` or \`>\`): the next hop is not resolved.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRRIBFIBMismatch', {
            expr: promql`
              last_over_time(frr_rib_routes[${carry}]) - last_over_time(frr_fib_routes[${carry}]) >= ${site.rib_fib_mismatch_routes}
              and (
                (last_over_time(frr_rib_routes[${carry}]) - last_over_time(frr_fib_routes[${carry}]))
                / last_over_time(frr_rib_routes[${carry}])
              ) > ${site.rib_fib_mismatch_ratio}
              ${noMaintenance}
            `,
            for: site.rib_fib_mismatch_for,
            severity: 'warning',
            summary: 'Routes that FRR knows are not installed in the kernel.',
            description: `On ${node(site)}, {{ $value }} {{ $labels.protocol }} routes ({{ $labels.afi }}, VRF {{ $labels.vrf }}) are in the RIB but not in the FIB.`,
            impact:
              'Traffic to these destinations takes another route or none, while BGP says that all is well.',
            action: `On the node: \`${site.vtysh} -c 'show {{ if eq $labels.afi "ipv6" }}ipv6{{ else }}ip{{ end }} route vrf {{ $labels.vrf }} summary'\`, its columns Routes and FIB. Of a missing prefix: without \`*\` it lost against another protocol, \`r\` is rejected by the kernel, whose log says why.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBFDSessionDown', {
            expr: promql`
              (
                last_over_time(frr_bfd_session_up[${carry}]) == 0
                and (last_over_time(frr_bfd_session_admin_up[${carry}]) == 1)
              )
              unless on (cluster, job, instance, vrf, peer) (last_over_time(frr_bgp_session_up[${carry}]) == 0)
              unless on (cluster, job, instance, vrf, interface)
                label_replace(last_over_time(frr_bgp_session_up[${carry}]) == 0, "interface", "$1", "peer", "(.+)")
              ${noMaintenance}
            `,
            for: site.bfd_down_for,
            severity: 'warning',
            summary: 'A BFD session is down although the BGP session beside it is not.',
            description: `The BFD session of ${node(site)} with {{ $labels.peer }} (local {{ $labels.local }}, VRF {{ $labels.vrf }}{{ with $labels.interface }}, {{ . }}{{ end }}) is down.`,
            impact:
              'A fault on this path is noticed only when the BGP hold timer ends, up to three minutes later; until then traffic is lost.',
            action: `On the node: \`${site.vtysh} -c 'show bfd vrf {{ $labels.vrf }} peer {{ $labels.peer }}'\`: the diagnostics of both sides, the timers, and whether packets are received. UDP 3784 (4784 for multihop) must pass both ways.`,
            dashboard: 'frr-node',
          }),
        ],
      },
    ],
  };
}
