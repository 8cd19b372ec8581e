/** Series by series against the exporter that most people run, in two versions, on the same FRR at the same moment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIFFERENCES } from '../../../docs/compat-differences.ts';
import {
  belongingTo,
  configureRpki,
  DAEMONS,
  EVERYTHING,
  freePort,
  type Lab,
  type Page,
  type Running,
  readPage,
  type Series,
  start,
  startExporter,
  startLab,
  startRpkiCache,
  waitFor,
} from '../../lab/index.ts';
import { type OtherExporterVersion, otherExporter } from '../../lab/other-exporter.ts';

/** What both have flags for, by the same names. */
interface Case {
  readonly version: OtherExporterVersion;
  readonly frr: '8.4.4' | '10.7.1';
  readonly name: string;
  readonly bothFlags: readonly string[];
  readonly theirFlags: readonly string[];
  /** Metrics that must be there, lest a collector that failed be compared with nothing. */
  readonly exports: readonly string[];
  /** Series that it gives at least. */
  readonly least: number;
}

const OPTIONAL_DAEMONS = ['--collector.ospf', '--collector.pim', '--collector.vrrp'];
const FAMILIES = ['--collector.bgp6', '--collector.bgpl2vpn'];
const DETAILS = [
  '--collector.route.detailed-routes',
  '--collector.bgp.advertised-prefixes',
  // Its collector rpki waits so long for an answer about each VRF that FRR 8.4 never gives.
  '--frr.socket.timeout=1s',
];
const COMMON = [
  'frr_bfd_peer_state',
  'frr_bgp_l2vpn_evpn_mac_count_total',
  'frr_bgp_peer_state',
  'frr_bgp_peer_types_up',
  'frr_ospf_neighbors',
  'frr_pim_neighbor_uptime_seconds',
  'frr_vrrp_state',
];
const RECENT = [
  'frr_ospf_area_lsa_number',
  'frr_ospf_data_ls_max_age',
  'frr_ospf_neighbor_state',
  'frr_route_fib_count',
  'frr_rpki_cache_state',
  'frr_status_up',
];

const EVERY_LABEL = {
  version: '1.11.0',
  name: 'with every label and type',
  bothFlags: [
    ...OPTIONAL_DAEMONS,
    '--collector.rpki',
    '--collector.bgp.peer-descriptions',
    '--collector.bgp.peer-descriptions.plain-text',
    '--collector.bgp.peer-groups',
    '--collector.bgp.peer-hostnames',
    '--collector.bgp.peer-types',
    '--collector.bgp.peer-types.keys=type',
    '--collector.bgp.peer-types.keys=site',
    '--collector.bgp.accepted-filtered-prefixes',
  ],
  theirFlags: [...FAMILIES, ...DETAILS],
  exports: [...COMMON, ...RECENT, 'frr_bgp_peer_prefixes_accepted_count_total'],
} as const;

const CASES: readonly Case[] = [
  {
    version: '1.1.4',
    frr: '8.4.4',
    name: 'with descriptions and types',
    bothFlags: [...OPTIONAL_DAEMONS, '--collector.bgp.peer-descriptions', '--collector.bgp.peer-types'],
    theirFlags: [...FAMILIES, '--collector.bgp.advertised-prefixes'],
    exports: COMMON,
    least: 160,
  },
  { ...EVERY_LABEL, frr: '8.4.4', least: 280 },
  { ...EVERY_LABEL, frr: '10.7.1', least: 200 },
];

/** The machine's own FRR, and the newest one. With all of EVERYTHING the latter's watchfrr does not come up. */
const LABS = [
  { frr: '8.4.4', topology: EVERYTHING },
  { frr: '10.7.1', topology: DAEMONS },
] as const;

