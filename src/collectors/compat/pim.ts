/** PIM neighbors, as frr_exporter's collector `pim` has them. */
import { buildFamiliesInTurns, labels, metric } from '../../metrics/family.ts';
import { fields, members, word } from '../fields.ts';
import { parseAge } from '../zebra-clients.ts';
import { addition, gauge } from './addition.ts';

const NEIGHBORS = 'show ip pim vrf all neighbor json';
const VRF = ['vrf'] as const;
const NEIGHBOR = ['iface', 'neighbor', 'vrf'] as const;

const count = gauge('frr_pim_neighbor_count_total', VRF, 'PIM neighbors.', NEIGHBORS);
const uptime = metric({
  name: 'frr_pim_neighbor_uptime_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: 'Seconds since the PIM neighbor is there; from a day on within a minute.',
  labels: NEIGHBOR,
  source: `${NEIGHBORS}: upTime`,
});

const DESCRIPTORS = [count, uptime] as const;

export const pimNames = addition({
  descriptors: DESCRIPTORS,
  families: (answers) =>
    buildFamiliesInTurns(DESCRIPTORS, function* (emit) {
      for (const [vrf, interfaces] of members(fields(answers).neighbors)) {
        let found = 0;
        for (const [name, neighbors] of members(interfaces)) {
          for (const [address, neighbor] of members(neighbors)) {
            yield;
            found++;
            const set = labels(NEIGHBOR, [name.toLowerCase(), address, vrf.toLowerCase()]);
            emit(uptime, set, parseAge(word(neighbor.upTime)));
          }
        }
        emit(count, labels(VRF, [vrf]), found);
      }
    }),
});
