import { describe, expect, test } from 'vitest';
import { activate } from '../../../src/collectors/collector.ts';
import { daemons, parseWatchfrr } from '../../../src/collectors/daemons.ts';
import { parseAge, parseZebraClients } from '../../../src/collectors/zebra-clients.ts';
import type { Daemon } from '../../../src/frr/commands.ts';
import type { FrrErrorReason } from '../../../src/frr/source.ts';
import { parseVersion } from '../../../src/frr/version.ts';
import { answering, collect, lines } from './recorded.ts';

const VERSION = 'FRRouting 8.4.4 (node) on Linux(6.1.0).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n';

type Answers = Readonly<Record<string, string | FrrErrorReason>>;

/** `show zebra client summary` with clients connected for so many seconds. */
function clients(connected: Readonly<Record<string, number>>): string {
  const clock = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(11, 19);
  return [
    'Name      Connect Time    Last Read  Last Write      IPv4 Routes           IPv6 Routes',
    '------------------------------------------------------------------------------------------',
    ...Object.entries(connected).map(
      ([name, seconds]) =>
        `${name}        ${clock(seconds)}     00:00:01    00:00:03          0/0                   0/0         `,
    ),
    'Routes column shows (added+updated)/deleted',
  ].join('\n');
}

const watchfrr = (states: Readonly<Record<string, string>>) =>
  [
    'watchfrr global phase: Idle',
    ' Min Restart Interval: 60',
    ...Object.entries(states).map(([name, state]) => `  ${name.padEnd(20)} ${state}`),
  ].join('\n');

/** Polls the same collector repeatedly, and gives the exposition of each poll. */
async function pages(...rounds: readonly Answers[]): Promise<readonly (readonly string[])[]> {
  const collector = activate(daemons, {});
  const all: (readonly string[])[] = [];
  for (const answers of rounds) all.push(lines(await collect(collector, answering(answers))));
  return all;
}

test('distinguishes dead daemons, hung daemons and daemons without access', async () => {
  const [page] = await pages({
    'show watchfrr': watchfrr({ zebra: 'Up', bgpd: 'Down', ospfd: 'Unresponsive', bfdd: 'Up' }),
    'show version': VERSION,
    'show version bgpd': 'not_running',
    'show version ospfd': 'timed_out',
    'show version bfdd': 'permission_denied',
  });
  expect(page).toEqual([
    'frr_info{version="8.4.4"} 1',
    'frr_daemon_up{daemon="zebra"} 1',
    'frr_daemon_up{daemon="bgpd"} 0',
    'frr_daemon_up{daemon="ospfd"} 0',
    'frr_daemon_up{daemon="watchfrr"} 1',
    'frr_daemon_hung{daemon="zebra"} 0',
    'frr_daemon_hung{daemon="bgpd"} 0',
    'frr_daemon_hung{daemon="ospfd"} 1',
    'frr_daemon_hung{daemon="watchfrr"} 0',
    'frr_daemon_watchfrr_up{daemon="zebra"} 1',
    'frr_daemon_watchfrr_up{daemon="bgpd"} 0',
    'frr_daemon_watchfrr_up{daemon="ospfd"} 0',
    'frr_daemon_watchfrr_up{daemon="bfdd"} 1',
    'frr_daemon_restarts_total{daemon="zebra"} 0',
    'frr_daemon_restarts_total{daemon="bgpd"} 0',
    'frr_daemon_restarts_total{daemon="ospfd"} 0',
    'frr_daemon_restarts_total{daemon="bfdd"} 0',
    'frr_daemon_restarts_total{daemon="watchfrr"} 0',
  ]);
});

