import { type Fleet, healthy, hostRoute, type Peer, TOR1, TOR2, target } from '../fleet.ts';
import type { Scenario, Steps } from '../scenario.ts';

/** The routers, as a witness has sessions with them. */
const W1: Peer = { ...TOR1, peer: '10.0.0.1', group: 'fabric' };
const W2: Peer = { ...TOR2, peer: '10.0.0.2', group: 'fabric', interface: '' };

const ADDRESS = '203.0.113.1';
const VIP = '172.16.0.1';
const ROUTE = { vrf: 'default', afi: 'ipv4', safi: 'unicast' };

/** Adds a witness that receives the addresses of the first nodes from both routers. */
function witness(fleet: Fleet, name: string, nodes = 2): Fleet {
  const collector = { collector: 'received-routes' };
  fleet
    .add(name, 'up', {}, 1)
    .add(name, 'up', { job: 'node', instance: `${name}:9100` }, 1)
    .add(name, 'frr_up', {}, 1)
    .add(name, 'frr_daemon_up', { daemon: 'bgpd' }, 1)
    .add(name, 'frr_daemon_restarts_total', { daemon: 'bgpd' }, 0)
    .add(name, 'frr_maintenance', {}, 0)
    .add(name, 'frr_collector_up', collector, 1)
    .add(name, 'frr_collector_interval_seconds', collector, 15)
    .add(name, 'frr_collector_last_success_timestamp_seconds', collector, 'now')
    .add(name, 'frr_received_paths', ROUTE, 4 * nodes)
    .add(name, 'frr_received_routes_complete', ROUTE, 1);
  for (const peer of [W1, W2]) {
    fleet.addSession(name, peer);
    for (let node = 1; node <= nodes; node++)
      for (const address of [`172.16.0.${node}`, `203.0.113.${node}`])
        fleet.add(name, 'frr_received_route_paths', { ...ROUTE, address, peer: peer.peer }, 1);
  }
  return fleet.set('frr_bgp_prefixes_advertised', { instance: `${name}:9342` }, 0);
}

const W_1 = { instance: 'witness-1:9342' };
const route = (address: string, ...of: readonly Peer[]) => ({
  ...W_1,
  address,
  ...(of[0] && { peer: of[0].peer }),
});

/** Two nodes and a witness. */
const witnessed = (): Fleet => witness(healthy(2), 'witness-1');

const PATHS = 'frr_received_route_paths';
const HOST_ROUTE = { ...target('node-1'), ...hostRoute(ADDRESS) };
const dashboard = 'var-instance=node-1%3A9342';
const NOT_RECEIVED = `FRRHostRouteNotReceived critical node-1 afi=ipv4 address=${ADDRESS}`;
const DROPPED = `FRRHostRouteDroppedByRouter warning node-1 afi=ipv4 address=${ADDRESS}`;
const IGNORED = 'FRRWitnessIgnored warning witness-1';
const gone: Steps = { '0s': 1, '2m': 'stale' };

/** An address besides those of the fleet. */
const NEW = hostRoute('203.0.113.50');
const OF_VPN = { ...NEW, address: '192.0.2.50', vrf: 'red' };
const SETTLED = 'host_route:frr_host_route_announced:settled';
const MOVED = 'count(ALERTS{alertname="FRRAddressMoved",alertstate="firing"})';

/** The address goes from node-1 to node-2. */
const moving = (): Fleet =>
  witnessed()
    .set('frr_host_route_advertised_peers', { instance: 'node-1:9342', address: ADDRESS }, gone)
    .set('frr_host_route_in_bgp', { instance: 'node-1:9342', address: ADDRESS }, gone)
    .announces('node-2', ADDRESS, { '0s': 'missing', '2m10s': 2 });

