import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import { type ActiveCollector, activate, type Frr } from '../../../src/collectors/collector.ts';
import type { Command } from '../../../src/frr/commands.ts';
import { createFamilyBuilder } from '../../../src/metrics/family-builder.ts';
import { answering, lines, NOW, recordedFrr } from './recorded.ts';

const VERSIONS = ['7.5.1', '8.4.4', '10.3', '10.7.1'];

/** They report the cut link as `Waiting for NHT` and as `Neighbor address lost`. */
const HIDES_BFD: ReadonlySet<string> = new Set(['7.5.1', '10.7.1']);

const SUMMARY = 'show bgp vrf all summary json';
const FAILED = 'show bgp vrf all summary failed json';
const NEIGHBORS = 'show bgp vrf all neighbors json';

/** Counts the commands that are sent to FRR. */
function counting(frr: Frr) {
  const sent: string[] = [];
  const json = (command: Command) => {
    sent.push(command.text);
    return frr.json(command);
  };
  return { sent, frr: { ...frr, json } };
}

/** The collector after a whole poll. */
async function polled(frr: Frr, active: ActiveCollector = activate(bgpNeighbors, {})) {
  const { query, families, revision, descriptors } = active;
  if (revision === undefined) throw new Error('no revision');
  const build = createFamilyBuilder(descriptors);
  const answers = await query(frr);
  const whole = atOnce(build((context) => families(answers, { ...context, now: NOW })));
  let before = whole.families;
  return {
    whole: lines(whole),
    /** What is reported after a revision; undefined where only a whole poll will do. */
    async revise(later: Frr): Promise<readonly string[] | undefined> {
      const revised = await revision.query(later, before);
      if (revised === undefined) return undefined;
      const found = atOnce(build((context) => revision.families(revised, { ...context, now: NOW })));
      expect(found.drops).toEqual([]);
      before = found.families;
      return lines(found);
    },
  };
}

