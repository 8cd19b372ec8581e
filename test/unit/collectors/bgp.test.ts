import { describe, expect, test } from 'vitest';
import { bgp } from '../../../src/collectors/bgp.ts';
import { collect, familiesOf, lines, recordedFrr } from './recorded.ts';

const VERSIONS = ['7.5.1', '8.4.4', '10.3', '10.7.1'];

async function pageOf(recording: string): Promise<readonly string[]> {
  return lines(await collect(bgp, await recordedFrr(recording)));
}

describe.each(VERSIONS)('FRR %s', (version) => {
  test('a dead session is one series, whatever its address families', async () => {
    const page = await pageOf(`${version}/tor2-link-down`);
    const of = (metric: string) =>
      page.filter((line) => line.startsWith(`${metric}{vrf="default",peer="eth2"`));
    expect(of('frr_bgp_session_up')).toEqual(['frr_bgp_session_up{vrf="default",peer="eth2"} 0']);
    expect(of('frr_bgp_session_state')).toEqual(['frr_bgp_session_state{vrf="default",peer="eth2"} 1']);
    expect(of('frr_bgp_session_admin_up')).toEqual(['frr_bgp_session_admin_up{vrf="default",peer="eth2"} 1']);
    expect(of('frr_bgp_session_dropped_total')).toHaveLength(1);
    expect(of('frr_bgp_session_established_timestamp_seconds')).toEqual([]);
    expect(of('frr_bgp_prefixes_received')).toEqual([
      'frr_bgp_prefixes_received{vrf="default",peer="eth2",afi="ipv4",safi="unicast"} 0',
      'frr_bgp_prefixes_received{vrf="default",peer="eth2",afi="ipv6",safi="unicast"} 0',
      'frr_bgp_prefixes_received{vrf="default",peer="eth2",afi="l2vpn",safi="evpn"} 0',
    ]);
  });

  test('down on purpose, down for its prefix limit and never up are distinguished', async () => {
    const page = await pageOf(`${version}/tor2-max-prefix-exceeded`);
    const about = (peer: string) =>
      page.filter((line) =>
        line.match(
          `^frr_bgp_session_(up|state|admin_up){vrf="default",peer="${peer.replaceAll('.', '\\.')}"}`,
        ),
      );
    expect(about('eth2')).toEqual([
      'frr_bgp_session_up{vrf="default",peer="eth2"} 0',
      'frr_bgp_session_state{vrf="default",peer="eth2"} 1',
      'frr_bgp_session_admin_up{vrf="default",peer="eth2"} 1',
    ]);
    expect(about('192.0.2.66')).toEqual([
      'frr_bgp_session_up{vrf="default",peer="192.0.2.66"} 0',
      'frr_bgp_session_state{vrf="default",peer="192.0.2.66"} 3',
      'frr_bgp_session_admin_up{vrf="default",peer="192.0.2.66"} 1',
    ]);
    expect(about('192.0.2.67')).toEqual([
      'frr_bgp_session_up{vrf="default",peer="192.0.2.67"} 0',
      'frr_bgp_session_state{vrf="default",peer="192.0.2.67"} 1',
      'frr_bgp_session_admin_up{vrf="default",peer="192.0.2.67"} 0',
    ]);
  });

  test('no sessions is an answer, a dead bgpd is none', async () => {
    expect(await pageOf(`${version}/no-bgp-configured`)).toEqual(['frr_bgp_sessions 0']);
    await expect(pageOf(`${version}/bgpd-dead`)).rejects.toMatchObject({
      reason: 'not_running',
      daemon: 'bgpd',
      message: 'bgpd is not running',
    });
  });
});

/** One IPv4 session in the default VRF, with the fields given. */
function oneSession(session: object, peer = '192.0.2.1') {
  return familiesOf(bgp, [
    { default: { ipv4Unicast: { routerId: '10.0.0.1', as: 65000, peers: { [peer]: session } } } },
  ]);
}

test.each([
  ['Idle', 1],
  ['Connect', 2],
  ['Active', 3],
  ['OpenSent', 4],
  ['OpenConfirm', 5],
  ['Established', 6],
  ['Clearing', 7],
  ['Deleted', 8],
  ['Idle (Admin)', 1],
  ['Idle (PfxCt)', 1],
])('the state %s is %i', (state, number) => {
  expect(lines(oneSession({ state }))).toEqual([
    'frr_bgp_info{vrf="default",router_id="10.0.0.1",local_as="65000"} 1',
    'frr_bgp_sessions 1',
    `frr_bgp_session_up{vrf="default",peer="192.0.2.1"} ${state === 'Established' ? 1 : 0}`,
    `frr_bgp_session_state{vrf="default",peer="192.0.2.1"} ${number}`,
    `frr_bgp_session_admin_up{vrf="default",peer="192.0.2.1"} ${state === 'Idle (Admin)' ? 0 : 1}`,
  ]);
});

