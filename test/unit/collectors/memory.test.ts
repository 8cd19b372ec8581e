import { expect, test } from 'vitest';
import { allocatedBytes, memory } from '../../../src/collectors/memory.ts';
import { answering, collect, lines } from './recorded.ts';

const SHOWN = `Memory statistics for bgpd:
System allocator statistics:
  Total heap allocated:  13 MiB
  Ordinary blocks:       16
(see system documentation for 'mallinfo' for meaning)
--- qmem libfrr ---
Type                          : Current#   Size       Total     Max#  MaxBytes
Buffer                        :        6     24         144        6       144
Command Token Text            :     8899 variable    310264     8907    310680
Lexer token (temporary)       :        0 variable         0        2        64
ID Number Allocator Subdirectory:        1   1024        1032        1      1032
--- qmem bgpd ---
Type                          : Current#   Size       Total     Max#  MaxBytes
BGP peer                      :       12  30696      368352       12    368352
`;

test('the sum of what is allocated, in bytes', () => {
  expect(allocatedBytes(SHOWN)).toBe(144 + 310_264 + 1_032 + 368_352);
});

test.each([
  ['an empty answer', ''],
  ['an answer without sizes', 'Buffer                        :        6     24\n'],
  ['words', '% Unknown command: show memory\n'],
])('%s has no sample', (_, text) => {
  expect(allocatedBytes(text)).toBeUndefined();
});

test('a daemon that does not respond affects only its own metric', async () => {
  const frr = answering({
    'show watchfrr': '  zebra                Up\n  bgpd                 Up\n  bfdd                 Up\n',
    'show memory bgpd': SHOWN,
    'show memory bfdd': 'timed_out',
  });
  expect(lines(await collect(memory, frr))).toEqual(['frr_daemon_memory_bytes{daemon="bgpd"} 679792']);
});

test('when none responds, the collector fails with the reason', async () => {
  await expect(collect(memory, answering({}))).rejects.toMatchObject({
    reason: 'not_running',
    daemon: 'zebra',
  });
});
