/**
 * FrrSource that uses FRR's own shell: `vtysh -d DAEMON -c COMMAND -c COMMAND ...`, one process for all commands that are
 * sent to a daemon at the same time (`vtysh-batches.ts`).
 *
 * With `-d` vtysh connects to that daemon alone. Without, it connects to all of them first, so that one daemon that
 * hangs would make every command hang. The program is run by an argument array, never through a shell.
 *
 * Whether a process behind a prefix ends depends on the prefix: `sudo` and `ip netns exec` pass signals on, but
 * `podman exec` and `docker exec` do not. While a daemon hangs, each poll would leave a vtysh in the container until
 * the daemon exits or resumes; `timeout 10` after such a prefix ends them.
 */
import { interfaceAddresses, leadsElsewhere } from './addresses.ts';
import { answerOfVtysh, type VtyshOutput } from './answers.ts';
import { createExpectations } from './byte-collector.ts';
import type { Command, Daemon } from './commands.ts';
import { daemonCpu } from './daemon-cpu.ts';
import { splitEchoed } from './echoed.ts';
import { findKernelRoutes } from './kernel-routes.ts';
import { interfaceLinks } from './links.ts';
import { lowTtlDrops } from './low-ttl.ts';
import type { SourceOptions } from './options.ts';
import { type Program, runProgram } from './program.ts';
import { deniedWords, socketAccess, socketFile, socketFolder } from './socket-files.ts';
import { type Answer, FrrError, type FrrErrorReason, type FrrSource } from './source.ts';
import { type BatchResult, createBatches } from './vtysh-batches.ts';
import { vtyshInvocation } from './vtysh-program.ts';
import { vtyshWork } from './vtysh-work.ts';

/** Milliseconds from SIGTERM to SIGKILL for a vtysh that is to end. */
const GRACE = 500;
/** Bytes of standard error. FRR writes a few lines there. */
const MAX_ERROR_OUTPUT = 64 * 1024;
/** Failures that do not affect the other commands in the same vtysh. */
const DUE_TO_COMMAND: ReadonlySet<FrrErrorReason> = new Set(['unknown_command', 'failed']);

interface Running {
  readonly command: Command;
  readonly vtysh: Program;
  /** It was sent SIGTERM, because it took too long or its answer is no longer needed. */
  ending: boolean;
}

interface Run extends VtyshOutput {
  /** Estimated seconds that FRR worked. */
  readonly seconds: number;
}

