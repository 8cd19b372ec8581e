/**
 * What witnesses receive, compared with what the nodes announce: whether the fabric accepts it. Without a witness in a cluster
 * (docs/witness.md) there is no alert and hardly a series. A witness that is down or lags is ignored, and with several, an alert
 * needs all of them to agree.
 */
import { alert } from '../alert.ts';
import { durationSeconds } from '../duration.ts';
import { type Alert, promql, type Recording, type RuleFile } from '../rule.ts';
import { node, nodesOfAddress, nodesThatHad, ROUTERS_WITHOUT_ROUTE, WITNESS_FAULT } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { DAY, KEY, NO_MAINTENANCE, NODE } from './session-series.ts';

const HEALTHY = 'instance:frr_witness:healthy';
const SEEN = 'instance:frr_witness:last_timestamp_seconds';
const SINCE = 'host_route:frr_host_route_announced:since_timestamp_seconds';
const SETTLED = 'host_route:frr_host_route_announced:settled';
const WITNESSED = 'node_remote_router:frr_bgp_session:witnessed';
const EVER = 'host_route:frr_host_route_advertised:last_timestamp_seconds';
const RECEIVED = 'address:frr_received_route_paths:sum';
const ACCEPTED = 'host_route:frr_host_route:received';
/** VPN and EVPN routes, by the label `safi` and the name in the metrics of host routes. */
const OF_TENANTS = ['vpn', 'evpn'] as const;

export function witness(site: Thresholds): RuleFile {
  return {
    topic: 'witness',
    groups: [
      {
        name: 'frr-witness',
        interval: site.detail_interval,
        rules: [...witnesses(site), ...routes(site), ...ofNodes(site)],
      },
      {
        // Apart, so that neither takes long where there are many addresses.
        name: 'frr-witness-fabric',
        interval: site.detail_interval,
        rules: ofFabric(site),
      },
    ],
  };
}

/** Which witnesses there are, and which of them count. */
function witnesses(site: Thresholds): readonly Recording[] {
  const { carry } = site;
  const collector = 'collector="received-routes"';
  const lag = durationSeconds(site.witness_lag) ?? 0;
  return [
    {
      // When a witness was last seen, for a day.
      record: SEEN,
      expr: promql`
        group by (${NODE}, ${site.node_label}) (frr_received_paths) * 0 + time()
        or (${SEEN} > time() - ${DAY})
      `,
    },
    {
      // Witnesses that have read their whole tables lately.
      record: HEALTHY,
      expr: promql`
        group by (${NODE}) (
          time() - frr_collector_last_success_timestamp_seconds{${collector}} < ${lag}
        )
        and on (${NODE}) (min by (${NODE}) (max_over_time(frr_received_routes_complete[${site.witness_lag}])) == 1)
        unless on (${NODE}) instance:frr_bgp_start:recent
        ${NO_MAINTENANCE}
      `,
    },
    {
      // How old the oldest view of these is.
      record: 'cluster:frr_witness_read:min_timestamp_seconds',
      expr: promql`
        min by (cluster) (
          last_over_time(frr_collector_last_success_timestamp_seconds{${collector}}[${carry}])
          and on (${NODE}) ${HEALTHY}
        )
      `,
    },
    {
      // The routers whose routes these receive, also one that sends none any more.
      record: 'remote_router:frr_witness_session:up',
      expr: promql`
        group by (cluster, remote_router_id, afi) (
          (
            max_over_time(frr_bgp_prefixes_received{safi="unicast"}[1h]) > 0
            and on (${NODE}) ${HEALTHY}
            and on (${KEY}) (session:frr_bgp_session_up:wanted == 1)
          )
          * on (${KEY}) group_left (remote_router_id) session:frr_bgp_session_info:last
        )
      `,
    },
  ];
}

