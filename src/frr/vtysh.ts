/**
 * FrrSource by FRR's own shell: a process a command, `vtysh -d DAEMON -c COMMAND`.
 *
 * With `-d` vtysh connects to that daemon alone. Without, it connects to all of them first, so that one daemon that
 * hangs would make every command hang. The program is run by an argument array, never through a shell.
 *
 * A process behind a prefix is ended as well as the prefix passes that on: `sudo` and `ip netns exec` do, but
 * `podman exec` and `docker exec` leave what they started in the container to itself. While a daemon hangs, each
 * poll would leave a vtysh there until the daemon ends or goes on; `timeout 10` after such a prefix ends them.
 */
import { interfaceAddresses } from './addresses.ts';
import { answerOfVtysh, type VtyshOutput } from './answers.ts';
import { createExpectations } from './byte-collector.ts';
import type { Command, Daemon } from './commands.ts';
import { splitDocuments } from './documents.ts';
import { interfaceLinks } from './links.ts';
import type { SourceOptions } from './options.ts';
import { type Program, runProgram } from './program.ts';
import { deniedWords, socketAccess, socketFile } from './socket-files.ts';
import { type Answer, FrrError, type FrrSource } from './source.ts';
import { vtyshInvocation } from './vtysh-program.ts';
import { vtyshWork } from './vtysh-work.ts';

/** Milliseconds that a vtysh which was told to end has for it before it is killed. */
const GRACE = 500;
/** Bytes of standard error. FRR writes a few lines there. */
const MAX_ERROR_OUTPUT = 64 * 1024;

interface Running {
  readonly command: Command;
  readonly vtysh: Program;
  /** Told to end, because it took too long or nobody wants its answer any more. */
  toldToEnd: boolean;
}

interface Run extends VtyshOutput {
  /** Seconds that FRR worked, as far as that can be told. */
  readonly seconds: number;
}

