/** What a witness receives, from a stand-in for bgpd that answers for ranges of its table as FRR does. */
import { describe, expect, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { readPrefix } from '../../../src/collectors/received-routes/ranges.ts';
import { readType5Table, readVpnTable } from '../../../src/collectors/received-routes/vpn.ts';
import { receivedRoutes } from '../../../src/collectors/received-routes.ts';
import { defaults, UsageError } from '../../../src/flags/flag.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { answering, collect, frrOf, lines, recordedFrr } from './recorded.ts';

interface PathOfBgpd {
  readonly peerId: string;
  readonly path?: string;
  readonly nexthops?: unknown;
  readonly removed?: boolean;
  readonly community?: unknown;
}

type Table = Record<string, readonly PathOfBgpd[]>;

const R1 = { peerId: '192.0.2.1', path: '65001 64999', nexthops: [{ ip: '192.0.2.1', afi: 'ipv4' }] };
const R2 = { peerId: '192.0.2.2', path: '65002 64999', nexthops: [{ ip: '192.0.2.2', afi: 'ipv4' }] };

const widthOf = (text: string) => (text.includes(':') ? 128 : 32);

const known = new Map<string, ReturnType<typeof readPrefix>>();
/** Remembered, because thousands of prefixes are compared with each range. */
function read(text: string) {
  const found = known.get(text) ?? readPrefix(text);
  known.set(text, found);
  return found;
}

function within(range: string, prefix: string): boolean {
  const [outer, inner] = [read(range), read(prefix)];
  const shift = BigInt(widthOf(range) - outer.length);
  return (
    widthOf(range) === widthOf(prefix) &&
    inner.length >= outer.length &&
    inner.bits >> shift === outer.bits >> shift
  );
}

/** As FRR 8.4 and newer print it: a line for each prefix. */
function tableText(routes: readonly (readonly [string, readonly unknown[]])[]): string {
  const each = routes.map(([prefix, paths]) => `${JSON.stringify(prefix)}: ${JSON.stringify(paths)}\n`);
  return `{\n "vrfId": 0,\n "routes": { ${each.join(',')} } , "totalRoutes": ${each.length} } \n`;
}

/**
 * A bgpd with these tables of the default VRF, which notes what it is sent. The routes have changed in the order of the table.
 */
function bgpd(table: Table, { announced = 0, unlisted = 0, vrf = 'default' } = {}) {
  const sent: string[] = [];
  /** Paths in each answer that is a range or so many versions. */
  const sizes: number[] = [];
  const routesOf = (afi: string) =>
    Object.entries(table).filter(([prefix]) => prefix.includes(':') === (afi === 'ipv6'));
  const summary = (afi: string) => {
    const of = routesOf(afi);
    const received = of.flatMap(([, paths]) => paths).filter(({ peerId }) => peerId !== '(unspec)').length;
    return {
      tableVersion: of.length,
      peers: { '192.0.2.1': { pfxRcd: received + unlisted, pfxSnt: announced, state: 'Established' } },
    };
  };
  const several = (routes: Parameters<typeof tableText>[0]): string => {
    sizes.push(routes.flatMap(([, paths]) => paths).length);
    return tableText(routes);
  };
  const answer = (command: string): string => {
    if (command === 'show bgp vrf all summary json')
      return JSON.stringify({ [vrf]: { ipv4Unicast: summary('ipv4'), ipv6Unicast: summary('ipv6') } });
    const [, afi = '', version] = /(\S+) unicast version (\d+) json/.exec(command) ?? [];
    if (version !== undefined) return several(routesOf(afi).slice(Number(version) - 1));
    const [, range, longer] = /unicast (\S+) (longer-prefixes )?json/.exec(command) ?? [];
    if (range === undefined) throw new Error(command);
    if (longer !== undefined)
      return several(Object.entries(table).filter(([prefix]) => within(range, prefix)));
    const paths = table[range]?.map(({ peerId, path = '', nexthops }) => ({
      aspath: { string: path },
      nexthops,
      peer: { peerId },
    }));
    return paths === undefined ? '{}' : JSON.stringify({ prefix: range, paths });
  };
  const frr = frrOf({
    kind: 'recording',
    show: async ({ text }) => {
      sent.push(text);
      return { bytes: Buffer.from(answer(text)), seconds: 0 };
    },
    showEach: async () => [],
    addresses: async () => [],
    links: async () => [],
    kernelRoutes: async (wanted) => wanted.map(() => undefined),
    lowTtlDrops: async () => undefined,
    cpuWaits: () => [],
    close: async () => {},
  });
  return { frr, sent, sizes };
}

const flags = defaults(receivedRoutes.flags);
const witness = (changes: Partial<typeof flags> = {}) => activate(receivedRoutes, { ...flags, ...changes });

const TOTALS = (afi: string, paths: number, hosts: number, complete = 1) => [
  `frr_received_paths{vrf="default",afi="${afi}",safi="unicast"} ${paths}`,
  `frr_received_host_routes{vrf="default",afi="${afi}",safi="unicast"} ${hosts}`,
  `frr_received_routes_complete{vrf="default",afi="${afi}",safi="unicast"} ${complete}`,
];

test('host routes by peer, with the origin where there is one path', async () => {
  const { frr, sent } = bgpd({
    '172.31.0.5/32': [R1, R2],
    '172.31.0.6/32': [R2],
    '172.31.0.7/32': [{ peerId: '(unspec)' }],
    '172.31.0.8/32': [{ ...R1, removed: true }, R2],
    '10.0.0.0/8': [R1],
    '2001:db8::5/128': [{ peerId: '2001:db8::1', path: '', nexthops: [{ ip: '2001:db8::9' }] }],
  });
  const read = lines(await collect(witness(), frr));
  expect(read).toEqual([
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.5",peer="192.0.2.1"} 1',
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.5",peer="192.0.2.2"} 1',
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.6",peer="192.0.2.2"} 1',
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.8",peer="192.0.2.2"} 1',
    'frr_received_route_paths{vrf="default",afi="ipv6",safi="unicast",rd="",address="2001:db8::5",peer="2001:db8::1"} 1',
    'frr_received_route_info{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.6",peer="192.0.2.2",origin="64999",next_hop="192.0.2.2"} 1',
    'frr_received_route_info{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.8",peer="192.0.2.2",origin="64999",next_hop="192.0.2.2"} 1',
    'frr_received_route_info{vrf="default",afi="ipv6",safi="unicast",rd="",address="2001:db8::5",peer="2001:db8::1",origin="2001:db8::9",next_hop="2001:db8::9"} 1',
    'frr_received_paths{vrf="default",afi="ipv4",safi="unicast"} 6',
    'frr_received_paths{vrf="default",afi="ipv6",safi="unicast"} 1',
    'frr_received_host_routes{vrf="default",afi="ipv4",safi="unicast"} 3',
    'frr_received_host_routes{vrf="default",afi="ipv6",safi="unicast"} 1',
    // The path that is being removed still counts in the summary.
    'frr_received_routes_complete{vrf="default",afi="ipv4",safi="unicast"} 0',
    'frr_received_routes_complete{vrf="default",afi="ipv6",safi="unicast"} 1',
  ]);
  expect(sent).toEqual([
    'show bgp vrf all summary json',
    'show bgp ipv4 unicast 0.0.0.0/0 longer-prefixes json',
    'show bgp ipv6 unicast 0:0:0:0:0:0:0:0/0 longer-prefixes json',
  ]);
});

test('an address from two origins', async () => {
  const { frr } = bgpd({ '172.31.0.5/32': [R1, { ...R2, path: '65002 64998' }] });
  expect(lines(await collect(witness(), frr))).toContain(
    'frr_received_route_origins{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.5"} 2',
  );
});

test('another prefix, where it is included', async () => {
  const { frr, sent } = bgpd({ '10.0.0.0/8': [R1], '10.20.0.0/16': [R1, R2], '10.21.0.0/16': [R1] });
  const read = lines(await collect(witness({ include: ['10.20.0.0/16'] }), frr));
  expect(read.filter((line) => line.startsWith('frr_received_route_'))).toEqual([
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="10.20.0.0/16",peer="192.0.2.1"} 1',
    'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="10.20.0.0/16",peer="192.0.2.2"} 1',
  ]);
  expect(sent).toContain('show bgp ipv4 unicast 10.20.0.0/16 json');
});

