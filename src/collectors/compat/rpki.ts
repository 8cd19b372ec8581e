/** RPKI caches, as frr_exporter's collector `rpki` has them, in the default VRF. */
import { COMMANDS } from '../../frr/commands.ts';
import { fields, items, word } from '../fields.ts';
import { rpki } from '../rpki.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import { extension, gauge } from './extension.ts';

const CONNECTIONS = COMMANDS.rpkiConnections.text;
const CACHE = ['host', 'mode', 'port', 'vrf'] as const;

const state = gauge(
  'frr_rpki_cache_state',
  CACHE,
  'Whether bgpd is connected to the RPKI cache.',
  `${CONNECTIONS}: state`,
  '8.4',
);
const preference = gauge(
  'frr_rpki_cache_preference',
  CACHE,
  'Preference of the RPKI cache; lower values are preferred.',
  `${CONNECTIONS}: preference`,
  '8.4',
);

export const rpkiNames = extension({
  of: rpki,
  names: ['rpki'],
  descriptors: [state, preference],
  *families({ connections }, { emit, labels }) {
    for (const cache of items(fields(connections).connections).map(fields)) {
      yield;
      const set = labels(CACHE, [word(cache.host), word(cache.mode), word(cache.port), DEFAULT_VRF]);
      emit(state, set, cache.state === 'connected' ? 1 : 0);
      emit(preference, set, cache.preference);
    }
  },
});
