import fc from 'fast-check';
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import { describe, expect, test } from 'vitest';
import {
  END,
  escapeHelp,
  type Format,
  familyName,
  formatValue,
  render,
  renderSlices,
} from '../../../src/metrics/exposition.ts';
import { labels, type MetricFamily, metric, NO_LABELS } from '../../../src/metrics/family.ts';

const FORMATS: readonly Format[] = ['text', 'openmetrics'];

const PEER = ['vrf', 'peer'] as const;
const STATE = metric({
  name: 'frr_test_session_state',
  type: 'gauge',
  help: 'State of "the" session,\nback\\slash.',
  labels: PEER,
  source: 'a test',
});
const SECONDS = metric({
  name: 'frr_test_command_seconds_total',
  type: 'counter',
  help: 'Seconds.',
  unit: 'seconds',
  labels: PEER,
  source: 'a test',
});
const INFO = metric({
  name: 'frr_test_session_info',
  type: 'info',
  help: 'Who.',
  labels: PEER,
  source: 'a test',
});
const AGE = metric({
  name: 'frr_test_age_seconds',
  type: 'gauge',
  help: 'Age.',
  unit: 'seconds',
  labels: [],
  source: 'a test',
});

const PEER_A = labels(PEER, ['default', '192.0.2.1']);
const PEER_B = labels(PEER, ['tenant "a"\\\n', 'eth2']);
const FAMILIES: readonly MetricFamily[] = [
  {
    descriptor: STATE,
    samples: [
      { labels: PEER_A, value: 6 },
      { labels: PEER_B, value: 1 },
    ],
  },
  { descriptor: SECONDS, samples: [{ labels: PEER_A, value: 0.25 }], created: 1_700_000_000.5 },
  { descriptor: INFO, samples: [{ labels: PEER_A, value: 1 }] },
  { descriptor: AGE, samples: [{ labels: NO_LABELS, value: 12 }] },
];

describe('the text of a scrape', () => {
  test('in text format 0.0.4', () => {
    expect(render(FAMILIES, 'text').toString()).toBe(
      [
        '# HELP frr_test_session_state State of "the" session,\\nback\\\\slash.',
        '# TYPE frr_test_session_state gauge',
        'frr_test_session_state{vrf="default",peer="192.0.2.1"} 6',
        'frr_test_session_state{vrf="tenant \\"a\\"\\\\\\n",peer="eth2"} 1',
        '# HELP frr_test_command_seconds_total Seconds.',
        '# TYPE frr_test_command_seconds_total counter',
        'frr_test_command_seconds_total{vrf="default",peer="192.0.2.1"} 0.25',
        '# HELP frr_test_session_info Who.',
        '# TYPE frr_test_session_info gauge',
        'frr_test_session_info{vrf="default",peer="192.0.2.1"} 1',
        '# HELP frr_test_age_seconds Age.',
        '# TYPE frr_test_age_seconds gauge',
        'frr_test_age_seconds 12',
        '',
      ].join('\n'),
    );
  });

  test('in OpenMetrics 1.0', () => {
    expect(render(FAMILIES, 'openmetrics').toString()).toBe(
      [
        '# HELP frr_test_session_state State of \\"the\\" session,\\nback\\\\slash.',
        '# TYPE frr_test_session_state gauge',
        'frr_test_session_state{vrf="default",peer="192.0.2.1"} 6',
        'frr_test_session_state{vrf="tenant \\"a\\"\\\\\\n",peer="eth2"} 1',
        '# HELP frr_test_command_seconds Seconds.',
        '# TYPE frr_test_command_seconds counter',
        '# UNIT frr_test_command_seconds seconds',
        'frr_test_command_seconds_total{vrf="default",peer="192.0.2.1"} 0.25',
        'frr_test_command_seconds_created{vrf="default",peer="192.0.2.1"} 1700000000.5',
        '# HELP frr_test_session Who.',
        '# TYPE frr_test_session info',
        'frr_test_session_info{vrf="default",peer="192.0.2.1"} 1',
        '# HELP frr_test_age_seconds Age.',
        '# TYPE frr_test_age_seconds gauge',
        '# UNIT frr_test_age_seconds seconds',
        'frr_test_age_seconds 12',
        '',
      ].join('\n'),
    );
    expect(END).toEqual({ text: '', openmetrics: '# EOF\n' });
  });

  test('leaves out families without samples', () => {
    expect(render([{ descriptor: STATE, samples: [] }], 'text').toString()).toBe('');
  });

  test('is split into slices that join to the whole text', () => {
    const samples = Array.from({ length: 3_500 }, (_, index) => ({
      labels: labels(PEER, ['default', `10.0.${index >> 8}.${index & 255}`]),
      value: index,
    }));
    const slices = [...renderSlices([{ descriptor: STATE, samples }], 'text')];
    expect(slices.length).toBe(4);
    const lines = Buffer.concat(slices).toString().split('\n');
    expect(lines.length).toBe(2 + 3_500 + 1);
    expect(lines[2]).toBe('frr_test_session_state{vrf="default",peer="10.0.0.0"} 0');
    expect(lines[3_501]).toBe('frr_test_session_state{vrf="default",peer="10.0.13.171"} 3499');
  });
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1_763_808_000.123, '1763808000.123'],
    [4_294_967_296, '4294967296'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2 ** 64, '18446744073709552000'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('%d is written as %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});

test('the name of a family loses its suffix in OpenMetrics only', () => {
  expect(FORMATS.map((format) => [STATE, SECONDS, INFO].map((one) => familyName(one, format)))).toEqual([
    ['frr_test_session_state', 'frr_test_command_seconds_total', 'frr_test_session_info'],
    ['frr_test_session_state', 'frr_test_command_seconds', 'frr_test_session'],
  ]);
});

test('HELP escapes double quotes in OpenMetrics only', () => {
  expect(FORMATS.map((format) => escapeHelp('a "b" \\ c\nd', format))).toEqual([
    'a "b" \\\\ c\\nd',
    'a \\"b\\" \\\\ c\\nd',
  ]);
});

interface Parsed {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
}

/** Reads a page as the formats' grammars say; throws on everything else. */
function parse(page: string): readonly Parsed[] {
  const samples: Parsed[] = [];
  const unescaped = (text: string) =>
    text.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character));
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
    if (sample === null) throw new Error(`no sample: ${JSON.stringify(line)}`);
    const [, name = '', set = '', number = ''] = sample;
    const pairs: [string, string][] = [];
    let rest = set;
    while (rest !== '') {
      const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
      if (pair === null) throw new Error(`no label: ${JSON.stringify(rest)}`);
      pairs.push([pair[1] as string, unescaped(pair[2] as string)]);
      rest = rest.slice(pair[0].length);
    }
    const value = number.endsWith('Inf') ? Number(number.replace('Inf', 'Infinity')) : Number(number);
    samples.push({ name, labels: pairs, value });
  }
  return samples;
}