const OF_RESETS =
  /^frr_bgp_session_(last_reset_info|down_cause|shutdown_message_info)\{vrf="default",peer="(eth2|100\.64\.1\.1)"/;
const ofResets = (page: readonly string[] | undefined) => page?.filter((line) => OF_RESETS.test(line));

describe.each(VERSIONS)('FRR %s', (version) => {
  test('a peer that was shut down: the reasons of a whole poll, with its message', async () => {
    const later = await recordedFrr(`${version}/tor1-shutdown-remotely`);
    const { revise } = await polled(await recordedFrr(`${version}/healthy`));
    const { sent, frr } = counting(later);
    const revised = ofResets(await revise(frr));
    expect(sent.filter((command) => command.startsWith('show bgp'))).toEqual([SUMMARY, FAILED]);
    expect(revised).toContain(
      'frr_bgp_session_down_cause{vrf="default",peer="100.64.1.1",cause="peer_shut",text="shut down by the peer"} 1',
    );
    expect(revised).toEqual(ofResets((await polled(later)).whole));
  });

  test('a cut link: the reasons of a whole poll, unless FRR may hide that of BFD', async () => {
    const later = await recordedFrr(`${version}/tor2-link-down`);
    const { revise } = await polled(await recordedFrr(`${version}/tor1-shutdown-remotely`));
    const revised = ofResets(await revise(later));
    const whole = ofResets((await polled(later)).whole);
    expect(whole).toContain(
      'frr_bgp_session_down_cause{vrf="default",peer="eth2",cause="link_down",text="link down (eth2)"} 1',
    );
    expect(revised?.toSorted()).toEqual(HIDES_BFD.has(version) ? undefined : whole?.toSorted());
  });

  test('nothing changed: what a whole poll reported', async () => {
    const frr = await recordedFrr(`${version}/healthy`);
    const { whole, revise } = await polled(frr);
    expect((await revise(frr))?.toSorted()).toEqual(whole.toSorted());
  });

  test('a session over its prefix limit', async () => {
    const { revise } = await polled(await recordedFrr(`${version}/tor2-link-down`));
    const revised = await revise(await recordedFrr(`${version}/tor2-max-prefix-exceeded`));
    expect(revised?.filter((line) => /limit_exceeded|down_cause.*"eth2"/.test(line))).toEqual([
      'frr_bgp_session_down_cause{vrf="default",peer="eth2",cause="over_limit",text="the peer exceeded the prefix limit"} 1',
      'frr_bgp_prefix_limit_exceeded{vrf="default",peer="eth2",afi="ipv4",safi="unicast"} 1',
    ]);
  });

  test('a graceful restart needs a whole poll', async () => {
    const { revise } = await polled(await recordedFrr(`${version}/healthy`));
    expect(await revise(await recordedFrr(`${version}/graceful-restart`))).toBeUndefined();
  });
});

/** A session in the summary, in the command for failed ones, and in the neighbors command. */
interface One {
  readonly session: object;
  readonly failed?: object;
  readonly neighbor?: object;
}

function frrWith(peers: Readonly<Record<string, One>>): Frr {
  const each = (pick: (one: One) => object | undefined) =>
    Object.fromEntries(
      Object.entries(peers).flatMap(([peer, one]) => (pick(one) ? [[peer, pick(one)]] : [])),
    );
  return answering({
    [SUMMARY]: JSON.stringify({ default: { ipv4Unicast: { peers: each(({ session }) => session) } } }),
    [FAILED]: JSON.stringify({ default: { ipv4Unicast: { peers: each(({ failed }) => failed) } } }),
    [NEIGHBORS]: JSON.stringify({ default: each(({ neighbor }) => neighbor) }),
  });
}

const RESET = { lastResetDueTo: 'Peer closed the session', lastResetCode: 15, lastResetTimerMsecs: 9000 };
const UP: One = {
  session: { state: 'Established', peerUptimeMsec: 5000, connectionsEstablished: 2, connectionsDropped: 1 },
  neighbor: {
    bgpState: 'Established',
    bgpTimerUpMsec: 5000,
    bgpTimerHoldTimeMsecs: 9000,
    estimatedRttInMsecs: 2,
    peerBfdInfo: {},
    addressFamilyInfo: { ipv4Unicast: { acceptedPrefixCounter: 2 } },
    ...RESET,
  },
};
const down = (dropped: number, reason: object, since = 3000): One => ({
  session: { state: 'Active', peerUptimeMsec: since, connectionsDropped: dropped },
  failed: { peerUptimeMsec: since, connectionsEstablished: dropped, connectionsDropped: dropped, ...reason },
  neighbor: {
    bgpState: 'Active',
    connectionsEstablished: dropped,
    peerBfdInfo: {},
    lastResetTimerMsecs: since,
    ...reason,
  },
});
const ADMIN = { lastResetDueTo: 'Admin. shutdown', lastResetCode: 11 };
const LOST = { lastResetDueTo: 'No path to specified Neighbor', lastResetCode: 27 };
const BFD = { lastResetDueTo: 'BFD down received', lastResetCode: 24 };
const NSF = { lastResetDueTo: 'NSF peer closed the session', lastResetCode: 22 };

const of = (peer: string, page: readonly string[] | undefined) =>
  page
    ?.filter((line) => line.includes(`peer="${peer}"`))
    .map((line) => line.replace(`vrf="default",peer="${peer}"`, ''));

describe('a revision', () => {
  test('replaces the reset of a session that went down, and what it knew of the established one', async () => {
    const { whole, revise } = await polled(frrWith({ eth0: UP, eth1: UP }));
    const revised = await revise(frrWith({ eth0: down(2, ADMIN), eth1: UP }));
    expect(of('eth1', revised)).toEqual(of('eth1', whole));
    expect(of('eth0', revised)).toEqual([
      'frr_bgp_session_info{,local_as="",remote_as="",peer_group="",description="",remote_hostname="",interface="",remote_router_id=""} 1',
      'frr_bgp_session_last_reset_info{,reason="Admin. shutdown",code="11",notification=""} 1',
      `frr_bgp_session_last_reset_timestamp_seconds{} ${NOW - 3}`,
      'frr_bgp_session_down_cause{,cause="reset_here",text="reset on this node: Admin. shutdown"} 1',
      'frr_bgp_session_bfd_enabled{} 1',
      'frr_bgp_policy_missing{,afi="ipv4",safi="unicast"} 0',
    ]);
  });

  test('keeps the last reset of a session that is up again, without the cause', async () => {
    const { revise } = await polled(frrWith({ eth0: down(1, ADMIN) }));
    expect(of('eth0', await revise(frrWith({ eth0: UP })))).toEqual([
      'frr_bgp_session_info{,local_as="",remote_as="",peer_group="",description="",remote_hostname="",interface="",remote_router_id=""} 1',
      'frr_bgp_session_last_reset_info{,reason="Admin. shutdown",code="11",notification=""} 1',
      `frr_bgp_session_last_reset_timestamp_seconds{} ${NOW - 3}`,
      'frr_bgp_session_bfd_enabled{} 1',
    ]);
  });

  test('forgets a session that is not there any more', async () => {
    const { revise } = await polled(frrWith({ eth0: UP, eth1: UP }));
    expect(of('eth0', await revise(frrWith({ eth1: UP })))).toEqual([]);
  });

  test('does not report a reset that is not reported for a session that is down', async () => {
    const { revise } = await polled(frrWith({ eth0: UP }));
    const { session } = down(2, ADMIN);
    expect(
      (await revise(frrWith({ eth0: { session } })))?.filter((line) => /reset|cause/.test(line)),
    ).toEqual([]);
  });

  test('keeps the reset by BFD that FRR has replaced since', async () => {
    const { revise } = await polled(frrWith({ eth0: down(2, BFD), eth1: UP }));
    const revised = await revise(frrWith({ eth0: down(2, LOST, 9000), eth1: down(2, ADMIN) }));
    expect(of('eth0', revised)?.filter((line) => /reset|cause/.test(line))).toEqual([
      'frr_bgp_session_last_reset_info{,reason="BFD down received",code="24",notification=""} 1',
      `frr_bgp_session_last_reset_timestamp_seconds{} ${NOW - 3}`,
      'frr_bgp_session_down_cause{,cause="path_silent",text="path silent: BFD timed out"} 1',
    ]);
  });

  test.each([
    ['a session that was not there', { eth0: UP, eth1: down(0, ADMIN) }],
    [
      'a session that went down and is up again',
      { eth0: { ...UP, session: { ...UP.session, connectionsDropped: 2 } } },
    ],
    ['a session that a restarting peer closed', { eth0: down(2, NSF) }],
    ['a session with BFD that lost the way to its peer', { eth0: down(2, LOST) }],
  ])('does not suffice for %s', async (_, later) => {
    const { revise } = await polled(frrWith({ eth0: UP }));
    expect(await revise(frrWith(later))).toBeUndefined();
  });

  test.each([
    ['Restart', undefined],
    ['Helper', expect.anything()],
  ])('a session lost by BFD to a peer with graceful restart mode %s', async (remoteGrMode, outcome) => {
    const neighbor = { ...UP.neighbor, gracefulRestartInfo: { localGrMode: 'Helper', remoteGrMode } };
    const { revise } = await polled(frrWith({ eth0: { ...UP, neighbor } }));
    expect(await revise(frrWith({ eth0: down(2, BFD) }))).toEqual(outcome);
  });

  test.each([
    [
      'a session without BFD that lost the way to its peer',
      { ...UP, neighbor: { bgpState: 'Established' } },
      down(2, LOST),
    ],
    ['a session that has been down since a peer restarted', down(2, NSF), down(2, NSF)],
  ])('suffices for %s', async (_, earlier, later) => {
    const { revise } = await polled(frrWith({ eth0: earlier }));
    expect(await revise(frrWith({ eth0: later }))).toBeDefined();
  });
});
