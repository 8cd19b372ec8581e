import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labels, metric } from '../../../src/metrics/family.ts';
import { familiesPart, textPart, writePage } from '../../../src/metrics/page.ts';

const DESCRIPTOR = metric({
  name: 'frr_test_value',
  type: 'gauge',
  help: 'A value.',
  labels: ['peer'],
  source: 'a test',
});

const familyOf = (...values: readonly number[]) => [
  {
    descriptor: DESCRIPTOR,
    samples: values.map((value, index) => ({ labels: labels(['peer'], [`peer-${index}`]), value })),
  },
];

const constant = (text: string) => textPart(async () => Buffer.from(text));

describe('a page', () => {
  test('is its parts and the end mark of the format', async () => {
    const parts = [familiesPart(familyOf(1)), constant('other 2\n')];
    const text =
      '# HELP frr_test_value A value.\n# TYPE frr_test_value gauge\nfrr_test_value{peer="peer-0"} 1\nother 2\n';
    expect((await writePage(parts, 'text', { gzip: false })).toString()).toBe(text);
    expect((await writePage(parts, 'openmetrics', { gzip: false })).toString()).toBe(`${text}# EOF\n`);
  });

  test('without parts is empty', async () => {
    expect((await writePage([], 'text', { gzip: false })).length).toBe(0);
    expect(gunzipSync(await writePage([], 'text', { gzip: true })).length).toBe(0);
  });

  test('is one gzip member that others can read too', async () => {
    const parts = [
      familiesPart(familyOf(...Array.from({ length: 5_000 }, (_, index) => index))),
      constant('é 1\n'),
    ];
    const plain = await writePage(parts, 'openmetrics', { gzip: false });
    const compressed = await writePage(parts, 'openmetrics', { gzip: true });
    expect(compressed.length).toBeLessThan(plain.length / 5);
    expect(gunzipSync(compressed).equals(plain)).toBe(true);
    // gzip itself complains about a wrong checksum, a wrong length, and garbage behind the end.
    const decompressed = execFileSync('gzip', ['--decompress', '--stdout'], { input: compressed });
    expect(decompressed.equals(plain)).toBe(true);
  });

  test('is the same plain and compressed, whatever its parts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), async (texts) => {
        const parts = texts.map((text) => constant(text));
        const compressed = await writePage(parts, 'text', { gzip: true });
        expect(gunzipSync(compressed).equals(Buffer.concat(texts.map((text) => Buffer.from(text))))).toBe(
          true,
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('a part', () => {
  test('is rendered once a format, however often and however it is asked for', async () => {
    const rendered: string[] = [];
    const part = textPart(async (format) => {
      rendered.push(format);
      return Buffer.from('x 1\n');
    });
    await Promise.all([
      writePage([part], 'text', { gzip: false }),
      writePage([part, part], 'text', { gzip: true }),
      writePage([part], 'text', { gzip: true }),
    ]);
    await writePage([part], 'openmetrics', { gzip: true });
    expect(rendered).toEqual(['text', 'openmetrics']);
    expect(await part.deflated('text')).toBe(await part.deflated('text'));
  });

  test('that could not be rendered is tried again', async () => {
    let times = 0;
    const part = textPart(async () => {
      times++;
      if (times === 1) throw new Error('once');
      return Buffer.from('x 1\n');
    });
    await expect(part.text('text')).rejects.toThrow('once');
    expect((await part.text('text')).toString()).toBe('x 1\n');
  });
});
