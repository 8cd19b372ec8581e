/**
 * The names and labels of frr_exporter (tynany), the exporter that most people run, made of the same answers as ours, so
 * that old dashboards and alerts keep working (`--compat.frr-exporter`). Half of the names break Prometheus' naming
 * rules, which is why they are off by default.
 *
 * Where a name is the same in both, ours stays as it is: `frr_bgp_rib_memory_bytes`, `frr_bgp_peers_memory_bytes` and
 * `frr_bgp_peer_groups_memory_bytes` have no label `local_as` here, and `frr_collector_up` and
 * `frr_exporter_build_info` are about this exporter. What is about a scrape of its own is not given
 * (`frr_scrape_duration_seconds`, `frr_scrapes_total`), nor is what only whole tables would tell
 * (`frr_bgp_peer_prefixes_filtered_count_total`).
 */
import {
  buildFamilies,
  type Descriptor,
  type Families,
  figure,
  labels,
  metric,
  NO_LABELS,
} from '../metrics/family.ts';
import { atOnce } from '../turns.ts';
import { addressFamily } from './address-family.ts';
import type { Collector } from './collector.ts';
import { fields, items, members, seconds, word } from './fields.ts';

const TABLE = ['afi', 'local_as', 'safi', 'vrf'] as const;
const PEER = ['afi', 'local_as', 'peer', 'peer_as', 'safi', 'vrf'] as const;
const BFD = ['iface', 'local', 'peer', 'vrf'] as const;
const ROUTE = ['afi', 'vrf'] as const;
const ROUTE_TYPE = ['afi', 'route_type', 'vrf'] as const;
const VNI = ['tenantVrf', 'type', 'vni', 'vxlanIf'] as const;

function gauge<const Labels extends readonly string[]>(
  name: string,
  set: Labels,
  help: string,
  from: string,
) {
  return metric({ name, type: 'gauge', help, labels: set, source: `${from}; as frr_exporter has it` });
}

const SUMMARY = 'show bgp vrf all summary json';
const ribCount = gauge('frr_bgp_rib_count_total', TABLE, 'Entries of the BGP table.', `${SUMMARY}: ribCount`);
const peersCount = gauge('frr_bgp_peers_count_total', TABLE, 'BGP peers.', `${SUMMARY}: peerCount`);
const peerGroupsCount = gauge(
  'frr_bgp_peer_groups_count_total',
  TABLE,
  'BGP peer groups.',
  `${SUMMARY}: peerGroupCount`,
);
const messagesReceived = metric({
  name: 'frr_bgp_peer_message_received_total',
  type: 'counter',
  help: 'BGP messages received from the peer.',
  labels: PEER,
  source: `${SUMMARY}: msgRcvd; as frr_exporter has it`,
});
const messagesSent = metric({
  name: 'frr_bgp_peer_message_sent_total',
  type: 'counter',
  help: 'BGP messages sent to the peer.',
  labels: PEER,
  source: `${SUMMARY}: msgSent; as frr_exporter has it`,
});
const received = gauge(
  'frr_bgp_peer_prefixes_received_count_total',
  PEER,
  'Prefixes received from the peer.',
  `${SUMMARY}: pfxRcd`,
);
const advertised = gauge(
  'frr_bgp_peer_prefixes_advertised_count_total',
  PEER,
  'Prefixes advertised to the peer.',
  `${SUMMARY}: pfxSnt`,
);
const state = gauge(
  'frr_bgp_peer_state',
  PEER,
  'State of the BGP peer, repeated for each address family: 1 established, 0 down, 2 shut on purpose.',
  `${SUMMARY}: state`,
);
const uptime = gauge(
  'frr_bgp_peer_uptime_seconds',
  PEER,
  'Seconds since the BGP session came up or went down.',
  `${SUMMARY}: peerUptimeMsec`,
);
const bfdCount = gauge('frr_bfd_peer_count', [], 'BFD peers.', 'show bfd peers json');
const bfdState = gauge(
  'frr_bfd_peer_state',
  BFD,
  'State of the BFD peer: 1 up, 0 down.',
  'show bfd peers json: status',
);
const bfdUptime = gauge(
  'frr_bfd_peer_uptime',
  BFD,
  'Seconds since the BFD session came up; 0 while it is not up.',
  'show bfd peers json: uptime',
);
const ROUTES = 'show ip route [vrf NAME] summary json';
const routeTotal = gauge('frr_route_total', ROUTE, 'Routes in the RIB.', `${ROUTES}: routesTotal`);
const routeTotalFib = gauge(
  'frr_route_total_fib',
  ROUTE,
  'Routes in the kernel.',
  `${ROUTES}: routesTotalFib`,
);
const routeRib = gauge('frr_route_rib_count', ROUTE_TYPE, 'Routes in the RIB by protocol.', `${ROUTES}: rib`);
const routeFib = gauge(
  'frr_route_fib_count',
  ROUTE_TYPE,
  'Routes in the kernel by protocol.',
  `${ROUTES}: fib`,
);
const routeOffloaded = gauge(
  'frr_route_fib_offloaded_count',
  ROUTE_TYPE,
  'Offloaded routes by protocol.',
  `${ROUTES}: fibOffLoaded`,
);
const routeTrapped = gauge(
  'frr_route_fib_trapped_count',
  ROUTE_TYPE,
  'Trapped routes by protocol.',
  `${ROUTES}: fibTrapped`,
);
const VNIS = 'show evpn vni json';
const vniMacs = gauge(
  'frr_bgp_l2vpn_evpn_mac_count_total',
  VNI,
  'MAC addresses in the VNI.',
  `${VNIS}: numMacs`,
);
const vniNeighbors = gauge(
  'frr_bgp_l2vpn_evpn_arp_nd_count_total',
  VNI,
  'ARP and ND entries in the VNI.',
  `${VNIS}: numArpNd`,
);
const vniVteps = gauge(
  'frr_bgp_l2vpn_evpn_remote_vtep_count_total',
  VNI,
  'Remote VTEPs of the VNI; -1 where FRR tells none.',
  `${VNIS}: numRemoteVteps`,
);

