#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --disable-sigusr1 --max-semi-space-size=2 --heap-growing-percent=30
/**
 * The entry point: reads the command line and runs one command.
 *
 * SIGUSR1 would open Node's debugger to every user of this machine: the first flag of Node above turns that off, and the
 * listener below keeps the signal from ending the program.
 *
 * The second flag limits the heap for young objects. That saves 10 MB on a small node and 150 MB with 1,000
 * sessions, where answers of several megabytes would otherwise make it grow, and costs no time. The third makes V8 collect
 * garbage before the heap for old objects grows by more than that percentage: V8 never returns memory that it once had, and
 * would take 50 MB more on a busy machine; a poll of 1,000 sessions takes 10 ms longer. The variables make the C library
 * return freed memory, which saves another 20 to 50 MB.
 *
 * bin/ uses the same. Where it is certain that Node.js 24 runs the program (the image, the packages, bin/), four more flags are
 * added. --memory-saver-mode keeps V8's heap small. The others leave out two of V8's three compilers and use the last one for
 * what is really busy: at 3 sessions compiling is a good part of the CPU time, and the code takes memory. Without the four,
 * 3 sessions take 7 MB more, and 1,000 take 12 MB and a quarter of the CPU time more. --efficiency-mode would save another MB
 * but collects garbage on the main thread, which blocks it for 0.4 s with 10,000 sessions.
 */
import { readFileSync } from 'node:fs';
import type { Logger } from './base/log.ts';
import { UserError } from './base/user-error.ts';
import { type CommandLine, readCommandLine } from './cli/command-line.ts';
import { UsageError } from './flags/flag.ts';
import type { Build } from './metrics/build.ts';

/** Exit statuses. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** Milliseconds that a command has to end after SIGTERM or SIGINT. A second signal ends the program immediately. */
const SHUTDOWN_MILLISECONDS = 900;

/** The version of the package; an image sets the commit. */
function build(): Build {
  const description = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return { version: description.version, revision: process.env.FRR_EXPORTER_REVISION ?? '' };
}

/** Aborts at the first SIGTERM or SIGINT, with the signal's name as the reason. */
function signals(log: Logger): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(FAILED);
      controller.abort(signal);
      setTimeout(() => {
        log.error('shutdown timed out; exiting');
        process.exit(0);
      }, SHUTDOWN_MILLISECONDS).unref();
    });
  return controller.signal;
}

/** An uncaught error is a defect: it is logged, and the program exits, because its state is unknown. */
function exitOnDefects(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal(
      { err: error },
      `frr-exporter exits, ${origin}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exit(FAILED);
  });
}

async function run(line: Exclude<CommandLine, { command: 'print' }>): Promise<number> {
  const { openLog } = await import('./base/log.ts');
  const log = await openLog(line.config);
  exitOnDefects(log);
  for (const { text, remedy } of line.config.warnings) log.warn(`${text}; ${remedy}`);
  // Only the command that runs is loaded.
  switch (line.command) {
    case 'serve': {
      const { serve } = await import('./cli/serve.ts');
      await serve(line.config, build(), log, signals(log));
      return 0;
    }
    case 'once': {
      const { once } = await import('./cli/once.ts');
      return once(line.config, process.stdout, log);
    }
    case 'record': {
      const { record } = await import('./cli/record.ts');
      return record(line.config, line.directory, process.stdout);
    }
    case 'status': {
      const { status } = await import('./cli/status.ts');
      return status(line.config, build().version, process.stdout, signals(log));
    }
    case 'address': {
      const { address } = await import('./cli/address.ts');
      return address(line.config, line.address, process.stdout);
    }
    case 'check': {
      const { check } = await import('./cli/check.ts');
      return check(line.config, build().version, process.stdout);
    }
    case 'maintenance': {
      const { maintenance } = await import('./cli/maintenance.ts');
      return maintenance(line, line.config.maintenanceFile, Date.now() / 1000, process.stdout);
    }
    case 'doctor': {
      const { doctor } = await import('./cli/doctor.ts');
      return doctor(line.config, process.stdout);
    }
  }
}

/** For what a user can fix, the message: a stack trace would bury it. Anything else is a defect, which the stack locates. */
function explained(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** As Prometheus' own programs print it: `frr-exporter, version 1.2.3 (revision: 4a2d2a9, node: v24.21.0)`. */
function versionText({ version, revision }: Build): string {
  const commit = revision === '' ? '' : `revision: ${revision}, `;
  return `frr-exporter, version ${version} (${commit}node: ${process.version})`;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const line = readCommandLine(argv, process.env, versionText(build()));
    if (line.command !== 'print') return await run(line);
    process.stdout.write(line.text);
    return 0;
  } catch (error) {
    process.stderr.write(`frr-exporter: ${explained(error)}\n`);
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

process.on('SIGUSR1', () => undefined);

// `frr-exporter once | head` is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
