import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { excerpt, parseDocuments, readDocuments, splitDocuments } from '../../../src/frr/documents.ts';
import { failureOf } from './failure.ts';

/** What FRR's JSON can hold: objects and arrays of everything that JSON.stringify writes. */
const document = fc.oneof(
  fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
  fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
);
const text = document.chain((value) =>
  fc.constantFrom(JSON.stringify(value), JSON.stringify(value, null, 2)),
);
const blank = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 3 });
const remark = fc
  .string({ unit: fc.constantFrom('%', '{', '"', ']', 'a', ' '), maxLength: 20 })
  .map((words) => `\n% ${words}\n`);

describe('parseDocuments', () => {
  it.each([
    ['an object', '{"a":1}', [{ a: 1 }]],
    ['an array', '[\n]\n', [[]]],
    ['the empty answer', '', []],
    ['blanks alone', ' \n\t\r\n', []],
    ['trailing blanks', '{\n}\n\n  ', [{}]],
    ['documents without anything between', '{"a":1}{"b":2}[3]', [{ a: 1 }, { b: 2 }, [3]]],
    [
      'a document a VRF, as 8.4 prints them',
      '{\n  "routes":[\n  ]\n}\n{\n  "routes":[\n  ]\n}\n',
      [{ routes: [] }, { routes: [] }],
    ],
    ['a line for people before', '% VRF red is not active\n{"a":1}\n', [{ a: 1 }]],
    [
      'a line for people between and after',
      '{"a":1}\n% {not this\n{"b":2}\n% nor this',
      [{ a: 1 }, { b: 2 }],
    ],
    ['only lines for people', '% nothing\n', []],
    ['brackets and quotes in strings', '{"a":"}]{[\\"\\\\"}{"b":"\\\\"}', [{ a: '}]{["\\' }, { b: '\\' }]],
    ['escaped slashes, as 7.5 prints them', '{"10.0.0.0\\/8":[]}', [{ '10.0.0.0/8': [] }]],
    ['the last of two equal keys', '{"a":1,"a":2}', [{ a: 2 }]],
    [
      'NaN and infinities, as json-c prints them',
      '{"a":NaN,"b":-Infinity,"c":[nan,-nan,inf],"d":"NaN"}',
      [{ a: null, b: null, c: [null, null, null], d: 'NaN' }],
    ],
    ['control characters in a string', '{"desc":"a\u0001b\tc\nd"}', [{ desc: 'a\u0001b\tc\nd' }]],
  ])('reads %s', (_, given, documents) => {
    expect(parseDocuments(given)).toEqual({ ok: true, documents });
  });

  it.each([
    ['a word', 'Default BGP instance not found\n', 'not_json', '"Default BGP instance not found\\n"'],
    ['a number', '42', 'not_json', '"42"'],
    ['a string', '"up"', 'not_json', '"\\"up\\""'],
    ['null', 'null', 'not_json', '"null"'],
    ['what comes after a document', '{"a":1} done', 'not_json', '"done"'],
    ['a long text, cut', 'x'.repeat(100), 'not_json', `"${'x'.repeat(60)}…"`],
    ['a per cent sign that begins no line', '{"a":1} % b', 'not_json', '"% b"'],
    [
      'a document cut in an object',
      '{"a":{"b":1}',
      'truncated',
      'after 12 characters, with "{\\"a\\":{\\"b\\":1}"',
    ],
    ['a document cut in a string', '{"a":"b}', 'truncated', 'after 8 characters, with "{\\"a\\":\\"b}"'],
    ['a second document that is cut', '{}\n[1,', 'truncated', 'after 6 characters, with "{}\\n[1,"'],
  ])('refuses %s', (_, given, reason, detail) => {
    expect(parseDocuments(given)).toEqual({ ok: false, reason, detail });
  });

  it.each([
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '[1 2]',
    '{"zebra":,"bgpd":{}}',
    '{]',
    '{"a":NaN,"b":}',
  ])('refuses %s, and says where', (given) => {
    const read = parseDocuments(given);
    expect(read).toMatchObject({ ok: false, reason: 'not_json' });
    expect(read.ok || read.detail).toContain(`, in ${excerpt(given)}`);
  });

  it('reads whatever is written one after another, with blanks and lines for people between', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.oneof(blank, remark))), (parts) => {
        const read = parseDocuments(parts.map(([json, after]) => json + after).join(''));
        expect(read).toEqual({ ok: true, documents: parts.map(([json]) => JSON.parse(json)) });
      }),
    );
  });

  it('never takes a part of an answer for the whole', () => {
    fc.assert(
      fc.property(text, fc.nat(), (json, cut) => {
        const length = cut % json.length;
        const read = parseDocuments(json.slice(0, length));
        if (length === 0) expect(read).toEqual({ ok: true, documents: [] });
        else expect(read).toMatchObject({ ok: false, reason: 'truncated' });
      }),
    );
  });

  it('survives any text', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n%nan1') }),
    );
    fc.assert(
      fc.property(garbage, (given) => {
        const read = parseDocuments(given);
        if (read.ok) for (const value of read.documents) expect(value).toBeTypeOf('object');
        else expect(['not_json', 'truncated']).toContain(read.reason);
      }),
      { numRuns: 10_000 },
    );
  });

  it('takes time in proportion to the answer', () => {
    const peers = Array.from({ length: 20_000 }, (_, i) => [
      `peer-${i}`,
      { state: 'Idle', desc: 'a "b" {c}' },
    ]);
    const one = JSON.stringify(Object.fromEntries(peers), null, 2);
    const began = performance.now();
    expect(parseDocuments(one + one)).toMatchObject({ ok: true, documents: { length: 2 } });
    expect(parseDocuments(`${'\\'.repeat(200_000)}"`)).toMatchObject({ ok: false });
    expect(parseDocuments(`["${'\\"'.repeat(200_000)}`)).toMatchObject({ reason: 'truncated' });
    expect(parseDocuments('['.repeat(1_000_000))).toMatchObject({ reason: 'truncated' });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('splitDocuments', () => {
  it('gives the texts as they came', () => {
    expect(splitDocuments('{ "a": 1 }\n[ ]\n')).toEqual({ ok: true, documents: ['{ "a": 1 }', '[ ]'] });
  });
});

describe('readDocuments', () => {
  it('gives the documents', () => {
    expect(readDocuments(COMMANDS.bgpSummary, '{}{}')).toEqual([{}, {}]);
  });

  it.each([
    ['oops', 'not_json', 'bgpd\'s answer to "show bgp vrf all summary json" is not JSON: "oops"'],
    [
      '{',
      'truncated',
      'bgpd\'s answer to "show bgp vrf all summary json" ends in the middle: after 1 characters, with "{"',
    ],
  ])('names the daemon and the command for %s', async (given, reason, message) => {
    expect(await failureOf(() => readDocuments(COMMANDS.bgpSummary, given))).toEqual({ reason, message });
  });

  it('accepts an empty answer only where FRR sends one when there is nothing to report', async () => {
    expect(readDocuments(COMMANDS.evpnVnis, '')).toEqual([]);
    expect(await failureOf(() => readDocuments(COMMANDS.bgpSummary, '\n'))).toEqual({
      reason: 'not_json',
      message: 'bgpd answered nothing to "show bgp vrf all summary json"',
    });
  });
});
