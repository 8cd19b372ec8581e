/** What goes over a BGP session that is up: prefixes in and out, limits, policies. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node, PEER_NAME, RESET_REASON, SESSION_NAME } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { KEY, NODE } from './session-series.ts';

/** How far back FRRBGPPeerBehind looks for changes of the table. */
const BEHIND_WINDOW = '5m';

export function prefixes(site: Thresholds): RuleFile {
  const { carry } = site;
  const uplink = 'session:frr_bgp_session_uplink:known';
  const up = '(session:frr_bgp_session_up:wanted == 1)';
  /** Sum over the families of a session that is up and an uplink. */
  const ofUplink = (metric: string): string => promql`
    sum without (afi, safi) (last_over_time(${metric}[${carry}])) == 0
    and ${up}
    and on (${KEY}) ${uplink}
  `;
  return {
    topic: 'prefixes',
    groups: [
      {
        name: 'frr-prefixes',
        interval: site.evaluation_interval,
        rules: [
          {
            record: 'instance_afi_safi:frr_bgp_prefixes_received:sum',
            expr: `sum without (vrf, peer) (last_over_time(frr_bgp_prefixes_received[${carry}]))`,
          },
          {
            record: 'instance_afi_safi:frr_bgp_prefixes_advertised:sum',
            expr: `sum without (vrf, peer) (last_over_time(frr_bgp_prefixes_advertised[${carry}]))`,
          },
          alert(site, 'FRRBGPMaxPrefixExceeded', {
            expr: promql`
              max without (afi, safi) (last_over_time(frr_bgp_prefix_limit_exceeded[${carry}])) == 1
              and session:frr_bgp_session_up:wanted
            `,
            keepFiringFor: site.keep_inhibiting_sessions_for,
            severity: 'critical',
            folded: true,
            summary: 'A BGP session was stopped because the peer announced more prefixes than allowed.',
            title: `${node(site)} → ${PEER_NAME} stopped: prefix limit exceeded`,
            description: `${node(site)} stopped its session with ${SESSION_NAME}: the peer exceeded the prefix limit. ${RESET_REASON}.`,
            impact:
              'The session stays down until somebody clears it, unless a restart interval is configured. The node has one uplink less.',
            action: `Find out why the peer announces so much (a route leak?) before clearing: \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\`, then \`clear bgp vrf {{ $labels.vrf }} {{ $labels.peer }}\`.`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPAddressFamilyLost', {
            expr: promql`
              instance_afi_safi:frr_bgp_uplinks_received:last_timestamp_seconds
              unless (
                sum without (vrf, peer) (last_over_time(frr_bgp_prefixes_received[${carry}]) and on (${KEY}) ${uplink}) > 0
              )
              and on (${NODE}) (instance:frr_bgp_uplinks_up:count > 0)
              unless on (${NODE}) instance:frr_bgp_start:recent
            `,
            for: site.address_family_lost_for,
            keepFiringFor: site.keep_inhibiting_sessions_for,
            severity: 'critical',
            folded: true,
            summary: 'No uplink of a node brings routes of an address family any more.',
            title: `${node(site)} lost {{ $labels.afi }} {{ $labels.safi }} on all uplinks`,
            description: `The uplinks of ${node(site)} are up but bring no {{ $labels.afi }} {{ $labels.safi }} routes any more, which they did within the last day.`,
            since: '{{ with $value | toTime }}{{ .Format "Mon 2006-01-02 15:04:05 UTC" }}{{ end }}',
            impact: 'In this address family the node reaches nothing, and nobody reaches the node.',
            action: `On the node: \`${site.vtysh} -c 'show bgp vrf all summary'\`: is the family there and active with each uplink? It was deactivated, negotiated away by a router, or its routes are filtered.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBGPNoPrefixesAdvertised', {
            expr: ofUplink('frr_bgp_prefixes_advertised'),
            for: site.no_prefixes_for,
            severity: 'critical',
            folded: true,
            summary: 'An uplink is established but nothing is announced over it.',
            title: `${node(site)} announces nothing to ${PEER_NAME}`,
            description: `${node(site)} announces no prefix to ${SESSION_NAME} although the session is up.`,
            impact:
              "The node's addresses are not reachable over this uplink; if this is true of all uplinks, FRRHostRouteNotAdvertised names the addresses.",
            action: `On the node: \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\`, look for the route map of outgoing advertisements and "policy"; then \`show route-map\` and \`show ip prefix-list\`, for IPv6 \`show ipv6 prefix-list\`.`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPNoPrefixesReceived', {
            expr: ofUplink('frr_bgp_prefixes_received'),
            for: site.no_prefixes_for,
            severity: 'critical',
            folded: true,
            summary: 'An uplink is established but nothing is received over it.',
            title: `${node(site)} receives nothing from ${PEER_NAME}`,
            description: `${node(site)} receives no prefix from ${SESSION_NAME} although the session is up.`,
            impact:
              'The node has no default route over this uplink and sends nothing over it; if this is true of all uplinks, FRRDefaultRouteMissing fires.',
            action: `On the router: does it originate the default route to this node? On the node: \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\`, look for the route map of incoming advertisements and "policy".`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPNoPolicy', {
            expr: promql`
              last_over_time(frr_bgp_policy_missing[${carry}]) == 1
              and on (${KEY}) ${up}
            `,
            for: site.policy_missing_for,
            severity: 'warning',
            summary: 'A BGP session is established but has no policy that lets routes through.',
            title: `${node(site)} → ${PEER_NAME} has no policy for {{ $labels.afi }} {{ $labels.safi }}`,
            description: `The session of ${node(site)} with ${SESSION_NAME} is up, but {{ $labels.afi }} {{ $labels.safi }} has no policy, so FRR discards its routes (RFC 8212).`,
            impact: 'Routes of this address family are neither accepted nor advertised over this session.',
            action:
              'Give the neighbor a route map in both directions for this family, deactivate the family, or set `no bgp ebgp-requires-policy`.',
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPPeerBehind', {
            // The table has changed, and bgpd has processed none of the changes for the peer. That a peer is behind is not
            // enough: it stays behind after the withdrawal of a route that the outbound filter had kept from it.
            expr: promql`
              (
                last_over_time(frr_bgp_session_table_versions_behind[${carry}])
                - last_over_time(frr_bgp_session_table_versions_behind[${carry}] offset ${BEHIND_WINDOW})
              )
              == on (${NODE}, vrf, afi, safi) group_left () (
                (
                  last_over_time(frr_bgp_table_version[${carry}])
                  - last_over_time(frr_bgp_table_version[${carry}] offset ${BEHIND_WINDOW})
                ) > 0
              )
              and on (${KEY}) ${up}
            `,
            for: site.peer_behind_for,
            severity: 'warning',
            summary: 'A BGP peer is not sent the changes of the table.',
            title: `${node(site)} → ${PEER_NAME} is not sent {{ $labels.afi }} changes`,
            description: `${node(site)} processes no change of its {{ $labels.afi }} {{ $labels.safi }} table for ${SESSION_NAME}, although the session is up: {{ $value }} changes in the last ${BEHIND_WINDOW}.`,
            impact:
              'The peer does not know what this node announces now: new or moved addresses are not reachable through it.',
            action: `On the node: \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} update-groups'\` and \`${site.vtysh} -c 'show bgp vrf all summary'\` (TblVer). Is \`bgp suppress-fib-pending\` configured, and does zebra install routes?`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPPrefixDrop', {
            expr: promql`
              last_over_time(frr_bgp_prefixes_received[${carry}])
              < ${site.prefix_drop_ratio} * session:frr_bgp_prefixes_received:avg1d
              and on (${KEY}) ${up}
            `,
            for: site.prefix_drop_for,
            severity: 'warning',
            summary: 'A BGP peer announces far fewer prefixes than it did over the day.',
            title: `${node(site)} ← ${PEER_NAME} only {{ $value }} {{ $labels.afi }} {{ $labels.safi }} prefixes`,
            description: `${node(site)} receives {{ $value }} {{ $labels.afi }} {{ $labels.safi }} prefixes from ${SESSION_NAME}, less than ${percent(site.prefix_drop_ratio)} of the day's average.`,
            impact: 'Destinations behind this peer may be unreachable from the node, or take a longer path.',
            action:
              'Find out whether routes were withdrawn on purpose (maintenance further up). If not, look at the router and its own uplinks.',
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPMaxPrefixNear', {
            expr: promql`
              last_over_time(frr_bgp_prefixes_received[${carry}])
              / (last_over_time(frr_bgp_prefix_limit[${carry}]) > 0)
              > ${site.max_prefix_near_ratio}
              and on (${KEY}) ${up}
            `,
            for: site.max_prefix_near_for,
            severity: 'warning',
            summary: 'A BGP peer comes near its prefix limit.',
            title: `${node(site)} ← ${PEER_NAME} at {{ $value | humanizePercentage }} of its prefix limit`,
            description: `${node(site)} receives {{ $value | humanizePercentage }} of the allowed {{ $labels.afi }} {{ $labels.safi }} prefixes from ${SESSION_NAME}.`,
            impact:
              'None yet. At the limit FRR stops the session (unless it only warns), and the uplink is gone.',
            action:
              'Find out whether the growth is intended. Raise `maximum-prefix`, or have the peer announce less.',
            dashboard: 'frr-session',
          }),
        ],
      },
    ],
  };
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}
