/** BGP sessions: which are wanted, which are uplinks, which are lost, and on how many nodes. */
import { durationSeconds } from '../duration.ts';
import { promql, type Recording, type RuleFile } from '../rule.ts';
import { storm, stormRouters } from '../storm.ts';
import type { Thresholds } from '../thresholds.ts';
import { sessionAlerts } from './session-alerts.ts';
import { CUT_OFF, CUT_OFF_ROUTERS, DESCRIBING, INFO, KEY, NO_MAINTENANCE, NODE } from './session-series.ts';

/** What FRR reports of a peer whose router ID it does not know: a regular expression as it is written in PromQL. */
const NO_ROUTER_ID = '|0\\\\.0\\\\.0\\\\.0';

export function sessions(site: Thresholds): RuleFile {
  return {
    topic: 'sessions',
    groups: [
      {
        name: 'frr-sessions',
        interval: site.evaluation_interval,
        rules: [
          ...infos(site),
          ...uplinks(site),
          ...drops(site),
          ...losses(site),
          ...countsOfNodes(site),
          ...countsOfRouters(site),
          ...countsOfReasons(),
          ...sessionAlerts(site),
        ],
      },
    ],
  };
}

/** What FRR reports seldom, carried on while the session is known: it comes from a slower command than the state. */
function infos({ carry }: Thresholds): readonly Recording[] {
  const known = `on (${KEY}) last_over_time(frr_bgp_session_up[${carry}])`;
  return [
    {
      // Who the peer was when FRR last knew: it forgets the router ID as soon as it tries to connect again.
      record: 'session:frr_bgp_session_remote_router:last',
      expr: promql`
        group by (${KEY}, remote_router_id) (frr_bgp_session_info{remote_router_id!~"${NO_ROUTER_ID}"})
        or on (${KEY}) (
          session:frr_bgp_session_remote_router:last
          and ${known}
        )
      `,
    },
    {
      record: 'session:frr_bgp_session_info:last',
      expr: promql`
        frr_bgp_session_info * on (${KEY}) group_left (remote_router_id) session:frr_bgp_session_remote_router:last
        or on (${KEY}) frr_bgp_session_info
        or on (${KEY}) (
          session:frr_bgp_session_info:last
          and ${known}
        )
      `,
    },
    {
      record: 'session:frr_bgp_session_last_reset_info:last',
      expr: promql`
        frr_bgp_session_last_reset_info
        or on (${KEY}) (
          session:frr_bgp_session_last_reset_info:last
          and ${known}
        )
      `,
    },
    {
      // Why each session is down in words: the cause, or FRR's words from an exporter that determines none.
      record: 'session:frr_bgp_session_down_cause:why',
      expr: promql`
        group by (${KEY}, why) (label_replace(frr_bgp_session_down_cause, "why", "$1", "text", "(.+)"))
        or on (${KEY}) group by (${KEY}, why) (
          label_replace(
            label_join(session:frr_bgp_session_last_reset_info:last, "why", ": ", "reason", "notification"),
            "why", "$1", "why", "(.+): "
          )
        )
      `,
    },
  ];
}

/** Which sessions carry a node's traffic to the fabric. */
function uplinks(site: Thresholds): readonly Recording[] {
  const info = 'session:frr_bgp_session_info:last';
  const matchers = [
    ['peer_group', site.uplink_peer_group],
    ['description', site.uplink_description],
    ['interface', site.uplink_interface],
    // An unnumbered session is called by its interface.
    ['peer', site.uplink_interface],
  ].filter(([, regexp]) => regexp !== '');
  const matching = matchers.map(([label, regexp]) => `${info}{${label}=~"${regexp}"}`);
  return [
    {
      record: 'session:frr_bgp_session_uplink:matched',
      // Without any setting, what matches nothing. With the labels of the scrape, by which dashboards choose.
      expr: `group without (${DESCRIBING}) (${matching.length === 0 ? `${info}{peer=""}` : matching.join(' or ')})`,
    },
    {
      // In a cluster where the settings match none: every eBGP session of the default VRF that brings routes to a node with a
      // default route. Remembered while the session is known, because one that is down brings nothing.
      record: 'session:frr_bgp_session_uplink:known',
      expr: promql`
        session:frr_bgp_session_uplink:matched
        or on (${KEY}) (
          group without (${DESCRIBING}) (
            ${info}{vrf="default"}
            unless on (${KEY}, remote_as) label_replace(${info}{vrf="default"}, "remote_as", "$1", "local_as", "(.+)")
          )
          and on (${KEY}) (
            (last_over_time(frr_bgp_prefixes_received{safi="unicast"}[${site.carry}]) > 0)
            or session:frr_bgp_session_uplink:known
          )
          and on (${NODE}) (
            (last_over_time(frr_default_route_installed{vrf="default"}[${site.carry}]) == 1)
            or session:frr_bgp_session_uplink:known
          )
          unless on (cluster) session:frr_bgp_session_uplink:matched
        )
      `,
    },
  ];
}