/** Makes the source. Starts nothing yet. */
export function vtyshSource(options: SourceOptions): FrrSource {
  const running = new Set<Running>();
  const work = vtyshWork();
  const expectations = createExpectations();
  /** Daemons of which vtysh said that they are not running; while their socket is missing it would say nothing else. */
  const dead = new Map<Daemon, FrrError>();
  let closed = false;
  const endAll = () => {
    for (const { vtysh } of running) vtysh.kill();
  };
  process.on('exit', endAll);

  async function run(commands: readonly Command[], signal: AbortSignal): Promise<Run> {
    const command = commands[0] as Command;
    const { daemon, text } = command;
    if (signal.aborted || closed)
      throw new FrrError('timed_out', daemon, `${daemon} was not asked "${text}" in time`);
    for (const { toldToEnd, command: before, vtysh } of running) {
      // One that cannot be ended, such as root's behind sudo, must not become many.
      if (toldToEnd && before.daemon === daemon)
        throw new FrrError(
          'timed_out',
          daemon,
          `${daemon} still holds up the vtysh that asked it "${before.text}" (process ${vtysh.pid})`,
        );
    }
    const question = `${commands.length} ${text}`;
    const [program, ...fixed] = vtyshInvocation(options);
    const vtysh = runProgram(program as string, [...fixed, ...vtyshArguments(commands)], {
      env: environment(options),
      most: { stdout: options.maxOutput, stderr: MAX_ERROR_OUTPUT },
      expected: expectations.of(question),
      grace: GRACE,
    });
    const mine: Running = { command, vtysh, toldToEnd: false };
    running.add(mine);
    const ended = vtysh.ended.then((result) => {
      // The group once more: something in it may have let go of our pipes and live on.
      if (mine.toldToEnd || result.tooMuch !== undefined) vtysh.kill();
      running.delete(mine);
      return result;
    });
    const tooLate = Promise.withResolvers<never>();
    const onAbort = () => {
      end(mine);
      tooLate.reject(new FrrError('timed_out', daemon, `${daemon} did not answer "${text}" in time`));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const result = await Promise.race([ended, tooLate.promise]);
      if (mine.toldToEnd) throw new FrrError('timed_out', daemon, `${daemon} was not waited for any longer`);
      const { stdout, stderr, exit } = result;
      if (result.tooMuch !== undefined) throw tooLarge(options, command, result.tooMuch);
      if (result.notStarted !== undefined) throw notStarted(options, command, result.notStarted);
      expectations.note(question, stdout.length);
      const seconds = exit === 0 ? work(question, result.seconds) : 0;
      return { stdout, stderr: stderr.toString(), exit, seconds };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** @throws FrrError */
  async function ask(commands: readonly Command[], signal: AbortSignal): Promise<Answer> {
    const command = commands[0] as Command;
    const { daemon } = command;
    const before = dead.get(daemon);
    if (before !== undefined && socketAccess(socketFile(options, daemon)) === 'missing')
      throw new FrrError(before.reason, daemon, before.message);
    dead.delete(daemon);
    const output = await run(commands, signal);
    try {
      return { bytes: answerOfVtysh(command, output), seconds: output.seconds };
    } catch (error) {
      // What is here says nothing of a vtysh that runs elsewhere.
      if (options.vtyshPrefix.length > 0) throw error;
      const explained = deniedOrDead(options, error);
      if (explained instanceof FrrError && explained.reason === 'not_running') dead.set(daemon, explained);
      throw explained;
    }
  }

  return {
    kind: 'vtysh',
    show: (command, signal) => ask([command], signal),
    async showEach(commands, signal) {
      if (commands.length === 0) return [];
      const { bytes, seconds } = await ask(commands, signal);
      const split = splitDocuments(bytes.toString());
      if (split.ok && split.documents.length === commands.length)
        return split.documents.map((document) => ({
          bytes: Buffer.from(document),
          seconds: seconds / commands.length,
        }));
      // Some answered with several documents or none: only one at a time tells which.
      const answers: Answer[] = [];
      for (const command of commands) answers.push(await ask([command], signal));
      return answers;
    },
    addresses: async () => interfaceAddresses(),
    links: () => interfaceLinks(),
    async close() {
      closed = true;
      const ends = [...running].map((each) => {
        end(each);
        return each.vtysh.ended;
      });
      // Those that cannot be ended are not waited for.
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, 2 * GRACE);
      await Promise.race([Promise.allSettled(ends), patience.promise]);
      clearTimeout(timer);
      process.off('exit', endAll);
    },
  };
}

function end(running: Running): void {
  running.toldToEnd = true;
  running.vtysh.end();
}

function vtyshArguments(commands: readonly Command[]): string[] {
  return ['-d', (commands[0] as Command).daemon, ...commands.flatMap(({ text }) => ['-c', text])];
}

/**
 * vtysh writes each command into a history file, in the home of its user on 7.5, and where VTYSH_HISTFILE says on 8
 * and newer: it is told nowhere. A program before vtysh needs an environment of its own.
 */
function environment({ vtyshPrefix }: SourceOptions): NodeJS.ProcessEnv {
  const env = { VTYSH_HISTFILE: '', LC_ALL: 'C' };
  if (vtyshPrefix.length > 0) return { ...process.env, ...env };
  return { ...env, PATH: process.env.PATH, HOME: '/nonexistent' };
}

function tooLarge(
  { maxOutput }: SourceOptions,
  { daemon, text }: Command,
  what: 'stdout' | 'stderr',
): FrrError {
  if (what === 'stderr')
    return new FrrError('failed', daemon, `vtysh wrote more than ${MAX_ERROR_OUTPUT} bytes of errors`);
  return new FrrError(
    'too_large',
    daemon,
    `${daemon}'s answer to "${text}" is larger than --frr.max-output (${maxOutput} bytes)`,
  );
}

/** @param code of the operating system, such as ENOENT */
function notStarted({ vtyshPrefix, vtyshPath }: SourceOptions, { daemon }: Command, code: string): FrrError {
  const program = vtyshPrefix[0] ?? vtyshPath;
  const flag = vtyshPrefix.length > 0 ? '--frr.vtysh.prefix' : '--frr.vtysh.path';
  const remedy = vtyshPrefix.length > 0 ? '' : ', or ask the sockets with --frr.source=socket';
  if (code === 'ENOENT')
    return new FrrError(
      'not_installed',
      daemon,
      `${program}: not found; install it or name another with ${flag}${remedy}`,
    );
  if (code === 'EACCES')
    return new FrrError(
      'permission_denied',
      daemon,
      `${program}: not an executable file for this program's user; ${flag} names it`,
    );
  return new FrrError('failed', daemon, `${program} cannot be started: ${code}`);
}

/** vtysh says the same of a dead daemon and of a socket that it may not use; a look at the socket tells which. */
function deniedOrDead(options: SourceOptions, error: unknown): unknown {
  if (!(error instanceof FrrError) || error.reason !== 'not_running') return error;
  const { daemon } = error;
  const file = socketFile(options, daemon);
  return socketAccess(file) === 'denied'
    ? new FrrError('permission_denied', daemon, deniedWords(file))
    : new FrrError('not_running', daemon, `${daemon} is not running`);
}
