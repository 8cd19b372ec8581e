/**
 * What a collector is: one topic, declared in one file. Its commands, its metrics, its flags, the objects with states
 * among them, its part of the status document, and the two steps of a poll. Everything else derives from the declaration.
 */
import type { FlagSet, FlagValues } from '../flags/flag.ts';
import type { InterfaceAddress } from '../frr/addresses.ts';
import type { Command, CommandTemplate, Daemon } from '../frr/commands.ts';
import type { CpuWait } from '../frr/daemon-cpu.ts';
import type { FoundRoutes, KernelRoute } from '../frr/kernel-routes.ts';
import type { Link } from '../frr/links.ts';
import type { NeighborChange } from '../frr/log-line.ts';
import type { Descriptor, MetricFamily } from '../metrics/family.ts';
import type { Build } from '../metrics/family-builder.ts';
import type { LabelValues, Tables } from '../metrics/tables.ts';

/**
 * How often a collector polls, before the router's share of time stretches it:
 * `sessions` every `--poll.interval` (5 s), `tables` every third (15 s), `details` every twelfth (60 s).
 */
export type Pace = 'sessions' | 'tables' | 'details';

/** FRR, as a collector sees it during one poll. Deadlines, the source and the accounting are behind it. */
export interface Frr {
  /**
   * The JSON documents of the answer: for some commands one document for each VRF before FRR 10, otherwise one.
   * @throws FrrError
   */
  json(command: Command): Promise<readonly unknown[]>;
  /**
   * The first JSON document of each answer, in the order of the commands, with as few processes or connections as
   * possible.
   */
  jsonEach(commands: readonly Command[]): Promise<readonly unknown[]>;
  /**
   * The routes of a BGP table: prefixes with their paths, each read when it is iterated over, during this poll only.
   * @throws FrrError, also while it is iterated over
   */
  routes(command: Command): Promise<Iterable<readonly [prefix: string, paths: unknown]>>;
  /** All JSON documents of each answer, as {@link json} has them, queried like that. */
  documentsEach(commands: readonly Command[]): Promise<readonly (readonly unknown[])[]>;
  /** @throws FrrError */
  text(command: Command): Promise<string>;
  /** Whether other collectors query the daemon in every round, so that one more query costs no process (vtysh). */
  queriedAnyway(daemon: Daemon): boolean;
  /**
   * The newest answer to a text command whose answer rarely changes, where querying again would cost a process and the
   * answer is not older than so many poll intervals; otherwise undefined.
   */
  recentText(command: Command, polls: number): string | undefined;
  /** The addresses on the interfaces of the network namespace that this program runs in, or those of a recording. */
  addresses(): Promise<readonly InterfaceAddress[]>;
  /** The links of the same interfaces, or of those that are named. */
  links(names?: Iterable<string>): Promise<readonly Link[]>;
  /** How many packets of BGP peers the kernel has dropped because of `ttl-security`; undefined where that is not known. */
  lowTtlDrops(): Promise<number | undefined>;
  /** When FRR's daemons waited for a CPU during the last minutes; none where that cannot be seen. */
  cpuWaits(): readonly CpuWait[];
  /** What FRR's own log said when the session went down last, unless it came up since; undefined where it said nothing. */
  loggedDown(vrf: string, peer: string): NeighborChange | undefined;
  /** Looks for routes in the kernel's tables of the same network namespace. */
  kernelRoutes(wanted: readonly KernelRoute[]): Promise<FoundRoutes>;
}

/** What samples are made with, and the time that they are about. */
export interface FamiliesContext extends Build {
  /** Seconds since the epoch at which FRR answered. */
  readonly now: number;
}

/** The two steps of a poll. */
export interface Poll<Answers = unknown> {
  /**
   * Queries FRR.
   * @throws FrrError when there is nothing to report
   */
  query(frr: Frr): Promise<Answers>;
  /**
   * Emits samples from the answers. Nothing else: fields that are missing or unknown cost only their own samples.
   * Yields after every session, or whatever else the answer has many of, so that a scrape need not wait.
   */
  families(answers: Answers, context: FamiliesContext): Generator<void, void, void>;
  /**
   * Whether something has changed since the newest poll that can be seen without querying FRR, so that the collector polls at
   * once. Called every `--poll.interval`; left out where FRR alone knows.
   */
  isOutdated?(node: Pick<Frr, 'links'>): Promise<boolean>;
  /** A cheaper poll for when one of `pollWhenChanged` has changed; left out where only a whole poll explains that. */
  readonly revision?: Revision;
}

/** A poll between two whole ones, which revises what the newest one reported with commands that cost FRR less. */
export interface Revision<Answers = unknown> {
  /**
   * Queries FRR.
   * @param before the families of the newest poll, whole or not
   * @returns undefined where only a whole poll will do
   * @throws FrrError
   */
  query(frr: Frr, before: readonly MetricFamily[]): Promise<Answers | undefined>;
  /** Emits all samples of the collector: those that changed, and those of before that are still true. */
  families(answers: Answers, context: FamiliesContext): Generator<void, void, void>;
}

/**
 * Objects that have a state, such as sessions, or that are there or not, such as a default route. Every change of a state is
 * one line of the log and one event of the history.
 */
export interface States<Labels extends readonly string[] = readonly string[]> {
  /** What kind of object, in the events: `bgp_session`. */
  readonly topic: string;
  /** Such as `BGP`, for the log; left out where there is none. */
  readonly protocol?: string;
  /** Its value is the state. */
  readonly metric: Descriptor<Labels>;
  /** The names of the states by value. */
  readonly names: ReadonlyMap<number, string>;
  /** Maps a value of the metric to a state, where several values are one state. */
  stateOf?(value: number): number;
  /** A counter with the same labels that shows what happened between two polls. */
  readonly transitions?: Transitions<Labels>;
  /** The state of an object that works. */
  readonly up: number;
  /**
   * The state that an object goes to when it stops working, if FRR's log reports it with VRF and peer, which must then
   * be the labels of the metric.
   */
  readonly failed?: number;
  /** The state of an object that was shut down on purpose, where that is a state of its own. */
  readonly adminDown?: number;
  /** The object in words: `BGP session with eth1 (vrf default)`. */
  title(labels: LabelValues<Labels>): string;
}

