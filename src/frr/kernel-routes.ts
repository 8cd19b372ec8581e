/**
 * The kernel's own routing tables, as this network namespace has them.
 *
 * They are read only until all routes that are looked for are found, and never whole where they are large: a full table has
 * a hundred megabytes. The kernel lists the tables of VRF devices first, and within a table the default route.
 */
import { type FileHandle, open, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addressBits, prefixText } from './addresses.ts';
import { FrrError } from './source.ts';

/** The numbers of two tables (rt_tables(5)); those of VRF devices have their own. */
export const MAIN_TABLE = 254;
export const LOCAL_TABLE = 255;

/** A route to look for. */
export interface KernelRoute {
  readonly afi: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefixLength: number;
  readonly table: number;
  /** For IPv6, whose list does not have the table: the interfaces of its next hops, one of which it must use. */
  readonly interfaces: readonly string[];
}

/** Whether the kernel has each route; undefined where its tables are too large to rule it out. */
export type FoundRoutes = readonly (boolean | undefined)[];

/** Bytes that are read of a file: some 100,000 routes of IPv4, 50,000 of IPv6. */
const MOST = 8 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** Not /proc/net, a link that `ProcSubset=pid` of systemd hides. */
export const PROC_NET = '/proc/self/net';
const IPV4_ROUTES = 'fib_trie';
const IPV6_ROUTES = 'ipv6_route';

/**
 * Looks for routes in the kernel's tables.
 * @param directory where they are
 * @param most bytes of a file to read
 * @throws FrrError `failed` when a file cannot be read
 */
export async function findKernelRoutes(
  wanted: readonly KernelRoute[],
  directory = PROC_NET,
  most = MOST,
): Promise<FoundRoutes> {
  const found = new Map<KernelRoute, boolean | undefined>();
  for (const [afi, file, search] of [
    ['ipv4', IPV4_ROUTES, searchTrie],
    ['ipv6', IPV6_ROUTES, searchList],
  ] as const) {
    const missing = new Set(wanted.filter((route) => route.afi === afi));
    if (missing.size === 0) continue;
    const whole = await readLines(path.join(directory, file), search(missing), most);
    for (const route of wanted)
      if (route.afi === afi) found.set(route, missing.has(route) ? (whole ? false : undefined) : true);
  }
  return wanted.map((route) => found.get(route));
}

/** Takes a line, and says whether there is nothing left to look for. It removes what it finds from a set. */
type Search = (line: string) => boolean;

/**
 * Reads the lines of a file.
 * @returns whether the search knows all of it: everything was found, or the last line was read
 */
async function readLines(file: string, search: Search, most: number): Promise<boolean> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const buffer = Buffer.alloc(CHUNK);
    let rest = '';
    for (let total = 0; total < most; ) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK);
      // The last line is complete, or the file is cut off; an empty one says nothing.
      if (bytesRead === 0) return total > 0 && rest === '';
      total += bytesRead;
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() as string;
      if (lines.some(search)) return true;
    }
    return false;
  } catch (error) {
    throw new FrrError('failed', 'zebra', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

const TABLE = /^(?:(Main)|(Local)|Id (\d+)):$/;

/**
 * Reads `fib_trie` (fib_trie_seq_show in net/ipv4/fib_trie.c): after a line with the table, one with each address and below
 * it one for each route to it: `|-- 203.0.113.0` and `/24 universe UNICAST`.
 */
function searchTrie(missing: Set<KernelRoute>): Search {
  const wanted = Map.groupBy(missing, (route) => `${route.table} ${prefixText(route)}`);
  let table = 0;
  let address = '';
  return (line) => {
    const text = line.trimStart();
    if (text.startsWith('|-- ')) address = text.slice(4);
    else if (text.startsWith('/')) {
      const [length = '', , type = ''] = text.split(' ');
      // The table of a VRF ends with an unreachable default route, so that lookups do not go on in the main table.
      if (type !== 'BROADCAST' && type !== 'UNREACHABLE')
        for (const route of wanted.get(`${table} ${address}${length}`) ?? []) missing.delete(route);
    } else {
      const [, main, local, id] = TABLE.exec(text) ?? [];
      if (main !== undefined) table = MAIN_TABLE;
      else if (local !== undefined) table = LOCAL_TABLE;
      else if (id !== undefined) table = Number(id);
    }
    return missing.size === 0;
  };
}

/** Flags of a route: include/uapi/linux/route.h and ipv6_route.h. */
const REJECT = 0x200;
const LOCAL = 0x80000000;

/**
 * Reads `ipv6_route` (ipv6_route_native_seq_show in net/ipv6/route.c): a line for each route of every table, with the prefix in
 * hexadecimal first, and flags and interface last.
 */
function searchList(missing: Set<KernelRoute>): Search {
  const wanted = Map.groupBy(missing, ({ address, prefixLength }) => {
    const length = prefixLength.toString(16).padStart(2, '0');
    return `${addressBits(address).toString(16).padStart(32, '0')} ${length}`;
  });
  return (line) => {
    const routes = wanted.get(line.slice(0, 35));
    if (routes === undefined) return false;
    const [flagsText = '', name = ''] = line.trimEnd().split(/ +/).slice(-2);
    const flags = Number.parseInt(flagsText, 16);
    for (const route of routes) {
      const isIt =
        route.table === LOCAL_TABLE
          ? (flags & LOCAL) !== 0
          : (flags & REJECT) === 0 && route.interfaces.includes(name);
      if (isIt) missing.delete(route);
    }
    return missing.size === 0;
  };
}

/** Whether a recording has the tables. */
export async function hasKernelRoutes(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return names.includes(IPV4_ROUTES) && names.includes(IPV6_ROUTES);
}

/** Copies the tables into a recording, as far as they are read. */
export async function copyKernelRoutes(directory: string, from = PROC_NET): Promise<void> {
  for (const name of [IPV4_ROUTES, IPV6_ROUTES]) {
    const lines: string[] = [];
    await readLines(
      path.join(from, name),
      (line) => {
        lines.push(`${line}\n`);
        return false;
      },
      MOST,
    );
    await writeFile(path.join(directory, name), lines.join(''));
  }
}
