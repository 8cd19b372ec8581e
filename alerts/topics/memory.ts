/** What the rules must remember for longer than a minute. Evaluated seldom, because the ranges are long. */
import { alert } from '../alert.ts';
import { durationSeconds, durationText } from '../duration.ts';
import { promql, type RuleFile } from '../rule.ts';
import { CLUSTER, node, nodesRestarted, PEER_NAME, RESET_REASON, SESSION_NAME } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { DAY, KEY, NO_MAINTENANCE, NODE } from './session-series.ts';

export function memory(site: Thresholds): RuleFile {
  const { carry, slow_interval: slow } = site;
  const slowSeconds = durationSeconds(slow) ?? 60;
  const restarted = nodesRestarted(site);
  const answers = `(last_over_time(frr_collector_up{collector="bgp"}[${carry}]) == 1)`;
  return {
    topic: 'memory',
    groups: [
      {
        name: 'frr-memory',
        interval: slow,
        rules: [
          {
            // 1 for a session that was up once, also across restarts of bgpd, whose own counters start again.
            record: 'session:frr_bgp_session_up:seen',
            expr: promql`
              max_over_time(frr_bgp_session_up[${site.recent}]) == 1
              or (last_over_time(session:frr_bgp_session_up:seen[6h]) and last_over_time(frr_bgp_session_up[${site.recent}]))
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
            expr: `max_over_time(frr_default_route_installed[${site.recent}])`,
          },
          {
            record: 'vrf:frr_default_route_installed:max1d',
            expr: 'max_over_time(vrf:frr_default_route_installed:max2m[1d])',
          },
          {
            // When the uplinks of a node last brought routes of an address family, for a day.
            record: 'instance_afi_safi:frr_bgp_uplinks_received:last_timestamp_seconds',
            expr: promql`
              (
                sum without (vrf, peer) (
                  last_over_time(frr_bgp_prefixes_received[${site.recent}]) and on (${KEY}) session:frr_bgp_session_uplink:known
                ) > 0
              ) * 0 + time()
              or (instance_afi_safi:frr_bgp_uplinks_received:last_timestamp_seconds > time() - ${DAY})
            `,
          },
          {
            // The uplinks that a node should have: each that was up, for as long as the node is a target.
            record: 'session:frr_bgp_session_uplink:expected',
            expr: promql`
              (session:frr_bgp_session_up:wanted == 1) and on (${KEY}) session:frr_bgp_session_uplink:known
              or (
                last_over_time(session:frr_bgp_session_uplink:expected[6h])
                and on (${NODE}) up{job="${site.job}"}
              )
            `,
          },
          {
            // The routers of a node's uplinks, remembered while the node is gone.
            record: 'node_remote_router:frr_bgp_session_info:known',
            expr: promql`
              group by (${NODE}, remote_router_id, description) (
                session:frr_bgp_session_info:last and on (${KEY}) session:frr_bgp_session_uplink:known
              )
              or (
                node_remote_router:frr_bgp_session_info:known
                and on (${NODE}) (up{job="${site.job}"} == 0)
              )
            `,
          },
          {
            record: 'instance:frr_restarted:recently',
            expr: promql`
              max without (daemon) (increase(frr_daemon_restarts_total{daemon="bgpd"}[10m]) > 0)
              or max without (vrf, peer) (resets(frr_bgp_session_established_total[10m]) > 0)
              ${NO_MAINTENANCE}
            `,
          },
          alert(site, 'FRRRestarted', {
            expr: `count by (cluster) (instance:frr_restarted:recently) >= ${site.restarted_nodes}`,
            severity: 'warning',
            summary: 'FRR was restarted on several nodes.',
            title: `FRR restarted on {{ $value }} nodes: ${CLUSTER}${restarted.first}`,
            description: `FRR was restarted within ten minutes on {{ $value }} nodes of cluster {{ or $labels.cluster "(no name)" }}: ${restarted.all}.`,
            impact:
              'All BGP sessions of each of these nodes were down for a moment. A session that does not come back pages by its own alert.',
            action:
              'Find out what restarted FRR (a rollout, an upgrade, watchfrr after a crash) and whether it continues. If it restarts several nodes of a rack at once, do the others one after another.',
            dashboard: 'frr-fleet',
            fleetWide: true,
          }),
          alert(site, 'FRRDaemonCrashLooping', {
            expr: promql`
              increase(frr_daemon_restarts_total[1h]) >= ${site.crash_loop_restarts}
              ${NO_MAINTENANCE}
            `,
            severity: 'critical',
            folded: true,
            summary: 'An FRR daemon restarts again and again.',
            title: `${node(site)} {{ $labels.daemon }} restarted {{ printf "%.0f" $value }} times in 1h`,
            description: `{{ $labels.daemon }} on ${node(site)} was restarted {{ printf "%.0f" $value }} times within an hour.`,
            impact:
              'With every restart of bgpd all sessions of the node drop, with one of zebra its routes; between them the node may look healthy.',
            action:
              'On the node: `coredumpctl list {{ $labels.daemon }}` and the end of its log before each restart. Undo the newest change of its configuration.',
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBGPPeerMissing', {
            expr: promql`
              (
                session:frr_bgp_session_uplink:expected
                or (
                  max_over_time(frr_bgp_session_up[1h])
                  unless on (${NODE}, vrf) (max_over_time(frr_bgp_dynamic_peers[1h]) > 0)
                )
              )
              unless on (${KEY}) last_over_time(frr_bgp_session_up[${carry}])
              and on (${NODE}) ${answers}
              ${NO_MAINTENANCE}
            `,
            for: site.peer_missing_for,
            severity: 'warning',
            summary: 'A BGP session that was configured is not any more.',
            title: `${node(site)} → {{ $labels.peer }} no longer configured`,
            description: `bgpd on ${node(site)} answers, but no longer knows peer {{ $labels.peer }} (VRF {{ $labels.vrf }}).`,
            impact:
              'What was reachable only through this peer is not reachable now. If it was an uplink, there is less redundancy.',
            action: `On the node: \`${site.vtysh} -c 'show running-config bgpd'\`. Was the neighbor removed on purpose, or did FRR start with an incomplete configuration? For an uplink this alert fires until it is back; if it was removed on purpose, silence it as the runbook shows.`,
            dashboard: 'frr-node',
          }),
        ],
      },
      {
        // Apart, as they are many: the others do not wait for them.
        name: 'frr-memory-addresses',
        interval: slow,
        rules: [
          {
            // The address is announced since then. Starts again when it was not announced in between.
            record: 'host_route:frr_host_route_advertised:since_timestamp_seconds',
            expr: promql`
              (
                host_route:frr_host_route_advertised:since_timestamp_seconds
                and (last_over_time(frr_host_route_advertised_peers[${site.recent}]) > 0)
              )
              or (last_over_time(frr_host_route_advertised_peers[${site.recent}]) > 0) * 0 + time()
            `,
          },
          {
            // When a node last announced an address, for a day.
            record: 'host_route:frr_host_route_advertised:last_timestamp_seconds',
            expr: promql`
              (last_over_time(frr_host_route_advertised_peers[${site.recent}]) > 0) * 0 + time()
              or (host_route:frr_host_route_advertised:last_timestamp_seconds > time() - ${DAY})
            `,
          },
        ],
      },
      {
        name: 'frr-baselines',
        interval: durationText(2 * slowSeconds),
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
          alert(site, 'FRRBGPPeerUnstable', {
            expr: promql`
              count_over_time(session:frr_bgp_session_dropped:seen[1d]) >= ${site.unstable_drops}
              and on (${KEY}) session:frr_bgp_session_up:wanted
            `,
            severity: 'warning',
            summary: 'A BGP session went down many times within a day.',
            title: `${node(site)} → ${PEER_NAME} dropped {{ $value }} times in a day`,
            description: `The session of ${node(site)} with ${SESSION_NAME} dropped {{ $value }} times within a day. Last reason: ${RESET_REASON}.`,
            impact: 'Traffic is lost for a moment with every drop.',
            action:
              'Look for a pattern in the times on the session dashboard: a job that takes all CPU, a timer, a cable. Then as for FRRBGPPeerFlapping.',
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBFDSessionFlapping', {
            expr: promql`
              increase(frr_bfd_session_down_events_total[1h]) >= ${site.bfd_flapping_downs}
              ${NO_MAINTENANCE}
            `,
            severity: 'warning',
            summary: 'A BFD session goes down again and again.',
            title: `${node(site)} BFD with {{ $labels.peer }} flapping: {{ printf "%.0f" $value }} in 1h`,
            description: `The BFD session of ${node(site)} with {{ $labels.peer }} (VRF {{ $labels.vrf }}{{ with $labels.interface }}, {{ . }}{{ end }}) went down {{ printf "%.0f" $value }} times within an hour.`,
            impact:
              'Packets are lost on this path, or its timers are too short. A BGP session that uses it drops each time.',
            action: `On the node: \`${site.vtysh} -c 'show bfd vrf {{ $labels.vrf }} peer {{ $labels.peer }} counters'\`, the errors of the interface, and the CPU of both sides.`,
            dashboard: 'frr-node',
          }),
        ],
      },
    ],
  };
}
