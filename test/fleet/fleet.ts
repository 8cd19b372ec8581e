/**
 * A simulated fleet, for what a laboratory of three routers cannot show: 1,000 nodes with two uplinks each, in two
 * clusters, twenty nodes a rack, two top-of-rack routers a rack. The series are named and labelled as the exporter
 * names and labels them; the values and the faults are invented.
 */
import { COLLECTORS } from '../../src/collectors/index.ts';
import type { Labels, Series } from './remote-write.ts';

export interface FleetOptions {
  readonly nodes: number;
  /** When the newest fault began, in seconds since the epoch; before, everything is healthy but for the flapping. */
  readonly faultsSince: number;
}

/** What is wrong in the fleet, for tests that want to find it. */
export interface Faults {
  /** Lost one of two uplinks, because a top-of-rack router died. */
  readonly redundancyLost: readonly string[];
  readonly deadRouter: string;
  /** Lost both uplinks. */
  readonly cutOff: string;
  /** Is gone, exporter and all. */
  readonly silent: string;
  /** Has an address that a route-map filters. */
  readonly filtered: { readonly instance: string; readonly address: string };
  /** Its bfdd hangs. */
  readonly hung: string;
  readonly maintenance: string;
  readonly flapping: readonly string[];
  /** Is announced by two nodes. */
  readonly twice: string;
  /** Its session in the VRF of a tenant is down. */
  readonly tenant: string;
}

export interface Fleet {
  readonly series: readonly Series[];
  readonly faults: Faults;
}

const NODES_A_RACK = 20;
const UPLINKS = ['eth1', 'eth2'] as const;
const FAMILIES = [
  ['ipv4', 'unicast', 1],
  ['ipv6', 'unicast', 1],
  ['l2vpn', 'evpn', 240],
] as const;
const DAEMONS = ['zebra', 'bgpd', 'bfdd', 'staticd'] as const;

/** A number between 0 and 1, derived from the words. */
function noise(...words: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const character of words.join('|')) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

interface Node {
  readonly index: number;
  readonly rack: number;
  readonly hostname: string;
  readonly target: Labels;
}

function nodeAt(index: number): Node {
  const rack = Math.floor(index / NODES_A_RACK) + 1;
  const cluster = rack % 2 === 1 ? 'cloud-a' : 'cloud-b';
  const role = index % NODES_A_RACK < 17 ? 'compute' : 'networker';
  const hostname = `${role}-${String(rack).padStart(2, '0')}-${String((index % NODES_A_RACK) + 1).padStart(2, '0')}`;
  return {
    index,
    rack,
    hostname,
    target: { cluster, job: 'frr', instance: hostname, hostname, role },
  };
}

function routerOf(rack: number, uplink: (typeof UPLINKS)[number]): string {
  return `leaf-${String(rack).padStart(2, '0')}-${uplink === 'eth1' ? 1 : 2}`;
}

