/** The statistics of the measurements. */

/** The quantile of values, by nearest rank. @param share above 0 and up to 1 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The quantile of a histogram, as Prometheus' `histogram_quantile` computes it. @param buckets upper bounds and cumulative counts */
export function bucketQuantile(
  buckets: readonly (readonly [bound: number, count: number])[],
  share: number,
): number {
  const rank = share * (buckets.at(-1)?.[1] ?? Number.NaN);
  let below = [0, 0] as readonly [number, number];
  for (const bucket of buckets) {
    const [bound, count] = bucket;
    if (count >= rank)
      return Number.isFinite(bound)
        ? below[0] + ((bound - below[0]) * (rank - below[1])) / (count - below[1])
        : below[0];
    below = bucket;
  }
  return Number.NaN;
}

/** The median of each property. */
export function medians<Figures extends Readonly<Record<keyof Figures, number>>>(
  runs: readonly Figures[],
): Figures {
  const keys = Object.keys(runs[0] as Figures) as (keyof Figures)[];
  return Object.fromEntries(keys.map((key) => [key, median(runs.map((run) => run[key]))])) as Figures;
}
