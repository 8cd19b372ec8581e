/**
 * The metric names and labels of frr_exporter (tynany), the most widely used exporter for FRR, made of the same answers as
 * ours, so that old dashboards and alerts keep working (`--compat.frr-exporter`). Half of the names break Prometheus'
 * naming rules, which is why they are off by default. The remaining differences are in docs/compat-differences.ts.
 */
import { type FlagSet, type FlagValues, flag } from '../../flags/flag.ts';
import { yesOrNo } from '../../flags/values.ts';
import { bgpNeighbors } from '../bgp-neighbors.ts';
import { type ActiveCollector, activate, type Collector, type Topic } from '../collector.ts';
import { bfdNames } from './bfd.ts';
import { BGP_NAME_FLAGS, bgpNames, needsNeighbors } from './bgp.ts';
import { evpnNames } from './evpn.ts';
import { ospfNames } from './ospf.ts';
import { pimNames } from './pim.ts';
import { routeNames } from './routes.ts';
import { rpkiNames } from './rpki.ts';
import { statusNames } from './status.ts';
import { vrrpNames } from './vrrp.ts';

export const COMPAT_FLAGS = {
  enabled: flag({
    name: 'compat.frr-exporter',
    group: 'Compatibility',
    help: 'Also export the metric names and labels of prometheus-frr-exporter, for existing dashboards',
    kind: yesOrNo,
    default: 'false',
  }),
  ...BGP_NAME_FLAGS,
};

export type CompatSettings = FlagValues<typeof COMPAT_FLAGS>;

/** What is wrong with flags that do not fit together, in one line. */
export function compatContradiction(settings: CompatSettings, enabled: readonly Topic[]): string | undefined {
  const { enabled: compat, typeKeys, ...switches } = settings;
  const keys = Object.keys(switches) as (keyof typeof switches)[];
  const given = keys.find((key) => switches[key]);
  if (given === undefined) return undefined;
  const { name } = COMPAT_FLAGS[given];
  if (!compat) return `--${name} requires --compat.frr-exporter`;
  const neighbors = enabled.some((one) => one.name === bgpNeighbors.name);
  if (!neighbors && needsNeighbors(settings)) return `--${name} requires --collector.${bgpNeighbors.name}`;
  return undefined;
}

/** Makes the function that activates collectors: unchanged, or extended with the metrics of frr_exporter. */
export function activator(
  settings: CompatSettings,
): (collector: Collector, flags: FlagValues<FlagSet>) => ActiveCollector {
  if (!settings.enabled) return activate;
  const durations = new Map<string, number>();
  const took = (names: readonly string[], seconds: number) => {
    for (const name of names) durations.set(name, seconds);
  };
  const extensions = [
    statusNames(durations),
    ...bgpNames(settings),
    bfdNames,
    routeNames,
    evpnNames,
    ospfNames,
    pimNames,
    vrrpNames,
    rpkiNames,
  ];
  return (collector, flags) =>
    extensions.find(({ of }) => of === collector)?.activate(flags, took) ?? activate(collector, flags);
}
