/** BGP sessions and their prefixes, of every VRF and address family, from one answer. */
import { COMMANDS } from '../frr/commands.ts';
import { metric, NO_LABELS, numberOf } from '../metrics/family.ts';
import { addressFamily } from './address-family.ts';
import { collector, states } from './collector.ts';
import { type Fields, members, word } from './fields.ts';
import { VRF_LABEL } from './vrfs.ts';

const SUMMARY = COMMANDS.bgpSummary;

const INSTANCE_LABELS = ['vrf', 'router_id', 'local_as'] as const;
const TABLE_LABELS = ['vrf', 'afi', 'safi'] as const;
/** What identifies a session: its state, flaps, timers and reasons do not depend on address families. */
export const SESSION_LABELS = ['vrf', 'peer'] as const;
/** The same as a key. Neither can contain a line feed. */
export const sessionKey = (vrf: string, peer: string): string => `${vrf}\n${peer}`;
const QUEUE_LABELS = ['vrf', 'peer', 'direction'] as const;
/** What identifies an address family of a session. */
export const SESSION_FAMILY_LABELS = ['vrf', 'peer', 'afi', 'safi'] as const;

const bgpInfo = metric({
  name: 'frr_bgp_info',
  type: 'info',
  help: 'Router ID and AS number of a BGP instance.',
  labels: INSTANCE_LABELS,
  source: `${SUMMARY.text}: routerId, as`,
});
const vrfActive = metric({
  name: 'frr_bgp_vrf_active',
  type: 'gauge',
  help: 'Whether the VRF of the BGP instance is there: 0 if it is only configured in bgpd. A view (`router bgp ... view`) is always 0 on FRR 7.5.',
  labels: VRF_LABEL,
  source: `${SUMMARY.text}: vrfId`,
});
/** Absent while bgpd does not answer. */
export const sessionCount = metric({
  name: 'frr_bgp_sessions',
  type: 'gauge',
  help: 'Number of BGP sessions in all VRFs, dynamic neighbors included, regardless of their state.',
  labels: [],
  source: `${SUMMARY.text}: peers`,
});
/** 1 while the session is established. */
export const sessionUp = metric({
  name: 'frr_bgp_session_up',
  type: 'gauge',
  help: 'Whether the BGP session is established.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: state`,
});
/** The session's state as a number; see {@link sessionStates}. */
export const sessionState = metric({
  name: 'frr_bgp_session_state',
  type: 'gauge',
  help: 'State of the BGP session as in RFC 4273: 1 idle, 2 connect, 3 active, 4 opensent, 5 openconfirm, 6 established; and FRR: 7 clearing, 8 deleted.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: state (RFC 4273 bgpPeerState)`,
});
/** 0 if the session was shut down on purpose. */
export const sessionAdminUp = metric({
  name: 'frr_bgp_session_admin_up',
  type: 'gauge',
  help: 'Whether the BGP session is administratively enabled: 0 if the neighbor or the whole instance is shut down.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: state "Idle (Admin)", peerState "Admin"`,
});
/** When the session came up; absent while it is down. */
export const sessionEstablishedTimestamp = metric({
  name: 'frr_bgp_session_established_timestamp_seconds',
  type: 'gauge',
  help: 'Time at which the BGP session was established, in seconds since the epoch; absent while it is not established.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: peerUptimeEstablishedEpoch`,
});
/** Number of times the session came up. */
export const sessionEstablished = metric({
  name: 'frr_bgp_session_established_total',
  type: 'counter',
  help: 'Number of times the BGP session was established.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: connectionsEstablished`,
});
/** Number of times the session went down. */
export const sessionDropped = metric({
  name: 'frr_bgp_session_dropped_total',
  type: 'counter',
  help: 'Number of times the BGP session went down after it had been established.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: connectionsDropped`,
});
const sessionMessagesReceived = metric({
  name: 'frr_bgp_session_messages_received_total',
  type: 'counter',
  help: 'Number of BGP messages received from the peer.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: msgRcvd`,
});
const sessionMessagesSent = metric({
  name: 'frr_bgp_session_messages_sent_total',
  type: 'counter',
  help: 'Number of BGP messages sent to the peer.',
  labels: SESSION_LABELS,
  source: `${SUMMARY.text}: msgSent`,
});
const sessionQueue = metric({
  name: 'frr_bgp_session_queue_messages',
  type: 'gauge',
  help: 'Number of BGP messages waiting to be processed by bgpd (in) or to be sent to the peer (out).',
  labels: QUEUE_LABELS,
  source: `${SUMMARY.text}: inq, outq`,
});
/** Prefixes of an address family from the peer. */
export const prefixesReceived = metric({
  name: 'frr_bgp_prefixes_received',
  type: 'gauge',
  help: 'Number of prefixes from the peer in the BGP table, which are those that the inbound policy accepted.',
  labels: SESSION_FAMILY_LABELS,
  source: `${SUMMARY.text}: pfxRcd`,
});
/** Prefixes of an address family to the peer. */
export const prefixesAdvertised = metric({
  name: 'frr_bgp_prefixes_advertised',
  type: 'gauge',
  help: 'Number of prefixes advertised to the peer.',
  labels: SESSION_FAMILY_LABELS,
  source: `${SUMMARY.text}: pfxSnt (FRR 7.5: absent while the session is down)`,
});
const ribEntries = metric({
  name: 'frr_bgp_rib_entries',
  type: 'gauge',
  help: 'Number of entries in the BGP table.',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: ribCount`,
});
const ribMemory = metric({
  name: 'frr_bgp_rib_memory_bytes',
  type: 'gauge',
  help: 'Memory used by the entries of the BGP table.',
  unit: 'bytes',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: ribMemory`,
});
const tableVersion = metric({
  name: 'frr_bgp_table_version',
  type: 'gauge',
  help: 'Version of the BGP table, which increases with every change of a best path.',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: tableVersion`,
});
/** Absent for L2VPN and VPN, whose routes are in a table for each route distinguisher with versions of their own. */
const versionsBehind = metric({
  name: 'frr_bgp_session_table_versions_behind',
  type: 'gauge',
  help: 'Number of versions of the BGP table that bgpd has not processed for the peer yet. Stays above 0 after the withdrawal of a route that was never advertised to the peer. Absent where FRR reports 0 as the version of the peer: before FRR 9.0, and before the first update.',
  labels: SESSION_FAMILY_LABELS,
  source: `${SUMMARY.text}: tableVersion of the address family and of the established peer`,
});
/** BGP sessions that have an address family activated. */
export const peers = metric({
  name: 'frr_bgp_peers',
  type: 'gauge',
  help: 'Number of BGP sessions with this address family, established or not.',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: peerCount`,
});
const peersMemory = metric({
  name: 'frr_bgp_peers_memory_bytes',
  type: 'gauge',
  help: 'Memory used by the BGP sessions.',
  unit: 'bytes',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: peerMemory`,
});
const peerGroups = metric({
  name: 'frr_bgp_peer_groups',
  type: 'gauge',
  help: 'Number of BGP peer groups; absent if there are none.',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: peerGroupCount`,
});
const peerGroupsMemory = metric({
  name: 'frr_bgp_peer_groups_memory_bytes',
  type: 'gauge',
  help: 'Memory used by the BGP peer groups; absent if there are none.',
  unit: 'bytes',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: peerGroupMemory`,
});
const dynamicPeers = metric({
  name: 'frr_bgp_dynamic_peers',
  type: 'gauge',
  help: 'Number of dynamic neighbors, accepted from a listen range.',
  labels: TABLE_LABELS,
  source: `${SUMMARY.text}: dynamicPeers`,
});

/** FRR's words for the states (`bgp_status_msg` in bgp_debug.c, without what follows in parentheses). */
export const sessionStates = states({
  topic: 'bgp_session',
  protocol: 'BGP',
  metric: sessionState,
  names: new Map([
    [1, 'Idle'],
    [2, 'Connect'],
    [3, 'Active'],
    [4, 'OpenSent'],
    [5, 'OpenConfirm'],
    [6, 'Established'],
    [7, 'Clearing'],
    [8, 'Deleted'],
  ]),
  up: 6,
  // RFC 4271, 8.2.2: whatever ends an established session leads to Idle.
  failed: 1,
  transitions: { metric: sessionDropped, counts: 'down' },
  title: ({ vrf, peer }) => `BGP session with ${peer} (vrf ${vrf})`,
});

const STATE_VALUES: ReadonlyMap<string, number> = new Map(
  Array.from(sessionStates.names, ([value, name]) => [name, value]),
);

export const bgp = collector({
  name: 'bgp',
  help: 'BGP sessions and prefixes of every VRF and address family.',
  enabledByDefault: true,
  pace: 'sessions',
  commands: [SUMMARY],
  descriptors: [
    bgpInfo,
    vrfActive,
    sessionCount,
    sessionUp,
    sessionState,
    sessionAdminUp,
    sessionEstablishedTimestamp,
    sessionEstablished,
    sessionDropped,
    sessionMessagesReceived,
    sessionMessagesSent,
    sessionQueue,
    prefixesReceived,
    prefixesAdvertised,
    ribEntries,
    ribMemory,
    tableVersion,
    versionsBehind,
    peers,
    peersMemory,
    peerGroups,
    peerGroupsMemory,
    dynamicPeers,
  ],
  states: [sessionStates],
  query: (frr) => frr.json(SUMMARY),
  *families(documents, { emit, labels }) {
    const known = new Set<string>();
    for (const document of documents) {
      for (const [vrf, instance] of members(document)) {
        // Each address family repeats the session; the first one counts.
        const sessions = new Set<string>();
        let reported = false;
        let first = true;
        for (const [familyName, summary] of members(instance)) {
          const { afi, safi } = addressFamily(familyName);
          const id = first ? numberOf(summary.vrfId) : undefined;
          first = false;
          // VRF_UNKNOWN of FRR's lib/vrf.h is printed as -1.
          if (id !== undefined) emit(vrfActive, labels(VRF_LABEL, [vrf]), Math.min(1, id + 1));
          const routerId = word(summary.routerId);
          if (!reported && routerId !== '') {
            emit(bgpInfo, labels(INSTANCE_LABELS, [vrf, routerId, word(summary.as)]), 1);
            reported = true;
          }
          const table = labels(TABLE_LABELS, [vrf, afi, safi]);
          emit(ribEntries, table, summary.ribCount);
          emit(ribMemory, table, summary.ribMemory);
          emit(tableVersion, table, summary.tableVersion);
          emit(peers, table, summary.peerCount);
          emit(peersMemory, table, summary.peerMemory);
          emit(peerGroups, table, summary.peerGroupCount);
          emit(peerGroupsMemory, table, summary.peerGroupMemory);
          emit(dynamicPeers, table, summary.dynamicPeers);
          for (const [peer, session] of members(summary.peers)) {
            yield;
            const inFamily = labels(SESSION_FAMILY_LABELS, [vrf, peer, afi, safi]);
            emit(prefixesReceived, inFamily, session.pfxRcd);
            emit(prefixesAdvertised, inFamily, session.pfxSnt);
            if (safi === 'unicast') emit(versionsBehind, inFamily, behind(summary, session));
            if (sessions.has(peer)) continue;
            sessions.add(peer);
            const set = labels(SESSION_LABELS, [vrf, peer]);
            known.add(set.text);
            const { name: state, admin } = stateOf(session.state, session.peerState);
            if (state !== undefined) {
              emit(sessionUp, set, state === 'Established' ? 1 : 0);
              emit(sessionState, set, STATE_VALUES.get(state) ?? state);
              emit(sessionAdminUp, set, admin ? 0 : 1);
            }
            if (state === 'Established')
              emit(sessionEstablishedTimestamp, set, session.peerUptimeEstablishedEpoch);
            emit(sessionEstablished, set, session.connectionsEstablished);
            emit(sessionDropped, set, session.connectionsDropped);
            emit(sessionMessagesReceived, set, session.msgRcvd);
            emit(sessionMessagesSent, set, session.msgSent);
            emit(sessionQueue, labels(QUEUE_LABELS, [vrf, peer, 'in']), session.inq);
            emit(sessionQueue, labels(QUEUE_LABELS, [vrf, peer, 'out']), session.outq);
          }
        }
      }
    }
    emit(sessionCount, NO_LABELS, known.size);
  },
});

/** How many versions of its table an established peer is behind. */
function behind(summary: Fields, session: Fields): number | undefined {
  const newest = numberOf(summary.tableVersion);
  const sent = numberOf(session.tableVersion);
  if (session.state !== 'Established' || newest === undefined || sent === undefined || sent === 0)
    return undefined;
  return Math.max(0, newest - sent);
}

/** The state without what FRR adds in parentheses (`Idle (Admin)`, `Idle (PfxCt)`), and whether it is down on purpose. */
export function stateOf(state: unknown, peerState: unknown): { name: string | undefined; admin: boolean } {
  const admin = peerState === 'Admin';
  if (typeof state !== 'string') return { name: undefined, admin };
  const space = state.indexOf(' (');
  if (space === -1) return { name: state, admin };
  return { name: state.slice(0, space), admin: admin || state.includes('(Admin)', space) };
}
