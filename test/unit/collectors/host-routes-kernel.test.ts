/** Whether the kernel has the routes of host addresses that zebra reports as installed. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { activate, type Frr } from '../../../src/collectors/collector.ts';
import { hostRoutes } from '../../../src/collectors/host-routes.ts';
import { kernelRoutes } from '../../../src/collectors/kernel-routes.ts';
import { findKernelRoutes } from '../../../src/frr/kernel-routes.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { createTables } from '../../../src/metrics/tables.ts';
import { answering, collect, lines } from './recorded.ts';

/** Written by Linux 6.18, with the table of a VRF (10). */
const TABLES = path.join(import.meta.dirname, '../frr/kernel-routes');
const FLAGS = { include: [], exclude: [], maxSeries: 1_000, maxTable: 50_000 };

/** The default VRF, a VRF device and a VRF that is a network namespace. */
const VRF_IDS: Readonly<Record<string, number>> = { default: 0, red: 5, blue: 6 };

/** A route as zebra has it. */
interface Route {
  readonly vrf: string;
  readonly prefix: string;
  readonly table?: number;
  readonly installed?: boolean;
  /** Interface of the next hop; empty where it has none. */
  readonly leadsTo: string;
  /** Other fields of the next hop. */
  readonly nexthop?: object;
}

/** A document for each route, as FRR has one for each VRF. */
function documents(routes: readonly Route[]): string {
  const each = routes.map(({ vrf, prefix, table, installed = true, leadsTo, nexthop }) => {
    const nexthops = [{ ...(leadsTo !== '' && { interfaceName: leadsTo }), ...nexthop }];
    return { [prefix]: [{ prefix, vrfId: VRF_IDS[vrf], table, installed, nexthops }] };
  });
  return [{}, ...each].map((one) => JSON.stringify(one)).join('\n');
}

const OWN = JSON.stringify({
  advertisedTo: { eth1: {} },
  paths: [{ bestpath: { overall: true }, peer: { peerId: '0.0.0.0' } }],
});

/** FRR that announces its kernel and static routes. */
function frr(kernel: readonly Route[], fixed: readonly Route[] = []): Frr {
  const all = [...kernel, ...fixed];
  const ofAfi = (routes: readonly Route[], ip: string) =>
    documents(routes.filter(({ prefix }) => prefix.includes(':') === (ip === 'ipv6')));
  const inVrf = (vrf: string) => (vrf === 'default' ? '' : ` vrf ${vrf}`);
  const answers = answering({
    'show bgp vrfs json': JSON.stringify({
      vrfs: Object.fromEntries(
        Object.entries(VRF_IDS).map(([vrf, vrfId]) => [vrf, { type: 'VRF', vrfId, l3vni: 0 }]),
      ),
    }),
    'show zebra router table summary': '',
    'show bgp ipv4 vpn summary json': '{}',
    'show bgp ipv6 vpn summary json': '{}',
    ...Object.fromEntries(
      Object.keys(VRF_IDS).flatMap((vrf) =>
        ['ipv4', 'ipv6'].map((afi) => [
          `show bgp${inVrf(vrf)} ${afi} unicast route-leak json`,
          '{"importFromVrfs":["red"]}',
        ]),
      ),
    ),
    ...Object.fromEntries(
      ['ip', 'ipv6'].flatMap((ip) => [
        [`show ${ip} route vrf all connected json`, '{}'],
        [`show ${ip} route vrf all kernel json`, ofAfi(kernel, ip)],
        [`show ${ip} route vrf all static json`, ofAfi(fixed, ip)],
      ]),
    ),
    ...Object.fromEntries(
      all.flatMap(({ prefix }) =>
        Object.keys(VRF_IDS).map((vrf) => [
          `show bgp${inVrf(vrf)} ${prefix.includes(':') ? 'ipv6' : 'ipv4'} unicast ${prefix} json`,
          all.some((one) => one.vrf === vrf && one.prefix === prefix) ? OWN : '{}',
        ]),
      ),
    ),
  });
  return { ...answers, kernelRoutes: (wanted) => findKernelRoutes(wanted, TABLES) };
}

