/** Whether there is a way out: the default route of every VRF. Apart from the RIB's counts, as one look-up costs nothing. */
import { defaultRoute } from '../frr/commands.ts';
import { buildFamilies, labels, metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { fields, items } from './fields.ts';
import { askEachTable, tellLeftOut } from './vrfs.ts';

const DEFAULT_ROUTE_LABELS = ['vrf', 'afi'] as const;

/** 1 while a default route is installed in the kernel. */
export const defaultRouteInstalled = metric({
  name: 'frr_default_route_installed',
  type: 'gauge',
  help: 'Whether a default route is installed in the kernel, whatever protocol it came from.',
  labels: DEFAULT_ROUTE_LABELS,
  source: 'show ip route [vrf NAME] 0.0.0.0/0 json, show ipv6 route [vrf NAME] ::/0 json: installed',
});

const DESCRIPTORS = [defaultRouteInstalled] as const;

export const defaultRoutes = collector({
  name: 'default-route',
  help: 'Default routes of every VRF.',
  enabledByDefault: true,
  pace: 'sessions',
  descriptors: DESCRIPTORS,
  ask: (frr) => askEachTable(frr, defaultRoute),
  families: ({ tables, leftOut }) => {
    const built = buildFamilies(DESCRIPTORS, (emit) => {
      for (const { vrf, afi, answer } of tables)
        emit(defaultRouteInstalled, labels(DEFAULT_ROUTE_LABELS, [vrf, afi]), isInstalled(answer) ? 1 : 0);
    });
    return tellLeftOut(built, defaultRouteInstalled, leftOut);
  },
});

/** The answer has one list of routes by prefix; without such a route the list is empty, or there is none. */
function isInstalled(answer: unknown): boolean {
  return Object.values(fields(answer)).some((routes) =>
    items(routes).some((route) => fields(route).installed === true),
  );
}
