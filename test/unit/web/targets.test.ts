import { expect, test } from 'vitest';
import { hostAddressFilter } from '../../../src/collectors/host-routes/filter.ts';
import { announcedTargets } from '../../../src/web/targets.ts';

const route = (address: string, name: string, peers: number | null, vrf = 'default') => ({
  address,
  vrf,
  interface: name,
  afi: address.includes(':') ? 'ipv6' : 'ipv4',
  advertised_peers: peers,
});

const ROUTES = [
  route('172.31.0.5', 'lo', 2),
  route('203.0.113.20', 'br-ex', 1),
  route('203.0.113.21', 'br-ex', 0),
  route('203.0.113.22', 'br-ex', null),
  route('203.0.113.0/24', 'br-ex', 2),
  route('2001:db8:f::20', 'br-ex', 2),
  route('__proto__', 'lo', 2),
  route('172.31.0.6', 'lo', 2, 'tenant'),
];

const target = (address: string, name: string, afi: string) => ({
  targets: [address],
  labels: { __meta_frr_interface: name, __meta_frr_afi: afi },
});
const LO = target('172.31.0.5', 'lo', 'ipv4');
const BR_EX = target('203.0.113.20', 'br-ex', 'ipv4');
const BR_EX6 = target('2001:db8:f::20', 'br-ex', 'ipv6');

test.each([
  ['all that are announced', [], [], [LO, BR_EX, BR_EX6]],
  ['those of an interface', ['lo'], [], [LO]],
  ['those in prefixes', ['172.16.0.0/12', '2001:db8::/32'], [], [LO, BR_EX6]],
  ['all but an interface', [], ['lo'], [BR_EX, BR_EX6]],
  ['none that is excluded', ['br-*'], ['::/0'], [BR_EX]],
])('%s', (_, include, exclude, expected) => {
  const flags = {
    webTargetsInclude: include.map(hostAddressFilter),
    webTargetsExclude: exclude.map(hostAddressFilter),
  };
  expect(announcedTargets(ROUTES, flags)).toEqual(expected);
});

test('without host routes there are none', () => {
  expect(announcedTargets([], { webTargetsInclude: [], webTargetsExclude: [] })).toEqual([]);
});
