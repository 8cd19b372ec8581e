/**
 * The log of BGP and BFD sessions: every change of a session's state is one line with vrf, peer, from, to and reason.
 *
 * BFD tells its reason with the state. Why a BGP session went down only the neighbors command tells, which is asked at
 * once when a session changed: the line waits for it, but not for long.
 */

import type { Logger } from 'pino';
import { SESSION_STATE_NAMES } from '../collectors/bgp.ts';
import type { MetricFamily, Sample } from '../metrics/family.ts';
import { type Change, changes } from './changes.ts';

export interface SessionLog {
  /**
   * Takes note of what a poll brought.
   * @param provides names of the metrics that the collector can give
   * @param asked when the poll started, in seconds of a clock that never jumps
   */
  observe(provides: ReadonlySet<string>, families: readonly MetricFamily[], asked: number): void;
  /** Takes note that a poll failed. */
  failed(provides: ReadonlySet<string>, asked: number): void;
  /** Writes the lines that still wait, and waits no more. */
  stop(): void;
}

const BGP_STATE = 'frr_bgp_session_state';
const BGP_LAST_RESET = 'frr_bgp_session_last_reset_info';
const BFD_STATE = 'frr_bfd_session_state';
const BFD_INFO = 'frr_bfd_session_info';

/** RFC 5880, 4.1. */
const BFD_STATES: ReadonlyMap<number, string> = new Map([
  [0, 'AdminDown'],
  [1, 'Down'],
  [2, 'Init'],
  [3, 'Up'],
]);

/** What a session is before it is there and after it is gone. */
const ABSENT = 'absent';

/** Seconds that a line waits for its reason. */
const LONGEST_WAIT = 10;

interface SessionChange {
  readonly protocol: 'BGP' | 'BFD';
  readonly labels: Readonly<Record<string, string>>;
  readonly from: string;
  readonly to: string;
}

function labelsOf(sample: Sample): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sample.labels.names.map((name, index) => [name, sample.labels.values[index] ?? '']),
  );
}

function sessionChange(
  protocol: SessionChange['protocol'],
  states: ReadonlyMap<number, string>,
  { before, after }: Change,
): SessionChange {
  const state = (sample: Sample | undefined) =>
    sample === undefined ? ABSENT : (states.get(sample.value) ?? String(sample.value));
  return { protocol, labels: labelsOf((after ?? before) as Sample), from: state(before), to: state(after) };
}

/** What identifies a session, for looking up its reason. */
function key({ vrf, peer, local = '', interface: link = '' }: Readonly<Record<string, string>>): string {
  return JSON.stringify([vrf, peer, local, link]);
}

/** Reasons by session, from the samples of an info metric. */
function reasons(
  families: readonly MetricFamily[],
  metric: string,
  reasonOf: (labels: Readonly<Record<string, string>>) => string,
): ReadonlyMap<string, string> {
  const samples = families.find(({ descriptor }) => descriptor.name === metric)?.samples ?? [];
  return new Map(samples.map((sample) => [key(labelsOf(sample)), reasonOf(labelsOf(sample))]));
}

/** `Interface down`, or `BGP Notification received: Cease/Administrative Shutdown`. */
function bgpReason({ reason = '', notification = '' }: Readonly<Record<string, string>>): string {
  return notification === '' ? reason : `${reason}: ${notification}`;
}

function bfdReason({
  diagnostic = '',
  remote_diagnostic: remote = '',
}: Readonly<Record<string, string>>): string {
  return remote === '' || remote === 'ok' ? diagnostic : `${diagnostic}, the other side says ${remote}`;
}

/** @param reasonsAreAsked whether a collector that tells why BGP sessions went down is enabled */
export function createSessionLog(log: Logger, reasonsAreAsked: boolean): SessionLog {
  const seen = new Map<string, MetricFamily | undefined>();
  let waiting: { readonly change: SessionChange; readonly since: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function write({ protocol, labels, from, to }: SessionChange, reason: string | undefined): void {
    const { vrf, peer } = labels;
    const level = levelOf(protocol, from, to);
    const because = reason === undefined || reason === '' ? '' : `: ${reason}`;
    log[level](
      { protocol, ...labels, from, to, reason: reason ?? '' },
      `${protocol} session with ${peer} (vrf ${vrf}) ${from} -> ${to}${because}`,
    );
  }

  /** Writes the lines that have waited since before that moment. */
  function writeWaiting(askedAt: number, known: ReadonlyMap<string, string>): void {
    const stillWaiting = [];
    for (const one of waiting) {
      if (one.since > askedAt) stillWaiting.push(one);
      else write(one.change, known.get(key(one.change.labels)));
    }
    waiting = stillWaiting;
    if (waiting.length === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  }

  const NOTHING_KNOWN: ReadonlyMap<string, string> = new Map();
  const writeAll = () => writeWaiting(Number.POSITIVE_INFINITY, NOTHING_KNOWN);

  /** The changes of a state metric since it was seen last; the first sight is not a change. */
  function* changesOf(metric: string, families: readonly MetricFamily[]): Generator<Change, void, void> {
    const now = families.find(({ descriptor }) => descriptor.name === metric);
    if (seen.has(metric)) yield* changes(seen.get(metric), now);
    seen.set(metric, now);
  }

  return {
    observe(provides, families, asked) {
      if (provides.has(BGP_LAST_RESET))
        writeWaiting(
          asked,
          waiting.length === 0 ? NOTHING_KNOWN : reasons(families, BGP_LAST_RESET, bgpReason),
        );
      if (provides.has(BGP_STATE)) {
        for (const change of changesOf(BGP_STATE, families)) {
          const session = sessionChange('BGP', SESSION_STATE_NAMES, change);
          if (reasonsAreAsked && session.from === 'Established' && session.to !== ABSENT)
            waiting.push({ change: session, since: asked });
          else write(session, undefined);
        }
        if (waiting.length > 0) timer ??= setTimeout(writeAll, LONGEST_WAIT * 1000);
      }
      if (provides.has(BFD_STATE)) {
        let known: ReadonlyMap<string, string> | undefined;
        for (const change of changesOf(BFD_STATE, families)) {
          const session = sessionChange('BFD', BFD_STATES, change);
          known ??= reasons(families, BFD_INFO, bfdReason);
          write(session, session.from === 'Up' ? known.get(key(session.labels)) : undefined);
        }
      }
    },
    failed(provides, asked) {
      if (provides.has(BGP_LAST_RESET)) writeWaiting(asked, NOTHING_KNOWN);
    },
    stop() {
      writeAll();
    },
  };
}

/**
 * A session that goes down is a warning, one that comes up is information; so are sessions that are configured and
 * removed. A dead session that tries again (Idle, Connect, Active, ...) is for debugging.
 */
function levelOf(protocol: SessionChange['protocol'], from: string, to: string): 'warn' | 'info' | 'debug' {
  const up = protocol === 'BGP' ? 'Established' : 'Up';
  if (from === up) return to === ABSENT || to === 'AdminDown' ? 'info' : 'warn';
  return to === up || from === ABSENT || to === ABSENT || from === 'AdminDown' || to === 'AdminDown'
    ? 'info'
    : 'debug';
}
