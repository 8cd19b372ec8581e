/** PIM neighbors, as frr_exporter's collector `pim` has them. */
import { COMMANDS } from '../../frr/commands.ts';
import { metric } from '../../metrics/family.ts';
import { members, word } from '../fields.ts';
import { pim } from '../pim.ts';
import { parseAge } from '../zebra-clients.ts';
import { extension, gauge } from './extension.ts';

const NEIGHBORS = COMMANDS.pimNeighbors.text;
const VRF = ['vrf'] as const;
const NEIGHBOR = ['iface', 'neighbor', 'vrf'] as const;

const count = gauge('frr_pim_neighbor_count_total', VRF, 'PIM neighbors.', NEIGHBORS);
const uptime = metric({
  name: 'frr_pim_neighbor_uptime_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: 'Seconds since the PIM neighbor was discovered; accurate to a minute after a day.',
  labels: NEIGHBOR,
  source: `${NEIGHBORS}: upTime`,
});

export const pimNames = extension({
  of: pim,
  names: ['pim'],
  descriptors: [count, uptime],
  *families({ neighbors }, { emit, labels }) {
    for (const [vrf, interfaces] of members(neighbors)) {
      let neighborCount = 0;
      for (const [name, found] of members(interfaces)) {
        for (const [address, neighbor] of members(found)) {
          yield;
          neighborCount++;
          const set = labels(NEIGHBOR, [name.toLowerCase(), address, vrf.toLowerCase()]);
          emit(uptime, set, parseAge(word(neighbor.upTime)));
        }
      }
      emit(count, labels(VRF, [vrf]), neighborCount);
    }
  },
});