test('without watchfrr the daemons are found by querying them, and remembered', async () => {
  const [first, second] = await pages(
    {
      'show version': VERSION,
      'show version mgmtd': VERSION,
      'show zebra client summary': clients({ bgp: 9 }),
    },
    { 'show version': VERSION },
  );
  const up = (page: readonly string[] | undefined) =>
    page?.filter((line) => line.startsWith('frr_daemon_up'));
  // bgpd is a client of zebra, so it is expected to answer.
  expect(up(first)).toEqual([
    'frr_daemon_up{daemon="zebra"} 1',
    'frr_daemon_up{daemon="bgpd"} 0',
    'frr_daemon_up{daemon="mgmtd"} 1',
  ]);
  expect(up(second)).toEqual([
    'frr_daemon_up{daemon="zebra"} 1',
    'frr_daemon_up{daemon="bgpd"} 0',
    'frr_daemon_up{daemon="mgmtd"} 0',
  ]);
});

test('without watchfrr the daemons of an FRR that starts later are found, too', async () => {
  const [, page] = await pages({}, { 'show version': VERSION, 'show version mgmtd': VERSION });
  expect(page?.filter((line) => line.startsWith('frr_daemon_up'))).toEqual([
    'frr_daemon_up{daemon="zebra"} 1',
    'frr_daemon_up{daemon="mgmtd"} 1',
  ]);
});

test('when no daemon can be queried, the collector fails with the reason', async () => {
  const every = new Proxy({}, { get: () => 'permission_denied' }) as Answers;
  await expect(pages(every)).rejects.toMatchObject({ reason: 'permission_denied', daemon: 'zebra' });
});

test('reports when every daemon is dead', async () => {
  const [, page] = await pages({ 'show version': VERSION, 'show version bgpd': VERSION }, {});
  expect(page?.filter((line) => !line.startsWith('frr_daemon_restarts'))).toEqual([
    'frr_daemon_up{daemon="zebra"} 0',
    'frr_daemon_up{daemon="bgpd"} 0',
    'frr_daemon_hung{daemon="zebra"} 0',
    'frr_daemon_hung{daemon="bgpd"} 0',
  ]);
});

describe('restarts', () => {
  const running = (connected: Readonly<Record<string, number>>, version: Answers = {}) => ({
    'show version': VERSION,
    'show version bgpd': VERSION,
    'show version bfdd': VERSION,
    'show zebra client summary': clients(connected),
    ...version,
  });
  const dead = { 'show version bgpd': 'not_running' } as const;
  const hung = { 'show version bgpd': 'timed_out' } as const;

  test.each<[string, readonly Answers[], Record<string, number>]>([
    ['none', [running({ bgp: 10, bfd: 10 }), running({ bgp: 15, bfd: 15 })], {}],
    [
      'gone and back',
      [running({ bgp: 10, bfd: 10 }), running({ bfd: 15 }, dead), running({ bgp: 2, bfd: 20 })],
      { bgpd: 1 },
    ],
    ['back before it was missed', [running({ bgp: 10, bfd: 10 }), running({ bgp: 1, bfd: 15 })], { bgpd: 1 }],
    [
      'twice',
      [running({ bgp: 10, bfd: 1 }), running({ bgp: 1, bfd: 6 }), running({ bgp: 0, bfd: 11 })],
      { bgpd: 2 },
    ],
    [
      'only hung',
      [running({ bgp: 10, bfd: 10 }), running({ bgp: 15, bfd: 15 }, hung), running({ bgp: 20, bfd: 20 })],
      {},
    ],
    [
      'hung, killed and back',
      [
        running({ bgp: 10, bfd: 10 }),
        running({ bgp: 15, bfd: 15 }, hung),
        running({ bfd: 20 }, dead),
        running({ bgp: 3, bfd: 25 }),
      ],
      { bgpd: 1 },
    ],
    [
      'zebra, which all others have connected to again',
      [running({ bgp: 10, bfd: 10 }), running({ bgp: 2, bfd: 3 })],
      { zebra: 1 },
    ],
    ['the only client', [running({ bgp: 10 }), running({ bgp: 2 })], { bgpd: 1 }],
    ['first seen dead', [running({ bfd: 10 }, dead), running({ bgp: 2, bfd: 15 })], {}],
    [
      'no client for a while',
      [running({ bgp: 10, bfd: 10 }), running({ bfd: 15 }), running({ bgp: 1, bfd: 20 })],
      {},
    ],
  ])('%s', async (_, rounds, expected) => {
    const last = (await pages(...rounds)).at(-1) as readonly string[];
    const seen = last.flatMap((line) => {
      const [, daemon, count] = /^frr_daemon_restarts_total{daemon="(\w+)"} (\d+)$/.exec(line) ?? [];
      return daemon !== undefined && count !== '0' ? [[daemon, Number(count)]] : [];
    });
    expect(Object.fromEntries(seen)).toEqual(expected);
  });
});

