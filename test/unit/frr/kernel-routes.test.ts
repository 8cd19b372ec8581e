import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  copyKernelRoutes,
  findKernelRoutes,
  hasKernelRoutes,
  type KernelRoute,
  LOCAL_TABLE,
  MAIN_TABLE,
} from '../../../src/frr/kernel-routes.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Written by Linux 6.18, with the tables of two VRFs (10 and 11) and rules of its own. */
const TABLES = path.join(import.meta.dirname, 'kernel-routes');

const route = (text: string, table: number, ...interfaces: readonly string[]): KernelRoute => {
  const [address = '', length] = text.split('/');
  const afi = address.includes(':') ? 'ipv6' : 'ipv4';
  return { afi, address, prefixLength: Number(length), table, interfaces };
};

test.each([
  ['the default route', route('0.0.0.0/0', MAIN_TABLE), true],
  ['the default route of a VRF', route('0.0.0.0/0', 10), true],
  ['the unreachable default route of a VRF', route('0.0.0.0/0', 11), false],
  ['a default route in a table that is not there', route('0.0.0.0/0', 12), false],
  ['a host route of a VRF', route('203.0.113.9/32', 10), true],
  ['a host route in another table', route('203.0.113.9/32', MAIN_TABLE), false],
  ['a host route that leads nowhere on purpose', route('198.51.100.7/32', MAIN_TABLE), true],
  ['an address of the node', route('172.31.0.5/32', LOCAL_TABLE), true],
  ['a broadcast address', route('10.9.0.255/32', LOCAL_TABLE), false],
  ['the address of a network with another length', route('10.9.0.0/32', MAIN_TABLE), false],
  ['an address that the node does not have', route('172.31.0.6/32', LOCAL_TABLE), false],
  ['the IPv6 default route', route('::/0', MAIN_TABLE, 'eth9', 'br0'), true],
  ['the IPv6 default route of a VRF', route('::/0', 10, 'br1'), true],
  ['an IPv6 default route that leads elsewhere', route('::/0', MAIN_TABLE, 'lo'), false],
  ['an IPv6 network', route('2001:DB8:1::/64', MAIN_TABLE, 'br0'), true],
  ['an IPv6 address of the node', route('2001:db8::1/128', LOCAL_TABLE), true],
  ['an IPv6 address of the node in other words', route('2001:db8:0:0::0.0.0.1/128', LOCAL_TABLE), true],
  ['an IPv6 address that the node does not have', route('2001:db8::2/128', LOCAL_TABLE), false],
])('%s', async (_, wanted, found) => {
  expect(await findKernelRoutes([wanted], TABLES)).toEqual([found]);
});

test('many at once, each in its place', async () => {
  const wanted = [
    route('::/0', 10, 'br1'),
    route('172.31.0.6/32', LOCAL_TABLE),
    route('0.0.0.0/0', MAIN_TABLE),
    route('2001:db8::2/128', LOCAL_TABLE),
    route('0.0.0.0/0', MAIN_TABLE),
  ];
  expect(await findKernelRoutes(wanted, TABLES)).toEqual([true, false, true, false, true]);
});

describe.each([
  ['fib_trie', route('0.0.0.0/0', 10), route('172.31.0.6/32', LOCAL_TABLE)],
  ['ipv6_route', route('::/0', 10, 'br1'), route('2001:db8::2/128', LOCAL_TABLE)],
])('%s', (name, first, absent) => {
  function folderWith(text: string): string {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, name), text);
    return folder;
  }
  const text = readFileSync(path.join(TABLES, name), 'utf8');

  test('that is longer than is read: what is found is known, all else is not', async () => {
    // More than is read at once.
    const long = folderWith(text + text.repeat(100));
    expect(await findKernelRoutes([first, absent], long, 70_000)).toEqual([true, undefined]);
    expect(await findKernelRoutes([first, absent], long)).toEqual([true, false]);
  });

  test.each([
    ['cut off in the middle of a line', text.slice(0, -5), true],
    ['empty', '', undefined],
    ['something else', 'x\n/\n|-- \nId x:\n'.repeat(10), false],
  ])('that is %s', async (_, cut, found) => {
    const absence = cut === '' || cut.length === text.length - 5 ? undefined : false;
    expect(await findKernelRoutes([first, absent], folderWith(cut))).toEqual([found, absence]);
  });

  test('that is not there, or a directory', async () => {
    const folder = temporaryFolder();
    await expect(findKernelRoutes([first], folder)).rejects.toMatchObject({
      reason: 'failed',
      daemon: 'zebra',
      message: `${path.join(folder, name)} cannot be read: ENOENT: no such file or directory, open '${path.join(folder, name)}'`,
    });
    mkdirSync(path.join(folder, name));
    await expect(findKernelRoutes([first], folder)).rejects.toMatchObject({
      message: `${path.join(folder, name)} cannot be read: EISDIR: illegal operation on a directory, read`,
    });
  });
});

test('a file that is not needed is not read', async () => {
  expect(await findKernelRoutes([], temporaryFolder())).toEqual([]);
});

test("this machine's own tables have its loopback addresses", async () => {
  expect(await findKernelRoutes([route('127.0.0.1/32', LOCAL_TABLE)])).toEqual([true]);
});

test('a copy has the same routes', async () => {
  const folder = temporaryFolder();
  expect(await hasKernelRoutes(folder)).toBe(false);
  await copyKernelRoutes(folder, TABLES);
  expect(await hasKernelRoutes(folder)).toBe(true);
  for (const name of ['fib_trie', 'ipv6_route'])
    expect(readFileSync(path.join(folder, name), 'utf8')).toBe(readFileSync(path.join(TABLES, name), 'utf8'));
});
