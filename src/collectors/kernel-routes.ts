/**
 * Whether the kernel agrees with zebra about the routes that matter most: default routes and the host addresses. zebra can
 * miss a message of the kernel, and then reports a route as installed that the kernel has lost.
 */
import { prefixText } from '../frr/addresses.ts';
import { COMMANDS, defaultRoute } from '../frr/commands.ts';
import { LOCAL_TABLE } from '../frr/kernel-routes.ts';
import { metric, NO_LABELS } from '../metrics/family.ts';
import { statefulCollector } from './collector.ts';
import { installedRoute } from './default-route.ts';
import { hostRouteKernelMissing } from './host-routes/metrics.ts';
import { ofInterfaces } from './host-routes/sources.ts';
import { hostRouteTitle } from './host-routes/status.ts';
import { createMissingRoutes, type Wanted } from './missing-routes.ts';
import { DEFAULT_VRF, queryEachTable } from './vrfs.ts';

const LABELS = ['vrf', 'afi', 'prefix'] as const;

/** 1 from the second poll on that does not find the route. */
const kernelRouteMissing = metric({
  name: 'frr_kernel_route_missing',
  type: 'gauge',
  help: 'Whether the kernel lacks a default route that zebra reports as installed, or the local route of a host address on an interface, in two polls in a row. Absent where it cannot be seen: in VRFs that are network namespaces, and where the tables are too large.',
  labels: LABELS,
  source: `/proc/net/fib_trie, /proc/net/ipv6_route; ${defaultRoute.text}: installed`,
});

const unknownRoutes = metric({
  name: 'frr_kernel_routes_unknown',
  type: 'gauge',
  help: "Number of those routes that are not among the first 8 MB of the kernel's tables, and so may be there or not.",
  labels: [],
  source: '/proc/net/fib_trie, /proc/net/ipv6_route',
});

export const kernelRoutes = statefulCollector({
  name: 'kernel-routes',
  help: "Whether the kernel has the default routes that zebra reports as installed, and the routes of the node's host addresses.",
  enabledByDefault: true,
  pace: 'tables',
  needs: 'node-addresses',
  commands: [COMMANDS.vrfs, defaultRoute],
  flags: {},
  descriptors: [kernelRouteMissing, unknownRoutes],
  *findings(tables) {
    const routes = tables.rows(kernelRouteMissing);
    const hostRoutes = tables.rows(hostRouteKernelMissing);
    const missing = [
      ...routes.flatMap(({ value, labels: { vrf, prefix } }) =>
        value === 1 ? [vrf === DEFAULT_VRF ? prefix : `${prefix} in VRF ${vrf}`] : [],
      ),
      ...hostRoutes.flatMap(({ value, labels }) => (value === 1 ? [hostRouteTitle(labels)] : [])),
    ];
    if (missing.length > 0)
      yield {
        level: 'critical',
        text: `${missing.length} ${missing.length === 1 ? 'route' : 'routes'} missing in the kernel`,
        details: missing,
        measure: {
          name: 'kernel_routes_missing',
          bad: missing.length,
          all: routes.length + hostRoutes.length,
        },
      };
  },
  create() {
    const missingRoutes = createMissingRoutes();
    return {
      async query(frr) {
        const { tables } = await queryEachTable(frr, defaultRoute);
        const wanted: Wanted[] = tables.flatMap(({ vrf, afi, kernelTable, answer }) => {
          const route = kernelTable === undefined ? undefined : installedRoute(answer);
          if (kernelTable === undefined || route === undefined || route.interfaces.length === 0) return [];
          const address = afi === 'ipv4' ? '0.0.0.0' : '::';
          return [{ vrf, afi, address, prefixLength: 0, table: kernelTable, interfaces: route.interfaces }];
        });
        // An address can be on several interfaces.
        const addresses = new Map(ofInterfaces(await frr.addresses(), ALL).map((one) => [one.address, one]));
        for (const { afi, address, prefixLength } of addresses.values())
          wanted.push({ vrf: DEFAULT_VRF, afi, address, prefixLength, table: LOCAL_TABLE, interfaces: [] });
        const missing = await missingRoutes(frr, wanted);
        return wanted.map((route, index) => ({ route, missing: missing[index] }));
      },
      *families(routes, { emit, labels }) {
        let unknown = 0;
        for (const { route, missing } of routes) {
          yield;
          const set = labels(LABELS, [route.vrf, route.afi, prefixText(route)]);
          if (missing === undefined) unknown++;
          else emit(kernelRouteMissing, set, missing ? 1 : 0);
        }
        emit(unknownRoutes, NO_LABELS, unknown);
      },
    };
  },
});

/** Whatever the flags of `host-routes` select. */
const ALL = { include: [], exclude: [] };
