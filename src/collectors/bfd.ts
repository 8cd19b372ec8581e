/** BFD sessions of every VRF: state, diagnostics, intervals, packets. */
import { COMMANDS } from '../frr/commands.ts';
import { metric, NO_LABELS, numberOf } from '../metrics/family.ts';
import { collector, reason, states } from './collector.ts';
import { type Fields, fields, items, seconds, word } from './fields.ts';

const PEERS = COMMANDS.bfdPeers;
const COUNTERS = COMMANDS.bfdCounters;

/** What identifies a BFD session. FRR leaves out a local address or interface that is not fixed: empty labels. */
const BFD_LABELS = ['vrf', 'peer', 'local', 'interface'] as const;
const INFO_LABELS = [
  ...BFD_LABELS,
  'diagnostic',
  'remote_diagnostic',
  'type',
  'profile',
  'multihop',
] as const;

const bfdInfo = metric({
  name: 'frr_bfd_session_info',
  type: 'info',
  help: 'Diagnostics of the BFD session on both sides, its origin, its profile, and whether it is multihop.',
  labels: INFO_LABELS,
  source: `${PEERS.text}: diagnostic, remote-diagnostic, multihop; FRR 10 and newer: type; FRR 10.7: profile`,
});
const bfdSessions = metric({
  name: 'frr_bfd_sessions',
  type: 'gauge',
  help: 'Number of BFD sessions in all VRFs, regardless of their state.',
  labels: [],
  source: PEERS.text,
});
/** 1 while the BFD session is up. */
export const bfdSessionUp = metric({
  name: 'frr_bfd_session_up',
  type: 'gauge',
  help: 'Whether the BFD session is up.',
  labels: BFD_LABELS,
  source: `${PEERS.text}: status`,
});
const bfdState = metric({
  name: 'frr_bfd_session_state',
  type: 'gauge',
  help: 'State of the BFD session as in RFC 5880: 0 admin down, 1 down, 2 init, 3 up.',
  labels: BFD_LABELS,
  source: `${PEERS.text}: status (RFC 5880 section 4.1)`,
});
const bfdAdminUp = metric({
  name: 'frr_bfd_session_admin_up',
  type: 'gauge',
  help: 'Whether the BFD session is administratively enabled on this side.',
  labels: BFD_LABELS,
  source: `${PEERS.text}: status "shutdown"`,
});
const bfdUpTimestamp = metric({
  name: 'frr_bfd_session_up_timestamp_seconds',
  type: 'gauge',
  help: 'Time at which the BFD session came up, in seconds since the epoch, accurate to a second; absent while it is not up.',
  unit: 'seconds',
  labels: BFD_LABELS,
  source: `${PEERS.text}: uptime`,
});
const bfdDownTimestamp = metric({
  name: 'frr_bfd_session_down_timestamp_seconds',
  type: 'gauge',
  help: 'Time at which the BFD session went down, or was created if it never was up, in seconds since the epoch, accurate to a second; absent while it is not down.',
  unit: 'seconds',
  labels: BFD_LABELS,
  source: `${PEERS.text}: downtime`,
});
const bfdUpEvents = counterMetric('up_events', 'Number of times the BFD session came up.', 'session-up');
const bfdDownEvents = counterMetric(
  'down_events',
  'Number of times the BFD session went down.',
  'session-down',
);
const bfdControlReceived = counterMetric(
  'control_packets_received',
  'BFD control packets received.',
  'control-packet-input',
);
const bfdControlSent = counterMetric(
  'control_packets_sent',
  'BFD control packets sent.',
  'control-packet-output',
);
const bfdEchoReceived = counterMetric(
  'echo_packets_received',
  'BFD echo packets received.',
  'echo-packet-input',
);
const bfdEchoSent = counterMetric('echo_packets_sent', 'BFD echo packets sent.', 'echo-packet-output');
const bfdReceive = intervalMetric(
  'receive',
  'Minimum interval between control packets that this side can receive.',
  'receive-interval',
);
const bfdTransmit = intervalMetric(
  'transmit',
  'Minimum interval at which this side wants to send control packets.',
  'transmit-interval',
);
const bfdEchoReceive = intervalMetric(
  'echo_receive',
  'Minimum interval between echo packets that this side can receive.',
  'echo-receive-interval',
  '8.0',
);
const bfdEchoTransmit = intervalMetric(
  'echo_transmit',
  'Interval at which this side sends echo packets; 0 if it sends none.',
  'echo-transmit-interval (FRR 7.5: echo-interval)',
);
const bfdRemoteReceive = intervalMetric(
  'remote_receive',
  'Minimum interval between control packets that the peer can receive.',
  'remote-receive-interval',
);
const bfdRemoteTransmit = intervalMetric(
  'remote_transmit',
  'Minimum interval at which the peer wants to send control packets.',
  'remote-transmit-interval',
);
const bfdRemoteEchoReceive = intervalMetric(
  'remote_echo_receive',
  'Minimum interval between echo packets that the peer can receive; 0 if it accepts none.',
  'remote-echo-receive-interval (FRR 7.5: remote-echo-interval)',
);
const bfdMultiplier = metric({
  name: 'frr_bfd_session_detect_multiplier',
  type: 'gauge',
  help: 'Number of consecutive control packets from this side that may be lost before the peer declares the BFD session down.',
  labels: BFD_LABELS,
  source: `${PEERS.text}: detect-multiplier`,
});
const bfdRemoteMultiplier = metric({
  name: 'frr_bfd_session_remote_detect_multiplier',
  type: 'gauge',
  help: 'Number of consecutive control packets from the peer that may be lost before this side declares the BFD session down.',
  labels: BFD_LABELS,
  source: `${PEERS.text}: remote-detect-multiplier`,
});
const bfdRoundTripMin = roundTripMetric('min', 'Minimum');
const bfdRoundTripAvg = roundTripMetric('avg', 'Average');
const bfdRoundTripMax = roundTripMetric('max', 'Maximum');

