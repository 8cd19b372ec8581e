import { describe, expect, test } from 'vitest';
import { bgpNeighbors } from '../../../src/collectors/bgp-neighbors.ts';
import { collect, familiesOf, lines, NOW, recordedFrr } from './recorded.ts';

async function pageOf(recording: string): Promise<readonly string[]> {
  return lines(await collect(bgpNeighbors, await recordedFrr(recording)));
}

const reset = (peer: string, reason: string, code: number, notification = '') =>
  `frr_bgp_session_last_reset_info{vrf="default",peer="${peer}",reason="${reason}",code="${code}",notification="${notification}"} 1`;

describe('why a session is down', () => {
  // FRR's words, version by version: 7.5 does not report BFD, and 10.7 has a reason of its own for the limit.
  test.each([
    [
      '7.5.1',
      'tor1-shutdown-remotely',
      reset('100.64.1.1', 'BGP Notification received', 13, 'Cease/Administratively Shutdown'),
    ],
    [
      '8.4.4',
      'tor1-shutdown-remotely',
      reset('100.64.1.1', 'BGP Notification received', 13, 'Cease/Administrative Shutdown'),
    ],
    [
      '10.3',
      'tor1-shutdown-remotely',
      reset('100.64.1.1', 'BGP Notification received', 13, 'Cease/Administrative Shutdown'),
    ],
    [
      '10.7.1',
      'tor1-shutdown-remotely',
      reset('100.64.1.1', 'BGP Notification received', 13, 'Cease/Administrative Shutdown'),
    ],
    ['7.5.1', 'tor2-link-down', reset('eth2', 'Waiting for NHT', 27)],
    ['8.4.4', 'tor2-link-down', reset('eth2', 'BFD down received', 24)],
    ['10.3', 'tor2-link-down', reset('eth2', 'BFD down received', 24)],
    ['10.7.1', 'tor2-link-down', reset('eth2', 'BFD down initiated', 24)],
    ['7.5.1', 'tor2-max-prefix-exceeded', reset('eth2', 'Peer closed the session', 15)],
    [
      '8.4.4',
      'tor2-max-prefix-exceeded',
      reset('eth2', 'BGP Notification send', 14, 'Cease/Maximum Number of Prefixes Reached'),
    ],
    [
      '10.3',
      'tor2-max-prefix-exceeded',
      reset('eth2', 'BGP Notification send', 14, 'Cease/Maximum Number of Prefixes Reached'),
    ],
    ['10.7.1', 'tor2-max-prefix-exceeded', reset('eth2', 'Reached received prefix count', 33)],
  ])('FRR %s, %s', async (version, situation, expected) => {
    const page = await pageOf(`${version}/${situation}`);
    const peer = /peer="([^"]*)"/.exec(expected)?.[1];
    expect(
      page.filter((line) => line.startsWith(`frr_bgp_session_last_reset_info{vrf="default",peer="${peer}"`)),
    ).toEqual([expected]);
  });
});

