/**
 * What the exporter has to say, before it is written in any format: metric families of labelled samples.
 *
 * A family is rebuilt whole at every poll, so a session that FRR forgot is forgotten here too. The types are
 * those of Prometheus' text format 0.0.4 and of OpenMetrics 1.0.
 */
import { atOnce, type Turns } from '../turns.ts';
import { createLabelCache, type LabelCache } from './label-cache.ts';

export type MetricType = 'gauge' | 'counter' | 'info';

/** A metric as documentation, exposition, rules and dashboards know it. `docs/metrics.md` is made of these. */
export interface Descriptor<Labels extends readonly string[] = readonly string[]> {
  /** Full name: counters end in `_total`, info metrics in `_info`, the rest in its unit. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence for the HELP line. */
  readonly help: string;
  /** Base unit, which the name then carries (before `_total`). */
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
  /** Label names, identity only, in the order in which samples give the values. */
  readonly labels: Labels;
  /** The FRR command and field, RFC or file that the figure comes from. */
  readonly source: string;
  /** Oldest FRR version that tells it; left out where all supported versions (7.5 and newer) do. */
  readonly since?: string;
}

/** One combination of label values, with its exposition text made once and shared by every family that uses it. */
export interface LabelSet<Labels extends readonly string[] = readonly string[]> {
  readonly names: Labels;
  readonly values: { readonly [K in keyof Labels]: string };
  /** `vrf="default",peer="192.0.2.1"`, escaped; empty without labels. */
  readonly text: string;
}

export interface Sample {
  readonly labels: LabelSet;
  /** Finite, or an infinity or NaN that is meant. */
  readonly value: number;
}

export interface MetricFamily {
  readonly descriptor: Descriptor;
  readonly samples: readonly Sample[];
  /** Seconds since the epoch at which every counter of this family was 0, where that is known. */
  readonly created?: number;
}

/** Why a sample was left out, as in `frr_exporter_series_dropped_total{reason}`. */
export type DropReason = 'duplicate' | 'not_a_number' | 'vrf_name' | 'limit';

export interface Drop {
  readonly reason: DropReason;
  readonly metric: string;
  readonly labels: string;
  /** What FRR gave, cut to a loggable length; only for `not_a_number`. */
  readonly value?: string;
}

/** Families and the samples that could not be part of them. */
export interface Families {
  readonly families: readonly MetricFamily[];
  readonly drops: readonly Drop[];
}

/** Declares a metric; gives the literal label names their tuple type. */
export function metric<const Labels extends readonly string[]>(
  descriptor: Descriptor<Labels>,
): Descriptor<Labels> {
  return descriptor;
}

