/** What rules, runbooks and Alertmanager's files name is there: metrics, labels, alerts, pages, dashboards, FRR's commands. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { severityAndWait } from '../../../alerts/alert.ts';
import { TARGET_LABELS } from '../../catalogue.ts';
import { type KnownSeries, knownSeries } from '../../known-series.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(path, 'utf8');

const RULES = globSync('alerts/rules/*.yaml')
  .sort()
  .flatMap((file) =>
    parse(read(file)).groups.flatMap(
      (group: { rules: (Alert | { record: string; expr: string })[] }) => group.rules,
    ),
  ) as readonly (Alert | { readonly record: string; readonly expr: string })[];
const ALERTS = RULES.filter((rule) => 'alert' in rule);
const NAMES = [...new Set(ALERTS.map(({ alert }) => alert))];
const PAGES = readdirSync('alerts/runbooks')
  .filter((name) => name !== 'README.md')
  .map((name) => basename(name, '.md'));
const page = (name: string): string => read(`alerts/runbooks/${name}.md`);

let known: KnownSeries;
beforeAll(async () => {
  known = await knownSeries();
});

describe('rules', () => {
  test.each(RULES.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr]))(
    '%s: queries metrics that exist',
    (_, expr) => {
      expect(known.unknownIn(expr)).toEqual([]);
    },
  );

  test.each(ALERTS.map((one) => [one.alert, one] as const))(
    '%s: its texts name what there is',
    (_, { expr, annotations }) => {
      const texts = Object.values(annotations).join('\n');
      const lookups = [...texts.matchAll(/printf `(.*?)`/g)].map(([, query]) => query as string);
      // What one costs must not depend on the size of the fleet.
      expect(lookups.filter((query) => !query.includes('=%q'))).toEqual([]);
      const queries = lookups.map((query) => query.replaceAll('%q', '""').replaceAll('%s', '0'));
      expect(queries.flatMap((query) => known.unknownIn(query))).toEqual([]);
      const labels = known.labelsIn(expr);
      const used = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
      expect(used.filter((label) => !labels.has(label))).toEqual([]);
    },
  );

  test('each page about an address is one that FRRAddressesFault folds, and has words for', () => {
    const { title = '' } = ALERTS.find(({ alert }) => alert === 'FRRAddressesFault')?.annotations ?? {};
    const pages = ALERTS.filter(
      ({ alert, expr, labels }) =>
        labels.severity === 'critical' &&
        !/^FRR(Fleet|Addresses)Fault$/.test(alert) &&
        known.labelsIn(expr).has('address'),
    );
    expect(pages.length).toBeGreaterThan(5);
    expect(
      pages.filter(({ alert, labels }) => labels.fault !== alert || !title.includes(`"${alert}"`)),
    ).toEqual([]);
  });

  test.each(ALERTS.map((one) => [one.alert, one] as const))(
    '%s: its links lead somewhere',
    (_, { annotations }) => {
      const PUBLISHED = 'https://github.com/frr-exporter/frr-exporter/blob/main/';
      const { runbook_url = '', dashboard_url = '' } = annotations;
      expect([runbook_url, dashboard_url]).toEqual([
        expect.stringMatching(new RegExp(`^${PUBLISHED}`)),
        expect.stringMatching(new RegExp(`^${PUBLISHED}`)),
      ]);
      expect(existsSync(runbook_url.slice(PUBLISHED.length))).toBe(true);
      const [path = '', query] = dashboard_url
        .slice(PUBLISHED.length)
        .replace(/\{\{.*?\}\}/g, 'x')
        .split('?');
      const dashboard = JSON.parse(read(path));
      const variables = dashboard.templating.list.map(({ name }: { name: string }) => `var-${name}`);
      expect(`dashboards/generated/${dashboard.uid}.json`).toBe(path);
      expect([...new URLSearchParams(query).keys()].filter((key) => !variables.includes(key))).toEqual([]);
    },
  );
});

/** Commands of FRR that a runbook may contain: they run on FRR 7.5 to 10.7, and do not read whole tables. */
const FRR_COMMANDS = [
  /^show bgp vrf all summary( json)?$/,
  /^show bgp( vrf VRF)?( (ipv4|ipv6) unicast)? neighbors PEER( json)?$/,
  /^show bgp vrf (VRF|all) neighbors json$/,
  /^show bgp vrf VRF update-groups$/,
  /^show bgp( vrf VRF)? (ipv4|ipv6) unicast (ADDRESS|PREFIX|0\.0\.0\.0\/0|::\/0)( json)?$/,
  /^show bfd( vrf VRF)? peers?( PEER)?( counters)?( brief)?( json)?$/,
  /^show (ip|ipv6) route( vrf VRF)? (summary|PREFIX|ADDRESS|0\.0\.0\.0\/0|::\/0)( json)?$/,
  /^show (ip|ipv6) nht( vrf VRF)?$/,
  /^show ip prefix-list only-host-prefixes$/,
  /^show ipv6 prefix-list only-host-prefixes$/,
  /^show route-map( [\w-]+)?$/,
  /^show running-config( bgpd)?$/,
  /^show interface IFACE$/,
  /^show evpn vni$/,
  /^show vrf vni$/,
  /^show (version|watchfrr|vrf|memory|zebra client summary)$/,
  /^clear bgp( vrf VRF)? PEER( soft (in|out))?$/,
];

