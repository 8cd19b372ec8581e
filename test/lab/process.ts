/** A program that runs during a test: its output is recorded, and it stops with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from './waiting.ts';

export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** What it has written to standard output and standard error so far. */
  output(): string;
  /** Exit status, or the signal's name; undefined while it runs. */
  exit(): number | NodeJS.Signals | undefined;
  /** SIGTERM, and SIGKILL when that does not help within ten seconds. Safe to call twice. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Resolves to true when it is of use. */
  readonly ready: () => Promise<boolean>;
  /** Milliseconds; 30 s when left out. */
  readonly within?: number;
  /** File descriptors beyond standard error. */
  readonly descriptors?: readonly number[];
}

/** Starts a program and waits until it is ready. @throws with its output when it ends before, or is not ready in time */
export async function start(
  program: string,
  args: readonly string[],
  options: StartOptions,
): Promise<Running> {
  const child: ChildProcess = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.descriptors ?? [])],
  });
  let output = '';
  let exit: number | NodeJS.Signals | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      exit = 127;
      resolve();
    });
    child.once('close', (code, signal) => {
      exit = code ?? signal ?? 127;
      resolve();
    });
  });
  const stop = async () => {
    if (exit !== undefined) return;
    child.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([ended, pause(10_000, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    child.kill('SIGKILL');
    await ended;
  };
  const running: Running = {
    pid: child.pid ?? 0,
    output: () => output,
    exit: () => exit,
    stop,
    [Symbol.asyncDispose]: stop,
  };
  try {
    await waitFor(async () => exit !== undefined || (await options.ready()), {
      within: options.within ?? 30_000,
      every: 50,
      for: `${program} to be ready`,
    });
    if (exit !== undefined) throw new Error(`${program} ended with ${exit} before it was ready`);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
  return running;
}

/** Whether an address answers with a status of success. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** A free TCP port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
