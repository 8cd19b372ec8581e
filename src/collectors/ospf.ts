/** OSPFv2 neighbors and interfaces of every VRF. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector, states } from './collector.ts';
import { fields, items, members, seconds, word } from './fields.ts';

const NEIGHBORS = COMMANDS.ospfNeighbors;
const INTERFACES = COMMANDS.ospfInterfaces;

const NEIGHBOR_LABELS = ['vrf', 'interface', 'neighbor', 'address'] as const;
const INTERFACE_LABELS = ['vrf', 'interface', 'area'] as const;

const neighborState = metric({
  name: 'frr_ospf_neighbor_state',
  type: 'gauge',
  help: 'State of the OSPF neighbor as in RFC 4750: 1 down, 2 attempt, 3 init, 4 two-way, 5 exchange start, 6 exchange, 7 loading, 8 full.',
  labels: NEIGHBOR_LABELS,
  source: `${NEIGHBORS.text}: nbrState, state (RFC 4750 ospfNbrState)`,
});
const neighborAdjacent = metric({
  name: 'frr_ospf_neighbor_full',
  type: 'gauge',
  help: 'Whether the adjacency with the OSPF neighbor is full. On a broadcast network, two routers that are neither DR nor BDR stay in two-way.',
  labels: NEIGHBOR_LABELS,
  source: `${NEIGHBORS.text}: nbrState, state`,
});
const neighborStateTimestamp = metric({
  name: 'frr_ospf_neighbor_last_change_timestamp_seconds',
  type: 'gauge',
  help: 'Time at which the state of the OSPF neighbor last progressed, in seconds since the epoch.',
  unit: 'seconds',
  labels: NEIGHBOR_LABELS,
  source: `${NEIGHBORS.text}: upTimeInMsec`,
  since: '8.4',
});
const neighborRetransmissions = metric({
  name: 'frr_ospf_neighbor_retransmissions',
  type: 'gauge',
  help: 'Number of link state advertisements waiting for acknowledgement by the OSPF neighbor.',
  labels: NEIGHBOR_LABELS,
  source: `${NEIGHBORS.text}: linkStateRetransmissionListCounter, retransmitCounter`,
});
const interfaceUp = metric({
  name: 'frr_ospf_interface_up',
  type: 'gauge',
  help: 'Whether the OSPF interface is up; absent, like its other metrics, while its link is down.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: ifUp`,
});
const interfaceNeighbors = metric({
  name: 'frr_ospf_interface_neighbors',
  type: 'gauge',
  help: 'Number of OSPF neighbors on the interface.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: nbrCount`,
});
const interfaceAdjacencies = metric({
  name: 'frr_ospf_interface_adjacencies',
  type: 'gauge',
  help: 'Number of OSPF neighbors on the interface whose adjacency is full.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: nbrAdjacentCount`,
});
const interfaceCost = metric({
  name: 'frr_ospf_interface_cost',
  type: 'gauge',
  help: 'OSPF cost of the interface.',
  labels: INTERFACE_LABELS,
  source: `${INTERFACES.text}: cost`,
});

const neighborStates = states({
  topic: 'ospf_neighbor',
  protocol: 'OSPF',
  metric: neighborState,
  names: new Map([
    [1, 'Down'],
    [2, 'Attempt'],
    [3, 'Init'],
    [4, '2-Way'],
    [5, 'ExStart'],
    [6, 'Exchange'],
    [7, 'Loading'],
    [8, 'Full'],
  ]),
  up: 8,
  title: ({ vrf, interface: name, neighbor }) => `OSPF neighbor ${neighbor} on ${name} (vrf ${vrf})`,
});

/** FRR's words (`ospf_nsm_state_msg` in ospf_dump.c). */
const NEIGHBOR_STATES: ReadonlyMap<string, number> = new Map([
  ['Deleted', 1],
  ...[...neighborStates.names].map(([value, name]) => [name, value] as const),
]);

export const ospf = collector({
  name: 'ospf',
  help: 'OSPFv2 neighbors and interfaces of every VRF.',
  enabledByDefault: false,
  pace: 'sessions',
  commands: [NEIGHBORS, INTERFACES],
  descriptors: [
    neighborState,
    neighborAdjacent,
    neighborStateTimestamp,
    neighborRetransmissions,
    interfaceUp,
    interfaceNeighbors,
    interfaceAdjacencies,
    interfaceCost,
  ],
  states: [neighborStates],
  query: async (frr) => {
    const [neighbors, interfaces] = await frr.jsonEach([NEIGHBORS, INTERFACES]);
    return { neighbors, interfaces };
  },
  *families({ neighbors, interfaces }, { emit, labels, now }) {
    for (const [vrf, instance] of members(neighbors)) {
      for (const [routerId, adjacencies] of Object.entries(fields(instance.neighbors))) {
        for (const item of items(adjacencies)) {
          yield;
          const neighbor = fields(item);
          // Such as `eth1:100.64.1.2`, and `Full/DR`.
          const [name = ''] = word(neighbor.ifaceName).split(':', 1);
          const [state = ''] = word(neighbor.nbrState ?? neighbor.state).split('/', 1);
          const address = word(neighbor.ifaceAddress ?? neighbor.address);
          const set = labels(NEIGHBOR_LABELS, [vrf, name, routerId, address]);
          if (state !== '') {
            emit(neighborState, set, NEIGHBOR_STATES.get(state) ?? state);
            emit(neighborAdjacent, set, state === 'Full' ? 1 : 0);
          }
          const age = seconds(neighbor.upTimeInMsec, 1_000);
          if (age !== undefined) emit(neighborStateTimestamp, set, now - age);
          emit(
            neighborRetransmissions,
            set,
            neighbor.linkStateRetransmissionListCounter ?? neighbor.retransmitCounter,
          );
        }
      }
    }
    for (const [vrf, instance] of members(interfaces)) {
      for (const [name, one] of members(instance.interfaces)) {
        yield;
        const set = labels(INTERFACE_LABELS, [vrf, name, word(one.area)]);
        emit(interfaceUp, set, one.ifUp);
        emit(interfaceNeighbors, set, one.nbrCount);
        emit(interfaceAdjacencies, set, one.nbrAdjacentCount);
        emit(interfaceCost, set, one.cost);
      }
    }
  },
});
