/** OSPF, as frr_exporter's collector `ospf` has it. */

import { COMMANDS } from '../../frr/commands.ts';
import { FrrError } from '../../frr/source.ts';
import type { Frr } from '../collector.ts';
import { fields, items, members, word } from '../fields.ts';
import { ospf } from '../ospf.ts';
import { extension, gauge } from './extension.ts';

const INTERFACES = COMMANDS.ospfInterfaces.text;
const NEIGHBORS = COMMANDS.ospfNeighbors.text;
const INSTANCES = COMMANDS.ospfInstances.text;
const MAX_AGE = COMMANDS.ospfMaxAge.text;

const VRF = ['vrf'] as const;
const AREA = ['area', 'vrf'] as const;
const INTERFACE = ['area', 'iface', 'vrf'] as const;
const NEIGHBOR = ['iface', 'local_address', 'neighbor', 'remote_address', 'vrf'] as const;

const neighbors = gauge(
  'frr_ospf_neighbors',
  INTERFACE,
  'Number of OSPF neighbors on the interface.',
  `${INTERFACES}: nbrCount`,
);
const adjacencies = gauge(
  'frr_ospf_neighbor_adjacencies',
  INTERFACE,
  'Number of OSPF neighbors on the interface whose adjacency is full.',
  `${INTERFACES}: nbrAdjacentCount`,
);
const neighborState = gauge(
  'frr_ospf_neighbor_state',
  NEIGHBOR,
  'State of the OSPF neighbor: 1 down, 2 init, 3 two-way, 4 exchange start, 5 exchange, 6 loading, 7 full.',
  `${NEIGHBORS}: nbrState, state`,
);
const external = gauge(
  'frr_ospf_lsa_external_counter',
  VRF,
  'AS-external LSAs.',
  `${INSTANCES}: lsaExternalCounter`,
);
const opaque = gauge(
  'frr_ospf_lsa_as_opaque_counter',
  VRF,
  'AS-opaque LSAs.',
  `${INSTANCES}: lsaAsopaqueCounter`,
);
const maxAge = gauge(
  'frr_ospf_data_ls_max_age',
  VRF,
  'LSAs that have reached their maximum age.',
  `${MAX_AGE}: maxAgeLinkStates`,
  '8.4',
);
const areaLsas = (kind: string, words: string, field: string) =>
  gauge(`frr_ospf_area_lsa_${kind}`, AREA, `${words} of the area.`, `${INSTANCES}: areas ${field}`);

/** The metric, and the field of an area. */
const AREA_LSAS = [
  [areaLsas('number', 'LSAs', 'lsaNumber'), 'lsaNumber'],
  [areaLsas('network_number', 'Network LSAs', 'lsaNetworkNumber'), 'lsaNetworkNumber'],
  [areaLsas('summary_number', 'Summary LSAs', 'lsaSummaryNumber'), 'lsaSummaryNumber'],
  [areaLsas('asbr_number', 'ASBR summary LSAs', 'lsaAsbrNumber'), 'lsaAsbrNumber'],
  [areaLsas('nssa_number', 'NSSA LSAs', 'lsaNssaNumber'), 'lsaNssaNumber'],
] as const;

const STATES: ReadonlyMap<string, number> = new Map([
  ['Down', 1],
  ['Init', 2],
  ['2-Way', 3],
  ['ExStart', 4],
  ['Exchange', 5],
  ['Loading', 6],
  ['Full', 7],
]);

/** Nothing where this FRR does not know the command (7.5), or does not answer. */
async function answerTo(
  frr: Frr,
  command: (typeof COMMANDS)['ospfInstances' | 'ospfMaxAge'],
): Promise<unknown> {
  try {
    return (await frr.json(command))[0];
  } catch (error) {
    if (error instanceof FrrError) return undefined;
    throw error;
  }
}

export const ospfNames = extension({
  of: ospf,
  names: ['ospf'],
  descriptors: [
    neighbors,
    adjacencies,
    neighborState,
    external,
    opaque,
    ...AREA_LSAS.map(([descriptor]) => descriptor),
    maxAge,
  ],
  commands: [COMMANDS.ospfInstances, COMMANDS.ospfMaxAge],
  query: async (frr) => ({
    instances: await answerTo(frr, COMMANDS.ospfInstances),
    aged: await answerTo(frr, COMMANDS.ospfMaxAge),
  }),
  *families({ neighbors: adjacent, interfaces }, { emit, labels }, more) {
    for (const [vrf, instance] of members(interfaces)) {
      for (const [name, one] of members(instance.interfaces)) {
        yield;
        if (one.timerPassiveIface === true) continue;
        const set = labels(INTERFACE, [word(one.area), name, vrf.toLowerCase()]);
        emit(neighbors, set, one.nbrCount);
        emit(adjacencies, set, one.nbrAdjacentCount);
      }
    }
    for (const [vrf, instance] of members(adjacent)) {
      for (const [routerId, found] of Object.entries(fields(instance.neighbors))) {
        for (const neighbor of items(found).map(fields)) {
          yield;
          const [iface = '', local = ''] = word(neighbor.ifaceName).split(':');
          const [state = ''] = word(neighbor.nbrState ?? neighbor.state).split('/', 1);
          const remote = word(neighbor.address ?? neighbor.ifaceAddress);
          const set = labels(NEIGHBOR, [iface, local, routerId, remote, vrf.toLowerCase()]);
          emit(neighborState, set, STATES.get(state));
        }
      }
    }
    for (const [vrf, instance] of members(more?.instances)) {
      const set = labels(VRF, [vrf.toLowerCase()]);
      emit(external, set, instance.lsaExternalCounter);
      emit(opaque, set, instance.lsaAsopaqueCounter ?? instance.lsaAsOpaqueCounter);
      for (const [name, area] of members(instance.areas)) {
        const ofArea = labels(AREA, [name, vrf.toLowerCase()]);
        for (const [descriptor, field] of AREA_LSAS) emit(descriptor, ofArea, area[field]);
      }
    }
    for (const [vrf, instance] of members(more?.aged))
      emit(maxAge, labels(VRF, [vrf.toLowerCase()]), Object.keys(fields(instance.maxAgeLinkStates)).length);
  },
});
