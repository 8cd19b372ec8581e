/** FRR changes its answers with every version. Whatever changes next, each value that is there is exported. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActiveCollector, Frr } from '../../../src/collectors/collector.ts';
import { collect, collectors, familiesOf, lines, recordedFrr } from './recorded.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** FRR with its JSON changed. */
function changed(frr: Frr, change: (value: Json) => Json): Frr {
  return {
    ...frr,
    json: async (command) => (await frr.json(command)).map((document) => change(document as Json)),
    jsonEach: async (commands) => (await frr.jsonEach(commands)).map((document) => change(document as Json)),
    routes: async (command) =>
      [...(await frr.routes(command))].map(([prefix, paths]) => [prefix, change(paths as Json)] as const),
    documentsEach: async (commands) =>
      (await frr.documentsEach(commands)).map((documents) =>
        documents.map((document) => change(document as Json)),
      ),
  };
}

/** Every object with the fields of a later version. */
function withMore(value: Json): Json {
  if (Array.isArray(value)) return value.map(withMore);
  if (!isObject(value)) return value;
  const known = Object.entries(value).map(([name, field]) => [name, withMore(field)] as const);
  return Object.fromEntries([
    ['aFieldOfFrr12', 7],
    ...known,
    ['anotherOfFrr12', null],
    ['andOneMore', ['x', 1]],
  ]);
}

/** Every value as a string. */
function asStrings(value: Json): Json {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(asStrings);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, asStrings(field)]));
}

const polled = collectors().filter(({ name }) => name !== 'memory');

async function pageOf(collector: ActiveCollector, frr: Frr): Promise<readonly string[]> {
  const { families, drops } = await collect(collector, frr);
  expect(drops).toEqual([]);
  return lines({ families });
}

describe.each(['7.5.1', '8.4.4', '10.3', '10.7.1'])('FRR %s', (version) => {
  // FRR 7.5 has no JSON about RPKI, and none about a range of a table.
  const known = polled.filter(
    ({ name }) => version !== '7.5.1' || !['rpki', 'received-routes'].includes(name),
  );
  test.each(known.map((collector) => [collector.name, collector] as const))(
    '%s: unknown fields change nothing, nor do numbers in strings',
    async (_, collector) => {
      const situation = collector.enabledByDefault ? 'tor1-shutdown-remotely' : 'other-daemons';
      const frr = await recordedFrr(`${version}/${situation}`);
      const expected = await pageOf(collector, frr);
      expect(expected.length).toBeGreaterThan(0);
      expect(await pageOf(collector, changed(frr, withMore))).toEqual(expected);
      expect(await pageOf(collector, changed(frr, asStrings))).toEqual(expected);
    },
  );
});

/** Every object without a field. */
function without(value: Json, missing: string): Json {
  if (Array.isArray(value)) return value.map((item) => without(item, missing));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      name === missing ? [] : [[name, without(field, missing)]],
    ),
  );
}

const session = (...names: readonly string[]) => names.map((name) => `frr_bgp_session_${name}`);
const ofBfd = (...names: readonly string[]) => names.map((name) => `frr_bfd_session_${name}`);

