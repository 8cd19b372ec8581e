/** How many routes there are, by VRF, address family and protocol. */
import { COMMANDS, routeSummary } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { fields, items, word } from './fields.ts';
import { queryEachTable, VRF_LABEL } from './vrfs.ts';

const ROUTE_LABELS = ['vrf', 'afi', 'protocol'] as const;

const ribRoutes = metric({
  name: 'frr_rib_routes',
  type: 'gauge',
  help: 'Number of routes in the RIB, by protocol as zebra names it.',
  labels: ROUTE_LABELS,
  source: `${routeSummary.text}: rib`,
});
const fibRoutes = metric({
  name: 'frr_fib_routes',
  type: 'gauge',
  help: 'Number of routes installed in the kernel.',
  labels: ROUTE_LABELS,
  source: `${routeSummary.text}: fib`,
});
const offloadedRoutes = metric({
  name: 'frr_fib_offloaded_routes',
  type: 'gauge',
  help: 'Number of routes offloaded to hardware.',
  labels: ROUTE_LABELS,
  source: `${routeSummary.text}: fibOffLoaded`,
  since: '8.0',
});
const trappedRoutes = metric({
  name: 'frr_fib_trapped_routes',
  type: 'gauge',
  help: 'Number of routes whose packets the hardware traps to the CPU.',
  labels: ROUTE_LABELS,
  source: `${routeSummary.text}: fibTrapped`,
  since: '8.0',
});

export const rib = collector({
  name: 'rib',
  help: 'Routes in the RIB and in the kernel, by VRF, address family and protocol.',
  enabledByDefault: true,
  pace: 'tables',
  commands: [COMMANDS.vrfs, routeSummary],
  descriptors: [ribRoutes, fibRoutes, offloadedRoutes, trappedRoutes],
  status: {
    routes: {
      title: 'Routes',
      items: (tables) =>
        tables.rows(ribRoutes).map(({ labels, value, number }) => ({
          vrf: labels.vrf,
          afi: labels.afi,
          protocol: labels.protocol,
          rib: value,
          fib: number(fibRoutes),
        })),
    },
  },
  query: (frr) => queryEachTable(frr, routeSummary),
  *families({ tables, leftOut }, { emit, labels, leaveOut }) {
    for (const { vrf, afi, answer } of tables) {
      for (const item of items(fields(answer).routes)) {
        yield;
        const route = fields(item);
        const set = labels(ROUTE_LABELS, [vrf, afi, word(route.type)]);
        emit(ribRoutes, set, route.rib);
        emit(fibRoutes, set, route.fib);
        emit(offloadedRoutes, set, route.fibOffLoaded);
        emit(trappedRoutes, set, route.fibTrapped);
      }
    }
    for (const vrf of leftOut) leaveOut('vrf_name', ribRoutes, labels(VRF_LABEL, [vrf]));
  },
});
