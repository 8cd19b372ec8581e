/** How many routes there are, by VRF, address family and protocol. */
import { routeSummary } from '../frr/commands.ts';
import { buildFamilies, labels, metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { fields, items, word } from './fields.ts';
import { askEachTable, tellLeftOut } from './vrfs.ts';

const SUMMARY = 'show ip route [vrf NAME] summary json, show ipv6 route [vrf NAME] summary json';

const ROUTE_LABELS = ['vrf', 'afi', 'protocol'] as const;

const ribRoutes = metric({
  name: 'frr_rib_routes',
  type: 'gauge',
  help: "Routes that zebra knows, by protocol in zebra's words.",
  labels: ROUTE_LABELS,
  source: `${SUMMARY}: rib`,
});
const fibRoutes = metric({
  name: 'frr_fib_routes',
  type: 'gauge',
  help: 'Routes that are installed in the kernel.',
  labels: ROUTE_LABELS,
  source: `${SUMMARY}: fib`,
});
const offloadedRoutes = metric({
  name: 'frr_fib_offloaded_routes',
  type: 'gauge',
  help: 'Routes that are installed in hardware.',
  labels: ROUTE_LABELS,
  source: `${SUMMARY}: fibOffLoaded`,
  since: '8.0',
});
const trappedRoutes = metric({
  name: 'frr_fib_trapped_routes',
  type: 'gauge',
  help: 'Routes whose packets the hardware hands to the CPU.',
  labels: ROUTE_LABELS,
  source: `${SUMMARY}: fibTrapped`,
  since: '8.0',
});

const DESCRIPTORS = [ribRoutes, fibRoutes, offloadedRoutes, trappedRoutes] as const;

export const rib = collector({
  name: 'rib',
  help: 'Routes in the RIB and in the kernel, by VRF, address family and protocol.',
  enabledByDefault: true,
  pace: 'tables',
  descriptors: DESCRIPTORS,
  ask: (frr) => askEachTable(frr, routeSummary),
  families: ({ tables, leftOut }) => {
    const built = buildFamilies(DESCRIPTORS, (emit) => {
      for (const { vrf, afi, answer } of tables) {
        for (const item of items(fields(answer).routes)) {
          const route = fields(item);
          const set = labels(ROUTE_LABELS, [vrf, afi, word(route.type)]);
          emit(ribRoutes, set, route.rib);
          emit(fibRoutes, set, route.fib);
          emit(offloadedRoutes, set, route.fibOffLoaded);
          emit(trappedRoutes, set, route.fibTrapped);
        }
      }
    });
    return tellLeftOut(built, ribRoutes, leftOut);
  },
});
