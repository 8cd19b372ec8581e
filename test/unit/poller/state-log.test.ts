import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import { bfd } from '../../../src/collectors/bfd.ts';
import { bgp } from '../../../src/collectors/bgp.ts';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import type { Collector } from '../../../src/collectors/collector.ts';
import { daemons } from '../../../src/collectors/daemons.ts';
import { defaultRoutes } from '../../../src/collectors/default-route.ts';
import { hostRoutes } from '../../../src/collectors/host-routes.ts';
import { interfaces } from '../../../src/collectors/interfaces.ts';
import { ospf } from '../../../src/collectors/ospf.ts';
import { rpki } from '../../../src/collectors/rpki.ts';
import type { Event } from '../../../src/events/event.ts';
import type { NeighborChange } from '../../../src/frr/log-line.ts';
import { labels, type MetricFamily } from '../../../src/metrics/family.ts';
import { createFamilyBuilder } from '../../../src/metrics/family-builder.ts';
import { createStateLog } from '../../../src/poller/state-log.ts';
import { readableLog } from './fake-frr.ts';

const named = (collector: Collector, name: string) => {
  const found = collector.descriptors.find((descriptor) => descriptor.name === name);
  if (found === undefined) throw new Error(`${collector.name} has no ${name}`);
  return found;
};

/** Families of one metric, from rows of label values and the value. */
function families(
  collector: Collector,
  name: string,
  rows: readonly (readonly [...string[], number])[],
): readonly MetricFamily[] {
  const descriptor = named(collector, name);
  return atOnce(
    createFamilyBuilder(collector.descriptors)(function* ({ emit }) {
      for (const row of rows) {
        yield;
        emit(descriptor, labels(descriptor.labels, row.slice(0, -1) as string[]), row.at(-1));
      }
    }),
  ).families;
}

const state = (...rows: [string, string, number][]) => families(bgp, 'frr_bgp_session_state', rows);
const reset = (...rows: [string, string, string, string, string][]) =>
  families(
    bgpNeighbors,
    'frr_bgp_session_last_reset_info',
    rows.map((row) => [...row, 1] as const),
  );
const bfdState = (up: number, diagnostic: string, remote: string) => [
  ...families(bfd, 'frr_bfd_session_state', [['default', '192.0.2.1', '', 'eth1', up]]),
  ...families(bfd, 'frr_bfd_session_info', [
    ['default', '192.0.2.1', '', 'eth1', diagnostic, remote, 'dynamic', '', 'false', 1],
  ]),
];

const [BGP, NEIGHBORS, BFD] = [bgp, bgpNeighbors, bfd];

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function following(collectors: readonly Collector[] = [bgp, bgpNeighbors, bfd]) {
  const { log, lines } = readableLog();
  const events: Event[] = [];
  const sessions = createStateLog(log, collectors, (event) => events.push(event));
  return { sessions, lines, events, messages: () => lines.map(({ msg }) => msg) };
}

