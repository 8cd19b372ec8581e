/**
 * Flags and environment, and the configuration that they make. The only place that knows defaults.
 *
 * A flag is declared once, here: its kind of value, its default, its words for `--help` and for docs/flags.md. Each
 * flag can also be given in the environment: `--web.listen-address` is `FRR_EXPORTER_WEB_LISTEN_ADDRESS`. What is on
 * the command line wins.
 */
import type { Collector } from '../collectors/collector.ts';
import { type BgpNameSettings, needsNeighbors } from '../collectors/compat/bgp.ts';
import { hostAddressFilter } from '../collectors/host-routes.ts';
import { type CollectorSettings, collectors as makeCollectors } from '../collectors/index.ts';
import { leadsElsewhere } from '../frr/addresses.ts';
import { SOURCE_KINDS } from '../frr/options.ts';
import {
  environmentName,
  FLAG_GROUPS,
  type Flag,
  type FlagValues,
  flag,
  list,
  optional,
  UsageError,
} from './flag.ts';
import {
  argumentArray,
  duration,
  externalUrl,
  integer,
  type Kind,
  listenAddress,
  oneOf,
  path,
  share,
  size,
  urlPath,
  urlPrefix,
  yesOrNo,
} from './values.ts';

/** Which host addresses are meant: interfaces or prefixes. */
const hostAddresses: Kind<ReturnType<typeof hostAddressFilter>> = {
  placeholder: 'INTERFACE|PREFIX',
  takes: 'an interface such as br-ex or vlan*, or a prefix such as 172.16.0.0/12 or 2001:db8::/32',
  read: (given) => {
    try {
      return hostAddressFilter(given);
    } catch {
      return undefined;
    }
  },
};

const FOR_COMPAT = 'With --compat.frr-exporter';

/** A switch that frr_exporter has too. */
function compatSwitch(name: string, what: string): Flag<boolean> {
  return flag({
    name,
    group: 'Collectors',
    help: `${FOR_COMPAT}: ${what}`,
    kind: yesOrNo,
    default: 'false',
  });
}

