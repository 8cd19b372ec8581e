/** What a site may set when it generates the dashboards. What the alert rules set too has the same name there. */

export interface Options {
  /** Grafana's number for the shape of the JSON. */
  readonly schemaVersion: number;
  /** Name of the Prometheus data source that is chosen at first; `default` is Grafana's own default. */
  readonly datasource: string;
  /** Folder of the runbooks: `URL/ALERT.md` is the runbook of an alert. */
  readonly runbooks: string;
  /** The status page of an exporter; `{instance}` stands for its instance label. */
  readonly statusPage: string;
  /** Labels of the scrape targets that nodes can be chosen by, besides cluster and job. */
  readonly targetLabels: readonly string[];
}

/** Versions whose shape is what the generator writes: 39 is read by Grafana 10.3 and newer. */
export const SCHEMA_VERSIONS: readonly number[] = [39, 40, 41, 42];

/** Values by the name of their flag, without the dashes. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** Every flag with its default, which the committed files have, and its help. */
export const FLAGS = {
  'schema-version': {
    default: '39',
    help: `shape of the JSON: ${SCHEMA_VERSIONS.join(', ')}`,
  },
  datasource: {
    default: 'default',
    help: 'name of the Prometheus data source that is chosen at first',
  },
  'base-url': {
    default: 'https://github.com/frr-exporter/frr-exporter/blob/main',
    help: 'where this source is published: URL/alerts/runbooks/ALERT.md is the runbook of an alert',
  },
  'status-page-url': {
    default: 'https://{instance}:9342/',
    help: 'status page of an exporter; {instance} stands for its instance label',
  },
  'target-labels': {
    default: 'role',
    help: 'labels of the scrape targets to choose nodes by, separated by commas; empty for none',
  },
} as const;

/** A bad option: its message is one line that names it and the values that it takes. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

function refuse(flag: keyof typeof FLAGS, value: string, takes: string): never {
  throw new OptionError(`--${flag}: ${JSON.stringify(value)} is not ${takes}`);
}

function url(flag: keyof typeof FLAGS, value: string, sample: string): string {
  const parsed = URL.parse(sample);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || /["'<>`\s\\]/.test(value))
    refuse(flag, value, 'an http or https URL');
  return value;
}

/** Names of variables that every dashboard has, or some. */
const TAKEN = ['datasource', 'cluster', 'job', 'instance', 'vrf', 'peer', 'address'];

function labels(value: string): readonly string[] {
  const names = value === '' ? [] : value.split(',');
  const wrong =
    names.some((name) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || TAKEN.includes(name)) ||
    new Set(names).size < names.length;
  if (wrong)
    refuse(
      'target-labels',
      value,
      `a list of label names, each once, separated by commas, without ${TAKEN.join(', ')}`,
    );
  return names;
}

/**
 * Reads the options.
 * @throws OptionError when a flag is unknown or its value cannot be used
 */
export function readOptions(flags: Flags): Options {
  for (const name of Object.keys(flags)) {
    if (!Object.hasOwn(FLAGS, name))
      throw new OptionError(`--${name}: no such option; there are --${Object.keys(FLAGS).join(', --')}`);
  }
  const read = (name: keyof typeof FLAGS): string => flags[name] ?? FLAGS[name].default;

  const version = read('schema-version');
  if (!SCHEMA_VERSIONS.some((known) => String(known) === version))
    refuse('schema-version', version, `one of ${SCHEMA_VERSIONS.join(', ')}`);

  const datasource = read('datasource');
  if (!/^[^"'`\\$\p{Cc}]{1,190}$/u.test(datasource) || datasource.trim() !== datasource)
    refuse(
      'datasource',
      datasource,
      'a name of 1 to 190 characters without quotes, $, backslashes and control characters',
    );

  const baseUrl = read('base-url');
  const statusPage = read('status-page-url');
  if (!statusPage.includes('{instance}'))
    refuse('status-page-url', statusPage, 'a URL that contains {instance}');
  return {
    schemaVersion: Number(version),
    datasource,
    runbooks: `${url('base-url', baseUrl, baseUrl).replace(/\/+$/, '')}/alerts/runbooks`,
    statusPage: url('status-page-url', statusPage, statusPage.replaceAll('{instance}', 'node')),
    targetLabels: labels(read('target-labels')),
  };
}
