#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=2 --heap-growing-percent=30
/**
 * The entry: reads the command line and runs one command.
 *
 * The first flag of Node above keeps the heap for young objects small. That takes 10 MB off a small node's exporter and
 * 150 MB off one with 1,000 sessions, whose answers of some megabytes would otherwise make it grow, and costs no time. The
 * second has the heap for old objects cleared before it grows by more than that: V8 never gives back what it once had, and
 * on a busy machine it takes 50 MB more; a poll of 1,000 sessions takes 10 ms longer. The variables have the C library give
 * freed memory back, which takes another 20 to 50 MB off. The image and bin/ have the same.
 */
import { readFileSync } from 'node:fs';
import { type CommandLine, readCommandLine } from './cli/command-line.ts';
import { UsageError } from './flags/flag.ts';
import type { Logger } from './log.ts';
import type { Build } from './metrics/build.ts';

/** Exit statuses. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** Errors that no part of this program throws on purpose. */
const BUILT_IN = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/** Milliseconds that a command gets to end after SIGTERM or SIGINT. A second signal ends the program at once. */
const LAST_WORDS_MILLISECONDS = 900;

/** The version of the package; the commit is told by whoever builds an image. */
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
        log.error('something did not end in time and is cut off');
        process.exit(0);
      }, LAST_WORDS_MILLISECONDS).unref();
    });
  return controller.signal;
}

/** A defect that nobody caught: one line that names it, then the end, for the state is unknown. */
function endAtDefects(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal(
      { err: error },
      `frr-exporter ends, ${origin}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exit(FAILED);
  });
}

async function run(line: Exclude<CommandLine, { command: 'print' }>): Promise<number> {
  const { openLog } = await import('./log.ts');
  const log = await openLog(line.config);
  endAtDefects(log);
  for (const { text, remedy } of line.config.warnings) log.warn(`${text}; ${remedy}`);
  // Each command is loaded only when it is the one.
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
    case 'doctor': {
      const { doctor } = await import('./cli/doctor.ts');
      return doctor(line.config, process.stdout);
    }
  }
}

function complain(message: string): void {
  process.stderr.write(`frr-exporter: ${message}\n`);
}

/**
 * What a person can set right has an error type of its own, with a message that says how; a stack would bury it. What
 * has none is a defect, and its stack is what helps.
 */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return BUILT_IN.has(error.name) ? (error.stack ?? error.message) : error.message;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const line = readCommandLine(argv, process.env, build().version);
    if (line.command !== 'print') return await run(line);
    process.stdout.write(line.text);
    return 0;
  } catch (error) {
    complain(explained(error));
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

// `frr-exporter once | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
