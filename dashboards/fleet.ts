/** Fleet: what is wrong anywhere, since when, why, and which addresses nobody can reach. Made for 1,000 nodes. */
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { FIRING, firingAlerts, HIDDEN } from './firing.ts';
import { finish, frame, whileThereAre } from './frame.ts';
import { addressLinks, dashboardLink, nodeLinks, runbookLinks, sessionLinks } from './links.ts';
import type { Options } from './options.ts';
import { GREEN_THEN_ORANGE, GREEN_THEN_RED, lines, type Steps, stat, states, table } from './panels.ts';
import {
  cause,
  count,
  FAMILIES,
  frrWords,
  milliseconds,
  NODE,
  of,
  rows,
  SESSION,
  sessionState,
} from './promql.ts';
import {
  ADDRESSES_CUT_OFF,
  ADDRESSES_THERE,
  HANGS_ON,
  LINK,
  NODES_CUT_OFF,
  NODES_LOST,
  NODES_OF_ROUTER,
  ROUTER_NAMES,
  UPLINKS,
} from './routers.ts';
import { noneOr, SESSION_STATES, SEVERITIES, UNREACHABLE } from './states.ts';

const DOWN = of('session:frr_bgp_session_state:wanted_down');
const INFO = 'frr_bgp_session_info';

/** Nodes by what they have lost of their uplinks. */
const REDUNDANCY_LOST = `sum(${of('instance:frr_bgp_uplinks:lost')} == bool 1)`;
const CUT_OFF = `sum(${of('instance:frr_bgp_uplinks:lost')} == bool 2)`;

/** The nodes that had an uplink within the hour, and what availability is counted of. */
const NODES = `count by (cluster) (${of('instance:frr_bgp_uplinks_up:max1h')})`;
/** Red below the objective that the rules have by default. */
const AVAILABILITY: Steps = ['red', [0.9995, 'green']];

/** `expression`, of the sessions that are down now. */
const whileDown = (expression: string) => `${expression} and on (${SESSION}) ${DOWN}`;
/** `expression`, of the uplinks. */
const ofUplinks = (expression: string) =>
  `(${expression}) and on (${SESSION}) ${of('session:frr_bgp_session_uplink:known')}`;

/**
 * Host addresses that nobody can reach: 0 where a node has the address and sends it to no peer, -1 where the node that
 * had it is silent, -2 where it is announced and no witness receives it. An address that moved to another node is reachable.
 */
export function unreachableAddresses(more = ''): string {
  const held = of('host_route:frr_host_route:unannounced', more);
  const silent = of('host_route:frr_host_route:silent', more);
  const dropped = `${of('host_route:frr_host_route:received', more)} == 0`;
  return `${held} * 0 or ${silent} * -1 or (${dropped}) - 2`;
}

