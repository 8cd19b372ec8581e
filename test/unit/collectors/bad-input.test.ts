/** Whatever FRR answers, the exposition can be parsed, and what cannot be exported is left out and counted. */
import { describe, expect, test } from 'vitest';
import type { ActiveCollector, Frr } from '../../../src/collectors/collector.ts';
import { familiesPart, writeBody } from '../../../src/metrics/body.ts';
import type { Families } from '../../../src/metrics/family.ts';
import { type Page, readPage, type Series } from '../../lab/page.ts';
import { answering, collect, collectors, recordedFrr } from './recorded.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What is on the page; its reader refuses whatever is none of the format, and what is there twice. */
async function pageOf({ families }: Families): Promise<Page> {
  return readPage((await writeBody([familiesPart(families)], 'text', { gzip: false })).toString());
}

/** FRR with its JSON changed. */
function changed(frr: Frr, change: (document: Json) => Json): Frr {
  return {
    ...frr,
    json: async (command) => (await frr.json(command)).map((document) => change(document as Json)),
    jsonEach: async (commands) => (await frr.jsonEach(commands)).map((document) => change(document as Json)),
    documentsEach: async (commands) =>
      (await frr.documentsEach(commands)).map((documents) =>
        documents.map((document) => change(document as Json)),
      ),
  };
}

/** Without those whose bad input has tests of its own. */
const all = () =>
  collectors({ enabled: true, descriptions: true, plainDescriptions: true, groups: true }).filter(
    ({ name }) => !['memory', 'received-routes'].includes(name),
  );

/** The VRFs of host addresses become part of commands, which host-routes-vrfs.test.ts tests. */
const situationOf = ({ name, enabledByDefault }: ActiveCollector) =>
  name === 'host-routes' ? 'healthy' : enabledByDefault ? 'every-kind' : 'other-daemons';

const NAMES = [
  ['quotes', 'a"b"'],
  ['line feeds', 'a\nb\r\n'],
  ['backslashes', '\\n\\'],
  ['braces', 'a{b="c"} 1'],
  ['letters of all kinds', 'Zürich 日本 🛰'],
  ['1,000 characters', 'x'.repeat(1_000)],
  ['the name of a prototype', '__proto__'],
] as const;

describe.each(NAMES)('names of interfaces, VRFs, peers and descriptions with %s', (_, bad) => {
  /** What a lower-case label of frr_exporter makes of it is the same name. */
  const renamed = (text: string) => `${text}${bad}`;

  /** Every name in the answer: keys of objects that have names for keys, and the strings of fields that hold one. */
  function rename(value: Json): Json {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([name, field]) => {
      const isName = /^(default|tenant-[ab]|observer|eth\d|vrrp4|pimreg|br-ex|lo|vx\d+)$/.test(name);
      const holdsName =
        /^(interface|vrf|vrfName|nbrDesc|peerGroup|vxlanIf|tenantVrf|hostname|desc|profile|host)$/.test(name);
      return [
        isName ? renamed(name) : name,
        holdsName && typeof field === 'string' ? renamed(field) : rename(field),
      ];
    });
    return Object.fromEntries(fields as [string, Json][]);
  }

  test.each(all().map((collector) => [collector.name, collector] as const))('%s', async (__, collector) => {
    const frr = await recordedFrr(`8.4.4/${situationOf(collector)}`);
    const before = await pageOf(await collect(collector, frr));
    const built = await collect(collector, {
      ...changed(frr, rename),
      addresses: async () =>
        (await frr.addresses()).map((one) => ({ ...one, interface: renamed(one.interface) })),
      links: async () => (await frr.links()).map((one) => ({ ...one, interface: renamed(one.interface) })),
    });
    expect(built.drops).toEqual([]);
    const after = await pageOf(built);
    const samplesOf = ({ series }: Page) => series.map(({ name, value }) => [name, value]);
    const still = (page: Page): Page => ({
      ...page,
      series: page.series.filter(({ name }) => !/^frr_scrape/.test(name)),
    });
    expect(samplesOf(still(after))).toEqual(samplesOf(still(before)));
    const values = (series: readonly Series[]) => series.flatMap(({ labels }) => Object.values(labels));
    const expected = new Set(
      values(before.series).flatMap((text) => [text, renamed(text), renamed(text).toLowerCase()]),
    );
    expect(values(after.series).filter((text) => !expected.has(text))).toEqual([]);
    // Daemons and tables of routes have names of FRR's own, and VRFs that are queried one by one.
    if (!['daemons', 'rib', 'default-route', 'kernel-routes'].includes(collector.name))
      expect(values(after.series).some((text) => text.toLowerCase().includes(bad.toLowerCase()))).toBe(true);
  });
});