test.each([
  ['FRRouting 8.4.4 (node) on Linux(6.1.0).\n', '8.4.4'],
  ['FRRouting 7.5.1 (node).\n', '7.5.1'],
  ['FRRouting 10.7-dev_git2026 (node) on Linux(6.1.0).\n', '10.7-dev_git2026'],
  ['% Unknown command', undefined],
  ['', undefined],
])('the version in %j is %s', (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

test('watchfrr: Up is up, and other lines are not daemons', () => {
  const text = `watchfrr global phase: Idle
 Restart Command: "/usr/lib/frr/watchfrr.sh restart %s"
 Min Restart Interval: 60
 Reading Configuration: no
    global restart running, pid 7
  mgmtd                Up
  zebra                Up/Ignoring Timeout
  bgpd                 Down
      restarting in 12 seconds (60s backoff interval)
  ospfd-1              Up
  bfdd                 Unresponsive
  staticd              Connecting
  pimd                 Init
`;
  expect(Object.fromEntries(parseWatchfrr(text))).toEqual({
    mgmtd: true,
    zebra: true,
    bgpd: false,
    bfdd: false,
    staticd: false,
    pimd: false,
  });
});

test.each([
  ['00:00:00', 0],
  ['00:01:50', 110],
  ['23:59:59', 86_399],
  ['1d02h03m', 93_780],
  ['6d23h59m', 604_740],
  ['02w3d04h', 1_483_200],
  ['never', undefined],
  ['', undefined],
])('the age %s is %s seconds', (text, seconds) => {
  expect(parseAge(text)).toBe(seconds);
});

test("zebra's clients, whose oldest connection counts", () => {
  expect(Object.fromEntries(parseZebraClients(clients({ bgp: 90, static: 100, nonsense: 5 })))).toEqual({
    bgpd: 90,
    staticd: 100,
  });
  expect(Object.fromEntries(parseZebraClients(`${clients({ bgp: 90 })}\n${clients({ bgp: 20 })}`))).toEqual({
    bgpd: 90,
  });
  expect(parseZebraClients('').size).toBe(0);
});

test('where a query costs a process, daemons that nobody else queries are queried when the newest answer is old', async () => {
  const collector = activate(daemons, {});
  const queried: string[] = [];
  const round = async (recent?: string) => {
    queried.length = 0;
    const frr = answering({
      'show watchfrr': watchfrr({ zebra: 'Up', bgpd: 'Up', staticd: 'Up' }),
      'show zebra client summary': clients({ bgp: 100, static: 100 }),
      'show version': VERSION,
      'show version bgpd': VERSION,
      'show version staticd': VERSION,
    });
    const text: typeof frr.text = (command) => {
      queried.push(command.recordedAs);
      return frr.text(command);
    };
    const queriedAnyway = (daemon: Daemon) => daemon === 'bgpd';
    return lines(await collect(collector, { ...frr, text, queriedAnyway, recentText: () => recent }));
  };
  const first = await round();
  expect(first).toContain('frr_daemon_up{daemon="staticd"} 1');
  expect(queried).toEqual([
    'show watchfrr',
    'show zebra client summary',
    'show version',
    'show version bgpd',
    'show version staticd',
  ]);
  // What is recent is the same for every command here, so watchfrr's list is empty.
  expect((await round(VERSION)).filter((line) => !line.startsWith('frr_daemon_watchfrr_up'))).toEqual(
    first.filter((line) => !line.startsWith('frr_daemon_watchfrr_up')),
  );
  expect(queried).toEqual(['show zebra client summary', 'show version', 'show version bgpd']);
});
