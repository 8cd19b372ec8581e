import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../../src/causes/cause.ts';
import { messageOf } from '../../../src/collectors/bgp-cause.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import { activate, type Frr } from '../../../src/collectors/collector.ts';
import { members } from '../../../src/collectors/fields.ts';
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

test('a cut link of a numbered peer, whose interface bfdd knows', async () => {
  const frr = await recordedFrr('8.4.4/tor1-shutdown-remotely');
  const links = async () => [eth('eth1', false), eth('eth2', true)];
  expect(await causesOf(bgpNeighbors, { ...frr, links, addresses: async () => [] })).toMatchObject({
    'default 100.64.1.1': 'link_down: link down (eth1)',
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

describe('beside what FRR reports', () => {
  const links = async () => [eth('eth1', true), eth('eth2', true)];
  /** bfdd waited for a CPU in a measurement that began and ended so many seconds ago. */
  const waited = (from: number, to: number) => () => {
    const now = performance.now() / 1000;
    return [{ daemon: 'bfdd', from: now - from, to: now - to, seconds: 1.2 } as const];
  };
  const silent = 'path_silent: path silent: BFD timed out, link up';

  // The session went down two or three seconds before the recording.
  test.each([
    ['around the reset', waited(5, 0), 'daemon_starved: bfdd on this node did not run for 1.2 s'],
    ['just before the reset', waited(8, 3), 'daemon_starved: bfdd on this node did not run for 1.2 s'],
    ['long before the reset', waited(10, 5), silent],
    ['after the reset', waited(1, 0), silent],
    ['never', () => [], silent],
  ])('bfdd waited for a CPU %s', async (_, cpuWaits, expected) => {
    const frr = await recordedFrr('8.4.4/tor2-link-down');
    expect(await causesOf(bgpNeighbors, { ...frr, links, cpuWaits })).toMatchObject({
      'default eth2': expected,
    });
  });

  test("FRR's log has the reason from before the way to the peer was lost", async () => {
    const frr = await recordedFrr('7.5.1/tor2-link-down');
    const logged = (reason: string) => (vrf: string, peer: string) => ({
      at: 1,
      vrf,
      peer,
      up: false,
      reason,
    });
    const causes = (reason: string) => causesOf(bgpNeighbors, { ...frr, links, loggedDown: logged(reason) });
    expect(await causes('BFD down received')).toMatchObject({ 'default eth2': silent });
    expect(await causes('Waiting for peer OPEN')).toMatchObject({
      'default eth2': 'no_route: no route to the peer',
    });
  });

  test('the kernel drops packets with a low TTL, of a peer that connects', async () => {
    const frr = await recordedFrr('8.4.4/every-kind');
    const connecting: Frr['json'] = async (command) => {
      const documents = await frr.json(command);
      for (const document of documents)
        for (const [, instance] of members(document))
          for (const [, neighbor] of members(instance))
            if (neighbor.connectionsEstablished === 0)
              Object.assign(neighbor, { messageStats: { opensSent: 2, opensRecv: 1 } });
      return documents;
    };
    const active = activate(bgpNeighbors, {});
    const neverUp = async (drops: number | undefined, json: Frr['json'] = connecting) => {
      const causes = await causesOf(active, { ...frr, json, lowTtlDrops: async () => drops });
      return Object.values(causes).filter((cause) => /^(never_up|low_ttl):/.test(cause))[0];
    };
    expect(await neverUp(undefined)).toBe('never_up: never up: the peer does not answer');
    expect(await neverUp(3)).toBe('never_up: never up: the peer does not answer');
    expect(await neverUp(4)).toBe('low_ttl: never up: the TTL of packets is too low for ttl-security');
    expect(await neverUp(4)).toBe('low_ttl: never up: the TTL of packets is too low for ttl-security');
    expect(await neverUp(5, frr.json)).toBe('never_up: never up: the peer does not answer');
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

test.each(RULES.flatMap(({ id, shownBy }) => (shownBy.includes('/') ? [[id, shownBy] as const] : [])))(
  'the recording that docs/causes.md names shows %s',
  async (id, recording) => {
    expect(recordingNames()).toContain(recording);
    const causes = Object.values(await causesOf(bgpNeighbors, await recordedFrr(recording)));
    expect(causes.map((cause) => cause.split(':')[0])).toContain(id);
  },
);

test('the laboratory shows the causes that docs/causes.md says it does', () => {
  const folder = path.join(import.meta.dirname, '../../integration/matrix');
  const tests = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const missing = RULES.filter(
    ({ id, shownBy }) => shownBy === 'laboratory' && !tests.some((text) => text.includes(`^${id}: `)),
  );
  expect(missing.map(({ id }) => id)).toEqual([]);
});
