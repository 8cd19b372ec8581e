/** What only the neighbors command reports about BGP sessions: the peer, reset reasons, timers, limits, policies. */

import type { Turns } from '../base/turns.ts';
import { COMMANDS } from '../frr/commands.ts';
import { metric, numberOf } from '../metrics/family.ts';
import type { Row } from '../metrics/tables.ts';
import { addressFamily } from './address-family.ts';
import { bfdSessionUp } from './bfd.ts';
import {
  prefixesAdvertised,
  prefixesReceived,
  SESSION_FAMILY_LABELS,
  SESSION_LABELS,
  sessionAdminUp,
  sessionDropped,
  sessionEstablished,
  sessionEstablishedTimestamp,
  sessionState,
  sessionStates,
  sessionUp,
  stateOf,
} from './bgp.ts';
import {
  CAUSE_LABELS,
  createSurroundings,
  EVIDENCE_COMMANDS,
  messageOf,
  MESSAGE_LABELS as SHUTDOWN_LABELS,
  type Surroundings,
  sessionCause,
  sessionCauseOf,
  shutdownMessage,
} from './bgp-cause.ts';
import { lastReset } from './bgp-reset.ts';
import { type FamiliesContext, reason, statefulCollector } from './collector.ts';
import { type Fields, fields, members, seconds, word } from './fields.ts';
import { interfaceUp } from './interfaces.ts';
import { DEFAULT_VRF } from './vrfs.ts';

const NEIGHBORS = COMMANDS.bgpNeighbors;
const SUMMARY = COMMANDS.bgpSummary;

const INFO_LABELS = [
  'vrf',
  'peer',
  'local_as',
  'remote_as',
  'peer_group',
  'description',
  'remote_hostname',
  'interface',
  'remote_router_id',
] as const;
const RESET_LABELS = ['vrf', 'peer', 'reason', 'code', 'notification'] as const;
const MESSAGE_LABELS = ['vrf', 'peer', 'direction', 'type'] as const;
const RESTART_LABELS = ['vrf', 'peer', 'local_mode', 'remote_mode'] as const;
const REJECTED_LABELS = ['vrf', 'peer', 'reason'] as const;

