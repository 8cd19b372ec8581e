/**
 * Why a BGP session is down: one cause from a closed set, determined from all evidence that is available at the moment.
 *
 * FRR reports the last thing that happened to a session, which is often a consequence: a cut link can show as
 * `BFD down received`, `Interface down`, `Neighbor address lost` or `Waiting for NHT`, depending on the version and on
 * which daemon noticed first. The rules below are tried from top to bottom; the first that applies is the cause.
 * docs/causes.md holds the same table, generated from {@link RULES}.
 */

/** What FRR reports about the last reset of the session (`show bgp vrf all neighbors json`). */
export interface Reset {
  /** `lastResetCode`: `PEER_DOWN_...` in bgpd/bgpd.h. Undefined on an FRR that does not report it. */
  readonly code: number | undefined;
  /** `lastResetDueTo`, FRR's own words. */
  readonly reason: string;
  /** The NOTIFICATION of RFC 4271, section 4.5, from `lastErrorCodeSubcode`; undefined where there was none. */
  readonly notification: Notification | undefined;
}

export interface Notification {
  readonly code: number;
  readonly subcode: number;
  /** `lastNotificationReason`: `Cease/Administrative Shutdown`. */
  readonly name: string;
  /** The text that the peer's operator gave (RFC 9003), `lastShutdownDescription`; empty without one. */
  readonly text: string;
}

/** Everything that is known about a session that is not established. What is not known is undefined. */
export interface Evidence {
  /** False: the session is shut down in the configuration of this node. */
  readonly adminUp: boolean | undefined;
  /**
   * FRR's state of the session without what it adds in parentheses: `Idle`, `Active`. FRR 8.4 still reports an initial
   * obstacle, such as no address family, after it is gone and the session tries to connect.
   */
  readonly state: string | undefined;
  /** Whether the session was established since bgpd started. */
  readonly wasEstablished: boolean | undefined;
  readonly reset: Reset | undefined;
  /** This node stopped the session because the peer sent more prefixes than the limit. */
  readonly prefixLimitExceeded: boolean | undefined;
  /** The interface toward the peer; undefined where the exporter cannot see the node's interfaces. */
  readonly link: { readonly name: string; readonly up: boolean } | undefined;
  /** The BFD session of the peer; undefined without one. */
  readonly bfd:
    | {
        /** Why this side's BFD session is down, in FRR's words for the codes of RFC 5880, section 4.1. */
        readonly diagnostic: string;
        /** The same for the other side, from its last control packet. */
        readonly remoteDiagnostic: string;
        /** Seconds that one side may be late before the other one gives up: all of the detection time but one interval. */
        readonly patience: number | undefined;
      }
    | undefined;
  /** The hold time in seconds that is configured here. */
  readonly holdTime: number | undefined;
  /**
   * Seconds for which daemons of this node could have run and did not get a CPU, at the time of the reset: a measurement
   * around it takes some seconds. 0 where that cannot be seen.
   */
  readonly waited: { readonly bfdd: number; readonly bgpd: number };
  /** The kernel drops packets of BGP peers because `ttl-security` demands a higher TTL; which peers', it does not say. */
  readonly lowTtl: boolean;
  /** This node has sent an OPEN message, so the TCP connection comes up. */
  readonly connects: boolean;
  /** bgpd of this node has just started, and not for the first time. */
  readonly bgpdRestarted: boolean | undefined;
}

