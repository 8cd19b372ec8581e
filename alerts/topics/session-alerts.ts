/** BGP sessions: what is sent when they are lost, from the fabric down to one session. */
import { alert } from '../alert.ts';
import { type Alert, promql, type Rule } from '../rule.ts';
import {
  ADDRESSES_GONE,
  CLUSTER,
  NODES_WITH_REMOTE_ROUTER,
  node,
  nodesOfRemoteRouter,
  nodesOfStorm,
  PEER_NAME,
  PEERS_DOWN,
  PEERS_OF_VRF_DOWN,
  REASONS_OF_CLUSTER,
  REASONS_OF_NODE,
  REASONS_OF_REMOTE_ROUTER,
  REMOTE_ROUTER_NAME,
  RESET_REASON,
  ROUTERS_LOST,
  routersOfStorm,
  SESSION_NAME,
  SINCE,
  UPLINKS_LEFT,
} from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { CUT_OFF, CUT_OFF_ROUTERS, INFO, KEY, NO_MAINTENANCE, NODE } from './session-series.ts';

const UPLINK = 'session:frr_bgp_session_uplink:known';

export function sessionAlerts(site: Thresholds): readonly Rule[] {
  return [...ofFleet(site), ...ofNodes(site), ...ofSessions(site), ...flapping(site)];
}

