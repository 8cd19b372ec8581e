/** What the rules must remember for longer than a minute. Evaluated once a minute, because the ranges are long. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';

export function memory(site: Thresholds): RuleFile {
  return {
    topic: 'memory',
    groups: [
      {
        name: 'frr-memory',
        interval: '1m',
        rules: [
          {
            // 1 for a session that was up once, also across restarts of bgpd, whose own counters start anew.
            record: 'session:frr_bgp_session_up:seen',
            expr: promql`
              max_over_time(frr_bgp_session_up[2m]) == 1
              or (last_over_time(session:frr_bgp_session_up:seen[6h]) and last_over_time(frr_bgp_session_up[2m]))
            `,
          },
          {
            record: 'session:frr_bgp_session_dropped:increase1h',
            expr: 'increase(frr_bgp_session_dropped_total[1h])',
          },
          {
            record: 'instance:frr_bgp_uplinks_up:max1h',
            expr: 'max_over_time(instance:frr_bgp_uplinks_up:count[1h])',
          },
          {
            record: 'vrf:frr_default_route_installed:max2m',
            expr: 'max_over_time(frr_default_route_installed[2m])',
          },
          {
            record: 'vrf:frr_default_route_installed:max1d',
            expr: 'max_over_time(vrf:frr_default_route_installed:max2m[1d])',
          },
          {
            // The address is announced since then. Starts anew when nobody heard of it in between.
            record: 'host_route:frr_host_route_advertised:since_timestamp_seconds',
            expr: promql`
              (
                host_route:frr_host_route_advertised:since_timestamp_seconds
                and (last_over_time(frr_host_route_advertised_peers[2m]) > 0)
              )
              or (last_over_time(frr_host_route_advertised_peers[2m]) > 0) * 0 + time()
            `,
          },
          alert(site, 'FRRBGPPeerMissing', {
            expr: promql`
              (
                max_over_time(frr_bgp_session_up[1h])
                unless last_over_time(frr_bgp_session_up[${site.carry}])
              )
              and on (cluster, job, instance) (last_over_time(frr_collector_up{collector="bgp"}[${site.carry}]) == 1)
              unless on (cluster, job, instance) instance:frr_maintenance:active
            `,
            for: site.peer_missing_for,
            severity: 'warning',
            summary: 'A BGP session that was there within the last hour is no longer configured.',
            description: `bgpd on ${node(site)} answers, but no longer knows peer {{ $labels.peer }} (VRF {{ $labels.vrf }}), which it had within the last hour.`,
            impact:
              'What was reachable through this peer alone is not reachable now. A dynamic peer that went away looks the same.',
            action: `On the node: \`${site.vtysh} -c 'show running-config bgpd'\`. Was the neighbor removed on purpose, or did FRR start with an incomplete configuration? The alert ends by itself within an hour.`,
            dashboard: 'frr-node',
          }),
        ],
      },
      {
        name: 'frr-baselines',
        interval: '2m',
        rules: [
          {
            // While the session is up: what comes when it is down says nothing about what is usual.
            record: 'session:frr_bgp_prefixes_received:established',
            expr: promql`
              last_over_time(frr_bgp_prefixes_received[${site.carry}])
              and on (cluster, job, instance, vrf, peer) (session:frr_bgp_session_up:wanted == 1)
            `,
          },
          {
            record: 'session:frr_bgp_prefixes_received:avg1d',
            expr: 'avg_over_time(session:frr_bgp_prefixes_received:established[1d])',
          },
        ],
      },
    ],
  };
}
