/** BFD, as frr_exporter's collector `bfd` has it. */
import { COMMANDS } from '../../frr/commands.ts';
import { NO_LABELS } from '../../metrics/family.ts';
import { bfd } from '../bfd.ts';
import { fields, items, word } from '../fields.ts';
import { extension, gauge } from './extension.ts';

const PEERS = COMMANDS.bfdPeers.text;
const PEER = ['iface', 'local', 'peer', 'vrf'] as const;

const count = gauge('frr_bfd_peer_count', [], 'BFD peers.', PEERS);
const state = gauge('frr_bfd_peer_state', PEER, 'State of the BFD peer: 1 up, 0 down.', `${PEERS}: status`);
const uptime = gauge(
  'frr_bfd_peer_uptime',
  PEER,
  'Seconds since the BFD session came up; 0 while it is not up.',
  `${PEERS}: uptime`,
);

export const bfdNames = extension({
  of: bfd,
  names: ['bfd'],
  descriptors: [count, state, uptime],
  *families({ sessions: answer }, { emit, labels }) {
    const sessions = items(answer);
    emit(count, NO_LABELS, sessions.length);
    for (const session of sessions.map(fields)) {
      yield;
      const set = labels(PEER, [
        word(session.interface),
        word(session.local),
        word(session.peer),
        word(session.vrf),
      ]);
      emit(state, set, session.status === 'up' ? 1 : 0);
      emit(uptime, set, session.uptime ?? 0);
    }
  },
});
