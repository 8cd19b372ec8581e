/** Addresses in VRFs: where they come from, where they leak to, and as what peers are sent them. */
import { describe, expect, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { hostAddressFilter } from '../../../src/collectors/host-routes/filter.ts';
import { hostRouteItems } from '../../../src/collectors/host-routes/status.ts';
import { hostRoutes } from '../../../src/collectors/host-routes.ts';
import type { Families } from '../../../src/metrics/family.ts';
import { createTables } from '../../../src/metrics/tables.ts';
import { answering, collect, lines, recordedFrr } from './recorded.ts';

const FLAGS = { include: [], exclude: [], maxSeries: 1_000, maxTable: 50_000 };

/** What an address is, and the numbers of its peers: all, by VPN, by EVPN. */
function essence(families: Families): readonly string[] {
  return hostRouteItems(createTables(families.families)).map((one) =>
    [
      `${one.vrf} ${one.origin} ${one.address}`,
      one.in_bgp ? 'in BGP' : 'not in BGP',
      one.advertised_peers,
      one.vpn_advertised_peers,
      one.evpn_advertised_peers,
    ].join(', '),
  );
}

const IN_TENANT = [
  'tenant-c interface 10.65.0.1, in BGP, 3, 0, 2',
  'default leaked 10.65.0.1, in BGP, 2, , ',
  'tenant-c kernel 203.0.113.30, in BGP, 3, 0, 2',
  'default leaked 203.0.113.30, in BGP, 2, , ',
  'tenant-d kernel 203.0.113.50, in BGP, 1, 1, ',
  'tenant-c static 203.0.113.40, in BGP, 3, 0, 2',
  'default leaked 203.0.113.40, in BGP, 2, , ',
  'tenant-c kernel 2001:db8:c::30, in BGP, 2, , 2',
];

const isOfTenant = (text: string) => !text.startsWith('default interface');
const isOther = (text: string) => !text.includes('203.0.113.30');

test.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s: announced, filtered, withdrawn', async (version) => {
  const of = async (situation: string) =>
    essence(await collect(hostRoutes, await recordedFrr(`${version}/${situation}`))).filter(isOfTenant);
  expect(await of('tenant-addresses')).toEqual(IN_TENANT);
  const filtered = await of('tenant-addresses-filtered');
  expect(filtered.filter(isOther)).toEqual(IN_TENANT.filter(isOther));
  expect(filtered.filter((text) => !isOther(text))).toEqual([
    'tenant-c kernel 203.0.113.30, in BGP, 0, 0, 0',
  ]);
  expect(await of('tenant-addresses-withdrawn')).toEqual(IN_TENANT.filter(isOther));
});

test.each(['7.5.1', '8.4.4', '10.7.1'])(
  'FRR %s: a VRF that is gone takes its addresses along',
  async (version) => {
    const families = await collect(hostRoutes, await recordedFrr(`${version}/tenant-vrf-gone`));
    expect(essence(families).filter(isOfTenant)).toEqual(['tenant-d kernel 203.0.113.50, in BGP, 1, 1, ']);
    expect(lines(families).filter((line) => line.startsWith('frr_host_routes{'))).toEqual([
      'frr_host_routes{vrf="default"} 5',
      'frr_host_routes{vrf="tenant-d"} 1',
    ]);
  },
);

test('networks only where a prefix names them exactly', async () => {
  const include = ['198.51.100.0/24', '100.64.0.0/10', '10.99.0.0/24', '0.0.0.0/0'].map(hostAddressFilter);
  const frr = await recordedFrr('8.4.4/tenant-addresses');
  // The recording has no look-ups of networks: to these FRR answers that it knows none.
  const families = await collect(activate(hostRoutes, { ...FLAGS, include }), {
    ...frr,
    jsonEach: (commands) =>
      Promise.all(
        commands.map((one) =>
          one.text.includes('/24 json') ? {} : frr.jsonEach([one]).then(([answer]) => answer),
        ),
      ),
  });
  const networks = essence(families).filter((text) => text.includes('/'));
  expect(networks).toEqual([
    'default interface 10.99.0.0/24, not in BGP, 0, , ',
    'tenant-c kernel 198.51.100.0/24, not in BGP, , , ',
  ]);
});

