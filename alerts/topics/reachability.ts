/** What the sessions are for: addresses that others can reach, a way out, and BFD that notices when it is gone. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node, nodesOfAddress, RECEIVED_ALL_THE_SAME } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { KEY, NO_MAINTENANCE, NODE } from './session-series.ts';

export function reachability(site: Thresholds): RuleFile {
  const { carry } = site;
  /** Without a session, on purpose or not, there is nothing to announce to; that has alerts of its own. */
  const withSessions = `and on (${NODE}) (session:frr_bgp_session_up:wanted == 1)`;
  const advertised = `last_over_time(frr_host_route_advertised_peers[${carry}])`;
  const unadvertised = 'host_route:frr_host_route:unadvertised';
  const duplicated = 'address:frr_host_route_announced:count';
  const everAdvertised = 'host_route:frr_host_route_advertised:last_timestamp_seconds';
  const listed = (kind: string): string => `address:frr_address_listed:info{kind="${kind}"}`;
  /** Exporters of 0.1.0 have no label for the VRF. */
  const inVrf = '{{ with $labels.vrf }}{{ if ne . "default" }} in VRF {{ . }}{{ end }}{{ end }}';
  const answers = `and on (${NODE}) (up{job="${site.job}"} == 1) unless on (${NODE}) (last_over_time(frr_collector_up{collector="host-routes"}[${carry}]) == 0)`;
  return {
    topic: 'reachability',
    groups: [
      {
        name: 'frr-reachability',
        interval: site.evaluation_interval,
        rules: [
          {
            // Nodes that can announce nothing.
            record: 'instance:frr_node:silent',
            expr: promql`
              group by (${NODE}) (up{job="${site.job}"} == 0)
              or group by (${NODE}) (
                instance:frr_bgp_uplinks_up:max1h > 0
                unless on (${NODE}) (instance:frr_bgp_uplinks_up:count > 0)
              )
              or group by (${NODE}) (last_over_time(frr_daemon_up{daemon="bgpd"}[${carry}]) == 0)
            `,
          },
          {
            // What these announced within half an hour and nobody announces now: for the texts of their alerts.
            record: 'host_route:frr_host_route:lost',
            expr: promql`
              ${everAdvertised} > time() - 1800
              and on (${NODE}) instance:frr_node:silent
              unless on (cluster, address) (
                frr_host_route_advertised_peers > 0
                unless on (${NODE}) instance:frr_node:silent
              )
            `,
          },
          alert(site, 'FRRDefaultRouteMissing', {
            expr: promql`
              last_over_time(frr_default_route_installed[${carry}]) == 0
              and (vrf:frr_default_route_installed:max1d == 1)
              ${withSessions}
            `,
            for: site.default_route_missing_for,
            severity: 'critical',
            folded: true,
            summary: 'A node has lost its default route.',
            title: `${node(site)} lost its {{ $labels.afi }} default route, VRF {{ $labels.vrf }}`,
            description: `${node(site)} has no {{ $labels.afi }} default route in the FIB of VRF {{ $labels.vrf }}, but had one within the last day.`,
            impact:
              'The node and what runs on it cannot answer anybody outside its own subnets: its addresses are announced but dead.',
            action: `On the node: \`${site.vtysh} -c 'show {{ if eq $labels.afi "ipv6" }}ipv6 route vrf {{ $labels.vrf }} ::/0{{ else }}ip route vrf {{ $labels.vrf }} 0.0.0.0/0{{ end }}'\`. No route: look at what the uplinks receive. A route that is not installed (no \`*\` or \`>\`): the next hop is not resolved.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRKernelRouteMissing', {
            expr: promql`
              (
                last_over_time(frr_kernel_route_missing[${carry}])
                or label_join(last_over_time(frr_host_route_kernel_missing[${carry}]), "prefix", "", "address")
              ) == 1
              ${NO_MAINTENANCE}
            `,
            for: site.kernel_route_missing_for,
            severity: 'critical',
            folded: true,
            summary: 'The kernel of a node has lost a route that FRR relies on.',
            title: `${node(site)} kernel lacks {{ $labels.prefix }}, VRF {{ $labels.vrf }}`,
            description: `The kernel of ${node(site)} does not have {{ $labels.prefix }} (VRF {{ $labels.vrf }}), which FRR believes to be installed.`,
            impact:
              'Without a default route, the addresses of the node are announced but answer nobody outside its own subnets. A host address without its route is announced but dead.',
            action: `On the node: \`ip {{ if eq $labels.afi "ipv6" }}-6 {{ end }}route show table all {{ $labels.prefix }}\`, then \`${site.vtysh} -c 'show {{ if eq $labels.afi "ipv6" }}ipv6{{ else }}ip{{ end }} route vrf {{ $labels.vrf }} {{ $labels.prefix }}'\`. \`clear bgp PEER soft in\` makes zebra install a BGP route again; restart what added a kernel route.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRRIBFIBMismatch', {
            expr: promql`
              last_over_time(frr_rib_routes[${carry}]) - last_over_time(frr_fib_routes[${carry}]) >= ${site.rib_fib_mismatch_routes}
              and (
                (last_over_time(frr_rib_routes[${carry}]) - last_over_time(frr_fib_routes[${carry}]))
                / last_over_time(frr_rib_routes[${carry}])
              ) > ${site.rib_fib_mismatch_ratio}
              ${NO_MAINTENANCE}
            `,
            for: site.rib_fib_mismatch_for,
            severity: 'warning',
            summary: 'Routes that FRR knows are not installed in the kernel.',
            title: `${node(site)} {{ $value }} {{ $labels.protocol }} routes not in the kernel`,
            description: `On ${node(site)}, {{ $value }} {{ $labels.protocol }} routes ({{ $labels.afi }}, VRF {{ $labels.vrf }}) are in the RIB but not in the FIB.`,
            impact: 'Traffic to these destinations takes another route or none, although BGP looks healthy.',
            action: `On the node: \`${site.vtysh} -c 'show {{ if eq $labels.afi "ipv6" }}ipv6{{ else }}ip{{ end }} route vrf {{ $labels.vrf }} summary'\`, its columns Routes and FIB. Then a missing prefix: without \`*\`, another protocol is preferred; \`r\` means rejected by the kernel, whose log says why.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBFDSessionDown', {
            expr: promql`
              (
                last_over_time(frr_bfd_session_up[${carry}]) == 0
                and (last_over_time(frr_bfd_session_admin_up[${carry}]) == 1)
              )
              unless on (${KEY}) (last_over_time(frr_bgp_session_up[${carry}]) == 0)
              unless on (cluster, job, instance, vrf, interface)
                label_replace(last_over_time(frr_bgp_session_up[${carry}]) == 0, "interface", "$1", "peer", "(.+)")
              ${NO_MAINTENANCE}
            `,
            for: site.bfd_down_for,
            severity: 'warning',
            summary: 'A BFD session is down although the BGP session with the same peer is not down.',
            title: `${node(site)} BFD with {{ $labels.peer }} down`,
            description: `The BFD session of ${node(site)} with {{ $labels.peer }} (local {{ $labels.local }}, VRF {{ $labels.vrf }}{{ with $labels.interface }}, {{ . }}{{ end }}) is down.`,
            impact:
              'A fault on this path is noticed only when the BGP hold timer ends, up to three minutes later; until then traffic is lost.',
            action: `On the node: \`${site.vtysh} -c 'show bfd vrf {{ $labels.vrf }} peer {{ $labels.peer }}'\`: the diagnostics of both sides, the timers, and whether packets are received. UDP 3784 (4784 for multihop) must pass both ways.`,
            dashboard: 'frr-node',
          }),
        ],
      },
      {
        name: 'frr-addresses',
        interval: site.detail_interval,
        rules: [
          {
            // The lists of `addresses_file`.
            record: 'address:frr_address_listed:info',
            expr: addressList(site.addresses),
          },
          {
            // Addresses that their node announces to no peer.
            record: unadvertised,
            expr: `${advertised} == 0`,
          },
          {
            // Nodes that announce an address, where there are several.
            record: duplicated,
            expr: 'count by (cluster, address, vrf) (count by (cluster, address, vrf, instance) (frr_host_route_advertised_peers > 0)) > 1',
          },
          alert(site, 'FRRHostRouteNotAdvertised', {
            expr: promql`
              ${unadvertised}
              and (${everAdvertised} or on (address) ${unadvertised} and on (address) ${listed('must-exist')})
              ${withSessions}
            `,
            for: site.host_route_not_advertised_for,
            severity: 'critical',
            folded: true,
            summary: 'A host address of a node is announced to no peer.',
            title: `${node(site)} does not announce {{ $labels.address }}${inVrf}`,
            description: `{{ $labels.address }}{{ with $labels.interface }} on {{ . }}{{ end }}${inVrf} of ${node(site)} is announced to no established peer, although the node has sessions.${RECEIVED_ALL_THE_SAME}`,
            impact:
              'Nobody outside the node can reach {{ $labels.address }}. The OpenStack dashboard shows whether it is a VIP, a floating IP or a provider IP.',
            action: `On the node: \`${site.vtysh} -c 'show bgp {{ with $labels.vrf }}{{ if ne . "default" }}vrf {{ . }} {{ end }}{{ end }}{{ if eq $labels.afi "ipv6" }}ipv6{{ else }}ipv4{{ end }} unicast {{ $labels.address }}'\`. Not in the table: is \`redistribute {{ if eq $labels.origin "kernel" "static" }}{{ $labels.origin }}{{ else }}connected{{ end }}\` there? In the table but not advertised: the outbound filter \`only-host-prefixes\`.`,
            dashboard: 'frr-openstack',
          }),
          alert(site, 'FRRAddressGone', {
            expr: promql`
              (
                group by (address) (${listed('must-exist')} unless on (address) ${advertised})
                or on (address) (
                  group by (cluster, address) (
                    ${everAdvertised}{interface=~"${site.vip_interfaces}"}
                    ${answers}
                  )
                  unless on (cluster, address) ${advertised}
                )
              )
            `,
            for: site.address_gone_for,
            severity: 'critical',
            folded: true,
            summary: 'An address that must be announced is on no node any more.',
            title: '{{ $labels.address }} is on no node',
            description: `No node has {{ $labels.address }} any more. It is a VIP that was announced within the last day, or it is listed in addresses_file.${RECEIVED_ALL_THE_SAME}`,
            impact: 'The service behind this address is unreachable.',
            action:
              'On a controller: `pcs status` shows the resource of the VIP and why it is stopped. If the address was removed on purpose, silence this for a day, and take it out of the list.',
            dashboard: 'frr-openstack',
            fleetWide: true,
          }),
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRAddressDuplicated', {
              expr: promql`
                ${duplicated}
                unless on (address) ${listed('anycast')}
                ${severity === 'critical' ? 'and' : 'unless'} on (address) ${listed('must-exist')}
              `,
              for: site.address_duplicated_for,
              severity,
              folded: true,
              summary: 'Several nodes announce the same address.',
              title: `{{ $labels.address }}${inVrf} announced by {{ $value }} nodes`,
              description: `{{ $labels.address }}${inVrf} is announced by ${nodesOfAddress(site, ['cluster', 'address', 'vrf'])}.`,
              impact: 'Its traffic is split between these nodes, so part of it goes to the wrong one.',
              action:
                'Find the node that should have it, and remove it from the other: a VIP with Pacemaker, the address of an instance where the instance no longer runs. If it is meant to be anycast, list it in addresses_file.',
              dashboard: 'frr-openstack',
              fleetWide: true,
            }),
          ),
        ],
      },
    ],
  };
}

/** An info series for each listed address; nothing without any. */
function addressList(addresses: Thresholds['addresses']): string {
  const nothing = 'vector(1) < 0';
  const one = ({ address, kind }: Thresholds['addresses'][number]): string =>
    `label_replace(label_replace(vector(1), "address", "${address}", "", ""), "kind", "${kind}", "", "")`;
  return addresses.length === 0 ? nothing : addresses.map(one).join('\nor ');
}