/**
 * When sessions went down. Before {@link losses}, so that what is recorded there is what was known an evaluation ago.
 *
 * FRR counts every end of an established session. When a cable is back, it may count one more: a session that comes up before
 * its BFD does is reset and established again, all within a second. The session was not up before, so this is no other drop.
 */
function drops({ carry }: Thresholds): readonly Recording[] {
  const counted = `last_over_time(frr_bgp_session_dropped_total[${carry}])`;
  return [
    {
      // At the evaluation that sees a drop, not on purpose, of a session that was up at the one before.
      record: 'session:frr_bgp_session_dropped:seen',
      expr: promql`
        ${counted} > session:frr_bgp_session_dropped:last
        and on (${KEY}) (session:frr_bgp_session_up:wanted == 1)
        and on (${KEY}) (last_over_time(frr_bgp_session_admin_up[${carry}]) == 1)
      `,
    },
    {
      record: 'session:frr_bgp_session_dropped:last',
      expr: counted,
    },
  ];
}

/** Which sessions should be up, which of them are not, and which of those are a fault. */
function losses(site: Thresholds): readonly Recording[] {
  const { carry, start_grace: grace } = site;
  const up = `up{job="${site.job}"}`;
  /** Missed scrapes that are a reboot and no hiccup. */
  const missed = Math.max(2, Math.ceil(30 / (durationSeconds(site.scrape_interval) ?? 1)));
  const down = `(last_over_time(frr_bgp_session_state[${carry}]) and (session:frr_bgp_session_up:wanted == 0))`;
  return [
    {
      // Wanted: not shut on purpose, and the node is not under maintenance. 1 up, 0 down.
      record: 'session:frr_bgp_session_up:wanted',
      expr: promql`
        last_over_time(frr_bgp_session_up[${carry}])
        and (last_over_time(frr_bgp_session_admin_up[${carry}]) == 1)
        ${NO_MAINTENANCE}
      `,
    },
    {
      // The state of the session's FSM; no sample while the session is up.
      record: 'session:frr_bgp_session_state:wanted_down',
      expr: promql`
        (${down} * on (${KEY}) group_left (${INFO}) session:frr_bgp_session_info:last)
        or on (${KEY}) ${down}
      `,
    },
    {
      // bgpd or the node started a moment ago, so that its sessions may still come up.
      record: 'instance:frr_bgp_start:recent',
      expr: promql`
        group by (${NODE}) (increase(frr_daemon_restarts_total{daemon="bgpd"}[${grace}]) > 0)
        or group by (${NODE}) (resets(frr_bgp_session_established_total[${grace}]) > 0)
        or group by (${NODE}) (count_over_time(${up}[${grace}]) - sum_over_time(${up}[${grace}]) >= ${missed})
      `,
    },
    {
      // Down now, up before (since bgpd started, or as far as we remember), not in graceful restart, and no start of bgpd.
      record: 'session:frr_bgp_session_state:lost',
      expr: promql`
        session:frr_bgp_session_state:wanted_down
        and on (${KEY}) (
          (last_over_time(frr_bgp_session_established_total[${carry}]) > 0)
          or session:frr_bgp_session_up:seen
        )
        unless on (${KEY}) (last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1)
        unless on (${NODE}) instance:frr_bgp_start:recent
        unless on (${NODE}) (last_over_time(frr_daemon_up{daemon="bgpd"}[${carry}]) == 0)
      `,
    },
    {
      record: 'session:frr_bgp_session_lost:since_timestamp_seconds',
      expr: promql`
        session:frr_bgp_session_lost:since_timestamp_seconds and on (${KEY}) session:frr_bgp_session_state:lost
        or on (${KEY}) session:frr_bgp_session_state:lost * 0 + time()
      `,
    },
  ];
}

