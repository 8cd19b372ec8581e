/** VRRP, as frr_exporter's collector `vrrp` has it: both halves of a group, and a series for each state. */
import { COMMANDS } from '../../frr/commands.ts';
import { fields, items, word } from '../fields.ts';
import { vrrp } from '../vrrp.ts';
import { counter, extension, gauge } from './extension.ts';

const SHOW = COMMANDS.vrrp.text;
const HALF = ['interface', 'proto', 'subinterface', 'vrid'] as const;
const STATE = ['interface', 'proto', 'state', 'subinterface', 'vrid'] as const;

const state = gauge(
  'frr_vrrp_state',
  STATE,
  '1 for the state that the virtual router is in, 0 for the others: Initialize, Master, Backup.',
  `${SHOW}: v4 and v6 status`,
);
const half = (name: string, help: string, field: string) =>
  counter(name, HALF, help, `${SHOW}: v4 and v6 stats ${field}`);
const sent = half('frr_vrrp_advertisements_sent_total', 'Number of VRRP advertisements sent.', 'adverTx');
const received = half(
  'frr_vrrp_advertisements_received_total',
  'Number of VRRP advertisements received.',
  'adverRx',
);
const gratuitousArps = half('frr_vrrp_gratuitous_arp_sent_total', 'Gratuitous ARPs sent.', 'garpTx');
const neighborAdvertisements = half(
  'frr_vrrp_neighbor_advertisements_sent_total',
  'Neighbor advertisements sent.',
  'neighborAdverTx',
);
const transitions = half('frr_vrrp_state_transitions_total', 'Changes of the state.', 'transitions');

const STATES = ['Initialize', 'Master', 'Backup'] as const;

export const vrrpNames = extension({
  of: vrrp,
  names: ['vrrp'],
  descriptors: [state, sent, received, gratuitousArps, neighborAdvertisements, transitions],
  *families(documents, { emit, labels }) {
    for (const group of documents.flatMap(items).map(fields)) {
      for (const proto of ['v4', 'v6'] as const) {
        yield;
        const one = fields(group[proto]);
        const stats = fields(one.stats);
        const key = [word(group.interface), proto, word(one.interface), word(group.vrid)] as const;
        const [on, , below, vrid] = key;
        for (const name of STATES)
          emit(state, labels(STATE, [on, proto, name, below, vrid]), one.status === name ? 1 : 0);
        const set = labels(HALF, key);
        emit(sent, set, stats.adverTx);
        emit(received, set, stats.adverRx);
        emit(gratuitousArps, set, stats.garpTx);
        emit(neighborAdvertisements, set, stats.neighborAdverTx);
        emit(transitions, set, stats.transitions);
      }
    }
  },
});
