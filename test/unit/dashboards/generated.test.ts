import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboards, dashboardText } from '../../../dashboards/dashboards.ts';
import { FLAGS, OptionError, readOptions } from '../../../dashboards/options.ts';
import { RULE_FILES } from '../../fleet/prometheus.ts';
import { problems } from './schema.ts';

const GENERATED = fileURLToPath(new URL('../../../dashboards/generated/', import.meta.url));
const ALL = dashboards(readOptions({}));
const UIDS = ['frr-fleet', 'frr-node', 'frr-session', 'frr-openstack', 'frr-exporter'];

describe('the committed dashboards', () => {
  it('are the five', () => {
    expect(ALL.map(({ uid }) => uid)).toEqual(UIDS);
    expect(readdirSync(GENERATED).sort()).toEqual(UIDS.map((uid) => `${uid}.json`).sort());
  });

  it.each(ALL.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s is what the code makes',
    (uid, made) => {
      expect(readFileSync(join(GENERATED, `${uid}.json`), 'utf8')).toBe(dashboardText(made));
    },
  );

  it.each(ALL.map((dashboard) => [dashboard.uid, dashboard] as const))('%s has the shape', (_, dashboard) => {
    expect(problems(dashboard)).toEqual([]);
    expect(dashboard.schemaVersion).toBe(39);
  });

  it('would not pass with a key or a value that Grafana does not have', () => {
    const broken: Dashboard = structuredClone(ALL[0] as Dashboard);
    Object.assign(broken, { scheme: 1 });
    Object.assign(broken.links?.[0] as object, { placement: 'inControlsMenu' });
    Object.assign(broken.panels?.[0] as object, { type: 'graph' });
    expect(problems(broken).map((problem) => problem.split(':')[0])).toEqual([
      'links.0',
      'panels.0.type',
      '',
    ]);
  });
});

describe('options', () => {
  it('have the names and the defaults of `make rules` where both have them, and lead to the same runbooks', () => {
    const rules = parse(readFileSync('alerts/thresholds.yaml', 'utf8')) as Record<string, unknown>;
    const shared = Object.entries(FLAGS).flatMap(([name, flag]) => {
      const key = name.replaceAll('-', '_');
      return key in rules ? [[name, flag.default, rules[key]]] : [];
    });
    const url = 'https://github.com/frr-exporter/frr-exporter/blob/main';
    expect(shared).toEqual([['base-url', url, url]]);
    const runbooks = RULE_FILES.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/runbook_url: (\S+)\/\w+\.md$/gm)].map(([, folder]) => folder),
    );
    expect(new Set(runbooks)).toEqual(new Set([readOptions({}).runbooks]));
  });

  it.each([
    ['schema-version', '38', '"38" is not one of 39, 40, 41, 42'],
    ['schema-version', 'newest', '"newest" is not one of 39, 40, 41, 42'],
    ['schema-version', '39.0', '"39.0" is not one of 39, 40, 41, 42'],
    ['datasource', "Prometheus'", '"Prometheus\'" is not a name of'],
    ['datasource', '', '"" is not a name of'],
    ['datasource', '$datasource', '"$datasource" is not a name of'],
    ['datasource', 'a\nb', '"a\\nb" is not a name of'],
    ['base-url', 'alerts/runbooks', '"alerts/runbooks" is not an http or https URL'],
    ['base-url', 'javascript:alert(1)', '"javascript:alert(1)" is not an http or https URL'],
    ['base-url', 'https://wiki/"x', '"https://wiki/\\"x" is not an http or https URL'],
    ['status-page-url', 'http://node:9342/', '"http://node:9342/" is not a URL that contains {instance}'],
    ['status-page-url', 'ftp://{instance}/', '"ftp://{instance}/" is not an http or https URL'],
    ['target-labels', 'role,', '"role," is not a list of label names'],
    ['target-labels', 'role,role', '"role,role" is not a list of label names, each once'],
    ['target-labels', 'fail-domain', '"fail-domain" is not a list of label names'],
    ['target-labels', 'instance', 'without datasource, cluster, job, instance'],
    ['schema', '39', 'no such option; there are --schema-version, --datasource'],
    ['toString', '39', 'no such option; there are --schema-version, --datasource'],
  ])('refuse --%s=%s', (flag, value, message) => {
    let refusal: unknown;
    try {
      readOptions({ [flag]: value });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(OptionError);
    expect((refusal as OptionError).message).toMatch(new RegExp(`^--${flag}: [^\n]+$`));
    expect((refusal as OptionError).message).toContain(message);
  });
});
