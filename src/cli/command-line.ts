/** The command line: which command, with which configuration; `--help` and `--version`. Commander parses it. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { ALL_COLLECTORS, type CollectorSet } from '../collectors/configurable.ts';
import { addressName } from '../collectors/host-routes/filter.ts';
import { allFlags, type Config, type Given, makeConfig, unknownVariables } from '../flags/config.ts';
import { environmentName, type Flag, isSwitch, UsageError } from '../flags/flag.ts';
import { readDuration } from '../flags/values.ts';
import { hostPrefix, parsePrefix } from '../frr/addresses.ts';
import type { MaintenanceAction } from './maintenance.ts';

export const COMMANDS = {
  serve: 'poll FRR and serve the metrics (the default)',
  once: 'poll once, print the metrics, exit with 0 if FRR answered and 1 if not',
  record: 'run every command on FRR once and write a recording into the directory DIR',
  doctor: 'check the prerequisites and suggest fixes',
  status: 'show which sessions are down and which addresses are not announced',
  address: 'show where this node has an address, to whom it is announced, and if not, why',
  check: 'the status in one line with an exit status for Nagios, Icinga and Checkmk',
  maintenance: 'start 2h "new card", end, show: silence the alerts of this node',
  help: 'show this help',
  version: 'show the version, the revision and the version of Node',
} as const;

export type CommandName = keyof typeof COMMANDS;

type Words =
  | { readonly command: Exclude<CommandName, 'record' | 'address' | 'maintenance' | 'help' | 'version'> }
  | { readonly command: 'record'; readonly directory: string }
  | { readonly command: 'address'; readonly address: string }
  | ({ readonly command: 'maintenance' } & MaintenanceAction);

/** What to do. */
export type CommandLine =
  | (Words & { readonly config: Config })
  /** Help and the version. */
  | { readonly command: 'print'; readonly text: string };

/** Commands with an argument. */
const ARGUMENTS: Readonly<Record<string, string>> = { record: 'DIR', address: 'ADDRESS' };

/** A command as it is typed: `record DIR`. */
export const commandUsage = (name: string): string => [name, ARGUMENTS[name]].join(' ').trim();

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** The default of a flag as people read it; undefined where there is none. */
export function defaultText(flag: Flag): string | undefined {
  return isSwitch(flag) ? (flag.initial ? 'on' : 'off') : flag.default;
}

/** A flag as it is typed: `--frr.timeout=DURATION`, `--[no-]collector.bgp`; with `...` where it may be repeated. */
export function flagUsage(flag: Flag): string {
  if (isSwitch(flag)) return `--[no-]${flag.name}`;
  return `--${flag.name}=${flag.kind.placeholder}${flag.repeatable ? ' ...' : ''}`;
}

const DESCRIPTION = `Prometheus exporter for FRRouting: which BGP and BFD sessions are down, since when, and why.

Commands:
${Object.entries(COMMANDS)
  .map(([name, does]) => `  ${commandUsage(name).padEnd(17)}${does}`)
  .join('\n')}

Every flag can also be set in the environment: --web.listen-address=:9342 as
${environmentName({ name: 'web.listen-address' })}=:9342.`;

const EXAMPLES = `
Examples:
  frr-exporter --frr.source=socket --web.listen-address=127.0.0.1:9342
  frr-exporter once --collector.disable-defaults --collector.bgp
  frr-exporter --frr.vtysh.prefix="podman exec frr timeout 10"`;

function options(flag: Flag): readonly Option[] {
  const heading = `${flag.group}:`;
  if (isSwitch(flag))
    return [
      new Option(`--${flag.name}`, flag.help).default(flag.initial, defaultText(flag)).helpGroup(heading),
      new Option(`--no-${flag.name}`).hideHelp(),
    ];
  // The value is optional for Commander, so that a forgotten one does not swallow the next flag.
  return [
    new Option(`--${flag.name} [value]`, flag.help)
      .preset('')
      .default(flag.initial, flag.default)
      .argParser((text, before) => flag.parse(text, `--${flag.name}`, before))
      .helpGroup(heading),
  ];
}

