/**
 * Reading FRR's JSON without trusting it. FRR's answers differ between versions, so a field that is missing, or is of
 * another kind than expected, reads as nothing and costs only the samples that are made of it.
 */

import { numberOf } from '../metrics/family.ts';

export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = {};
const NO_ITEMS: readonly unknown[] = [];

/** The fields of a JSON object; none of anything else. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;
}

/** The items of a JSON array; none of anything else. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS;
}

/** The members of a JSON object that are objects themselves, with their names. FRR mixes them with totals. */
export function* members(value: unknown): Generator<readonly [name: string, member: Fields]> {
  const all = fields(value);
  for (const name of Object.keys(all)) {
    const member = all[name];
    if (typeof member === 'object' && member !== null && !Array.isArray(member))
      yield [name, member as Fields];
  }
}

/** A name or number as a label value: AS numbers are numbers, or strings in the notation `1.10`. Empty when absent. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A time that FRR gives in thousandths or millionths of a second, in seconds. */
export function seconds(value: unknown, partsOfSecond: 1_000 | 1_000_000): number | undefined {
  const read = numberOf(value);
  return read === undefined ? undefined : read / partsOfSecond;
}
