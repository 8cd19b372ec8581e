/** BGP sessions: which are wanted, which are down, and whether that is one fault or many. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import {
  ADDRESSES_GONE,
  NODES_OF_REMOTE_ROUTER,
  node,
  PEERS_DOWN,
  REASONS_OF_CLUSTER,
  REASONS_OF_NODE,
  REASONS_OF_REMOTE_ROUTER,
  REMOTE_ROUTER_NAMES,
  RESET_REASON,
  SESSION_NAME,
  UPLINKS_LEFT,
} from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';

/** What makes a session one, with the labels that its scrape gave it. */
const KEY = 'cluster, job, instance, vrf, peer';
/** What the down rules take over from the session's info, to group and to silence by. */
const INFO = 'peer_group, remote_as, remote_router_id, interface';
/** What FRR says of a peer whose router ID it does not know: a regular expression as it is written in PromQL. */
const NO_ROUTER_ID = '|0\\\\.0\\\\.0\\\\.0';

export function sessions(site: Thresholds): RuleFile {
  const { carry } = site;
  const uplink = `{peer_group=~"${site.uplink_peer_group}"}`;
  return {
    topic: 'sessions',
    groups: [
      {
        name: 'frr-sessions',
        rules: [
          {
            // Who the peer was when it last told: FRR forgets its router ID as soon as it tries to connect again.
            record: 'session:frr_bgp_session_remote_router:last',
            expr: promql`
              group by (${KEY}, remote_router_id) (frr_bgp_session_info{remote_router_id!~"${NO_ROUTER_ID}"})
              or on (${KEY}) (
                session:frr_bgp_session_remote_router:last
                and on (${KEY}) last_over_time(frr_bgp_session_up[${carry}])
              )
            `,
          },
          {
            // Carried on while the session is known: the info comes from a slower command than the state.
            record: 'session:frr_bgp_session_info:last',
            expr: promql`
              frr_bgp_session_info * on (${KEY}) group_left (remote_router_id) session:frr_bgp_session_remote_router:last
              or on (${KEY}) frr_bgp_session_info
              or on (${KEY}) (
                session:frr_bgp_session_info:last
                and on (${KEY}) last_over_time(frr_bgp_session_up[${carry}])
              )
            `,
          },
          {
            record: 'session:frr_bgp_session_last_reset_info:last',
            expr: promql`
              frr_bgp_session_last_reset_info
              or on (${KEY}) (
                session:frr_bgp_session_last_reset_info:last
                and on (${KEY}) last_over_time(frr_bgp_session_up[${carry}])
              )
            `,
          },
          {
            // Wanted: not shut on purpose, and the node is not under maintenance. 1 up, 0 down.
            record: 'session:frr_bgp_session_up:wanted',
            expr: promql`
              last_over_time(frr_bgp_session_up[${carry}])
              and (last_over_time(frr_bgp_session_admin_up[${carry}]) == 1)
              unless on (cluster, job, instance) instance:frr_maintenance:active
            `,
          },
          {
            // The state of the session's FSM; no sample while the session is up.
            record: 'session:frr_bgp_session_state:wanted_down',
            expr: promql`
              (
                (last_over_time(frr_bgp_session_state[${carry}]) and (session:frr_bgp_session_up:wanted == 0))
                * on (${KEY}) group_left (${INFO}) session:frr_bgp_session_info:last
              )
              or on (${KEY}) (last_over_time(frr_bgp_session_state[${carry}]) and (session:frr_bgp_session_up:wanted == 0))
            `,
          },
          {
            // Down now, up before (since bgpd started, or as far as we remember), and not in graceful restart.
            record: 'session:frr_bgp_session_state:lost',
            expr: promql`
              session:frr_bgp_session_state:wanted_down
              and on (${KEY}) (
                (last_over_time(frr_bgp_session_established_total[${carry}]) > 0)
                or session:frr_bgp_session_up:seen
              )
              unless on (${KEY}) (last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1)
            `,
          },
          {
            record: 'instance:frr_bgp_sessions_wanted:count',
            expr: 'count without (vrf, peer) (session:frr_bgp_session_up:wanted)',
          },
          {
            record: 'instance:frr_bgp_sessions_down:count',
            expr: 'sum without (vrf, peer) (session:frr_bgp_session_up:wanted == bool 0)',
          },
          {
            record: 'instance:frr_bgp_uplinks_wanted:count',
            expr: promql`
              count without (vrf, peer) (
                session:frr_bgp_session_up:wanted and on (${KEY}) session:frr_bgp_session_info:last${uplink}
              )
              or 0 * instance:frr_bgp_sessions_wanted:count
            `,
          },
          {
            record: 'instance:frr_bgp_uplinks_up:count',
            expr: promql`
              sum without (vrf, peer) (
                session:frr_bgp_session_up:wanted and on (${KEY}) session:frr_bgp_session_info:last${uplink}
              )
              or 0 * instance:frr_bgp_sessions_wanted:count
            `,
          },
          {
            record: 'remote_router:frr_bgp_nodes_lost:count',
            expr: promql`
              count by (cluster, remote_router_id, remote_as) (
                count by (cluster, instance, remote_router_id, remote_as) (
                  session:frr_bgp_session_state:lost{remote_router_id!~"${NO_ROUTER_ID}"}
                )
              )
            `,
          },
          alert(site, 'FRRRemoteRouterDown', {
            expr: `remote_router:frr_bgp_nodes_lost:count >= ${site.remote_router_down_nodes}`,
            for: site.remote_router_down_for,
            keepFiringFor: site.keep_silencing_routers_for,
            severity: 'critical',
            summary: 'Several nodes have lost their BGP sessions with the same router.',
            description: `Router {{ $labels.remote_router_id }} (AS {{ $labels.remote_as }}, known as ${REMOTE_ROUTER_NAMES}) is lost to {{ $value }} nodes: ${NODES_OF_REMOTE_ROUTER}. Why: ${REASONS_OF_REMOTE_ROUTER}.`,
            impact:
              'These nodes go on over their other uplinks, without redundancy. A node that has none is told of by FRRBGPAllUplinksDown.',
            action:
              'Look at the router, not at the nodes: is it powered, reachable on its management address, in an upgrade? Its console and its own logs come first.',
            dashboard: 'frr-fleet',
            fleetWide: true,
          }),
          alert(site, 'FRRBGPFleetPeersDown', {
            expr: promql`
              (
                count by (cluster) (
                  session:frr_bgp_session_state:lost
                  unless on (cluster, remote_router_id) (remote_router:frr_bgp_nodes_lost:count >= ${site.remote_router_down_nodes})
                )
                / on (cluster) count by (cluster) (session:frr_bgp_session_up:wanted)
              ) > ${site.fleet_peers_down_ratio}
              and on (cluster) count by (cluster) (
                count by (cluster, instance) (
                  session:frr_bgp_session_state:lost
                  unless on (cluster, remote_router_id) (remote_router:frr_bgp_nodes_lost:count >= ${site.remote_router_down_nodes})
                )
              ) >= ${site.fleet_peers_down_nodes}
            `,
            for: site.fleet_peers_down_for,
            keepFiringFor: site.keep_silencing_routers_for,
            severity: 'critical',
            summary: 'A large share of the BGP sessions of a cluster is down.',
            description: `{{ $value | humanizePercentage }} of the wanted BGP sessions of cluster {{ or $labels.cluster "(no name)" }} are down, and no single remote router explains it. Reasons: ${REASONS_OF_CLUSTER}.`,
            impact:
              'Many nodes at once have lost redundancy or the whole fabric; VIPs, floating IPs and provider IPs of whole racks may be unreachable.',
            action:
              'Ask what was rolled out in the last minutes (FRR configuration, passwords, route policy, an upgrade) and stop it. Then open the fleet dashboard and look for what the nodes have in common.',
            dashboard: 'frr-fleet',
            fleetWide: true,
          }),
          alert(site, 'FRRBGPAllUplinksDown', {
            expr: promql`
              count without (vrf, peer, ${INFO}) (session:frr_bgp_session_state:lost${uplink})
              and (instance:frr_bgp_uplinks_up:count == 0)
              unless on (cluster, job, instance) (
                last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1
                and on (${KEY}) session:frr_bgp_session_info:last${uplink}
              )
            `,
            for: site.all_uplinks_down_for,
            keepFiringFor: site.keep_silencing_sessions_for,
            severity: 'critical',
            summary: 'A node has lost all of its BGP uplinks.',
            description: `${node(site)} has no BGP uplink left. Down: ${PEERS_DOWN}. Why: ${REASONS_OF_NODE}.`,
            impact: `The node announces nothing. Announced by nobody now: ${ADDRESSES_GONE}.`,
            action: `On the node: \`ip -br link\` (are the uplinks up?), then \`${site.vtysh} -c 'show bgp vrf all summary' -c 'show bfd peers brief'\`. Both links at once point at the NIC, the node's FRR, or a change on both routers.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBGPUplinksMissing', {
            expr: promql`
              instance:frr_bgp_uplinks_up:max1h > 0
              unless on (cluster, job, instance) session:frr_bgp_session_info:last${uplink}
              and on (cluster, job, instance) (last_over_time(frr_collector_up{collector="bgp"}[${carry}]) == 1)
              unless on (cluster, job, instance) instance:frr_maintenance:active
            `,
            for: site.uplinks_missing_for,
            severity: 'critical',
            summary: 'A node no longer has any BGP uplink in its configuration.',
            description: `bgpd on ${node(site)} answers, but knows none of its uplinks any more, of which {{ $value }} were up within the last hour.`,
            impact: `The node announces nothing. Announced by nobody now: ${ADDRESSES_GONE}.`,
            action: `On the node: \`${site.vtysh} -c 'show running-config bgpd'\`. Uplinks that are in frr.conf but not here: FRR refused a line of the file; its log names it. Not in the file either: undo what was rolled out.`,
            dashboard: 'frr-node',
          }),
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRBGPPeerDown', {
              expr:
                severity === 'critical'
                  ? `session:frr_bgp_session_state:lost${uplink}`
                  : `session:frr_bgp_session_state:lost${uplink.replace('=~', '!~')}`,
              for: site.peer_down_for,
              severity,
              summary: 'A BGP session that was up is down.',
              description: `${node(site)} has lost its BGP session with ${SESSION_NAME}. Why: ${RESET_REASON}.`,
              impact:
                severity === 'critical'
                  ? `Uplinks left: ${UPLINKS_LEFT}. The node's addresses stay reachable over those that are left; the next fault may take it off the network.`
                  : 'What this peer alone announced is unreachable from the node, and what the node announced to this peer alone is unreachable from there.',
              action: `On the node: \`ip -br link\` (is the link up?), then \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\` and look at "Last reset".`,
              dashboard: 'frr-session',
            }),
          ),
          alert(site, 'FRRBGPRedundancyLost', {
            expr: 'instance:frr_bgp_uplinks_up:count == 1 and instance:frr_bgp_uplinks_wanted:count >= 2',
            for: site.redundancy_lost_for,
            severity: 'warning',
            summary: 'A node has one BGP uplink left of several.',
            description: `${node(site)} has ${UPLINKS_LEFT} uplinks. Down: ${PEERS_DOWN}. Why: ${REASONS_OF_NODE}.`,
            impact: 'Nothing is unreachable yet. The next fault takes the node off the network.',
            action: `On the node: \`${site.vtysh} -c 'show bgp vrf all summary'\` tells which uplink is down; follow the runbook of FRRBGPPeerDown for it.`,
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRBGPPeerNeverEstablished', {
            expr: promql`
              session:frr_bgp_session_state:wanted_down
              unless on (${KEY}) (
                (last_over_time(frr_bgp_session_established_total[${carry}]) > 0)
                or session:frr_bgp_session_up:seen
              )
            `,
            for: site.never_established_for,
            severity: 'warning',
            summary: 'A configured BGP session has never come up.',
            description: `The session of ${node(site)} with ${SESSION_NAME} has never been up. Why: ${RESET_REASON}.`,
            impact:
              'The node lacks a path that its configuration expects. Nothing that worked before is broken.',
            action: `Compare both sides: addresses, AS numbers, password, TTL security, address families. \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\` on the node, the same on the router.`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPPeerFlapping', {
            expr: promql`
              increase(frr_bgp_session_dropped_total[${site.flapping_window}]) >= ${site.flapping_drops}
              and on (${KEY}) session:frr_bgp_session_up:wanted
              unless on (cluster, job, instance) max_over_time(instance:frr_maintenance:active[${site.flapping_window}])
            `,
            severity: 'warning',
            summary: 'A BGP session goes down again and again.',
            description: `The session of ${node(site)} with ${SESSION_NAME} dropped {{ printf "%.0f" $value }} times in ${site.flapping_window}. Last reason: ${RESET_REASON}.`,
            impact:
              'Routes are withdrawn and learned again with every drop: short losses for everything that goes over this uplink, and work for every router behind it.',
            action:
              'Look at the last reasons on the session dashboard. BFD or hold timer: a bad cable, optics or an overloaded CPU. Notifications: what the other side says in them. Shut the session on purpose if it does harm.',
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRBGPOutQueueStuck', {
            expr: promql`
              min_over_time(frr_bgp_session_queue_messages{direction="out"}[${carry}]) > 0
              and on (${KEY}) (session:frr_bgp_session_up:wanted == 1)
            `,
            for: site.out_queue_stuck_for,
            severity: 'warning',
            summary: 'A BGP peer does not take the messages that are queued for it.',
            description: `${node(site)} has had messages queued for ${SESSION_NAME} all the time, {{ $value }} now.`,
            impact:
              'The peer works with an old picture of what this node announces: new or moved addresses are not reachable through it.',
            action: `On the node: \`${site.vtysh} -c 'show bgp vrf all summary'\` (OutQ) and \`ss -tnpo 'sport = :179 or dport = :179'\` (Send-Q). A full Send-Q is a peer that does not read, or a path that drops large packets (MTU).`,
            dashboard: 'frr-session',
          }),
          alert(site, 'FRRGracefulRestart', {
            expr: `last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1`,
            severity: 'info',
            summary: 'A BGP session is in graceful restart.',
            description: `The session of ${node(site)} with ${SESSION_NAME} is in graceful restart.`,
            impact: 'Traffic goes on over the routes known before, until the restart timer ends.',
            action:
              'None, if the restart was meant. If the session is not back in time, FRRBGPPeerDown tells.',
            dashboard: 'frr-session',
          }),
        ],
      },
    ],
  };
}
