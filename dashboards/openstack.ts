/** OpenStack reachability: every VIP, floating IP and provider address, where it is, and who it is announced to. */
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { unreachableAddresses } from './fleet.ts';
import { finish, frame, whileThereAre } from './frame.ts';
import { addressLinks, nodeLinks, sessionLinks } from './links.ts';
import type { Options } from './options.ts';
import { GREEN_THEN_ORANGE, GREEN_THEN_RED, lines, stat, states, table } from './panels.ts';
import {
  cause,
  count,
  HOST_ROUTE,
  hostRouteVerdict,
  milliseconds,
  NODE,
  of,
  rows,
  SESSION,
  sessionState,
} from './promql.ts';
import {
  DEFAULT_ROUTE,
  HOST_ROUTE_VERDICT,
  noneOr,
  SESSION_STATES,
  UNANNOUNCED,
  UNREACHABLE,
} from './states.ts';

const VNI = `${NODE}, vni, type, tenant_vrf`;

const ofAddress = (metric: string) => of(metric, 'address=~"$address"');
const PEERS = ofAddress('frr_host_route_advertised_peers');
const SINCE = ofAddress('host_route:frr_host_route_advertised:since_timestamp_seconds');
/** Addresses that more than one node announces. */
const TWICE = `count by (cluster, address, vrf) (count by (${NODE}, address, vrf) (${PEERS} > 0)) > 1`;
/** Sessions of tenants: those outside the default VRF. */
const ofTenants = (metric: string) => of(metric, 'vrf!="default"');

