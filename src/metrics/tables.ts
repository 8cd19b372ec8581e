/** Samples by their metric and labels: for readers of a snapshot. */
import type { Descriptor, MetricFamily, Sample } from './family.ts';

/** Label values by label name. */
export type LabelValues<Labels extends readonly string[] = readonly string[]> = {
  readonly [Name in Labels[number]]: string;
};

/** A sample, from which the samples of other metrics about the same object are found. */
export interface Row<Labels extends readonly string[] = readonly string[]> {
  readonly labels: LabelValues<Labels>;
  readonly value: number;
  /** The rows of another metric: those that agree in every label that both metrics have. */
  rows<Other extends readonly string[]>(descriptor: Descriptor<Other>): readonly Row<Other>[];
  /** The value of another metric. Null where it is absent, as below. */
  number(descriptor: Descriptor): number | null;
  /** Whether another metric is not 0. */
  flag(descriptor: Descriptor): boolean | null;
  /** The time that another metric gives in seconds since the epoch, in RFC 3339. */
  time(descriptor: Descriptor): string | null;
  /** A label of an info metric; null where it is empty, too. */
  text<Other extends readonly string[]>(descriptor: Descriptor<Other>, label: Other[number]): string | null;
}

export interface Tables {
  /** All samples of a metric; none where the metric is absent. */
  rows<Labels extends readonly string[]>(descriptor: Descriptor<Labels>): readonly Row<Labels>[];
}

/** The label values of a sample by their names. */
export function labelValues<Labels extends readonly string[]>(
  descriptor: Descriptor<Labels>,
  { labels }: Sample,
): LabelValues<Labels> {
  return Object.fromEntries(
    descriptor.labels.map((name, index) => [name, labels.values[index] ?? '']),
  ) as LabelValues<Labels>;
}

/** Seconds since the epoch as RFC 3339 has it; null for what is no time. */
export function timeText(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined) return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Makes the tables of some families. Descriptors are compared by identity. */
export function createTables(families: Iterable<MetricFamily>): Tables {
  const samples = new Map<Descriptor, readonly Sample[]>();
  for (const family of families) samples.set(family.descriptor, family.samples);
  const tables = new Map<Descriptor, readonly Row[]>();
  const indices = new Map<string, ReadonlyMap<string, readonly Row[]>>();

  function rows<Labels extends readonly string[]>(descriptor: Descriptor<Labels>): readonly Row<Labels>[] {
    let table = tables.get(descriptor) as readonly Row<Labels>[] | undefined;
    if (table === undefined) {
      table = (samples.get(descriptor) ?? []).map((sample) => makeRow(descriptor, sample));
      tables.set(descriptor, table);
    }
    return table;
  }

  const key = (labels: LabelValues, names: readonly string[]) =>
    JSON.stringify(names.map((name) => labels[name]));

  /** The rows that have the same labels `names` as the given ones. */
  function matching<Labels extends readonly string[]>(
    descriptor: Descriptor<Labels>,
    labels: LabelValues,
    names: readonly string[],
  ): readonly Row<Labels>[] {
    const which = `${descriptor.name} ${names.join(' ')}`;
    let index = indices.get(which);
    if (index === undefined) {
      index = Map.groupBy(rows(descriptor), (row) => key(row.labels, names));
      indices.set(which, index);
    }
    return (index.get(key(labels, names)) ?? []) as readonly Row<Labels>[];
  }

  function makeRow<Labels extends readonly string[]>(
    descriptor: Descriptor<Labels>,
    sample: Sample,
  ): Row<Labels> {
    const labels = labelValues(descriptor, sample);
    const row: Row<Labels> = {
      labels,
      value: sample.value,
      rows(other) {
        const shared = other.labels.filter((name) => descriptor.labels.includes(name));
        return matching(other, labels, shared);
      },
      number: (other) => row.rows(other)[0]?.value ?? null,
      flag(other) {
        const value = row.number(other);
        return value === null ? null : value !== 0;
      },
      time: (other) => timeText(row.number(other)),
      text: (other, label) => row.rows(other)[0]?.labels[label] || null,
    };
    return row;
  }

  return { rows };
}
