/** What is different between the families of two polls. */
import type { MetricFamily, Sample } from '../metrics/family.ts';

/** A sample that came, went, or has another value. */
export interface Change {
  readonly before: Sample | undefined;
  readonly after: Sample | undefined;
}

const NONE: readonly Sample[] = [];

/** The changes from one state of a family to the next; a family that is not there has no samples. */
export function* changes(
  before: MetricFamily | undefined,
  after: MetricFamily | undefined,
): Generator<Change, void, void> {
  const old = before?.samples ?? NONE;
  const young = after?.samples ?? NONE;
  // FRR reports sessions in the same order as long as none comes or goes.
  let i = 0;
  for (; i < old.length && i < young.length; i++) {
    const one = old[i] as Sample;
    const other = young[i] as Sample;
    if (one.labels.text !== other.labels.text) break;
    if (one.value !== other.value) yield { before: one, after: other };
  }
  if (i === old.length && i === young.length) return;
  const rest = new Map<string, Sample>();
  for (let j = i; j < old.length; j++) rest.set((old[j] as Sample).labels.text, old[j] as Sample);
  for (let j = i; j < young.length; j++) {
    const other = young[j] as Sample;
    const one = rest.get(other.labels.text);
    rest.delete(other.labels.text);
    if (one?.value !== other.value) yield { before: one, after: other };
  }
  for (const one of rest.values()) yield { before: one, after: undefined };
}

/** Whether anything is different. */
export function changed(before: MetricFamily | undefined, after: MetricFamily | undefined): boolean {
  return !changes(before, after).next().done;
}