function counterMetric(part: string, help: string, field: string) {
  return metric({
    name: `frr_bfd_session_${part}_total`,
    type: 'counter',
    help,
    labels: BFD_LABELS,
    source: `${COUNTERS.text}: ${field}`,
  });
}

function intervalMetric(part: string, help: string, field: string, since?: string) {
  return metric({
    name: `frr_bfd_session_${part}_interval_seconds`,
    type: 'gauge',
    help,
    unit: 'seconds',
    labels: BFD_LABELS,
    source: `${PEERS.text}: ${field}`,
    ...(since !== undefined && { since }),
  });
}

function roundTripMetric(which: 'min' | 'avg' | 'max', word: string) {
  return metric({
    name: `frr_bfd_session_rtt_${which}_seconds`,
    type: 'gauge',
    help: `${word} round-trip time of the last echo packets; absent until one was received.`,
    unit: 'seconds',
    labels: BFD_LABELS,
    source: `${PEERS.text}: rtt-${which} (microseconds)`,
    since: '8.4',
  });
}

/** The states of RFC 5880, section 4.1. */
const sessionStates = states({
  topic: 'bfd_session',
  protocol: 'BFD',
  metric: bfdState,
  names: new Map([
    [0, 'AdminDown'],
    [1, 'Down'],
    [2, 'Init'],
    [3, 'Up'],
  ]),
  up: 3,
  adminDown: 0,
  transitions: { metric: bfdDownEvents, counts: 'down' },
  title: ({ vrf, peer }) => `BFD session with ${peer} (vrf ${vrf})`,
});

/** A state by FRR's words for it (`__display_peer_json` in bfdd_vty.c). */
function stateOf(status: unknown): unknown {
  const name = status === 'shutdown' ? 'admindown' : status;
  for (const [value, one] of sessionStates.names) if (one.toLowerCase() === name) return value;
  return status;
}