test('a state that no FRR has today costs its number alone', () => {
  const { families, drops } = oneSession({ state: 'Hibernating', pfxRcd: 7 });
  expect(lines({ families })).toEqual([
    'frr_bgp_info{vrf="default",router_id="10.0.0.1",local_as="65000"} 1',
    'frr_bgp_sessions 1',
    'frr_bgp_session_up{vrf="default",peer="192.0.2.1"} 0',
    'frr_bgp_session_admin_up{vrf="default",peer="192.0.2.1"} 1',
    'frr_bgp_prefixes_received{vrf="default",peer="192.0.2.1",afi="ipv4",safi="unicast"} 7',
  ]);
  expect(drops).toEqual([
    {
      reason: 'not_a_number',
      metric: 'frr_bgp_session_state',
      labels: 'vrf="default",peer="192.0.2.1"',
      value: 'Hibernating',
    },
  ]);
});

test('AS numbers may be words, and every VRF and address family has its own series', () => {
  const summary = (as: unknown, peer: string) => ({
    routerId: '10.0.0.1',
    as,
    peers: { [peer]: { pfxRcd: 1 } },
  });
  const { families } = familiesOf(bgp, [
    {
      default: { ipv6LabeledUnicast: summary('1.10', 'swp1'), ipv6Flowspec: summary('1.10', 'swp1') },
      red: { ipv4Multicast: summary(65001, '2001:db8::1'), ipv6Vpn: summary(65001, '2001:db8::1') },
    },
    { blue: { ipv4Encap: summary(4_200_000_000, 'swp2'), linkState: summary(4_200_000_000, 'swp2') } },
  ]);
  expect(lines({ families })).toEqual([
    'frr_bgp_info{vrf="default",router_id="10.0.0.1",local_as="1.10"} 1',
    'frr_bgp_info{vrf="red",router_id="10.0.0.1",local_as="65001"} 1',
    'frr_bgp_info{vrf="blue",router_id="10.0.0.1",local_as="4200000000"} 1',
    'frr_bgp_sessions 3',
    'frr_bgp_prefixes_received{vrf="default",peer="swp1",afi="ipv6",safi="labeled-unicast"} 1',
    'frr_bgp_prefixes_received{vrf="default",peer="swp1",afi="ipv6",safi="flowspec"} 1',
    'frr_bgp_prefixes_received{vrf="red",peer="2001:db8::1",afi="ipv4",safi="multicast"} 1',
    'frr_bgp_prefixes_received{vrf="red",peer="2001:db8::1",afi="ipv6",safi="vpn"} 1',
    'frr_bgp_prefixes_received{vrf="blue",peer="swp2",afi="ipv4",safi="encap"} 1',
    'frr_bgp_prefixes_received{vrf="blue",peer="swp2",afi="link-state",safi=""} 1',
  ]);
});

test('numbers as strings are numbers, and n/a costs its own series alone', () => {
  const { families, drops } = oneSession({
    state: 'Established',
    peerUptimeEstablishedEpoch: '1795342119',
    connectionsEstablished: ' 2 ',
    connectionsDropped: 'n/a',
    msgRcvd: null,
    msgSent: '1e3',
    inq: 0,
    outq: {},
    pfxRcd: -0,
    pfxSnt: [],
  });
  expect(lines({ families })).toEqual([
    'frr_bgp_info{vrf="default",router_id="10.0.0.1",local_as="65000"} 1',
    'frr_bgp_sessions 1',
    'frr_bgp_session_up{vrf="default",peer="192.0.2.1"} 1',
    'frr_bgp_session_state{vrf="default",peer="192.0.2.1"} 6',
    'frr_bgp_session_admin_up{vrf="default",peer="192.0.2.1"} 1',
    'frr_bgp_session_established_timestamp_seconds{vrf="default",peer="192.0.2.1"} 1795342119',
    'frr_bgp_session_established_total{vrf="default",peer="192.0.2.1"} 2',
    'frr_bgp_session_messages_sent_total{vrf="default",peer="192.0.2.1"} 1000',
    'frr_bgp_session_queue_messages{vrf="default",peer="192.0.2.1",direction="in"} 0',
    'frr_bgp_prefixes_received{vrf="default",peer="192.0.2.1",afi="ipv4",safi="unicast"} 0',
  ]);
  expect(drops.map(({ metric, value }) => [metric, value])).toEqual([
    ['frr_bgp_prefixes_advertised', ''],
    ['frr_bgp_session_dropped_total', 'n/a'],
    ['frr_bgp_session_queue_messages', '[object Object]'],
  ]);
});

