/**
 * Metric families of labelled samples, before they are written in any format.
 *
 * A family is rebuilt at every poll, so the series of a session that FRR removed go with the session. The types are those
 * of Prometheus' text format 0.0.4 and of OpenMetrics 1.0.
 */
export type MetricType = 'gauge' | 'counter' | 'info';

/** A metric as documentation, exposition, rules and dashboards know it. `docs/metrics.md` is made of these. */
export interface Descriptor<Labels extends readonly string[] = readonly string[]> {
  /** Full name: counters end in `_total`, info metrics in `_info`, others in their unit. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence for the HELP line. */
  readonly help: string;
  /** Base unit, which the name then carries (before `_total`). */
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
  /** Label names, identity only, in the order in which samples give the values. */
  readonly labels: Labels;
  /** The FRR command and field, RFC or file that the value comes from. */
  readonly source: string;
  /** Oldest FRR version that reports it; left out where all supported versions (7.5 and newer) do. */
  readonly since?: string;
  /** It is for the documents of the API only, as it would have too many series for Prometheus. */
  readonly unexposed?: true;
}

/** One combination of label values, with its exposition text, shared by every family that uses it. */
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

/** Number of samples that are exposed. */
export function countSeries(families: readonly MetricFamily[]): number {
  return families.reduce(
    (sum, { descriptor, samples }) => sum + (descriptor.unexposed ? 0 : samples.length),
    0,
  );
}

/** Why a sample was dropped, as in `frr_exporter_series_dropped_total{reason}`. */
export type DropReason = 'duplicate' | 'not_a_number' | 'vrf_name' | 'table_size' | 'limit';

export interface Drop {
  readonly reason: DropReason;
  readonly metric: string;
  readonly labels: string;
  /** What FRR reported, cut to a length that can be logged; only for `not_a_number`. */
  readonly value?: string;
}

/** Families, and the samples that were dropped. */
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
  // Joined, because a string made with + stays in pieces, which took four times the memory for as long as the
  // session lives, and was walked through at every poll.
  const pairs = names.map((name, n) => `${name}="${escapeLabelValue((values[n] as string).toWellFormed())}"`);
  return { names, values, text: pairs.length === 1 ? ['', pairs[0]].join('') : pairs.join(',') };
}

/** The label set of metrics without labels. */
export const NO_LABELS: LabelSet<readonly []> = labels([], []);

/**
 * Reads a number as FRR writes numbers: as one, or in a string.
 * @returns undefined for what is absent (undefined, null), NaN for anything else that is not a number
 */
export function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return Number(value);
  return Number.NaN;
}