export const WITNESS: readonly Scenario[] = [
  {
    name: 'a router drops an address, then the other router too, then both accept it',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    until: '4m',
    series: witnessed()
      .set(PATHS, route(ADDRESS, W1), { '0s': 1, '1m': 'stale', '3m': 1 })
      .set(PATHS, route(ADDRESS, W2), { '0s': 1, '2m': 'stale', '3m': 1 }).series,
    checks: [
      { at: '1m15s', firing: [] },
      {
        at: '1m20s',
        firing: [DROPPED],
        texts: {
          FRRHostRouteDroppedByRouter: {
            labels: { severity: 'warning', ...HOST_ROUTE },
            title: `${ADDRESS} of node-1 is dropped by a router`,
            description: `node-1 announces ${ADDRESS} to all of its uplinks, but the witness does not receive it from tor1 rack A (10.0.0.1).`,
            impact: `${ADDRESS} can be reached over the other routers only.`,
            dashboard,
          },
        },
      },
      { at: '2m15s', firing: [] },
      {
        at: '2m20s',
        firing: [NOT_RECEIVED],
        texts: {
          FRRHostRouteNotReceived: {
            labels: { severity: 'critical', ...HOST_ROUTE },
            title: `node-1 announces ${ADDRESS}, fabric drops it`,
            description: `node-1 announces ${ADDRESS}, but no witness receives it. Suspected: tor1 rack A (10.0.0.1), tor2 rack A (10.0.0.2).`,
            impact: `Nobody beyond the routers of the node can reach ${ADDRESS}.`,
            action: `On the suspected routers: the inbound policy and the prefix limit of the session with the node, and the outbound policy toward the witness. On the node: \`show bgp ipv4 unicast ${ADDRESS}\` lists the peers that FRR has advertised it to.`,
            dashboard,
          },
        },
      },
      { at: '3m', firing: [] },
    ],
  },
  {
    name: 'an address that is new and that no router accepts',
    about: ['FRRHostRouteNotReceived'],
    until: '3m',
    series: witnessed().announces('node-1', '203.0.113.50', { '0s': 'missing', '1m': 2 }).series,
    checks: [
      { at: '1m50s', firing: [] },
      { at: '1m55s', firing: ['FRRHostRouteNotReceived critical node-1 afi=ipv4 address=203.0.113.50'] },
    ],
  },
  {
    name: 'what is announced to one router only, or over a session that is down, is not dropped',
    about: ['FRRHostRouteDroppedByRouter'],
    until: '6m',
    series: witnessed()
      .set('frr_host_route_advertised_peers', { instance: 'node-1:9342', address: ADDRESS }, 1)
      .set(PATHS, route(ADDRESS, W1), gone)
      .sessionDown('node-2', 'eth2', '2m')
      .set('frr_host_route_advertised_peers', { instance: 'node-2:9342' }, { '0s': 2, '2m': 1 })
      .set(PATHS, route('203.0.113.2', W2), gone)
      .set(PATHS, route('172.16.0.2', W2), gone).series,
    checks: [
      {
        at: '3m',
        firing: ['FRRBGPPeerDown critical node-2 vrf=default peer=eth2'],
      },
    ],
  },
  {
    name: 'a router that the witness has no session with, and a family that it does not receive',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    until: '4m',
    series: witnessed()
      .announces('node-1', '2001:db8:f::20', 2)
      .addSession('node-2', { ...TOR1, peer: '100.64.3.1', router: '10.0.0.3' })
      .set('frr_host_route_advertised_peers', { instance: 'node-2:9342' }, 3).series,
    checks: [{ at: '4m', firing: [] }],
  },
  {
    name: 'addresses of tenants, which are announced as VPN and EVPN routes, and a witness that begins to read both',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    until: '4m',
    series: (['vpn', 'evpn'] as const).reduce((fleet, safi, n) => {
      const tenant = { vrf: 'red', address: `192.0.2.1${n}`, interface: 'red-lo', afi: 'ipv4' };
      const received = { ...ROUTE, safi, rd: '64999:1', peer: W1.peer };
      return fleet
        .add('node-1', 'frr_host_route_advertised_peers', tenant, 2)
        .add('node-1', `frr_host_route_${safi}_advertised_peers`, tenant, 2)
        .add('node-2', 'frr_host_route_advertised_peers', { ...tenant, address: `192.0.2.2${n}` }, 2)
        .add('node-2', `frr_host_route_${safi}_advertised_peers`, { ...tenant, address: `192.0.2.2${n}` }, 2)
        .add(
          'witness-1',
          'frr_received_paths',
          { vrf: 'default', afi: 'ipv4', safi },
          { '0s': 'missing', '2m': 1 },
        )
        .add('witness-1', PATHS, { ...received, address: `192.0.2.1${n}` }, { '0s': 'missing', '2m': 1 });
    }, witnessed()).series,
    checks: [
      { at: '2m', firing: [] },
      {
        at: '2m30s',
        firing: ['192.0.2.20', '192.0.2.21'].map(
          (address) => `FRRHostRouteNotReceived critical node-2 vrf=red afi=ipv4 address=${address}`,
        ),
      },
    ],
  },
  {
    name: 'an address that its node announces to nobody, and that the fabric keeps',
    about: ['FRRHostRouteNotAdvertised'],
    only: new Set(['FRRHostRouteNotAdvertised']),
    until: '4m',
    series: witnessed().set(
      'frr_host_route_advertised_peers',
      { instance: 'node-1:9342', address: ADDRESS },
      { '0s': 2, '2m': 0 },
    ).series,
    checks: [
      {
        at: '4m',
        firing: [`FRRHostRouteNotAdvertised critical node-1 afi=ipv4 address=${ADDRESS}`],
        texts: {
          FRRHostRouteNotAdvertised: {
            labels: { severity: 'critical', ...HOST_ROUTE },
            title: `node-1 does not announce ${ADDRESS}`,
            description: `${ADDRESS} on br-ex of node-1 is announced to no established peer, although the node has sessions. A witness receives it all the same: the fabric sends its traffic to where nobody answers.`,
            impact: `Nobody outside the node can reach ${ADDRESS}. The OpenStack dashboard shows whether it is a VIP, a floating IP or a provider IP.`,
            action: `On the node: \`podman exec frr vtysh -c 'show bgp ipv4 unicast ${ADDRESS}'\`. Not in the table: is \`redistribute connected\` there? In the table but not advertised: the outbound filter \`only-host-prefixes\`.`,
            dashboard,
          },
        },
      },
    ],
  },
  {
    name: 'a node dies: it is down, and its addresses are not what the fabric drops',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    until: '4m',
    series: witnessed()
      .nodeDown('node-1', ['2m', '4m'])
      .set(PATHS, route(ADDRESS), gone)
      .set(PATHS, route(VIP), gone).series,
    checks: [{ at: '2m40s', firing: ['FRRNodeDown critical node-1'] }],
  },
  {
    name: 'uplinks that are all down announce nothing that could be received',
    about: ['FRRHostRouteNotReceived'],
    until: '4m',
    series: witnessed()
      .uplinksDown('node-1', '2m')
      .set(PATHS, route(ADDRESS), gone)
      .set(PATHS, route(VIP), gone).series,
    checks: [
      {
        at: '2m30s',
        firing: [
          'FRRBGPAllUplinksDown critical node-1',
          'FRRBGPPeerDown critical node-1 vrf=default peer=100.64.1.1',
          'FRRBGPPeerDown critical node-1 vrf=default peer=eth2',
        ],
      },
    ],
  },
  {
    name: 'two witnesses must agree, and one that is down has no say',
    about: ['FRRHostRouteNotReceived', 'FRRWitnessIgnored'],
    until: '9m',
    series: witness(witnessed(), 'witness-2')
      .set(PATHS, route(ADDRESS), { '0s': 1, '1m': 'stale' })
      .set(PATHS, { instance: 'witness-2:9342', address: VIP }, { '0s': 1, '1m': 'stale' })
      .notScraped('witness-2', ['3m', '9m']).series,
    checks: [
      { at: '2m55s', firing: [] },
      { at: '3m15s', firing: [] },
      { at: '3m20s', firing: [NOT_RECEIVED] },
      { at: '7m55s', firing: [NOT_RECEIVED, 'FRRExporterDown warning witness-2'] },
      {
        at: '8m',
        firing: [NOT_RECEIVED, 'FRRExporterDown warning witness-2', 'FRRWitnessIgnored warning witness-2'],
        texts: {
          FRRWitnessIgnored: {
            labels: { severity: 'warning', ...target('witness-2') },
            title: 'witness witness-2 is ignored',
            description: 'The witness witness-2 is ignored: its exporter cannot be scraped.',
            impact:
              'Without another witness in the cluster, nobody checks that the fabric accepts what the nodes announce.',
            dashboard: 'var-instance=witness-2%3A9342',
          },
        },
      },
    ],
  },
  {
    name: 'an address moves to another node, whose route a witness receives',
    about: ['FRRAddressMoved'],
    until: '8m',
    series: moving().series,
    checks: [
      {
        at: '2m30s',
        firing: [],
        values: { 'count(ALERTS{alertname="FRRAddressMoved",alertstate="firing"})': 1 },
        texts: {
          FRRAddressMoved: {
            labels: { severity: 'info', cluster: 'cloud-1', address: ADDRESS },
            title: `${ADDRESS} has moved`,
            description: `${ADDRESS} has moved to node-2, and a witness receives it.`,
            impact: 'None: the fabric follows.',
          },
        },
      },
      { at: '7m5s', firing: [], values: { 'count(ALERTS{alertname="FRRAddressMoved"})': 1 } },
      { at: '7m15s', firing: [], values: { 'count(ALERTS{alertname="FRRAddressMoved"})': undefined } },
    ],
  },
  {
    name: 'an address that moves, and that no witness receives',
    about: ['FRRAddressMoved', 'FRRHostRouteNotReceived'],
    until: '4m',
    series: moving().set(PATHS, route(ADDRESS), gone).series,
    checks: [
      {
        at: '2m30s',
        firing: [],
        values: { 'count(ALERTS{alertname="FRRAddressMoved"})': undefined },
      },
      { at: '3m10s', firing: [`FRRHostRouteNotReceived critical node-2 afi=ipv4 address=${ADDRESS}`] },
    ],
  },
  {
    name: 'an address that a node has no more, and that the fabric keeps',
    about: ['FRRHostRouteGhost'],
    every: '15s',
    until: '12m',
    series: witness(witnessed(), 'witness-2')
      .set('frr_host_route_advertised_peers', { instance: 'node-1:9342', address: ADDRESS }, gone)
      // Only one of the witnesses receives this one.
      .set('frr_host_route_advertised_peers', { instance: 'node-2:9342', address: '203.0.113.2' }, gone)
      .set(PATHS, { instance: 'witness-2:9342', address: '203.0.113.2' }, gone).series,
    checks: [
      { at: '6m45s', firing: [] },
      {
        at: '7m',
        firing: [`FRRHostRouteGhost warning address=${ADDRESS}`],
        texts: {
          FRRHostRouteGhost: {
            labels: { severity: 'warning', cluster: 'cloud-1', address: ADDRESS },
            title: `${ADDRESS} is in the fabric, but on no node`,
            description: `The witness receives ${ADDRESS}, but no node announces it any more. node-1 did so within the last day.`,
            impact: `Traffic to ${ADDRESS} is sent to where nobody answers, even after the address has come up elsewhere.`,
          },
        },
      },
    ],
  },
  {
    name: 'bgpd of a node is dead, and the routers keep its addresses',
    about: ['FRRHostRouteGhost'],
    every: '15s',
    until: '12m',
    series: witnessed()
      .set('frr_daemon_up', { instance: 'node-1:9342', daemon: 'bgpd' }, { '0s': 1, '2m': 0 })
      .add('node-1', 'frr_collector_up', { collector: 'host-routes' }, { '0s': 1, '2m': 0 })
      .set('frr_host_route_advertised_peers', { instance: 'node-1:9342' }, gone).series,
    checks: [
      {
        at: '9m',
        firing: [
          'FRRDaemonDown critical node-1 daemon=bgpd',
          `FRRHostRouteGhost warning address=${VIP}`,
          `FRRHostRouteGhost warning address=${ADDRESS}`,
        ],
      },
    ],
  },
  {
    name: 'the exporter of a node is down, or does not know its addresses, which may be there all the same',
    about: ['FRRHostRouteGhost'],
    every: '15s',
    until: '12m',
    series: witnessed()
      .notScraped('node-1', ['2m', '12m'])
      .add('node-2', 'frr_collector_up', { collector: 'host-routes' }, { '0s': 1, '2m': 0 })
      .set('frr_host_route_advertised_peers', { instance: 'node-2:9342' }, gone).series,
    checks: [{ at: '11m', firing: ['FRRExporterDown warning node-1'] }],
  },
  {
    name: 'an address from two origins; one that is anycast; one that only one witness receives so',
    about: ['FRRHostRouteTwoOrigins'],
    until: '5m',
    series: [
      ...witness(witnessed(), 'witness-2')
        .add('witness-1', 'frr_received_route_origins', { ...ROUTE, address: ADDRESS }, 2)
        .add('witness-2', 'frr_received_route_origins', { ...ROUTE, address: ADDRESS }, 2)
        .add('witness-1', 'frr_received_route_origins', { ...ROUTE, address: '203.0.113.2' }, 2)
        .add('witness-1', 'frr_received_route_origins', { ...ROUTE, address: VIP }, 2)
        .add('witness-2', 'frr_received_route_origins', { ...ROUTE, address: VIP }, 2).series,
      {
        metric: 'address:frr_address_listed:info',
        labels: { address: VIP, kind: 'anycast' },
        steps: 1,
      },
    ],
    checks: [
      { at: '1m55s', firing: [] },
      {
        at: '2m',
        firing: [`FRRHostRouteTwoOrigins warning address=${ADDRESS}`],
        texts: {
          FRRHostRouteTwoOrigins: {
            labels: { severity: 'warning', cluster: 'cloud-1', address: ADDRESS },
            title: `${ADDRESS} is received from several origins`,
            description: `The witness receives ${ADDRESS} from several origins. It is announced by node-1.`,
            impact: 'Its traffic is split between them, so part of it goes to the wrong one.',
            action: `On the witness: \`show bgp ipv4 unicast ${ADDRESS}\` shows the AS path of each. If it is meant to be anycast, list it in addresses_file.`,
          },
        },
      },
    ],
  },
  {
    name: 'FRR of the witness is restarted',
    about: ['FRRHostRouteNotReceived', 'FRRWitnessIgnored'],
    until: '6m',
    series: witnessed()
      .set('frr_daemon_restarts_total', W_1, { '0s': 0, '2m': 1 })
      .set(PATHS, route(ADDRESS), { '0s': 1, '2m': 'stale', '3m': 1 }).series,
    checks: ['2m25s', '2m55s', '4m30s', '6m'].map((at) => ({ at, firing: [] })),
  },
  {
    name: 'a witness reads its table too rarely, then again',
    about: ['FRRHostRouteNotReceived', 'FRRWitnessIgnored'],
    until: '12m',
    series: witnessed()
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { ...W_1, collector: 'received-routes' },
        {
          '0s': 'now',
          '1m': 60,
          '10m': 'now',
        },
      )
      .set(PATHS, route(ADDRESS), { '0s': 1, '3m': 'stale' }).series,
    checks: [
      { at: '7m55s', firing: ['FRRDataStale warning witness-1 collector=received-routes'] },
      {
        at: '8m',
        firing: [IGNORED, 'FRRDataStale warning witness-1 collector=received-routes'],
      },
      { at: '10m30s', firing: [NOT_RECEIVED] },
    ],
  },
  {
    name: 'a witness cannot read its whole table, and another is under maintenance',
    about: ['FRRHostRouteNotReceived', 'FRRWitnessIgnored'],
    until: '12m',
    series: witness(witnessed(), 'witness-2')
      .set('frr_received_routes_complete', W_1, { '0s': 1, '1m': 0, '1m30s': 1, '2m': 0 })
      .set('frr_maintenance', { instance: 'witness-2:9342' }, { '0s': 0, '2m': 1 })
      .set(PATHS, { address: ADDRESS }, { '0s': 1, '4m': 'stale' }).series,
    checks: [
      { at: '8m50s', firing: ['FRRWitnessIgnored warning witness-2'] },
      { at: '9m5s', firing: [IGNORED, 'FRRWitnessIgnored warning witness-2'] },
    ],
  },
  {
    name: 'a witness loses its session with a router, whose routes it then cannot receive',
    about: ['FRRHostRouteDroppedByRouter'],
    until: '4m',
    series: witnessed()
      .sessionDown('witness-1', W2.peer, '2m')
      .set(PATHS, { ...W_1, peer: W2.peer }, gone).series,
    checks: [
      {
        at: '1m',
        firing: [],
        values: {
          'max(instance:frr_witness:last_timestamp_seconds)': 60,
          'max(host_route:frr_host_route_announced:since_timestamp_seconds)': 0,
          'count(remote_router:frr_witness_session:up)': 2,
        },
      },
      { at: '3m', firing: [`FRRBGPPeerDown warning witness-1 vrf=default peer=${W2.peer}`] },
    ],
  },
  {
    name: 'a second witness lags: what it has read counts for nothing',
    about: [
      'FRRHostRouteNotReceived',
      'FRRHostRouteDroppedByRouter',
      'FRRHostRouteGhost',
      'FRRHostRouteTwoOrigins',
    ],
    only: new Set([
      'FRRHostRouteNotReceived',
      'FRRHostRouteDroppedByRouter',
      'FRRHostRouteGhost',
      'FRRHostRouteTwoOrigins',
    ]),
    until: '14m',
    series: witness(witness(healthy(3), 'witness-1', 3), 'witness-2', 3)
      .set(
        'frr_collector_last_success_timestamp_seconds',
        { instance: 'witness-2:9342', collector: 'received-routes' },
        { '0s': 'now', '1m': 60 },
      )
      .add('witness-2', 'frr_received_paths', { ...ROUTE, safi: 'vpn' }, 1)
      .add('witness-2', 'frr_received_route_origins', { ...ROUTE, address: VIP }, 2)
      .set(PATHS, route(ADDRESS), { '0s': 1, '5m': 'stale' })
      .set(PATHS, route('203.0.113.2', W2), { '0s': 1, '5m': 'stale' })
      .set(PATHS, route('172.16.0.2'), { '0s': 1, '5m': 'stale' })
      .set(
        'frr_host_route_advertised_peers',
        { instance: 'node-2:9342', address: '172.16.0.2' },
        { '0s': 2, '5m': 'stale' },
      )
      .add('node-3', 'frr_host_route_advertised_peers', NEW, { '0s': 'missing', '6m': 2 })
      .add('node-3', 'frr_host_route_advertised_peers', OF_VPN, { '0s': 'missing', '6m': 1 })
      .add('node-3', 'frr_host_route_vpn_advertised_peers', OF_VPN, { '0s': 'missing', '6m': 1 }).series,
    checks: [
      {
        at: '14m',
        firing: [
          NOT_RECEIVED,
          'FRRHostRouteNotReceived critical node-3 afi=ipv4 address=203.0.113.50',
          'FRRHostRouteDroppedByRouter warning node-2 afi=ipv4 address=203.0.113.2',
        ],
      },
    ],
  },
  {
    name: 'what is recorded of routes that are announced and received, to the number of peers and the second',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    only: new Set(['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter']),
    every: '1s',
    until: '3m',
    series: witnessed()
      // A router that sends one prefix; one that has never sent any; a reflector, which no node has a session with.
      .set('frr_bgp_prefixes_received', { ...W_1, peer: W1.peer }, 1)
      .addSession('witness-1', { ...W2, peer: '10.0.0.3', router: '10.0.0.3' })
      .set('frr_bgp_prefixes_received', { ...W_1, peer: '10.0.0.3' }, 0)
      .addSession('witness-1', { ...W2, peer: '10.0.0.9', router: '10.0.0.9' })
      .add('witness-1', PATHS, { ...ROUTE, address: ADDRESS, peer: '10.0.0.9' }, 1)
      .set('frr_bgp_prefixes_advertised', W_1, 0)
      // Uplinks over which one prefix is announced, and none.
      .set('frr_bgp_prefixes_advertised', { instance: 'node-1:9342', peer: TOR1.peer }, 1)
      .set('frr_bgp_prefixes_advertised', { instance: 'node-2:9342', peer: TOR2.peer }, 0)
      // An address that is announced to one peer; one that is announced to none after a while; one that is new.
      .set('frr_host_route_advertised_peers', { instance: 'node-2:9342', address: '203.0.113.2' }, 1)
      .set(
        'frr_host_route_advertised_peers',
        { instance: 'node-2:9342', address: '172.16.0.2' },
        { '0s': 2, '30s': 0 },
      )
      .add('node-1', 'frr_host_route_advertised_peers', NEW, { '0s': 'missing', '1m': 2 })
      .add('node-1', 'frr_host_route_advertised_peers', { ...NEW, address: '203.0.113.51' }, 0)
      .add(
        'witness-1',
        PATHS,
        { ...ROUTE, address: NEW.address, peer: W1.peer },
        { '0s': 'missing', '1m': 1 },
      )
      .add(
        'witness-1',
        PATHS,
        { ...ROUTE, address: NEW.address, peer: W2.peer },
        { '0s': 'missing', '1m': 1 },
      ).series,
    checks: [
      { at: '1m30s', firing: [], values: { [`count(${SETTLED})`]: 3 } },
      {
        at: '1m33s',
        firing: [],
        values: {
          [`count(${SETTLED})`]: 4,
          'count(host_route:frr_host_route_announced:since_timestamp_seconds)': 4,
          'max(host_route:frr_host_route_announced:since_timestamp_seconds)': 60,
          'sum(host_route:frr_host_route_announced:since_timestamp_seconds)': 60,
          'count(remote_router:frr_witness_session:up)': 3,
          'count(node_remote_router:frr_bgp_session:witnessed{instance="node-1:9342"})': 2,
          'count(node_remote_router:frr_bgp_session:witnessed{instance="node-2:9342"})': 1,
          'count(address_remote_router:frr_received_route:known)': 10,
          'max(host_route:frr_host_route:received)': 1,
          'min(host_route:frr_host_route:received)': 1,
        },
      },
      { at: '3m', firing: [] },
    ],
  },
  {
    name: 'tenants: an address announced to no peer as such a route is one like any other, one announced to one peer is not',
    about: ['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter'],
    only: new Set(['FRRHostRouteNotReceived', 'FRRHostRouteDroppedByRouter']),
    until: '3m',
    series: (['vpn', 'evpn'] as const).reduce((fleet, safi, n) => {
      const none = `192.0.2.1${n}`;
      const half = `192.0.2.2${n}`;
      const one = `192.0.2.3${n}`;
      const read = `192.0.2.4${n}`;
      const peers = (address: string, to: number) =>
        fleet
          .add('node-1', 'frr_host_route_advertised_peers', { ...NEW, address }, 2)
          .add('node-1', `frr_host_route_${safi}_advertised_peers`, { ...NEW, address }, to);
      peers(none, 0);
      peers(half, 0).add('witness-1', PATHS, { ...ROUTE, address: half, peer: W1.peer }, 1);
      peers(one, 1);
      return peers(read, 1).add('witness-1', PATHS, { ...ROUTE, address: read, peer: W1.peer }, 1);
    }, witnessed()).series,
    checks: [
      {
        at: '3m',
        firing: [0, 1].flatMap((n) => [
          `FRRHostRouteNotReceived critical node-1 afi=ipv4 address=192.0.2.1${n}`,
          `FRRHostRouteDroppedByRouter warning node-1 afi=ipv4 address=192.0.2.2${n}`,
        ]),
      },
    ],
  },
  {
    name: 'a new address that one of the routers drops',
    about: ['FRRHostRouteDroppedByRouter'],
    until: '3m',
    series: witnessed()
      .add('node-1', 'frr_host_route_advertised_peers', NEW, { '0s': 'missing', '1m': 2 })
      .add(
        'witness-1',
        PATHS,
        { ...ROUTE, address: NEW.address, peer: W1.peer },
        { '0s': 'missing', '1m': 1 },
      ).series,
    checks: [
      { at: '3m', firing: [`FRRHostRouteDroppedByRouter warning node-1 afi=ipv4 address=${NEW.address}`] },
    ],
  },
  {
    name: 'routes that are no ghosts: of nobody that was known, of a node that is monitored no more, of a node that is not scraped',
    about: ['FRRHostRouteGhost'],
    only: new Set(['FRRHostRouteGhost']),
    every: '15s',
    until: '12m',
    series: witness(healthy(4), 'witness-1', 4)
      .add('witness-1', PATHS, { ...ROUTE, address: '198.51.100.9', peer: W1.peer }, 1)
      .set('up', target('node-3'), { '0s': 1, '2m': 'stale' })
      .set('frr_host_route_advertised_peers', { instance: 'node-3:9342' }, gone)
      .set(
        'frr_host_route_advertised_peers',
        { instance: 'node-1:9342', address: ADDRESS },
        { '0s': 2, '1m': 'stale' },
      )
      .add(
        'node-2',
        'frr_host_route_advertised_peers',
        { address: ADDRESS, interface: 'br-ex', afi: 'ipv4' },
        { '0s': 'missing', '1m': 2 },
      )
      .notScraped('node-2', ['2m', '12m'])
      .set(
        'frr_host_route_advertised_peers',
        { instance: 'node-4:9342', address: '203.0.113.4' },
        { '0s': 2, '2m': 0 },
      ).series,
    checks: [{ at: '12m', firing: ['FRRHostRouteGhost warning address=203.0.113.4'] }],
  },
  {
    name: 'an address that was away for ten minutes has not moved, nor has one that both nodes announce; one that a node keeps but announces no more has',
    about: ['FRRAddressMoved'],
    only: new Set(['FRRAddressMoved']),
    every: '10s',
    until: '14m',
    series: ['10m', '10m50s', '11m20s']
      .reduce(
        (fleet, after, n) =>
          fleet
            .add(
              'node-1',
              'frr_host_route_advertised_peers',
              { ...NEW, address: `192.0.2.${n}` },
              { '0s': 1, '1m': 'stale' },
            )
            .add(
              'node-2',
              'frr_host_route_advertised_peers',
              { ...NEW, address: `192.0.2.${n}` },
              { '0s': 'missing', [after]: 1 },
            )
            .add('witness-1', PATHS, { ...ROUTE, address: `192.0.2.${n}`, peer: W1.peer }, 1),
        witnessed(),
      )
      .add(
        'node-2',
        'frr_host_route_advertised_peers',
        { ...NEW, address: ADDRESS },
        { '0s': 'missing', '11m': 2 },
      )
      .set(
        'frr_host_route_advertised_peers',
        { instance: 'node-1:9342', address: VIP },
        { '0s': 1, '10m': 0 },
      )
      .add(
        'node-2',
        'frr_host_route_advertised_peers',
        { ...NEW, address: VIP },
        { '0s': 'missing', '10m': 1 },
      )
      .set('frr_host_route_advertised_peers', { instance: 'node-1:9342', address: ADDRESS }, 1).series,
    checks: [
      { at: '10m10s', firing: [], values: { [MOVED]: 2 } },
      // What was announced counts as such for two more minutes.
      { at: '12m20s', firing: [], values: { [MOVED]: 4 } },
      { at: '13m20s', firing: [], values: { [MOVED]: 1 } },
    ],
  },
  {
    name: 'a witness that is out of use is forgotten after a day',
    about: ['FRRWitnessIgnored'],
    only: new Set(['FRRWitnessIgnored']),
    every: '4m',
    until: '26h',
    series: witnessed().notScraped('witness-1', ['1h', '26h']).series,
    checks: [
      { at: '24h48m', firing: [IGNORED] },
      { at: '25h12m', firing: [] },
    ],
  },
  {
    name: 'without a witness, nothing is compared',
    about: ['FRRHostRouteNotReceived'],
    until: '2m',
    series: healthy(2).series,
    checks: [
      {
        at: '2m',
        firing: [],
        values: { 'count(host_route:frr_host_route_announced:since_timestamp_seconds)': undefined },
      },
    ],
  },
];