describe('runbooks', () => {
  test('every alert has one, and every one an alert', () => {
    expect(PAGES.toSorted()).toEqual(NAMES.toSorted());
  });

  test.each(PAGES)('%s: has its sections, and something in each', (name) => {
    const [title, ...sections] = page(name).split(/^## /m);
    expect(title).toMatch(new RegExp(`^# ${name}\n`));
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([
      'Meaning',
      'Impact',
      'Diagnosis',
      'Mitigation',
      'Escalation',
      'False alarms',
    ]);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim()).not.toBe('');
  });

  test.each(PAGES)('%s: names metrics and alerts that there are', (name) => {
    const text = page(name);
    const metrics = [
      ...text.matchAll(/(?<![\w/-])(?:[a-z_]+:)?(?:frr|prometheus|alertmanager)_\w+(?::\w+)?/g),
    ].map(([found]) => found);
    expect(metrics.filter((metric) => !known.has(metric) && metric !== 'frr_exporter')).toEqual([]);
    const selectors = [...text.matchAll(/`([^`\n]*\bfrr_\w+\{[^`\n]*)`/g)].map(([, expr]) => expr as string);
    expect(selectors.flatMap((expr) => known.unknownIn(expr))).toEqual([]);
    const alerts = text.match(/(?<!\w)FRR[A-Z]\w+/g) ?? [];
    expect(alerts.filter((alert) => !NAMES.includes(alert))).toEqual([]);
  });

  test.each(PAGES)('%s: contains only commands that do not harm a router', (name) => {
    const commands = [...page(name).matchAll(/vtysh\b.*/g)].flatMap(([line]) =>
      [...line.matchAll(/-c '([^']*)'/g)].map(([, command]) => command as string),
    );
    expect(commands.filter((command) => !FRR_COMMANDS.some((allowed) => allowed.test(command)))).toEqual([]);
  });

  // What stands in place of a value in the source is left out of a phrase.
  test.each([
    ['FRRUnreachable', 'permission denied; '],
    ['FRRUnreachable', 'there are no sockets of FRR in'],
    ['FRRUnreachable', 'did not answer "'],
    ['FRRUnreachable', 'there is no program '],
    ['FRRExporterDown', 'another program already listens there'],
    ['FRRExporterDown', 'no interface of this machine has this address'],
    ['FRRExporterDown', 'unknown flag'],
    ['FRRMaintenance', 'so no maintenance is assumed'],
    [
      'FRRMaintenance',
      'is neither a duration such as 2h nor an RFC 3339 time such as 2026-11-22T18:00:00Z, so the maintenance lasts until the file is removed',
    ],
  ])('%s quotes what the program prints: %s', (name, phrase) => {
    expect(page(name)).toContain(phrase);
    expect(globSync('src/**/*.ts').some((file) => read(file).includes(phrase))).toBe(true);
  });

  test('the index lists them as the rules are', () => {
    const rows = NAMES.toSorted().map((name) => {
      const rules = ALERTS.filter(({ alert }) => alert === name);
      const when = rules.map(severityAndWait);
      return `| [${name}](${name}.md) | ${[...new Set(when)].join(', ')} | ${rules[0]?.annotations.summary} |`;
    });
    expect(read('alerts/runbooks/README.md').match(/^\| \[.*$/gm)).toEqual(rows);
  });
});

describe("Alertmanager's files", () => {
  let labels: ReadonlySet<string>;
  beforeAll(() => {
    labels = new Set([
      'alertname',
      'severity',
      ...TARGET_LABELS,
      ...ALERTS.flatMap(({ expr }) => [...known.labelsIn(expr)]),
    ]);
  });

  test('templates use labels and annotations that alerts have', () => {
    const annotations = new Set(ALERTS.flatMap((one) => Object.keys(one.annotations)));
    for (const file of [
      'alerts/alertmanager/alertmanager.yml',
      ...globSync('alerts/alertmanager/templates/*'),
    ]) {
      const used = (kind: string) =>
        [...read(file).matchAll(new RegExp(`\\.(?:Common)?${kind}\\.(\\w+)`, 'g'))].map(
          ([, name]) => name as string,
        );
      expect(used('Annotations').filter((name) => !annotations.has(name))).toEqual([]);
      expect(used('Labels').filter((name) => !labels.has(name))).toEqual([]);
    }
  });

  test('routes and inhibitions name alerts and labels that there are', () => {
    const config = read('alerts/alertmanager/alertmanager.yml');
    const rules = parse(config).inhibit_rules as readonly Record<string, readonly string[]>[];
    expect(rules.flatMap(({ equal = [] }) => equal).filter((label) => !labels.has(label))).toEqual([]);
    const patterns = [...config.matchAll(/alertname (!?[=~]~?) "?([\w|.+*]+)/g)].flatMap(([, , value]) =>
      (value as string).split('|'),
    );
    expect(patterns.length).toBeGreaterThan(30);
    const nobody = patterns.filter(
      (pattern) => !NAMES.some((name) => new RegExp(`^(?:${pattern})$`).test(name)),
    );
    expect(nobody).toEqual([]);
  });
});
