/** Queries that may have no answer in the laboratory, each with the reason; every other one must have one. */

/** The state of the laboratory: healthy, or one of the faults. */
export type State = 'healthy' | 'link' | 'limit' | 'filter' | 'zebra' | 'bgpd' | 'exporter';

export interface Exception {
  readonly reason: string;
  /** The state that fills it: then an empty answer is a mistake after all. */
  readonly until?: State;
}

const unreachable = { reason: 'Every address is announced.', until: 'filter' } as const;
const firing = { reason: 'No alert is firing.', until: 'link' } as const;
const failing = { reason: 'Every collector has its answers.', until: 'zebra' } as const;
const twoRouters = { reason: 'The node has uplinks with both routers.', until: 'link' } as const;
const connected = { reason: 'It had an uplink all the time.', until: 'bgpd' } as const;
const brief = { reason: 'It is recorded once a minute, and nothing is lost that long.' } as const;
const unlimited = { reason: 'Only IPv4 has a prefix limit here.' } as const;
const unsent = { reason: 'Alertmanager has nobody to send to.' } as const;

/** By the place of the query: dashboard, panel, query. */
export const EMPTY: Readonly<Record<string, Exception>> = {
  'frr-fleet: Sessions down now: B': { reason: 'Those that are down were never up.', until: 'link' },
  'frr-fleet: Nodes that one router alone connects: A': twoRouters,
  'frr-fleet: Nodes that one router alone connects: B': twoRouters,
  'frr-fleet: Nodes that one router alone connects: C': twoRouters,
  'frr-fleet: Nodes without an uplink in 30 days: A': connected,
  'frr-fleet: Nodes without an uplink in 30 days: B': connected,
  'frr-fleet: Nodes without an uplink in 30 days: C': connected,
  'frr-fleet: Addresses not announced in 30 days: A': brief,
  'frr-fleet: Addresses not announced in 30 days: B': brief,
  'frr-fleet: Addresses nobody can reach: A': unreachable,
  'frr-fleet: Firing alerts: A': firing,
  'frr-fleet: Firing alerts: B': firing,
  'frr-fleet: Sessions that drop most: A': { reason: 'No session went down.', until: 'link' },
  'frr-fleet: Alerts: annotation': firing,
  'frr-node: Alerts firing on this node: A': firing,
  'frr-node: Alerts firing on this node: B': firing,
  'frr-node: Alerts: annotation': firing,
  'frr-session: IPv6 prefixes in, against the day and the limit: D': unlimited,
  'frr-session: IPv6 prefixes in, against the day and the limit: E': unlimited,
  'frr-session: EVPN prefixes in, against the day and the limit: D': unlimited,
  'frr-session: EVPN prefixes in, against the day and the limit: E': unlimited,
  'frr-session: Messages by type: A': { reason: 'Its points are 75 s apart.', until: 'limit' },
  'frr-session: BFD in detail: D': { reason: 'No BFD session is down.', until: 'link' },
  'frr-session: Round trip over time: B': { reason: 'FRR reports it for BFD since 10.0.' },
  'frr-session: Prefixes refused: A': { reason: 'FRR reports them since 10.3.' },
  'frr-session: Alerts: annotation': firing,
  'frr-openstack: Addresses nobody can reach: A': unreachable,
  'frr-openstack: Announced to nobody, over time: A': unreachable,
  'frr-openstack: Alerts: annotation': firing,
  'frr-openstack: Addresses lost: annotation': unreachable,
  'frr-exporter: Series dropped: A': { reason: 'The exporter leaves nothing out.' },
  'frr-exporter: Certificates expire: A': { reason: 'The exporter serves without TLS.' },
  'frr-exporter: Failing collectors: A': failing,
  'frr-exporter: Failing collectors: B': failing,
  'frr-exporter: Failing collectors: C': failing,
  'frr-exporter: Failures: A': failing,
  'frr-exporter: Evaluations missed, notifications lost: D': unsent,
  'frr-exporter: Notification latency: A': { reason: 'No alert was handed over yet.', until: 'link' },
  'frr-exporter: Notification latency: B': unsent,
  'frr-exporter: Alerts: annotation': firing,
  'frr-exporter: Exporters lost: annotation': { reason: 'The exporter is there.', until: 'exporter' },
};
