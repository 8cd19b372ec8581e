import { describe, expect, test } from 'vitest';
import { defaultRoutes } from '../../../src/collectors/default-route.ts';
import { rib } from '../../../src/collectors/rib.ts';
import { parseVrfs } from '../../../src/collectors/vrfs.ts';
import { isVrfName } from '../../../src/frr/commands.ts';
import { answering, collect, lines, recordedFrr } from './recorded.ts';

test('VRFs of both kinds', () => {
  expect(parseVrfs('')).toEqual([]);
  expect(
    parseVrfs(`netns-based vrfs
vrf ghost inactive (configured)
vrf red id 2 netns /run/netns/red
vrf tenant-b id 1 netns /run/netns/tenant-b
vrf blue id 5 table 10 (configured)
`),
  ).toEqual(['red', 'tenant-b', 'blue']);
});

test.each([
  ['red', true],
  ['tenant-b', true],
  ['vrf.10:a@b_c', true],
  ['10', true],
  ['all', false],
  ['', false],
  ['-x', false],
  ['a b', false],
  ['a|b', false],
  ['a"b', false],
  ['a\nb', false],
  ['日本', false],
  ['x'.repeat(1_000), false],
])('whether a VRF of the name %j can be queried: %s', (name, can) => {
  expect(isVrfName(name)).toBe(can);
});

const ROUTES = (count: number) =>
  JSON.stringify({ routes: [{ type: 'ebgp', rib: count, fib: count - 1 }], routesTotal: count });

test('every VRF is queried by name, and one with an unusable name is dropped', async () => {
  const frr = answering({
    'show vrf': 'vrf red id 2 netns /run/netns/red\nvrf r|d id 3 netns /run/netns/r|d\n',
    'show ip route summary json': ROUTES(5),
    'show ipv6 route summary json': ROUTES(6),
    'show ip route vrf red summary json': ROUTES(7),
    'show ipv6 route vrf red summary json': ROUTES(8),
  });
  expect(lines(await collect(rib, frr))).toEqual([
    'frr_rib_routes{vrf="default",afi="ipv4",protocol="ebgp"} 5',
    'frr_rib_routes{vrf="default",afi="ipv6",protocol="ebgp"} 6',
    'frr_rib_routes{vrf="red",afi="ipv4",protocol="ebgp"} 7',
    'frr_rib_routes{vrf="red",afi="ipv6",protocol="ebgp"} 8',
    'frr_fib_routes{vrf="default",afi="ipv4",protocol="ebgp"} 4',
    'frr_fib_routes{vrf="default",afi="ipv6",protocol="ebgp"} 5',
    'frr_fib_routes{vrf="red",afi="ipv4",protocol="ebgp"} 6',
    'frr_fib_routes{vrf="red",afi="ipv6",protocol="ebgp"} 7',
  ]);
});

describe.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s', (version) => {
  test('separates the routes of a VRF from those of the default VRF', async () => {
    const page = lines(await collect(rib, await recordedFrr(`${version}/every-kind`)));
    const bgpRoutes = page.filter((line) => /^frr_fib_routes.*afi="ipv4",protocol="ebgp"/.test(line));
    expect(bgpRoutes).toEqual([
      'frr_fib_routes{vrf="default",afi="ipv4",protocol="ebgp"} 43',
      'frr_fib_routes{vrf="tenant-b",afi="ipv4",protocol="ebgp"} 23',
    ]);
  });

  test.each([
    ['every-kind', [1, 1, 0, 0]],
    ['tor2-link-down', [1, 1]],
    ['no-bgp-configured', [0, 0]],
  ])('default routes: %s', async (situation, installed) => {
    const page = lines(await collect(defaultRoutes, await recordedFrr(`${version}/${situation}`)));
    expect(page.map((line) => Number(line.split(' ')[1]))).toEqual(installed);
  });
});

test.each([
  ['installed', { '0.0.0.0/0': [{ protocol: 'ebgp', selected: true, installed: true }] }, 1],
  [
    'one of two installed',
    { '0.0.0.0/0': [{ protocol: 'static' }, { protocol: 'kernel', installed: true }] },
    1,
  ],
  ['known, not installed', { '0.0.0.0/0': [{ protocol: 'static', selected: true }] }, 0],
  ['refused by the kernel', { '0.0.0.0/0': [{ protocol: 'static', installed: false, failed: true }] }, 0],
  ['none, in words of FRR 8', { '0.0.0.0/0': [] }, 0],
  ['none', {}, 0],
  ['odd', { '0.0.0.0/0': [null, 1, []] }, 0],
])('a default route that is %s', async (_, answer, installed) => {
  const frr = answering({
    'show vrf': '',
    'show ip route 0.0.0.0/0 json': JSON.stringify(answer),
    'show ipv6 route ::/0 json': '{}',
  });
  expect(lines(await collect(defaultRoutes, frr))).toEqual([
    `frr_default_route_installed{vrf="default",afi="ipv4"} ${installed}`,
    'frr_default_route_installed{vrf="default",afi="ipv6"} 0',
  ]);
});

test.each([
  ['no list of routes', {}],
  ['things that are no routes', { routes: [1, null, 'x'] }],
])('a summary with %s has no samples', async (_, answer) => {
  const text = JSON.stringify(answer);
  const frr = answering({
    'show vrf': '',
    'show ip route summary json': text,
    'show ipv6 route summary json': text,
  });
  expect(lines(await collect(rib, frr))).toEqual([]);
});

test('the tables of recent VRFs are queried together with the VRFs, and again when those have changed', async () => {
  const answers: Record<string, string> = {
    'show vrf': 'vrf red id 5 table 10\n',
    'show ip route summary json': ROUTES(5),
    'show ipv6 route summary json': ROUTES(6),
    'show ip route vrf red summary json': ROUTES(7),
    'show ipv6 route vrf red summary json': ROUTES(8),
  };
  let goes = 0;
  const vrfs = async () => {
    goes = 0;
    const frr = answering(answers);
    const page = await collect(rib, {
      ...frr,
      jsonEach: (commands) => {
        goes++;
        return frr.jsonEach(commands);
      },
      recentText: () => 'vrf red id 5 table 10\n',
    });
    return new Set(lines(page).map((line) => /vrf="(.*?)"/.exec(line)?.[1]));
  };
  expect(await vrfs()).toEqual(new Set(['default', 'red']));
  expect(goes).toBe(1);
  answers['show vrf'] = '';
  expect(await vrfs()).toEqual(new Set(['default']));
  expect(goes).toBe(2);
  answers['show ip route vrf red summary json'] = 'failed';
  expect(await vrfs()).toEqual(new Set(['default']));
  expect(goes).toBe(2);
});
