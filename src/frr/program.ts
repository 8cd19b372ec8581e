/** Runs a program in a process group of its own, and collects what it writes. */
import { execa } from 'execa';
import { createByteCollector } from './byte-collector.ts';

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Maximum number of bytes; the program is ended when it writes more. */
  readonly most: { readonly stdout: number; readonly stderr: number };
  /** Bytes of standard output to expect. */
  readonly expected: number;
  /** Milliseconds after SIGTERM until SIGKILL. */
  readonly grace: number;
}

/** The result of a program. */
export interface Ended {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Exit status; undefined when a signal ended it, or it was never started. */
  readonly exit: number | undefined;
  /** Why it could not be started: a code of the operating system, such as ENOENT. */
  readonly notStarted: string | undefined;
  /** The stream that exceeded its limit. */
  readonly tooMuch: 'stdout' | 'stderr' | undefined;
  readonly seconds: number;
}

export interface Program {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when it has ended and no process has its output open any more. Never rejects. */
  readonly ended: Promise<Ended>;
  /** Sends SIGTERM to its process group, and SIGKILL after the grace. */
  end(): void;
  /** Sends SIGKILL to its process group. */
  kill(): void;
}

export function runProgram(file: string, args: readonly string[], options: ProgramOptions): Program {
  const { env, most, expected, grace } = options;
  const output = { stdout: createByteCollector(expected), stderr: createByteCollector() };
  let tooMuch: Ended['tooMuch'];
  let force: NodeJS.Timeout | undefined;
  // Unbuffered: execa's own buffering costs 40 ms and 12 MB at a poll of 1,000 sessions.
  const child = execa(file, args, {
    env,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    detached: true,
  });

  /** To the group: behind sudo or a script, vtysh is not the process that was started but a descendant of it. */
  const signal = (name: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group is empty, or this user may not send signals to it.
      child.kill(name);
    }
  };

  const end = () => {
    signal('SIGTERM');
    force ??= setTimeout(() => signal('SIGKILL'), grace);
  };

  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => {
      if (tooMuch !== undefined) return;
      const collector = output[stream];
      collector.add(chunk.subarray(0, most[stream] - collector.length + 1));
      if (collector.length <= most[stream]) return;
      tooMuch = stream;
      end();
    });

  const ended = child.then(({ exitCode, code, message, durationMs }) => {
    clearTimeout(force);
    return {
      stdout: output.stdout.bytes(),
      stderr: output.stderr.bytes(),
      exit: exitCode,
      notStarted: child.pid === undefined ? (code ?? message) : undefined,
      tooMuch,
      seconds: durationMs / 1000,
    };
  });
  return { pid: child.pid, ended, end, kill: () => signal('SIGKILL') };
}
