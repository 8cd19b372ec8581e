/** OSPF, PIM, VRRP and RPKI with the real daemons, through vtysh and through the sockets. */
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/frr/commands.ts';
import { openSource } from '../../../src/frr/open.ts';
import { FrrError } from '../../../src/frr/source.ts';
import {
  configureRpki,
  DAEMONS,
  type Exporter,
  type Lab,
  labSource,
  type Page,
  type Running,
  startExporter,
  startLab,
  startRpkiCache,
  waitFor,
} from '../../lab/index.ts';

let lab: Lab;
let cache: Running;

beforeAll(async () => {
  lab = await startLab({ name: 'daemons', topology: DAEMONS });
  await configureRpki(lab.node);
  cache = await startRpkiCache(lab);
});
afterAll(() => lab?.stop());

const begin = (source: 'vtysh' | 'socket') =>
  startExporter({
    lab,
    source,
    flags: [
      ...['ospf', 'pim', 'vrrp', 'rpki'].map((name) => `--collector.${name}`),
      ...['--poll.interval=1s', '--poll.max-share=50%'],
    ],
  });

const TOPICS = /^frr_(ospf|pim|vrrp|rpki)_/;
/** Timestamps and running counters. */
const MOVES = /_timestamp_seconds$|_retransmissions$|advertisements_sent_total$/;

/** The samples that do not change, with labels sorted by name. */
function steady({ series }: Page): readonly string[] {
  return series
    .filter(({ name }) => TOPICS.test(name) && !MOVES.test(name))
    .map(({ name, labels, value }) => {
      const set = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
      return `${name}${set.length === 0 ? '' : `{${set.join(',')}}`} ${value}`;
    });
}

const eth1 = 'vrf="default",interface="eth1"';
const eth2 = 'vrf="default",interface="eth2"';
const neighbor1 = `${eth1},neighbor="10.0.0.1",address="100.64.1.1"`;
const neighbor2 = `${eth2},neighbor="10.0.0.2",address="100.64.2.1"`;
const register = 'vrf="default",interface="pimreg"';
const area = 'area="0.0.0.0"';
const v4 = 'interface="eth1",vrid="5",afi="ipv4"';
const v6 = 'interface="eth1",vrid="5",afi="ipv6"';
const cache1 = 'host="172.16.0.1",port="8282",mode="tcp"';
const cache2 = 'host="192.0.2.200",port="8282",mode="tcp"';

/** As topology-daemons.ts has it. */
const AT_REST = [
  `frr_ospf_neighbor_state{${neighbor1}} 8`,
  `frr_ospf_neighbor_state{${neighbor2}} 8`,
  `frr_ospf_neighbor_full{${neighbor1}} 1`,
  `frr_ospf_neighbor_full{${neighbor2}} 1`,
  `frr_ospf_interface_up{${eth1},${area}} 1`,
  `frr_ospf_interface_up{${eth2},${area}} 1`,
  `frr_ospf_interface_neighbors{${eth1},${area}} 1`,
  `frr_ospf_interface_neighbors{${eth2},${area}} 1`,
  `frr_ospf_interface_adjacencies{${eth1},${area}} 1`,
  `frr_ospf_interface_adjacencies{${eth2},${area}} 1`,
  `frr_ospf_interface_cost{${eth1},${area}} 10`,
  `frr_ospf_interface_cost{${eth2},${area}} 10`,
  `frr_pim_interface_up{${eth1}} 1`,
  `frr_pim_interface_up{${eth2}} 1`,
  `frr_pim_interface_up{${register}} 1`,
  `frr_pim_interface_neighbors{${eth1}} 1`,
  `frr_pim_interface_neighbors{${eth2}} 1`,
  `frr_pim_interface_neighbors{${register}} 0`,
  `frr_pim_interface_designated_router{${eth1}} 1`,
  `frr_pim_interface_designated_router{${eth2}} 1`,
  `frr_pim_interface_designated_router{${register}} 1`,
  `frr_vrrp_router_info{${v4},version="3",vrrp_interface="vrrp4",primary_address="100.64.1.2"} 1`,
  `frr_vrrp_router_info{${v6},version="3",vrrp_interface="",primary_address="::"} 1`,
  `frr_vrrp_router_state{${v4}} 3`,
  `frr_vrrp_router_state{${v6}} 1`,
  `frr_vrrp_router_admin_up{${v4}} 1`,
  `frr_vrrp_router_admin_up{${v6}} 1`,
  `frr_vrrp_router_priority{${v4}} 200`,
  `frr_vrrp_router_priority{${v6}} 200`,
  `frr_vrrp_router_transitions_total{${v4}} 2`,
  `frr_vrrp_router_transitions_total{${v6}} 0`,
  `frr_vrrp_router_advertisements_received_total{${v4}} 0`,
  `frr_vrrp_router_advertisements_received_total{${v6}} 0`,
  `frr_vrrp_router_address_announcements_sent_total{${v4}} 1`,
  `frr_vrrp_router_address_announcements_sent_total{${v6}} 0`,
  `frr_rpki_cache_connected{${cache1}} 1`,
  `frr_rpki_cache_connected{${cache2}} 0`,
  `frr_rpki_cache_preference{${cache1}} 1`,
  `frr_rpki_cache_preference{${cache2}} 2`,
  'frr_rpki_caches_connected 1',
];