export function simulateFleet({ nodes: count, faultsSince }: FleetOptions): Fleet {
  const nodes = Array.from({ length: count }, (_, index) => nodeAt(index));
  const deadRack = Math.min(7, Math.ceil(count / NODES_A_RACK));
  const at = (index: number) => nodes[index % count] as Node;
  const cutOff = at(233);
  const silent = at(419);
  const filteredNode = at(511);
  const hung = at(87);
  const maintenance = at(305);
  const flapping = [at(42), at(777)];
  /** Of a host address on an interface, as the exporter labels it. */
  const own = { vrf: 'default', origin: 'interface' } as const;
  const VIP = { address: '192.0.2.10', interface: 'lo', afi: 'ipv4', ...own } as const;
  const vipOwners = [at(17), at(18)];
  const lonelyTenant = at(39);
  const addressesOf = ({ index }: Node) => [
    { address: `172.30.${index >> 8}.${index & 255}`, interface: 'lo', afi: 'ipv4', ...own },
    { address: `203.0.${112 + (index >> 8)}.${index & 255}`, interface: 'br-ex', afi: 'ipv4', ...own },
    { address: `198.51.${100 + (index >> 8)}.${index & 255}`, interface: 'br-ex', afi: 'ipv4', ...own },
    { address: `2001:db8:f::${(index + 1).toString(16)}`, interface: 'br-ex', afi: 'ipv6', ...own },
    ...(vipOwners.some((owner) => owner.index === index) ? [VIP] : []),
  ];
  const faults: Faults = {
    redundancyLost: nodes
      .filter(({ rack }) => rack === deadRack)
      .map(({ target }) => target.instance as string),
    deadRouter: routerOf(deadRack, 'eth2'),
    cutOff: cutOff.target.instance as string,
    silent: silent.target.instance as string,
    filtered: {
      instance: filteredNode.target.instance as string,
      address: addressesOf(filteredNode)[1]?.address as string,
    },
    hung: hung.target.instance as string,
    maintenance: maintenance.target.instance as string,
    flapping: flapping.map(({ target }) => target.instance as string),
    twice: VIP.address,
    tenant: lonelyTenant.target.instance as string,
  };

  /** The router died two minutes before the newest fault. */
  const routerDied = faultsSince - 120;
  const linkDown = (node: Node, uplink: string, seconds: number) =>
    (node.rack === deadRack && uplink === 'eth2' && seconds >= routerDied) ||
    (node === cutOff && seconds >= faultsSince) ||
    (node === flapping[0] && uplink === 'eth1' && seconds % 700 < 40) ||
    (node === flapping[1] && uplink === 'eth2' && seconds % 1100 < 40);

  const series: Series[] = [];
  for (const node of nodes) {
    const alive = (seconds: number) => !(node === silent && seconds >= faultsSince);
    const add = (name: string, labels: Labels, value: number | ((seconds: number) => number | undefined)) =>
      series.push({
        labels: { __name__: name, ...node.target, ...labels },
        at:
          typeof value === 'number'
            ? (s) => (alive(s) ? value : undefined)
            : (s) => (alive(s) ? value(s) : undefined),
      });
    /** A counter that grows by `rate` a second, from a start long ago. */
    const counter = (name: string, labels: Labels, rate: number) =>
      add(name, labels, (seconds) => Math.floor((seconds % 1e7) * rate));
    const one = (word: string) => noise(node.hostname, word);

    series.push({ labels: { __name__: 'up', ...node.target }, at: (s) => (alive(s) ? 1 : 0) });
    series.push({
      labels: { __name__: 'scrape_duration_seconds', ...node.target },
      at: (s) => (alive(s) ? 0.003 + 0.002 * noise(node.hostname, Math.floor(s / 60)) : 5),
    });
    series.push({
      labels: { __name__: 'scrape_samples_scraped', ...node.target },
      at: (s) => (alive(s) ? 480 : 0),
    });
    add('frr_exporter_build_info', { version: '0.1.0', revision: '', node_version: '24.21.0' }, 1);
    add('frr_info', { version: node.rack % 9 === 0 ? '8.5.4' : '8.4.4' }, 1);
    add('frr_up', {}, 1);
    add('frr_maintenance', {}, node === maintenance ? 1 : 0);
    add('process_resident_memory_bytes', {}, 7e7 + 1e7 * one('memory'));
    counter('process_cpu_seconds_total', {}, 0.006 + 0.002 * one('cpu'));
    for (const [le, share] of [
      ['0.01', 0.98],
      ['0.05', 0.9999],
      ['+Inf', 1],
    ] as const)
      counter('frr_exporter_event_loop_delay_seconds_bucket', { le }, 50 * share);
    counter('frr_exporter_event_loop_delay_seconds_count', {}, 50);
    for (const reason of ['duplicate', 'not_a_number', 'limit'])
      add('frr_exporter_series_dropped_total', { reason }, 0);

    for (const { name, pace } of COLLECTORS.filter(({ enabledByDefault }) => enabledByDefault)) {
      const interval = { sessions: 5, tables: 15, details: 60 }[pace];
      const fails = node === hung && name === 'bfd';
      const labels = { collector: name };
      add('frr_collector_up', labels, (s) => (fails && s >= faultsSince ? 0 : 1));
      add('frr_collector_duration_seconds', labels, (s) =>
        fails && s >= faultsSince ? 5 : 0.001 + 0.004 * noise(node.hostname, name, Math.floor(s / 60)),
      );
      add('frr_collector_interval_seconds', labels, interval);
      add('frr_collector_last_success_timestamp_seconds', labels, (s) =>
        fails && s >= faultsSince ? faultsSince : s - interval * noise(node.hostname, name),
      );
      // Of the ten reasons only two: no dashboard and no alert queries the bare counters of a whole fleet.
      for (const reason of ['not_running', 'timed_out'])
        add('frr_collector_errors_total', { collector: name, reason }, (s) =>
          fails && reason === 'timed_out' && s >= faultsSince ? Math.floor((s - faultsSince) / 5) : 0,
        );
    }
    for (const daemon of DAEMONS) {
      const hangs = node === hung && daemon === 'bfdd';
      add('frr_daemon_up', { daemon }, (s) => (hangs && s >= faultsSince ? 0 : 1));
      add('frr_daemon_hung', { daemon }, (s) => (hangs && s >= faultsSince ? 1 : 0));
      counter('frr_exporter_command_seconds_total', { daemon }, 0.0004 + 0.0003 * one(daemon));
      counter('frr_exporter_commands_total', { daemon }, 0.4);
      add('frr_daemon_restarts_total', { daemon }, 0);
    }

    let up = (_: number): number => 0;
    for (const [number, peer] of UPLINKS.entries()) {
      const session = { vrf: 'default', peer };
      const down = (s: number) => linkDown(node, peer, s);
      const before = up;
      up = (s) => before(s) + (down(s) ? 0 : 1);
      const flaps = (node === flapping[0] && peer === 'eth1') || (node === flapping[1] && peer === 'eth2');
      const came = faultsSince - 86400 * (1 + 40 * noise(node.hostname, peer));
      const period = node === flapping[0] ? 700 : 1100;
      const wentDown = (s: number) =>
        flaps && linkDown(node, peer, s - (s % period))
          ? s - (s % period)
          : node === cutOff && s >= faultsSince
            ? faultsSince
            : node.rack === deadRack && peer === 'eth2' && s >= routerDied
              ? routerDied
              : undefined;
      const remote = routerOf(node.rack, peer);
      add('frr_bgp_session_up', session, (s) => (down(s) ? 0 : 1));
      add('frr_bgp_session_admin_up', session, 1);
      add('frr_bgp_session_state', session, (s) => (down(s) ? 3 : 6));
      add('frr_bgp_session_established_timestamp_seconds', session, (s) => {
        if (down(s)) return undefined;
        const last = wentDown(s);
        return last === undefined ? came : last + 40;
      });
      add('frr_bgp_session_established_total', session, (s) => (flaps ? Math.floor(s / period) % 1e6 : 1));
      add('frr_bgp_session_dropped_total', session, (s) =>
        flaps && linkDown(node, peer, s - (s % period)) ? Math.floor(s / period) % 1e6 : down(s) ? 1 : 0,
      );
      add('frr_bgp_session_last_reset_timestamp_seconds', session, wentDown);
      add(
        'frr_bgp_session_last_reset_info',
        { ...session, reason: 'BFD down received', code: '24', notification: '' },
        (s) => (wentDown(s) === undefined ? undefined : 1),
      );
      add(
        'frr_bgp_session_down_cause',
        { ...session, cause: 'path_silent', text: 'path silent: BFD timed out' },
        (s) => (down(s) ? 1 : undefined),
      );
      add(
        'frr_bgp_session_info',
        {
          ...session,
          local_as: '64999',
          remote_as: String(65000 + node.rack),
          peer_group: 'uplink',
          description: `to ${remote}`,
          remote_hostname: remote,
          interface: peer,
          remote_router_id: `10.255.${node.rack}.${number + 1}`,
        },
        1,
      );
      counter('frr_bgp_session_messages_received_total', session, 0.34);
      counter('frr_bgp_session_messages_sent_total', session, 0.34);
      for (const [afi, safi, prefixes] of FAMILIES) {
        const family = { ...session, afi, safi };
        add('frr_bgp_prefixes_received', family, (s) => (down(s) ? 0 : prefixes));
        add('frr_bgp_prefixes_advertised', family, (s) =>
          down(s) ? 0 : afi === 'ipv4' ? 3 : afi === 'ipv6' ? 1 : 12,
        );
      }
      const bfd = { vrf: 'default', peer: `fe80::${node.rack}:${number + 1}`, local: '', interface: peer };
      add('frr_bfd_session_up', bfd, (s) => (down(s) ? 0 : 1));
      add('frr_bfd_session_state', bfd, (s) => (down(s) ? 1 : 3));
      add('frr_bfd_session_admin_up', bfd, 1);
    }

    if (node.target.role === 'networker') {
      const vrf = `tenant-${node.index % 60}`;
      const session = { vrf, peer: `10.${node.rack}.${node.index % 60}.1` };
      const down = (s: number) => node === lonelyTenant && s >= faultsSince;
      add('frr_bgp_session_up', session, (s) => (down(s) ? 0 : 1));
      add('frr_bgp_session_admin_up', session, 1);
      add('frr_bgp_session_state', session, (s) => (down(s) ? 2 : 6));
      add('frr_bgp_session_established_timestamp_seconds', session, (s) =>
        down(s) ? undefined : faultsSince - 86400 * (1 + 40 * one(vrf)),
      );
      add('frr_bgp_session_established_total', session, 1);
      add('frr_bgp_session_dropped_total', session, (s) => (down(s) ? 1 : 0));
      add('frr_bgp_session_last_reset_timestamp_seconds', session, (s) =>
        down(s) ? faultsSince : undefined,
      );
      add(
        'frr_bgp_session_last_reset_info',
        { ...session, reason: 'Hold Timer Expired', code: '5', notification: '' },
        (s) => (down(s) ? 1 : undefined),
      );
      add(
        'frr_bgp_session_down_cause',
        { ...session, cause: 'path_silent', text: 'path silent: hold timer expired' },
        (s) => (down(s) ? 1 : undefined),
      );
      add(
        'frr_bgp_session_info',
        {
          ...session,
          local_as: '64999',
          remote_as: '64700',
          peer_group: '',
          description: `gateway of ${vrf}`,
        },
        1,
      );
      add('frr_bgp_prefixes_received', { ...session, afi: 'ipv4', safi: 'unicast' }, (s) =>
        down(s) ? 0 : 2,
      );
      add('frr_default_route_installed', { vrf, afi: 'ipv4' }, (s) => (down(s) ? 0 : 1));
      for (const kind of ['rib', 'fib'])
        add(`frr_${kind}_routes`, { vrf, afi: 'ipv4', protocol: 'bgp' }, (s) => (down(s) ? 0 : 2));
    }

    const addresses = addressesOf(node);
    const isFiltered = (address: string) => node === filteredNode && address === faults.filtered.address;
    const unheard = (s: number) =>
      up(s) === 0 ? addresses.length : node === filteredNode && s >= faultsSince ? 1 : 0;
    for (const host of addresses) {
      add('frr_host_route_in_bgp', host, 1);
      add('frr_host_route_advertised_peers', host, (s) =>
        isFiltered(host.address) && s >= faultsSince ? 0 : up(s),
      );
    }
    const inDefault = { vrf: own.vrf };
    add('frr_host_routes', inDefault, addresses.length);
    add('frr_host_routes_in_bgp', inDefault, addresses.length);
    add('frr_host_routes_advertised', inDefault, (s) => addresses.length - unheard(s));
    add('frr_host_routes_unadvertised', inDefault, unheard);
    for (const afi of ['ipv4', 'ipv6']) {
      add('frr_default_route_installed', { vrf: 'default', afi }, (s) => (up(s) > 0 ? 1 : 0));
      for (const protocol of ['bgp', 'connected', 'kernel']) {
        const route = { vrf: 'default', afi, protocol };
        add('frr_rib_routes', route, (s) => (protocol === 'bgp' ? up(s) : 6));
        add('frr_fib_routes', route, (s) => (protocol === 'bgp' ? up(s) : 6));
      }
    }
    for (const type of ['L2', 'L3']) add('frr_evpn_vnis', { type }, type === 'L2' ? 2 : 1);
    for (const number of [0, 1, 2]) {
      const tenant = (node.index + 7 * number) % 60;
      const vni = {
        vni: String(10_000 + tenant),
        type: number < 2 ? 'L2' : 'L3',
        tenant_vrf: `tenant-${tenant}`,
      };
      add('frr_evpn_vni_info', { ...vni, vxlan_interface: `vx${10_000 + tenant}` }, 1);
      add('frr_evpn_vni_macs', vni, 4 + Math.floor(20 * one(vni.vni)));
      add('frr_evpn_vni_arp_nd_entries', vni, 2 + Math.floor(10 * one(vni.vni)));
      add('frr_evpn_vni_remote_vteps', vni, (s) => (up(s) > 0 ? 15 : 0));
    }
  }
  return { series, faults };
}
