/** FRR, for one poll of one collector: each query with its deadline, and what it took. */
import type { Frr } from '../collectors/collector.ts';
import { type Command, type Daemon, showVersion } from '../frr/commands.ts';
import { readLargeDocuments, readRoutes } from '../frr/large-documents.ts';
import { type Answer, FrrError, type FrrErrorReason, type FrrSource } from '../frr/source.ts';
import type { RecentAnswers } from './recent-answers.ts';

export interface QueryOptions {
  readonly source: FrrSource;
  /** Seconds that one command, or several that are sent together, may take. */
  readonly timeout: number;
  /** Ends the poll. */
  readonly signal: AbortSignal;
  /**
   * Daemons that did not answer this collector in time at its last poll; remembered from poll to poll.
   * They are sent a cheap query first. It distinguishes a daemon that hangs from one for which the command is too heavy: the
   * former is queried again at the usual interval, the latter is charged for the time it worked.
   */
  readonly inDoubt: Set<Daemon>;
  /** The newest answers to all collectors, where queries are expensive; undefined where they are not. */
  readonly recent?: RecentAnswers | undefined;
  /** What FRR's own log said last of a session: {@link Frr.loggedDown}. */
  readonly loggedDown: Frr['loggedDown'];
  /** Daemons that other collectors query in every round. */
  readonly queriedAnyway: ReadonlySet<Daemon>;
  /** Called for each command that is sent, or for several that are sent together. */
  readonly sent: (daemon: Daemon, commands: number) => void;
  /** Called with the seconds that a daemon worked, `answered` false when it did not finish in time. */
  readonly worked: (daemon: Daemon, seconds: number, answered: boolean) => void;
}

/** Failures before anything reached the daemon. */
const NOT_SENT: ReadonlySet<FrrErrorReason> = new Set([
  'not_running',
  'permission_denied',
  'not_installed',
  'not_recorded',
]);

/** Seconds that a source has for ending a command after its deadline; then it is abandoned. */
const GRACE = 1;

/** Answers of at least this size are freed explicitly. */
const LARGE_ANSWER = 256 * 1024;

export interface FrrForPoll extends Frr {
  /**
   * The samples are made: the answers are no longer needed. Frees the memory of large ones, which the garbage collector
   * would only do after several polls, with as many of them in memory.
   */
  done(): void;
}

export function frrForPoll(options: QueryOptions): FrrForPoll {
  const { source, timeout, signal, inDoubt, recent, sent, worked } = options;
  const large: ArrayBuffer[] = [];

  /** Runs with a signal that fires at the deadline, and does not wait for a source that ignores it. */
  async function withDeadline<Result>(
    command: Command,
    run: (deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const tooLate = () =>
      new FrrError(
        'timed_out',
        command.daemon,
        `${command.daemon} did not answer "${command.text}" within ${timeout} s`,
      );
    if (signal.aborted) throw tooLate();
    const deadline = new AbortController();
    const end = () => deadline.abort();
    let timer = setTimeout(end, timeout * 1000);
    signal.addEventListener('abort', end, { once: true });
    const abandoned = new Promise<never>((_, reject) => {
      deadline.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        if (signal.aborted) reject(tooLate());
        else timer = setTimeout(() => reject(tooLate()), GRACE * 1000);
      });
    });
    try {
      return await Promise.race([run(deadline.signal), abandoned]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }

  async function send(
    commands: readonly Command[],
    run: (deadline: AbortSignal) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    const command = commands[0] as Command;
    try {
      const answers = await withDeadline(command, run);
      sent(command.daemon, commands.length);
      const seconds = answers.reduce((sum, answer) => sum + answer.seconds, 0);
      worked(command.daemon, seconds, true);
      return answers;
    } catch (error) {
      recent?.failed(command.daemon);
      if (!(error instanceof FrrError && NOT_SENT.has(error.reason))) sent(command.daemon, commands.length);
      throw error;
    }
  }

  /** Sends a cheap query. @throws FrrError `timed_out` when the daemon hangs */
  async function probe(daemon: Daemon): Promise<void> {
    const cheap = showVersion(daemon);
    try {
      await send([cheap], async (deadline) => [await source.show(cheap, deadline)]);
    } catch (error) {
      if (error instanceof FrrError && error.reason === 'timed_out') throw error;
    }
  }

  async function query(
    commands: readonly Command[],
    run: (deadline: AbortSignal) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    const { daemon } = commands[0] as Command;
    const doubted = inDoubt.has(daemon);
    if (doubted) await probe(daemon);
    const start = performance.now();
    try {
      const answers = await send(commands, run);
      for (const { bytes } of answers)
        if (bytes.length >= LARGE_ANSWER && bytes.buffer instanceof ArrayBuffer) large.push(bytes.buffer);
      inDoubt.delete(daemon);
      return answers;
    } catch (error) {
      if (error instanceof FrrError && error.reason === 'timed_out' && !signal.aborted) {
        inDoubt.add(daemon);
        if (doubted) worked(daemon, (performance.now() - start) / 1000, false);
      }
      throw error;
    }
  }

  const one = async (command: Command): Promise<Answer> =>
    (await query([command], async (deadline) => [await source.show(command, deadline)]))[0] as Answer;

  /** A round of a collector reads many parts of a table, so each is freed as soon as it is read. */
  function* readAndFree(command: Command, bytes: Buffer): ReturnType<typeof readRoutes> {
    yield* readRoutes(command, bytes);
    const place = large.indexOf(bytes.buffer as ArrayBuffer);
    if (place !== -1) large.splice(place, 1)[0]?.transfer(0);
  }

  async function documentsEach(commands: readonly Command[]): Promise<readonly (readonly unknown[])[]> {
    const documents = new Array<readonly unknown[]>(commands.length);
    for (const daemon of new Set(commands.map((command) => command.daemon))) {
      const together = commands.filter((command) => command.daemon === daemon);
      const answers = await query(together, (deadline) => source.showEach(together, deadline));
      let next = 0;
      for (const [index, command] of commands.entries()) {
        if (command.daemon !== daemon) continue;
        documents[index] = await readLargeDocuments(command, (answers[next++] as Answer).bytes);
      }
    }
    return documents;
  }

  return {
    json: async (command) => readLargeDocuments(command, (await one(command)).bytes),
    async routes(command) {
      const { bytes } = await one(command);
      return readAndFree(command, bytes);
    },
    async text(command) {
      const text = (await one(command)).bytes.toString();
      recent?.remember(command, text);
      return text;
    },
    async jsonEach(commands) {
      return (await documentsEach(commands)).map(([first]) => first);
    },
    documentsEach,
    queriedAnyway: (daemon) => options.queriedAnyway.has(daemon),
    recentText: (command, polls) => recent?.recentText(command, polls),
    addresses: () => source.addresses(),
    links: (names) => source.links(names),
    lowTtlDrops: () => source.lowTtlDrops(),
    cpuWaits: () => source.cpuWaits(),
    loggedDown: options.loggedDown,
    kernelRoutes: (wanted) => source.kernelRoutes(wanted),
    done() {
      for (const memory of large.splice(0)) memory.transfer(0);
    },
  };
}
