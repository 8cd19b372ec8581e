/**
 * How a flag is declared: once, with its kind of value, its default, and its words for `--help` and docs/flags.md.
 * The program's own flags are in program.ts; a collector declares its own next to its metrics.
 */
import { UserError } from '../base/user-error.ts';
import { type Kind, yesOrNo } from './values.ts';

/** The headings of `--help`, in their order. */
export const FLAG_GROUPS = [
  'FRR',
  'Polling',
  'Collectors',
  'Collectors that are enabled by default',
  'Collectors that are disabled by default',
  'Compatibility',
  'Web',
  'Terminal',
  'Logs',
] as const;

/** A flag of the command line, and its variable in the environment ({@link environmentName}). */
export interface Flag<T = unknown> {
  /** Without the dashes: `web.listen-address`. */
  readonly name: string;
  readonly group: (typeof FLAG_GROUPS)[number];
  /** One sentence for `--help`, without a full stop. */
  readonly help: string;
  readonly kind: Kind<unknown>;
  /** May be given several times, or in the environment with commas between values; its value is a list. */
  readonly repeatable: boolean;
  /** The default as it would be typed; undefined where leaving out the flag has a meaning of its own. */
  readonly default: string | undefined;
  /** The value where the flag is not given. */
  readonly initial: T;
  /**
   * Reads one value.
   * @param where the flag or the variable, for the message
   * @param before the value so far: {@link initial}, or what an earlier call returned
   * @throws UsageError
   */
  readonly parse: (text: string, where: string, before: unknown) => T;
}

/** Flags that belong together, by the keys of their values. */
export type FlagSet = Readonly<Record<string, Flag>>;

/** The values of a set of flags, by the same keys. */
export type FlagValues<Set extends FlagSet> = {
  readonly [Key in keyof Set]: Set[Key] extends Flag<infer T> ? T : never;
};

/** A bad value, an unknown flag. The exit status is 2. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

interface Declaration<T> {
  readonly name: string;
  /** Default: `Collectors`. */
  readonly group?: Flag['group'];
  readonly help: string;
  readonly kind: Kind<T>;
}

function parse<T>({ takes, read }: Kind<T>, text: string, where: string): T {
  const value = read(text);
  if (value !== undefined) return value;
  const given = text === '' ? ', and was given nothing' : `, not ${JSON.stringify(text)}`;
  throw new UsageError(`${where} takes ${takes}${given}`);
}

/** A flag with a default. Given more than once, the last one counts. */
export function flag<T>(declaration: Declaration<T> & { readonly default: string }): Flag<T> {
  const { name, kind } = declaration;
  return {
    group: 'Collectors',
    ...declaration,
    repeatable: false,
    initial: parse(kind, declaration.default, `the default of --${name}`),
    parse: (text, where) => parse(kind, text, where),
  };
}

/** A flag that may be left out; its value is then undefined. */
export function optional<T>(declaration: Declaration<T>): Flag<T | undefined> {
  return {
    group: 'Collectors',
    ...declaration,
    repeatable: false,
    default: undefined,
    initial: undefined,
    parse: (text, where) => parse(declaration.kind, text, where),
  };
}

/** A flag that may be given several times. Without a default its list is empty where it is not given. */
export function list<T>(declaration: Declaration<T> & { readonly default?: string }): Flag<readonly T[]> {
  const { name, kind, default: preset } = declaration;
  const initial = preset === undefined ? [] : [parse(kind, preset, `the default of --${name}`)];
  return {
    group: 'Collectors',
    default: undefined,
    ...declaration,
    repeatable: true,
    initial,
    // What is given replaces the default.
    parse: (text, where, before) => [
      ...(before === initial ? [] : (before as readonly T[])),
      parse(kind, text, where),
    ],
  };
}

/** A flag that is on or off and takes no value: `--name`, `--no-name`. */
export function isSwitch({ kind }: Flag): boolean {
  return kind === yesOrNo;
}

/** The name of a flag in the environment: `FRR_EXPORTER_WEB_LISTEN_ADDRESS`. */
export function environmentName({ name }: Pick<Flag, 'name'>): string {
  return `FRR_EXPORTER_${name.replaceAll(/[.-]/g, '_').toUpperCase()}`;
}

/** The values of a set of flags, where `read` gives that of each. */
export function valuesOf<Set extends FlagSet>(set: Set, read: (flag: Flag) => unknown): FlagValues<Set> {
  const values = Object.entries(set).map(([key, one]) => [key, read(one)]);
  return Object.fromEntries(values) as FlagValues<Set>;
}

/** The values of a set of flags where none is given. */
export function defaults<Set extends FlagSet>(set: Set): FlagValues<Set> {
  return valuesOf(set, ({ initial }) => initial);
}
