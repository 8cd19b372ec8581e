/** A healthy fleet as the rules see it, and the faults that can be put into it. */
import { interrupted, type Labels, type Series, type Steps, type Value } from './scenario.ts';

const CLUSTER = 'cloud-1';

/** Who a session is with. */
export interface Peer {
  /** As FRR calls it: an address, or an interface. */
  readonly peer: string;
  readonly description: string;
  readonly remoteAs: string;
  readonly group: string;
  readonly router: string;
  readonly interface: string;
}

/** The uplinks of every node: a numbered and an unnumbered session with a router each. */
export const TOR1: Peer = {
  peer: '100.64.1.1',
  description: 'tor1 rack A',
  remoteAs: '65001',
  group: 'uplink',
  router: '10.0.0.1',
  interface: '',
};
export const TOR2: Peer = {
  ...TOR1,
  peer: 'eth2',
  description: 'tor2 rack A',
  remoteAs: '65002',
  router: '10.0.0.2',
  interface: 'eth2',
};

export interface Fleet {
  readonly series: Series[];
  /** Changes the steps of the series that have this name and these labels. @throws when there are none */
  set(metric: string, labels: Labels, steps: Steps): Fleet;
  /** Adds a series to a node. */
  add(node: string, metric: string, labels: Labels, steps: Steps): Fleet;
  /** Adds a host address, and the number of peers that it is announced to. */
  announces(node: string, address: string, peers: Steps, name?: string): Fleet;
  /** Takes series away. @throws when there are none */
  remove(metric: string, labels?: Labels): Fleet;
  /** Adds a session that is up. */
  addSession(node: string, peer: Peer, vrf?: string): Fleet;
  /** A session is down from a time to another; for ever without the second. */
  sessionDown(node: string, peer: string, from: string, to?: string, reason?: string): Fleet;
  /** The same for both uplinks of the node. */
  uplinksDown(node: string, from: string, to?: string): Fleet;
  /** The node is gone in these spans, `[from, to)`: neither scrape of it brings anything. */
  nodeDown(node: string, ...spans: readonly (readonly [string, string])[]): Fleet;
  /** FRR reports a router ID of the peer from a time to another; as it does while it tries to connect again. */
  routerTold(node: string, peer: string, router: string, from: string, to?: string): Fleet;
  /** No scrape of the exporter brings anything in these spans, `[from, to)`. */
  notScraped(node: string, ...spans: readonly (readonly [string, string])[]): Fleet;
}

/** Whole numbers, the last included: nodes are numbered from 1. */
export function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** A host address of a node on one of its interfaces, as its series have it. */
export function hostRoute(address: string, name = 'br-ex') {
  return { address, interface: name, afi: address.includes(':') ? 'ipv6' : 'ipv4' };
}

export function target(node: string): Labels {
  return { cluster: CLUSTER, hostname: node, instance: `${node}:9342`, job: 'frr' };
}