const ANY_TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\\', '"', '\n', '\r', '{', '}', ',', '=', 'n', ' ', '#', 'é', '\ud800'),
  }),
);

describe('whatever the labels and values', () => {
  test.each(FORMATS)('a body in %s parses to what was written', (format) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ANY_TEXT, ANY_TEXT, fc.double())), (rows) => {
        const samples = rows.map(([vrf, peer, value]) => ({ labels: labels(PEER, [vrf, peer]), value }));
        const page = render([{ descriptor: STATE, samples }], format).toString();
        expect(parse(page)).toEqual(
          rows.map(([vrf, peer, value]) => ({
            name: STATE.name,
            labels: [
              ['vrf', vrf.toWellFormed()],
              ['peer', peer.toWellFormed()],
            ],
            value,
          })),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each(FORMATS)('a body in %s is identical to that of prom-client', async (format) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(ANY_TEXT, ANY_TEXT, fc.double({ noNaN: true, min: 0 })), {
          selector: ([vrf, peer]) => JSON.stringify([vrf.toWellFormed(), peer.toWellFormed()]),
        }),
        async (rows) => {
          const registry = new Registry<RegistryContentType>();
          registry.setContentType(
            format === 'text' ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE,
          );
          // A counter of prom-client takes no infinity.
          const finite = (value: number) => (Number.isFinite(value) ? value : 1);
          const help = 'Backslash \\ and\nline feed.';
          const labelNames = [...PEER];
          const gauge = new Gauge({ name: 'frr_test_gauge', help, labelNames, registers: [registry] });
          const counter = new Counter({ name: 'frr_test_total', help, labelNames, registers: [registry] });
          for (const [vrf, peer, value] of rows) {
            const set = { vrf: vrf.toWellFormed(), peer: peer.toWellFormed() };
            gauge.set(set, value);
            counter.inc(set, finite(value));
          }
          const samples = rows.map(([vrf, peer, value]) => ({ labels: labels(PEER, [vrf, peer]), value }));
          const ours = render(
            [
              { descriptor: { ...STATE, name: 'frr_test_gauge', help }, samples },
              {
                descriptor: { ...STATE, name: 'frr_test_total', type: 'counter', help },
                samples: samples.map((sample) => ({ ...sample, value: finite(sample.value) })),
              },
            ],
            format,
          ).toString();
          // prom-client writes empty lines between families, families without samples, and -0 as 0.
          const theirs = (await registry.metrics()).replaceAll(/^\n/gm, '');
          expect((ours + END[format]).replaceAll(/ -0$/gm, ' 0')).toBe(
            rows.length === 0 ? END[format] : theirs,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
