import { expect, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { hostAddressFilter } from '../../../src/collectors/host-routes/filter.ts';
import { ofInterfaces } from '../../../src/collectors/host-routes/sources.ts';
import { hostRoutes } from '../../../src/collectors/host-routes.ts';
import type { InterfaceAddress } from '../../../src/frr/addresses.ts';
import { answering, collect, lines } from './recorded.ts';

const on = (name: string, text: string): InterfaceAddress => {
  const [address = '', length] = text.split('/');
  return {
    interface: name,
    address,
    prefixLength: Number(length),
    afi: address.includes(':') ? 'ipv6' : 'ipv4',
  };
};

const NODE = [
  on('lo', '127.0.0.1/8'),
  on('lo', '127.0.0.2/32'),
  on('lo', '::1/128'),
  on('lo', '172.31.0.5/32'),
  on('lo', 'f00d:f00d::1/128'),
  on('eth1', '100.64.1.2/30'),
  on('eth1', 'fe80::1/64'),
  on('eth1', 'fe80::2/128'),
  on('eth1', '169.254.0.9/32'),
  on('br-ex', '203.0.113.20/32'),
  on('br-ex', '2001:db8:f::20/128'),
  on('br-ex', '10.99.0.1/24'),
  on('vlan10', '172.16.0.1/32'),
];

test.each([
  ['all of them', [], [], ['172.31.0.5', 'f00d:f00d::1', '203.0.113.20', '2001:db8:f::20', '172.16.0.1']],
  ['those of an interface', ['br-ex'], [], ['203.0.113.20', '2001:db8:f::20']],
  ['those of interfaces of a kind', ['vlan*', 'l*'], [], ['172.31.0.5', 'f00d:f00d::1', '172.16.0.1']],
  [
    'those in prefixes',
    ['172.16.0.0/12', '2001:db8::/32'],
    [],
    ['172.31.0.5', '2001:db8:f::20', '172.16.0.1'],
  ],
  ['one', ['172.31.0.5'], [], ['172.31.0.5']],
  ['all but an interface', [], ['br-ex'], ['172.31.0.5', 'f00d:f00d::1', '172.16.0.1']],
  ['all but a prefix', [], ['::/0'], ['172.31.0.5', '203.0.113.20', '172.16.0.1']],
  ['none that is excluded', ['lo'], ['172.31.0.0/24'], ['f00d:f00d::1']],
  ['not those whose interface is only alike', ['br', 'br-e', 'r-ex', 'brxex'], [], []],
])('host addresses: %s', (_, include, exclude, expected) => {
  const settings = { include: include.map(hostAddressFilter), exclude: exclude.map(hostAddressFilter) };
  expect(ofInterfaces(NODE, settings).map(({ address }) => address)).toEqual(expected);
});

test.each([
  ['172.16.0.0/33', '"172.16.0.0/33" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32'],
  ['172.16.0.0/', '"172.16.0.0/" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32'],
  ['2001:db8::/129', '"2001:db8::/129" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32'],
  ['10.0.0.0/8/8', '"10.0.0.0/8/8" is not a prefix such as 172.16.0.0/12 or 2001:db8::/32'],
  ['', '"" is neither an interface, such as br-ex or vlan*, nor a prefix, such as 172.16.0.0/12'],
  ['br ex', '"br ex" is neither an interface, such as br-ex or vlan*, nor a prefix, such as 172.16.0.0/12'],
  [
    '172.16/12',
    '"172.16/12" is neither an interface, such as br-ex or vlan*, nor a prefix, such as 172.16.0.0/12',
  ],
])('the filter %j is refused', (text, message) => {
  expect(() => hostAddressFilter(text)).toThrow(new TypeError(message));
});

const route = (peers: readonly string[], peerId = '0.0.0.0') =>
  JSON.stringify({
    prefix: '172.31.0.5/32',
    advertisedTo: Object.fromEntries(peers.map((peer) => [peer, { hostname: 'tor' }])),
    paths: [
      { peer: { peerId: '192.0.2.9' } },
      { bestpath: { overall: true, selectionReason: 'Weight' }, peer: { peerId, routerId: '10.0.0.1' } },
    ],
  });

/** A node without VRFs and without kernel and static routes. */
const NO_VRFS = {
  'show bgp vrfs json': '{"vrfs":{"default":{"type":"DFLT","vrfId":0,"l3vni":0}}}',
  'show zebra router table summary': '',
  ...Object.fromEntries(
    ['ip', 'ipv6'].flatMap((ip) =>
      ['connected', 'kernel', 'static'].map((protocol) => [
        `show ${ip} route vrf all ${protocol} json`,
        '{}',
      ]),
    ),
  ),
};

/** Like all samples of an exporter, without those that are for its API only. */
const exposed = (families: Awaited<ReturnType<typeof collect>>) =>
  lines({ families: families.families.filter(({ descriptor }) => !descriptor.unexposed) });

const LOOK_UP = 'show bgp ipv4 unicast 172.31.0.5/32 json';

test.each([
  ['advertised to two peers', route(['eth1', 'eth2']), 1, 2],
  ['advertised to none', route([]), 1, 0],
  [
    'in BGP, without a word about peers',
    JSON.stringify({ ...JSON.parse(route([])), advertisedTo: undefined }),
    1,
    0,
  ],
  ["somebody else's, passed on to a peer", route(['eth2'], '100.64.1.1'), 0, 0],
  ["this node's, in IPv6 words", route(['eth2'], '::'), 1, 1],
  ['not in BGP', '{}', 0, 0],
  ['not there without BGP', '{"warning":"Default BGP instance not found"}', 0, 0],
  ['odd', '{"paths":[1,null,{"bestpath":true,"peer":"0.0.0.0"}],"advertisedTo":["eth1"]}', 0, 0],
])('an address that is %s', async (_, answer, inBgp, peers) => {
  const frr = answering({ ...NO_VRFS, [LOOK_UP]: answer }, [on('lo', '172.31.0.5/32')]);
  const set = '{address="172.31.0.5",interface="lo",afi="ipv4",vrf="default",origin="interface"}';
  expect(exposed(await collect(hostRoutes, frr))).toEqual([
    `frr_host_route_in_bgp${set} ${inBgp}`,
    `frr_host_route_advertised_peers${set} ${peers}`,
    'frr_host_routes{vrf="default"} 1',
    `frr_host_routes_in_bgp{vrf="default"} ${inBgp}`,
    `frr_host_routes_advertised{vrf="default"} ${peers > 0 ? 1 : 0}`,
    `frr_host_routes_unadvertised{vrf="default"} ${peers > 0 ? 0 : 1}`,
  ]);
});

test('an address on two interfaces is queried once and exported twice', async () => {
  const frr = answering({ ...NO_VRFS, [LOOK_UP]: route(['eth1']) }, [
    on('lo', '172.31.0.5/32'),
    on('br-ex', '172.31.0.5/32'),
  ]);
  expect(exposed(await collect(hostRoutes, frr))).toEqual([
    'frr_host_route_in_bgp{address="172.31.0.5",interface="lo",afi="ipv4",vrf="default",origin="interface"} 1',
    'frr_host_route_in_bgp{address="172.31.0.5",interface="br-ex",afi="ipv4",vrf="default",origin="interface"} 1',
    'frr_host_route_advertised_peers{address="172.31.0.5",interface="lo",afi="ipv4",vrf="default",origin="interface"} 1',
    'frr_host_route_advertised_peers{address="172.31.0.5",interface="br-ex",afi="ipv4",vrf="default",origin="interface"} 1',
    'frr_host_routes{vrf="default"} 2',
    'frr_host_routes_in_bgp{vrf="default"} 2',
    'frr_host_routes_advertised{vrf="default"} 2',
    'frr_host_routes_unadvertised{vrf="default"} 0',
  ]);
});

test('without host addresses there are only totals', async () => {
  expect(exposed(await collect(hostRoutes, answering(NO_VRFS, [on('eth1', '100.64.1.2/30')])))).toEqual([
    'frr_host_routes{vrf="default"} 0',
    'frr_host_routes_in_bgp{vrf="default"} 0',
    'frr_host_routes_advertised{vrf="default"} 0',
    'frr_host_routes_unadvertised{vrf="default"} 0',
  ]);
});

test('with more addresses than --collector.host-routes.max-series only the totals are exported', async () => {
  const frr = answering(
    { ...NO_VRFS, [LOOK_UP]: route(['eth1']), 'show bgp ipv4 unicast 172.31.0.6/32 json': '{}' },
    [on('lo', '172.31.0.5/32'), on('lo', '172.31.0.6/32')],
  );
  expect(
    exposed(
      await collect(activate(hostRoutes, { include: [], exclude: [], maxSeries: 1, maxTable: 100 }), frr),
    ),
  ).toEqual([
    'frr_host_routes{vrf="default"} 2',
    'frr_host_routes_in_bgp{vrf="default"} 1',
    'frr_host_routes_advertised{vrf="default"} 1',
    'frr_host_routes_unadvertised{vrf="default"} 1',
  ]);
});