describe('a BGP session', () => {
  test('that goes down is one line, with the reason from the neighbors command', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6], ['default', 'eth2', 6]), 0);
    sessions.observe(NEIGHBORS, [], 0.5);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1], ['default', 'eth2', 6]), 5);
    expect(lines).toEqual([]);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'Interface down', '12', '']), 5.1);
    expect(lines).toEqual([
      {
        level: 40,
        protocol: 'BGP',
        vrf: 'default',
        peer: '192.0.2.1',
        from: 'Established',
        to: 'Idle',
        reason: 'Interface down',
        msg: 'BGP session with 192.0.2.1 (vrf default) Established -> Idle: Interface down',
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("has the cause in its message, and FRR's words beside it", () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', 'eth2', 6]), 0);
    sessions.observe(BGP, state(['default', 'eth2', 1]), 5);
    const cause = ['default', 'eth2', 'link_down', 'link down (eth2)', 1] as const;
    sessions.observe(
      NEIGHBORS,
      [
        ...reset(['default', 'eth2', 'Waiting for NHT', '27', '']),
        ...families(bgpNeighbors, 'frr_bgp_session_down_cause', [cause]),
      ],
      5.1,
    );
    expect(lines).toMatchObject([
      {
        cause: 'link down (eth2)',
        reason: 'Waiting for NHT',
        msg: 'BGP session with eth2 (vrf default) Established -> Idle: link down (eth2)',
      },
    ]);
  });

  test('names the NOTIFICATION', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 3]), 5);
    sessions.observe(
      NEIGHBORS,
      reset(['default', '192.0.2.1', 'BGP Notification received', '3', 'Cease/Administrative Shutdown']),
      6,
    );
    expect(messages()).toEqual([
      'BGP session with 192.0.2.1 (vrf default) Established -> Active: BGP Notification received: Cease/Administrative Shutdown',
    ]);
  });

  test('does not get a reason from a query that was sent before it went down', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'long ago', '1', '']), 4.9);
    expect(messages()).toEqual([]);
    sessions.observe(NEIGHBORS, reset(['default', '192.0.2.1', 'Hold timer expired', '1', '']), 5.9);
    expect(messages()).toEqual([
      'BGP session with 192.0.2.1 (vrf default) Established -> Idle: Hold timer expired',
    ]);
  });

  test('is logged without a reason if there is none in time', () => {
    const { sessions, messages } = following();
    const line = (to: string) => `BGP session with 192.0.2.1 (vrf default) Established -> ${to}`;
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    vi.advanceTimersByTime(9_999);
    expect(messages()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(messages()).toEqual([line('Idle')]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 20);
    sessions.observe(BGP, state(['default', '192.0.2.1', 2]), 25);
    sessions.failed(NEIGHBORS, 25.1);
    expect(messages().slice(2)).toEqual([line('Connect')]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 30);
    sessions.observe(BGP, state(['default', '192.0.2.1', 3]), 35);
    sessions.stop();
    expect(messages().slice(4)).toEqual([line('Active')]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is logged immediately if no collector polls reasons', () => {
    const { sessions, messages } = following([bgp, bfd]);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    expect(messages()).toEqual(['BGP session with 192.0.2.1 (vrf default) Established -> Idle']);
  });

  test('is logged immediately, at the right level, when it comes up, appears, disappears or retries', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 3], ['default', '192.0.2.2', 3]), 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 6], ['default', '192.0.2.2', 2]), 5);
    sessions.observe(BGP, state(['default', '192.0.2.2', 2], ['tenant-a', '192.0.2.3', 1]), 10);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [30, 'BGP session with 192.0.2.1 (vrf default) Active -> Established'],
      [20, 'BGP session with 192.0.2.2 (vrf default) Active -> Connect'],
      [30, 'BGP session with 192.0.2.3 (vrf tenant-a) absent -> Idle'],
      [30, 'BGP session with 192.0.2.1 (vrf default) Established -> absent'],
    ]);
  });

  test('is not logged when it is seen for the first time', () => {
    const { sessions, lines } = following();
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 0);
    expect(lines).toEqual([]);
  });

  test('of a router that had none is logged', () => {
    const { sessions, messages } = following();
    sessions.observe(BGP, [], 0);
    sessions.observe(BGP, state(['default', '192.0.2.1', 1]), 5);
    expect(messages()).toEqual(['BGP session with 192.0.2.1 (vrf default) absent -> Idle']);
  });
});

describe('a BFD session', () => {
  test('is logged with its diagnostic when it goes down', () => {
    const { sessions, lines } = following();
    sessions.observe(BFD, bfdState(3, 'ok', 'ok'), 0);
    sessions.observe(BFD, bfdState(1, 'control detection time expired', 'ok'), 5);
    sessions.observe(BFD, bfdState(2, 'ok', 'ok'), 10);
    sessions.observe(BFD, bfdState(3, 'ok', 'ok'), 15);
    sessions.observe(BFD, bfdState(1, 'neighbor signaled session down', 'echo function failed'), 20);
    sessions.observe(BFD, bfdState(0, 'administratively down', 'ok'), 25);
    expect(lines[0]).toEqual({
      level: 40,
      protocol: 'BFD',
      vrf: 'default',
      peer: '192.0.2.1',
      local: '',
      interface: 'eth1',
      from: 'Up',
      to: 'Down',
      reason: 'control detection time expired',
      msg: 'BFD session with 192.0.2.1 (vrf default) Up -> Down: control detection time expired',
    });
    expect(lines.slice(1).map(({ level, msg }) => [level, msg])).toEqual([
      [20, 'BFD session with 192.0.2.1 (vrf default) Down -> Init'],
      [30, 'BFD session with 192.0.2.1 (vrf default) Init -> Up'],
      [
        40,
        'BFD session with 192.0.2.1 (vrf default) Up -> Down: neighbor signaled session down, the other side says echo function failed',
      ],
      [30, 'BFD session with 192.0.2.1 (vrf default) Down -> AdminDown'],
    ]);
  });
});