/** The samples without the labels that follow from the address. */
const missing = (families: Awaited<ReturnType<typeof collect>>) =>
  lines(families).flatMap((line) => {
    const [, address, vrf, value] =
      /^frr_host_route_kernel_missing\{address="(.*?)",.*vrf="(.*?)",.*\} (.)$/.exec(line) ?? [];
    return address === undefined ? [] : [`${vrf} ${address} ${value}`];
  });

const KERNEL: readonly Route[] = [
  { vrf: 'red', prefix: '203.0.113.9/32', table: 10, leadsTo: 'br1' },
  { vrf: 'red', prefix: '203.0.113.8/32', table: 10, leadsTo: 'br1' },
  { vrf: 'default', prefix: '203.0.113.9/32', table: 254, leadsTo: 'br0' },
  { vrf: 'default', prefix: '198.51.100.7/32', table: 254, leadsTo: '', nexthop: { blackhole: true } },
  { vrf: 'default', prefix: '2001:db8::9/128', table: 254, leadsTo: 'br0' },
];
const STATIC: readonly Route[] = [{ vrf: 'red', prefix: '203.0.113.7/32', table: 10, leadsTo: 'br1' }];

/** What the kernel's list cannot tell, and what zebra does not report as installed. */
const NOT_COMPARED: readonly Route[] = [
  { vrf: 'blue', prefix: '203.0.113.10/32', table: 254, leadsTo: 'ten0' },
  { vrf: 'default', prefix: '203.0.113.11/32', table: 254, leadsTo: '', nexthop: { reject: true } },
  { vrf: 'default', prefix: '2001:db8::11/128', table: 254, leadsTo: '', nexthop: { blackhole: true } },
  { vrf: 'default', prefix: '203.0.113.12/32', table: 254, leadsTo: 'br0', installed: false },
  { vrf: 'default', prefix: '203.0.113.13/32', leadsTo: 'br0' },
];

test('kernel and static routes that the kernel lacks in two polls in a row', async () => {
  const active = activate(hostRoutes, FLAGS);
  const poll = () => collect(active, frr([...KERNEL, ...NOT_COMPARED], STATIC));
  const allThere = [
    'red 203.0.113.9 0',
    'red 203.0.113.8 0',
    'default 203.0.113.9 0',
    'default 198.51.100.7 0',
    'red 203.0.113.7 0',
    'default 2001:db8::9 0',
  ];
  expect(missing(await poll())).toEqual(allThere);
  const families = await poll();
  expect(missing(families)).toEqual([
    'red 203.0.113.9 0',
    'red 203.0.113.8 1',
    'default 203.0.113.9 1',
    'default 198.51.100.7 0',
    'red 203.0.113.7 1',
    'default 2001:db8::9 1',
  ]);
  expect([...(kernelRoutes.findings?.(createTables(families.families)) ?? [])]).toEqual([
    {
      level: 'critical',
      text: '4 routes missing in the kernel',
      details: [
        '203.0.113.8 (kernel route, vrf red)',
        '203.0.113.9 (kernel route)',
        '203.0.113.7 (static route, vrf red)',
        '2001:db8::9 (kernel route)',
      ],
      measure: { name: 'kernel_routes_missing', bad: 4, all: 6 },
    },
  ]);
  // A poll in between that finds no route to look for, or cannot look, starts over.
  for (const between of [
    frr([]),
    {
      ...frr(KERNEL, STATIC),
      kernelRoutes: async () => {
        throw new FrrError('failed', 'zebra', '/proc/self/net/fib_trie cannot be read: EACCES');
      },
    },
  ]) {
    expect(missing(await collect(active, between))).toEqual([]);
    expect(missing(await poll())).toEqual(allThere);
  }
});

test('with more routes than --collector.host-routes.max-series none is looked for', async () => {
  const sizes: number[] = [];
  const source = frr(KERNEL, STATIC);
  const counting: Frr = {
    ...source,
    kernelRoutes: (wanted) => {
      sizes.push(wanted.length);
      return source.kernelRoutes(wanted);
    },
  };
  await collect(activate(hostRoutes, { ...FLAGS, maxSeries: 5 }), counting);
  await collect(activate(hostRoutes, { ...FLAGS, maxSeries: 6 }), counting);
  expect(sizes).toEqual([0, 6]);
});