test.each(['bgp', 'bgp-neighbors', 'bfd', 'evpn', 'vrrp'])(
  '%s: duplicates are exported once',
  async (name) => {
    const collector = all().find((one) => one.name === name) as ActiveCollector;
    const frr = await recordedFrr(`8.4.4/${situationOf(collector)}`);
    const before = await pageOf(await collect(collector, frr));
    const built = await collect(collector, {
      ...frr,
      json: async (command) => {
        const documents = await frr.json(command);
        return [...documents, ...documents];
      },
      jsonEach: async (commands) =>
        (await frr.jsonEach(commands)).map((document) =>
          Array.isArray(document) ? [...document, ...document] : document,
        ),
    });
    const after = await pageOf(built);
    // How many there are is what FRR says.
    const counts = /^frr_(bfd_sessions|bfd_peer_count|evpn_vnis)$/;
    const rest = ({ series }: Page) => series.filter((one) => !counts.test(one.name));
    expect(rest(after)).toEqual(rest(before));
    expect(built.drops.length).toBeGreaterThan(0);
    expect(new Set(built.drops.map(({ reason }) => reason))).toEqual(new Set(['duplicate']));
  },
);

describe.each(['n/a', 'NaN', '', '1e', '0x10', '7 seconds'])('%j in place of every number', (text) => {
  const replaced = (value: Json): Json => {
    if (typeof value === 'number') return text;
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, replaced(field)]));
  };

  test.each(all().map((collector) => [collector.name, collector] as const))('%s', async (_, collector) => {
    const frr = await recordedFrr(`8.4.4/${situationOf(collector)}`);
    const built = await collect(collector, changed(frr, replaced));
    const page = await pageOf(built);
    expect(page.series.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
    expect(new Set(built.drops.map(({ reason }) => reason))).toEqual(
      new Set(built.drops.length > 0 ? ['not_a_number'] : []),
    );
    // What is made of numbers was left out and counted.
    if (['bgp', 'bfd', 'rib'].includes(collector.name)) expect(built.drops.length).toBeGreaterThan(10);
  });
});

test('a VRF whose name cannot be used in a command is dropped and counted', async () => {
  const summary = '{"routes":[{"type":"bgp","rib":2,"fib":1}],"routesTotal":2,"routesTotalFib":1}';
  const frr = answering({
    'show vrf': 'vrf kunde-ä id 7 table 10\nvrf red;reload id 8 table 11\nvrf ok id 9 table 12\n',
    ...Object.fromEntries(
      ['', ' vrf ok'].flatMap((vrf) =>
        ['ip', 'ipv6'].flatMap((ip) => [
          [`show ${ip} route${vrf} summary json`, summary],
          [`show ${ip} route${vrf} ${ip === 'ip' ? '0.0.0.0/0' : '::/0'} json`, '{}'],
        ]),
      ),
    ),
  });
  for (const [name, metric] of [
    ['rib', 'frr_rib_routes'],
    ['default-route', 'frr_default_route_installed'],
  ] as const) {
    const built = await collect(all().find((one) => one.name === name) as ActiveCollector, frr);
    const labelsOf = (await pageOf(built)).find(metric).map(({ labels }) => [labels.vrf, labels.afi]);
    expect(labelsOf).toEqual([
      ['default', 'ipv4'],
      ['default', 'ipv6'],
      ['ok', 'ipv4'],
      ['ok', 'ipv6'],
    ]);
    expect(built.drops).toEqual([
      { reason: 'vrf_name', metric, labels: 'vrf="kunde-ä"' },
      { reason: 'vrf_name', metric, labels: 'vrf="red;reload"' },
    ]);
  }
});
