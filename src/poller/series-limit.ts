/** The limit on the number of series, so that a router that misbehaves does not bring down its monitoring. */
import { countSeries, type MetricFamily } from '../metrics/family.ts';

/** The families up to the limit, in their order, and how many samples were cut off. Those that are not exposed are free. */
export function limitSeries(
  families: readonly MetricFamily[],
  allowance: number,
): { readonly families: readonly MetricFamily[]; readonly cut: number } {
  const cut = Math.max(0, countSeries(families) - Math.max(0, allowance));
  if (cut === 0) return { families, cut };
  const kept: MetricFamily[] = [];
  let left = Math.max(0, allowance);
  for (const family of families) {
    if (family.descriptor.unexposed) {
      kept.push(family);
      continue;
    }
    if (left === 0) continue;
    const samples = family.samples.slice(0, left);
    kept.push({ ...family, samples });
    left -= samples.length;
  }
  return { families: kept, cut };
}
