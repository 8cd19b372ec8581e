/** What a site may set when it has the dashboards generated. */

export interface Options {
  /** Grafana's number for the shape of the JSON. */
  readonly schemaVersion: number;
  /** Name of the Prometheus data source that is chosen at first; `default` is Grafana's own default. */
  readonly datasource: string;
  /** BGP peer group of the uplinks, as in FRR's configuration. */
  readonly uplinkPeerGroup: string;
  /** Folder of the runbooks: `URL/ALERT.md` is the page of an alert. */
  readonly runbooks: string;
  /** The status page of an exporter; `{instance}` stands for its instance label. */
  readonly statusPage: string;
}

/** Versions whose shape is what the generator writes: 39 is read by Grafana 10.3 and newer. */
export const SCHEMA_VERSIONS: readonly number[] = [39, 40, 41, 42];

/** Options by the name of their flag, without the dashes. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** Every flag with what it takes, for `--help`; the defaults are those of the committed files. */
export const FLAGS = {
  'grafana.schema-version': {
    default: '39',
    help: `shape of the JSON: ${SCHEMA_VERSIONS.join(', ')}`,
  },
  'grafana.datasource': {
    default: 'default',
    help: 'name of the Prometheus data source that is chosen at first',
  },
  'uplink.peer-group': {
    default: 'uplink',
    help: 'BGP peer group of the uplinks',
  },
  'runbooks.url': {
    default: 'https://runbooks.example.org/frr',
    help: 'folder of the runbooks: URL/ALERT.md is the page of an alert',
  },
  'status-page.url': {
    default: 'http://{instance}/',
    help: 'status page of an exporter; {instance} stands for its instance label',
  },
} as const;

/** A bad option: its message is one line that names it and what it takes. */
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

/**
 * Reads the options.
 * @throws OptionError when a flag is unknown or its value is not what it takes
 */
export function readOptions(flags: Flags): Options {
  for (const name of Object.keys(flags)) {
    if (!Object.hasOwn(FLAGS, name))
      throw new OptionError(`--${name}: no such option; there are --${Object.keys(FLAGS).join(', --')}`);
  }
  const read = (name: keyof typeof FLAGS): string => flags[name] ?? FLAGS[name].default;

  const version = read('grafana.schema-version');
  if (!SCHEMA_VERSIONS.some((known) => String(known) === version))
    refuse('grafana.schema-version', version, `one of ${SCHEMA_VERSIONS.join(', ')}`);

  const datasource = read('grafana.datasource');
  if (!/^[^"'`\\$\p{Cc}]{1,190}$/u.test(datasource) || datasource.trim() !== datasource)
    refuse(
      'grafana.datasource',
      datasource,
      'a name of 1 to 190 characters without quotes, $, backslashes and control characters',
    );

  const uplinkPeerGroup = read('uplink.peer-group');
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/.test(uplinkPeerGroup))
    refuse(
      'uplink.peer-group',
      uplinkPeerGroup,
      'a peer group: letters, digits, and _ . : - after the first',
    );

  const runbooks = read('runbooks.url');
  const statusPage = read('status-page.url');
  if (!statusPage.includes('{instance}'))
    refuse('status-page.url', statusPage, 'a URL that contains {instance}');
  return {
    schemaVersion: Number(version),
    datasource,
    uplinkPeerGroup,
    runbooks: url('runbooks.url', runbooks, runbooks).replace(/\/+$/, ''),
    statusPage: url('status-page.url', statusPage, statusPage.replaceAll('{instance}', 'node:9342')),
  };
}