const VRFS = {
  vrfs: {
    default: { type: 'DFLT', vrfId: 0, l3vni: 0 },
    red: { type: 'VRF', vrfId: 5, l3vni: 0 },
    gone: { type: 'VRF', vrfId: -1, l3vni: 0 },
    seen: { type: 'VIEW', vrfId: 0, l3vni: 0 },
    'kunde ä': { type: 'VRF', vrfId: 6, l3vni: 0 },
    'x;reload': { type: 'VRF', vrfId: 7, l3vni: 0 },
  },
};

const kernelRoutes = (routes: Readonly<Record<string, object>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(routes).map(([prefix, other]) => [
        prefix,
        [{ prefix, vrfId: 5, nexthops: [{ interfaceName: 'eth9' }], ...other }],
      ]),
    ),
  );

/** FRR with a VRF `red`, its kernel routes, and what bgpd has of them. */
function withVrf(
  kernel: string,
  sizes: string,
  lookUps: Readonly<Record<string, string>> = {},
): Parameters<typeof answering>[0] {
  const tables = ['vrf all', 'vrf red', ''].map((vrf) => vrf && ` ${vrf}`);
  return {
    'show bgp vrfs json': JSON.stringify(VRFS),
    'show zebra router table summary': sizes,
    ...Object.fromEntries(
      ['ip', 'ipv6'].flatMap((ip) =>
        tables.flatMap((vrf) =>
          ['connected', 'kernel', 'static'].map((one) => [`show ${ip} route${vrf} ${one} json`, '{}']),
        ),
      ),
    ),
    ...Object.fromEntries(
      ['', ' vrf red'].flatMap((vrf) =>
        ['ipv4', 'ipv6'].map((afi) => [
          `show bgp${vrf} ${afi} unicast route-leak json`,
          '{"importFromVrfs":"none"}',
        ]),
      ),
    ),
    'show bgp ipv4 vpn summary json': '{}',
    'show bgp ipv6 vpn summary json': '{}',
    'show ip route vrf all kernel json': kernel,
    'show ip route vrf red kernel json': kernel,
    ...lookUps,
  };
}

const own = (peers: readonly string[]) =>
  JSON.stringify({
    advertisedTo: Object.fromEntries(peers.map((peer) => [peer, { hostname: 'tor' }])),
    paths: [{ bestpath: { overall: true }, peer: { peerId: '0.0.0.0' } }],
  });

test('odd VRFs and odd routes cost only themselves', async () => {
  const kernel = kernelRoutes({
    '192.0.2.1/32': { unheardOf: { of: [1] } },
    '192.0.2.2/32': { nexthops: 'none' },
    'fe80::1%eth0/128': {},
    '192.0.2.3/33': {},
    '192.0.2.4': {},
    '192.0.2.5/32': { vrfId: 99 },
    '192.0.2.6/32': { vrfId: 6 },
    '127.0.0.5/32': {},
    '192.0.2.0/24': {},
  });
  const built = await collect(
    hostRoutes,
    answering(
      withVrf(kernel, '', {
        'show bgp vrf red ipv4 unicast 192.0.2.1/32 json': own(['eth1']),
        'show bgp vrf red ipv4 unicast 192.0.2.2/32 json': '[]',
      }),
    ),
  );
  expect(essence(built)).toEqual([
    'red kernel 192.0.2.1, in BGP, 1, , ',
    'red kernel 192.0.2.2, not in BGP, , , ',
  ]);
  expect(built.drops).toEqual([
    { reason: 'vrf_name', metric: 'frr_host_route_in_bgp', labels: 'vrf="kunde ä"' },
    { reason: 'vrf_name', metric: 'frr_host_route_in_bgp', labels: 'vrf="x;reload"' },
  ]);
});

