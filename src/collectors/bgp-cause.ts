/** Gathers the evidence of why a BGP session is down, and the cause that follows from it. */
import { type Cause, causeOf, type Evidence, type Notification } from '../causes/cause.ts';
import { COMMANDS, type Daemon } from '../frr/commands.ts';
import type { CpuWait } from '../frr/daemon-cpu.ts';
import type { Link } from '../frr/links.ts';
import { metric, numberOf } from '../metrics/family.ts';
import { sessionKey } from './bgp.ts';
import type { LastReset } from './bgp-reset.ts';
import type { Frr } from './collector.ts';
import { type Fields, fields, items, seconds, word } from './fields.ts';
import { createPeerInterfaces, type FindInterface } from './peer-interfaces.ts';
import { unlessFailed } from './unless-failed.ts';
import { parseZebraClients } from './zebra-clients.ts';

export const CAUSE_LABELS = ['vrf', 'peer', 'cause', 'text'] as const;
export const MESSAGE_LABELS = ['vrf', 'peer', 'message'] as const;

/** The commands that the evidence needs besides those of the session itself. */
export const EVIDENCE_COMMANDS = [COMMANDS.bfdPeers, COMMANDS.zebraClients] as const;

/**
 * One series for each session that is down. The cause is a label, not a value, because causes have names and no order, and
 * a join by `vrf` and `peer` adds it to any metric of the session. The sentence is a label too, so that alerts,
 * log and pages all say the same.
 */
export const sessionCause = metric({
  name: 'frr_bgp_session_down_cause',
  type: 'gauge',
  help: 'Cause why the BGP session is down, as one of a closed set (docs/causes.md) and in words; always 1, absent while it is established.',
  labels: CAUSE_LABELS,
  source: `${COMMANDS.bgpNeighbors.text}; ${COMMANDS.bfdPeers.text}; ${COMMANDS.zebraClients.text}; /sys/class/net: operstate; /proc: schedstat, net/netstat TCPMinTTLDrop`,
});
/**
 * A metric of its own, not a label of the last reset: most sessions never have a message, and what a peer writes must not
 * touch series that others rely on.
 */
export const shutdownMessage = metric({
  name: 'frr_bgp_session_shutdown_message_info',
  type: 'info',
  help: "Message that the peer's operator gave for the last shutdown or reset of the BGP session (RFC 9003); absent without one.",
  labels: MESSAGE_LABELS,
  source: `${COMMANDS.bgpNeighbors.text}: lastShutdownDescription`,
});

/** The evidence from outside the sessions at the time of a poll. */
export interface Surroundings {
  /** By interface. */
  readonly links: ReadonlyMap<string, Link>;
  readonly findInterface: FindInterface;
  /** `show bfd peers json`, by {@link sessionKey}; a session on a link also by its interface. */
  readonly bfd: ReadonlyMap<string, Fields>;
  /** bgpd has just started, while this program was running. */
  readonly bgpdRestarted: boolean;
  readonly lowTtl: boolean;
  readonly waits: readonly CpuWait[];
  readonly loggedDown: Frr['loggedDown'];
  /** When FRR had answered, in seconds of a clock that never jumps. */
  readonly at: number;
}

/** Seconds after a restart of bgpd during which it explains that a session is down; FRR's longest time between attempts to connect. */
const RESTART = 120;

const NOWHERE: Surroundings = {
  links: new Map(),
  findInterface: () => undefined,
  bfd: new Map(),
  bgpdRestarted: false,
  lowTtl: false,
  waits: [],
  loggedDown: () => undefined,
  at: 0,
};

/** Seconds for which a dropped packet is evidence: longer than a peer waits between two attempts to connect. */
const LOW_TTL = 180;

/**
 * Makes the function that gathers the evidence at each poll. What is not available is no evidence, and never fails the
 * poll.
 */
export function createSurroundings(): (frr: Frr) => Promise<Surroundings> {
  const interfaces = createPeerInterfaces();
  const clock = () => performance.now() / 1000;
  let first: number | undefined;
  let drops: number | undefined;
  let droppedAt = Number.NEGATIVE_INFINITY;

  return async (frr) => {
    const [dropped, links, addresses, bfd, clients] = await Promise.all([
      frr.lowTtlDrops(),
      unlessFailed(frr.links(), []),
      unlessFailed(frr.addresses(), []),
      unlessFailed(frr.json(COMMANDS.bfdPeers), []),
      unlessFailed(frr.text(COMMANDS.zebraClients), ''),
    ]);
    const at = clock();
    first ??= at;
    if (drops !== undefined && dropped !== undefined && dropped > drops) droppedAt = at;
    drops = dropped;
    const age = parseZebraClients(clients).get('bgpd');
    return {
      links: new Map(links.map((link) => [link.interface, link])),
      findInterface: interfaces(links, addresses),
      bfd: bfdSessions(bfd.flatMap(items).map(fields)),
      bgpdRestarted: age !== undefined && age < Math.min(RESTART, at - first),
      lowTtl: at - droppedAt < LOW_TTL,
      waits: frr.cpuWaits(),
      loggedDown: frr.loggedDown,
      at,
    };
  };
}