describe('a router that is no witness', () => {
  test('is refused', async () => {
    const { frr, sent } = bgpd({ '172.31.0.5/32': [R1] }, { announced: 3 });
    await expect(witness().query(frr)).rejects.toThrow(
      new FrrError(
        'failed',
        'bgpd',
        'this FRR announces 6 prefixes, so it is not a witness, and reading its tables could hold up its sessions; --collector.received-routes.allow-tables allows it',
      ),
    );
    expect(sent).toEqual(['show bgp vrf all summary json']);
  });

  test('is read where that is allowed', async () => {
    const { frr } = bgpd({ '172.31.0.5/32': [R1] }, { announced: 3 });
    expect(lines(await collect(witness({ allowTables: true }), frr))).toContain(TOTALS('ipv4', 1, 1)[1]);
  });
});

/**
 * Routes 10.0.0.0 and up, each from both routers.
 * @param step from a route to the one that changed next; by default, those that changed last are all over the table
 */
const many = (count: number, step = 1009): Table =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => (n * step) % count).map(
      (n) => [`10.0.${n >> 8}.${n & 255}/32`, [R1, R2]] as const,
    ),
  );

const exact = (prefix: string) => `show bgp ipv4 unicast ${prefix} json`;

describe('a large table', () => {
  test('is read in pieces, first by the routes that changed last, then by what was found', async () => {
    const { frr, sent, sizes } = bgpd({ '0.0.0.0/0': [R1], ...many(4000) });
    const one = witness();
    const first = lines(await collect(one, frr));
    expect(sent.splice(0)).toEqual([
      'show bgp vrf all summary json',
      'show bgp ipv4 unicast version 3002 json',
      'show bgp ipv4 unicast 10.0.0.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.4.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.8.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.12.0/22 longer-prefixes json',
      // The default route is missing, and changed before the others.
      ...['0.0.0.0/0', '0.0.0.0/1', '0.0.0.0/2', '0.0.0.0/3', '0.0.0.0/4', '8.0.0.0/5', '8.0.0.0/6'].map(
        exact,
      ),
      ...Array.from({ length: 15 }, (_, n) => exact(`10.0.0.0/${7 + n}`)),
      exact('10.0.8.0/21'),
      'show bgp ipv4 unicast 0.0.0.0/5 longer-prefixes json',
    ]);
    expect(sizes.splice(0)).toEqual([2000, 2048, 2048, 2048, 1856, 0]);
    const second = lines(await collect(one, frr));
    expect(second.toSorted()).toEqual(first.toSorted());
    expect(second.slice(-6)).toEqual([
      'frr_received_paths{vrf="default",afi="ipv4",safi="unicast"} 8001',
      'frr_received_paths{vrf="default",afi="ipv6",safi="unicast"} 0',
      'frr_received_host_routes{vrf="default",afi="ipv4",safi="unicast"} 4000',
      'frr_received_host_routes{vrf="default",afi="ipv6",safi="unicast"} 0',
      'frr_received_routes_complete{vrf="default",afi="ipv4",safi="unicast"} 1',
      'frr_received_routes_complete{vrf="default",afi="ipv6",safi="unicast"} 1',
    ]);
    expect(sent).toEqual([
      'show bgp vrf all summary json',
      'show bgp ipv4 unicast 10.0.0.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.4.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.8.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 10.0.12.0/22 longer-prefixes json',
      'show bgp ipv4 unicast 0.0.0.0/0 json',
      // One of the ranges without routes.
      'show bgp ipv4 unicast 8.0.0.0/7 longer-prefixes json',
    ]);
  });

  test('is read in small ranges even if the routes that changed last are neighbors', async () => {
    const { frr, sent, sizes } = bgpd(many(6000, 1));
    expect(lines(await collect(witness(), frr))).toContain(TOTALS('ipv4', 12_000, 6000)[2]);
    const ranges = sent.flatMap((text) => /(\S+) longer-prefixes/.exec(text)?.slice(1) ?? []);
    expect(ranges).toEqual([
      '10.0.16.0/22',
      ...['20.0', '20.128', '21.0', '21.128', '22.0', '22.128'].map((end) => `10.0.${end}/25`),
      '10.0.23.0/24',
      // Where nothing had changed, the nearest first.
      ...['24', '26', '28', '30'].map((third) => `10.0.${third}.0/23`),
      ...['0', '4', '8', '12'].map((third) => `10.0.${third}.0/22`),
    ]);
    expect(sizes).toEqual([
      2000, 2048, 256, 256, 256, 256, 256, 256, 224, 0, 0, 0, 0, 2048, 2048, 2048, 2048,
    ]);
  });

  test('is divided by the routes that changed last once more where it has grown', async () => {
    const table = many(4000);
    const { frr, sent } = bgpd(table);
    const one = witness();
    await collect(one, frr);
    for (const [prefix, paths] of Object.entries(many(2001))) table[prefix.replace(/^10/, '192')] = paths;
    sent.splice(0);
    await collect(one, frr);
    expect(sent.slice(0, 2)).toEqual([
      'show bgp vrf all summary json',
      'show bgp ipv4 unicast version 5002 json',
    ]);
  });

  test('finds a prefix that is shorter than the ranges at its place', async () => {
    const table = many(4000);
    const { frr } = bgpd(table);
    const one = witness();
    await collect(one, frr);
    table['10.0.0.0/16'] = [R1];
    expect(lines(await collect(one, frr))).toContain(TOTALS('ipv4', 8001, 4000)[2]);
  });

  test('is searched where nothing was as soon as a path is missing', async () => {
    const table = many(4000);
    const { frr } = bgpd(table);
    const one = witness();
    await collect(one, frr);
    table['203.0.113.1/32'] = [R1];
    expect(lines(await collect(one, frr))).toContain(
      'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="203.0.113.1",peer="192.0.2.1"} 1',
    );
  });

  test('loses what was withdrawn', async () => {
    const table = many(4000);
    const { frr } = bgpd(table);
    const one = witness();
    await collect(one, frr);
    delete table['10.0.0.7/32'];
    const read = lines(await collect(one, frr));
    expect(read.some((line) => line.includes('"10.0.0.7"'))).toBe(false);
    expect(read).toContain(TOTALS('ipv4', 7998, 3999)[2]);
  });

  test('of which a part was not found is not complete', async () => {
    const { frr } = bgpd(many(3), { unlisted: 1 });
    expect(lines(await collect(witness(), frr))).toContain(TOTALS('ipv4', 7, 3, 0)[2]);
  });

  test('beyond the limit has totals only, and is not read', async () => {
    const { frr, sent } = bgpd({}, { unlisted: 2_000_000 });
    const collected = await collect(witness(), frr);
    expect(lines(collected)).toEqual([
      'frr_received_paths{vrf="default",afi="ipv4",safi="unicast"} 2000000',
      'frr_received_paths{vrf="default",afi="ipv6",safi="unicast"} 2000000',
      'frr_received_routes_complete{vrf="default",afi="ipv4",safi="unicast"} 0',
      'frr_received_routes_complete{vrf="default",afi="ipv6",safi="unicast"} 0',
    ]);
    expect(collected.drops).toEqual(
      ['ipv4', 'ipv6'].map((afi) => ({
        reason: 'table_size',
        metric: 'frr_received_route_paths',
        labels: `vrf="default",afi="${afi}",safi="unicast"`,
      })),
    );
    expect(sent).toEqual(['show bgp vrf all summary json']);
  });
});