/** What nodes announce, and what is received of it. */
function routes(site: Thresholds): readonly Recording[] {
  const settled = durationSeconds(site.witness_announced) ?? 0;
  return [
    {
      // Since when a node announces an address, where there is a witness.
      record: SINCE,
      expr: promql`
        (${SINCE} and (frr_host_route_advertised_peers > 0))
        or (frr_host_route_advertised_peers > 0 and on (cluster) ${HEALTHY}) * 0 + time()
      `,
    },
    {
      // Those that every witness has had the time to receive, as VPN or EVPN routes only where one reads these.
      record: SETTLED,
      expr: promql`
        ${SINCE} < on (cluster) group_left () (cluster:frr_witness_read:min_timestamp_seconds - ${settled})
        unless on (${NODE}) instance:frr_node:silent
        ${OF_TENANTS.map(
          (safi) =>
            `unless (frr_host_route_${safi}_advertised_peers > 0 unless on (cluster) (frr_received_paths{safi="${safi}"} and on (${NODE}) ${HEALTHY}))`,
        ).join('\n        ')}
      `,
    },
    {
      // The paths to an address that any witness receives.
      record: RECEIVED,
      expr: promql`
        sum by (cluster, afi, address) (frr_received_route_paths and on (${NODE}) ${HEALTHY})
      `,
    },
    {
      // Whether any witness receives an address that is announced.
      record: ACCEPTED,
      expr: promql`
        (${SETTLED} and on (cluster, address) ${RECEIVED}) * 0 + 1
        or (${SETTLED} and on (cluster, afi) ${RECEIVED}) * 0
      `,
    },
    {
      // The routers of a node that witnesses have sessions with.
      record: WITNESSED,
      expr: promql`
        group by (${NODE}, remote_router_id, description, afi) (
          (
            last_over_time(frr_bgp_prefixes_advertised{safi="unicast"}[${site.carry}]) > 0
            and on (${KEY}) (session:frr_bgp_session_up:wanted == 1)
          )
          * on (${KEY}) group_left (remote_router_id, description) session:frr_bgp_session_info:last
        )
        and on (cluster, remote_router_id, afi) remote_router:frr_witness_session:up
      `,
    },
    {
      // The routers of nodes from which an address is received.
      record: 'address_remote_router:frr_received_route:known',
      expr: promql`
        group by (cluster, address, remote_router_id) (
          (frr_received_route_paths and on (${NODE}) ${HEALTHY})
          * on (${KEY}) group_left (remote_router_id) session:frr_bgp_session_info:last
        )
        and on (cluster, remote_router_id) ${WITNESSED}
      `,
    },
  ];
}

/** What nodes announce and witnesses do not receive, and witnesses that do not count. */
function ofNodes(site: Thresholds): readonly Alert[] {
  return [
    alert(site, 'FRRHostRouteNotReceived', {
      expr: `${ACCEPTED} == 0`,
      for: site.witness_not_received_for,
      severity: 'critical',
      folded: true,
      summary: 'A host address is announced, but no witness receives it.',
      title: `${node(site)} announces {{ $labels.address }}, fabric drops it`,
      description: `${node(site)} announces {{ $labels.address }}, but no witness receives it. Suspected: ${ROUTERS_WITHOUT_ROUTE}.`,
      impact: 'Nobody beyond the routers of the node can reach {{ $labels.address }}.',
      action:
        'On the suspected routers: the inbound policy and the prefix limit of the session with the node, and the outbound policy toward the witness. On the node: `show bgp {{ $labels.afi }} unicast {{ $labels.address }}` lists the peers that FRR has advertised it to.',
      dashboard: 'frr-openstack',
    }),
    alert(site, 'FRRHostRouteDroppedByRouter', {
      expr: promql`
        (
          (
            ${SETTLED}
            and (frr_host_route_advertised_peers >= on (${NODE}) group_left () instance:frr_bgp_uplinks_up:count)
            unless (${OF_TENANTS.map((safi) => `frr_host_route_${safi}_advertised_peers > 0`).join(' or ')})
          ) * 0
          + on (${NODE}, afi) group_left () count by (${NODE}, afi) (${WITNESSED})
        )
        > on (cluster, address) group_left () count by (cluster, address) (address_remote_router:frr_received_route:known)
      `,
      for: site.witness_not_received_for,
      severity: 'warning',
      summary: 'A host address is announced to several routers, but not received from all of them.',
      title: `{{ $labels.address }} of ${node(site)} is dropped by a router`,
      description: `${node(site)} announces {{ $labels.address }} to all of its uplinks, but the witness does not receive it from ${ROUTERS_WITHOUT_ROUTE}.`,
      impact: '{{ $labels.address }} can be reached over the other routers only.',
      action:
        'On this router: the inbound policy and the prefix limit of the session with the node. Does it accept the address and prefer another route?',
      dashboard: 'frr-openstack',
    }),
    alert(site, 'FRRWitnessIgnored', {
      expr: `${SEEN} unless on (${NODE}) ${HEALTHY}`,
      for: site.witness_ignored_for,
      severity: 'warning',
      summary: 'A witness is down or lags, and is ignored.',
      title: `witness ${node(site)} is ignored`,
      description: `The witness ${node(site)} is ignored: ${WITNESS_FAULT}.`,
      impact:
        'Without another witness in the cluster, nobody checks that the fabric accepts what the nodes announce.',
      action:
        'On the witness: `frr-exporter doctor` and the log of the exporter; `show bgp vrf all summary` for its sessions. If it is out of use for good, this alert ends a day after it was last seen.',
      dashboard: 'frr-exporter',
    }),
  ];
}

