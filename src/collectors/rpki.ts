/** The RPKI caches that bgpd validates origins with. */
import { COMMANDS } from '../frr/commands.ts';
import { metric, NO_LABELS } from '../metrics/family.ts';
import { collector, states } from './collector.ts';
import { type Fields, fields, items, word } from './fields.ts';

const SERVERS = COMMANDS.rpkiServers;
const CONNECTIONS = COMMANDS.rpkiConnections;

const CACHE_LABELS = ['host', 'port', 'mode'] as const;

const cacheConnected = metric({
  name: 'frr_rpki_cache_connected',
  type: 'gauge',
  help: 'Whether bgpd is connected to the RPKI cache. It connects to the reachable cache with the lowest preference value.',
  labels: CACHE_LABELS,
  source: `${SERVERS.text}; ${CONNECTIONS.text}: state`,
  since: '8.4',
});
const cachePreference = metric({
  name: 'frr_rpki_cache_preference',
  type: 'gauge',
  help: 'Preference of the RPKI cache; lower values are preferred.',
  labels: CACHE_LABELS,
  source: `${SERVERS.text}: preference`,
  since: '8.4',
});
const cachesConnected = metric({
  name: 'frr_rpki_caches_connected',
  type: 'gauge',
  help: 'Number of RPKI caches that bgpd is connected to; nothing is validated if it is 0.',
  labels: [],
  source: `${CONNECTIONS.text}: state`,
  since: '8.4',
});

const cacheStates = states({
  topic: 'rpki_cache',
  protocol: 'RPKI',
  metric: cacheConnected,
  names: new Map([
    [0, 'disconnected'],
    [1, 'connected'],
  ]),
  up: 1,
  title: ({ host, port }) => `RPKI cache ${host} port ${port}`,
});

export const rpki = collector({
  name: 'rpki',
  help: 'RPKI caches of bgpd, in the default VRF.',
  enabledByDefault: false,
  pace: 'sessions',
  since: '8.4',
  commands: [SERVERS, CONNECTIONS],
  descriptors: [cacheConnected, cachePreference, cachesConnected],
  states: [cacheStates],
  query: async (frr) => {
    const [servers, connections] = await frr.jsonEach([SERVERS, CONNECTIONS]);
    return { servers, connections };
  },
  *families({ servers, connections }, { emit, labels }) {
    const key = (cache: Fields) =>
      labels(CACHE_LABELS, [word(cache.host), word(cache.port), word(cache.mode)]);
    // Without any connection FRR reports none in words that differ from version to version.
    const connected = new Set(
      items(fields(connections).connections)
        .map(fields)
        .filter(({ state }) => state === 'connected')
        .map((cache) => key(cache).text),
    );
    for (const cache of items(fields(servers).servers).map(fields)) {
      yield;
      const set = key(cache);
      emit(cacheConnected, set, connected.has(set.text) ? 1 : 0);
      emit(cachePreference, set, cache.preference);
    }
    emit(cachesConnected, NO_LABELS, connected.size);
  },
});