export function openstack(options: Options): Dashboard {
  const builder = frame(options, {
    uid: 'frr-openstack',
    title: 'FRR / OpenStack reachability',
    description:
      'Which VIPs, floating IPs and provider addresses are announced, from which node, to how many peers, since when, and which are announced by nobody or by two.',
    from: 'now-3h',
    variables: [
      {
        name: 'address',
        label: 'Address',
        description: 'Host address: a VIP, a floating IP, a provider address',
        query:
          'label_values(frr_host_route_advertised_peers{cluster=~"$cluster", job=~"$job", instance=~"$instance"}, address)',
        all: '.+',
      },
    ],
    annotations: [
      whileThereAre(
        'Addresses lost',
        'Addresses announced to nobody',
        `count by (cluster) (${ofAddress('host_route:frr_host_route:unannounced')})`,
      ),
    ],
  });
  const small = { width: 4, height: 4 } as const;

  builder
    .withPanel(
      stat({
        ...small,
        title: 'Unreachable IPs',
        description:
          'Host addresses that no node announces to anybody, or that are announced and no witness receives. Any: the list below says which. Nobody outside the node can reach them.',
        queries: [{ expr: count(unreachableAddresses('address=~"$address"'), of('frr_host_routes')) }],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Announced by two nodes',
        description:
          'Addresses that more than one node announces. On purpose for an anycast address; for a VIP or a floating IP it is a split brain: two nodes believe they own it.',
        queries: [{ expr: count(TWICE, of('frr_host_routes')) }],
        steps: GREEN_THEN_ORANGE,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Addresses announced',
        description:
          'Host addresses that were sent to at least one peer. A sudden drop is a node, a route map or redistribution; compare with the time line below.',
        queries: [{ expr: `sum(${of('frr_host_routes_advertised')})` }],
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Nodes announcing none',
        description:
          'Nodes that have host addresses and announce none of them. Any: their sessions are down or an outgoing route map refuses everything.',
        queries: [
          {
            expr: count(
              `sum by (${NODE}) (${of('frr_host_routes')}) > 0 and sum by (${NODE}) (${of('frr_host_routes_advertised')}) == 0`,
              of('frr_host_routes'),
            ),
          },
        ],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'VNIs without a remote end',
        description:
          'VNIs of a node that know no remote VTEP: whoever is behind them on this node is alone. Normal for a tenant on a single node.',
        queries: [{ expr: count(`${of('frr_evpn_vni_remote_vteps')} == 0`, of('frr_evpn_vnis')) }],
        steps: GREEN_THEN_ORANGE,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Tenant sessions down',
        description:
          'Wanted BGP sessions in VRFs other than the default that are not established. Any: the tenants of that VRF lose their way out; see the table of tenant VRFs.',
        queries: [
          {
            expr: count(
              `${ofTenants('frr_bgp_session_up')} == 0 and on (${SESSION}) ${ofTenants('frr_bgp_session_admin_up')} == 1`,
              of('frr_bgp_session_up'),
            ),
          },
        ],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      table({
        title: 'Addresses nobody can reach',
        description:
          'Host addresses that no node announces to anybody now. "Announced to nobody": its sessions are down, or a route map filters it. "Its node is silent": the node or its exporter is dead and no other node took the address over. "No witness receives it": the node announces it, and the routers drop it (docs/witness.md).',
        width: 12,
        height: 8,
        queries: [
          rows('cluster, job, instance, address, interface', unreachableAddresses('address=~"$address"')),
        ],
        columns: [
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'cluster', name: 'Cluster', width: 80 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 165 },
          { from: 'interface', name: 'Interface', width: 85 },
          { from: 0, name: 'Why', mappings: UNREACHABLE, colored: true, width: 160 },
        ],
        hidden: ['job'],
        sortBy: 'Node',
        fine: 'Every host address is announced.',
      }),
    )
    .withPanel(
      table({
        title: 'Addresses announced by two nodes',
        description:
          'Each row is one of the nodes. Find out who is right (`pcs status`, the port’s binding host) and take the address off the other; until then traffic is spread over both.',
        width: 12,
        height: 8,
        queries: [
          rows(HOST_ROUTE, `(${PEERS} > 0) and on (cluster, address, vrf) (${TWICE})`),
          milliseconds(rows(HOST_ROUTE, `${SINCE} and on (cluster, address, vrf) (${TWICE})`)),
        ],
        columns: [
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'cluster', name: 'Cluster', width: 80 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 160 },
          { from: 'vrf', name: 'VRF', width: 90 },
          { from: 'interface', name: 'Interface', width: 110 },
          { from: 0, name: 'Peers', unit: 'short', decimals: 0, width: 80 },
          { from: 1, name: 'Announced since', unit: 'dateTimeFromNow', width: 140 },
        ],
        hidden: ['job', 'afi', 'origin'],
        sortBy: 'Address',
        fine: 'No address is announced by two nodes.',
      }),
    )
    .withPanel(
      table({
        title: 'Every host address',
        filterable: true,
        description:
          'Every /32 and /128 address on an interface of a node or of a route that it redistributes, and whether it is announced. "Not in BGP": redistribution does not pick it up. "In BGP, sent to nobody": an outgoing route map filters it, or no session is up. Fewer peers than the node has uplinks: one of them does not get it. Where there is a witness (docs/witness.md), "Received by a witness": the routers accept it; "No witness receives it": they drop it. Choose one at the top to follow it.',
        width: 24,
        height: 10,
        queries: [
          rows(HOST_ROUTE, hostRouteVerdict(ofAddress)),
          rows(HOST_ROUTE, PEERS),
          milliseconds(rows(HOST_ROUTE, SINCE)),
        ],
        columns: [
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'afi', name: 'Family', width: 90 },
          { from: 'cluster', name: 'Cluster', width: 130 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 180 },
          { from: 'vrf', name: 'VRF', width: 110 },
          { from: 'interface', name: 'Interface' },
          { from: 'origin', name: 'Origin', width: 90 },
          { from: 0, name: 'Verdict', mappings: HOST_ROUTE_VERDICT, colored: true, width: 165 },
          { from: 1, name: 'Peers', unit: 'short', decimals: 0, width: 80 },
          { from: 2, name: 'Announced since', unit: 'dateTimeFromNow', width: 160 },
        ],
        hidden: ['job'],
        sortBy: 'Verdict',
      }),
    )
    .withRow(new RowBuilder('Over time'))
    .withPanel(
      states({
        title: 'Announced to nobody, over time',
        description:
          'Addresses while a node had them and no node announced them; a gap is an address that was announced. Bars that begin together on one node are its sessions or its route map; a short bar is a failover.',
        width: 12,
        height: 9,
        queries: [
          {
            expr: rows(
              'instance, address, interface, vrf',
              ofAddress('host_route:frr_host_route:unannounced'),
            ),
            legend: '{{address}} on {{instance}} {{interface}}',
          },
        ],
        mappings: UNANNOUNCED,
        fine: 'Every address was announced all this time.',
      }),
    )
    .withPanel(
      lines({
        title: 'Host addresses',
        description:
          'Host addresses on all chosen nodes, and how many of them are announced. The two run together; a gap is addresses that nobody can reach.',
        width: 12,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          { expr: `sum(${of('frr_host_routes')})`, legend: 'Known', color: 'text', dashed: true },
          { expr: `sum(${of('frr_host_routes_advertised')})`, legend: 'Announced', color: 'green' },
          { expr: `sum(${of('frr_host_routes_unadvertised')})`, legend: 'Announced to nobody', color: 'red' },
        ],
      }),
    )
    .withRow(new RowBuilder('Tenants'))
    .withPanel(
      table({
        title: 'EVPN VNIs',
        filterable: true,
        description:
          'Every VNI on every node. The same VNI should see as many remote VTEPs on each node; one that sees none is cut off, one without MACs has nobody on it.',
        width: 24,
        height: 8,
        queries: [
          rows(`${VNI}, vxlan_interface`, of('frr_evpn_vni_info')),
          rows(VNI, of('frr_evpn_vni_macs')),
          rows(VNI, of('frr_evpn_vni_arp_nd_entries')),
          rows(VNI, of('frr_evpn_vni_remote_vteps')),
        ],
        columns: [
          { from: 'vni', name: 'VNI', width: 90 },
          { from: 'type', name: 'Type', width: 75 },
          { from: 'tenant_vrf', name: 'Tenant VRF' },
          { from: 'cluster', name: 'Cluster', width: 90 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 180 },
          { from: 'vxlan_interface', name: 'Interface' },
          { from: 1, name: 'MACs', unit: 'short', decimals: 0, width: 80 },
          { from: 2, name: 'ARP/ND', unit: 'short', decimals: 0, width: 90 },
          {
            from: 3,
            name: 'Remote VTEPs',
            unit: 'short',
            decimals: 0,
            width: 130,
            steps: ['orange', [1, 'transparent']],
          },
        ],
        hidden: ['job'],
        sortBy: 'Remote VTEPs',
      }),
    )
    .withPanel(
      table({
        title: 'Sessions of tenant VRFs',
        description:
          'BGP sessions in VRFs other than the default, what is wrong first. Down: the tenants of that VRF lose their way out. Click a peer for its history.',
        width: 24,
        height: 8,
        queries: [
          rows(SESSION, sessionState(ofTenants)),
          milliseconds(rows(SESSION, ofTenants('frr_bgp_session_established_timestamp_seconds'))),
          rows(`${SESSION}, description, remote_as`, ofTenants('frr_bgp_session_info')),
          `sum by (${SESSION}) (${ofTenants('frr_bgp_prefixes_received')})`,
          cause(SESSION, ofTenants('frr_bgp_session_down_cause')),
        ],
        columns: [
          { from: 'vrf', name: 'VRF' },
          { from: 'cluster', name: 'Cluster', width: 75 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 180 },
          { from: 'peer', name: 'Peer', links: sessionLinks() },
          { from: 'description', name: 'Description' },
          { from: 'remote_as', name: 'Remote AS', width: 90 },
          { from: 0, name: 'State', mappings: SESSION_STATES, colored: true, width: 100 },
          { from: 1, name: 'Up since', unit: 'dateTimeFromNow', width: 105 },
          { from: 'text', name: 'Cause' },
          { from: 3, name: 'Received', unit: 'short', decimals: 0, width: 80 },
        ],
        hidden: ['job'],
        sortBy: 'State',
        fine: 'No BGP session stands in a VRF other than the default.',
      }),
    )
    .withPanel(
      table({
        title: 'Tenant VRFs',
        description:
          'Routes of each VRF other than the default: what zebra selected and what the kernel has. A VRF without a default route has no way out unless more special routes cover it.',
        width: 12,
        height: 9,
        queries: [
          `sum by (${NODE}, vrf, afi) (${ofTenants('frr_rib_routes')})`,
          `sum by (${NODE}, vrf, afi) (${ofTenants('frr_fib_routes')})`,
          rows(`${NODE}, vrf, afi`, ofTenants('frr_default_route_installed')),
        ],
        columns: [
          { from: 'vrf', name: 'VRF' },
          { from: 'afi', name: 'Family' },
          { from: 'cluster', name: 'Cluster', width: 80 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 160 },
          { from: 0, name: 'RIB', unit: 'short', decimals: 0 },
          { from: 1, name: 'FIB', unit: 'short', decimals: 0 },
          { from: 2, name: 'Default route', mappings: DEFAULT_ROUTE, colored: true },
        ],
        hidden: ['job'],
        sortBy: 'VRF',
        fine: 'zebra knows no VRF other than the default.',
      }),
    )
    .withPanel(
      lines({
        title: 'EVPN over time',
        description:
          'VNIs, remote VTEPs and MACs on all chosen nodes together. VTEPs that fall while VNIs stay: a node died, or EVPN sessions are down.',
        width: 12,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          { expr: `sum by (type) (${of('frr_evpn_vnis')})`, legend: '{{type}} VNIs' },
          { expr: `sum(${of('frr_evpn_vni_remote_vteps')})`, legend: 'Remote VTEPs' },
          { expr: `sum(${of('frr_evpn_vni_macs')})`, legend: 'MACs' },
        ],
      }),
    );
  return finish(builder, options);
}