/** The closed set of causes, in the order of precedence, with what each means to the person on call. */
export const CAUSES = {
  shut_here: 'The session is shut down in the configuration of this node.',
  over_limit: 'The peer sent more prefixes than this node accepts.',
  link_down: 'The interface toward the peer has no link.',
  peer_shut: 'The peer was shut down by its operator.',
  peer_over_limit: 'This node sent more prefixes than the peer accepts.',
  wrong_as: 'The AS number of one side is not what the other side expects.',
  low_ttl: 'The TTL of what the peer sends is lower than `ttl-security` of this node demands.',
  daemon_starved:
    'A daemon of this node got no CPU time, so it missed what the peer sent, or sent nothing itself.',
  path_silent: 'The link is up, but nothing arrives from the peer: BFD or the hold timer expired.',
  peer_removed: 'The peer has removed this session from its configuration.',
  rejected: 'One side rejected the session or a message with a NOTIFICATION.',
  peer_closed: 'The peer closed the connection: it restarted or stopped.',
  bgpd_restarted: 'bgpd of this node restarted, and the session has not come up again.',
  interface_lost: 'The interface or address toward the peer went away.',
  no_route: 'There is no route to the peer.',
  vrf_missing: 'The VRF of the session does not exist.',
  not_configured: 'The configuration of the session is incomplete: no address family or no router ID.',
  reset_here: 'The session was reset on this node: by a command or a change of the configuration.',
  no_answer: 'The peer does not answer, and what ended the session is no longer known.',
  never_up: 'The session has never come up, and the peer does not answer.',
  unknown: 'The evidence does not explain it.',
} as const;

export type CauseId = keyof typeof CAUSES;

export interface Cause {
  readonly id: CauseId;
  /** For people: a few words without a full stop, such as `link down (eth2)` or `shut by the peer: "new card"`. */
  readonly text: string;
}

/** `PEER_DOWN_...` in bgpd/bgpd.h; the numbers are the same in FRR 7.5 to 10.7, but for one. */
export const RESET = {
  userShutdown: 11,
  userReset: 12,
  notificationReceived: 13,
  notificationSent: 14,
  closed: 15,
  closedWithGracefulRestart: 22,
  bfdDown: 24,
  interfaceDown: 25,
  addressLost: 26,
  nextHopUnresolved: 27,
  noAddress: 28,
  vrfMissing: 29,
  noAddressFamily: 30,
  /** `Waiting for peer OPEN` up to FRR 10.3, `No RPKI cache server connected` in 10.7. */
  notAnswered: 32,
  prefixCount: 33,
  socketError: 34,
  roundTripShutdown: 35,
  noRouterId: 38,
} as const;

/** Resets that follow from a command or a change of the configuration on this node. */
const RESET_HERE: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17, 18, 19, 20, 21, 23, 31, 36, 37,
]);

/** Codes of RFC 4271, section 4.5. */
const OPEN_ERROR = 2;
const HOLD_TIMER_EXPIRED = 4;
const FSM_ERROR = 5;
const CEASE = 6;
/** Subcodes of OPEN errors (RFC 4271, section 6.2). */
const BAD_PEER_AS = 2;
/** Subcodes of errors of the state machine (RFC 6608). */
const UNEXPECTED_IN_OPEN_SENT = 1;
/** Subcodes of Cease (RFC 4486, RFC 9384). */
const CEASE_MAX_PREFIXES = 1;
const CEASE_SHUTDOWN = 2;
const CEASE_REMOVED = 3;
const CEASE_RESET = 4;
const CEASE_BFD_DOWN = 10;
/** Cease for what a command or a change of the configuration did: shutdown, removal, reset, other change. */
const CEASE_CONFIGURED: ReadonlySet<number> = new Set([2, 3, 4, 6]);

/** BFD diagnostics in FRR's words (`bfd_diag_str` in bfdd). */
const TIMED_OUT = 'control detection time expired';
const PEER_SIGNALED = 'neighbor signaled session down';

/** One row of the table: when it applies, and what is then said. */
interface Rule {
  readonly id: CauseId;
  /** For docs/causes.md: the evidence that leads to this cause. */
  readonly when: string;
  /** Where FRR itself shows it: `VERSION/SITUATION` of test/recordings, or `laboratory` for test/integration/matrix. */
  readonly shownBy: `${string}/${string}` | 'laboratory';
  /** The words for people where it applies, undefined where not. */
  readonly text: (evidence: Evidence) => string | undefined;
}

function received({ reset }: Evidence): Notification | undefined {
  return reset?.code === RESET.notificationReceived ? reset.notification : undefined;
}