function createProgram(version: string, flags: readonly Flag[], print: (text: string) => void): Command {
  const program = new Command('frr-exporter')
    .usage('[command] [flags]')
    .description(DESCRIPTION)
    .helpOption('-h, --help', 'Show this help')
    .version(version, '--version', 'Show the version of this program')
    .addArgument(new Argument('[command]'))
    .addArgument(new Argument('[words...]'))
    .addHelpText('after', EXAMPLES)
    .configureHelp({
      visibleArguments: () => [],
      optionTerm: ({ long, flags: written }) => {
        const flag = flags.find(({ name }) => `--${name}` === long);
        return flag === undefined ? written : flagUsage(flag);
      },
      optionDescription: ({ description, defaultValueDescription: preset }) =>
        preset === undefined ? description : `${description} (default: ${preset})`,
    })
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? 100, 120),
    });
  for (const option of flags.flatMap(options)) program.addOption(option);
  return program;
}

/** Flags of frr_exporter (tynany) that are called something else here, and what to use. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'frr.vtysh': '--frr.source=vtysh',
  'frr.vtysh.sudo': '--frr.vtysh.prefix="sudo -n"',
  'frr.vtysh.timeout': '--frr.timeout',
  'frr.vtysh.options': '--frr.pathspace for its -N',
  'frr.socket.timeout': '--frr.timeout',
  'collector.bgp6': '--collector.bgp, which covers every address family',
  'collector.bgpl2vpn': '--collector.bgp, which covers every address family, and --collector.evpn',
  'collector.route': '--collector.rib',
  'collector.status': '--collector.daemons',
};

/** What is wrong with a word that is almost a flag, such as one of another program; undefined if nothing is. */
function mistake(word: string, flags: readonly Flag[]): string | undefined {
  const [typed = '', value] = word.split('=', 2);
  const [, dashes, no, name] = /^(--?)(no-)?(.*)$/.exec(typed) ?? [];
  const flag = flags.find((one) => one.name === name);
  if (flag === undefined) {
    const instead = ELSEWHERE[name ?? ''];
    return instead && `unknown flag ${typed}; use ${instead}`;
  }
  if (dashes === '-') return `unknown flag ${word}; did you mean --${name}?`;
  if (isSwitch(flag))
    return value === undefined ? undefined : `--${name} takes no value; write --${name} or --no-${name}`;
  if (no === undefined) return undefined;
  return `--${name} takes ${flag.kind.takes}; it cannot be switched off with --no-${name}`;
}

/** Commander's message in one line, in our words. */
function usageError({ code, message }: CommanderError): UsageError {
  const [problem = '', suggestion] = message.replace('error: ', '').split('\n');
  if (code !== 'commander.unknownOption') return new UsageError(problem);
  const hint = suggestion?.replace('(Did', 'did').replace('?)', '?') ?? '--help lists them all';
  return new UsageError(`${problem.replace('option', 'flag')}; ${hint}`);
}

function parse(program: Command, argv: readonly string[], flags: readonly Flag[]): void {
  const words = argv.map((word) => {
    const wrong = mistake(word, flags);
    if (wrong !== undefined) throw new UsageError(wrong);
    // Commander looks for a flag of a similar name, and takes a value for a part of the name.
    const [typed = ''] = word.split('=', 1);
    return typed.startsWith('--') && !flags.some(({ name }) => `--${name}` === typed) ? typed : word;
  });
  program.parse(words, { from: 'user' });
}

/**
 * What the environment says of a flag; undefined where it says nothing. An empty variable is how compose files and units
 * say "not set". Commander's own `env()` would take that for a value, and any value of a switch for "on".
 */
function fromEnvironment(flag: Flag, environment: NodeJS.ProcessEnv): unknown {
  const variable = environmentName(flag);
  const value = environment[variable] ?? '';
  return (flag.repeatable ? value.split(',') : [value])
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .reduce<unknown>((before, text) => flag.parse(text, variable, before ?? flag.initial), undefined);
}