const ESCAPED = /[\\"\n]/;

/** Escapes a label value as both exposition formats want it: backslash, double quote and line feed. */
export function escapeLabelValue(value: string): string {
  if (!ESCAPED.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Makes a label set. Lone surrogates, which UTF-8 cannot carry, become U+FFFD. */
export function labels<const Labels extends readonly string[]>(
  names: Labels,
  values: { readonly [K in keyof Labels]: string },
): LabelSet<Labels> {
  const set = cacheInUse === undefined ? makeLabels(names, values) : cacheInUse.labels(names, values);
  return set as LabelSet<Labels>;
}

function makeLabels(names: readonly string[], values: readonly string[]): LabelSet {
  // Joined, because what is put together by + stays in its pieces, which took four times the memory for as long as the
  // session lives, and was walked through at every poll.
  const pairs = names.map((name, n) => `${name}="${escapeLabelValue((values[n] as string).toWellFormed())}"`);
  return { names, values, text: pairs.length === 1 ? flat(pairs[0] as string) : pairs.join(',') };
}

const flat = (text: string): string => ['', text].join('');

/** The label sets of the collector whose families are being built at this moment. */
let cacheInUse: LabelCache | undefined;

/** Label sets by the descriptors of a collector. */
const caches = new WeakMap<readonly Descriptor[], LabelCache>();

function cacheOf(descriptors: readonly Descriptor[]): LabelCache {
  const cache = caches.get(descriptors) ?? createLabelCache(makeLabels);
  caches.set(descriptors, cache);
  return cache;
}

/** Those whose families are being built, in turns with other work: a cache knows one poll at a time. */
const inUse = new WeakSet<LabelCache>();

/** Goes on with the work until it yields, with label sets from the cache. */
function withCache(cache: LabelCache, work: Iterator<void>): boolean {
  const before = cacheInUse;
  cacheInUse = cache;
  try {
    return work.next().done === true;
  } finally {
    cacheInUse = before;
  }
}

/** The label set of metrics without labels. */
export const NO_LABELS: LabelSet<readonly []> = labels([], []);

/**
 * Reads a figure as FRR writes figures: a number, or a number in a string.
 * Gives undefined for what is absent (undefined, null) and NaN for what is there and is no number.
 */
export function figure(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return Number(value);
  return Number.NaN;
}

export type Emit = <Labels extends readonly string[]>(
  descriptor: Descriptor<Labels>,
  set: LabelSet<NoInfer<Labels>>,
  value: unknown,
) => void;

/**
 * Builds families: `fill` emits samples in any order, the result has one family a descriptor, in the order of
 * `descriptors`, without the empty ones.
 *
 * A value that is absent gives no sample. A value that is not a number, and a second sample with the same labels,
 * is left out and reported, so that one odd answer never costs the page.
 */
export function buildFamilies(descriptors: readonly Descriptor[], fill: (emit: Emit) => void): Families {
  return atOnce(
    // biome-ignore lint/correctness/useYield: all of it in one turn
    buildFamiliesInTurns(descriptors, function* (emit) {
      fill(emit);
    }),
  );
}

/** Samples between two turns: a millisecond or two. */
const SAMPLES_A_TURN = 2_000;

/**
 * {@link buildFamilies} for answers that can be large: `fill` is a generator that yields after every session (or what
 * else the answer has many of), which costs next to nothing.
 */
export function* buildFamiliesInTurns(
  descriptors: readonly Descriptor[],
  fill: (emit: Emit) => Iterable<void>,
): Turns<Families> {
  const kept = cacheOf(descriptors);
  const cache = inUse.has(kept) ? createLabelCache(makeLabels) : kept;
  cache.beginPoll();
  const building = new Map<Descriptor, { readonly number: number; readonly samples: Sample[] }>();
  for (const [number, descriptor] of descriptors.entries()) building.set(descriptor, { number, samples: [] });
  const drops: Drop[] = [];
  let emitted = 0;
  const emit: Emit = (descriptor, given, value) => {
    const family = building.get(descriptor);
    if (family === undefined) throw new Error(`${descriptor.name} is not among the collector's descriptors`);
    const read = typeof value === 'number' ? value : figure(value);
    if (read === undefined) return;
    if (Number.isNaN(read)) {
      drops.push({
        reason: 'not_a_number',
        metric: descriptor.name,
        labels: given.text,
        value: String(value).slice(0, 80),
      });
      return;
    }
    const set = cache.keep(descriptor.labels, given);
    if (!cache.isFirst(set, family.number)) {
      drops.push({ reason: 'duplicate', metric: descriptor.name, labels: set.text });
      return;
    }
    family.samples.push({ labels: set, value: read });
    emitted++;
  };
  const work = fill(emit)[Symbol.iterator]();
  inUse.add(cache);
  try {
    while (!withCache(cache, work)) {
      if (emitted < SAMPLES_A_TURN) continue;
      emitted = 0;
      yield;
    }
  } finally {
    inUse.delete(cache);
  }
  const families: MetricFamily[] = [];
  for (const [descriptor, { samples }] of building)
    if (samples.length > 0) families.push({ descriptor, samples });
  return { families, drops };
}
