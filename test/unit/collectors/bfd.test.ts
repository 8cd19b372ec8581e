import { expect, test } from 'vitest';
import { bfd } from '../../../src/collectors/bfd.ts';
import { collect, familiesOf, lines, NOW, recordedFrr } from './recorded.ts';

async function pageOf(recording: string): Promise<readonly string[]> {
  return lines(await collect(bfd, await recordedFrr(recording)));
}

test.each([
  ['7.5.1', ''],
  ['8.4.4', '100.64.2.2'],
  ['10.3', '100.64.2.2'],
  ['10.7.1', '100.64.2.2'],
])(
  'FRR %s: a session that lost its link, one that is up, and one that is shut on purpose',
  async (version, local) => {
    const page = await pageOf(`${version}/tor2-link-down`);
    const tor2 = `vrf="default",peer="100.64.2.1",local="${local}",interface="eth2"`;
    const tor1 = `vrf="default",peer="100.64.1.1",local="${local.replace('.2.2', '.1.2')}",interface="eth1"`;
    const shut = 'vrf="default",peer="192.0.2.99",local="172.16.0.1",interface=""';
    for (const [set, up, state, admin] of [
      [tor1, 1, 3, 1],
      [tor2, 0, 1, 1],
      [shut, 0, 0, 0],
    ] as const) {
      expect(page).toContain(`frr_bfd_session_up{${set}} ${up}`);
      expect(page).toContain(`frr_bfd_session_state{${set}} ${state}`);
      expect(page).toContain(`frr_bfd_session_admin_up{${set}} ${admin}`);
    }
    expect(page).toContain('frr_bfd_sessions 3');
    const diagnostic = (set: string) =>
      page
        .find((line) => line.startsWith(`frr_bfd_session_info{${set}`))
        ?.match(/,diagnostic="([^"]*)"/)?.[1];
    expect(diagnostic(tor2)).toBe('control detection time expired');
    expect(page.filter((line) => line.startsWith('frr_bfd_session_down_timestamp_seconds'))).toHaveLength(1);
    expect(page.filter((line) => line.startsWith('frr_bfd_session_up_timestamp_seconds'))).toHaveLength(1);
  },
);

test('a session in a VRF', async () => {
  for (const version of ['8.4.4', '10.3', '10.7.1'])
    expect(await pageOf(`${version}/every-kind`)).toContain(
      'frr_bfd_session_up{vrf="tenant-b",peer="100.65.0.1",local="100.65.0.2",interface="ten0"} 1',
    );
});

test('times and intervals are in seconds, whatever FRR calls them', () => {
  const session = { vrf: 'default', peer: '192.0.2.1', local: '192.0.2.2', interface: 'eth0' };
  const set = '{vrf="default",peer="192.0.2.1",local="192.0.2.2",interface="eth0"}';
  const page = (more: object) =>
    lines(familiesOf(bfd, { sessions: [{ ...session, ...more }], counters: [] })).filter(
      (line) => !/_(info|sessions)\b/.test(line),
    );
  expect(
    page({ uptime: 25, 'receive-interval': 300, 'echo-interval': 50, 'remote-echo-interval': 0 }),
  ).toEqual([
    `frr_bfd_session_up_timestamp_seconds${set} ${NOW - 25}`,
    `frr_bfd_session_receive_interval_seconds${set} 0.3`,
    `frr_bfd_session_echo_transmit_interval_seconds${set} 0.05`,
    `frr_bfd_session_remote_echo_receive_interval_seconds${set} 0`,
  ]);
  expect(
    page({
      downtime: '7',
      'transmit-interval': 1000,
      'echo-receive-interval': 50,
      'echo-transmit-interval': 100,
      'remote-receive-interval': 10,
      'remote-transmit-interval': 20,
      'remote-echo-receive-interval': 30,
      'rtt-min': 20,
      'rtt-avg': 43,
      'rtt-max': 66,
    }),
  ).toEqual([
    `frr_bfd_session_down_timestamp_seconds${set} ${NOW - 7}`,
    `frr_bfd_session_transmit_interval_seconds${set} 1`,
    `frr_bfd_session_echo_receive_interval_seconds${set} 0.05`,
    `frr_bfd_session_echo_transmit_interval_seconds${set} 0.1`,
    `frr_bfd_session_remote_receive_interval_seconds${set} 0.01`,
    `frr_bfd_session_remote_transmit_interval_seconds${set} 0.02`,
    `frr_bfd_session_remote_echo_receive_interval_seconds${set} 0.03`,
    `frr_bfd_session_rtt_min_seconds${set} 0.00002`,
    `frr_bfd_session_rtt_avg_seconds${set} 0.000043`,
    `frr_bfd_session_rtt_max_seconds${set} 0.000066`,
  ]);
  expect(page({ 'rtt-min': 0, 'rtt-avg': 0, 'rtt-max': 0 })).toEqual([]);
});

test.each([
  ['shutdown', 0, 0, 0],
  ['down', 0, 1, 1],
  ['init', 0, 2, 1],
  ['up', 1, 3, 1],
])('the status %s', (status, up, state, admin) => {
  const set = '{vrf="",peer="192.0.2.1",local="",interface=""}';
  expect(lines(familiesOf(bfd, { sessions: [{ peer: '192.0.2.1', status }], counters: [] }))).toEqual([
    'frr_bfd_session_info{vrf="",peer="192.0.2.1",local="",interface="",diagnostic="",remote_diagnostic="",type="",profile="",multihop=""} 1',
    'frr_bfd_sessions 1',
    `frr_bfd_session_up${set} ${up}`,
    `frr_bfd_session_state${set} ${state}`,
    `frr_bfd_session_admin_up${set} ${admin}`,
  ]);
});

test('an unknown status affects only its own metric', () => {
  const { families, drops } = familiesOf(bfd, {
    sessions: [{ peer: '192.0.2.1', status: 'unknown' }],
    counters: [],
  });
  expect(lines({ families }).filter((line) => /_(up|state|admin_up){/.test(line))).toEqual([
    'frr_bfd_session_up{vrf="",peer="192.0.2.1",local="",interface=""} 0',
    'frr_bfd_session_admin_up{vrf="",peer="192.0.2.1",local="",interface=""} 1',
  ]);
  expect(drops.map(({ metric, value }) => [metric, value])).toEqual([['frr_bfd_session_state', 'unknown']]);
});

test.each([
  ['no document', undefined],
  ['an object', {}],
  ['things that are no sessions', [1, null, 'x', []]],
])('%s in place of sessions', (_, answer) => {
  const { families, drops } = familiesOf(bfd, { sessions: answer, counters: answer });
  expect(families.some(({ descriptor }) => descriptor.name === 'frr_bfd_sessions')).toBe(
    Array.isArray(answer),
  );
  expect(drops.filter(({ reason }) => reason === 'not_a_number')).toEqual([]);
});
