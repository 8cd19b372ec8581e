import { describe, expect, test } from 'vitest';
import type { Turns } from '../../../src/base/turns.ts';
import { bgp } from '../../../src/collectors/bgp.ts';
import { type ActiveCollector, activate, type Frr } from '../../../src/collectors/collector.ts';
import type { BgpNameSettings } from '../../../src/collectors/compat/bgp.ts';
import type { Families } from '../../../src/metrics/family.ts';
import { createFamilyBuilder } from '../../../src/metrics/family-builder.ts';
import { answering, collect, collectors, lines, recordedFrr } from './recorded.ts';

const named = (name: string, settings: Partial<BgpNameSettings> = {}) => {
  const all = collectors({ enabled: true, ...settings });
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no collector ${name}`);
  return found;
};

const SUMMARY = 'show bgp vrf all summary json';
const NEIGHBORS = 'show bgp vrf all neighbors json';

const session = (more: object = {}) => ({
  remoteAs: 65001,
  msgRcvd: 1,
  msgSent: 2,
  pfxRcd: 3,
  pfxSnt: 4,
  peerUptimeMsec: 5_000,
  state: 'Established',
  ...more,
});

const summaryOf = (peers: object, family = 'ipv4Unicast', vrf = 'default') =>
  JSON.stringify({ [vrf]: { [family]: { as: 64999, peerCount: Object.keys(peers).length, peers } } });

const neighborsOf = (descriptions: Readonly<Record<string, string>>, peerGroup?: string) =>
  JSON.stringify({
    default: Object.fromEntries(
      Object.entries(descriptions).map(([peer, nbrDesc]) => [peer, { nbrDesc, peerGroup }]),
    ),
  });

const ofMetric = (text: readonly string[], name: string) =>
  text.filter((line) => line.startsWith(`${name}{`));

describe('a recording of FRR 8.4.4', () => {
  test('every name is unique and declared', async () => {
    const frr = await recordedFrr('8.4.4/every-kind');
    const all = collectors({ enabled: true });
    const names = all.flatMap(({ descriptors }) => descriptors.map(({ name }) => name));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const collector of all.filter(({ enabledByDefault }) => enabledByDefault)) {
      const { families, drops } = await collect(collector, frr).catch(() => ({ families: [], drops: [] }));
      expect(drops).toEqual([]);
      for (const { descriptor } of families) expect(collector.descriptors).toContain(descriptor);
    }
  });

  test('our metrics are included, and metrics of the same name are those of frr_exporter', async () => {
    const text = lines(await collect(named('bgp'), await recordedFrr('8.4.4/every-kind')));
    expect(ofMetric(text, 'frr_bgp_session_up')).toHaveLength(9);
    expect(ofMetric(text, 'frr_bgp_peer_state').filter((line) => line.includes('"192.0.2.67"'))).toEqual([
      'frr_bgp_peer_state{afi="ipv4",local_as="64999",peer="192.0.2.67",peer_as="64667",safi="unicast",vrf="default"} 2',
    ]);
    for (const line of ofMetric(text, 'frr_bgp_rib_memory_bytes')) expect(line).toContain('local_as="');
  });
});

describe('BGP', () => {
  test('no series of an address family without peers; VRFs and families in small letters', async () => {
    const none = { ipv6Unicast: { as: 1, peerCount: 0, ribCount: 0, peers: {} } };
    const some = { ipv4LabeledUnicast: { as: 1, peerCount: 1, ribCount: 7, peers: {} } };
    const frr = answering({ [SUMMARY]: JSON.stringify({ Red: { ...none, ...some } }) });
    const text = lines(await collect(named('bgp'), frr));
    expect(ofMetric(text, 'frr_bgp_rib_count_total')).toEqual([
      'frr_bgp_rib_count_total{afi="ipv4",local_as="1",safi="labeledunicast",vrf="red"} 7',
    ]);
  });

  test.each<[string, Partial<BgpNameSettings>, string]>([
    ['no flag', {}, 'peer_as="65001",safi="unicast"'],
    ['descriptions', { descriptions: true }, 'peer_as="65001",peer_desc="tor1",safi="unicast"'],
    [
      'plain descriptions',
      { descriptions: true, plainDescriptions: true },
      String.raw`peer_as="65001",peer_desc="{\"Desc\":\"tor1\"}",safi="unicast"`,
    ],
    ['groups', { groups: true }, 'peer_as="65001",peer_group="uplink",safi="unicast"'],
    ['hostnames', { hostnames: true }, 'peer_as="65001",peer_hostname="tor",safi="unicast"'],
    [
      'all of them',
      { descriptions: true, groups: true, hostnames: true },
      'peer_as="65001",peer_desc="tor1",peer_group="uplink",peer_hostname="tor",safi="unicast"',
    ],
  ])('labels with %s', async (_, settings, set) => {
    const frr = answering({
      [SUMMARY]: summaryOf({ '192.0.2.1': session({ hostname: 'tor' }) }),
      [NEIGHBORS]: neighborsOf({ '192.0.2.1': '{"Desc":"tor1"}' }, 'uplink'),
    });
    expect(ofMetric(lines(await collect(named('bgp', settings), frr)), 'frr_bgp_peer_state')).toEqual([
      `frr_bgp_peer_state{afi="ipv4",local_as="64999",peer="192.0.2.1",${set},vrf="default"} 1`,
    ]);
  });

  test.each(['', 'tor1', '{"desc":', '[]', '{"desc":7}', 'null', '{"desc":null}'])(
    'the description %j has no part that is one',
    async (nbrDesc) => {
      const frr = answering({
        [SUMMARY]: summaryOf({ '192.0.2.1': session() }),
        [NEIGHBORS]: neighborsOf({ '192.0.2.1': nbrDesc }),
      });
      const text = lines(await collect(named('bgp', { descriptions: true, types: true }), frr));
      expect(ofMetric(text, 'frr_bgp_peer_state')[0]).toContain('peer_desc="",');
      expect(ofMetric(text, 'frr_bgp_peer_types_up')).toEqual([]);
    },
  );

  test('types of peers, by several members', async () => {
    const frr = answering({
      [SUMMARY]: summaryOf({ a: session(), b: session({ state: 'Active' }), c: session() }),
      [NEIGHBORS]: neighborsOf({
        a: '{"type":"uplink","site":" north "}',
        b: '{"type":"guest"}',
        c: '{"type":"uplink","site":5}',
      }),
    });
    const text = lines(await collect(named('bgp', { types: true, typeKeys: ['type', 'site'] }), frr));
    expect(ofMetric(text, 'frr_bgp_peer_types_up')).toEqual([
      'frr_bgp_peer_types_up{afi="ipv4",safi="unicast",type="uplink"} 2',
      'frr_bgp_peer_types_up{afi="ipv4",safi="unicast",type="north"} 1',
      'frr_bgp_peer_types_up{afi="ipv4",safi="unicast",type="guest"} 0',
    ]);
  });

  test('the neighbors are queried once, and then come from the collector bgp-neighbors', async () => {
    const all = collectors({ enabled: true, descriptions: true });
    const [bgp, bgpNeighbors] = ['bgp', 'bgp-neighbors'].map((name) => all.find((one) => one.name === name));
    if (bgp === undefined || bgpNeighbors === undefined) throw new Error('no such collector');
    const answers = {
      [SUMMARY]: summaryOf({ a: session() }),
      [NEIGHBORS]: neighborsOf({ a: '{"desc":"before"}' }),
    };
    const described = async () =>
      /peer_desc="(.*?)"/.exec(
        ofMetric(lines(await collect(bgp, answering(answers))), 'frr_bgp_peer_state')[0] ?? '',
      )?.[1];
    expect(await described()).toBe('before');
    answers[NEIGHBORS] = neighborsOf({ a: '{"desc":"after"}' });
    expect(await described()).toBe('before');
    await collect(bgpNeighbors, answering(answers));
    expect(await described()).toBe('after');
  });

  test('without an answer about the neighbors the peers are still exported', async () => {
    const frr = answering({ [SUMMARY]: summaryOf({ a: session() }), [NEIGHBORS]: 'timed_out' });
    const text = lines(await collect(named('bgp', { groups: true }), frr));
    expect(ofMetric(text, 'frr_bgp_session_up')).toHaveLength(1);
    expect(ofMetric(text, 'frr_bgp_peer_state')[0]).toContain('peer_group="",');
  });

  test('1,000 sessions do not block other work', async () => {
    const peers = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`eth${i}`, session()]));
    const families = { as: 64999, peerCount: 1_000, peers };
    const document = { default: { ipv4Unicast: families, ipv6Unicast: families, l2VpnEvpn: families } };
    const turns = (work: Turns<Families>) => {
      let count = 0;
      while (!work.next().done) count++;
      return count;
    };
    const building = ({ descriptors, families }: ActiveCollector, answers: unknown) =>
      createFamilyBuilder(descriptors)((build) => families(answers, { ...build, now: 0 }));
    const compat = building(named('bgp'), { own: [document], more: undefined });
    const plain = building(activate(bgp, {}), [document]);
    // Seven series more for each session in each of three families, two thousand a turn.
    expect(turns(compat) - turns(plain)).toBeGreaterThanOrEqual(8);
  });
});

test('an unsupported OSPF command affects only its own metrics', async () => {
  const text = lines(await collect(named('ospf'), await recordedFrr('7.5.1/other-daemons')));
  expect(ofMetric(text, 'frr_ospf_interface_up')).toHaveLength(2);
  expect(ofMetric(text, 'frr_ospf_neighbors')).toEqual([
    'frr_ospf_neighbors{area="0.0.0.0",iface="eth1",vrf="default"} 1',
    'frr_ospf_neighbors{area="0.0.0.0",iface="eth2",vrf="default"} 1',
  ]);
  expect(ofMetric(text, 'frr_ospf_neighbor_state')).toEqual([
    'frr_ospf_neighbor_state{iface="eth1",local_address="100.64.1.2",neighbor="10.0.0.1",remote_address="100.64.1.1",vrf="default"} 7',
    'frr_ospf_neighbor_state{iface="eth2",local_address="100.64.2.2",neighbor="10.0.0.2",remote_address="100.64.2.1",vrf="default"} 7',
  ]);
  expect(ofMetric(text, 'frr_ospf_data_ls_max_age')).toEqual([]);
});

test.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('further OSPF commands, FRR %s', async (version) => {
  const text = lines(await collect(named('ospf'), await recordedFrr(`${version}/other-daemons`)));
  expect(text.filter((line) => /^frr_ospf_(lsa|area|data)_/.test(line))).toEqual([
    'frr_ospf_lsa_external_counter{vrf="default"} 0',
    'frr_ospf_lsa_as_opaque_counter{vrf="default"} 0',
    'frr_ospf_area_lsa_number{area="0.0.0.0",vrf="default"} 3',
    'frr_ospf_area_lsa_network_number{area="0.0.0.0",vrf="default"} 0',
    'frr_ospf_area_lsa_summary_number{area="0.0.0.0",vrf="default"} 0',
    'frr_ospf_area_lsa_asbr_number{area="0.0.0.0",vrf="default"} 0',
    'frr_ospf_area_lsa_nssa_number{area="0.0.0.0",vrf="default"} 0',
    // FRR 7.5 does not know the command.
    ...(version === '7.5.1' ? [] : ['frr_ospf_data_ls_max_age{vrf="default"} 0']),
  ]);
  expect(ofMetric(text, 'frr_ospf_neighbor_state').map((line) => line.at(-1))).toEqual(['7', '7']);
});

test('numbers of LSAs', async () => {
  const frr = answering({
    'show ip ospf vrf all neighbor json': '{}',
    'show ip ospf vrf all interface json': '{}',
    'show ip ospf vrf all json': JSON.stringify({
      Red: {
        lsaExternalCounter: 2,
        lsaAsopaqueCounter: 3,
        areas: { '0.0.0.0': { lsaNumber: 4, lsaNetworkNumber: 1, lsaSummaryNumber: 0, lsaNssaNumber: 5 } },
      },
    }),
    'show ip ospf vrf all database max-age json': '{"default":{"maxAgeLinkStates":{"10.0.0.1":{}}}}',
  });
  expect(lines(await collect(named('ospf'), frr))).toEqual([
    'frr_ospf_lsa_external_counter{vrf="red"} 2',
    'frr_ospf_lsa_as_opaque_counter{vrf="red"} 3',
    'frr_ospf_area_lsa_number{area="0.0.0.0",vrf="red"} 4',
    'frr_ospf_area_lsa_network_number{area="0.0.0.0",vrf="red"} 1',
    'frr_ospf_area_lsa_summary_number{area="0.0.0.0",vrf="red"} 0',
    'frr_ospf_area_lsa_nssa_number{area="0.0.0.0",vrf="red"} 5',
    'frr_ospf_data_ls_max_age{vrf="default"} 1',
  ]);
});

describe('status', () => {
  test('version and system', async () => {
    const text = lines(await collect(named('daemons'), await recordedFrr('8.4.4/healthy')));
    expect(ofMetric(text, 'frr_status_up')).toHaveLength(1);
    expect(ofMetric(text, 'frr_status_up')[0]).toMatch(
      /^frr_status_up\{os="Linux\(.+\)",version="8\.4\.4"\} 1$/,
    );
    expect(text).toContain('frr_scrapes_total 1');
  });

  test('poll duration and success, with the names of frr_exporter', async () => {
    const collectorsOf = collectors({ enabled: true });
    const poll = async (name: string) =>
      collect(
        collectorsOf.find((one) => one.name === name) as ActiveCollector,
        answering({ 'show version': 'x' }),
      );
    await expect(poll('bgp')).rejects.toMatchObject({ reason: 'not_running' });
    const text = lines(await poll('daemons'));
    const names = ofMetric(text, 'frr_scrape_duration_seconds').map(
      (line) => /collector="(.*?)"/.exec(line)?.[1],
    );
    expect(names).toEqual(['bgp', 'bgp6', 'bgpl2vpn', 'status']);
    expect(lines(await poll('daemons'))).toContain('frr_scrapes_total 2');
  });

  test('zebra does not answer', async () => {
    const frr = answering({ 'show version': 'timed_out', 'show version bgpd': 'FRRouting 8.4.4 (node).' });
    expect(ofMetric(lines(await collect(named('daemons'), frr)), 'frr_status_up')).toEqual([
      'frr_status_up{os="unknown",version="unknown"} 0',
    ]);
  });
});

test.each([
  ['nothing', undefined],
  ['a list', [1, null]],
  ['odd members', { default: 1, red: { ipv4Unicast: { peers: { a: 1, b: {} } }, areas: 7, eth1: { x: 1 } } }],
])('%s in place of an answer: nothing that is added fails', async (_, answer) => {
  const frr: Frr = {
    ...answering({}),
    json: async () => [answer],
    jsonEach: async (commands) => commands.map(() => answer),
    routes: async () => [],
    documentsEach: async (commands) => commands.map(() => [answer]),
    text: async () => '',
  };
  const bare = collectors();
  for (const collector of collectors({ enabled: true, types: true, groups: true })) {
    const own = new Set(bare.find(({ name }) => name === collector.name)?.descriptors);
    const { drops } = await collect(collector, frr);
    const added = collector.descriptors.filter((descriptor) => !own.has(descriptor));
    const dropped = drops.filter(({ metric }) => added.some(({ name }) => name === metric));
    expect(dropped.filter(({ reason }) => reason !== 'duplicate')).toEqual([]);
  }
});
