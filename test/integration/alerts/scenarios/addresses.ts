/** Addresses that must be announced: by somebody, and by no more than one. */
import { healthy } from '../fleet.ts';
import type { Scenario, Steps } from '../scenario.ts';

const ADVERTISED = 'frr_host_route_advertised_peers';
const vip = (address: string, name = 'lo') => ({ address, interface: name, afi: 'ipv4' });
/** A kernel route of a VRF. */
const inVrf = (address: string) => ({ ...vip(address, 'ten0'), vrf: 'tenant', origin: 'kernel' });
/** As the recording rule makes it of `addresses_file`. */
const listed = (address: string, kind: 'must-exist' | 'anycast', steps: Steps = 1) => ({
  metric: 'address:frr_address_listed:info',
  labels: { address, kind },
  steps,
});

export const ADDRESSES: readonly Scenario[] = [
  {
    name: 'a VIP that no node has any more; a floating IP that was deleted',
    about: ['FRRAddressGone'],
    every: '1m',
    until: '10m',
    series: healthy(2)
      .announces('node-1', '192.0.2.10', { '0s': 2, '5m': 'stale' }, 'lo')
      .announces('node-1', '203.0.113.99', { '0s': 2, '5m': 'stale' }).series,
    checks: [
      // Carried for a minute.
      { at: '7m', firing: [] },
      {
        at: '10m',
        firing: ['FRRAddressGone critical address=192.0.2.10'],
        texts: {
          FRRAddressGone: {
            labels: { severity: 'critical', cluster: 'cloud-1', address: '192.0.2.10' },
            title: '192.0.2.10 is on no node',
            description:
              'No node has 192.0.2.10 any more. It is a VIP that was announced within the last day, or it is listed in addresses_file.',
            impact: 'The service behind this address is unreachable.',
          },
        },
      },
    ],
  },
  {
    name: 'a VIP that no node has had for a day',
    about: ['FRRAddressGone'],
    every: '4m',
    until: '25h',
    series: healthy(2)
      .add('node-1', ADVERTISED, vip('192.0.2.10'), { '0s': 2, '8m': 'stale' })
      .add('node-1', ADVERTISED, vip('203.0.113.99', 'br-ex'), { '0s': 2, '8m': 'stale' }).series,
    checks: [
      { at: '23h52m', firing: ['FRRAddressGone critical address=192.0.2.10'] },
      { at: '24h20m', firing: [] },
    ],
  },
  {
    name: 'a VIP moves to another node within two minutes, one stays but is not announced',
    about: ['FRRAddressGone'],
    only: new Set(['FRRAddressGone']),
    every: '10s',
    until: '20m',
    series: healthy(2)
      .announces('node-1', '192.0.2.10', { '0s': 2, '5m': 'stale' }, 'lo')
      .announces('node-2', '192.0.2.10', { '0s': 'missing', '7m': 2 }, 'lo')
      .announces('node-1', '192.0.2.11', { '0s': 2, '5m': 0 }, 'lo').series,
    checks: ['8m', '9m20s', '19m'].map((at) => ({ at, firing: [] })),
  },
  {
    name: 'a VIP is gone with its node, or because its addresses cannot be read',
    about: ['FRRAddressGone'],
    only: new Set(['FRRAddressGone']),
    every: '10s',
    until: '20m',
    series: healthy(2)
      .announces('node-1', '192.0.2.10', 2, 'lo')
      .announces('node-2', '192.0.2.11', { '0s': 2, '5m': 'stale' }, 'lo')
      .add('node-2', 'frr_collector_up', { collector: 'host-routes' }, { '0s': 1, '5m': 0 })
      .nodeDown('node-1', ['5m', '20m']).series,
    checks: [{ at: '15m', firing: [] }],
  },
  {
    name: 'a listed address that nobody announces, or nobody ever did; one that a node has has its own alert',
    about: ['FRRAddressGone', 'FRRHostRouteNotAdvertised'],
    only: new Set(['FRRAddressGone', 'FRRHostRouteNotAdvertised']),
    every: '10s',
    until: '20m',
    series: [
      ...healthy(2)
        .announces('node-1', '192.0.2.10', 2, 'lo')
        .announces('node-2', '192.0.2.12', 0)
        .nodeDown('node-1', ['10m', '20m']).series,
      listed('192.0.2.10', 'must-exist'),
      listed('192.0.2.11', 'must-exist'),
      listed('192.0.2.12', 'must-exist'),
      listed('192.0.2.13', 'anycast'),
    ],
    checks: [
      {
        at: '9m',
        firing: [
          'FRRAddressGone critical address=192.0.2.11',
          'FRRHostRouteNotAdvertised critical node-2 afi=ipv4 address=192.0.2.12',
        ],
      },
      {
        at: '15m',
        firing: [
          'FRRAddressGone critical address=192.0.2.10',
          'FRRAddressGone critical address=192.0.2.11',
          'FRRHostRouteNotAdvertised critical node-2 afi=ipv4 address=192.0.2.12',
        ],
      },
    ],
  },
  {
    name: 'a kernel route of a VRF goes out as a type 5 route, then is filtered; one that leaks is announced elsewhere',
    about: ['FRRHostRouteNotAdvertised'],
    only: new Set(['FRRHostRouteNotAdvertised']),
    every: '10s',
    until: '20m',
    series: healthy(1)
      .add('node-1', ADVERTISED, inVrf('203.0.113.30'), { '0s': 2, '10m': 0 })
      .add('node-1', 'frr_host_route_evpn_advertised_peers', inVrf('203.0.113.30'), { '0s': 2, '10m': 0 })
      .add('node-1', ADVERTISED, inVrf('203.0.113.31'), 2)
      .add('node-1', ADVERTISED, { ...inVrf('203.0.113.31'), vrf: 'default', origin: 'leaked' }, 2).series,
    checks: [
      { at: '9m', firing: [] },
      {
        at: '12m',
        firing: ['FRRHostRouteNotAdvertised critical node-1 vrf=tenant afi=ipv4 address=203.0.113.30'],
      },
    ],
  },
  {
    name: 'tenants of two nodes have the same address in VRFs of their own',
    about: ['FRRAddressDuplicated'],
    only: new Set(['FRRAddressDuplicated']),
    every: '10s',
    until: '10m',
    series: healthy(2)
      .add('node-1', ADVERTISED, inVrf('10.0.0.1'), 2)
      .add('node-2', ADVERTISED, { ...inVrf('10.0.0.1'), vrf: 'other' }, 2).series,
    checks: [{ at: '9m', firing: [] }],
  },
  {
    name: 'fifty addresses that were never announced',
    about: ['FRRHostRouteNotAdvertised'],
    every: '10s',
    until: '10m',
    series: Array.from({ length: 50 }, (_, i) => i).reduce(
      (fleet, i) => fleet.announces('node-1', `10.96.0.${i}`, 0, 'kube-ipvs0'),
      healthy(1),
    ).series,
    checks: [{ at: '9m', firing: [] }],
  },
  {
    name: 'two nodes announce an address: a ticket, a page if it is listed, nothing if it is anycast',
    about: ['FRRAddressDuplicated'],
    every: '10s',
    until: '12m',
    series: [
      ...['192.0.2.10', '192.0.2.11', '192.0.2.12'].reduce(
        (fleet, address) =>
          fleet
            .announces('node-1', address, 2, 'lo')
            .announces('node-2', address, { '0s': 0, '5m': 1, '10m': 0 }, 'lo'),
        healthy(2),
      ).series,
      listed('192.0.2.11', 'must-exist'),
      listed('192.0.2.12', 'anycast'),
      listed('192.0.2.12', 'must-exist'),
    ],
    checks: [
      { at: '6m50s', firing: [] },
      {
        at: '7m',
        firing: [
          'FRRAddressDuplicated warning address=192.0.2.10',
          'FRRAddressDuplicated critical address=192.0.2.11',
        ],
        texts: {},
      },
      {
        at: '9m50s',
        firing: [
          'FRRAddressDuplicated warning address=192.0.2.10',
          'FRRAddressDuplicated critical address=192.0.2.11',
        ],
      },
    ],
  },
  {
    name: 'the texts of an address on two nodes',
    about: ['FRRAddressDuplicated'],
    only: new Set(['FRRAddressDuplicated']),
    every: '10s',
    until: '5m',
    series: healthy(2).announces('node-1', '192.0.2.10', 2, 'lo').announces('node-2', '192.0.2.10', 1, 'lo')
      .series,
    checks: [
      {
        at: '3m',
        firing: ['FRRAddressDuplicated warning address=192.0.2.10'],
        texts: {
          FRRAddressDuplicated: {
            labels: { severity: 'warning', cluster: 'cloud-1', address: '192.0.2.10' },
            title: '192.0.2.10 announced by 2 nodes',
            description: '192.0.2.10 is announced by node-1, node-2.',
            impact: 'Its traffic is split between these nodes, so part of it goes to the wrong one.',
          },
        },
      },
    ],
  },
];