describe.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s', (version) => {
  const limit = '{vrf="default",peer="eth2",afi="ipv4",safi="unicast"}';

  test.each([
    ['healthy', 0],
    ['tor2-link-down', 0],
    ['tor2-max-prefix-exceeded', 1],
  ])('the prefix limit belongs to the address family that has one: %s', async (situation, exceeded) => {
    const page = await pageOf(`${version}/${situation}`);
    expect(page.filter((line) => line.startsWith('frr_bgp_prefix_limit'))).toEqual([
      `frr_bgp_prefix_limit${limit} 50`,
      `frr_bgp_prefix_limit_warning_threshold${limit} 40`,
      `frr_bgp_prefix_limit_exceeded${limit} ${exceeded}`,
    ]);
  });

  test('a missing policy belongs to its address family', async () => {
    const page = await pageOf(`${version}/healthy`);
    expect(page.filter((line) => /^frr_bgp_policy_missing.* 1$/.test(line))).toEqual(
      [
        'vrf="default",peer="eth2",afi="l2vpn",safi="evpn"',
        'vrf="default",peer="100.64.1.1",afi="ipv4",safi="vpn"',
        'vrf="default",peer="100.64.1.1",afi="l2vpn",safi="evpn"',
        'vrf="default",peer="192.0.2.66",afi="ipv4",safi="unicast"',
        'vrf="default",peer="192.0.2.67",afi="ipv4",safi="unicast"',
        'vrf="tenant-a",peer="198.51.100.7",afi="ipv4",safi="unicast"',
      ].map((set) => `frr_bgp_policy_missing{${set}} 1`),
    );
  });

  test('attributes of the peers', async () => {
    const page = await pageOf(`${version}/healthy`);
    expect(page.filter((line) => line.startsWith('frr_bgp_session_info'))).toEqual([
      String.raw`frr_bgp_session_info{vrf="default",peer="eth2",local_as="64999",remote_as="65002",peer_group="uplink",description="{\"desc\":\"tor2\",\"type\":\"uplink\"}",remote_hostname="vm",interface="eth2",remote_router_id="10.0.0.2"} 1`,
      'frr_bgp_session_info{vrf="default",peer="100.64.1.1",local_as="64999",remote_as="65001",peer_group="uplink",description="tor1 rack A",remote_hostname="vm",interface="",remote_router_id="10.0.0.1"} 1',
      'frr_bgp_session_info{vrf="default",peer="192.0.2.66",local_as="64999",remote_as="64666",peer_group="",description="never up",remote_hostname="",interface="",remote_router_id=""} 1',
      'frr_bgp_session_info{vrf="default",peer="192.0.2.67",local_as="64999",remote_as="64667",peer_group="",description="admin shut",remote_hostname="",interface="",remote_router_id=""} 1',
      'frr_bgp_session_info{vrf="tenant-a",peer="198.51.100.7",local_as="64999",remote_as="65077",peer_group="",description="tenant gw",remote_hostname="",interface="",remote_router_id=""} 1',
    ]);
  });
});

/** The samples of one neighbor, apart from those that every neighbor has. */
function oneNeighbor(neighbor: object, session: object = DOWN): readonly string[] {
  const always = /^frr_bgp_session_(info|bfd_enabled|down_cause)/;
  const answers = {
    summary: [{ default: { ipv4Unicast: { peers: { eth0: session } } } }],
    neighbors: [{ default: { vrfName: 'default', eth0: neighbor } }],
  };
  return lines(familiesOf(bgpNeighbors, answers)).filter((line) => !always.test(line));
}

/** As the summary reports a session that went down 8 s ago. */
const DOWN = { state: 'Active', peerUptime: '00:00:08', peerUptimeMsec: 8000 };

describe('the last reset', () => {
  test.each([
    ['FRR 10 before the first', { lastReset: 'never' }],
    ['in FRR 7.5 words', { lastResetDueTo: 'never', lastResetTimerMsecs: 1 }],
    ['not reported', {}],
  ])('%s: absent', (_, neighbor) => {
    expect(oneNeighbor(neighbor)).toEqual([]);
  });

  const cut = { lastResetTimerMsecs: 8000, lastResetDueTo: 'Neighbor address lost', lastResetCode: 26 };
  const bfd = { downLastResetDueTo: 'BFD down initiated', downLastResetCode: 24, downLastResetTimeSecs: 7 };

  test.each([
    [
      'BFD reports the failure just after the lost route',
      { ...cut, ...bfd },
      reset('eth0', 'BFD down initiated', 24),
    ],
    [
      'BFD of a time before',
      { ...cut, ...bfd, downLastResetTimeSecs: 9 },
      reset('eth0', 'Neighbor address lost', 26),
    ],
    [
      'BFD without a time',
      { ...cut, ...bfd, downLastResetTimeSecs: undefined },
      reset('eth0', 'Neighbor address lost', 26),
    ],
    [
      'a later attempt',
      { ...cut, ...bfd, downLastResetDueTo: 'No path to specified Neighbor', downLastResetCode: 27 },
      reset('eth0', 'Neighbor address lost', 26),
    ],
    [
      'BFD after a reason of its own',
      { ...cut, ...bfd, lastResetDueTo: 'Admin. shutdown', lastResetCode: 11 },
      reset('eth0', 'Admin. shutdown', 11),
    ],
  ])('with %s', (_, neighbor, expected) => {
    expect(oneNeighbor(neighbor)).toEqual([
      expected.replace('"default"', '"default"'),
      `frr_bgp_session_last_reset_timestamp_seconds{vrf="default",peer="eth0"} ${NOW - 8}`,
    ]);
  });
});

