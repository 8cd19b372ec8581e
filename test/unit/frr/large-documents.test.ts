import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { readDocuments } from '../../../src/frr/documents.ts';
import { readLargeDocuments } from '../../../src/frr/large-documents.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { unpackRecording } from '../../recordings.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SUMMARY = COMMANDS.bgpSummary;
const read = (text: string) => readLargeDocuments(SUMMARY, Buffer.from(text));
const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Everything of a document, through its properties alone, as collectors look at it. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value).map((name) => [name, copyOf((value as Record<string, unknown>)[name])]),
  );
}

/** Sessions by the hundred, around what FRR says of one. */
function many(session: unknown, count: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`10.0.${index >> 8}.${index & 255}`, session]),
  );
}

describe('a large document', () => {
  const recorded = (command: string) =>
    JSON.parse(
      readFileSync(
        path.join(
          unpackRecording('8.4.4/healthy', path.join(temporaryFolder(), 'recording')),
          `${command}.json`,
        ),
        'utf8',
      ),
    ) as Record<string, Record<string, Record<string, Record<string, unknown>>>>;

  test('of sessions reads as if it were parsed in one go', async () => {
    const summary = recorded('show_bgp_vrf_all_summary_json');
    for (const family of Object.values(summary.default ?? {}))
      family.peers = many(family.peers?.['100.64.1.1'], 500);
    const text = pretty(summary);
    expect(text.length).toBeGreaterThan(256 * 1024);
    expect((await read(text)).map(copyOf)).toEqual(readDocuments(SUMMARY, text));
  });

  test('of neighbors is parsed session by session', async () => {
    const recording = recorded('show_bgp_vrf_all_neighbors_json');
    const neighbors = { default: { vrfId: 0, vrfName: 'default', ...many(recording.default?.eth2, 200) } };
    const text = pretty(neighbors);
    const [document] = (await read(text)) as [typeof neighbors];
    const instance = document.default as Record<string, unknown>;
    expect(instance.vrfName).toBe('default');
    expect(Object.keys(instance).length).toBe(202);
    expect('10.0.0.7' in instance).toBe(true);
    expect('10.0.9.9' in instance).toBe(false);
    expect(instance['10.0.9.9']).toBeUndefined();
    // Each access parses again: nothing is stored.
    expect(instance['10.0.0.7']).not.toBe(instance['10.0.0.7']);
    expect(copyOf(document)).toEqual(neighbors);
    expect({ ...document }).toEqual(copyOf(document));
  });

  test('as FRR lays it out by hand, with VRFs and families at the margin, is read', async () => {
    const peers = JSON.stringify(many({ state: 'Established', desc: '}\n  {"' }, 8_000), null, 2).replaceAll(
      '\n',
      '\n  ',
    );
    const text = `{\n"default":{\n"ipv4Unicast":{\n  "routerId":"192.0.2.1",\n  "peers":${peers},\n  "totalPeers":8000\n}\n}\n,\n"tenant-a":{\n}\n}\n`;
    const [document] = (await read(text)) as [Record<string, Record<string, Record<string, unknown>>>];
    expect(Object.keys(document)).toEqual(['default', 'tenant-a']);
    const family = document.default?.ipv4Unicast ?? {};
    expect(Object.keys(family)).toEqual(['routerId', 'totalPeers', 'peers']);
    expect((family.peers as Record<string, unknown>)['10.0.0.1']).toEqual({
      state: 'Established',
      desc: '}\n  {"',
    });
    expect(copyOf(document)).toEqual(JSON.parse(text));
  });

  test('whatever is in it, and however it is laid out, reads as if it were parsed in one go', async () => {
    const filling = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`f${index}`, { x: 'y'.repeat(900) }]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
        fc.constantFrom(undefined, 1, 2, 4, '\t'),
        async (outer, inner, indent) => {
          const value = { ...outer, large: { ...filling, ...inner }, list: [{ ...filling }, inner] };
          const text = JSON.stringify(value, null, indent);
          expect((await read(text)).map(copyOf)).toEqual([JSON.parse(text)]);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('with the numbers and characters that FRR and json-c write besides JSON is read too', async () => {
    const text = pretty({ default: many({ a: 'A', b: 'B' }, 9_000) })
      .replaceAll('"A"', 'nan')
      .replaceAll('"B"', '"tab\there"');
    const [document] = (await read(text)) as [{ default: Record<string, unknown> }];
    expect(document.default['10.0.0.9']).toEqual({ a: null, b: 'tab\there' });
  });
});

describe('a large answer that is broken', () => {
  const text = pretty({ default: many({ state: 'Idle' }, 9_000) });
  const failure = async (promise: Promise<unknown>) =>
    promise.then(
      () => 'none',
      (error: unknown) => (error instanceof FrrError ? error.reason : String(error)),
    );

  test('in the middle of the text is truncated', async () => {
    expect(await failure(read(text.slice(0, 300_000)))).toBe('truncated');
    expect(await failure(read(text.trimEnd().slice(0, -1)))).toBe('truncated');
  });

  test('inside of one session is no JSON when that session is looked at', async () => {
    const broken = text.replace(/(10\.0\.0\.9": \{\n +)"state"/, '$1state');
    const [document] = (await read(broken)) as [{ default: Record<string, unknown> }];
    expect(document.default['10.0.0.8']).toEqual({ state: 'Idle' });
    expect(await failure((async () => document.default['10.0.0.9'])())).toBe('not_json');
  });

  test('by something behind it, or by a brace too many, is no JSON', async () => {
    expect(await failure(read(`${text}Segmentation fault`))).toBe('not_json');
    expect(await failure(read(`${text}}\n`))).toBe('not_json');
    expect(await failure(read(`% An error\n${text}`))).toBe('none');
  });

  test('because it is several documents is not broken', async () => {
    const several = await read(text + text);
    expect(several.length).toBe(2);
    expect(several[1]).toEqual(JSON.parse(text));
  });
});