function ofFleet(site: Thresholds): readonly Alert[] {
  const cutOff = nodesOfStorm(site, CUT_OFF);
  const unexplained = promql`
    session:frr_bgp_session_state:lost
    unless on (cluster, remote_router_id) (remote_router:frr_bgp_nodes_lost:count >= ${site.remote_router_down_nodes})
  `;
  return [
    alert(site, 'FRRFabricDown', {
      expr: `count by (cluster) (remote_router:frr_bgp_nodes_lost:many) >= ${site.fabric_down_routers}`,
      keepFiringFor: site.keep_inhibiting_routers_for,
      severity: 'critical',
      summary: 'Several routers of a cluster are lost at once.',
      title: `fabric of ${CLUSTER}down: {{ $value }} routers lost`,
      description: `The sessions with {{ $value }} routers of cluster {{ or $labels.cluster "(no name)" }} are each lost by several nodes: ${ROUTERS_LOST}. Why: ${REASONS_OF_CLUSTER}.`,
      impact:
        'Nodes behind these routers have lost redundancy or the whole network; VIPs, floating IPs and provider IPs of whole racks may be unreachable.',
      action:
        'Call the network team: what was changed in the fabric in the last minutes? Then open the fleet dashboard and look for what the routers have in common.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
    alert(site, 'FRRRemoteRouterDown', {
      expr: 'remote_router:frr_bgp_nodes_lost:many',
      keepFiringFor: site.keep_inhibiting_routers_for,
      severity: 'critical',
      summary: 'Several nodes have lost their BGP sessions with the same router.',
      title: `${REMOTE_ROUTER_NAME} lost by {{ $value }} of ${NODES_WITH_REMOTE_ROUTER} nodes`,
      description: `Router {{ $labels.remote_router_id }} (AS {{ $labels.remote_as }}) is lost by ${nodesOfRemoteRouter(site)}. Why: ${REASONS_OF_REMOTE_ROUTER}.`,
      since: SINCE.router,
      impact:
        'These nodes use their other uplinks, without redundancy. A node without any is in FRRBGPAllUplinksDown or FRRBGPNodesCutOff.',
      action:
        'Look at the router, not at the nodes: is it powered, reachable on its management address, in an upgrade? Its console and its own logs come first.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
    alert(site, 'FRRBGPFleetPeersDown', {
      expr: promql`
        (
          count by (cluster) (
            ${unexplained}
          )
          / on (cluster) count by (cluster) (session:frr_bgp_session_up:wanted)
        ) > ${site.fleet_peers_down_ratio}
        and on (cluster) count by (cluster) (
          count by (cluster, instance) (
            ${unexplained}
          )
        ) >= ${site.fleet_peers_down_nodes}
      `,
      for: site.fleet_peers_down_for,
      keepFiringFor: site.keep_inhibiting_routers_for,
      severity: 'critical',
      summary: 'A large share of the BGP sessions of a cluster is down.',
      title: `${CLUSTER}{{ $value | humanizePercentage }} of BGP sessions down, no common router`,
      description: `{{ $value | humanizePercentage }} of the wanted BGP sessions of cluster {{ or $labels.cluster "(no name)" }} are down, and no single remote router explains it. Reasons: ${REASONS_OF_CLUSTER}.`,
      impact:
        'Many nodes at once have lost redundancy or the whole fabric; VIPs, floating IPs and provider IPs of whole racks may be unreachable.',
      action:
        'Find out what was rolled out in the last minutes (FRR configuration, passwords, route policy, an upgrade) and stop it. Then open the fleet dashboard and look for what the nodes have in common.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
    alert(site, 'FRRBGPNodesCutOff', {
      expr: `count_values by (cluster) ("storm", ${CUT_OFF})`,
      keepFiringFor: site.keep_inhibiting_routers_for,
      severity: 'critical',
      summary: 'Several nodes have lost all of their BGP uplinks at once.',
      title: `{{ $value }} nodes without uplinks: ${CLUSTER}${cutOff.first}`,
      description: `{{ $value }} nodes of cluster {{ or $labels.cluster "(no name)" }} have no BGP uplink left: ${cutOff.all}. Routers that they had: ${routersOfStorm(CUT_OFF_ROUTERS)}.`,
      since: SINCE.storm,
      impact: 'The nodes announce nothing: their VIPs, floating IPs and provider IPs are unreachable.',
      action:
        'Look for what the nodes have in common: a rack with both of its routers, a network card, a rollout. The fleet dashboard lists them.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
    alert(site, 'FRRUplinksUnknown', {
      expr: promql`
        count by (cluster) (session:frr_bgp_session_up:wanted)
        unless on (cluster) session:frr_bgp_session_uplink:matched
      `,
      for: site.uplinks_unknown_for,
      severity: 'warning',
      summary: 'No BGP session of a cluster matches the settings that identify uplinks.',
      title: `${CLUSTER}uplinks unknown: no BGP session matches the settings`,
      description: `None of the {{ $value }} BGP sessions of cluster {{ or $labels.cluster "(no name)" }} matches uplink_peer_group, uplink_description or uplink_interface of the rules.`,
      impact:
        'Uplinks are guessed: every eBGP session of the default VRF that brings routes to a node with a default route. A wrong guess pages for too much or too little.',
      action:
        'Set `uplink_peer_group`, `uplink_description` or `uplink_interface` in thresholds.yaml to what your uplinks have, and run `make rules`.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
  ];
}

function ofNodes(site: Thresholds): readonly Alert[] {
  const lost = 'instance:frr_bgp_uplinks_lost:since_timestamp_seconds';
  const noUplink = {
    summary: 'A node has lost all of its BGP uplinks.',
    title: `${node(site)} has no uplink left`,
    action: `On the node: \`ip -br link\` (are the uplinks up?), then \`${site.vtysh} -c 'show bgp vrf all summary' -c 'show bfd peers brief'\`. Both links at once point at the NIC, the node's FRR, or a change on both routers.`,
    dashboard: 'frr-node',
  } as const;
  return [
    alert(site, 'FRRBGPAllUplinksDown', {
      expr: `${lost} unless on (${NODE}) ${CUT_OFF}`,
      for: site.all_uplinks_down_for,
      keepFiringFor: site.keep_inhibiting_sessions_for,
      severity: 'critical',
      ...noUplink,
      description: `${node(site)} has no BGP uplink left. Down: ${PEERS_DOWN}. Why: ${REASONS_OF_NODE}.`,
      since: SINCE.uplinks,
      impact: `The node announces nothing. Announced by nobody now: ${ADDRESSES_GONE}.`,
    }),
    alert(site, 'FRRBGPAllUplinksDown', {
      expr: `${lost} and on (${NODE}) ${CUT_OFF}`,
      keepFiringFor: site.keep_inhibiting_sessions_for,
      severity: 'info',
      ...noUplink,
      description: `${node(site)} has no BGP uplink left, one of several nodes: see FRRBGPNodesCutOff.`,
      impact: 'The node announces nothing.',
    }),
    alert(site, 'FRRBGPUplinksMissing', {
      expr: promql`
        instance:frr_bgp_uplinks_up:max1h > 0
        unless on (${NODE}) ${UPLINK}
        and on (${NODE}) (last_over_time(frr_collector_up{collector="bgp"}[${site.carry}]) == 1)
        ${NO_MAINTENANCE}
        unless on (${NODE}) instance:frr_bgp_start:recent
      `,
      for: site.uplinks_missing_for,
      severity: 'critical',
      folded: true,
      summary: 'A node no longer has any BGP uplink in its configuration.',
      title: `${node(site)} has no uplink configured any more`,
      description: `bgpd on ${node(site)} answers, but has none of its uplinks any more; {{ $value }} of them were up within the last hour.`,
      impact: `The node announces nothing. Announced by nobody now: ${ADDRESSES_GONE}.`,
      action: `On the node: \`${site.vtysh} -c 'show running-config bgpd'\`. Uplinks that are in frr.conf but not here: FRR refused a line of the file; its log names it. Not in the file either: undo what was rolled out.`,
      dashboard: 'frr-node',
    }),
    alert(site, 'FRRBGPVRFDown', {
      expr: promql`
        count without (peer, ${INFO}) (session:frr_bgp_session_state:lost{vrf!="default"})
        unless on (${NODE}, vrf) (session:frr_bgp_session_up:wanted == 1)
      `,
      for: site.vrf_down_for,
      keepFiringFor: site.keep_inhibiting_sessions_for,
      severity: 'critical',
      folded: true,
      summary: 'A VRF has lost its last BGP session.',
      title: `${node(site)} VRF {{ $labels.vrf }} has no BGP session left`,
      description: `VRF {{ $labels.vrf }} on ${node(site)} has no BGP session left. Down: ${PEERS_OF_VRF_DOWN}.`,
      impact: 'The networks of this VRF are cut off from its peers and what is behind them.',
      action: `On the node: \`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} summary'\`, then follow the runbook of FRRBGPPeerDown for the sessions that are down.`,
      dashboard: 'frr-node',
    }),
    alert(site, 'FRRBGPRedundancyLost', {
      expr: 'instance:frr_bgp_uplinks_up:count == 1 and instance:frr_bgp_uplinks_wanted:count >= 2',
      for: site.redundancy_lost_for,
      severity: 'warning',
      summary: 'A node has one BGP uplink left of several.',
      title: `${node(site)} has ${UPLINKS_LEFT} uplinks`,
      description: `${node(site)} has ${UPLINKS_LEFT} uplinks. Down: ${PEERS_DOWN}. Why: ${REASONS_OF_NODE}.`,
      impact: 'Nothing is unreachable yet. The next fault takes the node off the network.',
      action: `On the node: \`${site.vtysh} -c 'show bgp vrf all summary'\` shows which uplink is down; follow the runbook of FRRBGPPeerDown for it.`,
      dashboard: 'frr-node',
    }),
  ];
}

function ofSessions(site: Thresholds): readonly Alert[] {
  const { carry } = site;
  const neighbor = `\`${site.vtysh} -c 'show bgp vrf {{ $labels.vrf }} neighbors {{ $labels.peer }}'\``;
  return [
    ...(['critical', 'warning'] as const).map((severity) =>
      alert(site, 'FRRBGPPeerDown', {
        expr: `session:frr_bgp_session_state:lost ${severity === 'critical' ? 'and' : 'unless'} on (${KEY}) ${UPLINK}`,
        for: site.peer_down_for,
        severity,
        summary: 'A BGP session that was up is down.',
        title:
          severity === 'critical'
            ? `${node(site)} → ${PEER_NAME} down, ${UPLINKS_LEFT} left`
            : `${node(site)} → ${PEER_NAME} down`,
        description: `${node(site)} has lost its BGP session with ${SESSION_NAME}. Why: ${RESET_REASON}.`,
        since: SINCE.session,
        impact:
          severity === 'critical'
            ? `Uplinks left: ${UPLINKS_LEFT}. The node's addresses stay reachable over those that are left; the next fault may take it off the network.`
            : 'What only this peer announced is unreachable from the node, and what the node announced only to this peer is unreachable from there.',
        action: `On the node: \`ip -br link\` (is the link up?), then ${neighbor} and look at "Last reset".`,
        dashboard: 'frr-session',
      }),
    ),
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
      title: `${node(site)} → ${PEER_NAME} never came up`,
      description: `The session of ${node(site)} with ${SESSION_NAME} has never been up. Why: ${RESET_REASON}.`,
      impact: 'The node lacks a path that its configuration expects. Nothing that worked before is broken.',
      action: `Compare both sides: addresses, AS numbers, password, TTL security, address families. ${neighbor} on the node, the same on the router.`,
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
      title: `${node(site)} → ${PEER_NAME} does not take messages`,
      description: `${node(site)} has had messages queued for ${SESSION_NAME} all the time, {{ $value }} now.`,
      impact:
        'The peer does not know what this node announces now: new or moved addresses are not reachable through it.',
      action: `On the node: \`${site.vtysh} -c 'show bgp vrf all summary'\` (OutQ) and \`ss -tnpo 'sport = :179 or dport = :179'\` (Send-Q). A full Send-Q: the peer does not read, or the path drops large packets (MTU).`,
      dashboard: 'frr-session',
    }),
    alert(site, 'FRRGracefulRestart', {
      expr: `last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1`,
      severity: 'info',
      summary: 'A BGP session is in graceful restart.',
      title: `${node(site)} → ${PEER_NAME} in graceful restart`,
      description: `The session of ${node(site)} with ${SESSION_NAME} is in graceful restart.`,
      impact: 'Traffic uses the routes known before, until the restart timer ends.',
      action: 'None, if the restart was intended. If the session is not back in time, FRRBGPPeerDown fires.',
      dashboard: 'frr-session',
    }),
  ];
}

function flapping(site: Thresholds): readonly Rule[] {
  const { flapping_window: window } = site;
  const drops = 'session:frr_bgp_session_dropped:count';
  const counted = promql`
    (
      count_over_time(session:frr_bgp_session_dropped:seen[${window}])
      and on (${KEY}) session:frr_bgp_session_up:wanted
    )
  `;
  const texts = {
    summary: 'A BGP session goes down again and again.',
    title: `${node(site)} → ${PEER_NAME} flapping: {{ $value }} drops in ${window}`,
    description: `The session of ${node(site)} with ${SESSION_NAME} dropped {{ $value }} times in ${window}. Last reason: ${RESET_REASON}.`,
    impact:
      'Routes are withdrawn and learned again with every drop: short losses for everything that goes over this session, and work for every router behind it.',
    action:
      'Look at the last reasons on the session dashboard. BFD or hold timer: a bad cable, optics or an overloaded CPU. Notifications: what the other side says in them. Shut the session on purpose if it does harm.',
    dashboard: 'frr-session',
  } as const;
  return [
    {
      // Drops within the window, with the router, to inhibit by.
      record: drops,
      expr: promql`
        ${counted} * on (${KEY}) group_left (remote_router_id) session:frr_bgp_session_info:last
        or on (${KEY}) ${counted}
      `,
    },
    {
      record: 'remote_router:frr_bgp_session_dropped:flapping',
      expr: promql`
        count by (cluster, remote_router_id) (
          count by (cluster, instance, remote_router_id) (
            ${drops}{remote_router_id!=""} >= ${site.uplink_flapping_drops} and on (${KEY}) ${UPLINK}
          )
        ) >= ${site.remote_router_down_nodes}
      `,
    },
    alert(site, 'FRRRemoteRouterFlapping', {
      expr: 'remote_router:frr_bgp_session_dropped:flapping',
      severity: 'critical',
      summary: 'The BGP sessions of several nodes with the same router go down again and again.',
      title: `${REMOTE_ROUTER_NAME} flapping on {{ $value }} of ${NODES_WITH_REMOTE_ROUTER} nodes`,
      description: `The sessions of {{ $value }} nodes with router {{ $labels.remote_router_id }} dropped ${site.uplink_flapping_drops} times or more in ${window}.`,
      impact:
        'Routes of these nodes are withdrawn and learned again with every drop: short losses for everything that goes over this router.',
      action:
        'Look at the router: does it restart, is its CPU overloaded, is a line card failing? Have the network team take it out of service if it does harm.',
      dashboard: 'frr-fleet',
      fleetWide: true,
    }),
    alert(site, 'FRRBGPPeerFlapping', {
      expr: `${drops} >= ${site.uplink_flapping_drops} and on (${KEY}) ${UPLINK}`,
      severity: 'critical',
      ...texts,
    }),
    alert(site, 'FRRBGPPeerFlapping', {
      expr: `${drops} >= ${site.flapping_drops} unless on (${KEY}) ${UPLINK}`,
      severity: 'warning',
      ...texts,
    }),
  ];
}
