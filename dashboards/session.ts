/** Session: one BGP session (or the few that are chosen), to the bottom of it. */
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { finish, frame, resets } from './frame.ts';
import { nodeLinks } from './links.ts';
import { lines, states, table } from './one-node.ts';
import type { Options } from './options.ts';
import { stat } from './panels.ts';
import {
  FAMILIES,
  FAMILY,
  milliseconds,
  NODE,
  of,
  ofSession,
  rate,
  rows,
  SESSION,
  sessionState,
} from './promql.ts';
import {
  ADMIN,
  BFD_STATES,
  GRACEFUL_RESTART,
  noneOr,
  POLICY,
  PREFIX_LIMIT,
  SESSION_STATES,
  YES_NO,
} from './states.ts';

const BFD = `${NODE}, vrf, peer, local, interface`;
const NAME = '{{vrf}} {{peer}} {{instance}}';
const FAMILY_NAME = '{{vrf}} {{peer}} {{afi}} {{safi}} {{instance}}';

/** BFD identifies a peer by its address, BGP may identify it by its interface: both are matched. */
function byPeerOrInterface(expression: (select: (metric: string) => string) => string): string {
  const byInterface = (metric: string) => of(metric, 'vrf=~"$vrf", interface=~"$peer"');
  return `(${expression(ofSession)} or ${expression(byInterface)})`;
}

const ofBfd = (metric: string) => byPeerOrInterface((select) => select(metric));
const rateOfBfd = (metric: string) => byPeerOrInterface((select) => rate(select(metric)));
const BFD_NAME = '{{peer}} {{interface}} {{instance}}';

/** RFC 5880 section 6.8.4: what the far end may miss, times the slower of what it sends and what we take. */
const DETECTION_TIME = (() => {
  const receive = ofBfd('frr_bfd_session_receive_interval_seconds');
  const remoteTransmit = ofBfd('frr_bfd_session_remote_transmit_interval_seconds');
  return `${ofBfd('frr_bfd_session_remote_detect_multiplier')} * (${receive} >= ${remoteTransmit} or ${remoteTransmit})`;
})();

/** For counters that come with the neighbors, once a minute: a rate over less is a sawtooth. A `$__rate_interval` is four of these. */
const OVER_5_MINUTES = '75s';

const dropped = (range: string) => `${ofSession('frr_bgp_session_dropped_total')}[${range}]`;

