import { expect, test } from 'vitest';
import { createByteCollector, createExpectations } from '../../../src/frr/byte-collector.ts';

test('the chunks are joined, however many bytes were expected', () => {
  for (const expected of [0, 1, 6, 100]) {
    const collector = createByteCollector(expected);
    for (const chunk of ['ab', 'c', 'def']) collector.add(Buffer.from(chunk));
    expect(collector.bytes().toString()).toBe('abcdef');
  }
});

test('a large answer lets the next one be a twentieth longer, a small one nothing', () => {
  const expectations = createExpectations();
  expect(expectations.of('show bgp')).toBe(0);
  expectations.note('show bgp', 65_536);
  expect(expectations.of('show bgp')).toBe(68_813);
  expect(expectations.of('show bfd')).toBe(0);
  expectations.note('show bgp', 65_535);
  expect(expectations.of('show bgp')).toBe(0);
});