describe('VPN and EVPN routes', () => {
  const peers = (pfxRcd: number) => ({ peers: { '192.0.2.1': { pfxRcd } } });
  const summary = (vpns: number, evpns: number) =>
    JSON.stringify({ default: { ipv4Vpn: peers(vpns), l2VpnEvpn: peers(evpns) } });
  const both = witness({ vpn: true, evpn: true });

  test('are read where the flags say so', async () => {
    const answers = { 'show bgp vrf all summary json': summary(5000, 2000) };
    expect(lines(await collect(witness(), answering(answers)))).toEqual([]);
    for (const flag of ['vpn', 'evpn'])
      await expect(collect(witness({ [flag]: true }), answering(answers))).rejects.toThrow(
        'bgpd: not_running',
      );
  });

  /** As a router of the laboratory has them from a node; the extended communities left out. */
  const path = (more: object) => ({ valid: true, ...more, peerId: '100.64.1.2', path: '64999' });
  const vpn = path({ network: '203.0.113.50/32', nexthops: [{ ip: '100.64.1.2', afi: 'ipv4' }] });
  const type5 = (ip: string, ipLen: number, peerId = '100.64.1.2') => ({
    prefix: `[5]:[0]:[${ipLen}]:[${ip}]`,
    paths: [
      [{ ...path({ routeType: 5, ipLen, ip, nexthops: [{ ip: '172.16.0.1', afi: 'ipv4' }] }), peerId }],
    ],
  });
  const evpn = (more: object) => ({
    '172.16.0.2:3': {
      rd: '172.16.0.2:3',
      network: type5('198.51.100.0', 24),
      ipv4: type5('203.0.113.30', 32),
      ipv6: type5('2001:db8:c::30', 128),
      own: type5('203.0.113.99', 32, '(unspec)'),
      ...more,
    },
  });
  const vpnTable = (after: string) =>
    `{\n "vrfId": 0,\n "routes": {  "routeDistinguishers" : { "64999:4" : { "203.0.113.50/32": [${JSON.stringify(vpn)}]\n } ${after}`;

  test.each([
    ['8.4.4', vpnTable(' }  }  } '), { ...evpn({}), numPrefix: 4, numPaths: 4 }],
    [
      '10.7.1',
      vpnTable(' }  } , "totalRoutes": 1, "totalPaths": 1,"numRoutes":1\n } \n'),
      { '10.0.0.1:2': {}, ...evpn({ numRoutes: 4 }), numPrefix: 4, numPaths: 4 },
    ],
  ])('of FRR %s', async (_, vpnAnswer, evpnAnswer) => {
    const frr = answering({
      'show bgp vrf all summary json': JSON.stringify({
        default: { ipv4Vpn: peers(1), ipv6Vpn: peers(0), l2VpnEvpn: peers(7) },
      }),
      'show bgp ipv4 vpn json': vpnAnswer,
      // FRR 8.4; later versions have an empty object.
      'show bgp ipv6 vpn json': '',
      'show bgp l2vpn evpn route type prefix json': JSON.stringify(evpnAnswer),
    });
    const route = (afi: string, safi: string, rd: string, address: string) =>
      `{vrf="default",afi="${afi}",safi="${safi}",rd="${rd}",address="${address}",peer="100.64.1.2"`;
    const routes = [
      [route('ipv4', 'vpn', '64999:4', '203.0.113.50'), '100.64.1.2'],
      [route('ipv4', 'evpn', '172.16.0.2:3', '203.0.113.30'), '172.16.0.1'],
      [route('ipv6', 'evpn', '172.16.0.2:3', '2001:db8:c::30'), '172.16.0.1'],
    ];
    expect(lines(await collect(both, frr))).toEqual([
      ...routes.map(([labels]) => `frr_received_route_paths${labels}} 1`),
      ...routes.map(
        ([labels, nextHop]) => `frr_received_route_info${labels},origin="64999",next_hop="${nextHop}"} 1`,
      ),
      'frr_received_paths{vrf="default",afi="ipv4",safi="vpn"} 1',
      'frr_received_paths{vrf="default",afi="ipv6",safi="vpn"} 0',
      'frr_received_paths{vrf="default",afi="l2vpn",safi="evpn"} 7',
      'frr_received_host_routes{vrf="default",afi="ipv4",safi="vpn"} 1',
      'frr_received_host_routes{vrf="default",afi="ipv6",safi="vpn"} 0',
      'frr_received_host_routes{vrf="default",afi="l2vpn",safi="evpn"} 2',
      'frr_received_routes_complete{vrf="default",afi="ipv4",safi="vpn"} 1',
      'frr_received_routes_complete{vrf="default",afi="ipv6",safi="vpn"} 1',
      'frr_received_routes_complete{vrf="default",afi="l2vpn",safi="evpn"} 1',
    ]);
  });

  test.each(['8.4.4', '10.3', '10.7.1'])('that FRR %s has of its own are not received', async (version) => {
    const frr = await recordedFrr(`${version}/tenant-addresses`);
    for (const found of [await readVpnTable(frr, 'ipv4'), await readType5Table(frr)]) {
      expect([...found.keys()]).toContain('172.16.0.2:3');
      expect([...found.values()].flatMap((routes) => [...routes])).toEqual([]);
    }
    expect(await readVpnTable(frr, 'ipv6')).toEqual(new Map());
  });

  test('of tables that are too large are counted only', async () => {
    const collected = await collect(
      both,
      answering({ 'show bgp vrf all summary json': summary(5001, 2001) }),
    );
    expect(lines(collected)).toEqual([
      'frr_received_paths{vrf="default",afi="ipv4",safi="vpn"} 5001',
      'frr_received_paths{vrf="default",afi="l2vpn",safi="evpn"} 2001',
      'frr_received_routes_complete{vrf="default",afi="ipv4",safi="vpn"} 0',
      'frr_received_routes_complete{vrf="default",afi="l2vpn",safi="evpn"} 0',
    ]);
    expect(collected.drops.map(({ reason, labels }) => `${reason} ${labels}`)).toEqual([
      'table_size vrf="default",afi="ipv4",safi="vpn"',
      'table_size vrf="default",afi="l2vpn",safi="evpn"',
    ]);
  });
});