/** Facts about a session that people may change, on a series of their own to join on by (instance, vrf, peer). */
export const sessionInfo = metric({
  name: 'frr_bgp_session_info',
  type: 'info',
  help: 'Information about the BGP peer; labels are empty if unknown. The interface is that of an unnumbered peer.',
  labels: INFO_LABELS,
  source: `${NEIGHBORS.text}: localAs, remoteAs, peerGroup, nbrDesc, hostname, bgpNeighborAddr, remoteRouterId`,
});
/** Why a session last went down. One series per session. */
export const sessionLastReset = metric({
  name: 'frr_bgp_session_last_reset_info',
  type: 'info',
  help: 'Reason of the last reset of the BGP session, as FRR words it, and the NOTIFICATION if there was one; absent if it was never reset.',
  labels: RESET_LABELS,
  source: `${NEIGHBORS.text}: lastResetDueTo, lastResetCode, lastNotificationReason, downLastResetDueTo`,
});
const sessionLastResetTimestamp = metric({
  name: 'frr_bgp_session_last_reset_timestamp_seconds',
  type: 'gauge',
  help: 'Time of the last reset of the BGP session, in seconds since the epoch, accurate to a second; absent if it was never up.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: lastResetTimerMsecs (before FRR 10.7 without whole days); ${SUMMARY.text}: peerUptimeMsec`,
});
const sessionHoldTime = metric({
  name: 'frr_bgp_session_hold_time_seconds',
  type: 'gauge',
  help: 'Negotiated hold time; absent while the BGP session is not established.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: bgpTimerHoldTimeMsecs`,
});
const sessionKeepalive = metric({
  name: 'frr_bgp_session_keepalive_seconds',
  type: 'gauge',
  help: 'Negotiated keepalive interval; absent while the BGP session is not established.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: bgpTimerKeepAliveIntervalMsecs`,
});
const sessionRoundTrip = metric({
  name: 'frr_bgp_session_rtt_seconds',
  type: 'gauge',
  help: "Round-trip time of the BGP session's TCP connection, in whole milliseconds; absent while it is not established.",
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: estimatedRttInMsecs (before FRR 10: only from a millisecond on)`,
});
const sessionMessages = metric({
  name: 'frr_bgp_session_messages_by_type_total',
  type: 'counter',
  help: 'Number of BGP messages by direction and type.',
  labels: MESSAGE_LABELS,
  source: `${NEIGHBORS.text}: messageStats`,
});
const gracefulRestartActive = metric({
  name: 'frr_bgp_session_graceful_restart_active',
  type: 'gauge',
  help: 'Whether a graceful restart timer of the BGP session is running: the peer is expected to return, or its stale routes are retained.',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: gracefulRestartInfo timers (RFC 4724)`,
});
const gracefulRestartInfo = metric({
  name: 'frr_bgp_session_graceful_restart_info',
  type: 'info',
  help: 'Graceful restart mode on both sides of the BGP session: Helper, Restart, Disable, or NotApplicable while that of the peer is unknown.',
  labels: RESTART_LABELS,
  source: `${NEIGHBORS.text}: gracefulRestartInfo localGrMode, remoteGrMode (RFC 4724)`,
});
const sessionBfdEnabled = metric({
  name: 'frr_bgp_session_bfd_enabled',
  type: 'gauge',
  help: 'Whether BFD is enabled for the BGP session.',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: peerBfdInfo`,
});
const prefixesRejected = metric({
  name: 'frr_bgp_session_prefixes_rejected_total',
  type: 'counter',
  help: 'Number of prefixes from the peer that were not accepted into the BGP table, by reason.',
  labels: REJECTED_LABELS,
  source: `${NEIGHBORS.text}: prefixStats`,
  since: '10.3',
});
const prefixesAccepted = metric({
  name: 'frr_bgp_prefixes_accepted',
  type: 'gauge',
  help: 'Number of prefixes from the peer that the inbound policy accepted.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo acceptedPrefixCounter`,
});
const prefixLimit = metric({
  name: 'frr_bgp_prefix_limit',
  type: 'gauge',
  help: 'Maximum number of prefixes accepted from the peer; absent without a limit.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo prefixAllowedMax`,
});
const prefixLimitWarning = metric({
  name: 'frr_bgp_prefix_limit_warning_threshold',
  type: 'gauge',
  help: 'Number of prefixes above which FRR logs a warning; absent without a limit.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo prefixAllowedMax, prefixAllowedWarningThresh (percent)`,
});
/** 1 for the limited families of a session that FRR keeps down because of its prefix limit. */
export const prefixLimitExceeded = metric({
  name: 'frr_bgp_prefix_limit_exceeded',
  type: 'gauge',
  help: 'Whether FRR keeps the BGP session down because the peer exceeded a prefix limit; absent without a limit. With limits in several address families, FRR does not report which.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: prefixesConfigExceedMax, addressFamilyInfo prefixAllowedMax`,
});
/** 1 where RFC 8212 discards the routes of a session because a policy is missing. */
export const policyMissing = metric({
  name: 'frr_bgp_policy_missing',
  type: 'gauge',
  help: 'Whether routes are discarded because the session has no inbound or no outbound policy (RFC 8212, `bgp ebgp-requires-policy`).',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo inboundEbgpRequiresPolicy, outboundEbgpRequiresPolicy`,
});

/** `messageStats` of the neighbors command: the start of the field, and the label. */
const MESSAGE_TYPES = [
  ['opens', 'open'],
  ['notifications', 'notification'],
  ['updates', 'update'],
  ['keepalives', 'keepalive'],
  ['routeRefresh', 'route_refresh'],
  ['capability', 'capability'],
] as const;

/** `prefixStats` of the neighbors command: the field, and the label. */
const REJECTIONS = [
  ['inboundFiltered', 'inbound_filter'],
  ['aspathLoop', 'as_path_loop'],
  ['originatorLoop', 'originator_loop'],
  ['clusterLoop', 'cluster_loop'],
  ['invalidNextHop', 'invalid_next_hop'],
  ['withdrawn', 'treated_as_withdraw'],
  ['attributesDiscarded', 'attributes_discarded'],
] as const;

/** The peer group of the sessions that connect a host with its fabric, in TripleO, EDPM and our own role. */
export const UPLINK_GROUP = 'uplink';

type SessionRow = Row<typeof SESSION_LABELS>;

/** `eth2 (tor2 rack B): link down (eth2)`. */
function sessionLine({ labels: { vrf, peer }, text }: SessionRow): string {
  const where = vrf === DEFAULT_VRF ? '' : ` in VRF ${vrf}`;
  const description = text(sessionInfo, 'description');
  const named = description === null ? peer : `${peer} (${description})`;
  const reason = text(sessionCause, 'text');
  return `${named}${where}${reason === null ? '' : `: ${reason}`}`;
}

/** The answers of a poll. */
interface Answers {
  readonly summary: readonly unknown[];
  readonly neighbors: readonly unknown[];
  /** Absent if only the answer to the neighbors command is known. */
  readonly surroundings?: Surroundings;
}

export const bgpNeighbors = statefulCollector({
  name: 'bgp-neighbors',
  help: 'Reset reasons, timers, prefix limits and missing policies of BGP sessions.',
  enabledByDefault: true,
  pace: 'details',
  commands: [SUMMARY, NEIGHBORS, ...EVIDENCE_COMMANDS],
  descriptors: [
    sessionInfo,
    sessionLastReset,
    sessionLastResetTimestamp,
    sessionCause,
    shutdownMessage,
    sessionHoldTime,
    sessionKeepalive,
    sessionRoundTrip,
    sessionMessages,
    gracefulRestartActive,
    gracefulRestartInfo,
    sessionBfdEnabled,
    prefixesRejected,
    prefixesAccepted,
    prefixLimit,
    prefixLimitWarning,
    prefixLimitExceeded,
    policyMissing,
  ],
  pollWhenChanged: [sessionUp, sessionAdminUp, sessionEstablished, sessionDropped, bfdSessionUp, interfaceUp],
  reasons: [
    reason({ of: sessionStates, field: 'cause', metric: sessionCause, text: ({ text }) => text }),
    reason({
      of: sessionStates,
      field: 'reason',
      metric: sessionLastReset,
      text: ({ reason, notification }) => (notification === '' ? reason : `${reason}: ${notification}`),
    }),
  ],
  // Here and not in bgp.ts, because it needs the metrics of both collectors.
  *findings(tables) {
    const wanted = tables.rows(sessionUp).filter(({ flag }) => flag(sessionAdminUp) !== false);
    const wasUp = ({ value, number }: SessionRow) => value === 1 || number(sessionEstablished) !== 0;
    const groups = Map.groupBy(wanted.filter(wasUp), (row) =>
      row.text(sessionInfo, 'peer_group') === UPLINK_GROUP ? 'uplinks' : 'BGP sessions',
    );
    for (const [what, sessions] of groups) {
      const down = sessions.filter(({ value }) => value !== 1);
      const name = `${what.toLowerCase().replaceAll(' ', '_')}_down`;
      const measure = { name, bad: down.length, all: sessions.length };
      if (down.length === 0)
        yield { level: 'ok', text: `${sessions.length} ${what} up`, details: [], measure };
      else
        yield {
          level: 'critical',
          text: `${down.length} of ${sessions.length} ${what} down`,
          details: down.map(sessionLine),
          measure,
        };
    }
    const never = wanted.filter((row) => !wasUp(row));
    if (never.length > 0)
      yield {
        level: 'warning',
        text: `${never.length} BGP ${never.length === 1 ? 'session' : 'sessions'} never up`,
        details: never.map(sessionLine),
        measure: { name: 'bgp_sessions_never_up', bad: never.length, all: wanted.length },
      };
  },
  status: {
    bgp_sessions: {
      title: 'BGP sessions',
      columns: ['vrf', 'peer', 'state', 'since', 'cause', 'description', 'dropped_count'],
      items: (tables) => tables.rows(sessionUp).map(sessionItem),
    },
  },
  flags: {},
  create() {
    const lookAround = createSurroundings();
    return {
      async query(frr) {
        const [surroundings, summary, neighbors] = await Promise.all([
          lookAround(frr),
          frr.json(SUMMARY),
          frr.json(NEIGHBORS),
        ]);
        return { summary, neighbors, surroundings };
      },
      *families({ summary, neighbors, surroundings }: Answers, { emit, labels, now }: FamiliesContext) {
        const down = yield* downSessions(summary);
        for (const document of neighbors) {
          for (const [vrf, instance] of members(document)) {
            for (const [peer, neighbor] of members(instance)) {
              yield;
              const set = labels(SESSION_LABELS, [vrf, peer]);
              const established = neighbor.bgpState === 'Established';
              emit(
                sessionInfo,
                labels(INFO_LABELS, [
                  vrf,
                  peer,
                  word(neighbor.localAs),
                  word(neighbor.remoteAs),
                  word(neighbor.peerGroup),
                  word(neighbor.nbrDesc),
                  unlessUnknown(neighbor.hostname),
                  neighbor.bgpNeighborAddr === undefined ? '' : peer,
                  unlessUnknown(neighbor.remoteRouterId),
                ]),
                1,
              );

              const { age = undefined, adminUp = true } = down.get(sessionKey(vrf, peer)) ?? {};
              const since = established ? seconds(neighbor.bgpTimerUpMsec, 1_000) : age;
              const reset = lastReset(neighbor, since, surroundings?.loggedDown(vrf, peer)?.reason);
              if (reset !== undefined) {
                const { reason, code, notification } = reset;
                emit(sessionLastReset, labels(RESET_LABELS, [vrf, peer, reason, code, notification]), 1);
                if (reset.age !== undefined) emit(sessionLastResetTimestamp, set, now - reset.age);
                const message = notification === '' ? '' : messageOf(neighbor);
                if (message !== '') emit(shutdownMessage, labels(SHUTDOWN_LABELS, [vrf, peer, message]), 1);
              }
              if (!established && neighbor.bgpState !== undefined) {
                const { id, text } = sessionCauseOf(vrf, peer, neighbor, { adminUp, reset }, surroundings);
                emit(sessionCause, labels(CAUSE_LABELS, [vrf, peer, id, text]), 1);
              }

              if (established) {
                emit(sessionHoldTime, set, seconds(neighbor.bgpTimerHoldTimeMsecs, 1_000));
                emit(sessionKeepalive, set, seconds(neighbor.bgpTimerKeepAliveIntervalMsecs, 1_000));
                emit(sessionRoundTrip, set, seconds(neighbor.estimatedRttInMsecs, 1_000));
              }
              const messages = fields(neighbor.messageStats);
              for (const [field, type] of MESSAGE_TYPES) {
                const received = labels(MESSAGE_LABELS, [vrf, peer, 'received', type]);
                const sent = labels(MESSAGE_LABELS, [vrf, peer, 'sent', type]);
                emit(sessionMessages, received, messages[`${field}Recv`]);
                emit(sessionMessages, sent, messages[`${field}Sent`]);
              }
              emit(sessionBfdEnabled, set, neighbor.peerBfdInfo === undefined ? 0 : 1);

              const restart = fields(neighbor.gracefulRestartInfo);
              const localMode = mode(restart.localGrMode);
              const remoteMode = mode(restart.remoteGrMode);
              if (localMode !== '' || remoteMode !== '') {
                emit(gracefulRestartActive, set, restartTimerRuns(restart) ? 1 : 0);
                emit(gracefulRestartInfo, labels(RESTART_LABELS, [vrf, peer, localMode, remoteMode]), 1);
              }

              const rejections = fields(neighbor.prefixStats);
              for (const [field, reason] of REJECTIONS)
                emit(prefixesRejected, labels(REJECTED_LABELS, [vrf, peer, reason]), rejections[field]);

              for (const [familyName, family] of members(neighbor.addressFamilyInfo)) {
                const { afi, safi } = addressFamily(familyName);
                const inFamily = labels(SESSION_FAMILY_LABELS, [vrf, peer, afi, safi]);
                emit(prefixesAccepted, inFamily, family.acceptedPrefixCounter);
                emit(policyMissing, inFamily, policyIsMissing(family) ? 1 : 0);
                const limit = numberOf(family.prefixAllowedMax);
                if (limit === undefined) continue;
                emit(prefixLimit, inFamily, family.prefixAllowedMax);
                emit(prefixLimitExceeded, inFamily, neighbor.prefixesConfigExceedMax === true ? 1 : 0);
                const percent = numberOf(family.prefixAllowedWarningThresh);
                if (percent !== undefined)
                  emit(prefixLimitWarning, inFamily, Math.floor((limit * percent) / 100));
              }
            }
          }
        }
      },
    };
  },
});

/** A session in the status document. */
function sessionItem({ labels, value, number, flag, time, text, rows }: Row<typeof SESSION_LABELS>) {
  const up = value === 1;
  const resetAt = time(sessionLastResetTimestamp);
  const resetReason = text(sessionLastReset, 'reason');
  return {
    vrf: labels.vrf,
    peer: labels.peer,
    up,
    admin_up: flag(sessionAdminUp),
    state: sessionStates.names.get(number(sessionState) ?? Number.NaN) ?? null,
    since: up ? time(sessionEstablishedTimestamp) : resetAt,
    reason: up ? null : resetReason,
    cause: causeItem(rows),
    description: text(sessionInfo, 'description'),
    peer_group: text(sessionInfo, 'peer_group'),
    remote_hostname: text(sessionInfo, 'remote_hostname'),
    interface: text(sessionInfo, 'interface'),
    local_as: text(sessionInfo, 'local_as'),
    remote_as: text(sessionInfo, 'remote_as'),
    established_count: number(sessionEstablished),
    dropped_count: number(sessionDropped),
    last_reset:
      resetAt === null && resetReason === null
        ? null
        : {
            at: resetAt,
            reason: resetReason,
            code: text(sessionLastReset, 'code'),
            notification: text(sessionLastReset, 'notification'),
          },
    prefixes: prefixItems(rows),
  };
}

/** Why a session is down; null while it is up. */
function causeItem(rows: Row['rows']) {
  const [row] = rows(sessionCause);
  return row === undefined ? null : { id: row.labels.cause, text: row.labels.text };
}

/** The address families of a session: those that any of these metrics has a sample of. */
function prefixItems(rows: Row['rows']) {
  const families = new Map<string, Row<typeof SESSION_FAMILY_LABELS>>();
  for (const metric of [prefixesReceived, prefixesAccepted, prefixesAdvertised, policyMissing])
    for (const row of rows(metric)) families.set(`${row.labels.afi} ${row.labels.safi}`, row);
  return [...families.values()].map(({ labels, number, flag }) => ({
    afi: labels.afi,
    safi: labels.safi,
    received: number(prefixesReceived),
    accepted: number(prefixesAccepted),
    advertised: number(prefixesAdvertised),
    limit: number(prefixLimit),
    limit_exceeded: flag(prefixLimitExceeded),
    policy_missing: flag(policyMissing),
  }));
}

const sessionKey = (vrf: string, peer: string): string => JSON.stringify([vrf, peer]);

/** The sessions that are down: the seconds since then where they were established before, and whether on purpose. */
function* downSessions(
  summary: readonly unknown[],
): Turns<ReadonlyMap<string, { readonly age: number | undefined; readonly adminUp: boolean }>> {
  const found = new Map<string, { readonly age: number | undefined; readonly adminUp: boolean }>();
  for (const document of summary) {
    for (const [vrf, instance] of members(document)) {
      for (const [, family] of members(instance)) {
        for (const [peer, session] of members(family.peers)) {
          yield;
          if (session.state === 'Established') continue;
          const age = session.peerUptime === 'never' ? undefined : seconds(session.peerUptimeMsec, 1_000);
          const { admin } = stateOf(session.state, session.peerState);
          found.set(sessionKey(vrf, peer), { age, adminUp: !admin });
        }
      }
    }
  }
  return found;
}

/** FRR writes `Unknown`, `n/a` or an address of zeroes for what it does not know. */
function unlessUnknown(value: unknown): string {
  const text = word(value);
  return text === 'Unknown' || text === 'n/a' || text === '0.0.0.0' ? '' : text;
}

/** The mode without the asterisk by which FRR marks what is inherited from the instance. */
function mode(value: unknown): string {
  return word(value).replace(/\*$/, '');
}

function restartTimerRuns(restart: Fields): boolean {
  if (fields(restart.timers).restartTimerRemaining !== undefined) return true;
  for (const [, family] of members(restart))
    if (fields(family.timers).stalePathTimerRemaining !== undefined) return true;
  return false;
}

/** FRR has these fields, with a sentence in them, only when the policy is missing. */
function policyIsMissing(family: Fields): boolean {
  return family.inboundEbgpRequiresPolicy !== undefined || family.outboundEbgpRequiresPolicy !== undefined;
}
