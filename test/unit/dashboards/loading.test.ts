/** The ways in which the dashboards get into a Grafana: each leads to the generated files, and to all of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { FLAGS, readOptions, SCHEMA_VERSIONS } from '../../../dashboards/options.ts';

const FOLDER = resolve(import.meta.dirname, '../../../dashboards');
const read = (path: string) => readFileSync(join(FOLDER, path), 'utf8');
const ALL = dashboards(readOptions({}));
const FILES = ALL.map(({ uid }) => `generated/${uid}.json`);

const README = read('README.md');
const [DATA_SOURCES, PROVIDERS] = ['datasources/prometheus.yaml', 'dashboards/frr.yaml'].map((path) =>
  parse(read(`provisioning/${path}`)),
);

/** Grafana ignores what it does not know, so a key that is not here would do nothing without a word. */
const datasourceFile = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.tuple([
    z.strictObject({
      name: z.string(),
      uid: z.string().regex(/^[\w-]{1,40}$/),
      type: z.literal('prometheus'),
      access: z.literal('proxy'),
      url: z.url(),
      isDefault: z.literal(true),
      jsonData: z.strictObject({ httpMethod: z.literal('POST'), timeInterval: z.string() }),
    }),
  ]),
});

const providerFile = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.tuple([
    z.strictObject({
      name: z.string(),
      type: z.literal('file'),
      folder: z.string(),
      allowUiUpdates: z.literal(false),
      disableDeletion: z.literal(true),
      updateIntervalSeconds: z.int().min(1),
      options: z.strictObject({ path: z.string().startsWith('/') }),
    }),
  ]),
});

const kustomizationFile = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  generatorOptions: z.strictObject({
    disableNameSuffixHash: z.literal(true),
    // A string: Kubernetes refuses labels that are numbers.
    labels: z.strictObject({ grafana_dashboard: z.literal('1') }),
    annotations: z.strictObject({ grafana_folder: z.string() }),
  }),
  configMapGenerator: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/),
      files: z.tuple([z.string()]),
    }),
  ),
});

describe('from files', () => {
  it('the data source has the shape, and the scrape interval of the shipped Prometheus', () => {
    const { datasources } = datasourceFile.parse(DATA_SOURCES);
    const prometheus = parse(readFileSync(join(FOLDER, '../alerts/prometheus/prometheus.yml'), 'utf8')) as {
      global: { scrape_interval: string };
    };
    expect(datasources[0].jsonData.timeInterval).toBe(prometheus.global.scrape_interval);
  });

  it('the shipped Prometheus and the fleet call an instance by its host name, as the links to status pages do', () => {
    const relabelled = (path: string) => {
      const { scrape_configs } = parse(readFileSync(join(FOLDER, '..', path), 'utf8')) as {
        scrape_configs: { job_name: string; relabel_configs?: unknown }[];
      };
      return Object.fromEntries(
        scrape_configs.flatMap(({ job_name, relabel_configs }) =>
          relabel_configs === undefined ? [] : [[job_name, relabel_configs]],
        ),
      );
    };
    const byName = [{ source_labels: ['hostname'], regex: '(.+)', target_label: 'instance' }];
    expect(relabelled('alerts/prometheus/prometheus.yml')).toEqual({ frr: byName, node: byName });
    expect(relabelled('container/fleet/prometheus.yml')).toEqual({ frr: byName });
    expect(readOptions({}).statusPage).toBe('https://{instance}:9342/');
  });

  it('the provider has the shape, and looks where the README copies the dashboards to', () => {
    const { providers } = providerFile.parse(PROVIDERS);
    expect(README).toContain(` ${providers[0].options.path} dashboards/generated/*.json\n`);
  });

  it('every file of the folder is copied', () => {
    const copied = [...README.matchAll(/^install .* dashboards\/(provisioning\/\S+)$/gm)].map(
      ([, path]) => path as string,
    );
    const there = ['dashboards', 'datasources'].flatMap((kind) =>
      readdirSync(join(FOLDER, 'provisioning', kind)).map((name) => `provisioning/${kind}/${name}`),
    );
    expect(copied.sort()).toEqual(there.sort());
    for (const path of copied)
      expect(README).toContain(`/etc/grafana/${path.slice(0, path.lastIndexOf('/'))} dashboards/${path}\n`);
  });
});

describe('in Kubernetes', () => {
  const { configMapGenerator, generatorOptions } = kustomizationFile.parse(parse(read('kustomization.yaml')));

  it('each dashboard has a ConfigMap of its own', () => {
    expect(configMapGenerator).toEqual(
      ALL.map(({ uid }) => ({ name: `grafana-dashboard-${uid}`, files: [`generated/${uid}.json`] })),
    );
    expect(generatorOptions.annotations.grafana_folder).toBe(
      providerFile.parse(PROVIDERS).providers[0].folder,
    );
  });

  it('none is larger than what "kubectl apply" can remember of it', () => {
    for (const { files } of configMapGenerator) expect(read(files[0]).length).toBeLessThan(200 * 1024);
  });
});

describe('the README', () => {
  it('describes the purpose of each dashboard', () => {
    const rows = [...README.matchAll(/^\| \[(.+)\]\((.+)\) \| .+\? \|$/gm)].map(([, title, path]) => [
      title,
      path,
    ]);
    expect(rows).toEqual(ALL.map(({ title }, index) => [title, FILES[index]]));
  });

  it('leads to what is there', () => {
    const targets = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target as string);
    expect(targets).toEqual(expect.arrayContaining([...FILES, 'provisioning', 'kustomization.yaml']));
    expect(targets.filter((target) => !existsSync(join(FOLDER, target)))).toEqual([]);
  });

  it('has every option with its default', () => {
    const rows = [...README.matchAll(/^\| `--(\S+)` \| `(\S+)` \| .+ \|$/gm)].map(([, name, standard]) => [
      name,
      standard,
    ]);
    expect(rows).toEqual(Object.entries(FLAGS).map(([name, flag]) => [name, flag.default]));
    expect(README).toContain(`: ${SCHEMA_VERSIONS.slice(0, -1).join(', ')} or ${SCHEMA_VERSIONS.at(-1)}.`);
  });
});
