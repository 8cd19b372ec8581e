/**
 * Runs a program in a process group of its own, and collects what it writes. By Node.js alone: execa takes 8 MB, most of
 * them for streams and conversions that are not needed here, and has no part that can be loaded separately.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
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
  const begun = performance.now();
  const child = start(file, args, env);
  if (typeof child === 'string') return notStarted(child);
  let problem: string | undefined;
  child.on('error', (error: NodeJS.ErrnoException) => {
    problem ??= error.code ?? error.message;
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

  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode) => {
      clearTimeout(force);
      resolve({
        stdout: output.stdout.bytes(),
        stderr: output.stderr.bytes(),
        exit: exitCode ?? undefined,
        notStarted: child.pid === undefined ? problem : undefined,
        tooMuch,
        seconds: (performance.now() - begun) / 1000,
      });
    });
  });
  return { pid: child.pid, ended, end, kill: () => signal('SIGKILL') };
}

/** @returns a code of the operating system where Node.js finds at once that the program cannot be started */
function start(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcessByStdio<null, Readable, Readable> | string {
  try {
    return spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function notStarted(code: string): Program {
  const nothing = Buffer.alloc(0);
  const result = { stdout: nothing, stderr: nothing, exit: undefined, tooMuch: undefined, seconds: 0 };
  return {
    pid: undefined,
    ended: Promise.resolve({ ...result, notStarted: code }),
    end: () => undefined,
    kill: () => undefined,
  };
}
