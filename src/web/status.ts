/**
 * The document at `/api/v1/status`: the newest snapshot for people and scripts, by session instead of by metric.
 *
 * Its schema is docs/status.schema.json, and its names are stable: within v1 a name may be added, and none changes its
 * meaning or goes away. Every name is always there; what FRR did not tell is null, and a list of what is not collected
 * is empty. Times are RFC 3339.
 */
import { SESSION_STATE_NAMES } from '../collectors/bgp.ts';
import type { Maintenance } from '../maintenance.ts';
import type { Snapshot } from '../poller/snapshot.ts';

/** RFC 5880, section 4.1. */
const BFD_STATES = ['admin down', 'down', 'init', 'up'];

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The snapshot's figures, by the names of metrics and then by labels. */
function createTables(snapshot: Snapshot) {
  const tables = new Map<string, readonly Row[]>();
  for (const { families } of snapshot.parts)
    for (const { descriptor, samples } of families)
      tables.set(
        descriptor.name,
        samples.map(({ labels, value }) => ({
          labels: Object.fromEntries(
            labels.names.map((name, index) => [name, labels.values[index] as string]),
          ),
          value,
        })),
      );

  const rows = (name: string): readonly Row[] => tables.get(name) ?? [];
  const indices = new Map<string, ReadonlyMap<string, readonly Row[]>>();
  const key = (labels: Row['labels'], by: readonly string[]) =>
    JSON.stringify(by.map((name) => labels[name]));

  /** The rows of a metric that have the same labels `by` as the given ones. */
  function matching(name: string, labels: Row['labels'], by: readonly string[]): readonly Row[] {
    const indexName = `${name} ${by.join(' ')}`;
    let index = indices.get(indexName);
    if (index === undefined) {
      const made = new Map<string, Row[]>();
      for (const row of rows(name)) {
        const at = key(row.labels, by);
        const there = made.get(at);
        if (there === undefined) made.set(at, [row]);
        else there.push(row);
      }
      index = made;
      indices.set(indexName, index);
    }
    return index.get(key(labels, by)) ?? [];
  }

  /** The figures about one thing, which is known by some labels. */
  function about(labels: Row['labels'], by: readonly string[]) {
    const number = (name: string): number | null => matching(name, labels, by)[0]?.value ?? null;
    const info = (name: string) => matching(name, labels, by)[0]?.labels;
    return {
      number,
      flag: (name: string): boolean | null => {
        const value = number(name);
        return value === null ? null : value !== 0;
      },
      time: (name: string): string | null => timeText(number(name)),
      info: (name: string, label: string): string | null => {
        const value = info(name)?.[label];
        return value === undefined || value === '' ? null : value;
      },
      rows: (name: string) => matching(name, labels, by),
    };
  }

  return { rows, about };
}

type Tables = ReturnType<typeof createTables>;

function timeText(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined) return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

const SESSION = ['vrf', 'peer'];
const SESSION_FAMILY = ['vrf', 'peer', 'afi', 'safi'];

/** Metrics about the prefixes of a session; an address family is listed when any of them tells of it. */
const PREFIX_METRICS = [
  'frr_bgp_prefixes_received',
  'frr_bgp_prefixes_accepted',
  'frr_bgp_prefixes_advertised',
  'frr_bgp_policy_missing',
];

function prefixes(tables: Tables, session: Row['labels']) {
  const families = new Map<string, Row['labels']>();
  const { rows } = tables.about(session, SESSION);
  for (const name of PREFIX_METRICS)
    for (const { labels } of rows(name)) families.set(`${labels.afi} ${labels.safi}`, labels);
  return [...families.values()].map((labels) => {
    const { number, flag } = tables.about(labels, SESSION_FAMILY);
    return {
      afi: labels.afi ?? '',
      safi: labels.safi ?? '',
      received: number('frr_bgp_prefixes_received'),
      accepted: number('frr_bgp_prefixes_accepted'),
      advertised: number('frr_bgp_prefixes_advertised'),
      limit: number('frr_bgp_prefix_limit'),
      limit_exceeded: flag('frr_bgp_prefix_limit_exceeded'),
      policy_missing: flag('frr_bgp_policy_missing'),
    };
  });
}

function bgpSessions(tables: Tables) {
  return tables.rows('frr_bgp_session_up').map(({ labels, value }) => {
    const { number, flag, time, info } = tables.about(labels, SESSION);
    const up = value === 1;
    const resetAt = time('frr_bgp_session_last_reset_timestamp_seconds');
    const resetReason = info('frr_bgp_session_last_reset_info', 'reason');
    return {
      vrf: labels.vrf ?? '',
      peer: labels.peer ?? '',
      up,
      admin_up: flag('frr_bgp_session_admin_up'),
      state: SESSION_STATE_NAMES.get(number('frr_bgp_session_state') ?? Number.NaN) ?? null,
      since: up ? time('frr_bgp_session_established_timestamp_seconds') : resetAt,
      reason: up ? null : resetReason,
      description: info('frr_bgp_session_info', 'description'),
      peer_group: info('frr_bgp_session_info', 'peer_group'),
      remote_hostname: info('frr_bgp_session_info', 'remote_hostname'),
      interface: info('frr_bgp_session_info', 'interface'),
      local_as: info('frr_bgp_session_info', 'local_as'),
      remote_as: info('frr_bgp_session_info', 'remote_as'),
      established_count: number('frr_bgp_session_established_total'),
      dropped_count: number('frr_bgp_session_dropped_total'),
      last_reset:
        resetAt === null && resetReason === null
          ? null
          : {
              at: resetAt,
              reason: resetReason,
              code: info('frr_bgp_session_last_reset_info', 'code'),
              notification: info('frr_bgp_session_last_reset_info', 'notification'),
            },
      prefixes: prefixes(tables, labels),
    };
  });
}

