import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replyCollector } from '../../../src/frr/vty.ts';
import { reply } from './fake-daemon.ts';

/** What the collector took, with the bytes as text. */
function taken(collector: ReturnType<typeof replyCollector>): { text: string; code: number } | undefined {
  const reply = collector.take();
  return reply && { text: reply.bytes.toString(), code: reply.code };
}

/** Cuts bytes at the given places, and may leave empty chunks. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [...sorted, bytes.length].map((place, i) => bytes.subarray(sorted[i - 1] ?? 0, place));
}

const output = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const code = fc.integer({ min: 0, max: 255 });

describe('replyCollector', () => {
  it.each([
    ['an empty reply', '', 0],
    ['a reply with return code 0', '{}\n', 0],
    ['a reply with another return code', '% Unknown command\n', 2],
    ['a reply with the highest return code', 'x', 255],
  ])('takes %s', (_, text, expected) => {
    const collector = replyCollector();
    expect(collector.add(reply(text, expected))).toBe(true);
    expect(taken(collector)).toEqual({ text, code: expected });
  });

  it.each([1, 2, 3])('waits for the rest when the end is split after byte %i', (split) => {
    const bytes = reply('{"a":1}', 0);
    const collector = replyCollector();
    expect(collector.add(bytes.subarray(0, 7 + split))).toBe(false);
    expect(collector.add(bytes.subarray(7 + split))).toBe(true);
    expect(taken(collector)).toEqual({ text: '{"a":1}', code: 0 });
  });

  it('puts characters together that were cut apart', () => {
    const collector = replyCollector();
    for (const byte of reply('{"desc":"Größe €"}')) collector.add(Buffer.from([byte]));
    expect(taken(collector)).toEqual({ text: '{"desc":"Größe €"}', code: 0 });
  });

  it('refuses two replies at once', () => {
    const collector = replyCollector();
    expect(collector.add(Buffer.concat([reply('a'), reply('b')]))).toBe(true);
    expect(taken(collector)).toBeUndefined();
  });

  it('takes any reply however it is cut, at its last byte and not before', () => {
    fc.assert(
      fc.property(output, code, fc.array(fc.nat()), (text, expected, places) => {
        const bytes = reply(text, expected);
        const collector = replyCollector();
        let came = 0;
        for (const chunk of cut(bytes, places)) {
          came += chunk.length;
          expect(collector.add(chunk)).toBe(came === bytes.length);
          expect(collector.length).toBe(came);
        }
        expect(taken(collector)).toEqual({ text: Buffer.from(text).toString(), code: expected });
      }),
      { numRuns: 5000 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ max: 3 })), (chunks) => {
        const collector = replyCollector();
        for (const chunk of chunks) {
          if (!collector.add(Buffer.from(chunk))) continue;
          expect(taken(collector)?.text ?? '').not.toContain('\0');
          return;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
