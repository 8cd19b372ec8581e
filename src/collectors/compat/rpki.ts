/** RPKI caches, as frr_exporter's collector `rpki` has them, in the default VRF. */
import { buildFamilies, labels } from '../../metrics/family.ts';
import { fields, items, word } from '../fields.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import { addition, gauge } from './addition.ts';

const CONNECTIONS = 'show rpki cache-connection json';
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
  'Preference of the RPKI cache; the least comes first.',
  `${CONNECTIONS}: preference`,
  '8.4',
);

const DESCRIPTORS = [state, preference] as const;

export const rpkiNames = addition({
  descriptors: DESCRIPTORS,
  families: (answers) =>
    buildFamilies(DESCRIPTORS, (emit) => {
      for (const cache of items(fields(fields(answers).connections).connections).map(fields)) {
        const set = labels(CACHE, [word(cache.host), word(cache.mode), word(cache.port), DEFAULT_VRF]);
        emit(state, set, cache.state === 'connected' ? 1 : 0);
        emit(preference, set, cache.preference);
      }
    }),
});