export function fleet(options: Options): Dashboard {
  const builder = frame(options, {
    uid: 'frr-fleet',
    title: 'FRR / Fleet',
    description: 'Which BGP session is down, since when, why, and which addresses nobody can reach now.',
    from: 'now-3h',
    annotations: [
      whileThereAre(
        'Sessions go down',
        'BGP sessions down',
        `sum by (cluster) (${of('instance:frr_bgp_sessions_down:count')}) > 0`,
      ),
    ],
  });
  const small = { width: 3, height: 4, mappings: noneOr() } as const;

  builder
    .withPanel(
      table({
        title: 'Routers: nodes lost of total',
        description:
          'Routers at the other end of the uplinks, those that most nodes have lost first. A router lost by all of its nodes is the fault, not the nodes. "Reboot cuts off" counts the nodes whose established uplinks all lead to this router now, and the addresses that no other node announces: 0 before you reboot it.',
        width: 12,
        height: 8,
        queries: [
          NODES_LOST,
          NODES_OF_ROUTER,
          ROUTER_NAMES,
          `${NODES_CUT_OFF} or 0 * ${NODES_OF_ROUTER}`,
          `${ADDRESSES_CUT_OFF} or 0 * ${NODES_OF_ROUTER}`,
        ],
        columns: [
          { from: 'cluster', name: 'Cluster', width: 70 },
          { from: 'remote_hostname', name: 'Router', width: 95 },
          { from: 'description', name: 'Description' },
          { from: 'remote_router_id', name: 'Router ID', width: 90 },
          {
            from: 0,
            name: 'Nodes lost',
            unit: 'short',
            decimals: 0,
            steps: ['transparent', [1, 'red']],
            width: 90,
          },
          { from: 1, name: 'of total', unit: 'short', decimals: 0, width: 65 },
          {
            from: 3,
            name: 'Reboot cuts off: nodes',
            unit: 'short',
            decimals: 0,
            steps: ['transparent', [1, 'orange']],
            width: 165,
          },
          { from: 4, name: 'addresses', unit: 'short', decimals: 0, width: 80 },
        ],
        hidden: ['remote_as'],
        sortBy: ['Nodes lost', 'Reboot cuts off: nodes'],
        descending: true,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Alerts firing',
        description:
          'Alerts of severity critical or warning. Any: read the list below from the top and open the runbook of the first; one fault should be one alert.',
        queries: [
          { expr: count(of(FIRING, 'severity=~"critical|warning"'), of('instance:frr_exporter:up')) },
        ],
        steps: GREEN_THEN_RED,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Sessions down',
        description:
          'BGP sessions that are wanted (not shut on purpose, not under maintenance) and not established. Any: the list below says since when and why.',
        queries: [{ expr: `sum(${of('instance:frr_bgp_sessions_down:count')})` }],
        steps: GREEN_THEN_RED,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Nodes cut off',
        description:
          'Nodes whose uplinks are all down: nothing on them can be reached. Any: see whether they share a rack or a remote router in the uplink table, then the runbook of FRRBGPAllUplinksDown.',
        queries: [
          {
            expr: CUT_OFF,
          },
        ],
        steps: GREEN_THEN_RED,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Redundancy lost',
        description:
          'Nodes with one uplink left of two or more: the next fault cuts them off. Any: repair in working hours, before anything else is taken down there.',
        queries: [
          {
            expr: REDUNDANCY_LOST,
          },
        ],
        steps: GREEN_THEN_ORANGE,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Unreachable IPs',
        description:
          'Host addresses (VIPs, floating IPs, provider addresses) that no node announces to anybody, or that are announced and no witness receives. Any: the list below says which, and on which node they are or were.',
        queries: [{ expr: count(unreachableAddresses(), of('frr_host_routes')) }],
        steps: GREEN_THEN_RED,
        links: [dashboardLink('Reachability', 'frr-openstack')],
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Daemons down',
        description:
          'FRR daemons that ran and no longer answer, dead or hung. Any: open the node; without bgpd or zebra its routes go.',
        queries: [{ expr: count(`${of('frr_daemon_up')} == 0`, of('frr_daemon_up')) }],
        steps: GREEN_THEN_RED,
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Exporters down',
        description:
          'Exporters that Prometheus cannot scrape. Any: the node is dead, cut off from the management network, or only its exporter is; its sessions are not monitored until it is back.',
        queries: [{ expr: count(`${of('instance:frr_exporter:up')} == 0`, of('instance:frr_exporter:up')) }],
        steps: GREEN_THEN_RED,
        links: [dashboardLink('Exporters', 'frr-exporter')],
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'In maintenance',
        description:
          'Nodes whose maintenance flag is set: their sessions do not page. If nobody works on one: remove the flag.',
        queries: [{ expr: count(`${of('frr_maintenance')} == 1`, of('frr_maintenance')) }],
        steps: ['green', [1, 'blue']],
      }),
    )
    .withPanel(
      table({
        title: 'Sessions down now',
        filterable: true,
        description:
          'Every wanted BGP session that is not established, the newest first. Many rows with the same remote router or rack: look there first. "Cause" is determined from all the evidence (docs/causes.md); it is empty for an exporter of 0.1.0. "FRR says" is what FRR reports of the last reset, often a consequence; empty means that the session was never up.',
        width: 24,
        height: 8,
        queries: [
          rows(SESSION, DOWN),
          milliseconds(rows(SESSION, whileDown(of('frr_bgp_session_last_reset_timestamp_seconds')))),
          rows(`${SESSION}, description, remote_hostname, remote_as, peer_group`, whileDown(of(INFO))),
          frrWords(SESSION, whileDown(of('frr_bgp_session_last_reset_info'))),
          rows(SESSION, whileDown(of('session:frr_bgp_session_dropped:increase1h'))),
          cause(SESSION, whileDown(of('frr_bgp_session_down_cause'))),
        ],
        columns: [
          { from: 1, name: 'Since', unit: 'dateTimeFromNow', width: 125 },
          { from: 'cluster', name: 'Cluster', width: 90 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 150 },
          { from: 'vrf', name: 'VRF', width: 85 },
          { from: 'peer', name: 'Peer', links: sessionLinks(), width: 95 },
          { from: 'description', name: 'Description' },
          { from: 'remote_hostname', name: 'Remote router' },
          { from: 'remote_as', name: 'Remote AS', width: 105 },
          { from: 'peer_group', name: 'Peer group', width: 115 },
          { from: 0, name: 'State', mappings: SESSION_STATES, colored: true, width: 95 },
          { from: 'text', name: 'Cause', width: 185 },
          { from: 'why', name: 'FRR says', width: 145 },
          { from: 4, name: 'Drops in 1 h', unit: 'short', decimals: 0, width: 120 },
        ],
        hidden: ['job'],
        sortBy: 'Since',
        descending: true,
        fine: 'Every wanted BGP session is up, on the nodes whose exporters answer.',
      }),
    )
    .withPanel(
      table({
        title: 'Addresses nobody can reach',
        description:
          'Host addresses that no node announces to anybody now. "Announced to nobody": its sessions are down, or a route map filters it. "Its node is silent": the node or its exporter is dead and no other node took the address over. "No witness receives it": the node announces it, and the routers drop it (docs/witness.md).',
        width: 9,
        height: 8,
        queries: [rows('cluster, job, instance, address, interface', unreachableAddresses())],
        columns: [
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'cluster', name: 'Cluster', width: 75 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 155 },
          { from: 'interface', name: 'Interface', width: 80 },
          { from: 0, name: 'Why', mappings: UNREACHABLE, colored: true, width: 165 },
        ],
        hidden: ['job'],
        sortBy: 'Node',
        fine: 'Every host address is announced.',
      }),
    )
    .withPanel(
      table({
        title: 'Firing alerts',
        description:
          'Firing alerts that Alertmanager does not inhibit, critical ones first, then the oldest; "(fleet)" is an alert about the whole fleet. Click an alert for its runbook.',
        width: 15,
        height: 8,
        queries: firingAlerts('critical', 'warning'),
        columns: [
          { from: 'alertname', name: 'Alert', links: runbookLinks(options), width: 215 },
          { from: 1, name: 'Severity', mappings: SEVERITIES, colored: true, width: 80 },
          { from: 0, name: 'Since', unit: 'dateTimeFromNow', width: 115 },
          { from: 'cluster', name: 'Cluster', width: 75 },
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 155 },
          { from: 'vrf', name: 'VRF', width: 75 },
          { from: 'peer', name: 'Peer', links: sessionLinks() },
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 'about', name: 'About' },
        ],
        hidden: HIDDEN,
        sortBy: ['Severity', 'Since'],
        fine: 'No alert is firing.',
      }),
    )
    .withRow(new RowBuilder('Before you reboot a router'))
    .withPanel(
      table({
        title: 'Nodes that one router alone connects',
        filterable: true,
        description:
          'Nodes whose established uplinks all lead to one router, by the sessions that are up now: a reboot of that router cuts them off, and the addresses that they announce with them. Repair their other uplink or move the addresses first. Empty for a router: reboot it.',
        width: 24,
        height: 7,
        queries: [
          HANGS_ON,
          rows(`${LINK}, remote_hostname, description`, `${UPLINKS} and on (${LINK}) ${HANGS_ON}`),
          `count by (${LINK}) (${ADDRESSES_THERE}) or 0 * (${HANGS_ON})`,
        ],
        columns: [
          { from: 'remote_hostname', name: 'Router' },
          { from: 'description', name: 'Description' },
          { from: 'remote_router_id', name: 'Router ID' },
          { from: 'cluster', name: 'Cluster' },
          { from: 'instance', name: 'Node', links: nodeLinks(options) },
          { from: 0, name: 'Uplinks up', unit: 'short', decimals: 0 },
          { from: 2, name: 'Addresses announced', unit: 'short', decimals: 0 },
        ],
        hidden: ['job'],
        sortBy: ['Router ID', 'Node'],
        fine: 'Every node has established uplinks with two routers or more, or none.',
      }),
    )
    .withRow(new RowBuilder('Over time'))
    .withPanel(
      states({
        title: 'Sessions that were down',
        description:
          'Sessions while they were wanted and not established; a gap is a session that is up. Bars that begin together have one cause: a remote router, a link, a node. Short bars that come again are a flapping link.',
        width: 16,
        height: 10,
        queries: [{ expr: rows(`instance, vrf, peer`, DOWN), legend: '{{instance}} {{vrf}} {{peer}}' }],
        mappings: SESSION_STATES,
        fine: 'Every wanted BGP session was up all this time, on the nodes whose exporters answered.',
      }),
    )
    .withPanel(
      table({
        title: 'Sessions that drop most',
        description:
          'Sessions by how often they went down in the last hour, counted by FRR, so also between two scrapes. Three or more: look at the link (errors, optics) and at BFD intervals before restarting anything.',
        width: 8,
        height: 10,
        queries: [`topk(20, ${rows(SESSION, of('session:frr_bgp_session_dropped:increase1h'))} > 0.5)`],
        columns: [
          { from: 'instance', name: 'Node', links: nodeLinks(options), width: 165 },
          { from: 'vrf', name: 'VRF', width: 85 },
          { from: 'peer', name: 'Peer', links: sessionLinks() },
          {
            from: 0,
            name: 'Drops in 1 h',
            unit: 'short',
            decimals: 0,
            width: 110,
            steps: ['transparent', [1, 'orange'], [3, 'red']],
          },
        ],
        hidden: ['job', 'cluster'],
        sortBy: 'Drops in 1 h',
        descending: true,
        fine: 'No session went down in the last hour.',
      }),
    )
    .withPanel(
      lines({
        title: 'Sessions down and nodes at risk',
        description:
          'How many wanted sessions were down, nodes had one uplink left, and nodes had none. A step up shows when the fault began; compare with the annotations.',
        width: 24,
        height: 9,
        unit: 'short',
        decimals: 0,
        queries: [
          {
            expr: `sum(${of('instance:frr_bgp_sessions_down:count')})`,
            legend: 'Sessions down',
            color: 'red',
          },
          {
            expr: REDUNDANCY_LOST,
            legend: 'Nodes with one uplink left',
            color: 'orange',
          },
          {
            expr: CUT_OFF,
            legend: 'Nodes cut off',
            color: 'dark-red',
          },
        ],
      }),
    )
    .withRow(new RowBuilder('Prefixes'));
  for (const { afi, name } of FAMILIES)
    builder.withPanel(
      lines({
        title: `${name} prefixes received and advertised`,
        description: `${name} prefixes that all nodes together receive from and advertise to their peers. A sudden drop with sessions up is a filter or a route map; a jump may run into prefix limits.`,
        width: 8,
        height: 9,
        unit: 'short',
        queries: [
          {
            expr: `sum by (safi) (${of('instance_afi_safi:frr_bgp_prefixes_received:sum', `afi="${afi}"`)})`,
            legend: 'Received {{safi}}',
          },
          {
            expr: `sum by (safi) (${of('instance_afi_safi:frr_bgp_prefixes_advertised:sum', `afi="${afi}"`)})`,
            legend: 'Advertised {{safi}}',
            dashed: true,
          },
        ],
        fine: 'No session carries this address family.',
      }),
    );
  builder
    .withRow(new RowBuilder('Availability in 30 days'))
    .withPanel(
      stat({
        title: 'Uplinks, 30 days',
        description:
          'Share of the last 30 days in which a node had an uplink, the average of the chosen nodes by cluster; maintenance does not count. Below the objective (99.95 %): the nodes on the right lost the most.',
        width: 4,
        height: 4,
        unit: 'percentunit',
        decimals: 3,
        queries: [
          {
            expr: `1 - (sum by (cluster) (${of('instance:frr_bgp_uplinks_none:ratio30d')}) or 0 * ${NODES}) / ${NODES}`,
            legend: '{{cluster}}',
          },
        ],
        steps: AVAILABILITY,
      }),
    )
    .withPanel(
      table({
        title: 'Nodes without an uplink in 30 days',
        description:
          'Nodes by the time in which they had no uplink in the last 30 days, maintenance left out: all uplinks down, bgpd dead, or the node dead. "Availability" is the share of what was observed, which is less in a young Prometheus. "Budget spent" is the share of what the objective allows: at 100 % it is missed.',
        width: 10,
        height: 8,
        queries: [
          rows(NODE, `1 - ${of('instance:frr_bgp_uplinks_none:ratio30d')}`),
          rows(NODE, of('instance:frr_bgp_uplinks_none:seconds30d')),
          rows(NODE, of('instance:frr_bgp_uplinks_none:budget_spent')),
        ],
        columns: [
          { from: 'cluster', name: 'Cluster', width: 90 },
          { from: 'instance', name: 'Node', links: nodeLinks(options) },
          { from: 1, name: 'Lost', unit: 's', decimals: 0, width: 90 },
          {
            from: 0,
            name: 'Availability',
            unit: 'percentunit',
            decimals: 3,
            steps: AVAILABILITY,
            width: 105,
          },
          { from: 2, name: 'Budget spent', unit: 'percentunit', decimals: 0, width: 110 },
        ],
        hidden: ['job'],
        sortBy: 'Lost',
        descending: true,
        fine: 'Every node had an uplink all the time.',
      }),
    )
    .withPanel(
      table({
        title: 'Addresses not announced in 30 days',
        description:
          'Addresses by the time in which no node announced them in the last 30 days although one had them, maintenance left out. Addresses of one node with the same loss share the faults of its uplinks; one alone has its own.',
        width: 10,
        height: 8,
        queries: [
          rows('cluster, address', `1 - ${of('fleet_cluster_address:frr_host_route_lost:ratio30d')}`),
          rows('cluster, address', of('fleet_cluster_address:frr_host_route_lost:seconds30d')),
        ],
        columns: [
          { from: 'cluster', name: 'Cluster', width: 90 },
          { from: 'address', name: 'Address', links: addressLinks() },
          { from: 1, name: 'Lost', unit: 's', decimals: 0, width: 90 },
          {
            from: 0,
            name: 'Availability',
            unit: 'percentunit',
            decimals: 3,
            steps: AVAILABILITY,
            width: 105,
          },
        ],
        sortBy: 'Lost',
        descending: true,
        fine: 'No address was lost, or single instances are chosen.',
      }),
    )
    .withPanel(
      stat({
        title: 'Addresses, 30 days',
        description:
          'Share of the last 30 days in which an address was announced, the average by cluster. An address belongs to the fleet: choose all instances. Below the objective (99.95 %): the addresses on the right lost the most.',
        width: 4,
        height: 4,
        unit: 'percentunit',
        decimals: 3,
        queries: [{ expr: `1 - ${of('fleet_cluster:frr_host_route_lost:ratio30d')}`, legend: '{{cluster}}' }],
        steps: AVAILABILITY,
      }),
    )
    .withRow(
      new RowBuilder('Every uplink').collapsed(true).withPanel(
        table({
          title: 'Nodes and their uplinks',
          filterable: true,
          description:
            'Every uplink of every node, what is not established first. Sort or filter by remote router to see whether one router is behind many rows. An uplink that is up with far fewer prefixes than its neighbours is worth a look.',
          width: 24,
          height: 11,
          queries: [
            rows(SESSION, ofUplinks(sessionState(of))),
            milliseconds(rows(SESSION, ofUplinks(of('frr_bgp_session_established_timestamp_seconds')))),
            rows(`${SESSION}, description, remote_hostname, remote_as`, ofUplinks(of(INFO))),
            `sum by (${SESSION}) (${ofUplinks(of('frr_bgp_prefixes_received'))})`,
            `sum by (${SESSION}) (${ofUplinks(of('frr_bgp_prefixes_advertised'))})`,
            rows(SESSION, ofUplinks(of('session:frr_bgp_session_dropped:increase1h'))),
          ],
          columns: [
            { from: 'cluster', name: 'Cluster', width: 100 },
            { from: 'instance', name: 'Node', links: nodeLinks(options) },
            { from: 'vrf', name: 'VRF', width: 90 },
            { from: 'peer', name: 'Peer', links: sessionLinks() },
            { from: 'remote_hostname', name: 'Remote router' },
            { from: 'description', name: 'Description' },
            { from: 'remote_as', name: 'Remote AS', width: 110 },
            { from: 0, name: 'State', mappings: SESSION_STATES, colored: true, width: 130 },
            { from: 1, name: 'Up since', unit: 'dateTimeFromNow', width: 130 },
            { from: 3, name: 'Received', unit: 'short', width: 105 },
            { from: 4, name: 'Advertised', unit: 'short', width: 120 },
            {
              from: 5,
              name: 'Drops in 1 h',
              unit: 'short',
              decimals: 0,
              width: 125,
              steps: ['transparent', [1, 'orange'], [3, 'red']],
            },
          ],
          hidden: ['job'],
          sortBy: 'State',
        }),
      ),
    );
  return finish(builder, options);
}