/** Starts it for the laboratory's node. */
async function startTheirs(
  lab: Lab,
  { version, bothFlags, theirFlags }: Case,
): Promise<Running & { read(): Promise<Page> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/metrics`;
  const [program, ...args] = await otherExporter(version);
  const flags = [
    `--web.listen-address=127.0.0.1:${port}`,
    `--frr.socket.dir-path=${lab.node.socketFolder}`,
    // 1.1.4 queries bfdd by vtysh in any case.
    ...(version === '1.1.4' ? [`--frr.vtysh.options=-N ${lab.node.namespace}`] : []),
  ];
  const running = await start(program, [...args, ...flags, ...bothFlags, ...theirFlags], {
    env: belongingTo(lab.name),
    ready: async () => (await fetch(url).catch(() => undefined))?.ok === true,
  });
  return { ...running, read: async () => readPage(await (await fetch(url)).text()) };
}

/** Figures of time, and counters of messages, which go on between the two scrapes. */
const MOVES = /uptime|(sent|received)_total$/;

const sameValue = (name: string, a: number, b: number) =>
  MOVES.test(name) ? Math.abs(a - b) <= 10 : a === b;

interface Found extends Series {
  readonly how: 'absent' | 'value' | 'labels';
  readonly ours: readonly number[];
}

function compare(theirs: Page, ours: Page): readonly Found[] {
  return theirs.series
    .filter(({ name }) => name.startsWith('frr_'))
    .flatMap((series): Found[] => {
      const { name, labels, value } = series;
      const alike = ours.find(name, labels);
      const exact = alike.find((one) => Object.keys(one.labels).length === Object.keys(labels).length);
      if (exact !== undefined && sameValue(name, exact.value, value)) return [];
      const more = alike.some((one) => sameValue(name, one.value, value));
      const how = exact !== undefined ? 'value' : more ? 'labels' : 'absent';
      return [{ ...series, how, ours: alike.map((one) => one.value) }];
    });
}

describe.each(LABS)('FRR $frr', ({ frr, topology }) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({ name: 'compat', version: frr, topology });
    await configureRpki(lab.node);
    await startRpkiCache(lab);
    // Descriptions as frr_exporter's users write them, and one that only looks like it.
    await lab.node.configure(
      'ip prefix-list all-but-one deny 10.2.7.0/24',
      'ip prefix-list all-but-one permit any',
      'router bgp 64999',
      'neighbor 100.64.1.1 description {"desc":"tor1 \\"A\\"","type":"uplink","site":" north "}',
      'neighbor 192.0.2.66 description {"desc":"never up","type":"guest"',
      // Of the 20 prefixes and the default route, FRR then counts one less as received.
      'address-family ipv4 unicast',
      'neighbor eth2 prefix-list all-but-one in',
    );
  });
  afterAll(() => lab?.stop());

  test.each(CASES.filter((one) => one.frr === frr))(
    'frr_exporter $version, $name: every series is ours too',
    async (one) => {
      await using theirs = await startTheirs(lab, one);
      await using ours = await startExporter({
        lab,
        source: 'socket',
        flags: ['--compat.frr-exporter', '--poll.interval=1s', '--poll.max-share=50%', ...one.bothFlags],
      });
      const known = DIFFERENCES.filter(
        (difference) => (difference.only ?? one.version) === one.version && (difference.frr ?? frr) === frr,
      );
      const explains = (found: Found) =>
        known.filter(
          ({ metric, how, collectors }) =>
            metric === found.name &&
            how === found.how &&
            (collectors === undefined || collectors.includes(found.labels.collector as string)),
        );
      // Routes, neighbors and caches come one after another; both pages are compared until they have come to rest.
      const { exported, differences } = await waitFor(
        async () => {
          const their = await theirs.read();
          const found = compare(their, await ours.page());
          const names = new Set(their.series.map(({ name }) => name));
          expect(one.exports.filter((name) => !names.has(name))).toEqual([]);
          expect(their.find('frr_ospf_neighbor_state').every(({ value }) => value === 7)).toBe(true);
          const uplink = { peer: 'eth2', afi: 'ipv4', safi: 'unicast' };
          expect(their.value('frr_bgp_peer_prefixes_received_count_total', uplink)).toBe(20);
          expect(found.filter((difference) => explains(difference).length !== 1)).toEqual([]);
          return { exported: their, differences: found };
        },
        { within: 60_000, every: 1_000, for: 'both expositions to agree' },
      );
      expect(exported.series.length).toBeGreaterThan(one.least);
      // A difference that is none any more has no place in the list.
      const needed = new Set(differences.flatMap(explains));
      // Both may have been queried equally often.
      const relevant = known.filter(
        ({ metric }) => metric !== 'frr_scrapes_total' && exported.find(metric).length > 0,
      );
      expect([...needed]).toEqual(expect.arrayContaining(relevant));
      expect(
        exported.find('frr_bgp_peer_prefixes_filtered_count_total').filter(({ value }) => value !== 0),
      ).toEqual([]);
    },
  );
});