export function session(options: Options): Dashboard {
  const builder = frame(options, {
    uid: 'frr-session',
    title: 'FRR / Session',
    description:
      'One BGP session: its state and why it went down, its prefixes against the day and the limit, timers, BFD.',
    from: 'now-6h',
    variables: [
      {
        name: 'vrf',
        label: 'VRF',
        description: 'VRF of the session',
        query:
          'label_values(frr_bgp_session_state{cluster=~"$cluster", job=~"$job", instance=~"$instance"}, vrf)',
        all: '.+',
      },
      {
        name: 'peer',
        label: 'Peer',
        description: 'Neighbor as in FRR’s configuration: an address or an interface',
        query:
          'label_values(frr_bgp_session_state{cluster=~"$cluster", job=~"$job", instance=~"$instance", vrf=~"$vrf"}, peer)',
        all: '.+',
      },
    ],
    annotations: [resets(ofSession)],
    statusPage: true,
  });
  const small = { width: 3, height: 4 } as const;

  builder
    .withPanel(
      stat({
        ...small,
        title: 'State',
        description:
          'The state of the session now. Idle or Active: see the cause next to it. Connect: no TCP connection comes about, so look at reachability and TCP port 179 first.',
        queries: [{ expr: rows('instance, vrf, peer', sessionState(ofSession)), legend: '{{peer}}' }],
        mappings: SESSION_STATES,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Established since',
        description:
          'When the session came up. Empty while it is down. Recent although nobody touched it: see the drops.',
        unit: 'dateTimeFromNow',
        queries: [
          {
            expr: milliseconds(ofSession('frr_bgp_session_established_timestamp_seconds')),
            legend: '{{peer}}',
          },
        ],
        fine: 'Not established now.',
      }),
    )
    .withPanel(
      stat({
        width: 6,
        height: 4,
        title: 'Why it went down last',
        description:
          'While the session is down its cause (docs/causes.md), and what FRR says about the last reset, with the notification if one was sent or received. FRR’s words are often a consequence: "Waiting for NHT" is a next hop that is gone, whatever took it away.',
        queries: [
          { expr: `max by (text) (${ofSession('frr_bgp_session_down_cause')})`, legend: '{{text}}' },
          {
            expr: `max by (reason, notification) (${ofSession('frr_bgp_session_last_reset_info')})`,
            legend: '{{reason}} {{notification}}',
          },
        ],
        showName: 'alone',
        fine: 'It was never reset.',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Last down',
        description:
          'When the session went down the last time, as FRR remembers; a restart of bgpd counts as one. Compare with what else happened then.',
        unit: 'dateTimeFromNow',
        queries: [
          {
            expr: milliseconds(ofSession('frr_bgp_session_last_reset_timestamp_seconds')),
            legend: '{{peer}}',
          },
        ],
        fine: 'It was never reset.',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Drops in a day',
        description:
          'How often the session went down in the last 24 hours, counted by FRR. Three or more: a flapping link, or BFD intervals too short for the path.',
        queries: [{ expr: `round(sum(increase(${dropped('1d')})))` }],
        steps: ['green', [1, 'orange'], [3, 'red']],
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Prefix limit used',
        description:
          'Prefixes received, of what maximum-prefix allows, in the fullest address family. At 100 % FRR tears the session down; ask what the peer announces before you raise the limit.',
        unit: 'percentunit',
        queries: [
          {
            expr: `max(${ofSession('frr_bgp_prefixes_received')} / on (${FAMILY}) ${ofSession('frr_bgp_prefix_limit')})`,
          },
        ],
        steps: ['green', [0.7, 'yellow'], [0.85, 'orange'], [1, 'red']],
        fine: 'No limit is set.',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Round trip',
        description:
          'TCP round-trip time as the kernel of the node measured it. Far above its usual value: a detour or a full link.',
        unit: 's',
        queries: [{ expr: ofSession('frr_bgp_session_rtt_seconds'), legend: '{{peer}}' }],
        fine: 'FRR reports none for this session.',
      }),
    )
    .withPanel(
      states({
        title: 'State, admin state and graceful restart',
        description:
          'The session, whether it is wanted (not shut on purpose), and whether a graceful restart runs, over each other. Down while wanted is a fault; down in a graceful restart keeps the routes for its time.',
        width: 24,
        height: 7,
        queries: [
          {
            expr: rows('instance, vrf, peer', sessionState(ofSession)),
            legend: `State ${NAME}`,
            mappings: SESSION_STATES,
          },
          {
            expr: rows('instance, vrf, peer', ofSession('frr_bgp_session_admin_up')),
            legend: `Admin ${NAME}`,
            mappings: ADMIN,
          },
          {
            expr: rows('instance, vrf, peer', ofSession('frr_bgp_session_graceful_restart_active')),
            legend: `Restart ${NAME}`,
            mappings: GRACEFUL_RESTART,
          },
          {
            expr: rows('instance, vrf, peer, interface', ofBfd('frr_bfd_session_state')),
            legend: 'BFD {{vrf}} {{peer}} {{interface}} {{instance}}',
            mappings: BFD_STATES,
          },
        ],
      }),
    );
  for (const { afi, name } of FAMILIES) {
    const ofFamily = (metric: string) => ofSession(metric, `afi="${afi}"`);
    builder.withPanel(
      lines({
        title: `${name} prefixes in, against the day and the limit`,
        description: `${name} prefixes received (and accepted by the incoming policy), the average of the day before, the warning threshold and the limit. Far below the day: the peer lost its own upstream or filters; near the limit: the session is about to be torn down.`,
        width: 8,
        height: 10,
        unit: 'short',
        decimals: 0,
        queries: [
          { expr: ofFamily('frr_bgp_prefixes_received'), legend: `Received ${FAMILY_NAME}` },
          { expr: ofFamily('frr_bgp_prefixes_accepted'), legend: `Accepted ${FAMILY_NAME}` },
          {
            expr: ofFamily('session:frr_bgp_prefixes_received:avg1d'),
            legend: `Average of the day ${FAMILY_NAME}`,
            color: 'text',
            dashed: true,
          },
          {
            expr: ofFamily('frr_bgp_prefix_limit_warning_threshold'),
            legend: `Warning ${FAMILY_NAME}`,
            color: 'orange',
            dashed: true,
          },
          {
            expr: ofFamily('frr_bgp_prefix_limit'),
            legend: `Limit ${FAMILY_NAME}`,
            color: 'red',
            dashed: true,
          },
        ],
        fine: 'The session does not carry this address family.',
      }),
    );
  }
  for (const { afi, name } of FAMILIES)
    builder.withPanel(
      lines({
        title: `${name} prefixes out`,
        description: `${name} prefixes that this node advertises to the peer. 0 while established: the outgoing route map lets nothing through, and nothing on this node can be reached through this peer.`,
        width: 8,
        height: 8,
        unit: 'short',
        decimals: 0,
        queries: [
          {
            expr: ofSession('frr_bgp_prefixes_advertised', `afi="${afi}"`),
            legend: `Advertised ${FAMILY_NAME}`,
          },
        ],
        fine: 'The session does not carry this address family.',
      }),
    );
  builder
    .withPanel(
      lines({
        title: 'Messages by type',
        description:
          'Messages per second by type and direction, over five minutes. Updates without end are a flapping route somewhere behind the peer; notifications are resets; keepalives that stop come before an expired hold timer.',
        width: 12,
        height: 9,
        unit: 'cps',
        queries: [
          {
            expr: `sum by (direction, type) (${rate(ofSession('frr_bgp_session_messages_by_type_total'))})`,
            legend: '{{type}} {{direction}}',
            minInterval: OVER_5_MINUTES,
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Drops and recoveries',
        description:
          'How often the session went down and came up in each interval, counted by FRR, so also between two scrapes. Regular drops: a timer; irregular ones: a link.',
        width: 12,
        height: 9,
        unit: 'short',
        queries: [
          {
            expr: `round(sum by (instance, vrf, peer) (increase(${dropped('$__rate_interval')})))`,
            legend: `Down ${NAME}`,
            color: 'red',
          },
          {
            expr: `round(sum by (instance, vrf, peer) (increase(${ofSession('frr_bgp_session_established_total')}[$__rate_interval])))`,
            legend: `Up ${NAME}`,
            color: 'green',
          },
        ],
        legend: ['max'],
      }),
    )
    .withRow(new RowBuilder('Who, how and why'))
    .withPanel(
      table({
        title: 'The two ends',
        description:
          'Both ends as FRR knows them. A remote AS or router that is not the expected one: cabling or configuration. Graceful restart works only where both ends say so.',
        width: 24,
        height: 5,
        queries: [
          rows(
            `${SESSION}, local_as, remote_as, peer_group, description, remote_hostname, interface, remote_router_id`,
            ofSession('frr_bgp_session_info'),
          ),
          rows(`${SESSION}, local_mode, remote_mode`, ofSession('frr_bgp_session_graceful_restart_info')),
          rows(SESSION, ofSession('frr_bgp_session_bfd_enabled')),
        ],
        columns: [
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 135 },
          { from: 'vrf', name: 'VRF', width: 75 },
          { from: 'peer', name: 'Peer' },
          { from: 'description', name: 'Description' },
          { from: 'remote_hostname', name: 'Remote router' },
          { from: 'remote_router_id', name: 'Remote router ID', width: 130 },
          { from: 'interface', name: 'Interface', width: 85 },
          { from: 'local_as', name: 'Local AS', width: 85 },
          { from: 'remote_as', name: 'Remote AS', width: 95 },
          { from: 'peer_group', name: 'Peer group' },
          { from: 'local_mode', name: 'Restart, here' },
          { from: 'remote_mode', name: 'Restart, there' },
          { from: 2, name: 'BFD watches', mappings: YES_NO, width: 105 },
        ],
        hidden: ['cluster', 'job'],
      }),
    )
    .withPanel(
      table({
        title: 'Causes in this time',
        description:
          'Every cause for which the session was down in the chosen time, as docs/causes.md explains them.',
        width: 7,
        height: 7,
        queries: [
          rows(
            `${SESSION}, cause, text`,
            `last_over_time(${ofSession('frr_bgp_session_down_cause')}[$__range])`,
          ),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'vrf', name: 'VRF', width: 75 },
          { from: 'peer', name: 'Peer', width: 110 },
          { from: 'cause', name: 'Cause', width: 115 },
          { from: 'text', name: 'In words' },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'Peer',
        fine: 'It was not down in this time.',
      }),
    )
    .withPanel(
      table({
        title: 'Reasons in this time',
        description:
          'Every reason for a reset that FRR gave in the chosen time. Different ones for one cause are its consequences.',
        width: 8,
        height: 7,
        queries: [
          rows(
            `${SESSION}, reason, code, notification`,
            `last_over_time(${ofSession('frr_bgp_session_last_reset_info')}[$__range])`,
          ),
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'vrf', name: 'VRF', width: 75 },
          { from: 'peer', name: 'Peer', width: 110 },
          { from: 'reason', name: 'Reason' },
          { from: 'code', name: 'Code', width: 60 },
          { from: 'notification', name: 'Notification' },
        ],
        hidden: ['cluster', 'job'],
        sortBy: 'Peer',
        fine: 'It was not reset in this time.',
      }),
    )
    .withPanel(
      states({
        title: 'Policy and prefix limit',
        description:
          '"Policy missing": the session is up, but RFC 8212 lets no route through because no route map is set. "Stopped by the limit": the peer announced more than maximum-prefix allows; clear the session after the peer is fixed.',
        width: 9,
        height: 7,
        queries: [
          {
            expr: rows('instance, vrf, peer, afi, safi', ofSession('frr_bgp_policy_missing')),
            legend: `Policy ${FAMILY_NAME}`,
            mappings: POLICY,
          },
          {
            expr: rows('instance, vrf, peer, afi, safi', ofSession('frr_bgp_prefix_limit_exceeded')),
            legend: `Limit ${FAMILY_NAME}`,
            mappings: PREFIX_LIMIT,
          },
        ],
      }),
    )
    .withRow(new RowBuilder('Timers and BFD'))
    .withPanel(
      lines({
        title: 'Timers',
        description:
          'Hold time and keepalive as negotiated, the smaller wish of both ends. 180 s without BFD means that a dead path is found after three minutes.',
        width: 8,
        height: 8,
        unit: 's',
        queries: [
          { expr: ofSession('frr_bgp_session_hold_time_seconds'), legend: `Hold time ${NAME}` },
          { expr: ofSession('frr_bgp_session_keepalive_seconds'), legend: `Keepalive ${NAME}` },
        ],
        fine: 'Not established.',
      }),
    )
    .withPanel(
      lines({
        title: 'Queues',
        description:
          'Messages that wait in bgpd for this peer. An output queue that never empties: the peer does not read.',
        width: 8,
        height: 8,
        unit: 'short',
        decimals: 0,
        queries: [{ expr: ofSession('frr_bgp_session_queue_messages'), legend: `{{direction}} ${NAME}` }],
      }),
    )
    .withPanel(
      lines({
        title: 'Round trip over time',
        description: 'TCP round-trip time over the day, and that of BFD echo where FRR reports it (10.x).',
        width: 8,
        height: 8,
        unit: 's',
        queries: [
          { expr: ofSession('frr_bgp_session_rtt_seconds'), legend: `TCP ${NAME}` },
          {
            expr: ofBfd('frr_bfd_session_rtt_avg_seconds'),
            legend: 'BFD {{vrf}} {{peer}} {{interface}} {{instance}}',
          },
        ],
        fine: 'FRR reports none for this session.',
      }),
    )
    .withPanel(
      table({
        title: 'BFD in detail',
        description:
          'What BFD says on both ends. The diagnostic is the reason: "control detection time expired" is silence from the peer, "neighbor signaled session down" the other end, "administratively down" a decision. A path that dies is noticed after the detection time.',
        width: 24,
        height: 5,
        queries: [
          rows(BFD, ofBfd('frr_bfd_session_state')),
          rows(`${BFD}, diagnostic, remote_diagnostic`, ofBfd('frr_bfd_session_info')),
          milliseconds(rows(BFD, ofBfd('frr_bfd_session_up_timestamp_seconds'))),
          milliseconds(rows(BFD, ofBfd('frr_bfd_session_down_timestamp_seconds'))),
          rows(BFD, DETECTION_TIME),
          `sum by (${BFD}) (${byPeerOrInterface((select) => `increase(${select('frr_bfd_session_down_events_total')}[1d])`)}) and on (${BFD}) ${ofBfd('frr_bfd_session_state')}`,
        ],
        columns: [
          { from: 'instance', name: 'Node', width: 135 },
          { from: 'peer', name: 'Peer', width: 130 },
          { from: 'interface', name: 'Interface', width: 90 },
          { from: 0, name: 'State', mappings: BFD_STATES, colored: true, width: 120 },
          { from: 2, name: 'Up since', unit: 'dateTimeFromNow', width: 130 },
          { from: 3, name: 'Down since', unit: 'dateTimeFromNow', width: 130 },
          { from: 'diagnostic', name: 'Diagnostic here' },
          { from: 'remote_diagnostic', name: 'Diagnostic there' },
          { from: 4, name: 'Detection time', unit: 's', width: 120 },
          { from: 5, name: 'Drops in 1 d', unit: 'short', decimals: 0, width: 105 },
        ],
        hidden: ['cluster', 'job', 'vrf', 'local'],
        sortBy: 'State',
      }),
    )
    .withPanel(
      lines({
        title: 'BFD packets',
        description:
          'Control and echo packets per second. Sent but not received: the path back is dead, or the other end runs no BFD. Both steady while BGP is down: look at BGP itself.',
        width: 8,
        height: 8,
        unit: 'pps',
        queries: ['received', 'sent'].flatMap((direction) =>
          ['control', 'echo'].map((kind) => ({
            expr: `sum by (instance, peer, interface) (${rateOfBfd(`frr_bfd_session_${kind}_packets_${direction}_total`)})`,
            legend: `${kind} ${direction} {{peer}} {{interface}} {{instance}}`,
            dashed: direction === 'sent',
          })),
        ),
      }),
    )
    .withPanel(
      lines({
        title: 'BFD intervals',
        description:
          'Intervals at which each end receives and sends. They differ from the configuration when the other end insists on slower ones; below 300 ms, a busy router misses packets.',
        width: 8,
        height: 8,
        unit: 's',
        queries: [
          { expr: ofBfd('frr_bfd_session_receive_interval_seconds'), legend: `Receives, here ${BFD_NAME}` },
          { expr: ofBfd('frr_bfd_session_transmit_interval_seconds'), legend: `Sends, here ${BFD_NAME}` },
          {
            expr: ofBfd('frr_bfd_session_remote_receive_interval_seconds'),
            legend: `Receives, there ${BFD_NAME}`,
            dashed: true,
          },
          {
            expr: ofBfd('frr_bfd_session_remote_transmit_interval_seconds'),
            legend: `Sends, there ${BFD_NAME}`,
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Prefixes refused',
        description:
          'Prefixes of the peer per second that did not get into the BGP table, by reason, over five minutes. Loops are normal with two uplinks; a new reason after a change is that change. FRR 10.3 and newer report them.',
        width: 8,
        height: 8,
        unit: 'cps',
        queries: [
          {
            expr: `sum by (instance, peer, reason) (${rate(ofSession('frr_bgp_session_prefixes_rejected_total'))})`,
            legend: '{{reason}} {{peer}} {{instance}}',
            minInterval: OVER_5_MINUTES,
          },
        ],
        fine: 'No prefix was refused, or FRR is older than 10.3 and does not report it.',
      }),
    );
  return finish(builder, options);
}