describe('the time of the last reset', () => {
  const day = 86_400;
  const hour = 3_600;
  const notice = {
    lastResetDueTo: 'BGP Notification received',
    lastResetCode: 13,
    lastNotificationReason: '',
  };
  const samplesOf = (neighbor: object, session?: object) =>
    oneNeighbor({ ...notice, ...neighbor }, session).filter((line) => line.includes('timestamp'));
  const downFor = (seconds: number) => ({ ...DOWN, peerUptime: '2d05h00m', peerUptimeMsec: seconds * 1000 });
  const upFor = (seconds: number) => ({ bgpState: 'Established', bgpTimerUpMsec: seconds * 1000 });
  const at = (age: number) => [
    `frr_bgp_session_last_reset_timestamp_seconds{vrf="default",peer="eth0"} ${NOW - age}`,
  ];

  // FRR before 10.7 reports only hours, minutes and seconds.
  test.each([
    ['down for two days', 5 * hour, downFor(2 * day + 5 * hour), 2 * day + 5 * hour],
    ['down for two days, with them', 2 * day + 5 * hour, downFor(2 * day + 5 * hour), 2 * day + 5 * hour],
    ['down for exactly a day a second after it was reported', 0, downFor(day - 1), day],
    ['down for less than a day', 5 * hour, downFor(5 * hour), 5 * hour],
  ])('%s', (_, age, session, expected) => {
    expect(samplesOf({ bgpState: 'Active', lastResetTimerMsecs: age * 1000 }, session)).toEqual(at(expected));
  });

  test.each([
    ['up for three days after an hour', hour, 3 * day, 3 * day + hour],
    ['up for three days after an hour, with them', 3 * day + hour, 3 * day, 3 * day + hour],
    ['up for minutes after days', 4 * day, 60, 4 * day],
    ['up for minutes', 70, 60, 70],
  ])('%s', (_, age, up, expected) => {
    const neighbor = { ...upFor(up), lastResetTimerMsecs: age * 1000 };
    expect(samplesOf(neighbor, { state: 'Established', peerUptime: 'x', peerUptimeMsec: up * 1000 })).toEqual(
      at(expected),
    );
  });

  test('absent where the session never was established', () => {
    const never = { state: 'Active', peerUptime: 'never', peerUptimeMsec: 0 };
    expect(samplesOf({ bgpState: 'Active', lastResetTimerMsecs: 22_000 }, never)).toEqual([]);
  });

  test('absent where the session went down between the two answers', () => {
    const established = { state: 'Established', peerUptime: '2d05h00m', peerUptimeMsec: 53 * hour * 1000 };
    expect(samplesOf({ bgpState: 'Idle', lastResetTimerMsecs: 1_000 }, established)).toEqual([]);
  });
});

test('the cause is still reported after a day', () => {
  // FRR 10.6: the age of the reset without the day, that of the report of BFD with it.
  const neighbor = {
    lastResetTimerMsecs: 8000,
    lastResetDueTo: 'Neighbor address lost',
    lastResetCode: 26,
    downLastResetDueTo: 'BFD down initiated',
    downLastResetCode: 24,
    downLastResetTimeSecs: 86_407,
  };
  expect(oneNeighbor(neighbor, { ...DOWN, peerUptimeMsec: 86_408_000 })[0]).toBe(
    reset('eth0', 'BFD down initiated', 24),
  );
});

