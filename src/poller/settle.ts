/**
 * Steady timestamps. FRR reports ages in whole seconds; a timestamp computed from one jitters by a second from poll to
 * poll, and would look like a change.
 */
import type { MetricFamily, Sample } from '../metrics/family.ts';

/** Seconds by which two timestamps of the same moment may differ. */
const SAME = 2;

/** Gives the samples of `_timestamp_seconds` gauges the value of the previous poll if they mean the same moment. */
export function settleTimestamps(
  families: readonly MetricFamily[],
  before: readonly MetricFamily[],
): readonly MetricFamily[] {
  return families.map((family) => {
    const { descriptor, samples } = family;
    if (!descriptor.name.endsWith('_timestamp_seconds')) return family;
    const previous = before.find((one) => one.descriptor === descriptor)?.samples;
    if (previous === undefined) return family;
    const previousValue = previousValues(previous);
    return {
      ...family,
      samples: samples.map((sample, index): Sample => {
        const value = previousValue(sample.labels.text, index);
        return value !== undefined && Math.abs(value - sample.value) <= SAME
          ? { labels: sample.labels, value }
          : sample;
      }),
    };
  });
}

/** Looks samples up by their labels; immediately if they are in the same order as before, which is the rule. */
function previousValues(samples: readonly Sample[]): (labels: string, index: number) => number | undefined {
  let byLabels: Map<string, number> | undefined;
  return (labels, index) => {
    const same = samples[index];
    if (same?.labels.text === labels) return same.value;
    byLabels ??= new Map(samples.map((sample) => [sample.labels.text, sample.value]));
    return byLabels.get(labels);
  };
}