function bfdSessions(tables: Tables) {
  return tables.rows('frr_bfd_session_up').map(({ labels, value }) => {
    const { number, flag, time, info } = tables.about(labels, ['vrf', 'peer', 'local', 'interface']);
    const up = value === 1;
    return {
      vrf: labels.vrf ?? '',
      peer: labels.peer ?? '',
      local: labels.local || null,
      interface: labels.interface || null,
      up,
      admin_up: flag('frr_bfd_session_admin_up'),
      state: BFD_STATES[number('frr_bfd_session_state') ?? Number.NaN] ?? null,
      since: time(up ? 'frr_bfd_session_up_timestamp_seconds' : 'frr_bfd_session_down_timestamp_seconds'),
      diagnostic: info('frr_bfd_session_info', 'diagnostic'),
      remote_diagnostic: info('frr_bfd_session_info', 'remote_diagnostic'),
    };
  });
}

function routes(tables: Tables) {
  const by = ['vrf', 'afi', 'protocol'];
  return tables.rows('frr_rib_routes').map(({ labels, value }) => ({
    vrf: labels.vrf ?? '',
    afi: labels.afi ?? '',
    protocol: labels.protocol ?? '',
    rib: value,
    fib: tables.about(labels, by).number('frr_fib_routes'),
  }));
}

function daemons(tables: Tables) {
  return tables.rows('frr_daemon_up').map(({ labels, value }) => {
    const { flag, number } = tables.about(labels, ['daemon']);
    return {
      name: labels.daemon ?? '',
      up: value === 1,
      hung: flag('frr_daemon_hung'),
      watchfrr_up: flag('frr_daemon_watchfrr_up'),
      restarts: number('frr_daemon_restarts_total'),
    };
  });
}

function evpnVnis(tables: Tables) {
  return tables.rows('frr_evpn_vni_info').map(({ labels }) => {
    const { number } = tables.about(labels, ['vni', 'type', 'tenant_vrf']);
    return {
      vni: labels.vni ?? '',
      type: labels.type ?? '',
      vxlan_interface: labels.vxlan_interface || null,
      tenant_vrf: labels.tenant_vrf || null,
      macs: number('frr_evpn_vni_macs'),
      arp_nd_entries: number('frr_evpn_vni_arp_nd_entries'),
      remote_vteps: number('frr_evpn_vni_remote_vteps'),
    };
  });
}

/**
 * Makes the document.
 * @param now seconds since the epoch
 */
export function statusDocument(snapshot: Snapshot, maintenance: Maintenance, version: string, now: number) {
  const tables = createTables(snapshot);
  return {
    exporter: { version },
    at: timeText(snapshot.at),
    frr: { up: snapshot.frrUp, version: tables.rows('frr_info')[0]?.labels.version ?? null },
    maintenance: {
      active: maintenance.active,
      end: timeText(maintenance.end),
      reason: maintenance.reason === '' ? null : maintenance.reason,
    },
    bgp_sessions: bgpSessions(tables),
    bfd_sessions: bfdSessions(tables),
    default_routes: tables.rows('frr_default_route_installed').map(({ labels, value }) => ({
      vrf: labels.vrf ?? '',
      afi: labels.afi ?? '',
      installed: value === 1,
    })),
    host_routes: tables.rows('frr_host_route_in_bgp').map(({ labels, value }) => ({
      address: labels.address ?? '',
      interface: labels.interface ?? '',
      afi: labels.afi ?? '',
      in_bgp: value === 1,
      advertised_peers: tables
        .about(labels, ['address', 'interface', 'afi'])
        .number('frr_host_route_advertised_peers'),
    })),
    routes: routes(tables),
    evpn_vnis: evpnVnis(tables),
    daemons: daemons(tables),
    collectors: snapshot.collectors.map(({ name, up, lastSuccess, duration, interval, error }) => ({
      name,
      up: up ?? null,
      age_seconds: lastSuccess === undefined ? null : Math.max(0, Math.round((now - lastSuccess) * 10) / 10),
      interval_seconds: interval,
      duration_seconds: duration ?? null,
      error: error === undefined ? null : { reason: error.reason, message: error.message },
    })),
  };
}

export type StatusDocument = ReturnType<typeof statusDocument>;
