/** The configuration that results from flags and environment. */
import type { ActiveCollector, Topic } from '../collectors/collector.ts';
import type { CollectorSet, ValuesOf } from '../collectors/configurable.ts';
import { leadsElsewhere } from '../frr/addresses.ts';
import {
  environmentName,
  FLAG_GROUPS,
  type Flag,
  type FlagValues,
  flag,
  UsageError,
  valuesOf,
} from './flag.ts';
import { PROGRAM_FLAGS } from './program.ts';
import { yesOrNo } from './values.ts';

type ProgramValues = FlagValues<typeof PROGRAM_FLAGS>;

/** What the program is to do. Durations are in seconds, sizes in bytes, a share is 0 to 1. */
export interface Config extends ProgramValues {
  /** The collectors that are enabled, in the order of the metrics. */
  readonly collectors: readonly ActiveCollector[];
  readonly warnings: readonly Warning[];
}

/** Harmless oddities, to be logged. */
export interface Warning {
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What was given, on the command line or in the environment, by the names of the flags. */
export type Given = ReadonlyMap<string, unknown>;

/** The switch of a collector: `--[no-]collector.NAME`. */
function collectorSwitch({ name, help, enabledByDefault }: Topic): Flag<boolean> {
  return flag({
    name: `collector.${name}`,
    group: `Collectors that are ${enabledByDefault ? 'enabled' : 'disabled'} by default`,
    help: help.replace(/\.$/, ''),
    kind: yesOrNo,
    default: String(enabledByDefault),
  });
}

/** Every flag, in the order of `--help`. */
export function allFlags({ flags, make }: CollectorSet): readonly Flag[] {
  const collectors = make((set) => valuesOf(set, ({ initial }) => initial));
  const all = [
    ...Object.values<Flag>(PROGRAM_FLAGS),
    ...Object.values(flags),
    ...collectors.flatMap((one) => [collectorSwitch(one), ...Object.values(one.flags)]),
  ];
  return FLAG_GROUPS.flatMap((group) => all.filter((one) => one.group === group));
}

/** Whether FRR runs where the addresses of this network namespace are not its own. */
export function runsElsewhere(
  config: Pick<Config, 'frrSource' | 'frrRecording' | 'frrVtyshPrefix'>,
): boolean {
  const vtysh =
    config.frrSource === 'vtysh' || (config.frrSource === 'auto' && config.frrRecording === undefined);
  return vtysh && leadsElsewhere(config.frrVtyshPrefix ?? []);
}

/** Paths of the other endpoints. */
const OTHER_PATHS: readonly string[] = [
  '/api/v1/status',
  '/api/v1/addresses',
  '/api/v1/events',
  '/api/v1/targets',
  '/healthz',
  '/readyz',
];

/** What is wrong with flags of the program that do not fit together, in one line. */
function contradiction(values: ProgramValues): string | undefined {
  if (OTHER_PATHS.includes(values.webTelemetryPath))
    return `--web.telemetry-path cannot be ${values.webTelemetryPath}, which is another endpoint`;
  if (values.frrSource === 'recording' && values.frrRecording === undefined)
    return '--frr.source=recording requires --frr.recording=PATH, the directory of the recording';
  return undefined;
}

/** Kubernetes sets these in every container next to a service called frr-exporter. */
const SERVICE_LINK = /^FRR_EXPORTER_(SERVICE_(HOST|PORT(_.*)?)|PORT(_.*)?)$/;

/** The commit, for `frr_exporter_build_info`; set in images. */
const REVISION = 'FRR_EXPORTER_REVISION';

/** Variables that look like flags and are none. */
export function unknownVariables(flags: readonly Flag[], environment: NodeJS.ProcessEnv): readonly Warning[] {
  const known = new Set([...flags.map(environmentName), REVISION]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('FRR_EXPORTER_') && !known.has(name) && !SERVICE_LINK.test(name))
    .map((name) => ({
      text: `${name} is set, but there is no such setting`,
      remedy: 'see frr-exporter --help for the names',
    }));
}

/**
 * Makes the configuration from what was given.
 * @throws UsageError where flags do not fit together
 */
export function makeConfig(given: Given, { make, check }: CollectorSet): Config {
  const read = (one: Flag) => (given.has(one.name) ? given.get(one.name) : one.initial);
  const values: ValuesOf = (set) => valuesOf(set, read);
  const program = values(PROGRAM_FLAGS);
  const elsewhere = runsElsewhere(program);
  const warnings: Warning[] = [];
  const enabled = make(values).filter((collector) => {
    const switched = given.get(collectorSwitch(collector).name);
    if (switched !== undefined) return switched;
    if (program.collectorDisableDefaults || !collector.enabledByDefault) return false;
    if (collector.needs !== 'node-addresses' || !elsewhere) return true;
    warnings.push({
      text: `collector ${collector.name} is disabled: --frr.vtysh.prefix leads into another network namespace, whose addresses cannot be seen from here`,
      remedy: `run the exporter in that namespace without the prefix, or set --collector.${collector.name} if the addresses are the same`,
    });
    return false;
  });
  if (enabled.length === 0)
    warnings.push({
      text: 'no collector is enabled',
      remedy: 'enable one by its flag, such as --collector.bgp',
    });
  const wrong = contradiction(program) ?? check(values, enabled);
  if (wrong !== undefined) throw new UsageError(wrong);
  return { ...program, collectors: enabled, warnings };
}