/** A counter of how often objects left the state in which they work (`down`), returned to it (`up`), or both (`both`). */
export interface Transitions<Labels extends readonly string[] = readonly string[]> {
  readonly metric: Descriptor<Labels>;
  readonly counts: 'down' | 'up' | 'both';
}

/** Where the log and the history find why an object left the state in which it works. */
export interface Reason<Labels extends readonly string[] = readonly string[]> {
  readonly of: States;
  /** The field of the log: `cause` if it follows from all evidence, `reason` if FRR words it. The message has the cause, if there is one. */
  readonly field: 'cause' | 'reason';
  /** A metric with a series for each object, or each that is down. */
  readonly metric: Descriptor<Labels>;
  /** The reason in words; empty where the labels have none. */
  text(labels: LabelValues<Labels>): string;
}

/** A list in the status document. */
export interface StatusSection<Item extends object = object> {
  /** The heading on the status page and in the terminal. */
  readonly title: string;
  /** What a table in the terminal shows of an item; all that is not a list or an object where it is left out. */
  readonly columns?: readonly string[];
  items(tables: Tables): readonly Item[];
}

/** The lists of the status document by their names there. */
export type StatusSections = Readonly<Record<string, StatusSection>>;

export type FindingLevel = 'critical' | 'warning' | 'ok';

/** What a person on this node must know about a topic, in one line of the verdict (`src/status/verdict.ts`). */
export interface Finding {
  /** `critical` where an operator is needed now, `warning` where it can wait. */
  readonly level: FindingLevel;
  /** A few words with their numbers and without a full stop: `1 of 2 uplinks down`. */
  readonly text: string;
  /** The objects that it is about, one line each: `eth2: link down (eth2)`. None where all is good. */
  readonly details: readonly string[];
  /** The number in it, for performance data and thresholds of `frr-exporter check`. */
  readonly measure: Measure;
}

/** How many objects are not as they should be. */
export interface Measure {
  /** Such as `uplinks_down`. */
  readonly name: string;
  readonly bad: number;
  readonly all: number;
}

/** What a collector declares besides the steps of its polls. */
export interface Topic<Sections extends StatusSections = StatusSections> {
  /** As in `--collector.NAME` and in the label `collector`. */
  readonly name: string;
  /** For `--help`. */
  readonly help: string;
  readonly enabledByDefault: boolean;
  readonly pace: Pace;
  /** The oldest FRR version that has its commands; left out where all supported versions (7.5 and newer) do. */
  readonly since?: string;
  /** What it needs besides FRR: the addresses and links of the network namespace that FRR runs in. */
  readonly needs?: 'node-addresses';
  /** The commands of the allow-list that it uses. */
  readonly commands: readonly (Command | CommandTemplate)[];
  /** Its metrics, in the order in which they are exposed. */
  readonly descriptors: readonly Descriptor[];
  /** Metrics of other collectors: when one of these families changes, this collector polls at once, or its revision does. */
  readonly pollWhenChanged?: readonly Descriptor[];
  readonly states?: readonly States[];
  readonly reasons?: readonly Reason[];
  readonly status?: Sections;
  /** What is wrong with its objects, or that nothing is; nothing where it knows of no objects. */
  findings?(tables: Tables): Iterable<Finding>;
}

/** A topic, and how it is polled. */
export interface Collector<
  Answers = unknown,
  Flags extends FlagSet = FlagSet,
  Sections extends StatusSections = StatusSections,
> extends Topic<Sections> {
  /** Its own flags, besides `--collector.NAME`. */
  readonly flags: Flags;
  /** Makes what polls. It may remember things from poll to poll, so each poller has its own. */
  create(flags: FlagValues<Flags>): Poll<Answers>;
}

/** A collector that can poll. */
export interface ActiveCollector<Answers = unknown> extends Topic, Poll<Answers> {
  readonly flags: FlagSet;
}

type None = Record<never, never>;

/** Declares a collector. */
export function collector<Answers, const Sections extends StatusSections>(
  declaration: Topic<Sections> & Poll<Answers>,
): Collector<Answers, None, Sections> {
  return { ...declaration, flags: {}, create: () => declaration };
}

/** Declares a collector that has flags of its own, or remembers something from poll to poll. */
export function statefulCollector<Answers, Flags extends FlagSet, const Sections extends StatusSections>(
  declaration: Topic<Sections> & {
    readonly flags: Flags;
    create(flags: FlagValues<Flags>): Poll<Answers>;
  },
): Collector<Answers, Flags, Sections> {
  return declaration;
}

/** Declares objects with states; gives the label names their types. */
export function states<const Labels extends readonly string[]>(declaration: States<Labels>): States {
  return declaration;
}

/** Declares where reasons are; gives the label names their types. */
export function reason<const Labels extends readonly string[]>(declaration: Reason<Labels>): Reason {
  return declaration;
}

/** Declares a revision; takes the type of the answers from its query. */
export function revision<Answers>(declaration: Revision<Answers>): Revision {
  return declaration;
}

/** Makes a collector that can poll. */
export function activate<Answers, Flags extends FlagSet>(
  collector: Collector<Answers, Flags>,
  flags: FlagValues<Flags>,
): ActiveCollector<Answers> {
  return { ...collector, ...collector.create(flags) };
}
