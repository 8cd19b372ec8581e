import { expect, test } from 'vitest';
import { bgp } from '../../../src/collectors/bgp.ts';
import { defaultRoutes } from '../../../src/collectors/default-route.ts';
import { createTables } from '../../../src/metrics/tables.ts';
import { familiesOf } from './recorded.ts';

const ROUTES = familiesOf(defaultRoutes, {
  tables: [
    { vrf: 'default', afi: 'ipv4', kernelTable: 254, answer: {} },
    { vrf: 'default', afi: 'ipv6', kernelTable: 254, answer: {} },
    { vrf: 'red', afi: 'ipv4', kernelTable: 254, answer: {} },
  ],
  leftOut: [],
}).families;

const expected = (summary?: object) => {
  const sessions = summary === undefined ? [] : familiesOf(bgp, [summary]).families;
  return defaultRoutes.status?.default_routes
    .items(createTables([...ROUTES, ...sessions]))
    .map((route) => [route.vrf, route.afi, route.expected]);
};

test.each([
  ['bgpd does not answer', undefined, true, true],
  [
    'only IPv4 has neighbors',
    { default: { ipv4Unicast: { peerCount: 2 }, ipv6Unicast: { peerCount: 0 } } },
    true,
    false,
  ],
  ['only EVPN has neighbors', { default: { l2VpnEvpn: { peerCount: 2 } } }, false, false],
  ['only IPv6 of another VRF has neighbors', { red: { ipv6Unicast: { peerCount: 1 } } }, false, false],
])('where a default route is expected if %s', (_, summary, ipv4, ipv6) => {
  expect(expected(summary)).toEqual([
    ['default', 'ipv4', ipv4],
    ['default', 'ipv6', ipv6],
    ['red', 'ipv4', false],
  ]);
});