/** What was given; the command line wins over the environment. */
function readGiven(program: Command, flags: readonly Flag[], environment: NodeJS.ProcessEnv): Given {
  const given = new Map<string, unknown>();
  for (const flag of flags) {
    const key = new Option(`--${flag.name}`).attributeName();
    const value =
      program.getOptionValueSource(key) === 'cli'
        ? program.getOptionValue(key)
        : fromEnvironment(flag, environment);
    if (value !== undefined) given.set(flag.name, value);
  }
  return given;
}

/** How many words a command takes after its name. */
const MOST_WORDS: Readonly<Partial<Record<CommandName, number>>> = {
  record: 1,
  address: 1,
  maintenance: 3,
};

/** Seconds. */
const LONGEST_MAINTENANCE = 365 * 86_400;

/** What to do with the maintenance: `start 2h "new card"`, `end`, `show`. */
function readMaintenanceAction([action, time, reason]: readonly string[]): MaintenanceAction {
  const example = 'frr-exporter maintenance start 2h "new card"';
  if (action !== 'start' && action !== 'end' && action !== 'show')
    throw new UsageError(`maintenance takes start, end or show: ${example}`);
  if (action !== 'start' && time !== undefined)
    throw new UsageError(`maintenance ${action} takes no argument, not ${JSON.stringify(time)}`);
  if (action !== 'start') return { action };
  const seconds = readDuration(time ?? '') ?? 0;
  if (seconds <= 0 || seconds > LONGEST_MAINTENANCE)
    throw new UsageError(
      `maintenance start takes how long it lasts, such as 2h or 30m, at most 365d: ${example}`,
    );
  return { action, seconds, reason: (reason ?? '').replaceAll(/\s+/g, ' ').trim() };
}

/** The command that the words besides the flags name, with its arguments. */
function readCommand([command = 'serve', ...words]: readonly string[]):
  | Words
  | { readonly command: 'help' }
  | { readonly command: 'version' } {
  if (!isCommandName(command))
    throw new UsageError(
      `unknown command ${JSON.stringify(command)}; the commands are ${Object.keys(COMMANDS).join(', ')}`,
    );
  const most = MOST_WORDS[command] ?? 0;
  if (most === 0 && words.length > 0)
    throw new UsageError(`${command} takes no argument, not ${JSON.stringify(words[0])}`);
  if (words.length > most)
    throw new UsageError(
      `too many arguments. Expected ${most + 1} arguments but got ${words.length + 1}: ${[command, ...words].join(', ')}.`,
    );
  if (command === 'maintenance') return { command, ...readMaintenanceAction(words) };
  if (command === 'address') return { command, address: readAddress(words[0]) };
  if (command !== 'record') return { command };
  const [directory] = words;
  if (directory === undefined)
    throw new UsageError('record takes the directory to write into: frr-exporter record DIR');
  return { command, directory };
}

/** An address, or a prefix of any length; a host address without its length, as the exporter names it. */
function readAddress(text: string | undefined): string {
  const prefix = text?.includes('/') ? parsePrefix(text) : hostPrefix(text ?? '');
  if (prefix === undefined)
    throw new UsageError(
      `address takes an address or a prefix without a zone, such as 203.0.113.20 or 2001:db8::/48${text === undefined ? '' : `, not ${JSON.stringify(text)}`}`,
    );
  return addressName(prefix);
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
  collectors: CollectorSet = ALL_COLLECTORS,
): CommandLine {
  const flags = allFlags(collectors);
  let printed = '';
  const program = createProgram(version, flags, (text) => {
    printed += text;
  });
  try {
    parse(program, argv, flags);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: printed };
    throw usageError(error);
  }
  const words = readCommand(program.args);
  if (words.command === 'version') return { command: 'print', text: `${version}\n` };
  if (words.command === 'help') {
    program.outputHelp();
    return { command: 'print', text: printed };
  }
  const config = makeConfig(readGiven(program, flags, environment), collectors);
  const warnings = [...unknownVariables(flags, environment), ...config.warnings];
  return { ...words, config: { ...config, warnings } };
}