/** By VRF and peer, which BGP may know by its address or by its interface; the first of several. */
function bfdSessions(sessions: readonly Fields[]): ReadonlyMap<string, Fields> {
  const found = new Map<string, Fields>();
  for (const one of sessions)
    for (const peer of [word(one.peer), word(one.interface)]) {
      const key = sessionKey(word(one.vrf), peer);
      if (!found.has(key)) found.set(key, one);
    }
  return found;
}

/** The cause of a session that is not established. */
export function sessionCauseOf(
  vrf: string,
  peer: string,
  neighbor: Fields,
  { adminUp, reset }: { readonly adminUp: boolean; readonly reset: LastReset | undefined },
  { links, findInterface, bfd, bgpdRestarted, lowTtl, waits, at }: Surroundings = NOWHERE,
): Cause {
  const watching = bfd.get(sessionKey(vrf, peer));
  // An interface without a carrier has no addresses here; bfdd knows it still.
  const name = findInterface(peer) ?? word(watching?.interface);
  const link = links.get(name);
  const patience = watching && bfdPatience(watching);
  const holdTime = seconds(neighbor.bgpTimerConfiguredHoldTimeMsecs, 1_000);
  /** FRR reports whole seconds since the reset. @param before seconds before the reset that count, too */
  const waitedAround = (daemon: Daemon, before = 0) =>
    reset?.age === undefined ? 0 : waitedBetween(waits, daemon, at - reset.age - 1 - before, at - reset.age);
  const evidence: Evidence = {
    adminUp: adminUp && neighbor.adminShutDown !== true,
    state: word(neighbor.bgpState),
    wasEstablished: numberOf(neighbor.connectionsEstablished) !== 0,
    reset: reset && {
      code: numberOf(reset.code),
      reason: reset.reason,
      notification: notificationOf(neighbor, reset),
    },
    prefixLimitExceeded: neighbor.prefixesConfigExceedMax === true,
    link: link && { name: link.interface, up: link.up },
    bfd: watching && {
      diagnostic: word(watching.diagnostic),
      remoteDiagnostic: word(watching['remote-diagnostic']),
      patience,
    },
    holdTime,
    waited: {
      bfdd: waitedAround('bfdd', patience),
      bgpd: waitedAround('bgpd', holdTime),
    },
    lowTtl,
    connects: (numberOf(fields(neighbor.messageStats).opensSent) ?? 0) > 0,
    bgpdRestarted,
  };
  return causeOf(evidence);
}

/** Of what is configured here: FRR reports what was agreed only while the session is up. */
function bfdPatience(session: Fields): number | undefined {
  const interval = seconds(session['receive-interval'], 1_000);
  const multiplier = numberOf(session['detect-multiplier']);
  return interval === undefined || multiplier === undefined ? undefined : (multiplier - 1) * interval;
}

/** Seconds that a daemon waited in all measurements that overlap with this time. */
function waitedBetween(waits: readonly CpuWait[], daemon: Daemon, from: number, to: number): number {
  return waits
    .filter((wait) => wait.daemon === daemon && wait.from < to && wait.to > from)
    .reduce((sum, wait) => sum + wait.seconds, 0);
}

/** `0602` is Cease, administrative shutdown. FRR goes on reporting it after later resets without one. */
function notificationOf(neighbor: Fields, { notification }: LastReset): Notification | undefined {
  const hex = word(neighbor.lastErrorCodeSubcode);
  if (notification === '' || !/^[0-9A-Fa-f]{4}$/.test(hex)) return undefined;
  return {
    code: Number.parseInt(hex.slice(0, 2), 16),
    subcode: Number.parseInt(hex.slice(2), 16),
    name: notification,
    text: messageOf(neighbor),
  };
}

/** RFC 9003 allows 255 bytes. */
const LONGEST_MESSAGE = 255;

/**
 * The message of a shutdown, on one line and bounded whatever the peer sent; empty without one. Control and formatting
 * characters, which could forge lines of a log or the direction of a text, become spaces.
 */
export function messageOf(neighbor: Fields): string {
  return word(neighbor.lastShutdownDescription)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE)
    .toWellFormed();
}