/** What witnesses receive and nodes do not announce, or several do. */
function ofFabric(site: Thresholds): readonly Alert[] {
  const { carry } = site;
  const agreed = (perWitness: string): string =>
    `count by (cluster, address) (${perWitness} and on (${NODE}) ${HEALTHY}) == on (cluster) group_left () count by (cluster) (${HEALTHY})`;
  const anycast = 'address:frr_address_listed:info{kind="anycast"}';
  const hostRoutesFail = `last_over_time(frr_collector_up{collector="host-routes"}[${carry}]) == 0`;
  const bgpdDead = `last_over_time(frr_daemon_up{daemon="bgpd"}[${carry}]) == 0`;
  return [
    alert(site, 'FRRHostRouteGhost', {
      expr: promql`
        ${agreed('group by (cluster, job, instance, address) (frr_received_route_paths)')}
        and on (cluster, address) (${EVER} and on (${NODE}) (up{job="${site.job}"} == 1))
        unless on (cluster, address) (frr_host_route_advertised_peers > 0)
        unless on (cluster, address) (
          ${EVER}
          and on (${NODE}) (
            up{job="${site.job}"} == 0
            or (${hostRoutesFail} unless on (${NODE}) (${bgpdDead}))
          )
        )
      `,
      for: site.witness_ghost_for,
      severity: 'warning',
      summary: 'A host address is in the fabric, but no node announces it any more.',
      title: '{{ $labels.address }} is in the fabric, but on no node',
      description: `The witness receives {{ $labels.address }}, but no node announces it any more. ${nodesThatHad(site)} did so within the last day.`,
      impact:
        'Traffic to {{ $labels.address }} is sent to where nobody answers, even after the address has come up elsewhere.',
      action:
        'On the router that the route comes from: is it stale (graceful restart), static, or learned from a node that is not monitored? `frr_received_route_info` has its origin and next hop.',
      dashboard: 'frr-openstack',
      fleetWide: true,
    }),
    alert(site, 'FRRHostRouteTwoOrigins', {
      expr: promql`
        ${agreed('group by (cluster, job, instance, address) (frr_received_route_origins)')}
        unless on (address) ${anycast}
      `,
      for: site.address_duplicated_for,
      severity: 'warning',
      summary: 'A host address is received from several origins.',
      title: '{{ $labels.address }} is received from several origins',
      description: `The witness receives {{ $labels.address }} from several origins. It is announced by ${nodesOfAddress(site)}.`,
      impact: 'Its traffic is split between them, so part of it goes to the wrong one.',
      action:
        'On the witness: `show bgp ipv4 unicast {{ $labels.address }}` shows the AS path of each. If it is meant to be anycast, list it in addresses_file.',
      dashboard: 'frr-openstack',
      fleetWide: true,
    }),
    alert(site, 'FRRAddressMoved', {
      expr: promql`
        group by (cluster, address) (
          ${SINCE} > time() - 300
          and on (cluster, address) (
            ${EVER} > time() - 600
            unless ${SINCE}
          )
        )
        and on (cluster, address) ${RECEIVED}
      `,
      severity: 'info',
      summary: 'An address has moved to another node.',
      title: '{{ $labels.address }} has moved',
      description: `{{ $labels.address }} has moved to ${nodesOfAddress(site)}, and a witness receives it.`,
      impact: 'None: the fabric follows.',
      action: 'None.',
      dashboard: 'frr-openstack',
      fleetWide: true,
    }),
  ];
}
