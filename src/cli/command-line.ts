/** The command line: which command, with which configuration; `--help` and `--version`. Commander reads it. */
import { Argument, Command, CommanderError, Option } from 'commander';
import type { Collector } from '../collectors/collector.ts';
import { COLLECTOR_DEFAULTS, type CollectorSettings, collectors } from '../collectors/index.ts';
import { allFlags, type Config, readConfig } from '../flags/config.ts';
import { environmentName, FLAG_GROUPS, type Flag, isSwitch, UsageError } from '../flags/flag.ts';

const COMMANDS = {
  serve: 'poll FRR and serve the metrics (the default)',
  once: 'poll once, print the metrics, exit with 0 if FRR answered and 1 if not',
  record: 'ask FRR every command once and write a recording into the folder DIR',
  doctor: 'check everything that must be right, and say what to do about what is not',
} as const;

export type CommandName = keyof typeof COMMANDS;

/** What to do. */
export type CommandLine =
  | { readonly command: Exclude<CommandName, 'record'>; readonly config: Config }
  | { readonly command: 'record'; readonly directory: string; readonly config: Config }
  /** `--help` and `--version`. */
  | { readonly command: 'print'; readonly text: string };

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** The default of a flag as people read it; undefined where there is none. */
export function defaultText(flag: Flag): string | undefined {
  if (!isSwitch(flag)) return flag.default;
  return flag.default === 'true' ? 'on' : 'off';
}

/** A flag as it is typed: `--frr.timeout=DURATION`, `--[no-]collector.bgp`. */
export function flagUsage(flag: Flag): string {
  return isSwitch(flag) ? `--[no-]${flag.name}` : `--${flag.name}=${flag.kind.placeholder}`;
}

function describe(program: Command, version: string, flags: readonly Flag[]): void {
  const commands = Object.entries(COMMANDS).map(
    ([name, does]) => `  ${(name === 'record' ? 'record DIR' : name).padEnd(12)}${does}`,
  );
  program
    .name('frr-exporter')
    .usage('[command] [flags]')
    .description(
      `Prometheus exporter for FRRouting: which BGP and BFD sessions are down, since when, and why.

Commands:
${commands.join('\n')}

A flag can also be given in the environment: --web.listen-address=:9342 as
${environmentName({ name: 'web.listen-address' })}=:9342.`,
    )
    .helpOption('-h, --help', 'This page')
    .version(version, '--version', 'Version of this program')
    .addArgument(new Argument('[command]'))
    .addArgument(new Argument('[DIR]'))
    .allowExcessArguments(false)
    .configureHelp({
      visibleArguments: () => [],
      optionTerm: (option) => {
        const flag = flags.find((one) => `--${one.name}` === option.long);
        return flag === undefined ? option.flags : flagUsage(flag);
      },
      optionDescription: (option) => option.description,
    })
    .addHelpText(
      'after',
      `
Examples:
  frr-exporter --frr.source=socket --web.listen-address=127.0.0.1:9342
  frr-exporter once --collector.disable-defaults --collector.bgp
  frr-exporter --frr.vtysh.prefix="podman exec frr timeout 10"`,
    );
}

/** Commander's options for a flag. What is typed is kept as text, in its order, and read by config.ts. */
function declare(program: Command, flag: Flag, typed: Map<string, string[]>): void {
  const note = (value: string) => {
    const before = typed.get(flag.name);
    if (before === undefined) typed.set(flag.name, [value]);
    else before.push(value);
  };
  const heading = `${flag.group}:`;
  const preset = defaultText(flag);
  const help = preset === undefined ? flag.help : `${flag.help} (default: ${preset})`;
  if (isSwitch(flag)) {
    program.addOption(new Option(`--${flag.name}`, help).helpGroup(heading));
    program.addOption(new Option(`--no-${flag.name}`).hideHelp());
    program.on(`option:${flag.name}`, () => note('true'));
    program.on(`option:no-${flag.name}`, () => note('false'));
    return;
  }
  // Optional for Commander, so that a forgotten value does not swallow the next flag, and the message is ours.
  program.addOption(new Option(`--${flag.name} [value]`, help).helpGroup(heading));
  program.on(`option:${flag.name}`, (value: string | null | undefined) => {
    if (value === null || value === undefined)
      throw new UsageError(`--${flag.name} takes ${flag.kind.takes}, and was given nothing`);
    note(value);
  });
}

/** Commander's message, made one line that also knows Go's habits. */
function usageError(error: CommanderError, flags: readonly Flag[]): UsageError {
  const unknown = /unknown option '([^']*)'/.exec(error.message)?.[1];
  if (unknown !== undefined) {
    const name = (unknown.split('=')[0] as string).replace(/^-+(no-)?/, '');
    const meant = flags.find((flag) => flag.name === name);
    if (meant !== undefined && unknown.startsWith('--') && isSwitch(meant))
      return new UsageError(`--${name} takes no value; write --${name} or --no-${name}`);
    if (meant !== undefined && unknown.startsWith('--'))
      return new UsageError(
        `--${name} takes ${meant.kind.takes}; it cannot be switched off with --no-${name}`,
      );
    if (meant !== undefined) return new UsageError(`unknown flag ${unknown}; did you mean --${name}?`);
  }
  const message = error.message
    .replace(/^error: /, '')
    .replace('unknown option', 'unknown flag')
    .replace(/\n\(Did you mean (one of )?(.*)\?\)$/, '; did you mean $1$2?');
  return new UsageError(
    unknown === undefined || message.includes('did you mean') ? message : `${message}; --help lists them all`,
  );
}

/**
 * Reads the command line.
 * @param argv without the program's own name
 * @throws UsageError for an unknown command or flag and for a bad value
 */
export function readCommandLine(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  version: string,
  collectorsFor: (settings: CollectorSettings) => readonly Collector[] = collectors,
): CommandLine {
  const flags = allFlags(collectorsFor(COLLECTOR_DEFAULTS));
  const typed = new Map<string, string[]>();
  const program = new Command();
  let printed = '';
  program.exitOverride().configureOutput({
    writeOut: (text) => {
      printed += text;
    },
    writeErr: () => undefined,
    getOutHelpWidth: () => Math.min(process.stdout.columns ?? 100, 120),
  });
  describe(program, version, flags);
  for (const group of FLAG_GROUPS)
    for (const flag of flags) if (flag.group === group) declare(program, flag, typed);
  const known = new Set(flags.map(({ name }) => `--${name}`));
  // Commander looks for a flag of a similar name, and the value would count as part of the name.
  const named = argv.map((word) =>
    /^--[^=]+=/.test(word) && !known.has(word.split('=')[0] as string)
      ? (word.split('=')[0] as string)
      : word,
  );
  try {
    program.parse(named, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: printed };
    throw usageError(error, flags);
  }
  const [command = 'serve', directory] = program.args;
  if (!isCommandName(command))
    throw new UsageError(
      `unknown command ${JSON.stringify(command)}; there are ${Object.keys(COMMANDS).join(', ')}`,
    );
  if (command !== 'record' && directory !== undefined)
    throw new UsageError(`${command} takes no argument, not ${JSON.stringify(directory)}`);
  if (command === 'record' && directory === undefined)
    throw new UsageError('record takes the folder to write into: frr-exporter record DIR');
  const config = readConfig(typed, environment, collectorsFor);
  return command === 'record' ? { command, directory: directory as string, config } : { command, config };
}
