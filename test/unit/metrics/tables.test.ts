import { expect, test } from 'vitest';
import { type Descriptor, labels, type MetricFamily, metric } from '../../../src/metrics/family.ts';
import { createTables, timeText } from '../../../src/metrics/tables.ts';

const named = <const Labels extends readonly string[]>(name: string, names: Labels) =>
  metric({ name, type: 'gauge', help: 'x', labels: names, source: 'a test' });
const UP = named('frr_test_up', ['vrf', 'peer']);
const SINCE = named('frr_test_timestamp_seconds', ['vrf', 'peer']);
const INFO = named('frr_test_info', ['vrf', 'peer', 'description', 'group']);
const PREFIXES = named('frr_test_prefixes', ['vrf', 'peer', 'afi']);

function family(descriptor: Descriptor, ...rows: readonly (readonly [...string[], number])[]): MetricFamily {
  return {
    descriptor,
    samples: rows.map((row) => ({
      labels: labels(descriptor.labels, row.slice(0, -1) as string[]),
      value: row.at(-1) as number,
    })),
  };
}

const tables = createTables([
  family(UP, ['default', 'a', 1], ['red', 'a', 0], ['red', 'b', 0]),
  family(SINCE, ['red', 'a', 1_700_000_000.5], ['red', 'b', 1e300]),
  family(INFO, ['default', 'a', 'uplink', '', 1]),
  family(PREFIXES, ['default', 'a', 'ipv4', 3], ['default', 'a', 'ipv6', 4], ['red', 'a', 'ipv4', 5]),
]);
const [first, second, third] = tables.rows(UP);

test('rows are the samples of a metric, with their labels by name', () => {
  expect(tables.rows(UP).map(({ labels, value }) => [labels, value])).toEqual([
    [{ vrf: 'default', peer: 'a' }, 1],
    [{ vrf: 'red', peer: 'a' }, 0],
    [{ vrf: 'red', peer: 'b' }, 0],
  ]);
  expect(tables.rows(named('frr_test_absent', ['vrf']))).toEqual([]);
});

test('other metrics about the same object are found by the labels that both have', () => {
  expect(first?.rows(PREFIXES).map(({ labels, value }) => [labels.afi, value])).toEqual([
    ['ipv4', 3],
    ['ipv6', 4],
  ]);
  expect(first?.rows(PREFIXES)[1]?.number(UP)).toBe(1);
  expect(second?.number(PREFIXES)).toBe(5);
  expect(third?.number(PREFIXES)).toBeNull();
  expect([first?.flag(UP), second?.flag(UP), third?.flag(PREFIXES)]).toEqual([true, false, null]);
});

test('an empty label is null, as is that of a metric that is absent', () => {
  expect(first?.text(INFO, 'description')).toBe('uplink');
  expect(first?.text(INFO, 'group')).toBeNull();
  expect(second?.text(INFO, 'description')).toBeNull();
});

test('times are in RFC 3339, in whole seconds', () => {
  expect(second?.time(SINCE)).toBe('2023-11-14T22:13:20Z');
  expect(third?.time(SINCE)).toBeNull();
  expect(first?.time(SINCE)).toBeNull();
  expect(timeText(undefined)).toBeNull();
});