/** What is added to a collector, by its name. */
interface Addition {
  readonly descriptors: readonly Descriptor[];
  readonly families: (answers: unknown) => Families;
}

function bgpFamilies(documents: unknown): Families {
  return buildFamilies(BGP.descriptors, (emit) => {
    for (const [vrf, instance] of items(documents).flatMap((document) => [...members(document)])) {
      for (const [name, summary] of members(instance)) {
        const { afi, safi } = addressFamily(name);
        const localAs = word(summary.as);
        const table = labels(TABLE, [afi, localAs, safi, vrf]);
        emit(ribCount, table, summary.ribCount);
        emit(peersCount, table, summary.peerCount);
        emit(peerGroupsCount, table, summary.peerGroupCount ?? 0);
        for (const [peer, session] of members(summary.peers)) {
          const set = labels(PEER, [afi, localAs, peer, word(session.remoteAs), safi, vrf]);
          emit(messagesReceived, set, session.msgRcvd);
          emit(messagesSent, set, session.msgSent);
          emit(received, set, session.pfxRcd);
          emit(advertised, set, session.pfxSnt);
          if (session.state !== undefined)
            emit(state, set, session.state === 'Established' ? 1 : session.state === 'Idle (Admin)' ? 2 : 0);
          emit(uptime, set, seconds(session.peerUptimeMsec, 1_000));
        }
      }
    }
  });
}

const BGP: Addition = {
  descriptors: [
    ribCount,
    peersCount,
    peerGroupsCount,
    messagesReceived,
    messagesSent,
    received,
    advertised,
    state,
    uptime,
  ],
  families: bgpFamilies,
};

const BFD_PEERS: Addition = {
  descriptors: [bfdCount, bfdState, bfdUptime],
  families: (answers) =>
    buildFamilies(BFD_PEERS.descriptors, (emit) => {
      const sessions = items(fields(answers).sessions).map(fields);
      emit(bfdCount, NO_LABELS, sessions.length);
      for (const session of sessions) {
        const key = [session.interface, session.local, session.peer, session.vrf].map(word);
        const set = labels(BFD, key as [string, string, string, string]);
        emit(bfdState, set, session.status === 'up' ? 1 : 0);
        emit(bfdUptime, set, session.uptime ?? 0);
      }
    }),
};

const RIB: Addition = {
  descriptors: [routeTotal, routeTotalFib, routeRib, routeFib, routeOffloaded, routeTrapped],
  families: (tables) =>
    buildFamilies(RIB.descriptors, (emit) => {
      for (const table of items(tables).map(fields)) {
        const [afi, vrf] = [word(table.afi), word(table.vrf)];
        const answer = fields(table.answer);
        emit(routeTotal, labels(ROUTE, [afi, vrf]), answer.routesTotal);
        emit(routeTotalFib, labels(ROUTE, [afi, vrf]), answer.routesTotalFib);
        for (const route of items(answer.routes).map(fields)) {
          const set = labels(ROUTE_TYPE, [afi, word(route.type), vrf]);
          emit(routeRib, set, route.rib);
          emit(routeFib, set, route.fib);
          emit(routeOffloaded, set, route.fibOffLoaded);
          emit(routeTrapped, set, route.fibTrapped);
        }
      }
    }),
};

const EVPN: Addition = {
  descriptors: [vniMacs, vniNeighbors, vniVteps],
  families: (documents) =>
    buildFamilies(EVPN.descriptors, (emit) => {
      for (const [name, vni] of items(documents).flatMap((document) => [...members(document)])) {
        const key = [word(vni.tenantVrf), word(vni.type), word(vni.vni) || name, word(vni.vxlanIf)] as const;
        const set = labels(VNI, key);
        emit(vniMacs, set, vni.numMacs);
        emit(vniNeighbors, set, vni.numArpNd);
        emit(vniVteps, set, Number.isNaN(figure(vni.numRemoteVteps) ?? Number.NaN) ? -1 : vni.numRemoteVteps);
      }
    }),
};

const ADDITIONS: ReadonlyMap<string, Addition> = new Map([
  ['bgp', BGP],
  ['bfd', BFD_PEERS],
  ['rib', RIB],
  ['evpn', EVPN],
]);

/** The collectors, giving the names of frr_exporter too. FRR is asked nothing more for it. */
export function withFrrExporterNames(collectors: readonly Collector[]): readonly Collector[] {
  return collectors.map((collector) => {
    const addition = ADDITIONS.get(collector.name);
    if (addition === undefined) return collector;
    return {
      ...collector,
      descriptors: [...collector.descriptors, ...addition.descriptors],
      families: (answers, context) => {
        const built = collector.families(answers, context);
        const own = 'families' in built ? built : atOnce(built);
        const added = addition.families(answers);
        return { families: [...own.families, ...added.families], drops: [...own.drops, ...added.drops] };
      },
    };
  });
}
