/** What a collector is. A file a topic: FRR's answer, the metrics, and one pure function between them. */

import type { InterfaceAddress } from '../frr/addresses.ts';
import type { Command, Daemon } from '../frr/commands.ts';
import type { Descriptor, Families } from '../metrics/family.ts';
import type { Turns } from '../turns.ts';

/**
 * How often a collector is asked, before the router's share of time stretches it:
 * `sessions` every `--poll.interval` (5 s), `tables` every three of these (15 s), `details` every twelve (60 s).
 */
export type Pace = 'sessions' | 'tables' | 'details';

/** The way to FRR that a collector is given for one poll; deadline, source and accounting are behind it. */
export interface Frr {
  /**
   * The JSON documents of the answer: one on newer FRR, one a VRF on older ones, for some commands.
   * @throws FrrError
   */
  json(command: Command): Promise<readonly unknown[]>;
  /** The first JSON document of each answer, in the order of the commands, asked in as few goes as possible. */
  jsonEach(commands: readonly Command[]): Promise<readonly unknown[]>;
  /** @throws FrrError */
  text(command: Command): Promise<string>;
  /**
   * Whether the daemon has just answered another question, where a question of its own would cost a process (vtysh).
   * False is no statement.
   */
  lives(daemon: Daemon): boolean;
  /**
   * The newest answer to a text command whose answer rarely changes, where asking again would cost a process and it is
   * younger than three polls. Undefined says: ask.
   */
  kept(command: Command): string | undefined;
  /** The addresses on the interfaces of the network namespace that this program runs in, or those of a recording. */
  addresses(): Promise<readonly InterfaceAddress[]>;
}

/** What a pure function may know besides FRR's answer. */
export interface CollectContext {
  /** Seconds since the epoch at which the answer came. */
  readonly now: number;
}

export interface Collector<
  Answers = unknown,
  Built extends Families | Turns<Families> = Families | Turns<Families>,
> {
  /** As in `--collector.NAME` and in the label `collector`. */
  readonly name: string;
  /** For `--help`. */
  readonly help: string;
  readonly enabledByDefault: boolean;
  readonly pace: Pace;
  /** Metrics that this collector can give, in the order of the page. */
  readonly descriptors: readonly Descriptor[];
  /**
   * Descriptors of other collectors: when one of these families changed, this collector is asked at once instead of
   * at its next turn.
   */
  readonly askedWhenChanged?: readonly Descriptor[];
  /** Asked after the others of a round, because what they hear saves questions (`Frr.lives`). */
  readonly askedLast?: true;
  /**
   * Asks FRR.
   * @throws FrrError when nothing useful can be told
   */
  readonly ask: (frr: Frr) => Promise<Answers>;
  /**
   * Turns the answers into families. Pure. Fields that are missing or unknown cost only their own figures.
   * Where an answer can be large, the work is done in turns (`buildFamiliesInTurns`).
   * Declared as a method so that collectors of all kinds of answers fit into one list.
   */
  families(answers: Answers, context: CollectContext): Built;
}

/** Keeps the type of the answers between `ask` and `families`. */
export function collector<Answers, Built extends Families | Turns<Families> = Families | Turns<Families>>(
  definition: Collector<Answers, Built>,
): Collector<Answers, Built> {
  return definition;
}
