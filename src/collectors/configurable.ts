/** All collectors, as the command line needs them. */
import type { FlagSet, FlagValues } from '../flags/flag.ts';
import type { ActiveCollector, Topic } from './collector.ts';
import { activator, COMPAT_FLAGS, compatContradiction } from './compat/index.ts';
import { COLLECTORS } from './index.ts';

/** Gives the values of a set of flags. */
export type ValuesOf = <Set extends FlagSet>(flags: Set) => FlagValues<Set>;

/** Collectors and their flags. */
export interface CollectorSet {
  /** Flags that belong to no single collector. */
  readonly flags: FlagSet;
  readonly make: (values: ValuesOf) => readonly ActiveCollector[];
  /** What is wrong with flags that do not fit together, in one line. */
  readonly check: (values: ValuesOf, enabled: readonly Topic[]) => string | undefined;
}

export const ALL_COLLECTORS: CollectorSet = {
  flags: COMPAT_FLAGS,
  make: (values) => {
    const activate = activator(values(COMPAT_FLAGS));
    return COLLECTORS.map((collector) => activate(collector, values(collector.flags)));
  },
  check: (values, enabled) => compatContradiction(values(COMPAT_FLAGS), enabled),
};