/** Waits until a scrape has exactly these samples, and returns it. */
const untilReported = (exporter: Exporter, expected: readonly string[], what: string) =>
  waitFor(
    async () => {
      const page = await exporter.page();
      expect(steady(page)).toEqual(expected);
      return page;
    },
    { within: 60_000, for: what },
  );

test.each(['vtysh', 'socket'] as const)('every value, by %s', async (source) => {
  await using exporter = await begin(source);
  const page = await untilReported(exporter, AT_REST, 'all of it to be at rest');
  const now = Date.now() / 1000;
  for (const name of [
    'frr_ospf_neighbor_last_change_timestamp_seconds',
    'frr_pim_neighbor_up_timestamp_seconds',
  ]) {
    const times = page.find(name);
    expect(times.map(({ labels }) => labels.interface)).toEqual(['eth1', 'eth2']);
    // The laboratory is not older than that, even where its start was slow.
    for (const { value } of times) expect(now - value).toBeLessThan(400);
    for (const { value } of times) expect(value).toBeLessThanOrEqual(now + 2);
  }
  expect(page.value('frr_vrrp_router_advertisements_sent_total', { afi: 'ipv4' })).toBeGreaterThan(1);
  expect(page.value('frr_vrrp_router_advertisements_sent_total', { afi: 'ipv6' })).toBe(0);
  const { all } = await execa('promtool', ['check', 'metrics'], { input: await exporter.text(), all: true });
  expect(all).toBe('');
});

test('a link, a cache and a daemon that go', async () => {
  await using exporter = await begin('socket');
  await untilReported(exporter, AT_REST, 'all of it to be at rest');
  await lab.cut('tor2');
  await lab.node.configure('interface eth1', 'vrrp 5 shutdown');
  await cache.stop();
  const changed = new Map([
    [`frr_pim_interface_neighbors{${eth2}} 1`, `frr_pim_interface_neighbors{${eth2}} 0`],
    [
      `frr_vrrp_router_info{${v4},version="3",vrrp_interface="vrrp4",primary_address="100.64.1.2"} 1`,
      `frr_vrrp_router_info{${v4},version="3",vrrp_interface="vrrp4",primary_address=""} 1`,
    ],
    [`frr_vrrp_router_transitions_total{${v4}} 2`, `frr_vrrp_router_transitions_total{${v4}} 3`],
    [`frr_vrrp_router_state{${v4}} 3`, `frr_vrrp_router_state{${v4}} 1`],
    [`frr_vrrp_router_admin_up{${v4}} 1`, `frr_vrrp_router_admin_up{${v4}} 0`],
    [`frr_vrrp_router_admin_up{${v6}} 1`, `frr_vrrp_router_admin_up{${v6}} 0`],
    [`frr_rpki_cache_connected{${cache1}} 1`, `frr_rpki_cache_connected{${cache1}} 0`],
    ['frr_rpki_caches_connected 1', 'frr_rpki_caches_connected 0'],
  ]);
  // FRR reports nothing about OSPF on an interface without its link.
  const gone = (line: string) => line.startsWith('frr_ospf_') && line.includes(eth2);
  const left = AT_REST.filter((line) => !gone(line)).map((line) => changed.get(line) ?? line);
  await untilReported(exporter, left, 'what went down to be reported');
  await lab.kill('node', 'ospfd');
  await waitFor(async () => (await exporter.page()).value('frr_collector_up', { collector: 'ospf' }) === 0, {
    within: 30_000,
    for: 'ospfd to be missed',
  });
  const page = await exporter.page();
  for (const collector of ['pim', 'vrrp', 'rpki', 'bgp'])
    expect([collector, page.value('frr_collector_up', { collector })]).toEqual([collector, 1]);
  await lab.restart('node', 'ospfd');
});

test('no command about them harms a daemon, with neighbors down and without any', async () => {
  const { daemons } = lab.node;
  const before = daemons.map((daemon) => [daemon, lab.node.pid(daemon)]);
  const commands = Object.values(COMMANDS).filter(
    ({ daemon, text }) => /^(ospfd|pimd|vrrpd)$/.test(daemon) || text.startsWith('show rpki'),
  );
  const askEverything = async () => {
    for (const kind of ['vtysh', 'socket'] as const) {
      const { source } = await openSource(labSource(lab.node, kind));
      for (const command of commands) {
        const failure = await source.show(command, AbortSignal.timeout(20_000)).catch((error) => error);
        // `% OSPF is not enabled`
        if (failure instanceof FrrError)
          expect([command.text, failure.reason]).toEqual([command.text, 'failed']);
      }
      await source.close();
    }
  };
  expect(commands).toHaveLength(9);
  await lab.cut('tor1');
  await askEverything();
  await lab.node.configure(
    'no router ospf',
    ...['eth1', 'eth2'].flatMap((name) => [`interface ${name}`, 'no ip pim']),
    ...['interface eth1', 'no vrrp 5', 'no rpki'],
  );
  await askEverything();
  expect(daemons.map((daemon) => [daemon, lab.node.pid(daemon)])).toEqual(before);
  expect(lab.node.crashes()).toEqual([]);
});
