/** Dividing a BGP table into ranges. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import { divide, evenly, rangeText, readPrefix } from '../../../src/collectors/received-routes/ranges.ts';

type Afi = 'ipv4' | 'ipv6';

function texts(afi: Afi, prefixes: readonly (readonly [string, number])[], most: number) {
  const { pieces, gaps, shorter } = atOnce(divide(afi, prefixes, most));
  const text = (range: Parameters<typeof rangeText>[1]) => rangeText(afi, range);
  return { pieces: pieces.map(text), gaps: gaps.map(text), shorter };
}

test.each([
  ['ipv4', '10.0.0.0/8'],
  ['ipv4', '192.0.2.255/32'],
  ['ipv6', '2001:db8:0:0:0:0:0:1/128'],
  ['ipv6', '0:0:0:0:0:0:0:0/0'],
] as const)('%s %s is read as it is written', (afi, text) => {
  expect(rangeText(afi, readPrefix(text))).toBe(text);
});

test.each([
  ['2001:db8::1/128', '2001:db8:0:0:0:0:0:1/128'],
  ['::/0', '0:0:0:0:0:0:0:0/0'],
  ['::1/128', '0:0:0:0:0:0:0:1/128'],
  ['fe80::/10', 'fe80:0:0:0:0:0:0:0/10'],
  ['::ffff:192.0.2.1/128', '0:0:0:0:0:ffff:c000:201/128'],
])('%s is %s', (short, long) => {
  expect(rangeText('ipv6', readPrefix(short))).toBe(long);
});

test.each([
  ['10.0.0.0/8', 0, ['10.0.0.0/8']],
  ['10.0.0.0/8', 2, ['10.0.0.0/10', '10.64.0.0/10', '10.128.0.0/10', '10.192.0.0/10']],
  ['192.0.2.2/31', 5, ['192.0.2.2/32', '192.0.2.3/32']],
])('%s is divided %d times', (text, times, parts) => {
  expect([...evenly('ipv4', readPrefix(text), times)].map((part) => rangeText('ipv4', part))).toEqual(parts);
});

describe('a table', () => {
  test('that is small is one piece', () => {
    expect(texts('ipv4', [['192.0.2.1/32', 2]], 2)).toEqual({ pieces: ['0.0.0.0/0'], gaps: [], shorter: [] });
  });

  test('without prefixes is one gap', () => {
    expect(texts('ipv6', [], 2)).toEqual({ pieces: [], gaps: ['0:0:0:0:0:0:0:0/0'], shorter: [] });
  });

  test('that is large is divided where its prefixes are', () => {
    // On the way down to 192.0.0.0/31, from its neighbor up.
    const besides = Array.from({ length: 29 }, (_, n) =>
      rangeText('ipv4', { bits: 0xc0000000n | (1n << BigInt(n + 1)), length: 31 - n }),
    );
    const prefixes = ['128.0.0.0/32', '192.0.0.0/32', '192.0.0.1/32'].map((text) => [text, 1] as const);
    expect(texts('ipv4', [...prefixes, ['0.0.0.0/0', 1], ['192.0.0.0/31', 1]], 2)).toEqual({
      pieces: ['128.0.0.0/2', '192.0.0.0/32', '192.0.0.1/32'],
      gaps: ['0.0.0.0/1', ...besides],
      shorter: ['0.0.0.0/0', '192.0.0.0/31'],
    });
  });

  test('has pieces of a single prefix where that alone has too many paths', () => {
    expect(
      texts(
        'ipv4',
        [
          ['0.0.0.1/32', 900],
          ['128.0.0.1/32', 1],
        ],
        2,
      ),
    ).toEqual({
      pieces: ['0.0.0.0/1', '128.0.0.0/1'],
      gaps: [],
      shorter: [],
    });
  });

  test('is covered by its pieces and gaps exactly, whatever is in it', () => {
    const prefix = fc
      .tuple(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 24, max: 32 }))
      .map(([low, length]) => {
        const bits = (0x0a000000n | BigInt(low)) & ~((1n << BigInt(32 - length)) - 1n);
        return rangeText('ipv4', { bits, length });
      });
    fc.assert(
      fc.property(fc.uniqueArray(prefix, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (all, most) => {
        const { pieces, gaps, shorter, splits } = atOnce(
          divide(
            'ipv4',
            all.map((text) => [text, 1]),
            most,
          ),
        );
        const size = ({ length }: { length: number }) => 1n << BigInt(32 - length);
        expect([...pieces, ...gaps].reduce((sum, range) => sum + size(range), 0n)).toBe(1n << 32n);
        const inPieces = pieces.map((range) =>
          all.filter((text) => {
            const { bits, length } = readPrefix(text);
            return length >= range.length && bits >= range.bits && bits < range.bits + size(range);
          }),
        );
        expect(Math.max(0, ...inPieces.map((inside) => inside.length))).toBeLessThanOrEqual(most);
        expect([...inPieces.flat(), ...shorter].sort()).toEqual([...all].sort());
        expect(splits.length).toBe(pieces.length + gaps.length - 1);
        expect(splits.map((range) => rangeText('ipv4', range))).toEqual(expect.arrayContaining([...shorter]));
      }),
    );
  });
});
