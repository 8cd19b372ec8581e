/** Node: everything about one FRR (or the few that are chosen). Mostly reads the exporter's own metrics, not recording rules. */
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { firingAlerts, HIDDEN } from './firing.ts';
import { finish, frame, resets } from './frame.ts';
import { addressLinks, runbookLinks, sessionLinksOfChosen } from './links.ts';
import { lines, states, table } from './one-node.ts';
import type { Options } from './options.ts';
import { GREEN_THEN_RED, type Steps, stat } from './panels.ts';
import {
  cause,
  count,
  frrWords,
  HOST_ROUTE,
  hostRouteVerdict,
  milliseconds,
  NODE,
  of,
  over,
  rate,
  rows,
  SESSION,
  sessionState,
} from './promql.ts';
import {
  ANSWERS,
  BFD_STATES,
  DAEMON_STATES,
  DEFAULT_ROUTE,
  HOST_ROUTE_VERDICT,
  noneOr,
  SESSION_STATES,
  SEVERITIES,
  UP,
  YES_NO,
} from './states.ts';

const INFO = 'frr_bgp_session_info';
const DAEMON = `${NODE}, daemon`;
const PROTOCOL = `${NODE}, vrf, afi, protocol`;
const VNI = `${NODE}, vni, type, tenant_vrf`;
const LIMIT: Steps = ['transparent', [0.7, 'yellow'], [0.85, 'orange'], [1, 'red']];

/** 0 dead, 1 up, 2 hangs. */
const DAEMON_STATE = `${of('frr_daemon_up')} + on (${DAEMON}) 2 * ${of('frr_daemon_hung')}`;
/** How much of its limit a session has used, by its fullest address family. */
export const LIMIT_USED = `${of('frr_bgp_prefixes_received')} / ${of('frr_bgp_prefix_limit')}`;

