/** A source that remembers what FRR answered, so that whatever collectors query can be recorded. */
import type { Command, Daemon } from './commands.ts';
import type { Recorded } from './recording.ts';
import { type Answer, FrrError, type FrrSource } from './source.ts';

export interface Recorder extends FrrSource {
  /** The outcome of each command that was sent, in the order of the first time; not of those whose answers are secret. */
  recorded(): readonly Recorded[];
}

/**
 * Sends each command once, one after another, because nothing is urgent, and gives the remembered outcome from then on. A
 * daemon that hangs is waited for only once.
 * @param timeout seconds that a command may take
 */
export function createRecorder(source: FrrSource, timeout: number): Recorder {
  const outcomes = new Map<string, Recorded>();
  const hung = new Map<Daemon, FrrError>();

  async function send(command: Command): Promise<Recorded['outcome']> {
    try {
      return await source.show(command, AbortSignal.timeout(timeout * 1000));
    } catch (error) {
      if (!(error instanceof FrrError)) throw error;
      if (error.reason === 'timed_out') hung.set(command.daemon, error);
      return error;
    }
  }

  async function show(command: Command): Promise<Answer> {
    const { recordedAs, daemon } = command;
    const outcome = outcomes.get(recordedAs)?.outcome ?? hung.get(daemon) ?? (await send(command));
    outcomes.set(recordedAs, { command, outcome });
    if (outcome instanceof FrrError) throw outcome;
    // A poll may free the memory of its answer.
    return { ...outcome, bytes: Buffer.from(outcome.bytes) };
  }

  return {
    ...source,
    show,
    async showEach(commands) {
      const answers: Answer[] = [];
      for (const command of commands) answers.push(await show(command));
      return answers;
    },
    recorded: () => [...outcomes.values()].filter(({ command }) => !command.secret),
  };
}
