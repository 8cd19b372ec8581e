/**
 * How a flag is declared: once, with its kind of value, its default, and its words for `--help` and docs/flags.md.
 * The program's flags are in config.ts; a collector declares its own.
 */
import { UserError } from '../user-error.ts';
import { type Kind, yesOrNo } from './values.ts';

/** The headings of `--help`, in their order. */
export const FLAG_GROUPS = ['FRR', 'Polling', 'Collectors', 'Web', 'Logs'] as const;

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
  /** The default as one would type it; undefined where leaving the flag out has a meaning of its own. */
  readonly default: string | undefined;
  /**
   * Reads what was typed, in its order; the default where nothing was.
   * @param where the flag or the variable, for the message
   * @throws UsageError
   */
  readonly read: (given: readonly string[], where: string) => T;
}

/** The values of a set of flags, by the same keys. */
export type FlagValues<Set extends Readonly<Record<string, Flag>>> = {
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

function readOne<T>(kind: Kind<T>, given: string, where: string): T {
  const value = kind.read(given);
  if (value === undefined) throw new UsageError(`${where} takes ${kind.takes}, not ${JSON.stringify(given)}`);
  return value;
}

/** A flag with a default. Given more than once, the last one counts. */
export function flag<T>(declaration: Declaration<T> & { readonly default: string }): Flag<T> {
  return {
    group: 'Collectors',
    ...declaration,
    repeatable: false,
    read: (given, where) =>
      given.length === 0
        ? readOne(declaration.kind, declaration.default, `the default of --${declaration.name}`)
        : readOne(declaration.kind, given.at(-1) as string, where),
  };
}

/** A flag that may be left out; its value is then undefined. */
export function optional<T>(declaration: Declaration<T>): Flag<T | undefined> {
  return {
    group: 'Collectors',
    ...declaration,
    repeatable: false,
    default: undefined,
    read: (given, where) =>
      given.length === 0 ? undefined : readOne(declaration.kind, given.at(-1) as string, where),
  };
}

/** A flag that may be given several times. Without a default its list may be empty. */
export function list<T>(declaration: Declaration<T> & { readonly default?: string }): Flag<readonly T[]> {
  const preset = declaration.default === undefined ? [] : [declaration.default];
  return {
    group: 'Collectors',
    default: undefined,
    ...declaration,
    repeatable: true,
    read: (given, where) =>
      (given.length === 0 ? preset : given).map((one) => readOne(declaration.kind, one, where)),
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

/** The values of a set of flags where none is given. */
export function defaults<Set extends Readonly<Record<string, Flag>>>(set: Set): FlagValues<Set> {
  return Object.fromEntries(
    Object.entries(set).map(([key, one]) => [key, one.read([], '')]),
  ) as unknown as FlagValues<Set>;
}
