/** What `make rules` makes besides the rules: objects of the prometheus-operator, tables and timings. */
import { readFileSync } from 'node:fs';
import { PodMonitor, PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { ScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifests } from '../../../alerts/kubernetes.ts';
import { ruleFiles } from '../../../alerts/rules.ts';
import { alertTable } from '../../../alerts/table.ts';
import { readThresholds } from '../../../alerts/thresholds.ts';
import { timings, timingsTable } from '../../../alerts/timings.ts';

const source = 'alerts/thresholds.yaml';
const SITE = readThresholds(readFileSync(source, 'utf8'), source);
const FILES = ruleFiles(SITE);
const KINDS = { PodMonitor, PrometheusRule, ScrapeConfig } as const;
type Kind = keyof typeof KINDS;

const DOCUMENTS = manifests(SITE, FILES).flatMap(([, text]) =>
  parseAllDocuments(text).map((document) => document.toJS() as { kind: Kind; metadata: { name: string } }),
);

test('the committed objects are what `make rules` makes', () => {
  const committed = manifests(SITE, FILES).map(([name]) => readFileSync(`alerts/kubernetes/${name}`, 'utf8'));
  expect(committed).toEqual(manifests(SITE, FILES).map(([, text]) => text));
});

test('there is one for each rule file, and one for each way to scrape', () => {
  expect(DOCUMENTS.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    ...FILES.map(({ topic }) => `PrometheusRule frr-${topic}`),
    'ScrapeConfig frr-exporter',
    'PodMonitor frr-exporter',
  ]);
});

test.each(DOCUMENTS.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
  '%s fits its schema',
  (_, one) => {
    const Model = KINDS[one.kind] as unknown as new (data: unknown) => { validate(): void };
    expect(() => new Model(one).validate()).not.toThrow();
  },
);

test('an object that does not fit is refused', () => {
  const broken = { metadata: { name: 'x' }, spec: { groups: [{ name: 'x', interval: 'often', rules: [] }] } };
  expect(() => new PrometheusRule(broken as never).validate()).toThrow(/interval/);
});

test.each([
  ['alerts/README.md', 'runbooks/'],
  ['alerts/runbooks/README.md', ''],
])('%s lists every alert as the rules have it', (page, runbooks) => {
  expect(readFileSync(page, 'utf8')).toContain(alertTable(FILES, runbooks));
});

test('the documentation has the times to the page as the settings make them', () => {
  const text = readFileSync(source, 'utf8');
  const sites = ['5s', '15s', '30s', '1m'].map((interval) =>
    readThresholds(text, source, { scrape_interval: interval, evaluation_interval: interval }),
  );
  expect(readFileSync('docs/notifications.md', 'utf8')).toContain(timingsTable(sites));
});

test('the shipped Alertmanager waits for what the shipped intervals need', () => {
  const { route } = parse(readFileSync('alerts/alertmanager/alertmanager.yml', 'utf8'));
  const pages = route.routes.find(({ receiver }: { receiver: string }) => receiver === 'page');
  const { groupWait, groupInterval } = timings(SITE);
  expect([pages.group_wait, pages.group_interval]).toEqual([groupWait, groupInterval]);
});