function countsOfNodes({ carry }: Thresholds): readonly Recording[] {
  const ofUplinks = `session:frr_bgp_session_up:wanted and on (${KEY}) session:frr_bgp_session_uplink:known`;
  return [
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
        count without (vrf, peer) (${ofUplinks})
        or 0 * instance:frr_bgp_sessions_wanted:count
      `,
    },
    {
      record: 'instance:frr_bgp_uplinks_up:count',
      expr: promql`
        sum without (vrf, peer) (${ofUplinks})
        or 0 * instance:frr_bgp_sessions_wanted:count
      `,
    },
    {
      // Since when the node has no uplink left; one in graceful restart still carries traffic.
      record: 'instance:frr_bgp_uplinks_lost:since_timestamp_seconds',
      expr: promql`
        max without (vrf, peer, ${INFO}) (
          session:frr_bgp_session_lost:since_timestamp_seconds and on (${KEY}) session:frr_bgp_session_uplink:known
        )
        and (instance:frr_bgp_uplinks_up:count == 0)
        unless on (${NODE}) (
          last_over_time(frr_bgp_session_graceful_restart_active[${carry}]) == 1
          and on (${KEY}) session:frr_bgp_session_uplink:known
        )
      `,
    },
  ];
}

function countsOfRouters(site: Thresholds): readonly Recording[] {
  const lost = `session:frr_bgp_session_state:lost{remote_router_id!~"${NO_ROUTER_ID}"}`;
  const ofNodes = `count without (vrf, peer, peer_group, remote_as, interface) (${lost})`;
  return [
    {
      record: 'node_remote_router:frr_bgp_sessions_lost:count',
      expr: ofNodes,
    },
    {
      record: 'remote_router:frr_bgp_nodes_lost:count',
      expr: promql`
        count by (cluster, remote_router_id, remote_as) (
          count by (cluster, instance, remote_router_id, remote_as) (${lost})
        )
      `,
    },
    {
      record: 'remote_router:frr_bgp_nodes_lost:since_timestamp_seconds',
      expr: promql`
        min by (cluster, remote_router_id, remote_as) (
          session:frr_bgp_session_lost:since_timestamp_seconds{remote_router_id!~"${NO_ROUTER_ID}"}
        )
      `,
    },
    {
      // Lost by so many nodes that it is the router's fault, and by the first of them for longer than a blip.
      record: 'remote_router:frr_bgp_nodes_lost:many',
      expr: promql`
        remote_router:frr_bgp_nodes_lost:count >= ${site.remote_router_down_nodes}
        and (remote_router:frr_bgp_nodes_lost:since_timestamp_seconds <= time() - ${durationSeconds(site.peer_down_for) ?? 0})
      `,
    },
    {
      record: 'remote_router:frr_bgp_nodes:count',
      expr: promql`
        count by (cluster, remote_router_id) (
          group by (cluster, instance, remote_router_id) (session:frr_bgp_session_info:last{remote_router_id!~"${NO_ROUTER_ID}"})
        )
      `,
    },
    {
      record: 'remote_router_description:frr_bgp_session_info:count',
      expr: promql`
        count by (cluster, remote_router_id, description) (
          session:frr_bgp_session_info:last{remote_router_id!~"${NO_ROUTER_ID}", description!=""}
        )
      `,
    },
    ...storm(site, {
      since: 'instance:frr_bgp_uplinks_lost:since_timestamp_seconds',
      recent: 'instance:frr_bgp_uplinks_lost:recent_timestamp_seconds',
      record: CUT_OFF,
      wait: site.all_uplinks_down_for,
    }),
    stormRouters(CUT_OFF, CUT_OFF_ROUTERS),
  ];
}

/** How many lost sessions have which reason, for texts. */
function countsOfReasons(): readonly Recording[] {
  return [
    {
      record: 'session_reason:frr_bgp_session_state:lost',
      expr: promql`
        session:frr_bgp_session_state:lost
        * on (${KEY}) group_left (why) session:frr_bgp_session_down_cause:why
        or on (${KEY}) session:frr_bgp_session_state:lost
      `,
    },
    {
      record: 'instance_reason:frr_bgp_sessions_lost:count',
      expr: 'count by (cluster, instance, why) (session_reason:frr_bgp_session_state:lost)',
    },
    {
      record: 'remote_router_reason:frr_bgp_sessions_lost:count',
      expr: promql`
        count by (cluster, remote_router_id, why) (
          session_reason:frr_bgp_session_state:lost{remote_router_id!~"${NO_ROUTER_ID}"}
        )
      `,
    },
    {
      record: 'cluster_reason:frr_bgp_sessions_lost:count',
      expr: 'sum by (cluster, why) (instance_reason:frr_bgp_sessions_lost:count)',
    },
  ];
}
