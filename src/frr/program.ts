/** Runs a program in a process group of its own, and collects what it writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createByteCollector } from './byte-collector.ts';

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Bytes beyond which the program is ended. */
  readonly most: { readonly stdout: number; readonly stderr: number };
  /** Bytes of standard output that are likely to come. */
  readonly expected: number;
  /** Milliseconds that it has to end by itself before it is killed. */
  readonly grace: number;
}

/** What became of it. */
export interface Ended {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Exit status; undefined when a signal ended it, or it never began. */
  readonly exit: number | undefined;
  /** Why it could not be started: a code of the operating system, such as ENOENT. */
  readonly notStarted: string | undefined;
  /** What it wrote too much of. */
  readonly tooMuch: 'stdout' | 'stderr' | undefined;
  readonly seconds: number;
}

export interface Program {
  readonly pid: number | undefined;
  /** Resolves when it has ended and nobody holds its output any more. Never rejects. */
  readonly ended: Promise<Ended>;
  /** Tells its whole group to end, and kills what has not after the grace. */
  end(): void;
  /** Kills its whole group. */
  kill(): void;
}

export function runProgram(file: string, args: readonly string[], options: ProgramOptions): Program {
  const began = performance.now();
  const output = { stdout: createByteCollector(options.expected), stderr: createByteCollector() };
  let child: ChildProcess | undefined;
  let tooMuch: Ended['tooMuch'];
  let force: NodeJS.Timeout | undefined;
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();

  const over = (exit: number | undefined, notStarted?: string) => {
    clearTimeout(force);
    const seconds = (performance.now() - began) / 1000;
    resolve({
      stdout: output.stdout.bytes(),
      stderr: output.stderr.bytes(),
      exit,
      notStarted,
      tooMuch,
      seconds,
    });
  };

  /** To the group: what we started may be some processes away from what we wait for, behind sudo or a script. */
  const signal = (name: NodeJS.Signals) => {
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // Nobody is left of the group, or it may not be signalled.
      child.kill(name);
    }
  };

  const end = () => {
    signal('SIGTERM');
    force ??= setTimeout(() => signal('SIGKILL'), options.grace);
  };

  try {
    child = spawn(file, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.on('data', (chunk: Buffer) => {
        if (tooMuch !== undefined) return;
        const collector = output[stream];
        collector.add(chunk.subarray(0, options.most[stream] - collector.length + 1));
        if (collector.length <= options.most[stream]) return;
        tooMuch = stream;
        end();
      });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child?.pid === undefined) over(undefined, error.code ?? error.message);
    });
    child.once('close', (code) => over(child?.pid === undefined ? undefined : (code ?? undefined)));
  } catch (error) {
    over(undefined, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
  return { pid: child?.pid, ended, end, kill: () => signal('SIGKILL') };
}
