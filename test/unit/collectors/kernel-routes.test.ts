import { expect, test } from 'vitest';
import { activate, type Frr } from '../../../src/collectors/collector.ts';
import { kernelRoutes } from '../../../src/collectors/kernel-routes.ts';
import type { FoundRoutes, KernelRoute } from '../../../src/frr/kernel-routes.ts';
import { FrrError } from '../../../src/frr/source.ts';
import { createTables } from '../../../src/metrics/tables.ts';
import { answering, collect, lines } from './recorded.ts';

const installed = (prefix: string, ...interfaces: readonly string[]) =>
  JSON.stringify({
    [prefix]: [
      { installed: false, nexthops: [{ interfaceName: 'eth9' }] },
      {
        installed: true,
        nexthops: [
          { ip: '192.0.2.1', recursive: true },
          ...interfaces.map((interfaceName) => ({ interfaceName })),
        ],
      },
    ],
  });

const ADDRESSES = [
  { interface: 'lo', address: '172.31.0.5', prefixLength: 32, afi: 'ipv4' },
  { interface: 'br-ex', address: '172.31.0.5', prefixLength: 32, afi: 'ipv4' },
  { interface: 'lo', address: '2001:db8::5', prefixLength: 128, afi: 'ipv6' },
  { interface: 'eth1', address: '100.64.1.2', prefixLength: 30, afi: 'ipv4' },
] as const;

/** FRR with a VRF device, a VRF by network namespace and one that is not there; only the first one's table can be seen. */
function frr(kernel: (wanted: readonly KernelRoute[]) => FoundRoutes): Frr {
  const answers = answering(
    {
      'show vrf':
        'vrf red id 5 table 10\nvrf blue id 2 netns /run/netns/blue\nvrf gone inactive (configured)\n',
      'show ip route 0.0.0.0/0 json': installed('0.0.0.0/0', 'eth1'),
      'show ipv6 route ::/0 json': installed('::/0', 'eth1', 'eth2'),
      'show ip route vrf red 0.0.0.0/0 json': installed('0.0.0.0/0', 'red1'),
      'show ipv6 route vrf red ::/0 json': '{}',
      'show ip route vrf blue 0.0.0.0/0 json': installed('0.0.0.0/0', 'blue1'),
      // A next hop without an interface cannot be found in the kernel's list.
      'show ipv6 route vrf blue ::/0 json': installed('::/0'),
    },
    ADDRESSES,
  );
  return { ...answers, kernelRoutes: async (wanted) => kernel(wanted) };
}

const ALL = [
  ['vrf="default",afi="ipv4",prefix="0.0.0.0/0"', '254 0.0.0.0/0 eth1'],
  ['vrf="default",afi="ipv6",prefix="::/0"', '254 ::/0 eth1 eth2'],
  ['vrf="red",afi="ipv4",prefix="0.0.0.0/0"', '10 0.0.0.0/0 red1'],
  ['vrf="default",afi="ipv4",prefix="172.31.0.5/32"', '255 172.31.0.5/32'],
  ['vrf="default",afi="ipv6",prefix="2001:db8::5/128"', '255 2001:db8::5/128'],
] as const;

const told = (values: readonly number[]) => [
  ...values.map((value, index) => `frr_kernel_route_missing{${ALL[index]?.[0]}} ${value}`),
  `frr_kernel_routes_unknown ${ALL.length - values.length}`,
];

test('looks for the default routes that zebra reports as installed, and for host addresses', async () => {
  const wanted: string[] = [];
  const collected = await collect(
    kernelRoutes,
    frr((routes) => {
      for (const { table, address, prefixLength, interfaces } of routes)
        wanted.push([table, `${address}/${prefixLength}`, ...interfaces].join(' '));
      return routes.map(() => true);
    }),
  );
  expect(wanted).toEqual(ALL.map(([, text]) => text));
  expect(lines(collected)).toEqual(told([0, 0, 0, 0, 0]));
  expect(collected.drops).toEqual([]);
});

test('a route is missing once two polls in a row do not find it, until one finds it', async () => {
  const active = activate(kernelRoutes, {});
  const poll = async (...missing: readonly number[]) =>
    collect(
      active,
      frr((wanted) => wanted.map((_, index) => !missing.includes(index))),
    );
  expect(lines(await poll(0))).toEqual(told([0, 0, 0, 0, 0]));
  expect(lines(await poll(1, 2))).toEqual(told([0, 0, 0, 0, 0]));
  const twice = await poll(2, 3);
  expect(lines(twice)).toEqual(told([0, 0, 1, 0, 0]));
  expect([...(active.findings?.(createTables(twice.families)) ?? [])]).toEqual([
    {
      level: 'critical',
      text: '1 route missing in the kernel',
      details: ['0.0.0.0/0 in VRF red'],
      measure: { name: 'kernel_routes_missing', bad: 1, all: 5 },
    },
  ]);
  const more = await poll(2, 3);
  expect(lines(more)).toEqual(told([0, 0, 1, 1, 0]));
  expect([...(active.findings?.(createTables(more.families)) ?? [])]).toMatchObject([
    { text: '2 routes missing in the kernel', details: ['0.0.0.0/0 in VRF red', '172.31.0.5/32'] },
  ]);
  const healthy = await poll();
  expect(lines(healthy)).toEqual(told([0, 0, 0, 0, 0]));
  expect([...(active.findings?.(createTables(healthy.families)) ?? [])]).toEqual([]);
});

test('routes of which too large tables say nothing are counted', async () => {
  const active = activate(kernelRoutes, {});
  const poll = () =>
    collect(
      active,
      frr((wanted) => wanted.map((_, index) => (index === 0 ? true : undefined))),
    );
  await poll();
  expect(lines(await poll())).toEqual(told([0]));
});

test('tables that cannot be read fail the poll in one line', async () => {
  const unreadable = {
    ...frr(() => []),
    kernelRoutes: async () => {
      throw new FrrError('failed', 'zebra', '/proc/self/net/fib_trie cannot be read: EACCES');
    },
  };
  await expect(collect(kernelRoutes, unreadable)).rejects.toThrow(
    '/proc/self/net/fib_trie cannot be read: EACCES',
  );
});
