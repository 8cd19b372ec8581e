import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readNeighborChange } from '../../../src/frr/log-line.ts';

const NOW = Date.parse('2026-11-24T20:36:00Z') / 1000;
/** A little after the recorded lines were written. */
const RECORDED = Date.parse('2026-11-24T20:39:00Z') / 1000;

const linesOf = (version: string) =>
  readFileSync(new URL(`../../frr-logs/${version}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

/** A link was cut and restored, a peer shut the session with a message, and the sessions were cleared. */
describe.each([
  [
    '7.5.1',
    [
      ['20:33:33.999', 'eth2', 'Interface down'],
      ['20:33:36.999', 'eth2', true],
      ['20:33:36.999', 'eth2', 'BFD down received'],
      ['20:33:37.999', 'eth2', true],
      ['20:33:48.979', '100.64.1.1', 'BGP Notification received'],
      ['20:33:50.561', 'eth2', 'User reset'],
    ],
  ],
  [
    '8.4.4',
    [
      ['20:33:03.999', 'eth2', 'Interface down'],
      ['20:33:06.999', 'eth2', true],
      ['20:33:19.024', '100.64.1.1', 'BGP Notification received'],
      ['20:33:20.631', 'eth2', 'User reset'],
    ],
  ],
  [
    '10.3',
    [
      ['20:35:33.999', 'eth2', 'Waiting for peer OPEN'],
      ['20:35:36.999', 'eth2', true],
      ['20:35:48.097', '100.64.1.1', 'BGP Notification received'],
      ['20:35:49.619', 'eth2', 'User reset'],
      ['20:35:50.631', 'eth2', true],
    ],
  ],
  [
    '10.7.1',
    [
      ['20:38:08.999', 'eth2', 'Neighbor address lost'],
      ['20:38:11.999', 'eth2', true],
      ['20:38:23.396', '100.64.1.1', 'BGP Notification received'],
      ['20:38:24.921', 'eth2', 'User reset'],
    ],
  ],
] as const)('the log of FRR %s', (version, expected) => {
  test('reports each change, and all other lines are ignored', () => {
    const changes = linesOf(version).flatMap((line) => readNeighborChange(line, RECORDED) ?? []);
    expect(
      changes.map(({ at, peer, up, reason }) => [
        new Date(at * 1000).toISOString().slice(11, 23),
        peer,
        up ? up : reason,
      ]),
    ).toEqual(expected);
    expect(new Set(changes.map(({ vrf }) => vrf))).toEqual(new Set(['default']));
    expect(linesOf(version).length).toBeGreaterThan(changes.length);
  });
});

const LINE = 'BGP: [PXVXG-TFNNT] %ADJCHANGE: neighbor 2001:db8::1(tor1) in vrf tenant-a Down Interface down';

test('with an address, another VRF, a priority, and another time zone', () => {
  expect(readNeighborChange(`2026/11/25 02:21:00 informational: ${LINE}`, NOW)).toEqual({
    at: NOW,
    vrf: 'tenant-a',
    peer: '2001:db8::1',
    up: false,
    reason: 'Interface down',
  });
});

test('of a zone behind UTC, and at a fraction of a second', () => {
  expect(readNeighborChange(`2026/11/24 15:35:50.250 ${LINE}`, NOW)?.at).toBe(NOW - 9.75);
});

test('the name of the peer may look like the rest of the line', () => {
  const line = `2026/11/24 20:36:00 ${LINE.replace('tor1', 'x) in vrf default Up (')}`;
  expect(readNeighborChange(line, NOW)).toMatchObject({ vrf: 'tenant-a', up: false });
});

test.each([
  '',
  'x',
  LINE,
  `2026/13/24 20:36:00 ${LINE}`,
  `2026/11/24 20:36:00 ${LINE.replace('Down', 'Sideways')}`,
  `2026/11/24 20:36:00 ${LINE.replace('ADJCHANGE', 'NOTIFICATION')}`,
  `2026/11/24 20:36:00 ${LINE.replace('BGP', 'OSPF')}`,
])('%j is ignored', (line) => {
  expect(readNeighborChange(line, NOW)).toBeUndefined();
});