/** Makes the source. Starts nothing yet. */
export function vtyshSource(options: SourceOptions): FrrSource {
  const running = new Set<Running>();
  // The processes here are not those of a vtysh that runs elsewhere.
  const cpu = options.vtyshPrefix.length > 0 ? undefined : daemonCpu(socketFolder(options));
  const work = vtyshWork();
  const expectations = createExpectations();
  /** Daemons that vtysh reported as not running, which remains true while their socket is missing. */
  const dead = new Map<Daemon, FrrError>();
  /** The interfaces here are not those of FRR. */
  const elsewhere = leadsElsewhere(options.vtyshPrefix);
  let closed = false;
  const endAll = () => {
    for (const { vtysh } of running) vtysh.kill();
  };
  process.on('exit', endAll);

  async function run(commands: readonly Command[], signal: AbortSignal): Promise<Run> {
    const command = commands[0] as Command;
    const { daemon, text } = command;
    if (signal.aborted || closed)
      throw new FrrError('timed_out', daemon, `${daemon} was not sent "${text}" in time`);
    for (const { ending, command: before, vtysh } of running) {
      // Processes that cannot be ended, such as those of root behind sudo, must not accumulate.
      if (ending && before.daemon === daemon)
        throw new FrrError(
          'timed_out',
          daemon,
          `${daemon} has still not answered "${before.text}" (vtysh is process ${vtysh.pid})`,
        );
    }
    const question = commands.map((one) => one.text).join(', ');
    const [program, ...fixed] = vtyshInvocation(options);
    const used = cpu?.measure(daemon);
    const vtysh = runProgram(program as string, [...fixed, ...vtyshArguments(commands)], {
      env: environment(options),
      most: { stdout: options.maxOutput, stderr: MAX_ERROR_OUTPUT },
      expected: expectations.of(question),
      grace: GRACE,
    });
    const mine: Running = { command, vtysh, ending: false };
    running.add(mine);
    const ended = vtysh.ended.then((result) => {
      // The group once more: a process in it may have closed our pipes and still be running.
      if (mine.ending || result.tooMuch !== undefined) vtysh.kill();
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
      if (mine.ending)
        throw new FrrError('timed_out', daemon, `${daemon} did not answer before the exporter stopped`);
      const { stdout, stderr, exit } = result;
      if (result.tooMuch !== undefined) throw tooLarge(options, command, result.tooMuch);
      if (result.notStarted !== undefined) throw notStarted(options, command, result.notStarted);
      expectations.note(question, stdout.length);
      const seconds = exit === 0 ? (used?.() ?? work(question, result.seconds)) : 0;
      return { stdout, stderr: stderr.toString(), exit, seconds };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async function batch(commands: readonly Command[], signal: AbortSignal): Promise<BatchResult> {
    const { daemon } = commands[0] as Command;
    const before = dead.get(daemon);
    if (before !== undefined && socketAccess(socketFile(options, daemon)) === 'missing')
      throw new FrrError(before.reason, daemon, before.message);
    dead.delete(daemon);
    const output = await run(commands, signal);
    if (commands.length === 1) return [answer(commands[0] as Command, output, output.seconds)];
    const parts = splitEchoed(
      output.stdout,
      commands.map(({ text }) => text),
    );
    if (parts === undefined) {
      const first = answer(commands[0] as Command, output, output.seconds);
      if (first instanceof FrrError && !DUE_TO_COMMAND.has(first.reason)) return commands.map(() => first);
      return await inTurn(commands, signal);
    }
    return parts.map((part, index) => {
      const last = index === parts.length - 1;
      const stdout = Buffer.from(part);
      // The exit status is that of the last command.
      const exit = last ? output.exit : 0;
      return answer(commands[index] as Command, { ...output, stdout, exit }, output.seconds / parts.length);
    });
  }

  /** Sends the commands one at a time, where their answers cannot be separated. */
  async function inTurn(commands: readonly Command[], signal: AbortSignal): Promise<BatchResult> {
    const results: (Answer | FrrError)[] = [];
    for (const command of commands) {
      const output = await run([command], signal);
      results.push(answer(command, output, output.seconds));
    }
    return results;
  }

  /** The answer to one command, or why there is none. */
  function answer(command: Command, output: VtyshOutput, seconds: number): Answer | FrrError {
    try {
      return { bytes: answerOfVtysh(command, output), seconds };
    } catch (error) {
      if (!(error instanceof FrrError)) throw error;
      // The sockets here are not those of a vtysh that runs elsewhere.
      if (options.vtyshPrefix.length > 0) return error;
      const explained = deniedOrDead(options, error);
      if (explained.reason === 'not_running') dead.set(command.daemon, explained);
      return explained;
    }
  }

  const { show } = createBatches(batch);

  return {
    kind: 'vtysh',
    show,
    showEach: (commands, signal) => Promise.all(commands.map((command) => show(command, signal))),
    addresses: async () => (elsewhere ? [] : interfaceAddresses()),
    links: async (names) => (elsewhere ? [] : interfaceLinks(undefined, names)),
    lowTtlDrops: async () => (elsewhere ? undefined : lowTtlDrops()),
    cpuWaits: () => cpu?.waits() ?? [],
    kernelRoutes: async (wanted) => (elsewhere ? wanted.map(() => undefined) : findKernelRoutes(wanted)),
    async close() {
      closed = true;
      const ends = [...running].map((each) => {
        end(each);
        return each.vtysh.ended;
      });
      // It does not wait for processes that cannot be ended.
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, 2 * GRACE);
      await Promise.race([Promise.allSettled(ends), patience.promise]);
      clearTimeout(timer);
      process.off('exit', endAll);
    },
  };
}

function end(running: Running): void {
  running.ending = true;
  running.vtysh.end();
}

function vtyshArguments(commands: readonly Command[]): string[] {
  const [{ daemon }] = commands as readonly [Command];
  const echo = commands.length > 1 ? ['-E'] : [];
  return ['-d', daemon, ...echo, ...commands.flatMap(({ text }) => ['-c', text])];
}

/**
 * vtysh writes each command into a history file, in the home of its user on 7.5, and where VTYSH_HISTFILE says on 8
 * and newer: both are set to where no file can be written. A program before vtysh needs an environment of its own.
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
  const remedy = vtyshPrefix.length > 0 ? '' : ', or use the sockets with --frr.source=socket';
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

/** vtysh reports a dead daemon and a socket without access in the same way; the socket itself shows which it is. */
function deniedOrDead(options: SourceOptions, error: FrrError): FrrError {
  if (error.reason !== 'not_running') return error;
  const { daemon } = error;
  const file = socketFile(options, daemon);
  return socketAccess(file) === 'denied'
    ? new FrrError('permission_denied', daemon, deniedWords(file))
    : new FrrError('not_running', daemon, `${daemon} is not running`);
}
