/** PIM neighbors and interfaces of every VRF. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { members, word } from './fields.ts';
import { parseAge } from './zebra-clients.ts';

const NEIGHBORS = COMMANDS.pimNeighbors;
const INTERFACES = COMMANDS.pimInterfaces;

const NEIGHBOR_LABELS = ['vrf', 'interface', 'neighbor'] as const;
const INTERFACE_LABELS = ['vrf', 'interface'] as const;

const neighborUpTimestamp = metric({
  name: 'frr_pim_neighbor_up_timestamp_seconds',
  type: 'gauge',
  help: 'Time at which the PIM neighbor was discovered, in seconds since the epoch, accurate to a second; to a minute after a day.',
  unit: 'seconds',
  labels: NEIGHBOR_LABELS,
  source: `${NEIGHBORS.text}: upTime`,
});
const interfaceUp = metric({
  name: 'frr_pim_interface_up',
  type: 'gauge',
  help: 'Whether the PIM interface is administratively up. It stays 1 while its link is down, and then has no neighbors.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: state`,
});
const interfaceNeighbors = metric({
  name: 'frr_pim_interface_neighbors',
  type: 'gauge',
  help: 'Number of PIM neighbors on the interface.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: pimNeighbors`,
});
const interfaceDesignated = metric({
  name: 'frr_pim_interface_designated_router',
  type: 'gauge',
  help: 'Whether this router is the designated router on the interface.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: pimDesignatedRouterLocal`,
});

export const pim = collector({
  name: 'pim',
  help: 'PIM neighbors and interfaces of every VRF.',
  enabledByDefault: false,
  pace: 'sessions',
  commands: [NEIGHBORS, INTERFACES],
  descriptors: [neighborUpTimestamp, interfaceUp, interfaceNeighbors, interfaceDesignated],
  query: async (frr) => {
    const [neighbors, interfaces] = await frr.jsonEach([NEIGHBORS, INTERFACES]);
    return { neighbors, interfaces };
  },
  *families({ neighbors, interfaces }, { emit, labels, now }) {
    for (const [vrf, onInterfaces] of members(neighbors)) {
      for (const [name, found] of members(onInterfaces)) {
        for (const [address, neighbor] of members(found)) {
          yield;
          const age = parseAge(word(neighbor.upTime));
          if (age !== undefined)
            emit(neighborUpTimestamp, labels(NEIGHBOR_LABELS, [vrf, name, address]), now - age);
        }
      }
    }
    for (const [vrf, all] of members(interfaces)) {
      for (const [name, one] of members(all)) {
        yield;
        const set = labels(INTERFACE_LABELS, [vrf, name]);
        if (one.state !== undefined) emit(interfaceUp, set, one.state === 'up' ? 1 : 0);
        emit(interfaceNeighbors, set, one.pimNeighbors);
        // FRR reports it only where it is true.
        emit(interfaceDesignated, set, one.pimDesignatedRouterLocal === true ? 1 : 0);
      }
    }
  },
});