test.each([
  ['quotes', 'a"b"', String.raw`a\"b\"`],
  ['line feeds', 'a\nb', String.raw`a\nb`],
  ['backslashes', 'a\\n', String.raw`a\\n`],
  ['braces', 'a{b="c"} 1', String.raw`a{b=\"c\"} 1`],
  ['letters of all kinds', 'Zürich 日本 🛰', 'Zürich 日本 🛰'],
  ['half a letter', 'a\ud800b', 'a\ufffdb'],
  ['1,000 characters', 'x'.repeat(1_000), 'x'.repeat(1_000)],
  ['the name of a prototype', '__proto__', '__proto__'],
  ['nothing', '', ''],
])('a name with %s is written so that it can be read back', (_, name, written) => {
  const document = JSON.parse(
    `{${JSON.stringify(name)}:{"ipv4Unicast":{"peers":{${JSON.stringify(name)}:{"state":"Idle"}}}}}`,
  );
  expect(lines(familiesOf(bgp, [document]))).toContain(
    `frr_bgp_session_up{vrf="${written}",peer="${written}"} 0`,
  );
});

test.each([
  ['behind', 47, 45, 2],
  ['not behind', 47, 47, 0],
  ['ahead, while bgpd answers', 47, 48, 0],
])('a peer that is %s', (_, newest, sent, behind) => {
  const peers = {
    eth1: { state: 'Established', tableVersion: sent },
    eth2: { state: 'Idle', tableVersion: sent },
    // FRR before 9.0.
    eth3: { state: 'Established', tableVersion: 0 },
    eth4: { state: 'Established' },
  };
  const { families, drops } = familiesOf(bgp, [
    {
      default: {
        ipv6Unicast: { tableVersion: newest, peers },
        ipv4Unicast: { peers },
        l2VpnEvpn: { tableVersion: newest, peers },
      },
    },
  ]);
  expect(lines({ families }).filter((line) => line.includes('versions_behind'))).toEqual([
    `frr_bgp_session_table_versions_behind{vrf="default",peer="eth1",afi="ipv6",safi="unicast"} ${behind}`,
  ]);
  expect(drops).toEqual([]);
});

test('a version that is not a number costs its own series alone', () => {
  const { families, drops } = familiesOf(bgp, [
    {
      default: {
        ipv4Unicast: { tableVersion: 5, peers: { eth1: { state: 'Established', tableVersion: 'n/a' } } },
      },
    },
  ]);
  expect(lines({ families })).toContain('frr_bgp_session_up{vrf="default",peer="eth1"} 1');
  expect(drops.map(({ reason, metric }) => [reason, metric])).toEqual([
    ['not_a_number', 'frr_bgp_session_table_versions_behind'],
  ]);
});

test('a peer that appears twice is exported once and counted', () => {
  const document = { default: { ipv4Unicast: { peers: { eth0: { state: 'Established', msgRcvd: 1 } } } } };
  const again = { default: { ipv4Unicast: { peers: { eth0: { state: 'Idle', msgRcvd: 2 } } } } };
  const { families, drops } = familiesOf(bgp, [document, again]);
  expect(lines({ families })).toEqual([
    'frr_bgp_sessions 1',
    'frr_bgp_session_up{vrf="default",peer="eth0"} 1',
    'frr_bgp_session_state{vrf="default",peer="eth0"} 6',
    'frr_bgp_session_admin_up{vrf="default",peer="eth0"} 1',
    'frr_bgp_session_messages_received_total{vrf="default",peer="eth0"} 1',
  ]);
  expect(drops.map(({ reason, metric }) => [reason, metric])).toEqual([
    ['duplicate', 'frr_bgp_session_up'],
    ['duplicate', 'frr_bgp_session_state'],
    ['duplicate', 'frr_bgp_session_admin_up'],
    ['duplicate', 'frr_bgp_session_messages_received_total'],
  ]);
});

test('counters that jump back are exported as they are', () => {
  const at = (msgRcvd: number) =>
    lines(oneSession({ msgRcvd })).find((line) => line.startsWith('frr_bgp_session_messages_received_total'));
  expect([at(5), at(3)]).toEqual([
    'frr_bgp_session_messages_received_total{vrf="default",peer="192.0.2.1"} 5',
    'frr_bgp_session_messages_received_total{vrf="default",peer="192.0.2.1"} 3',
  ]);
});

test.each([
  ['nothing', []],
  ['an array', [[]]],
  ['VRFs that are no objects', [{ default: 1, red: null, blue: [], green: 'x' }]],
  [
    'address families that are no objects',
    [{ default: { ipv4Unicast: null, vrfId: 0, vrfName: 'default' } }],
  ],
  ['peers that are no objects', [{ default: { ipv4Unicast: { peers: { a: 1, b: null, c: [] } } } }]],
  ['a list of peers', [{ default: { ipv4Unicast: { peers: [{ state: 'Idle' }] } } }]],
])('%s in place of sessions are no sessions', (_, documents) => {
  expect(lines(familiesOf(bgp, documents))).toEqual(['frr_bgp_sessions 0']);
});