const FLAGS = {
  frrSource: flag({
    name: 'frr.source',
    group: 'FRR',
    help: 'How to ask FRR. auto: vtysh where the program is installed, else the sockets',
    kind: oneOf(...SOURCE_KINDS),
    default: 'auto',
  }),
  frrRecording: optional({
    name: 'frr.recording',
    group: 'FRR',
    help: 'Folder of a recording, for --frr.source=recording',
    kind: path,
  }),
  frrSocketDirPath: flag({
    name: 'frr.socket.dir-path',
    group: 'FRR',
    help: "Folder of the daemons' vty sockets",
    kind: path,
    default: '/run/frr',
  }),
  frrPathspace: optional({
    name: 'frr.pathspace',
    group: 'FRR',
    help: 'Path space of this FRR (-N of its daemons)',
    kind: {
      placeholder: 'NAME',
      takes: 'the name of a path space: letters, digits and -._ only',
      read: (given) => (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(given) ? given : undefined),
    },
  }),
  frrVtyshPath: flag({
    name: 'frr.vtysh.path',
    group: 'FRR',
    help: 'The vtysh program: a path, or a name to be looked up in PATH',
    kind: path,
    default: 'vtysh',
  }),
  frrVtyshPrefix: optional({
    name: 'frr.vtysh.prefix',
    group: 'FRR',
    help: 'Program that runs vtysh elsewhere, such as "podman exec frr timeout 10" or "sudo -n". Not a shell: words are split at blanks; write a JSON array where an argument has blanks',
    kind: argumentArray,
  }),
  frrTimeout: flag({
    name: 'frr.timeout',
    group: 'FRR',
    help: 'How long FRR may take to answer a command',
    kind: duration(0.1, 600),
    default: '5s',
  }),
  frrMaxOutput: flag({
    name: 'frr.max-output',
    group: 'FRR',
    help: 'Largest answer that is read',
    kind: size(1024, 2 ** 30),
    default: '64MiB',
  }),
  pollInterval: flag({
    name: 'poll.interval',
    group: 'Polling',
    help: 'How often sessions and daemons are asked for; tables every third time, details every twelfth',
    kind: duration(0.5, 3600),
    default: '5s',
  }),
  pollMaxShare: flag({
    name: 'poll.max-share',
    group: 'Polling',
    help: "Share of a daemon's time that all polls together may take; they come less often where it would be more",
    kind: share,
    default: '1%',
  }),
  pollStaleAfter: flag({
    name: 'poll.stale-after',
    group: 'Polling',
    help: 'How long the last figures of a failing collector are kept',
    kind: duration(1, 86_400),
    default: '30s',
  }),
  metricsMaxSeries: flag({
    name: 'metrics.max-series',
    group: 'Polling',
    help: 'Most series on the page; what is beyond is left out, counted and logged',
    kind: integer(100, 10_000_000),
    default: '200000',
  }),
  collectorDisableDefaults: flag({
    name: 'collector.disable-defaults',
    group: 'Collectors',
    help: 'Only the collectors that are named by their own flag',
    kind: yesOrNo,
    default: 'false',
  }),
  compatFrrExporter: flag({
    name: 'compat.frr-exporter',
    group: 'Collectors',
    help: 'Give the metric names and labels of frr_exporter too, for dashboards that were made for it',
    kind: yesOrNo,
    default: 'false',
  }),
  collectorBgpPeerDescriptions: compatSwitch(
    'collector.bgp.peer-descriptions',
    'label peer_desc, which is the member desc of a description that is JSON',
  ),
  collectorBgpPeerDescriptionsPlainText: compatSwitch(
    'collector.bgp.peer-descriptions.plain-text',
    'the whole description in the label peer_desc',
  ),
  collectorBgpPeerGroups: compatSwitch('collector.bgp.peer-groups', 'label peer_group'),
  collectorBgpPeerHostnames: compatSwitch('collector.bgp.peer-hostnames', 'label peer_hostname'),
  collectorBgpPeerTypes: compatSwitch('collector.bgp.peer-types', 'frr_bgp_peer_types_up'),
  collectorBgpPeerTypesKeys: list({
    name: 'collector.bgp.peer-types.keys',
    group: 'Collectors',
    help: `${FOR_COMPAT}: members of a description that is JSON which are types. May be given several times`,
    kind: {
      placeholder: 'NAME',
      takes: 'the name of a member, such as type',
      read: (given) => (given === '' ? undefined : given),
    },
    default: 'type',
  }),
  collectorBgpAcceptedFilteredPrefixes: compatSwitch(
    'collector.bgp.accepted-filtered-prefixes',
    'frr_bgp_peer_prefixes_accepted_count_total',
  ),
  collectorHostRoutesInclude: list({
    name: 'collector.host-routes.include',
    group: 'Collectors',
    help: 'Only these host addresses. May be given several times',
    kind: hostAddresses,
  }),
  collectorHostRoutesExclude: list({
    name: 'collector.host-routes.exclude',
    group: 'Collectors',
    help: 'Not these host addresses, even if they are included. May be given several times',
    kind: hostAddresses,
  }),
  collectorHostRoutesMaxSeries: flag({
    name: 'collector.host-routes.max-series',
    group: 'Collectors',
    help: 'With more host addresses than this only their totals are told',
    kind: integer(0, 1_000_000),
    default: '1000',
  }),
  webListenAddress: list({
    name: 'web.listen-address',
    group: 'Web',
    help: 'Where to listen. May be given several times',
    kind: listenAddress,
    default: ':9342',
  }),
  webTelemetryPath: flag({
    name: 'web.telemetry-path',
    group: 'Web',
    help: 'Path of the metrics',
    kind: urlPath,
    default: '/metrics',
  }),
  webConfigFile: optional({
    name: 'web.config.file',
    group: 'Web',
    help: "TLS, client certificates and passwords, in the format of Prometheus' exporter-toolkit",
    kind: path,
  }),
  webSystemdSocket: flag({
    name: 'web.systemd-socket',
    group: 'Web',
    help: 'Take the sockets that systemd has opened (socket activation) instead of listening',
    kind: yesOrNo,
    default: 'false',
  }),
  webMaxRequests: flag({
    name: 'web.max-requests',
    group: 'Web',
    help: 'Most scrapes at a time; 0 for any number',
    kind: integer(0, 10_000),
    default: '40',
  }),
  webDisableExporterMetrics: flag({
    name: 'web.disable-exporter-metrics',
    group: 'Web',
    help: 'Leave out what tells about this program itself (process_*, nodejs_*, requests)',
    kind: yesOrNo,
    default: 'false',
  }),
  webExternalUrl: optional({
    name: 'web.external-url',
    group: 'Web',
    help: 'URL under which others reach this program, such as that of a reverse proxy; for links',
    kind: externalUrl,
  }),
  webRoutePrefix: optional({
    name: 'web.route-prefix',
    group: 'Web',
    help: 'Prefix of all paths (default: the path of --web.external-url)',
    kind: urlPrefix,
  }),
  maintenanceFile: optional({
    name: 'maintenance.file',
    group: 'Polling',
    help: 'While this file exists the node is under maintenance (frr_maintenance 1)',
    kind: path,
  }),
  logLevel: flag({
    name: 'log.level',
    group: 'Logs',
    help: 'The least that is logged',
    kind: oneOf('debug', 'info', 'warn', 'error'),
    default: 'info',
  }),
  logFormat: flag({
    name: 'log.format',
    group: 'Logs',
    help: 'auto: pretty on a terminal, else json',
    kind: oneOf('auto', 'json', 'pretty'),
    default: 'auto',
  }),
} as const satisfies Record<string, Flag>;