test('100,000 kernel routes in a VRF are not read, and that is counted; smaller tables are', async () => {
  const sizes = [
    'VRF             NS ID    VRF ID     AFI            SAFI    Table      Count',
    '---------------------------------------------------------------------------',
    'default             0         0    IPv4         unicast      254         11',
    'red                 0         5    IPv4         unicast       10     100012',
    'red                 0         5    IPv4       multicast       10          4',
    'red                 0         5    IPv6         unicast       10          5',
  ].join('\n');
  const answers = withVrf('not JSON', sizes);
  const built = await collect(
    hostRoutes,
    answering({
      ...answers,
      'show ip route kernel json': kernelRoutes({ '192.0.2.9/32': { vrfId: 0 } }),
      'show bgp ipv4 unicast 192.0.2.9/32 json': own(['eth1']),
    }),
  );
  expect(essence(built)).toEqual(['default kernel 192.0.2.9, in BGP, 1, , ']);
  expect(built.drops.filter(({ reason }) => reason === 'table_size')).toEqual([
    { reason: 'table_size', metric: 'frr_host_route_in_bgp', labels: 'afi="ipv4",vrf="red"' },
  ]);
});

test('a route that is not redistributed has no series; one that was, has', async () => {
  const lookUp = 'show bgp vrf red ipv4 unicast 192.0.2.1/32 json';
  const kernel = kernelRoutes({ '192.0.2.1/32': {} });
  const collector = activate(hostRoutes, FLAGS);
  const seriesWith = async (answer: string) =>
    lines(await collect(collector, answering(withVrf(kernel, '', { [lookUp]: answer })))).filter((line) =>
      /^frr_host_route(_in_bgp|_advertised_peers|s|s_in_bgp|s_unadvertised)\{.*vrf="red"/.test(line),
    );
  const labels = '{address="192.0.2.1",interface="eth9",afi="ipv4",vrf="red",origin="kernel"}';
  const nothing = [
    'frr_host_routes{vrf="red"} 0',
    'frr_host_routes_in_bgp{vrf="red"} 0',
    'frr_host_routes_unadvertised{vrf="red"} 0',
  ];
  expect(await seriesWith('{}')).toEqual(nothing);
  expect(await seriesWith(own(['eth1']))).toEqual([
    `frr_host_route_in_bgp${labels} 1`,
    `frr_host_route_advertised_peers${labels} 1`,
    'frr_host_routes{vrf="red"} 1',
    'frr_host_routes_in_bgp{vrf="red"} 1',
    'frr_host_routes_unadvertised{vrf="red"} 0',
  ]);
  expect(await seriesWith('{}')).toEqual([
    `frr_host_route_in_bgp${labels} 0`,
    `frr_host_route_advertised_peers${labels} 0`,
    'frr_host_routes{vrf="red"} 1',
    'frr_host_routes_in_bgp{vrf="red"} 0',
    'frr_host_routes_unadvertised{vrf="red"} 1',
  ]);
});

test('without the type 5 routes of an L3 VNI the number of peers is unknown, not 0', async () => {
  const vrfs = { vrfs: { red: { type: 'VRF', vrfId: 5, l3vni: 5000 } } };
  const answers = withVrf(kernelRoutes({ '192.0.2.1/32': {} }), '', {
    'show bgp vrfs json': JSON.stringify(vrfs),
    'show bgp l2vpn evpn vni json': '{"numVnis":0}',
  });
  const lookUp = 'show bgp vrf red ipv4 unicast 192.0.2.1/32 json';
  const of = async (answer: string) =>
    essence(await collect(hostRoutes, answering({ ...answers, [lookUp]: answer })));
  expect(await of(own([]))).toEqual(['red kernel 192.0.2.1, in BGP, , , ']);
  expect(await of(own(['eth1']))).toEqual(['red kernel 192.0.2.1, in BGP, 1, , ']);
});

test('thousands of look-ups are sent in goes of 500; at the next poll they are repeated beside the rest', async () => {
  const numbers = Array.from({ length: 1_200 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const lookUps = numbers.map((address) => [
    `show bgp vrf red ipv4 unicast ${address}/32 json`,
    own(['eth1']),
  ]);
  const kernel = kernelRoutes(Object.fromEntries(numbers.map((address) => [`${address}/32`, {}])));
  const frr = answering(withVrf(kernel, '', Object.fromEntries(lookUps)));
  const goes: number[] = [];
  const collector = activate(hostRoutes, FLAGS);
  const poll = () =>
    collect(collector, {
      ...frr,
      jsonEach: (commands) => {
        const count = commands.filter(({ text }) => text.includes('unicast 10.0.')).length;
        if (count > 0) goes.push(count);
        return frr.jsonEach(commands);
      },
    });
  for (let polls = 0; polls < 2; polls++) {
    expect(lines(await poll()).filter((line) => line.includes('vrf="red"'))).toEqual([
      'frr_host_routes{vrf="red"} 1200',
      'frr_host_routes_in_bgp{vrf="red"} 1200',
      'frr_host_routes_advertised{vrf="red"} 1200',
      'frr_host_routes_unadvertised{vrf="red"} 0',
    ]);
    expect(goes.splice(0)).toEqual([500, 500, 200]);
  }
});

describe('hundreds of addresses that are most of a table', () => {
  const hosts = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}/32`);
  const range = 'show bgp vrf red ipv4 unicast 0.0.0.0/0 longer-prefixes json detail';
  const sizeOf = (count: number) =>
    `red                 0         5    IPv4         unicast       10     ${count}`;
  const route = (peers: readonly string[]) => JSON.parse(own(peers));
  /** All but one are announced, and one that is not ours is there. */
  const routes = {
    ...Object.fromEntries(hosts.slice(1).map((prefix) => [prefix, route(['eth1'])])),
    '10.0.1.200/32': route(['eth1']),
  };
  const asList = ({ paths, ...prefix }: { readonly paths: readonly object[] }) => [prefix, ...paths];
  const lookUps = Object.fromEntries(
    hosts.map((prefix, index) => [
      `show bgp vrf red ipv4 unicast ${prefix} json`,
      index === 0 ? '{}' : own(['eth1']),
    ]),
  );
  const red = async (sizes: string, answers: Readonly<Record<string, string>>) => {
    const kernel = kernelRoutes(Object.fromEntries(hosts.map((prefix) => [prefix, {}])));
    const collector = activate(hostRoutes, FLAGS);
    const frr = answering(withVrf(kernel, sizes, answers));
    await collect(collector, frr);
    return lines(await collect(collector, frr)).filter((line) =>
      /^frr_host_routes(_in_bgp|_advertised|_unadvertised)?\{vrf="red"/.test(line),
    );
  };
  const ANNOUNCED = [
    'frr_host_routes{vrf="red"} 299',
    'frr_host_routes_in_bgp{vrf="red"} 299',
    'frr_host_routes_advertised{vrf="red"} 299',
    'frr_host_routes_unadvertised{vrf="red"} 0',
  ];

  test.each([
    ['FRR 8.4', Object.fromEntries(Object.entries(routes).map(([prefix, one]) => [prefix, asList(one)]))],
    ['FRR 10', routes],
  ])('are read in a range, as %s answers', async (_, answer) => {
    expect(await red(sizeOf(600), { [range]: JSON.stringify({ vrfName: 'red', routes: answer }) })).toEqual(
      ANNOUNCED,
    );
  });

  test('are looked up where FRR has no such command', async () => {
    expect(await red(sizeOf(600), { [range]: 'unknown_command', ...lookUps })).toEqual(ANNOUNCED);
  });

  test('are looked up in a table with more of others', async () => {
    expect(await red(sizeOf(751), { [range]: 'timed_out', ...lookUps })).toEqual(ANNOUNCED);
  });
});