function sent({ reset }: Evidence): Notification | undefined {
  return reset?.code === RESET.notificationSent ? reset.notification : undefined;
}

function is(notification: Notification | undefined, code: number, subcode?: number): boolean {
  return notification?.code === code && (subcode === undefined || notification.subcode === subcode);
}

/** A timer of BFD expired here or there, so packets were lost on the way, or one side did not run. */
function bfdSilence(evidence: Evidence): string | undefined {
  const { reset } = evidence;
  if (reset?.code === RESET.bfdDown || is(sent(evidence), CEASE, CEASE_BFD_DOWN)) {
    const { diagnostic, remoteDiagnostic } = evidence.bfd ?? {};
    if (diagnostic !== PEER_SIGNALED) return 'BFD timed out';
    return remoteDiagnostic === TIMED_OUT ? "the peer's BFD timed out" : undefined;
  }
  return is(received(evidence), CEASE, CEASE_BFD_DOWN) ? "the peer's BFD timed out" : undefined;
}

/** The same of BGP's own timer. */
function holdSilence(evidence: Evidence): string | undefined {
  if (is(sent(evidence), HOLD_TIMER_EXPIRED)) return 'hold timer expired';
  return is(received(evidence), HOLD_TIMER_EXPIRED) ? "the peer's hold timer expired" : undefined;
}

/** A daemon that was not run for as long as its timers allow: longer than two of the three intervals that they last. */
function starved(evidence: Evidence): string | undefined {
  const { waited, bfd, holdTime } = evidence;
  const [daemon, patience] =
    bfdSilence(evidence) !== undefined
      ? (['bfdd', bfd?.patience] as const)
      : holdSilence(evidence) !== undefined
        ? (['bgpd', holdTime === undefined ? undefined : (holdTime * 2) / 3] as const)
        : [];
  if (daemon === undefined || patience === undefined || waited[daemon] < patience) return undefined;
  return `${daemon} on this node did not run for ${waited[daemon].toFixed(1)} s`;
}

/** The peer's own words in quotes, behind a colon. */
function quoted({ text }: Notification): string {
  return text === '' ? '' : `: "${text}"`;
}

/** An obstacle that keeps the session from trying to connect at all. */
function obstacleIs(evidence: Evidence, ...codes: readonly number[]): boolean {
  return evidence.state === 'Idle' && resetIs(evidence, ...codes);
}

function lacksRpkiCache(evidence: Evidence): boolean {
  return obstacleIs(evidence, RESET.notAnswered) && evidence.reset?.reason.includes('RPKI') === true;
}

function resetIs({ reset }: Evidence, ...codes: readonly number[]): boolean {
  return reset?.code !== undefined && codes.includes(reset.code);
}

/** A command or a change of the configuration on this node ended the session. */
function resetHere(evidence: Evidence): boolean {
  const ours = sent(evidence);
  if (ours?.code === CEASE && CEASE_CONFIGURED.has(ours.subcode)) return true;
  return evidence.reset?.code !== undefined && RESET_HERE.has(evidence.reset.code);
}

