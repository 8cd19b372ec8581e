import { describe, expect, test } from 'vitest';
import { ospf } from '../../../src/collectors/ospf.ts';
import { pim } from '../../../src/collectors/pim.ts';
import { rpki } from '../../../src/collectors/rpki.ts';
import { vrrp } from '../../../src/collectors/vrrp.ts';
import { familiesOf, lines, NOW } from './recorded.ts';

describe('OSPF', () => {
  const neighbors = (fields: object) => ({ default: { neighbors: { '10.0.0.1': [fields] } } });

  test.each([
    ['Down', 1, 0],
    ['Attempt', 2, 0],
    ['Init/DROther', 3, 0],
    ['2-Way/DROther', 4, 0],
    ['ExStart/BDR', 5, 0],
    ['Exchange/DR', 6, 0],
    ['Loading/DR', 7, 0],
    ['Full/-', 8, 1],
    ['Full/Backup', 8, 1],
  ])('the state %s is %i', (nbrState, state, full) => {
    const set = '{vrf="default",interface="eth1",neighbor="10.0.0.1",address="192.0.2.1"}';
    const expected = [`frr_ospf_neighbor_state${set} ${state}`, `frr_ospf_neighbor_full${set} ${full}`];
    const now = neighbors({ nbrState, ifaceName: 'eth1:192.0.2.2', ifaceAddress: '192.0.2.1' });
    const before = neighbors({ state: nbrState, ifaceName: 'eth1:192.0.2.2', address: '192.0.2.1' });
    expect(lines(familiesOf(ospf, { neighbors: now, interfaces: {} }))).toEqual(expected);
    expect(lines(familiesOf(ospf, { neighbors: before, interfaces: {} }))).toEqual(expected);
  });

  test('two VRFs, and a neighbor on two interfaces', () => {
    const on = (name: string) => ({
      nbrState: 'Full/DR',
      ifaceName: `${name}:192.0.2.2`,
      ifaceAddress: '192.0.2.1',
    });
    const answer = {
      default: { neighbors: { '10.0.0.1': [on('eth1'), on('eth2')] } },
      red: { neighbors: { '10.0.0.1': [on('eth1')] } },
    };
    expect(lines(familiesOf(ospf, { neighbors: answer, interfaces: {} })).slice(0, 3)).toEqual([
      'frr_ospf_neighbor_state{vrf="default",interface="eth1",neighbor="10.0.0.1",address="192.0.2.1"} 8',
      'frr_ospf_neighbor_state{vrf="default",interface="eth2",neighbor="10.0.0.1",address="192.0.2.1"} 8',
      'frr_ospf_neighbor_state{vrf="red",interface="eth1",neighbor="10.0.0.1",address="192.0.2.1"} 8',
    ]);
  });
});

test('PIM: an interface that is down, and where another router is the designated one', () => {
  const interfaces = { default: { eth1: { state: 'down', pimNeighbors: 0 } } };
  const neighbors = {
    red: { eth2: { '192.0.2.1': { upTime: '1d02h03m' }, '192.0.2.2': { upTime: 'n/a' } } },
  };
  expect(lines(familiesOf(pim, { neighbors, interfaces }))).toEqual([
    `frr_pim_neighbor_up_timestamp_seconds{vrf="red",interface="eth2",neighbor="192.0.2.1"} ${NOW - 93_780}`,
    'frr_pim_interface_up{vrf="default",interface="eth1"} 0',
    'frr_pim_interface_neighbors{vrf="default",interface="eth1"} 0',
    'frr_pim_interface_designated_router{vrf="default",interface="eth1"} 0',
  ]);
});

describe('VRRP', () => {
  const half = (status: string, stats: object = {}) => ({ addresses: ['192.0.2.1'], status, stats });

  test.each([
    ['Initialize', 1],
    ['Backup', 2],
    ['Master', 3],
  ])('the state %s is %i', (status, state) => {
    const group = {
      interface: 'eth1',
      vrid: 7,
      shutdown: true,
      v4: half(status),
      v6: { addresses: [], status },
    };
    expect(lines(familiesOf(vrrp, [[group]]))).toEqual([
      'frr_vrrp_router_info{interface="eth1",vrid="7",afi="ipv4",version="",vrrp_interface="",primary_address=""} 1',
      `frr_vrrp_router_state{interface="eth1",vrid="7",afi="ipv4"} ${state}`,
      'frr_vrrp_router_admin_up{interface="eth1",vrid="7",afi="ipv4"} 0',
    ]);
  });

  test('what IPv4 calls ARP is a neighbor advertisement in IPv6', () => {
    const group = { vrid: 7, v4: half('Master', { garpTx: 2 }), v6: half('Master', { neighborAdverTx: 3 }) };
    expect(lines(familiesOf(vrrp, [[group]])).filter((line) => line.includes('announcements'))).toEqual([
      'frr_vrrp_router_address_announcements_sent_total{interface="",vrid="7",afi="ipv4"} 2',
      'frr_vrrp_router_address_announcements_sent_total{interface="",vrid="7",afi="ipv6"} 3',
    ]);
  });
});

describe('RPKI', () => {
  const cache = { mode: 'tcp', host: '192.0.2.1', port: '8282', preference: 1 };
  const ssh = { mode: 'ssh', host: '192.0.2.2', port: 22, preference: 2 };
  const servers = { servers: [cache, ssh] };

  test.each([
    [
      'one is connected',
      {
        connections: [
          { ...cache, state: 'connected' },
          { ...ssh, state: 'disconnected' },
        ],
      },
      [1, 0, 1],
    ],
    [
      'both are',
      {
        connections: [
          { ...cache, state: 'connected' },
          { ...ssh, state: 'connected' },
        ],
      },
      [1, 1, 2],
    ],
    ['none is, in words of FRR 8.4', {}, [0, 0, 0]],
    ['none is, in words of FRR 10', { error: 'No connection to RPKI cache server.' }, [0, 0, 0]],
  ])('%s', (_, connections, [first, second, all]) => {
    expect(lines(familiesOf(rpki, { servers, connections }))).toEqual([
      `frr_rpki_cache_connected{host="192.0.2.1",port="8282",mode="tcp"} ${first}`,
      `frr_rpki_cache_connected{host="192.0.2.2",port="22",mode="ssh"} ${second}`,
      'frr_rpki_cache_preference{host="192.0.2.1",port="8282",mode="tcp"} 1',
      'frr_rpki_cache_preference{host="192.0.2.2",port="22",mode="ssh"} 2',
      `frr_rpki_caches_connected ${all}`,
    ]);
  });
});

test.each([
  ['nothing', undefined],
  ['a list', [1, null]],
  [
    'odd members',
    {
      default: 1,
      red: { neighbors: { x: 1, y: [1] }, interfaces: 7, eth1: 1 },
      servers: [1],
      connections: 2,
    },
  ],
])('%s in place of an answer: no collector fails', (_, answer) => {
  familiesOf(ospf, { neighbors: answer, interfaces: answer });
  familiesOf(pim, { neighbors: answer, interfaces: answer });
  familiesOf(vrrp, [answer]);
  expect(lines(familiesOf(rpki, { servers: {}, connections: answer }))).toEqual([
    'frr_rpki_caches_connected 0',
  ]);
});