describe('an event', () => {
  const dropped = (...rows: [string, string, number][]) =>
    families(bgp, 'frr_bgp_session_dropped_total', rows);
  const essence = ({ what, from, to, missed, cause }: Event) => [what, from, to, missed, cause];
  const SESSION = 'BGP session with eth1 (vrf default)';

  test('has what the line has, and the time at which the change was seen', () => {
    vi.setSystemTime('2026-11-24T03:12:05.250Z');
    const { sessions, events } = following();
    sessions.observe(BGP, state(['default', 'eth1', 6]), 0);
    sessions.observe(BGP, state(['default', 'eth1', 1]), 5);
    vi.advanceTimersByTime(700);
    sessions.observe(NEIGHBORS, reset(['default', 'eth1', 'Interface down', '12', '']), 5.1);
    expect(events).toEqual([
      {
        at: '2026-11-24T03:12:05.250Z',
        topic: 'bgp_session',
        what: SESSION,
        labels: { vrf: 'default', peer: 'eth1' },
        from: 'Established',
        to: 'Idle',
        was_up: true,
        up: false,
        missed: 0,
        cause: 'Interface down',
      },
    ]);
  });

  test('is not made of what only debugging shows', () => {
    const { sessions, events, lines } = following();
    sessions.observe(BGP, state(['default', 'eth1', 1]), 0);
    sessions.observe(BGP, state(['default', 'eth1', 2]), 5);
    expect([events, lines.length]).toEqual([[], 1]);
  });

  test('of a session that went down and up between two polls has the number and the reason', () => {
    const { sessions, events, lines } = following();
    sessions.observe(BGP, [...state(['default', 'eth1', 6]), ...dropped(['default', 'eth1', 4])], 0);
    sessions.observe(BGP, [...state(['default', 'eth1', 6]), ...dropped(['default', 'eth1', 7])], 5);
    expect(events).toEqual([]);
    sessions.observe(NEIGHBORS, reset(['default', 'eth1', 'Interface down', '12', '']), 5.1);
    expect(events.map(essence)).toEqual([[SESSION, 'Established', 'Established', 3, 'Interface down']]);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [40, `${SESSION} went down and up 3 times between polls: Interface down`],
    ]);
  });

  test.each([
    ['went down', 6, 1, 1, [['Established', 'Idle', 0]]],
    ['went down, up and down', 6, 1, 2, [['Established', 'Idle', 1]]],
    ['came up', 1, 6, 0, [['Idle', 'Established', 0]]],
    ['came up, went down and came up', 1, 6, 1, [['Idle', 'Established', 1]]],
    ['came up and went down', 1, 1, 1, [['Idle', 'Idle', 1]]],
    ['did nothing while its bgpd was restarted', 6, 6, -4, []],
  ])('of a session that %s', (_, before, after, moved, expected) => {
    const { sessions, events } = following([bgp]);
    sessions.observe(BGP, [...state(['default', 'eth1', before]), ...dropped(['default', 'eth1', 4])], 0);
    sessions.observe(
      BGP,
      [...state(['default', 'eth1', after]), ...dropped(['default', 'eth1', 4 + moved])],
      5,
    );
    expect(events.map(({ from, to, missed }) => [from, to, missed])).toEqual(expected);
  });

  test.each([
    [
      'a default route',
      defaultRoutes,
      [['frr_default_route_installed', ['default', 'ipv4']]],
      [[1], [0], [1]],
      [
        ['IPv4 default route (vrf default)', 'installed', 'missing', 0],
        ['IPv4 default route (vrf default)', 'missing', 'installed', 0],
      ],
    ],
    [
      'an address, whose number of peers may change',
      hostRoutes,
      [['frr_host_route_advertised_peers', ['192.0.2.1', 'lo', 'ipv4', 'default', 'interface']]],
      [[2], [1], [0], [2]],
      [
        ['address 192.0.2.1 (lo)', 'announced', 'announced to no peer', 0],
        ['address 192.0.2.1 (lo)', 'announced to no peer', 'announced', 0],
      ],
    ],
    [
      'a link, whose counter counts both ways',
      interfaces,
      [
        ['frr_interface_up', ['eth1']],
        ['frr_interface_carrier_changes_total', ['eth1']],
      ],
      [
        [1, 2],
        [0, 3],
        [1, 4],
        [1, 10],
        [0, 13],
      ],
      [
        ['link of eth1', 'up', 'down', 0],
        ['link of eth1', 'down', 'up', 0],
        ['link of eth1', 'up', 'up', 3],
        ['link of eth1', 'up', 'down', 1],
      ],
    ],
    [
      'an OSPF neighbor',
      ospf,
      [['frr_ospf_neighbor_state', ['default', 'eth1', '10.0.0.2', '192.0.2.2']]],
      [[4], [8], [3], [8]],
      [
        ['OSPF neighbor 10.0.0.2 on eth1 (vrf default)', '2-Way', 'Full', 0],
        ['OSPF neighbor 10.0.0.2 on eth1 (vrf default)', 'Full', 'Init', 0],
        ['OSPF neighbor 10.0.0.2 on eth1 (vrf default)', 'Init', 'Full', 0],
      ],
    ],
    [
      'an RPKI cache',
      rpki,
      [['frr_rpki_cache_connected', ['rpki.example', '323', 'tcp']]],
      [[1], [0], [1]],
      [
        ['RPKI cache rpki.example port 323', 'connected', 'disconnected', 0],
        ['RPKI cache rpki.example port 323', 'disconnected', 'connected', 0],
      ],
    ],
    [
      'a daemon, whose counter counts when it comes up',
      daemons,
      [
        ['frr_daemon_up', ['bgpd']],
        ['frr_daemon_hung', ['bgpd']],
        ['frr_daemon_restarts_total', ['bgpd']],
      ],
      [
        [1, 0, 0],
        [0, 0, 0],
        [1, 0, 1],
        [1, 1, 1],
        [1, 0, 2],
      ],
      [
        ['bgpd', 'up', 'down', 0],
        ['bgpd', 'down', 'up', 0],
        ['bgpd', 'answering', 'hung', 0],
        ['bgpd', 'up', 'up', 1],
        ['bgpd', 'hung', 'answering', 0],
      ],
    ],
  ] as const)('of %s', (_, collector: Collector, metrics, polls, expected) => {
    const { sessions, events } = following([collector]);
    for (const [when, values] of polls.entries())
      sessions.observe(
        collector,
        metrics.flatMap(([name, labelled], index) =>
          families(collector, name, [[...labelled, values[index] as number]]),
        ),
        when,
      );
    expect(events.map(({ what, from, to, missed }) => [what, from, to, missed])).toEqual(expected);
  });
});