export const bfd = collector({
  name: 'bfd',
  help: 'BFD sessions of every VRF.',
  enabledByDefault: true,
  pace: 'sessions',
  commands: [PEERS, COUNTERS],
  descriptors: [
    bfdInfo,
    bfdSessions,
    bfdSessionUp,
    bfdState,
    bfdAdminUp,
    bfdUpTimestamp,
    bfdDownTimestamp,
    bfdUpEvents,
    bfdDownEvents,
    bfdControlReceived,
    bfdControlSent,
    bfdEchoReceived,
    bfdEchoSent,
    bfdReceive,
    bfdTransmit,
    bfdEchoReceive,
    bfdEchoTransmit,
    bfdRemoteReceive,
    bfdRemoteTransmit,
    bfdRemoteEchoReceive,
    bfdMultiplier,
    bfdRemoteMultiplier,
    bfdRoundTripMin,
    bfdRoundTripAvg,
    bfdRoundTripMax,
  ],
  states: [sessionStates],
  reasons: [
    reason({
      of: sessionStates,
      field: 'reason',
      metric: bfdInfo,
      text: ({ diagnostic, remote_diagnostic: remote }) =>
        remote === '' || remote === 'ok' ? diagnostic : `${diagnostic}, the other side says ${remote}`,
    }),
  ],
  status: {
    bfd_sessions: {
      title: 'BFD sessions',
      items: (tables) =>
        tables.rows(bfdSessionUp).map(({ labels, value, number, flag, time, text }) => ({
          vrf: labels.vrf,
          peer: labels.peer,
          local: labels.local || null,
          interface: labels.interface || null,
          up: value === 1,
          admin_up: flag(bfdAdminUp),
          state: words(sessionStates.names.get(number(bfdState) ?? Number.NaN)),
          since: time(value === 1 ? bfdUpTimestamp : bfdDownTimestamp),
          diagnostic: text(bfdInfo, 'diagnostic'),
          remote_diagnostic: text(bfdInfo, 'remote_diagnostic'),
        })),
    },
  },
  query: async (frr) => {
    const [sessions, counters] = await frr.jsonEach([PEERS, COUNTERS]);
    return { sessions, counters };
  },
  *families({ sessions, counters }, { emit, labels, now }) {
    const labelsOf = (session: Fields) =>
      labels(BFD_LABELS, [
        word(session.vrf),
        word(session.peer),
        word(session.local),
        word(session.interface),
      ]);
    // An answer that is not a list does not say that there are no sessions.
    if (Array.isArray(sessions)) emit(bfdSessions, NO_LABELS, sessions.length);
    for (const item of items(sessions)) {
      yield;
      const session = fields(item);
      const set = labelsOf(session);
      const { status } = session;
      if (status !== undefined) {
        emit(bfdSessionUp, set, status === 'up' ? 1 : 0);
        emit(bfdState, set, stateOf(status));
        emit(bfdAdminUp, set, status === 'shutdown' ? 0 : 1);
      }
      const info = labels(INFO_LABELS, [
        ...set.values,
        word(session.diagnostic),
        word(session['remote-diagnostic']),
        word(session.type),
        word(session.profile),
        session.multihop === undefined ? '' : String(session.multihop === true),
      ]);
      emit(bfdInfo, info, 1);
      emit(bfdUpTimestamp, set, ago(session.uptime, now));
      emit(bfdDownTimestamp, set, ago(session.downtime, now));
      emit(bfdReceive, set, seconds(session['receive-interval'], 1_000));
      emit(bfdTransmit, set, seconds(session['transmit-interval'], 1_000));
      emit(bfdEchoReceive, set, seconds(session['echo-receive-interval'], 1_000));
      emit(
        bfdEchoTransmit,
        set,
        seconds(session['echo-transmit-interval'] ?? session['echo-interval'], 1_000),
      );
      emit(bfdRemoteReceive, set, seconds(session['remote-receive-interval'], 1_000));
      emit(bfdRemoteTransmit, set, seconds(session['remote-transmit-interval'], 1_000));
      emit(
        bfdRemoteEchoReceive,
        set,
        seconds(session['remote-echo-receive-interval'] ?? session['remote-echo-interval'], 1_000),
      );
      emit(bfdMultiplier, set, session['detect-multiplier']);
      emit(bfdRemoteMultiplier, set, session['remote-detect-multiplier']);
      // FRR writes zeroes until an echo packet has come back.
      if (numberOf(session['rtt-max']) !== 0) {
        emit(bfdRoundTripMin, set, seconds(session['rtt-min'], 1_000_000));
        emit(bfdRoundTripAvg, set, seconds(session['rtt-avg'], 1_000_000));
        emit(bfdRoundTripMax, set, seconds(session['rtt-max'], 1_000_000));
      }
    }
    for (const item of items(counters)) {
      yield;
      const session = fields(item);
      const set = labelsOf(session);
      emit(bfdUpEvents, set, session['session-up']);
      emit(bfdDownEvents, set, session['session-down']);
      emit(bfdControlReceived, set, session['control-packet-input']);
      emit(bfdControlSent, set, session['control-packet-output']);
      emit(bfdEchoReceived, set, session['echo-packet-input']);
      emit(bfdEchoSent, set, session['echo-packet-output']);
    }
  },
});

/** The moment that was some seconds ago. */
function ago(seconds: unknown, now: number): number | undefined {
  const age = numberOf(seconds);
  return age === undefined ? undefined : now - age;
}

/** `admin down` of `AdminDown`. */
function words(name: string | undefined): string | null {
  return name?.replace(/(?<=[a-z])(?=[A-Z])/, ' ').toLowerCase() ?? null;
}