describe('bad input', () => {
  test('a path with hundreds of next hops, and names and communities that try to break out', async () => {
    const nexthops = Array.from({ length: 500 }, (_, n) => ({ ip: `192.0.2.${n % 250}`, hostname: '"}\n' }));
    const { frr } = bgpd({
      '172.31.0.5/32': [
        { peerId: 'eth"1"\n', path: '65001 {64999,"\\\n}', nexthops, community: { string: '"}]\n' } },
      ],
      '172.31.0.6/32; configure': [R1],
    });
    expect(lines(await collect(witness(), frr)).slice(0, 2)).toEqual([
      'frr_received_route_paths{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.5",peer="eth\\"1\\"\\n"} 1',
      'frr_received_route_info{vrf="default",afi="ipv4",safi="unicast",rd="",address="172.31.0.5",peer="eth\\"1\\"\\n",origin="}",next_hop="192.0.2.0"} 1',
    ]);
  });

  test.each([
    ['paths that are no list', '"172.31.0.5/32": {"peerId":"192.0.2.1"}\n'],
    ['a path that is no object', '"172.31.0.5/32": [null,7,"x",[]]\n'],
    ['a prefix that is none', '"constructor": [{"peerId":"192.0.2.1"}]\n'],
    ['a prefix with an empty address', '"/32": [{"peerId":"192.0.2.1"}]\n'],
  ])('%s', async (_, routes) => {
    const frr = answering({
      'show bgp vrf all summary json': '{"default":{"ipv4Unicast":{"peers":{"192.0.2.1":{"pfxRcd":1}}}}}',
      'show bgp ipv4 unicast 0.0.0.0/0 longer-prefixes json': `{\n "routes": { ${routes} } } \n`,
    });
    expect(lines(await collect(witness(), frr))).toEqual(TOTALS('ipv4', 1, 0, 0));
  });

  test('a VRF that cannot be named', async () => {
    const { frr } = bgpd({}, { vrf: 'red;reload' });
    expect((await collect(witness(), frr)).drops).toEqual([
      { reason: 'vrf_name', metric: 'frr_received_paths', labels: 'vrf="red;reload"' },
    ]);
  });

  test.each([
    '10.0.0.1/8',
    '10.0.0.0',
    '10.0.0.0/33',
    'fe80::1%eth0/128',
    '2001:db8::1/64',
    '/8',
    '10.0.0.0/8/8',
  ])('the prefix %s is refused', (text) => {
    expect(() => receivedRoutes.flags.include.parse(text, '--collector.received-routes.include', [])).toThrow(
      new UsageError(
        `--collector.received-routes.include takes a prefix without host bits, such as 10.20.0.0/16 or 2001:db8::/32, not ${JSON.stringify(text)}`,
      ),
    );
  });

  test('a prefix is compared as FRR writes it', () => {
    expect(receivedRoutes.flags.include.parse('2001:DB8:0::/48', '', [])).toEqual(['2001:db8::/48']);
  });
});