describe("a line of FRR's log", () => {
  const line = (up: boolean, reason = '', at = 1000): NeighborChange => ({
    at,
    vrf: 'default',
    peer: 'eth1',
    up,
    reason,
  });
  const answer = (value: number, drops: number) => [
    ...state(['default', 'eth1', value]),
    ...families(bgp, 'frr_bgp_session_dropped_total', [['default', 'eth1', drops]]),
  ];
  const essence = ({ from, to, missed, cause }: Event) => [from, to, missed, cause];

  test('is an event at its own time, and the poll that follows adds nothing', () => {
    const { sessions, events, messages } = following();
    sessions.observe(BGP, answer(6, 4), 0);
    expect(sessions.logged([line(false, 'Interface down')], 1)).toEqual(new Set(bgp.states));
    sessions.observe(BGP, answer(1, 5), 2);
    sessions.observe(BGP, answer(1, 5), 7);
    sessions.logged([line(true)], 8);
    sessions.observe(BGP, answer(6, 5), 9);
    expect(events.map(essence)).toEqual([
      ['Established', 'Idle', 0, 'Interface down'],
      ['Idle', 'Established', 0, null],
    ]);
    expect(events[0]?.at).toBe('1970-01-01T00:16:40.000Z');
    expect(messages()).toEqual([
      'BGP session with eth1 (vrf default) Established -> Idle: Interface down',
      'BGP session with eth1 (vrf default) Idle -> Established',
    ]);
  });

  test('ten flaps between two polls are ten events with ten reasons', () => {
    const { sessions, events } = following();
    sessions.observe(BGP, answer(6, 4), 0);
    for (let n = 1; n <= 10; n++) sessions.logged([line(false, `reason ${n}`), line(true)], n / 2);
    sessions.observe(BGP, answer(6, 14), 6);
    sessions.observe(BGP, answer(6, 14), 11);
    expect(events.filter(({ up }) => up === false).map(({ cause }) => cause)).toEqual(
      Array.from({ length: 10 }, (_, n) => `reason ${10 - n}`).reverse(),
    );
    expect(events.length).toBe(20);
  });

  test('has the cause from all evidence, where that is known before the session is up again', () => {
    const { sessions, events } = following();
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.logged([line(false, 'Waiting for NHT')], 1);
    expect(events).toEqual([]);
    sessions.observe(
      NEIGHBORS,
      families(bgpNeighbors, 'frr_bgp_session_down_cause', [
        ['default', 'eth1', 'link_down', 'link down (eth1)', 1],
      ]),
      1.5,
    );
    expect(events.map(essence)).toEqual([['Established', 'Idle', 0, 'link down (eth1)']]);
    sessions.logged([line(true), line(false, 'Interface down'), line(true)], 4);
    expect(events.slice(1).map(essence)).toEqual([
      ['Idle', 'Established', 0, null],
      ['Established', 'Idle', 0, 'Interface down'],
      ['Idle', 'Established', 0, null],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ['Waiting for NHT', '', 'BFD down received'],
    ['BFD down received', '', 'BFD down received'],
    ['BFD down received: more', 'Cease', 'BFD down received: more: Cease'],
  ])('is better than the reason %j %j of a later attempt', (reason, notification, expected) => {
    const { sessions, events } = following();
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.logged([line(false, 'BFD down received')], 1);
    sessions.observe(
      NEIGHBORS,
      families(bgpNeighbors, 'frr_bgp_session_last_reset_info', [
        ['default', 'eth1', reason, '27', notification, 1],
      ]),
      1.5,
    );
    expect(events.map(essence)).toEqual([['Established', 'Idle', 0, expected]]);
  });

  test('waits for its cause, but not for long, and not for lines about other sessions', async () => {
    const { sessions, events } = following();
    sessions.observe(BGP, state(['default', 'eth1', 6], ['default', 'eth2', 6], ['red', 'eth1', 6]), 0);
    sessions.logged([line(false, 'Interface down')], 1);
    sessions.logged([{ ...line(false, 'Peer closed the session'), peer: 'eth2' }], 2);
    sessions.logged([{ ...line(false, 'Peer closed the session'), vrf: 'red' }], 2);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events.map(({ labels: { vrf, peer }, cause }) => [vrf, peer, cause])).toEqual([
      ['default', 'eth1', 'Interface down'],
      ['default', 'eth2', 'Peer closed the session'],
      ['red', 'eth1', 'Peer closed the session'],
    ]);
  });

  test('without a collector that knows causes is written at once', () => {
    const { sessions, events } = following([bgp]);
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.logged([line(false, 'Interface down')], 1);
    expect(events.map(essence)).toEqual([['Established', 'Idle', 0, 'Interface down']]);
  });

  test('that a poll was faster than is ignored', () => {
    const { sessions, events } = following([bgp]);
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.observe(BGP, answer(1, 5), 5);
    expect(sessions.logged([line(false, 'Interface down')], 5.1)).toEqual(new Set());
    sessions.observe(BGP, answer(1, 5), 10);
    expect(events.map(essence)).toEqual([['Established', 'Idle', 0, null]]);
  });

  test('is not contradicted by an answer that FRR may have given before it', () => {
    const { sessions, events } = following([bgp]);
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.logged([line(false, 'Interface down')], 5.1);
    sessions.observe(BGP, answer(6, 4), 5);
    sessions.observe(BGP, answer(1, 5), 10);
    expect(events.map(essence)).toEqual([['Established', 'Idle', 0, 'Interface down']]);
  });

  test('that is missing costs only what the poll does not show', () => {
    const { sessions, events } = following([bgp]);
    sessions.observe(BGP, answer(6, 4), 0);
    sessions.logged([line(false, 'Interface down')], 1);
    // Up, down and up again were not logged.
    sessions.observe(BGP, answer(6, 6), 5);
    expect(events.map(essence)).toEqual([
      ['Established', 'Idle', 0, 'Interface down'],
      ['Idle', 'Established', 1, null],
    ]);
  });

  test('of a session that no poll has seen is ignored when it goes down, and new when it comes up', () => {
    const { sessions, events } = following([bgp]);
    expect(sessions.logged([line(true)], 0)).toEqual(new Set());
    sessions.observe(BGP, [], 1);
    sessions.logged([line(false, 'Peer closed the session')], 2);
    sessions.logged([line(true)], 3);
    sessions.observe(BGP, answer(6, 0), 4);
    expect(events.map(essence)).toEqual([['absent', 'Established', 0, null]]);
  });
});