export function node(options: Options): Dashboard {
  const builder = frame(options, {
    uid: 'frr-node',
    title: 'FRR / Node',
    description:
      'One node: its daemons, its sessions and why they are down, BFD, routes, and what it announces.',
    from: 'now-3h',
    annotations: [resets(of)],
    statusPage: true,
  });
  const uplinks = of('session:frr_bgp_session_uplink:known');

  builder
    .withPanel(
      stat({
        title: 'Sessions down',
        description:
          'Wanted BGP sessions that are not established. Any: the table below says since when and why; shut on purpose does not count.',
        width: 3,
        height: 4,
        queries: [
          {
            expr: count(
              `${of('frr_bgp_session_up')} == 0 and on (${SESSION}) ${of('frr_bgp_session_admin_up')} == 1`,
              of('frr_bgp_session_up'),
            ),
          },
        ],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        title: 'Uplinks',
        description:
          'Uplinks that are established, and how many there are, by the rules. None up: nothing on this node can be reached. One of two: the next fault cuts it off.',
        width: 3,
        height: 4,
        queries: [
          { expr: `sum(${of('frr_bgp_session_up')} and on (${SESSION}) ${uplinks})`, legend: 'up' },
          { expr: `count(${uplinks})`, legend: 'in all', color: 'text' },
        ],
        steps: ['red', [1, 'orange'], [2, 'green']],
      }),
    )
    .withPanel(
      stat({
        title: 'Default route',
        description:
          'Whether zebra has put a default route of the default VRF into the FIB. Missing while sessions are up: the routers send none, or a route map refuses it. An address family that is not used shows as missing.',
        width: 4,
        height: 4,
        queries: [
          {
            expr: `min by (afi) (${of('frr_default_route_installed', 'vrf="default"')})`,
            legend: '{{afi}}',
          },
        ],
        mappings: DEFAULT_ROUTE,
      }),
    )
    .withPanel(
      stat({
        title: 'Announced to nobody',
        description:
          'Host addresses of this node that were sent to no peer. Any: see the list of host addresses below; its route map or its sessions are the reason.',
        width: 4,
        height: 4,
        queries: [{ expr: `sum(${of('frr_host_routes_unadvertised')})` }],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        title: 'Daemons down',
        description:
          'FRR daemons that do not answer. Any: see the daemons over time; watchfrr restarts a dead one.',
        width: 3,
        height: 4,
        queries: [{ expr: count(`${of('frr_daemon_up')} == 0`, of('frr_daemon_up')) }],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        title: 'FRR version',
        description: 'What runs on the node. Nodes of one role should not differ for long.',
        width: 3,
        height: 4,
        queries: [{ expr: `count by (version) (${of('frr_info')})`, legend: '{{version}}' }],
        showName: 'alone',
      }),
    )
    .withPanel(
      stat({
        title: 'Age of the oldest data',
        description:
          'How long ago the slowest collector last got an answer from FRR. Over a minute: FRR hangs or is dead, and the panels below show old data; see the collectors at the bottom.',
        width: 4,
        height: 4,
        unit: 's',
        queries: [{ expr: `time() - min(${of('frr_collector_last_success_timestamp_seconds')})` }],
        steps: ['green', [90, 'orange'], [300, 'red']],
      }),
    )
    .withPanel(
      table({
        title: 'BGP sessions',
        description:
          'Every session, what is wrong first. "Cause" is why a session is down now (docs/causes.md); "FRR says" is what FRR reports of the last reset, also of a session that is up again, and often a consequence. "Limit used" is of the fullest address family; at 100 % FRR stops the session. Click a peer for its history.',
        width: 24,
        height: 9,
        queries: [
          rows(SESSION, sessionState(of)),
          milliseconds(rows(SESSION, of('frr_bgp_session_established_timestamp_seconds'))),
          rows(`${SESSION}, description, remote_hostname, remote_as`, of(INFO)),
          milliseconds(rows(SESSION, of('frr_bgp_session_last_reset_timestamp_seconds'))),
          frrWords(SESSION, of('frr_bgp_session_last_reset_info')),
          `sum by (${SESSION}) (${of('frr_bgp_prefixes_received')})`,
          `sum by (${SESSION}) (${of('frr_bgp_prefixes_advertised')})`,
          rows(SESSION, LIMIT_USED),
          // Of those that there are now: not of a peer that was removed within the day.
          `sum by (${SESSION}) (increase(${over('frr_bgp_session_dropped_total', '1d')})) and on (${SESSION}) ${of('frr_bgp_session_up')}`,
          rows(SESSION, of('frr_bgp_session_bfd_enabled')),
          cause(SESSION, of('frr_bgp_session_down_cause')),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'vrf', name: 'VRF', width: 70 },
          { from: 'peer', name: 'Peer', links: sessionLinksOfChosen(), width: 115 },
          { from: 'description', name: 'Description' },
          { from: 'remote_hostname', name: 'Remote router', width: 120 },
          { from: 'remote_as', name: 'Remote AS', width: 95 },
          { from: 0, name: 'State', mappings: SESSION_STATES, colored: true, width: 125 },
          { from: 1, name: 'Up since', unit: 'dateTimeFromNow', width: 105 },
          { from: 3, name: 'Last down', unit: 'dateTimeFromNow', width: 105 },
          { from: 'text', name: 'Cause', width: 200 },
          { from: 'why', name: 'FRR says', width: 175 },
          { from: 5, name: 'Received', unit: 'short', width: 75 },
          { from: 6, name: 'Advertised', unit: 'short', width: 90 },
          { from: 7, name: 'Limit used', unit: 'percentunit', decimals: 0, steps: LIMIT, width: 85 },
          { from: 8, name: 'Drops, 1 d', unit: 'short', decimals: 0, width: 85 },
          { from: 9, name: 'BFD', mappings: YES_NO, width: 50 },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'State',
      }),
    )
    .withPanel(
      states({
        title: 'BGP sessions over time',
        description:
          'The state of each session. Compare with BFD on the right: BFD down a moment before BGP is a link or the remote router; BGP down with BFD up is BGP itself (see "Cause" above).',
        width: 12,
        height: 8,
        queries: [
          { expr: rows('instance, vrf, peer', sessionState(of)), legend: '{{vrf}} {{peer}} {{instance}}' },
        ],
        mappings: SESSION_STATES,
      }),
    )
    .withPanel(
      states({
        title: 'BFD sessions over time',
        description:
          'The state of each BFD session. Down: the path to the peer is dead in one direction or the other, or the peer restarts; the diagnostics on the session dashboard say which.',
        width: 12,
        height: 8,
        queries: [
          {
            expr: rows('instance, vrf, peer, interface', of('frr_bfd_session_state')),
            legend: '{{vrf}} {{peer}} {{interface}} {{instance}}',
          },
        ],
        mappings: BFD_STATES,
      }),
    )
    .withPanel(
      states({
        title: 'FRR daemons over time',
        description:
          'Dead: nobody listens on its socket. Hangs: it takes the connection and gives no answer within the deadline. bgpd dead: all sessions are down. zebra dead: the kernel keeps the routes it has, and learns none.',
        width: 10,
        height: 8,
        queries: [{ expr: rows('instance, daemon', DAEMON_STATE), legend: '{{daemon}} {{instance}}' }],
        mappings: DAEMON_STATES,
      }),
    )
    .withPanel(
      table({
        title: 'Alerts firing on this node',
        description:
          'Firing alerts about the chosen nodes that Alertmanager does not inhibit, critical ones first, then the oldest. Click an alert for its runbook.',
        width: 14,
        height: 8,
        queries: firingAlerts('critical', 'warning', 'info'),
        columns: [
          { from: 'alertname', name: 'Alert', links: runbookLinks(options), width: 235 },
          { from: 1, name: 'Severity', mappings: SEVERITIES, colored: true, width: 75 },
          { from: 0, name: 'Since', unit: 'dateTimeFromNow', width: 115 },
          { from: 'instance', name: 'Node', width: 130 },
          { from: 'vrf', name: 'VRF', width: 65 },
          { from: 'peer', name: 'Peer', links: sessionLinksOfChosen() },
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'about', name: 'About' },
        ],
        hidden: ['cluster', ...HIDDEN],
        sortBy: ['Severity', 'Since'],
        fine: 'No alert is firing on the chosen nodes.',
      }),
    )
    .withRow(new RowBuilder('Routes and addresses'))
    .withPanel(
      lines({
        title: 'RIB against FIB',
        description:
          'Routes that zebra selected (RIB) and those it put into the kernel (FIB). They should run together; a gap that stays is a full or failing FIB, or a next hop that cannot be resolved.',
        width: 12,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          {
            expr: `sum by (instance, vrf, afi) (${of('frr_rib_routes')})`,
            legend: 'RIB {{vrf}} {{afi}} {{instance}}',
          },
          {
            expr: `sum by (instance, vrf, afi) (${of('frr_fib_routes')})`,
            legend: 'FIB {{vrf}} {{afi}} {{instance}}',
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      table({
        title: 'Routes by protocol',
        description:
          'What each protocol gave to the RIB, and how much of it reached the FIB. "Missing" above 0 for longer than a moment: `show ip route` on the node shows which routes are not marked with *.',
        width: 12,
        height: 9,
        queries: [
          rows(PROTOCOL, of('frr_rib_routes')),
          rows(PROTOCOL, of('frr_fib_routes')),
          rows(PROTOCOL, `${of('frr_rib_routes')} - ${of('frr_fib_routes')}`),
          rows(PROTOCOL, of('frr_fib_offloaded_routes')),
          rows(PROTOCOL, of('frr_fib_trapped_routes')),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'vrf', name: 'VRF' },
          { from: 'afi', name: 'Family', width: 70 },
          { from: 'protocol', name: 'Protocol' },
          { from: 0, name: 'RIB', unit: 'short', decimals: 0, width: 70 },
          { from: 1, name: 'FIB', unit: 'short', decimals: 0, width: 70 },
          { from: 2, name: 'Missing', unit: 'short', decimals: 0, steps: ['transparent', [1, 'orange']] },
          { from: 3, name: 'Offloaded', unit: 'short', decimals: 0 },
          { from: 4, name: 'Trapped', unit: 'short', decimals: 0 },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'RIB',
        descending: true,
      }),
    )
    .withPanel(
      table({
        title: 'Host addresses',
        description:
          'The /32 and /128 addresses on the interfaces of the node and of the routes that it redistributes, and whether each is announced. "Not in BGP": redistribution does not pick it up. "In BGP, sent to nobody": an outgoing route map filters it, or no session is up. "No witness receives it": the routers drop it (docs/witness.md). In each case nobody can reach it.',
        width: 12,
        height: 9,
        queries: [
          rows(HOST_ROUTE, hostRouteVerdict(of)),
          rows(HOST_ROUTE, of('frr_host_route_advertised_peers')),
          milliseconds(rows(HOST_ROUTE, of('host_route:frr_host_route_advertised:since_timestamp_seconds'))),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'vrf', name: 'VRF', width: 90 },
          { from: 'interface', name: 'Interface', width: 100 },
          { from: 0, name: 'Verdict', mappings: HOST_ROUTE_VERDICT, colored: true, width: 165 },
          { from: 1, name: 'Peers', unit: 'short', decimals: 0, width: 65 },
          { from: 2, name: 'Announced since', unit: 'dateTimeFromNow', width: 135 },
        ],
        hidden: ['cluster', 'job', 'afi', 'origin'],
        sortBy: 'Verdict',
      }),
    )
    .withPanel(
      table({
        title: 'EVPN VNIs',
        description:
          'VNIs of the node. No remote VTEP: nobody else has the VNI, or no EVPN route came in; tenants on it are alone. Compare with other nodes that carry the tenant.',
        width: 12,
        height: 9,
        queries: [
          rows(`${VNI}, vxlan_interface`, of('frr_evpn_vni_info')),
          rows(VNI, of('frr_evpn_vni_macs')),
          rows(VNI, of('frr_evpn_vni_arp_nd_entries')),
          rows(VNI, of('frr_evpn_vni_remote_vteps')),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'vni', name: 'VNI', width: 80 },
          { from: 'type', name: 'Type', width: 60 },
          { from: 'tenant_vrf', name: 'Tenant VRF' },
          { from: 'vxlan_interface', name: 'Interface' },
          { from: 1, name: 'MACs', unit: 'short', decimals: 0, width: 75 },
          { from: 2, name: 'ARP/ND', unit: 'short', decimals: 0, width: 80 },
          {
            from: 3,
            name: 'Remote VTEPs',
            unit: 'short',
            decimals: 0,
            width: 120,
            steps: ['orange', [1, 'transparent']],
          },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'VNI',
      }),
    )
    .withRow(new RowBuilder('Load'))
    .withPanel(
      lines({
        title: 'BGP messages',
        description:
          'Messages per second with each peer, keepalives included. A burst is a flood of updates or a restarting peer; silence from one peer while the session is up comes before a hold timer that expires.',
        width: 8,
        height: 9,
        unit: 'cps',
        queries: [
          {
            expr: `sum by (instance, vrf, peer) (${rate(of('frr_bgp_session_messages_received_total'))})`,
            legend: 'From {{vrf}} {{peer}} {{instance}}',
          },
          {
            expr: `sum by (instance, vrf, peer) (${rate(of('frr_bgp_session_messages_sent_total'))})`,
            legend: 'To {{vrf}} {{peer}} {{instance}}',
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'BGP queues',
        description:
          'Messages that wait in bgpd. An output queue that never empties is a peer that does not read; an input queue that grows is an overloaded bgpd.',
        width: 8,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          {
            expr: `max by (instance, vrf, peer, direction) (${of('frr_bgp_session_queue_messages')})`,
            legend: '{{direction}} {{vrf}} {{peer}} {{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'BGP tables',
        description:
          'Entries in the BGP table of each VRF and address family: prefixes with all their paths’ nodes. A jump is a peer that announces far more than it did; bgpd’s memory follows.',
        width: 8,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          {
            expr: `max by (instance, vrf, afi, safi) (${of('frr_bgp_rib_entries')})`,
            legend: '{{vrf}} {{afi}} {{safi}} {{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Memory of the daemons',
        description:
          'Memory in use as the allocator of each daemon reports it. Steady growth over days is a leak; a jump goes with a jump in prefixes.',
        width: 8,
        height: 9,
        unit: 'bytes',
        queries: [
          {
            expr: `max by (instance, daemon) (${of('frr_daemon_memory_bytes')})`,
            legend: '{{daemon}} {{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      table({
        title: 'Daemons',
        description:
          'The exporter queries each daemon itself; watchfrr has its own view. They differ for a moment while a daemon restarts; for longer, watchfrr is stuck. Unplanned restarts: look for a core file and the log.',
        width: 8,
        height: 9,
        queries: [
          rows(DAEMON, DAEMON_STATE),
          rows(DAEMON, of('frr_daemon_watchfrr_up')),
          `sum by (${DAEMON}) (increase(${over('frr_daemon_restarts_total', '1d')})) and on (${DAEMON}) ${of('frr_daemon_up')}`,
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'daemon', name: 'Daemon', width: 80 },
          { from: 0, name: 'State', mappings: DAEMON_STATES, colored: true, width: 65 },
          { from: 1, name: 'watchfrr says', mappings: UP, colored: true, width: 110 },
          {
            from: 2,
            name: 'Restarts in 1 d',
            unit: 'short',
            decimals: 0,
            steps: ['transparent', [1, 'orange']],
          },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'State',
      }),
    )
    .withPanel(
      states({
        title: 'Collectors',
        description:
          'Whether the last poll of each collector succeeded. One that fails loses only its own metrics, which become stale after --poll.stale-after; the exporter dashboard has the reason.',
        width: 8,
        height: 9,
        queries: [
          { expr: rows('instance, collector', of('frr_collector_up')), legend: '{{collector}} {{instance}}' },
        ],
        mappings: ANSWERS,
      }),
    );
  return finish(builder, options);
}
