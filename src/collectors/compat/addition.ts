/** What is added to one of our collectors, so that it gives the names of frr_exporter too. */
import { type Descriptor, type Families, metric } from '../../metrics/family.ts';
import type { Turns } from '../../turns.ts';
import type { Frr } from '../collector.ts';

export interface Addition<More = unknown> {
  /** Where a name is one of the collector's own too, this one takes its place. */
  readonly descriptors: readonly Descriptor[];
  /** Whatever it needs besides the collector's own answers. What fails here does not fail the collector. */
  readonly ask?: (frr: Frr) => Promise<More>;
  /**
   * Pure, like the collector's own.
   * @param answers the collector's own
   * @param more what {@link Addition.ask} gave; undefined where FRR failed it
   */
  families(answers: unknown, more: More | undefined): Families | Turns<Families>;
}

/** Keeps the type of `more` between `ask` and `families`. */
export function addition<More>(definition: Addition<More>): Addition {
  return definition as Addition;
}

function as(type: 'gauge' | 'counter') {
  return <const Labels extends readonly string[]>(
    name: string,
    labels: Labels,
    help: string,
    from: string,
    since?: string,
  ): Descriptor<Labels> =>
    metric({ name, type, help, labels, source: from, ...(since === undefined ? {} : { since }) });
}

/** Declares a gauge of frr_exporter. Many of its gauges end in `_total`. */
export const gauge = as('gauge');

/** Declares a counter of frr_exporter. */
export const counter = as('counter');
