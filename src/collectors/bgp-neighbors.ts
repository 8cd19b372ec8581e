/** What only the neighbors command reports about BGP sessions: the peer, reset reasons, timers, limits, policies. */

import { COMMANDS } from '../frr/commands.ts';
import { numberOf } from '../metrics/family.ts';
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
  sessionKey,
  sessionState,
  sessionStates,
  sessionUp,
} from './bgp.ts';
import {
  CAUSE_LABELS,
  createSurroundings,
  EVIDENCE_COMMANDS,
  type Surroundings,
  sessionCause,
  sessionCauseOf,
  shutdownMessage,
} from './bgp-cause.ts';
import { lastingFields, sessionsIn } from './bgp-failed.ts';
import {
  gracefulRestartActive,
  gracefulRestartInfo,
  INFO_LABELS,
  MESSAGE_LABELS,
  policyMissing,
  prefixesAccepted,
  prefixesRejected,
  prefixLimit,
  prefixLimitExceeded,
  prefixLimitWarning,
  REJECTED_LABELS,
  RESTART_LABELS,
  sessionBfdEnabled,
  sessionHoldTime,
  sessionInfo,
  sessionKeepalive,
  sessionLastReset,
  sessionLastResetTimestamp,
  sessionMessages,
  sessionRoundTrip,
} from './bgp-neighbor-metrics.ts';
import { emitReset, lastReset } from './bgp-reset.ts';
import { createRevision, type KnownSessions } from './bgp-revision.ts';
import { type FamiliesContext, reason, statefulCollector } from './collector.ts';
import { type Fields, fields, members, seconds, word } from './fields.ts';
import { interfaceUp } from './interfaces.ts';
import { DEFAULT_VRF } from './vrfs.ts';

const NEIGHBORS = COMMANDS.bgpNeighbors;
const SUMMARY = COMMANDS.bgpSummary;
const FAILED = COMMANDS.bgpFailed;

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
  commands: [SUMMARY, NEIGHBORS, FAILED, ...EVIDENCE_COMMANDS],
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
    const known: KnownSessions = { sessions: new Map(), lasting: new Map() };
    return {
      async query(frr) {
        const [surroundings, summary, neighbors] = await Promise.all([
          lookAround(frr),
          frr.json(SUMMARY),
          frr.json(NEIGHBORS),
        ]);
        return { summary, neighbors, surroundings };
      },
      *families({ summary, neighbors, surroundings }: Answers, context: FamiliesContext) {
        const { emit, labels } = context;
        const sessions = yield* sessionsIn(summary);
        const lasting = new Map<string, Fields>();
        known.sessions = sessions;
        known.lasting = lasting;
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

              const key = sessionKey(vrf, peer);
              lasting.set(key, lastingFields(neighbor));
              const session = sessions.get(key);
              const since = established ? seconds(neighbor.bgpTimerUpMsec, 1_000) : session?.downFor;
              const reset = lastReset(neighbor, since, surroundings?.loggedDown(vrf, peer)?.reason);
              if (reset !== undefined) emitReset(vrf, peer, neighbor, reset, context);
              if (!established && neighbor.bgpState !== undefined) {
                const { adminUp = true } = session ?? {};
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
      revision: createRevision(lookAround, known),
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
