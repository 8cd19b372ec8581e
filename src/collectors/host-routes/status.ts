/** Host addresses for people: in the status document, at `/api/v1/addresses` and in the verdict. */
import type { LabelValues, Row, Tables } from '../../metrics/tables.ts';
import { sessionKey, sessionUp } from '../bgp.ts';
import { sessionInfo } from '../bgp-neighbor-metrics.ts';
import { DEFAULT_VRF } from '../vrfs.ts';
import {
  type HOST_ROUTE_LABELS,
  hostRouteAdvertisedPeers,
  hostRouteEvpnPeers,
  hostRouteInBgp,
  hostRouteReceiver,
  hostRouteUnused,
  hostRouteUpdated,
  hostRouteVpnPeers,
} from './metrics.ts';

type HostRouteLabels = LabelValues<typeof HOST_ROUTE_LABELS>;
type HostRouteRow = Row<typeof HOST_ROUTE_LABELS>;

const ORIGINS: Readonly<Record<string, string>> = {
  kernel: 'kernel route',
  static: 'static route',
};

/** `172.31.0.5 (lo)`, `203.0.113.30 (kernel route, vrf tenant)`. */
export function hostRouteTitle({ address, interface: name, origin, vrf }: HostRouteLabels): string {
  const from = origin === 'leaked' ? `from vrf ${name}` : (ORIGINS[origin] ?? name);
  return `${address} (${vrf === DEFAULT_VRF ? from : `${from}, vrf ${vrf}`})`;
}

/** An item of `host_routes`. */
function hostRouteItem(sessions: Sessions, row: HostRouteRow, inBgp: boolean, expected: boolean) {
  const { labels, number, time } = row;
  const { address, afi, vrf, origin } = labels;
  const peers = number(hostRouteAdvertisedPeers);
  return {
    address,
    interface: labels.interface,
    afi,
    vrf,
    origin,
    in_bgp: inBgp,
    in_bgp_since: time(hostRouteUpdated),
    advertised_peers: peers,
    vpn_advertised_peers: number(hostRouteVpnPeers),
    evpn_advertised_peers: number(hostRouteEvpnPeers),
    advertised_to: row.rows(hostRouteReceiver).map(({ labels: receiver }) => ({
      vrf: receiver.session_vrf,
      peer: receiver.peer,
      description: sessions.descriptions.get(sessionKey(receiver.session_vrf, receiver.peer)) ?? null,
      family: receiver.family,
    })),
    expected,
    reason: inBgp && peers !== 0 ? null : reasonOf(sessions, labels, inBgp),
  };
}

/** The BGP sessions that addresses are sent over. */
interface Sessions {
  /** By {@link sessionKey}. */
  readonly descriptions: ReadonlyMap<string, string | null>;
  /** How many are established, by VRF. */
  readonly established: ReadonlyMap<string, number>;
}

function sessionsOf(tables: Tables): Sessions {
  const descriptions = new Map<string, string | null>();
  const established = new Map<string, number>();
  for (const row of tables.rows(sessionUp)) {
    const { vrf, peer } = row.labels;
    const text = row.text(sessionInfo, 'description') ?? row.text(sessionInfo, 'remote_hostname');
    descriptions.set(sessionKey(vrf, peer), text);
    if (row.value === 1) established.set(vrf, (established.get(vrf) ?? 0) + 1);
  }
  return { descriptions, established };
}

/** What redistributes an address in BGP, by its origin. */
const REDISTRIBUTION: Readonly<Record<string, string>> = {
  interface: '`network` or `redistribute connected`',
  kernel: '`redistribute kernel`',
  static: '`redistribute static`',
};

/** Why an address is announced to no peer. */
function reasonOf({ established }: Sessions, { vrf, origin }: HostRouteLabels, inBgp: boolean): string {
  if (!inBgp)
    return `not in BGP as a route of this node: ${REDISTRIBUTION[origin]} is missing in VRF ${vrf}, its route map rejects it, or the route of another node is preferred`;
  const up = established.get(vrf) ?? 0;
  if (up === 0) return `in BGP, but VRF ${vrf} has no established session, and no other way is used`;
  return `in BGP, but the outbound policy of ${up === 1 ? 'the session' : `all ${up} sessions`} of VRF ${vrf} rejects it`;
}

/** All items, in the order of the metrics. What leaked is expected to be announced from where it comes from. */
export function hostRouteItems(tables: Tables) {
  const sessions = sessionsOf(tables);
  return [
    ...tables
      .rows(hostRouteInBgp)
      .map((row) => hostRouteItem(sessions, row, row.value === 1, row.labels.origin !== 'leaked')),
    ...tables.rows(hostRouteUnused).map((row) => hostRouteItem(sessions, row, false, false)),
  ];
}

/** The titles of the addresses that are meant to be announced and are not. */
export function unannouncedTitles(tables: Tables): readonly string[] {
  return tables
    .rows(hostRouteAdvertisedPeers)
    .filter(({ labels, value }) => value === 0 && labels.origin !== 'leaked')
    .map(({ labels }) => hostRouteTitle(labels));
}
