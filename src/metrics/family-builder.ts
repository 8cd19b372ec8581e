/** Builds the families of one collector, poll after poll, from the samples that the collector emits. */
import type { Turns } from '../base/turns.ts';
import {
  type Descriptor,
  type Drop,
  type DropReason,
  type Families,
  type LabelSet,
  labels as makeLabels,
  numberOf,
  type Sample,
} from './family.ts';

/** Adds a sample. A value that is absent gives none; one that is not a number is dropped and reported. */
export type Emit = <Labels extends readonly string[]>(
  descriptor: Descriptor<Labels>,
  set: LabelSet<NoInfer<Labels>>,
  value: unknown,
) => void;

/** What a collector builds its families with. Samples may be emitted in any order. */
export interface Build {
  readonly emit: Emit;
  /** Makes a label set. If the previous poll made the same one in this place, it is the same object. */
  readonly labels: typeof makeLabels;
  /** Reports a sample that cannot be emitted. */
  leaveOut(reason: DropReason, descriptor: Descriptor, set: LabelSet): void;
}

/**
 * Builds families from what `fill` emits: one for each descriptor, in the order of the descriptors, without the empty ones.
 * `fill` is a generator that yields after every session (or whatever else the answer has many of), so that a large answer
 * does not hold up other work. A second sample with the same labels is dropped and reported.
 */
export type FamilyBuilder = (fill: (build: Build) => Iterable<void>) => Turns<Families>;

/** Samples between two yields: a millisecond or two. */
const SAMPLES_A_TURN = 2_000;

/**
 * Remembers the label sets and samples of the poll before: FRR reports sessions in the same order as long as none comes or
 * goes, so their labels need not be made again, nor looked up to find duplicates (bench/families.ts).
 * @throws Error when a sample is emitted for a descriptor that is not listed
 */
export function createFamilyBuilder(descriptors: readonly Descriptor[]): FamilyBuilder {
  let setsBefore: readonly LabelSet[] = [];
  let samplesBefore: ReadonlyMap<Descriptor, readonly Sample[]> = new Map();

  return function* (fill) {
    const sets: LabelSet[] = [];
    const building = new Map<Descriptor, FamilySamples>();
    for (const descriptor of descriptors)
      building.set(descriptor, createFamilySamples(samplesBefore.get(descriptor) ?? []));
    const drops: Drop[] = [];
    let emitted = 0;
    const build: Build = {
      labels(names, values) {
        const before = setsBefore[sets.length];
        const set = isLabelSetOf(names, values, before) ? before : makeLabels(names, values);
        sets.push(set);
        return set;
      },
      emit(descriptor, set, value) {
        const family = building.get(descriptor);
        if (family === undefined)
          throw new Error(`${descriptor.name} is not among the collector's descriptors`);
        const read = typeof value === 'number' ? value : numberOf(value);
        if (read === undefined) return;
        const of = { metric: descriptor.name, labels: set.text };
        if (Number.isNaN(read))
          drops.push({ reason: 'not_a_number', ...of, value: String(value).slice(0, 80) });
        else if (!family.add(set, read)) drops.push({ reason: 'duplicate', ...of });
        else emitted++;
      },
      leaveOut: (reason, { name }, set) => drops.push({ reason, metric: name, labels: set.text }),
    };
    for (const _ of fill(build)) {
      if (emitted < SAMPLES_A_TURN) continue;
      emitted = 0;
      yield;
    }
    const families = [...building]
      .map(([descriptor, { samples }]) => ({ descriptor, samples }))
      .filter(({ samples }) => samples.length > 0);
    setsBefore = sets;
    samplesBefore = new Map(families.map(({ descriptor, samples }) => [descriptor, samples]));
    return { families, drops };
  };
}

function isLabelSetOf<Labels extends readonly string[]>(
  names: Labels,
  values: { readonly [K in keyof Labels]: string },
  set: LabelSet | undefined,
): set is LabelSet<Labels> {
  return set?.names === names && values.every((value, index) => value === set.values[index]);
}

interface FamilySamples {
  readonly samples: readonly Sample[];
  /** False where there is a sample with the same labels already. */
  add(labels: LabelSet, value: number): boolean;
}

/** @param before the samples of the poll before, whose labels differ from each other */
function createFamilySamples(before: readonly Sample[]): FamilySamples {
  const samples: Sample[] = [];
  /** Texts of the labels so far; undefined as long as they are those of the poll before. */
  let seen: Set<string> | undefined;
  return {
    samples,
    add(labels, value) {
      if (seen !== undefined || before[samples.length]?.labels !== labels) {
        seen ??= new Set(samples.map((sample) => sample.labels.text));
        if (seen.has(labels.text)) return false;
        seen.add(labels.text);
      }
      samples.push({ labels, value });
      return true;
    },
  };
}
