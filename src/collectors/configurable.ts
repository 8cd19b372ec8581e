/** The collectors with their flags, as the command line needs them. */
import type { CollectorSet } from '../flags/config.ts';
import { type FlagValues, flag, list } from '../flags/flag.ts';
import { integer, type Kind, yesOrNo } from '../flags/values.ts';
import { type BgpNameSettings, needsNeighbors } from './compat/bgp.ts';
import { hostAddressFilter } from './host-routes.ts';
import { collectors } from './index.ts';

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

const HOST_ROUTE_FLAGS = {
  include: list({
    name: 'collector.host-routes.include',
    help: 'Only these host addresses',
    kind: hostAddresses,
  }),
  exclude: list({
    name: 'collector.host-routes.exclude',
    help: 'Not these host addresses, even if they are included',
    kind: hostAddresses,
  }),
  maxSeries: flag({
    name: 'collector.host-routes.max-series',
    help: 'Maximum number of host addresses to export individually; with more, only totals are exported',
    kind: integer(0, 1_000_000),
    default: '1000',
  }),
};

function compatSwitch(name: string, what: string) {
  return flag({
    name,
    group: 'Compatibility',
    help: `With --compat.frr-exporter: ${what}`,
    kind: yesOrNo,
    default: 'false',
  });
}

/** Flags of frr_exporter, by its own names. */
const COMPAT_FLAGS = {
  enabled: flag({
    name: 'compat.frr-exporter',
    group: 'Compatibility',
    help: 'Also export the metric names and labels of frr_exporter, for dashboards built on them',
    kind: yesOrNo,
    default: 'false',
  }),
  descriptions: compatSwitch(
    'collector.bgp.peer-descriptions',
    'label peer_desc, the member desc of a description that is JSON',
  ),
  plainDescriptions: compatSwitch(
    'collector.bgp.peer-descriptions.plain-text',
    'the whole description in the label peer_desc',
  ),
  groups: compatSwitch('collector.bgp.peer-groups', 'label peer_group'),
  types: compatSwitch('collector.bgp.peer-types', 'frr_bgp_peer_types_up'),
  typeKeys: list({
    name: 'collector.bgp.peer-types.keys',
    group: 'Compatibility',
    help: 'With --compat.frr-exporter: members of a JSON description that are types',
    kind: {
      placeholder: 'NAME',
      takes: 'the name of a member, such as type',
      read: (given) => (given === '' ? undefined : given),
    },
    default: 'type',
  }),
  hostnames: compatSwitch('collector.bgp.peer-hostnames', 'label peer_hostname'),
  accepted: compatSwitch(
    'collector.bgp.accepted-filtered-prefixes',
    'frr_bgp_peer_prefixes_accepted_count_total',
  ),
};

function names(values: FlagValues<typeof COMPAT_FLAGS>): BgpNameSettings {
  return { ...values, descriptions: values.descriptions || values.plainDescriptions };
}

export const ALL_COLLECTORS: CollectorSet = {
  flags: COMPAT_FLAGS,
  make: (valuesOf) => {
    const compat = valuesOf(COMPAT_FLAGS);
    const made = collectors({
      hostRoutes: valuesOf(HOST_ROUTE_FLAGS),
      frrExporterNames: compat.enabled ? names(compat) : undefined,
    });
    return made.map((one) =>
      one.name === 'host-routes' ? { ...one, flags: HOST_ROUTE_FLAGS, needs: 'node-addresses' } : one,
    );
  },
  check: (valuesOf, enabled) => {
    const { enabled: compat, ...values } = valuesOf(COMPAT_FLAGS);
    const wanted = Object.entries(values).find(([, value]) => value === true)?.[0];
    if (wanted === undefined) return undefined;
    const { name } = COMPAT_FLAGS[wanted as keyof typeof COMPAT_FLAGS];
    if (!compat) return `--${name} requires --compat.frr-exporter`;
    const neighbors = enabled.some((one) => one.name === 'bgp-neighbors');
    if (!neighbors && needsNeighbors(names(valuesOf(COMPAT_FLAGS))))
      return `--${name} requires --collector.bgp-neighbors`;
    return undefined;
  },
};
