/** Whether there is a way out: the default route of every VRF. Apart from the RIB's counts, as one look-up costs nothing. */
import { COMMANDS, defaultRoute } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import type { LabelValues, Tables } from '../metrics/tables.ts';
import { peers, sessionCount } from './bgp.ts';
import { collector, states } from './collector.ts';
import { type Fields, fields, items, word } from './fields.ts';
import { DEFAULT_VRF, queryEachTable, VRF_LABEL } from './vrfs.ts';

const DEFAULT_ROUTE_LABELS = ['vrf', 'afi'] as const;

const AFI_NAMES: Readonly<Record<string, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** 1 while a default route is installed in the kernel. */
const defaultRouteInstalled = metric({
  name: 'frr_default_route_installed',
  type: 'gauge',
  help: 'Whether a default route of any protocol is installed in the kernel.',
  labels: DEFAULT_ROUTE_LABELS,
  source: `${defaultRoute.text}: installed`,
});

const routeStates = states({
  topic: 'default_route',
  metric: defaultRouteInstalled,
  names: new Map([
    [0, 'missing'],
    [1, 'installed'],
  ]),
  up: 1,
  title: ({ vrf, afi }) => `${AFI_NAMES[afi] ?? afi} default route (vrf ${vrf})`,
});

export const defaultRoutes = collector({
  name: 'default-route',
  help: 'Default routes of every VRF.',
  enabledByDefault: true,
  pace: 'sessions',
  commands: [COMMANDS.vrfs, defaultRoute],
  descriptors: [defaultRouteInstalled],
  states: [routeStates],
  status: {
    default_routes: {
      title: 'Default routes',
      columns: ['vrf', 'afi', 'installed'],
      items: (tables) =>
        tables.rows(defaultRouteInstalled).map(({ labels, value }) => ({
          vrf: labels.vrf,
          afi: labels.afi,
          installed: value === 1,
          expected: isExpected(tables, labels),
        })),
    },
  },
  *findings(tables) {
    const wanted = tables.rows(defaultRouteInstalled).filter(({ labels }) => isExpected(tables, labels));
    const missing = wanted.filter(({ value }) => value === 0);
    const measure = { name: 'default_routes_missing', bad: missing.length, all: wanted.length };
    if (missing.length > 0)
      yield {
        level: missing.length === wanted.length ? 'critical' : 'warning',
        text: `no ${missing.map(({ labels }) => AFI_NAMES[labels.afi] ?? labels.afi).join(' or ')} default route`,
        details: [],
        measure,
      };
  },
  query: (frr) => queryEachTable(frr, defaultRoute),
  *families({ tables, leftOut }, { emit, labels, leaveOut }) {
    for (const { vrf, afi, answer } of tables) {
      yield;
      emit(
        defaultRouteInstalled,
        labels(DEFAULT_ROUTE_LABELS, [vrf, afi]),
        installedRoute(answer) === undefined ? 0 : 1,
      );
    }
    for (const vrf of leftOut) leaveOut('vrf_name', defaultRouteInstalled, labels(VRF_LABEL, [vrf]));
  },
});

/**
 * Whether it is a problem if the route is missing. A family without BGP neighbors need not have a default route, nor need the
 * VRF of a tenant. While bgpd does not answer, every family counts.
 */
function isExpected(tables: Tables, { vrf, afi }: LabelValues<typeof DEFAULT_ROUTE_LABELS>): boolean {
  if (vrf !== DEFAULT_VRF) return false;
  if (tables.rows(sessionCount).length === 0) return true;
  return tables
    .rows(peers)
    .some(
      ({ labels, value }) =>
        labels.vrf === vrf && labels.afi === afi && labels.safi === 'unicast' && value > 0,
    );
}

/** A route that zebra reports as installed. */
export interface InstalledRoute {
  /** Those of its next hops. */
  readonly interfaces: readonly string[];
}

/**
 * The default route that is installed, if one is. The answer has one list of routes by prefix; without such a route the list
 * is empty, or there is none.
 */
export function installedRoute(answer: unknown): InstalledRoute | undefined {
  const route = Object.values(fields(answer))
    .flatMap((routes) => items(routes).map(fields))
    .find(({ installed }) => installed === true);
  if (route === undefined) return undefined;
  return { interfaces: interfacesOf(route) };
}

/** The interfaces of a route's next hops; one that is resolved by another route has none. */
export function interfacesOf(route: Fields): readonly string[] {
  const interfaces = items(route.nexthops).map((nexthop) => word(fields(nexthop).interfaceName));
  return interfaces.filter((name) => name !== '');
}
