/** Routes, as frr_exporter's collector `route` has them with all of its details. */
import { routeSummary } from '../../frr/commands.ts';
import { fields, items, word } from '../fields.ts';
import { rib as collector } from '../rib.ts';
import { extension, gauge } from './extension.ts';

const SUMMARY = routeSummary.text;
const TABLE = ['afi', 'vrf'] as const;
const TYPE = ['afi', 'route_type', 'vrf'] as const;

const total = gauge('frr_route_total', TABLE, 'Routes in the RIB.', `${SUMMARY}: routesTotal`);
const totalFib = gauge('frr_route_total_fib', TABLE, 'Routes in the kernel.', `${SUMMARY}: routesTotalFib`);
const rib = gauge('frr_route_rib_count', TYPE, 'Routes in the RIB by protocol.', `${SUMMARY}: rib`);
const fib = gauge('frr_route_fib_count', TYPE, 'Routes in the kernel by protocol.', `${SUMMARY}: fib`);
const offloaded = gauge(
  'frr_route_fib_offloaded_count',
  TYPE,
  'Offloaded routes by protocol.',
  `${SUMMARY}: fibOffLoaded`,
  '8.0',
);
const trapped = gauge(
  'frr_route_fib_trapped_count',
  TYPE,
  'Trapped routes by protocol.',
  `${SUMMARY}: fibTrapped`,
  '8.0',
);

export const routeNames = extension({
  of: collector,
  names: ['route'],
  descriptors: [total, totalFib, rib, fib, offloaded, trapped],
  *families({ tables }, { emit, labels }) {
    for (const { afi, vrf, answer: found } of tables) {
      yield;
      const answer = fields(found);
      emit(total, labels(TABLE, [afi, vrf]), answer.routesTotal);
      emit(totalFib, labels(TABLE, [afi, vrf]), answer.routesTotalFib);
      for (const route of items(answer.routes).map(fields)) {
        const set = labels(TYPE, [afi, word(route.type), vrf]);
        emit(rib, set, route.rib);
        emit(fib, set, route.fib);
        emit(offloaded, set, route.fibOffLoaded);
        emit(trapped, set, route.fibTrapped);
      }
    }
  },
});
