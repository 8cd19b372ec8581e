/**
 * Commands that collectors send to the same daemon at the same time share one vtysh, which takes some 20 ms of CPU to
 * start. A command that two of them send is sent once.
 *
 * A command runs alone where sharing could affect others: after it failed (vtysh ends at the first failure), and while
 * it takes FRR long, so that the others neither wait for it nor have its time counted as theirs.
 */
import type { Command, Daemon } from './commands.ts';
import { type Answer, FrrError, type FrrErrorReason } from './source.ts';

/** The outcomes of commands that shared a process; fewer than the commands where vtysh ended before the rest. */
export type BatchResult = readonly (Answer | FrrError)[];

export interface Batches {
  /** @throws FrrError */
  show(command: Command, signal: AbortSignal): Promise<Answer>;
}

/** Milliseconds to wait for more commands: collectors that poll in the same round send theirs within a few. */
const GATHER = 20;

/** Failures of a whole process that one of its commands can cause. */
const DUE_TO_ONE: ReadonlySet<FrrErrorReason> = new Set(['timed_out', 'too_large']);

/** Seconds of FRR's work above which a command runs alone. */
const LONG = 0.1;

interface Wanted {
  readonly command: Command;
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<Answer>;
}

/**
 * @param run sends commands, all to one daemon, by one process; throws FrrError when there is no answer to any
 */
export function createBatches(
  run: (commands: readonly Command[], signal: AbortSignal) => Promise<BatchResult>,
): Batches {
  const gathering = new Map<Daemon, Wanted[]>();
  /** Keys of commands that run alone. */
  const alone = new Set<string>();

  function flush(daemon: Daemon): void {
    const all = gathering.get(daemon) ?? [];
    gathering.delete(daemon);
    const wanted = Map.groupBy(all, ({ command }) => command.text);
    const together = [...wanted.values()].filter(([one]) => !alone.has(keyOf(one as Wanted)));
    if (together.length > 0) void share(together);
    for (const one of wanted.values()) if (!together.includes(one)) void share([one]);
  }

  /** @param groups the callers that wait for each command */
  async function share(groups: readonly (readonly Wanted[])[]): Promise<void> {
    let results: BatchResult;
    try {
      results = await run(
        groups.map(([one]) => (one as Wanted).command),
        everyAborted(groups.flat()),
      );
    } catch (error) {
      for (const group of groups) {
        if (error instanceof FrrError && DUE_TO_ONE.has(error.reason)) alone.add(keyOf(group[0] as Wanted));
        reject(group, error);
      }
      return;
    }
    const seconds = results.reduce((sum, one) => sum + (one instanceof FrrError ? 0 : one.seconds), 0);
    for (const [index, result] of results.entries()) {
      const group = groups[index] as readonly Wanted[];
      const key = keyOf(group[0] as Wanted);
      if (result instanceof FrrError) {
        alone.add(key);
        reject(group, result);
        continue;
      }
      if (seconds > LONG) alone.add(key);
      else alone.delete(key);
      // A copy for each caller, which frees a large answer when it has read it.
      for (const [n, { answer }] of group.entries())
        answer.resolve(n === 0 ? result : { bytes: Buffer.from(result.bytes), seconds: 0 });
    }
    const rest = groups.slice(results.length);
    if (rest.length > 0) await share(rest);
  }

  return {
    async show(command, signal) {
      const answer = Promise.withResolvers<Answer>();
      const wanted = gathering.get(command.daemon);
      if (wanted === undefined) {
        gathering.set(command.daemon, [{ command, signal, answer }]);
        setTimeout(flush, GATHER, command.daemon);
      } else wanted.push({ command, signal, answer });
      const onAbort = () =>
        answer.reject(
          new FrrError(
            'timed_out',
            command.daemon,
            `${command.daemon} did not answer "${command.text}" in time`,
          ),
        );
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await answer.promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

function reject(group: readonly Wanted[], error: unknown): void {
  for (const { answer } of group) answer.reject(error);
}

const keyOf = ({ command }: Wanted): string => `${command.daemon} ${command.text}`;

/** Aborts when no caller waits for an answer any more. */
function everyAborted(wanted: readonly Wanted[]): AbortSignal {
  const signals = new Set(wanted.map(({ signal }) => signal));
  if (signals.size === 1) return [...signals][0] as AbortSignal;
  const controller = new AbortController();
  let waiting = signals.size;
  const gone = () => {
    if (--waiting === 0) controller.abort();
  };
  for (const signal of signals)
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
  return controller.signal;
}
