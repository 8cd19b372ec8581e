import { describe, expect, test } from 'vitest';
import { activate, type Frr } from '../../../src/collectors/collector.ts';
import { interfaces } from '../../../src/collectors/interfaces.ts';
import type { InterfaceAddress } from '../../../src/frr/addresses.ts';
import { COMMANDS } from '../../../src/frr/commands.ts';
import type { Link } from '../../../src/frr/links.ts';
import { answering, collect, lines, recordedFrr } from './recorded.ts';

const SUMMARY = COMMANDS.bgpSummary.text;
const BFD = COMMANDS.bfdPeers.text;

const link = (name: string, up = true, carrierChanges = 1): Link => ({ interface: name, up, carrierChanges });

const on = (name: string, text: string): InterfaceAddress => {
  const [address = '', length] = text.split('/');
  return {
    interface: name,
    address,
    prefixLength: Number(length),
    afi: address.includes(':') ? 'ipv6' : 'ipv4',
  };
};

const summaryOf = (...peers: string[]) =>
  JSON.stringify({
    default: { ipv4Unicast: { peers: Object.fromEntries(peers.map((peer) => [peer, {}])) } },
  });

const NODE = [
  on('lo', '172.31.0.5/32'),
  on('eth1', '100.64.1.2/30'),
  on('eth2', '2001:db8:64::2/64'),
  on('vlan10', '10.0.0.1/8'),
  on('vlan20', '10.1.0.1/16'),
  on('red1', '192.0.2.1/24'),
  on('red2', '192.0.2.9/24'),
  on('eth1', 'fe80::1/64'),
  on('eth2', 'fe80::2/64'),
];
const LINKS = ['eth1', 'eth2', 'eth3', 'lo', 'red1', 'red2', 'vlan10', 'vlan20'].map((name) => link(name));

const namesIn = (text: readonly string[]) =>
  text.filter((line) => line.startsWith('frr_interface_up')).map((line) => /"(.*?)"/.exec(line)?.[1]);

test.each([
  ['an unnumbered peer', summaryOf('eth3'), '[]', ['eth3']],
  ['a numbered peer, by the network that it is in', summaryOf('100.64.1.1'), '[]', ['eth1']],
  ['an IPv6 peer', summaryOf('2001:db8:64::1'), '[]', ['eth2']],
  ['a peer in two networks, the smaller of which counts', summaryOf('10.1.2.3'), '[]', ['vlan20']],
  ['a peer that is several hops away', summaryOf('198.51.100.1'), '[]', []],
  ['a peer in a network that two interfaces have', summaryOf('192.0.2.5', 'fe80::9'), '[]', []],
  ['the node itself, which is no peer', summaryOf('172.31.0.5'), '[]', ['lo']],
  ['an interface that is gone', summaryOf('eth9'), '[]', []],
  ['a BFD session that names it', summaryOf(), '[{"peer":"192.0.2.5","interface":"red2"}]', ['red2']],
  ['a BFD session that does not', summaryOf(), '[{"peer":"100.64.1.1"}]', ['eth1']],
  [
    'all of them, each once',
    summaryOf('eth3', '100.64.1.1'),
    '[{"peer":"100.64.1.1","interface":"eth1"}]',
    ['eth1', 'eth3'],
  ],
])('the interface of %s', async (_, bgp, bfd, expected) => {
  const frr = answering({ [SUMMARY]: bgp, [BFD]: bfd }, NODE, LINKS);
  expect(namesIn(lines(await collect(interfaces, frr)))).toEqual(expected);
});

test('a link that is down, and how often that changed', async () => {
  const links = [link('eth1', false, 3), link('eth3', true, 0), link('eth4')];
  const frr = answering({ [SUMMARY]: summaryOf('100.64.1.1', 'eth3') }, NODE, links);
  expect(lines(await collect(interfaces, frr))).toEqual([
    'frr_interface_up{interface="eth1"} 0',
    'frr_interface_up{interface="eth3"} 1',
    'frr_interface_carrier_changes_total{interface="eth1"} 3',
    'frr_interface_carrier_changes_total{interface="eth3"} 0',
  ]);
});

test('a link of a session that has changed since the newest poll', async () => {
  const collector = activate(interfaces, {});
  const outdated = (...links: Link[]) =>
    collector.isOutdated?.({
      links: async (names = []) => links.filter((one) => [...names].includes(one.interface)),
    });
  await collect(collector, answering({ [SUMMARY]: summaryOf('100.64.1.1') }, NODE, LINKS));
  const eth1 = LINKS.find((one) => one.interface === 'eth1') as Link;
  expect(await outdated(eth1)).toBe(false);
  expect(await outdated(eth1, link('eth4', false, 9))).toBe(false);
  expect(await outdated({ ...eth1, up: !eth1.up })).toBe(true);
  expect(await outdated({ ...eth1, carrierChanges: eth1.carrierChanges + 2 })).toBe(true);
  expect(await outdated()).toBe(true);
});

test('an interface that has lost its addresses with its carrier is remembered as long as its peer is there', async () => {
  const collector = activate(interfaces, {});
  const names = async (bgp: string, addresses: readonly InterfaceAddress[]) =>
    namesIn(lines(await collect(collector, answering({ [SUMMARY]: bgp }, addresses, LINKS))));
  expect(await names(summaryOf('100.64.1.1'), NODE)).toEqual(['eth1']);
  expect(await names(summaryOf('100.64.1.1'), [])).toEqual(['eth1']);
  expect(await names(summaryOf(), [])).toEqual([]);
  expect(await names(summaryOf('100.64.1.1'), [])).toEqual([]);
});

describe('without a daemon', () => {
  test('the sessions of the other are enough', async () => {
    const frr = answering({ [BFD]: '[{"peer":"100.64.1.1","interface":"eth1"}]' }, NODE, LINKS);
    expect(namesIn(lines(await collect(interfaces, frr)))).toEqual(['eth1']);
  });

  test('the collector fails where neither answers', async () => {
    await expect(collect(interfaces, answering({}, NODE, LINKS))).rejects.toMatchObject({
      reason: 'not_running',
      daemon: 'bgpd',
    });
  });
});

test.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s: the uplinks of the node', async (version) => {
  const frr: Frr = { ...(await recordedFrr(`${version}/healthy`)), links: async () => LINKS };
  expect(namesIn(lines(await collect(interfaces, frr)))).toEqual(['eth1', 'eth2']);
});