test('timers are exported only while the session is established', () => {
  const neighbor = {
    bgpTimerHoldTimeMsecs: 9000,
    bgpTimerKeepAliveIntervalMsecs: 3000,
    estimatedRttInMsecs: 12,
  };
  expect(oneNeighbor({ ...neighbor, bgpState: 'Active' })).toEqual([]);
  expect(oneNeighbor({ ...neighbor, bgpState: 'Established' })).toEqual([
    'frr_bgp_session_hold_time_seconds{vrf="default",peer="eth0"} 9',
    'frr_bgp_session_keepalive_seconds{vrf="default",peer="eth0"} 3',
    'frr_bgp_session_rtt_seconds{vrf="default",peer="eth0"} 0.012',
  ]);
});

describe('graceful restart', () => {
  const info = { localGrMode: 'Helper*', remoteGrMode: 'Restart' };
  test.each([
    [
      'no timer',
      { ...info, timers: { configuredRestartTimer: 120 }, ipv4Unicast: { timers: { stalePathTimer: 360 } } },
      0,
    ],
    ['the restart timer', { ...info, timers: { restartTimerRemaining: 118 } }, 1],
    ['the stale path timer', { ...info, ipv6Unicast: { timers: { stalePathTimerRemaining: 0 } } }, 1],
  ])('%s', (_, gracefulRestartInfo, active) => {
    expect(oneNeighbor({ gracefulRestartInfo })).toEqual([
      `frr_bgp_session_graceful_restart_active{vrf="default",peer="eth0"} ${active}`,
      'frr_bgp_session_graceful_restart_info{vrf="default",peer="eth0",local_mode="Helper",remote_mode="Restart"} 1',
    ]);
  });
});

test('a description of any kind is one label', () => {
  const nbrDesc = 'a "quoted" {brace}\nand a second line \\ 日本';
  expect(
    lines(familiesOf(bgpNeighbors, { summary: [], neighbors: [{ default: { eth0: { nbrDesc } } }] }))[0],
  ).toBe(
    String.raw`frr_bgp_session_info{vrf="default",peer="eth0",local_as="",remote_as="",peer_group="",description="a \"quoted\" {brace}\nand a second line \\ 日本",remote_hostname="",interface="",remote_router_id=""} 1`,
  );
});

test('fields of an unexpected type affect only their own metrics', () => {
  const { families, drops } = familiesOf(bgpNeighbors, {
    summary: [{ default: { ipv4Unicast: { peers: { eth0: DOWN } } } }],
    neighbors: [
      {
        default: {
          eth0: {
            nbrDesc: { not: 'text' },
            messageStats: 'many',
            gracefulRestartInfo: [],
            prefixStats: { inboundFiltered: 'n/a', aspathLoop: '3' },
            addressFamilyInfo: {
              ipv4Unicast: {
                acceptedPrefixCounter: '21',
                prefixAllowedMax: 'n/a',
                prefixAllowedWarningThresh: 75,
              },
              ipv6Unicast: null,
            },
            lastResetDueTo: 7,
            lastResetTimerMsecs: 'long ago',
          },
        },
      },
    ],
  });
  expect(lines({ families })).toEqual([
    'frr_bgp_session_info{vrf="default",peer="eth0",local_as="",remote_as="",peer_group="",description="",remote_hostname="",interface="",remote_router_id=""} 1',
    'frr_bgp_session_last_reset_info{vrf="default",peer="eth0",reason="7",code="",notification=""} 1',
    'frr_bgp_session_bfd_enabled{vrf="default",peer="eth0"} 0',
    'frr_bgp_session_prefixes_rejected_total{vrf="default",peer="eth0",reason="as_path_loop"} 3',
    'frr_bgp_prefixes_accepted{vrf="default",peer="eth0",afi="ipv4",safi="unicast"} 21',
    'frr_bgp_prefix_limit_exceeded{vrf="default",peer="eth0",afi="ipv4",safi="unicast"} 0',
    'frr_bgp_policy_missing{vrf="default",peer="eth0",afi="ipv4",safi="unicast"} 0',
  ]);
  expect(drops.map(({ metric }) => metric)).toEqual([
    'frr_bgp_session_last_reset_timestamp_seconds',
    'frr_bgp_session_prefixes_rejected_total',
    'frr_bgp_prefix_limit',
    'frr_bgp_prefix_limit_warning_threshold',
  ]);
});
