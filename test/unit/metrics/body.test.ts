import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { familiesPart, textPart, writeBody } from '../../../src/metrics/body.ts';
import { labels, metric } from '../../../src/metrics/family.ts';

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

describe('a body', () => {
  test('consists of its parts and the end marker of the format', async () => {
    const parts = [familiesPart(familyOf(1)), constant('other 2\n')];
    const text =
      '# HELP frr_test_value A value.\n# TYPE frr_test_value gauge\nfrr_test_value{peer="peer-0"} 1\nother 2\n';
    expect((await writeBody(parts, 'text', { gzip: false })).toString()).toBe(text);
    expect((await writeBody(parts, 'openmetrics', { gzip: false })).toString()).toBe(`${text}# EOF\n`);
  });

  test('without parts is empty', async () => {
    expect((await writeBody([], 'text', { gzip: false })).length).toBe(0);
    expect(gunzipSync(await writeBody([], 'text', { gzip: true })).length).toBe(0);
  });

  test('is a single gzip member that other programs can read', async () => {
    const parts = [
      familiesPart(familyOf(...Array.from({ length: 5_000 }, (_, index) => index))),
      constant('é 1\n'),
    ];
    const plain = await writeBody(parts, 'openmetrics', { gzip: false });
    const compressed = await writeBody(parts, 'openmetrics', { gzip: true });
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
        const compressed = await writeBody(parts, 'text', { gzip: true });
        expect(gunzipSync(compressed).equals(Buffer.concat(texts.map((text) => Buffer.from(text))))).toBe(
          true,
        );
      }),
      { numRuns: 100 },
    );
  });
});

test('a part is rendered once for each format', async () => {
  const rendered: string[] = [];
  const text = textPart(async (format) => {
    rendered.push(format);
    return Buffer.from('x 1\n');
  });
  await Promise.all([
    writeBody([text], 'text', { gzip: false }),
    writeBody([text, text], 'text', { gzip: true }),
    writeBody([text], 'openmetrics', { gzip: true }),
  ]);
  expect(rendered).toEqual(['text', 'openmetrics']);
  const families = familiesPart(familyOf(1));
  expect(await families.text('text')).toBe(await families.text('text'));
  expect(await families.text('openmetrics')).not.toBe(await families.text('text'));
});

test('a long part is compressed once for each format, short ones between long ones are not lost', async () => {
  const long = familiesPart(familyOf(...Array.from({ length: 5_000 }, (_, index) => index)));
  expect(await long.deflated?.('text')).toBe(await long.deflated?.('text'));
  expect((await long.deflated?.('text'))?.length).toBe((await long.text('text')).length);
  expect(familiesPart(familyOf(1)).deflated).toBeUndefined();
  const parts = [constant('a 1\n'), constant('b 2\n'), long, constant('c 3\n'), long, constant('d 4\n')];
  const plain = await writeBody(parts, 'openmetrics', { gzip: false });
  expect(gunzipSync(await writeBody(parts, 'openmetrics', { gzip: true })).equals(plain)).toBe(true);
});
