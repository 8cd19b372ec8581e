/** The results at one moment: the newest samples of every collector, and the state of the collectors. */
import type { Daemon } from '../frr/commands.ts';
import type { FrrErrorReason } from '../frr/source.ts';
import type { BodyPart } from '../metrics/body.ts';
import type { MetricFamily } from '../metrics/family.ts';

/** Samples of one collector, or of the poller itself. Immutable. */
export interface SnapshotPart {
  /** Name of the collector; `poller` for the poller's own metrics, which come first. */
  readonly name: string;
  /** Seconds since the epoch at which FRR's answers came. */
  readonly at: number;
  readonly families: readonly MetricFamily[];
  readonly body: BodyPart;
}

/** The state of one collector, for the status page and for `doctor`. */
export interface CollectorStatus {
  readonly name: string;
  /** Whether the newest poll succeeded; undefined before the first, and where FRR is too old for the collector. */
  readonly up: boolean | undefined;
  /** One line that names the versions where FRR is too old for the collector; otherwise undefined. */
  readonly unsupported: string | undefined;
  /** Why the newest poll failed: one line, and the daemon that did not give a usable answer. */
  readonly error:
    | { readonly reason: FrrErrorReason; readonly daemon: Daemon | undefined; readonly message: string }
    | undefined;
  /** Seconds since the epoch. */
  readonly lastSuccess: number | undefined;
  /** Seconds that the newest poll took. */
  readonly duration: number | undefined;
  /** Seconds between polls, as in force. */
  readonly interval: number;
}

/** Immutable; the poller replaces it. */
export interface Snapshot {
  /** Seconds since the epoch at which it was made. */
  readonly at: number;
  /** FRR answered a command in the newest round of polls. */
  readonly frrUp: boolean;
  /** The poller's own part, then a part for each collector that is not stale, in order of exposition. */
  readonly parts: readonly SnapshotPart[];
  readonly collectors: readonly CollectorStatus[];
}
