/**
 * Divides a BGP table into ranges of prefixes, so that no answer is large. FRR has no command that continues where the last
 * answer ended, but `longer-prefixes` returns one range.
 */
import type { Turns } from '../../base/turns.ts';
import { addressBits } from '../../frr/addresses.ts';

/** The prefixes that begin with the first `length` bits of `bits`, which has as many bits as an address. */
export interface Range {
  readonly bits: bigint;
  readonly length: number;
}

/** A table in parts, which together are the whole address space. */
export interface Division {
  /** Ranges with prefixes in them, each with at most as many paths as wanted. */
  readonly pieces: readonly Range[];
  /** Ranges without prefixes. */
  readonly gaps: readonly Range[];
  /** Prefixes that are shorter than the ranges at their place, such as a default route. */
  readonly shorter: readonly string[];
  /** Ranges that were divided: a prefix that is exactly one of them is in no part. They include those of `shorter`. */
  readonly splits: readonly Range[];
}

const WIDTH = { ipv4: 32, ipv6: 128 } as const;

/** A table that has not been read: one piece. */
export const UNDIVIDED: Division = { pieces: [{ bits: 0n, length: 0 }], gaps: [], shorter: [], splits: [] };

interface Prefix extends Range {
  readonly text: string;
  readonly paths: number;
}

/**
 * Divides a table.
 * @param prefixes such as `192.0.2.1/32`, with their numbers of paths
 * @param most paths in a piece; only a single prefix may have more
 */
export function* divide(
  afi: keyof typeof WIDTH,
  prefixes: Iterable<readonly [prefix: string, paths: number]>,
  most: number,
): Turns<Division> {
  const width = WIDTH[afi];
  const division = {
    pieces: [] as Range[],
    gaps: [] as Range[],
    shorter: [] as string[],
    splits: [] as Range[],
  };
  const all: Prefix[] = [];
  for (const [text, paths] of prefixes) {
    all.push({ ...readPrefix(text), text, paths });
    yield;
  }

  /** @param inside the prefixes in the range */
  function* part(range: Range, inside: readonly Prefix[]): Turns<void> {
    const few = inside.length < 2 || inside.reduce((sum, { paths }) => sum + paths, 0) <= most;
    if (few || range.length === width) {
      (inside.length > 0 ? division.pieces : division.gaps).push(range);
      return;
    }
    yield;
    division.splits.push(range);
    const length = range.length + 1;
    const half = 1n << BigInt(width - length);
    for (const { text } of inside.filter((prefix) => prefix.length < length)) division.shorter.push(text);
    const long = inside.filter((prefix) => prefix.length >= length);
    yield* part(
      { bits: range.bits, length },
      long.filter(({ bits }) => (bits & half) === 0n),
    );
    yield* part(
      { bits: range.bits | half, length },
      long.filter(({ bits }) => (bits & half) !== 0n),
    );
  }

  yield* part({ bits: 0n, length: 0 }, all);
  return division;
}

/** Divides a range evenly, into 2^times or into single addresses. */
export function* evenly(
  afi: keyof typeof WIDTH,
  { bits, length }: Range,
  times: number,
): Generator<Range, void, void> {
  const longer = Math.min(length + times, WIDTH[afi]);
  const size = 1n << BigInt(WIDTH[afi] - longer);
  for (let n = 0n; n < 1n << BigInt(longer - length); n++) yield { bits: bits + n * size, length: longer };
}

/** `192.0.2.0/24`; IPv6 without `::`. */
export function rangeText(afi: keyof typeof WIDTH, { bits, length }: Range): string {
  const [parts, size] = afi === 'ipv4' ? ([4, 8] as const) : ([8, 16] as const);
  const words = Array.from({ length: parts }, (_, n) =>
    Number((bits >> BigInt((parts - 1 - n) * size)) & ((1n << BigInt(size)) - 1n)),
  );
  return `${afi === 'ipv4' ? words.join('.') : words.map((word) => word.toString(16)).join(':')}/${length}`;
}

/** Reads a prefix such as `192.0.2.0/24`, whose parts must be an address and a length. */
export function readPrefix(text: string): Range {
  const [address = '', length] = text.split('/');
  return { bits: addressBits(address), length: Number(length) };
}