/** Paths of the pages beside the metrics. */
const OTHER_PAGES: readonly string[] = ['/api/v1/status', '/healthz', '/readyz'];

type Values = FlagValues<typeof FLAGS>;

/** What the program is to do. Durations are in seconds, sizes in bytes, a share is 0 to 1. */
export interface Config extends Values {
  /** The collectors that are enabled, in the order of the page. */
  readonly collectors: readonly Collector[];
  /** What is odd and does no harm; to be logged. */
  readonly warnings: readonly string[];
}

/** The switch of a collector; undefined where neither it nor its opposite was given. */
function collectorFlag(collector: Collector): Flag<boolean> {
  return flag({
    name: `collector.${collector.name}`,
    group: 'Collectors',
    help: collector.help,
    kind: yesOrNo,
    default: String(collector.enabledByDefault),
  });
}

/** Every flag, in the order of `--help`. */
export function allFlags(collectors: readonly Collector[]): readonly Flag[] {
  const flags: readonly Flag[] = [...Object.values(FLAGS), ...collectors.map(collectorFlag)];
  return FLAG_GROUPS.flatMap((group) => flags.filter((one) => one.group === group));
}

/** What was typed on the command line, by the names of the flags; `true` and `false` for switches. */
export type Typed = ReadonlyMap<string, readonly string[]>;

interface Given {
  readonly values: readonly string[];
  /** For messages: the flag, or the variable. */
  readonly where: string;
}

function given(one: Flag, typed: Typed, environment: NodeJS.ProcessEnv): Given {
  const values = typed.get(one.name);
  if (values !== undefined) return { values, where: `--${one.name}` };
  const variable = environmentName(one);
  // An empty variable is how compose files and units say "not set".
  const value = environment[variable]?.trim();
  if (value === undefined || value === '') return { values: [], where: variable };
  const parts = one.repeatable ? value.split(',').map((part) => part.trim()) : [value];
  return { values: parts.filter((part) => part !== ''), where: variable };
}

/** Why the collector `host-routes` is off where FRR is asked in another network namespace, and what to do. */
export const HOST_ROUTES_LEFT_OUT = {
  text: 'host routes are left out: --frr.vtysh.prefix leads into another network namespace, whose addresses are not seen from here',
  remedy:
    'run the exporter in that namespace, without the prefix, or say --collector.host-routes where the addresses are the same',
} as const;

/** Whether FRR is asked where the addresses of this network namespace are not its own. */
export function asksElsewhere(
  config: Pick<Values, 'frrSource' | 'frrRecording' | 'frrVtyshPrefix'>,
): boolean {
  const vtysh =
    config.frrSource === 'vtysh' || (config.frrSource === 'auto' && config.frrRecording === undefined);
  return vtysh && leadsElsewhere(config.frrVtyshPrefix ?? []);
}