function healthyNode(node: string): Series[] {
  const number = node.replace(/^\D+/, '');
  const made: Series[] = [];
  const add = (metric: string, labels: Labels, steps: Steps): void => {
    made.push({ metric, labels: { ...target(node), ...labels }, steps });
  };
  add('up', {}, 1);
  made.push({
    metric: 'up',
    labels: { ...target(node), instance: `${node}:9100`, job: 'node' },
    steps: 1,
  });
  add('frr_up', {}, 1);
  add('frr_maintenance', {}, 0);
  for (const daemon of ['zebra', 'bgpd', 'bfdd', 'staticd', 'watchfrr']) {
    add('frr_daemon_up', { daemon }, 1);
    add('frr_daemon_hung', { daemon }, 0);
    add('frr_daemon_restarts_total', { daemon }, 0);
  }
  for (const [collector, interval] of Object.entries({ bgp: 5, 'bgp-neighbors': 60, daemons: 5, rib: 15 })) {
    add('frr_collector_up', { collector }, 1);
    add('frr_collector_interval_seconds', { collector }, interval);
    add('frr_collector_last_success_timestamp_seconds', { collector }, 'now');
  }
  for (const reason of ['duplicate', 'not_a_number', 'limit']) {
    add('frr_exporter_series_dropped_total', { reason }, 0);
  }
  for (const peer of [TOR1, TOR2]) made.push(...healthySession(node, peer));
  add('frr_bgp_table_version', { vrf: 'default', afi: 'ipv4', safi: 'unicast' }, 47);
  for (const link of [1, 2]) {
    const bfd = {
      vrf: 'default',
      peer: `100.64.${link}.1`,
      local: `100.64.${link}.2`,
      interface: `eth${link}`,
    };
    add('frr_bfd_session_up', bfd, 1);
    add('frr_bfd_session_admin_up', bfd, 1);
  }
  for (const [protocol, routes] of Object.entries({ connected: 6, ebgp: 41 })) {
    add('frr_rib_routes', { vrf: 'default', afi: 'ipv4', protocol }, routes);
    add('frr_fib_routes', { vrf: 'default', afi: 'ipv4', protocol }, routes);
  }
  add('frr_default_route_installed', { vrf: 'default', afi: 'ipv4' }, 1);
  add('frr_default_route_installed', { vrf: 'default', afi: 'ipv6' }, 0);
  for (const [afi, prefix] of [
    ['ipv4', '0.0.0.0/0'],
    ['ipv6', '::/0'],
    ['ipv4', `172.16.0.${number}/32`],
  ] as const)
    add('frr_kernel_route_missing', { vrf: 'default', afi, prefix }, 0);
  for (const [address, name] of Object.entries({
    [`172.16.0.${number}`]: 'lo',
    [`203.0.113.${number}`]: 'br-ex',
  })) {
    const route = hostRoute(address, name);
    add('frr_host_route_in_bgp', route, 1);
    add('frr_host_route_advertised_peers', route, 2);
  }
  return made;
}

function healthySession(node: string, { peer, ...is }: Peer, vrf = 'default'): Series[] {
  const made: Series[] = [];
  const session = { ...target(node), vrf, peer };
  const add = (metric: string, labels: Labels, steps: Steps): void => {
    made.push({ metric, labels: { ...session, ...labels }, steps });
  };
  add('frr_bgp_session_up', {}, 1);
  add('frr_bgp_session_state', {}, 6);
  add('frr_bgp_session_admin_up', {}, 1);
  add('frr_bgp_session_established_total', {}, 1);
  add('frr_bgp_session_dropped_total', {}, 0);
  add('frr_bgp_session_graceful_restart_active', {}, 0);
  add('frr_bgp_session_queue_messages', { direction: 'in' }, 0);
  add('frr_bgp_session_queue_messages', { direction: 'out' }, 0);
  const info = {
    local_as: '64999',
    remote_as: is.remoteAs,
    peer_group: is.group,
    description: is.description,
    remote_hostname: '',
    interface: is.interface,
    remote_router_id: is.router,
  };
  add('frr_bgp_session_info', info, 1);
  const ipv4 = { afi: 'ipv4', safi: 'unicast' };
  add('frr_bgp_prefixes_received', ipv4, 21);
  add('frr_bgp_prefixes_advertised', ipv4, 3);
  add('frr_bgp_session_table_versions_behind', ipv4, 0);
  add('frr_bgp_prefix_limit', ipv4, 50);
  add('frr_bgp_prefix_limit_exceeded', ipv4, 0);
  add('frr_bgp_policy_missing', ipv4, 0);
  // A family that is activated but without routes is no fault.
  const evpn = { afi: 'l2vpn', safi: 'evpn' };
  add('frr_bgp_prefixes_received', evpn, 0);
  add('frr_bgp_prefixes_advertised', evpn, 0);
  return made;
}

/** The metrics of Prometheus and Alertmanager themselves that the rules look at. */
function healthyPipeline(): Series[] {
  const prometheus = { job: 'prometheus', instance: 'localhost:9090' };
  const alertmanager = { job: 'alertmanager', instance: 'localhost:9093' };
  const group = { ...prometheus, rule_group: '/etc/prometheus/rules/sessions.yaml;frr-sessions' };
  return [
    ['prometheus_rule_evaluation_failures_total', group, 0],
    ['prometheus_rule_group_last_duration_seconds', group, 0.02],
    ['prometheus_rule_group_interval_seconds', group, 5],
    ['prometheus_notifications_dropped_total', prometheus, 0],
    ['prometheus_notifications_alertmanagers_discovered', prometheus, 1],
    ['prometheus_config_last_reload_successful', prometheus, 1],
    ['alertmanager_config_last_reload_successful', alertmanager, 1],
    ['alertmanager_notifications_failed_total', { ...alertmanager, integration: 'pagerduty' }, 0],
    ['alertmanager_notifications_total', { ...alertmanager, integration: 'pagerduty' }, 0],
  ].map(([metric, labels, steps]) => ({ metric, labels, steps }) as Series);
}