describe('a missing field affects only the metrics that depend on it', () => {
  test.each<[collector: string, field: string, lost: readonly string[]]>([
    [
      'bgp',
      'state',
      session('up', 'state', 'admin_up', 'established_timestamp_seconds', 'table_versions_behind'),
    ],
    ['bgp', 'peerState', []],
    ['bgp', 'peerUptimeEstablishedEpoch', session('established_timestamp_seconds')],
    ['bgp', 'connectionsEstablished', session('established_total')],
    ['bgp', 'connectionsDropped', session('dropped_total')],
    ['bgp', 'msgRcvd', session('messages_received_total')],
    ['bgp', 'msgSent', session('messages_sent_total')],
    ['bgp', 'inq', session('queue_messages')],
    ['bgp', 'outq', session('queue_messages')],
    ['bgp', 'pfxRcd', ['frr_bgp_prefixes_received']],
    ['bgp', 'pfxSnt', ['frr_bgp_prefixes_advertised']],
    ['bgp', 'as', ['frr_bgp_info']],
    ['bgp', 'routerId', ['frr_bgp_info']],
    ['bgp', 'ribCount', ['frr_bgp_rib_entries']],
    ['bgp', 'ribMemory', ['frr_bgp_rib_memory_bytes']],
    ['bgp', 'tableVersion', ['frr_bgp_table_version', ...session('table_versions_behind')]],
    ['bgp', 'peerCount', ['frr_bgp_peers']],
    ['bgp', 'peerMemory', ['frr_bgp_peers_memory_bytes']],
    ['bgp', 'peerGroupCount', ['frr_bgp_peer_groups']],
    ['bgp', 'peerGroupMemory', ['frr_bgp_peer_groups_memory_bytes']],
    ['bgp', 'dynamicPeers', ['frr_bgp_dynamic_peers']],
    ['bgp', 'vrfName', []],
    ['bgp-neighbors', 'vrfName', []],
    [
      'bgp-neighbors',
      'bgpState',
      session(
        'hold_time_seconds',
        'keepalive_seconds',
        'rtt_seconds',
        'last_reset_timestamp_seconds',
        'down_cause',
      ),
    ],
    ['bgp-neighbors', 'bgpTimerUpMsec', session('last_reset_timestamp_seconds')],
    ['bgp-neighbors', 'peerUptimeMsec', session('last_reset_timestamp_seconds')],
    ['bgp-neighbors', 'bgpTimerHoldTimeMsecs', session('hold_time_seconds')],
    ['bgp-neighbors', 'bgpTimerKeepAliveIntervalMsecs', session('keepalive_seconds')],
    ['bgp-neighbors', 'estimatedRttInMsecs', session('rtt_seconds')],
    ['bgp-neighbors', 'nbrDesc', session('info')],
    ['bgp-neighbors', 'peerGroup', session('info')],
    ['bgp-neighbors', 'hostname', session('info')],
    ['bgp-neighbors', 'remoteAs', session('info')],
    ['bgp-neighbors', 'localAs', session('info')],
    ['bgp-neighbors', 'remoteRouterId', session('info')],
    ['bgp-neighbors', 'bgpNeighborAddr', session('info')],
    [
      'bgp-neighbors',
      'lastResetDueTo',
      session('last_reset_info', 'last_reset_timestamp_seconds', 'down_cause'),
    ],
    ['bgp-neighbors', 'lastResetCode', session('last_reset_info', 'down_cause')],
    ['bgp-neighbors', 'lastNotificationReason', session('last_reset_info')],
    ['bgp-neighbors', 'lastResetTimerMsecs', session('last_reset_timestamp_seconds')],
    ['bgp-neighbors', 'downLastResetDueTo', []],
    ['bgp-neighbors', 'messageStats', session('messages_by_type_total')],
    ['bgp-neighbors', 'peerBfdInfo', session('bfd_enabled')],
    ['bgp-neighbors', 'gracefulRestartInfo', session('graceful_restart_active', 'graceful_restart_info')],
    ['bgp-neighbors', 'prefixStats', session('prefixes_rejected_total')],
    [
      'bgp-neighbors',
      'addressFamilyInfo',
      [
        'frr_bgp_prefixes_accepted',
        'frr_bgp_prefix_limit',
        'frr_bgp_prefix_limit_warning_threshold',
        'frr_bgp_prefix_limit_exceeded',
        'frr_bgp_policy_missing',
      ],
    ],
    ['bgp-neighbors', 'acceptedPrefixCounter', ['frr_bgp_prefixes_accepted']],
    [
      'bgp-neighbors',
      'prefixAllowedMax',
      ['frr_bgp_prefix_limit', 'frr_bgp_prefix_limit_warning_threshold', 'frr_bgp_prefix_limit_exceeded'],
    ],
    ['bgp-neighbors', 'prefixAllowedWarningThresh', ['frr_bgp_prefix_limit_warning_threshold']],
    ['bfd', 'status', ofBfd('up', 'state', 'admin_up')],
    ['bfd', 'uptime', ofBfd('up_timestamp_seconds')],
    ['bfd', 'diagnostic', ofBfd('info')],
    ['bfd', 'multihop', ofBfd('info')],
    ['bfd', 'session-up', ofBfd('up_events_total')],
    ['bfd', 'control-packet-input', ofBfd('control_packets_received_total')],
    ['bfd', 'detect-multiplier', ofBfd('detect_multiplier')],
    ['bfd', 'receive-interval', ofBfd('receive_interval_seconds')],
    [
      'host-routes',
      'bestpath',
      [
        'frr_host_route_in_bgp',
        'frr_host_route_advertised_peers',
        'frr_host_routes_in_bgp',
        'frr_host_routes_advertised',
        'frr_host_routes_unadvertised',
        'frr_host_route_updated_timestamp_seconds',
        'frr_host_route_receiver_info',
      ],
    ],
    ['host-routes', 'pathCount', []],
    ['rib', 'rib', ['frr_rib_routes']],
    ['rib', 'fib', ['frr_fib_routes']],
    ['rib', 'fibOffLoaded', ['frr_fib_offloaded_routes']],
    ['rib', 'routesTotal', []],
    ['default-route', 'installed', ['frr_default_route_installed']],
    ['bgp', 'vrfId', ['frr_bgp_vrf_active']],
    ['vrf', 'importRTs', ['frr_evpn_vni_route_target_info']],
    ['evpn', 'vni', []],
    ['evpn', 'vxlanIf', ['frr_evpn_vni_info']],
    ['evpn', 'numMacs', ['frr_evpn_vni_macs']],
  ])('%s without %s', async (name, field, lost) => {
    const collector = polled.find((one) => one.name === name) as ActiveCollector;
    const frr = await recordedFrr('10.7.1/tor2-max-prefix-exceeded');
    const byMetric = (page: readonly string[]) =>
      Map.groupBy(page, (line) => line.split(/[{ ]/, 1)[0] as string);
    const expected = byMetric(await pageOf(collector, frr));
    const page = byMetric(
      await pageOf(
        collector,
        changed(frr, (value) => without(value, field)),
      ),
    );
    const different = [...expected].filter(
      ([metric, values]) => !isDeepStrictEqual(values, page.get(metric)),
    );
    expect(new Set(different.map(([metric]) => metric))).toEqual(new Set(lost));
  });
});

test('no collector throws, whatever the answer is', () => {
  const collectorsOfDocuments = polled.filter(({ name }) => ['bgp', 'evpn'].includes(name));
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (documents) => {
      for (const collector of collectorsOfDocuments) familiesOf(collector, documents);
      const neighbors = polled.find(({ name }) => name === 'bgp-neighbors') as ActiveCollector;
      familiesOf(neighbors, { summary: documents, neighbors: documents });
      const bfd = polled.find(({ name }) => name === 'bfd') as ActiveCollector;
      familiesOf(bfd, { sessions: documents[0], counters: documents[1] });
      for (const name of ['rib', 'default-route'])
        familiesOf(polled.find((one) => one.name === name) as ActiveCollector, {
          tables: [{ vrf: 'default', afi: 'ipv4', answer: documents[0] }],
          leftOut: [],
        });
    }),
  );
});
