/**
 * The label sets of one collector, kept from poll to poll. A session has the same labels in every poll, so their text
 * need not be made, nor memory be found for it, each time: with 1,000 sessions that was half of the CPU of a poll.
 * As there is one object for each set of labels, that object also knows whether a family has it already.
 */
import type { LabelSet } from './family.ts';

export interface LabelCache {
  /** The one label set with these names and values; made when it is not there yet. Names are told apart by identity. */
  labels(names: readonly string[], values: readonly string[]): KeptLabels;
  /** The one label set with these names and the values of the other, which may be that other itself. */
  keep(names: readonly string[], set: LabelSet): KeptLabels;
  /** Whether the label set comes for the first time in this poll to the family with that number. */
  isFirst(set: KeptLabels, family: number): boolean;
  /** Begins a poll. Forgets what the one before did not use, once that is more than it used. */
  beginPoll(): void;
}

/** A label set that knows when it was used, and for what. To everybody else it looks like any other. */
export class KeptLabels implements LabelSet {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly text: string;
  readonly #owner: object;
  /** The newest poll that used it. */
  #poll = -1;
  /** The families that it was put into in that poll, a bit each; those beyond the 31st in a set. */
  #families = 0;
  #moreFamilies: Set<number> | undefined;

  constructor(owner: object, { names, values, text }: LabelSet) {
    this.#owner = owner;
    this.names = names;
    this.values = values;
    this.text = text;
  }

  static isOf(owner: object, set: LabelSet): set is KeptLabels {
    return #owner in set && set.#owner === owner;
  }

  wasUsed(poll: number): boolean {
    return this.#poll === poll;
  }

  use(poll: number): void {
    this.#poll = poll;
    this.#families = 0;
    this.#moreFamilies = undefined;
  }

  putInto(family: number): boolean {
    if (family >= 31) {
      this.#moreFamilies ??= new Set();
      return this.#moreFamilies.size !== this.#moreFamilies.add(family).size;
    }
    const before = this.#families;
    this.#families |= 1 << family;
    return before !== this.#families;
  }
}

/** A label set, or several that differ in the value of the next label. */
type Branch = Map<string | undefined, Branch | KeptLabels>;

/** @param make makes a label set from values that are well-formed Unicode */
export function createLabelCache(
  make: (names: readonly string[], values: readonly string[]) => LabelSet,
): LabelCache {
  const owner = {};
  const roots = new Map<readonly string[], Branch>();
  let poll = 0;
  let size = 0;
  let used = 0;

  function find(names: readonly string[], values: readonly string[]): KeptLabels | undefined {
    let next: Branch | KeptLabels | undefined = roots.get(names);
    for (let depth = 0; next instanceof Map; depth++) next = next.get(values[depth]);
    return next !== undefined && isSame(next.values, values) ? next : undefined;
  }

  function add(names: readonly string[], values: readonly string[]): KeptLabels {
    const added = new KeptLabels(owner, make(names, values));
    size++;
    let branch = roots.get(names);
    if (branch === undefined) {
      branch = new Map();
      roots.set(names, branch);
    }
    for (let depth = 0; ; depth++) {
      const value = values[depth];
      const next: Branch | KeptLabels | undefined = branch.get(value);
      if (next === undefined) {
        branch.set(value, added);
        return added;
      }
      if (next instanceof Map) {
        branch = next;
      } else {
        // The same so far: they part at a later label.
        const parting: Branch = new Map([[next.values[depth + 1], next]]);
        branch.set(value, parting);
        branch = parting;
      }
    }
  }

  function labels(names: readonly string[], values: readonly string[]): KeptLabels {
    let kept = find(names, values);
    if (kept === undefined) {
      // What is kept is well-formed, so nothing else can be found.
      const wellFormed = values.map((value) => value.toWellFormed());
      kept = find(names, wellFormed) ?? add(names, wellFormed);
    }
    if (!kept.wasUsed(poll)) {
      kept.use(poll);
      used++;
    }
    return kept;
  }

  function forget(branch: Branch): void {
    for (const [value, next] of branch) {
      if (next instanceof Map) {
        forget(next);
        if (next.size === 0) branch.delete(value);
      } else if (!next.wasUsed(poll)) {
        branch.delete(value);
        size--;
      }
    }
  }

  return {
    labels,
    keep(names, set) {
      if (set.names === names && KeptLabels.isOf(owner, set) && set.wasUsed(poll)) return set;
      return labels(names, set.values);
    },
    isFirst: (set, family) => set.putInto(family),
    beginPoll() {
      if (size > 2 * used) {
        for (const [names, branch] of roots) {
          forget(branch);
          if (branch.size === 0) roots.delete(names);
        }
      }
      poll++;
      used = 0;
    },
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let index = one.length - 1; index >= 0; index--) if (one[index] !== other[index]) return false;
  return true;
}