/** A fleet without faults: `node-1` and so on, each with two uplinks, and Prometheus and Alertmanager. */
export function healthy(nodes = 1): Fleet {
  const series = [
    ...Array.from({ length: nodes }, (_, i) => healthyNode(`node-${i + 1}`)).flat(),
    ...healthyPipeline(),
  ];
  const matching = (metric: string, labels: Labels): Series[] => {
    const found = series.filter(
      (one) =>
        one.metric === metric && Object.entries(labels).every(([name, value]) => one.labels[name] === value),
    );
    if (found.length === 0) throw new Error(`no series ${metric} ${JSON.stringify(labels)}`);
    return found;
  };
  const fleet: Fleet = {
    series,
    set: (metric, labels, steps) => {
      for (const one of matching(metric, labels)) one.steps = steps;
      return fleet;
    },
    add: (node, metric, labels, steps) => {
      series.push({ metric, labels: { ...target(node), ...labels }, steps });
      return fleet;
    },
    announces: (node, address, peers, name) =>
      fleet.add(node, 'frr_host_route_advertised_peers', hostRoute(address, name), peers),
    remove: (metric, labels = {}) => {
      for (const one of matching(metric, labels)) series.splice(series.indexOf(one), 1);
      return fleet;
    },
    addSession: (node, peer, vrf = 'default') => {
      series.push(...healthySession(node, peer, vrf));
      return fleet;
    },
    sessionDown: (node, peer, from, to, reason = 'BFD down received') => {
      const steps = (before: Value, during: Value, after: Value): Steps => ({
        ...(from === '0s' ? {} : { '0s': before }),
        [from]: during,
        ...(to === undefined ? {} : { [to]: after }),
      });
      const key = { instance: `${node}:9342`, peer };
      const vrf = matching('frr_bgp_session_up', key)[0]?.labels.vrf ?? 'default';
      fleet.set('frr_bgp_session_up', key, steps(1, 0, 1));
      fleet.set('frr_bgp_session_state', key, steps(6, 3, 6));
      fleet.set('frr_bgp_session_dropped_total', key, steps(0, 1, 1));
      fleet.set('frr_bgp_session_established_total', key, steps(1, 1, 2));
      fleet.add(
        node,
        'frr_bgp_session_last_reset_info',
        { vrf, peer, reason, code: '24', notification: '' },
        steps('missing', 1, 1),
      );
      return fleet;
    },
    uplinksDown: (node, from, to) =>
      fleet.sessionDown(node, TOR1.peer, from, to).sessionDown(node, TOR2.peer, from, to),
    nodeDown: (node, ...spans) => {
      fleet.notScraped(node, ...spans);
      for (const one of matching('up', { instance: `${node}:9100` }))
        one.steps = interrupted(one.steps, spans, 0);
      return fleet;
    },
    routerTold: (node, peer, router, from, to) => {
      const info = matching('frr_bgp_session_info', { instance: `${node}:9342`, peer })[0] as Series;
      series.push({
        ...info,
        labels: { ...info.labels, remote_router_id: router },
        steps: { '0s': 'missing', [from]: 1, ...(to === undefined ? {} : { [to]: 'stale' }) },
      });
      info.steps = { '0s': 1, [from]: 'stale', ...(to === undefined ? {} : { [to]: 1 }) };
      return fleet;
    },
    notScraped: (node, ...spans) => {
      for (const one of series) {
        if (one.labels.instance !== `${node}:9342`) continue;
        one.steps = interrupted(one.steps, spans, one.metric === 'up' ? 0 : 'stale');
      }
      return fleet;
    },
  };
  return fleet;
}