/** Those that the collector bgp-neighbors is needed for come first. */
const COMPAT_SWITCHES = [
  'collectorBgpPeerDescriptions',
  'collectorBgpPeerDescriptionsPlainText',
  'collectorBgpPeerGroups',
  'collectorBgpPeerTypes',
  'collectorBgpPeerHostnames',
  'collectorBgpAcceptedFilteredPrefixes',
] as const satisfies readonly (keyof Values)[];

function frrExporterNames(values: Values): BgpNameSettings {
  return {
    descriptions: values.collectorBgpPeerDescriptions || values.collectorBgpPeerDescriptionsPlainText,
    plainDescriptions: values.collectorBgpPeerDescriptionsPlainText,
    groups: values.collectorBgpPeerGroups,
    hostnames: values.collectorBgpPeerHostnames,
    types: values.collectorBgpPeerTypes,
    typeKeys: values.collectorBgpPeerTypesKeys,
    accepted: values.collectorBgpAcceptedFilteredPrefixes,
  };
}

/** Kubernetes sets these in every container beside a service that is called frr-exporter. */
const SERVICE_LINK = /^FRR_EXPORTER_(SERVICE_(HOST|PORT(_.*)?)|PORT(_.*)?)$/;

/** The commit, for `frr_exporter_build_info`; set in images. */
const REVISION = 'FRR_EXPORTER_REVISION';

function environmentWarnings(flags: readonly Flag[], environment: NodeJS.ProcessEnv): readonly string[] {
  const known = new Set([...flags.map(environmentName), REVISION]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('FRR_EXPORTER_') && !known.has(name) && !SERVICE_LINK.test(name))
    .map((name) => `${name} is set, but there is no such setting; it changes nothing`);
}

/**
 * Makes the configuration from what was typed and the environment.
 * @param collectorsFor makes the collectors that there are
 * @throws UsageError that names the flag or variable and what it takes
 */
export function readConfig(
  typed: Typed,
  environment: NodeJS.ProcessEnv,
  collectorsFor: (settings: CollectorSettings) => readonly Collector[] = makeCollectors,
): Config {
  const values = Object.fromEntries(
    Object.entries(FLAGS).map(([key, one]) => {
      const { values: texts, where } = given(one, typed, environment);
      return [key, one.read(texts, where)];
    }),
  ) as unknown as Values;
  const names = frrExporterNames(values);
  const collectors = collectorsFor({
    hostRoutes: {
      include: values.collectorHostRoutesInclude,
      exclude: values.collectorHostRoutesExclude,
      maxSeries: values.collectorHostRoutesMaxSeries,
    },
    frrExporterNames: values.compatFrrExporter ? names : undefined,
  });
  const elsewhere = asksElsewhere(values);
  let hostRoutesLeftOut = false;
  const enabled = collectors.filter((collector) => {
    const one = collectorFlag(collector);
    const { values: texts, where } = given(one, typed, environment);
    if (texts.length === 0) {
      const preset = collector.enabledByDefault && !values.collectorDisableDefaults;
      hostRoutesLeftOut ||= preset && elsewhere && collector.name === 'host-routes';
      return preset && !(elsewhere && collector.name === 'host-routes');
    }
    return one.read(texts, where);
  });
  const wanted = COMPAT_SWITCHES.find((key) => values[key]);
  if (wanted !== undefined) {
    if (!values.compatFrrExporter)
      throw new UsageError(`--${FLAGS[wanted].name} takes --compat.frr-exporter beside it`);
    if (needsNeighbors(names) && !enabled.some(({ name }) => name === 'bgp-neighbors'))
      throw new UsageError(`--${FLAGS[wanted].name} takes --collector.bgp-neighbors beside it`);
  }
  if (OTHER_PAGES.includes(values.webTelemetryPath))
    throw new UsageError(
      `--web.telemetry-path takes a path that is no other page, not ${values.webTelemetryPath}`,
    );
  if (values.frrSource === 'recording' && values.frrRecording === undefined)
    throw new UsageError('--frr.source=recording takes the folder of the recording in --frr.recording=PATH');
  return {
    ...values,
    collectors: enabled,
    warnings: [
      ...environmentWarnings(allFlags(collectors), environment),
      ...(hostRoutesLeftOut ? [`${HOST_ROUTES_LEFT_OUT.text}; ${HOST_ROUTES_LEFT_OUT.remedy}`] : []),
    ],
  };
}
