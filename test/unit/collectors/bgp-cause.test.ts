import { describe, expect, test } from 'vitest';
import { RULES } from '../../../src/causes/cause.ts';
import { messageOf } from '../../../src/collectors/bgp-cause.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import { activate, type Frr } from '../../../src/collectors/collector.ts';
import type { Link } from '../../../src/frr/links.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { recordingNames } from '../../recordings.ts';
import { collect, lines, recordedFrr } from './recorded.ts';

const eth = (name: string, up: boolean): Link => ({ interface: name, up, carrierChanges: 2 });

/** The causes by peer. */
async function causesOf(
  collector: Parameters<typeof collect>[0],
  frr: Frr,
): Promise<Readonly<Record<string, string>>> {
  const found = lines(await collect(collector, frr)).flatMap((line) => {
    const [, vrf, peer, cause, text] =
      /^frr_bgp_session_down_cause\{vrf="(.*)",peer="(.*)",cause="(.*)",text="(.*)"\} 1$/.exec(line) ?? [];
    return cause === undefined ? [] : [[`${vrf} ${peer}`, `${cause}: ${text}`]];
  });
  return Object.fromEntries(found);
}

describe.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s', (version) => {
  test('a cut link of an unnumbered peer', async () => {
    const frr = await recordedFrr(`${version}/tor2-link-down`);
    const links = async () => [eth('eth1', true), eth('eth2', false)];
    expect(await causesOf(bgpNeighbors, { ...frr, links })).toMatchObject({
      'default eth2': 'link_down: link down (eth2)',
    });
  });

  test('a cut link of a numbered peer, whose interface was seen while it was up', async () => {
    const active = activate(bgpNeighbors, {});
    const frr = await recordedFrr(`${version}/tor1-shutdown-remotely`);
    const up = async () => [eth('eth1', true), eth('eth2', true)];
    expect(await causesOf(active, { ...frr, links: up })).toMatchObject({
      'default 100.64.1.1': 'peer_shut: shut down by the peer',
    });
    const down = async () => [eth('eth1', false), eth('eth2', true)];
    expect(await causesOf(active, { ...frr, links: down, addresses: async () => [] })).toMatchObject({
      'default 100.64.1.1': 'link_down: link down (eth1)',
    });
  });
});

test('what cannot be seen does not fail the poll', async () => {
  const frr = await recordedFrr('8.4.4/tor2-link-down');
  const gone = async () => {
    throw new FrrError('not_running', 'bfdd', 'bfdd is not running');
  };
  const json: Frr['json'] = (command) => (command.daemon === 'bfdd' ? gone() : frr.json(command));
  expect(
    await causesOf(bgpNeighbors, { ...frr, json, links: gone, addresses: gone, text: gone }),
  ).toMatchObject({
    'default eth2': 'path_silent: path silent: BFD timed out',
  });
});

test.each([
  ['', ''],
  ['  maintenance of rack B  ', 'maintenance of rack B'],
  ['"quoted" \\ <script>', '"quoted" \\ <script>'],
  ['line\nline\u0000\u001b[31m red', 'line line [31m red'],
  ['\u202Eright to left', 'right to left'],
  ['x'.repeat(1000), 'x'.repeat(255)],
  [`${'x'.repeat(254)}😀`, `${'x'.repeat(254)}\ufffd`],
  [7, '7'],
  [{}, ''],
])('a message %j reads %j', (message, expected) => {
  expect(messageOf({ lastShutdownDescription: message })).toBe(expected);
});

test.each(RULES.flatMap(({ id, shownBy }) => (shownBy?.includes('/') ? [[id, shownBy] as const] : [])))(
  'the recording that docs/causes.md names shows %s',
  async (id, recording) => {
    expect(recordingNames()).toContain(recording);
    const causes = Object.values(await causesOf(bgpNeighbors, await recordedFrr(recording)));
    expect(causes.map((cause) => cause.split(':')[0])).toContain(id);
  },
);