/** The table. The order is the precedence: a state that holds now comes before what happened last. */
export const RULES: readonly Rule[] = [
  {
    id: 'shut_here',
    when: 'the session is administratively down, or shut down automatically because of its round-trip time (reset 11, 35)',
    shownBy: '8.4.4/every-kind',
    text: (evidence) => {
      if (evidence.adminUp === false) return 'shut down on this node';
      return evidence.reset?.code === RESET.roundTripShutdown
        ? 'shut down on this node: round-trip time'
        : undefined;
    },
  },
  {
    id: 'over_limit',
    when: 'the prefix limit stopped the session (reset 33, or a Cease for the maximum of prefixes sent)',
    shownBy: '8.4.4/tor2-max-prefix-exceeded',
    text: (evidence) =>
      evidence.prefixLimitExceeded === true ||
      resetIs(evidence, RESET.prefixCount) ||
      is(sent(evidence), CEASE, CEASE_MAX_PREFIXES)
        ? 'the peer exceeded the prefix limit'
        : undefined,
  },
  {
    id: 'link_down',
    when: 'the interface toward the peer is down now',
    shownBy: 'laboratory',
    text: ({ link }) => (link?.up === false ? `link down (${link.name})` : undefined),
  },
  {
    id: 'peer_shut',
    when: 'a Cease for administrative shutdown or reset received',
    shownBy: '8.4.4/tor1-shutdown-remotely',
    text: (evidence) => {
      const notification = received(evidence);
      if (notification === undefined || notification.code !== CEASE) return undefined;
      if (notification.subcode === CEASE_SHUTDOWN) return `shut down by the peer${quoted(notification)}`;
      return notification.subcode === CEASE_RESET ? `reset by the peer${quoted(notification)}` : undefined;
    },
  },
  {
    id: 'peer_over_limit',
    when: 'a Cease for the maximum of prefixes received',
    shownBy: 'laboratory',
    text: (evidence) =>
      is(received(evidence), CEASE, CEASE_MAX_PREFIXES)
        ? 'the peer stopped it: its prefix limit is exceeded'
        : undefined,
  },
  {
    id: 'wrong_as',
    when: 'an OPEN error for a bad peer AS sent or received',
    shownBy: 'laboratory',
    text: (evidence) => {
      if (is(sent(evidence), OPEN_ERROR, BAD_PEER_AS))
        return 'the peer has another AS number than configured here';
      return is(received(evidence), OPEN_ERROR, BAD_PEER_AS)
        ? 'the peer expects another AS number of this node'
        : undefined;
    },
  },
  {
    id: 'low_ttl',
    when: 'the session has never been established although the peer connects, no other message explains it, and the kernel drops packets whose TTL is too low (`TCPMinTTLDrop` of `/proc/net/netstat`)',
    shownBy: 'laboratory',
    text: (evidence) => {
      const { wasEstablished, connects, lowTtl, reset } = evidence;
      if (wasEstablished !== false || !connects || !lowTtl) return undefined;
      const silent = is(sent(evidence), HOLD_TIMER_EXPIRED) || reset?.notification === undefined;
      return silent && !resetIs(evidence, RESET.closed, RESET.closedWithGracefulRestart, RESET.socketError)
        ? 'never up: the TTL of packets is too low for ttl-security'
        : undefined;
    },
  },
  {
    id: 'daemon_starved',
    when: 'BFD or a hold timer expired while bfdd or bgpd of this node waited for a CPU for as long as two thirds of it (`/proc/PID/schedstat`)',
    shownBy: 'laboratory',
    text: starved,
  },
  {
    id: 'path_silent',
    when: 'BFD or a hold timer expired, here or at the peer, and the link is not known to be down',
    shownBy: 'laboratory',
    text: (evidence) => {
      const what = bfdSilence(evidence) ?? holdSilence(evidence);
      if (what === undefined) return undefined;
      return evidence.link?.up === true ? `path silent: ${what}, link up` : `path silent: ${what}`;
    },
  },
  {
    id: 'peer_removed',
    when: 'a Cease for a removed peer received',
    shownBy: 'laboratory',
    text: (evidence) =>
      is(received(evidence), CEASE, CEASE_REMOVED) ? 'the peer has removed this session' : undefined,
  },
  {
    id: 'rejected',
    when: 'any other NOTIFICATION sent or received',
    shownBy: 'laboratory',
    text: (evidence) => {
      const theirs = received(evidence);
      if (theirs !== undefined) return `rejected by the peer: ${theirs.name}`;
      const ours = sent(evidence);
      // To FRR a NOTIFICATION in place of the OPEN is an error of the peer, which it answers with one of its own.
      if (is(ours, FSM_ERROR, UNEXPECTED_IN_OPEN_SENT)) return 'rejected by the peer before it sent its OPEN';
      return ours === undefined || resetHere(evidence) ? undefined : `rejected by this node: ${ours.name}`;
    },
  },
  {
    id: 'peer_closed',
    when: 'the peer closed the TCP connection (reset 15, 22, 34), or ended BFD without having missed packets (reset 24)',
    shownBy: '8.4.4/graceful-restart',
    text: (evidence) =>
      resetIs(evidence, RESET.closed, RESET.closedWithGracefulRestart, RESET.socketError, RESET.bfdDown)
        ? 'the peer closed the session or restarted'
        : undefined,
  },
  {
    id: 'bgpd_restarted',
    when: 'bgpd of this node restarted within the last two minutes, and the session has not been established since',
    shownBy: 'laboratory',
    text: ({ bgpdRestarted, wasEstablished }) =>
      bgpdRestarted === true && wasEstablished === false ? 'bgpd on this node restarted' : undefined,
  },
  {
    id: 'interface_lost',
    when: 'the interface went down or its address went away (reset 25, 26, 28)',
    shownBy: '10.7.1/vrf-gone',
    text: (evidence) => {
      if (!resetIs(evidence, RESET.interfaceDown, RESET.addressLost, RESET.noAddress)) return undefined;
      const { link } = evidence;
      if (link === undefined) return 'the interface toward the peer went down';
      return resetIs(evidence, RESET.interfaceDown)
        ? `${link.name} was down, link up again`
        : `no address of the peer on ${link.name}, link up`;
    },
  },
  {
    id: 'no_route',
    when: 'the next hop is not resolved (reset 27); FRR 10.7 keeps reporting it for a session that was never up, so not if the link toward the peer is up',
    shownBy: '8.4.4/healthy',
    text: (evidence) => {
      const { link, wasEstablished } = evidence;
      if (!resetIs(evidence, RESET.nextHopUnresolved)) return undefined;
      return link?.up === true && wasEstablished === false ? undefined : 'no route to the peer';
    },
  },
  {
    id: 'vrf_missing',
    when: 'the VRF is configured and the kernel does not have it (reset 29)',
    shownBy: '8.4.4/healthy',
    text: (evidence) => (obstacleIs(evidence, RESET.vrfMissing) ? 'the VRF does not exist' : undefined),
  },
  {
    id: 'not_configured',
    when: 'no address family, no router ID, or no RPKI cache where one is required (reset 30, 32, 38)',
    shownBy: '7.5.1/healthy',
    text: (evidence) => {
      if (obstacleIs(evidence, RESET.noAddressFamily)) return 'no address family activated for the peer';
      if (obstacleIs(evidence, RESET.noRouterId)) return 'no router ID configured';
      return lacksRpkiCache(evidence) ? 'no RPKI cache connected' : undefined;
    },
  },
  {
    id: 'reset_here',
    when: 'a command or a change of the configuration on this node (a Cease sent for it, or a reset of that kind)',
    shownBy: 'laboratory',
    text: (evidence) => {
      if (!resetHere(evidence)) return undefined;
      const { notification, reason } = evidence.reset ?? {};
      return `reset on this node: ${notification?.name ?? reason}`;
    },
  },
  {
    id: 'no_answer',
    when: 'the session was established, and the peer does not answer attempts to connect (reset 32)',
    shownBy: 'laboratory',
    text: ({ wasEstablished, link, reset }) => {
      if (wasEstablished !== true || reset?.code !== RESET.notAnswered) return undefined;
      return link === undefined ? 'the peer does not answer' : 'the peer does not answer, link up';
    },
  },
  {
    id: 'never_up',
    when: 'the session has never been established, and nothing above explains it',
    shownBy: '8.4.4/every-kind',
    text: ({ wasEstablished, link }) => {
      if (wasEstablished !== false) return undefined;
      return link === undefined
        ? 'never up: the peer does not answer'
        : `never up: the peer does not answer, link up`;
    },
  },
];

/** The cause of a session that is not established. Pure; never throws. */
export function causeOf(evidence: Evidence): Cause {
  for (const { id, text } of RULES) {
    const words = text(evidence);
    if (words !== undefined) return { id, text: words };
  }
  const { reset } = evidence;
  return {
    id: 'unknown',
    text: reset === undefined || reset.reason === '' ? 'unknown' : `unknown: ${reset.reason}`,
  };
}
