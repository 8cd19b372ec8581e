/**
 * Pieces of the alerts' texts, in Prometheus' template language (Go templates).
 *
 * What may change while an alert fires (a description, why a session is down) is looked up in the text with
 * `query` and is no label of the alert: another label would make it another alert, and its `for` would start again.
 *
 * A text's queries run for each firing alert at each evaluation. So each selects a series, mostly a recorded one, by the
 * alert's own labels, which costs the same in a fleet of three nodes and of a thousand.
 */
import type { Thresholds } from './thresholds.ts';

/** The node by the name that people know. */
export function node(site: Thresholds): string {
  return `{{ or $labels.${site.node_label} $labels.instance }}`;
}

/** The cluster, with a space after it; nothing without one. */
export const CLUSTER = '{{ with $labels.cluster }}{{ . }} {{ end }}';

/** Opens a look-up: `query` with the alert's own labels put where the expression has `%q`, in the order of a label. */
function found(expression: string, labels: readonly string[], order?: string): string {
  const sorted = order === undefined ? '' : ` | sortByLabel "${order}"`;
  return `{{ with printf \`${expression}\` ${labels.map((name) => `$labels.${name}`).join(' ')} | query${sorted} }}`;
}

const OF_SESSION = '{cluster=%q,instance=%q,vrf=%q,peer=%q}';
const OF_NODE = '{cluster=%q,instance=%q}';
const OF_ROUTER = '{cluster=%q,remote_router_id=%q}';
const OF_STORM = '{cluster=%q,storm=%q}';
const OF_CLUSTER = '{cluster=%q}';
const SESSION = ['cluster', 'instance', 'vrf', 'peer'] as const;
const NODE = ['cluster', 'instance'] as const;
const ROUTER = ['cluster', 'remote_router_id'] as const;
const STORM = ['cluster', 'storm'] as const;

const INFO_OF_SESSION = `session:frr_bgp_session_info:last${OF_SESSION}`;

/** `tor1 rack A (peer 100.64.1.1, AS 65001, VRF default)`. */
export const SESSION_NAME =
  `${found(INFO_OF_SESSION, SESSION)}{{ with first . }}` +
  `{{ or .Labels.description .Labels.remote_hostname "a peer without a description" }} ` +
  `(peer {{ .Labels.peer }}, AS {{ .Labels.remote_as }}, VRF {{ .Labels.vrf }}){{ end }}` +
  `{{ else }}peer {{ $labels.peer }} (VRF {{ $labels.vrf }}){{ end }}`;

/** `tor1 rack A`, or the peer where it has no description. */
export const PEER_NAME =
  `${found(INFO_OF_SESSION, SESSION)}{{ with first . }}` +
  `{{ or .Labels.description .Labels.remote_hostname .Labels.peer }}{{ end }}` +
  `{{ else }}{{ $labels.peer }}{{ end }}`;

/** `link down (eth2)`, or in FRR's words `BGP Notification received: Cease/Administrative Shutdown`. */
export const RESET_REASON =
  `${found(`session:frr_bgp_session_down_cause:why${OF_SESSION}`, SESSION)}` +
  `{{ or (first .).Labels.why "FRR gives no reason" }}{{ else }}FRR gives no reason{{ end }}`;

/** A time of a look-up, as people read it. */
function time(expression: string, labels: readonly string[]): string {
  return `${found(expression, labels)}{{ with . | first | value | toTime }}{{ .Format "Mon 2006-01-02 15:04:05 UTC" }}{{ end }}{{ end }}`;
}

/** Since when the session, the sessions with a router, the node or the storm of this alert are down. */
export const SINCE = {
  session: time(`session:frr_bgp_session_lost:since_timestamp_seconds${OF_SESSION}`, SESSION),
  router: time(`remote_router:frr_bgp_nodes_lost:since_timestamp_seconds${OF_ROUTER}`, ROUTER),
  node: time(`instance:frr_node_down:since_timestamp_seconds${OF_NODE}`, NODE),
  storm: '{{ with $labels.storm | toTime }}{{ .Format "Mon 2006-01-02 15:04:05 UTC" }}{{ end }}',
  uplinks: time(`instance:frr_bgp_uplinks_lost:since_timestamp_seconds${OF_NODE}`, NODE),
} as const;

/** How many items a list in a text has at the most. */
const LISTED = 10;

/** A list of one label of the series that an expression finds, cut after ten; `otherwise` when it finds none. */
function list(
  expression: string,
  labels: readonly string[],
  label: string,
  otherwise: string,
  item = `{{ $one.Labels.${label} }}`,
): string {
  return (
    found(expression, labels, label) +
    `{{ range $i, $one := . }}{{ if lt $i ${LISTED} }}{{ if $i }}, {{ end }}${item}{{ end }}{{ end }}` +
    `{{ if gt (len .) ${LISTED} }} and more, {{ len . }} in all{{ end }}` +
    `{{ else }}${otherwise}{{ end }}`
  );
}

/**
 * The host addresses (VIPs, floating IPs, provider IPs) that this node announced within half an hour, and that nobody
 * announces now, because the node cannot.
 */
export const ADDRESSES_GONE = list(`host_route:frr_host_route:lost${OF_NODE}`, NODE, 'address', 'none known');

/** `1 of 2`: the uplinks of the node that are up. */
export const UPLINKS_LEFT =
  `${found(`instance:frr_bgp_uplinks_up:count${OF_NODE}`, NODE)}{{ . | first | value }}{{ else }}?{{ end }} of ` +
  `${found(`instance:frr_bgp_uplinks_wanted:count${OF_NODE}`, NODE)}{{ . | first | value }}{{ else }}?{{ end }}`;

/** The peers of the node that are down, as FRR names them. */
export const PEERS_DOWN = list(
  `session:frr_bgp_session_state:wanted_down${OF_NODE}`,
  NODE,
  'peer',
  'none any more',
);

const driftOf = (change: string) =>
  `${found(`frr_config_drift{change="${change}",cluster=%q,instance=%q}`, NODE)}{{ . | first | value }}{{ else }}?{{ end }}`;

/** How the running configuration of a node differs from the one that was placed. */
export const CONFIG_DRIFT = {
  missing: driftOf('missing'),
  added: driftOf('added'),
  peers: list(`frr_config_peer_present${OF_NODE} == 0`, NODE, 'peer', 'none'),
  vrfs: list(`frr_config_vrf_present${OF_NODE} == 0`, NODE, 'vrf', 'none'),
} as const;

/** The peers of the VRF that are down, as FRR names them. */
export const PEERS_OF_VRF_DOWN = list(
  'session:frr_bgp_session_state:wanted_down{cluster=%q,instance=%q,vrf=%q}',
  ['cluster', 'instance', 'vrf'],
  'peer',
  'none any more',
);

/** Reasons with their number of sessions: `path silent: BFD timed out (18), link down (eth2) (2)`. */
function reasons(expression: string, labels: readonly string[]): string {
  return list(
    `sum by (why) (${expression})`,
    labels,
    'why',
    'FRR gives no reason',
    '{{ or $one.Labels.why "FRR gives no reason" }} ({{ $one.Value }})',
  );
}

export const REASONS_OF_NODE = reasons(`instance_reason:frr_bgp_sessions_lost:count${OF_NODE}`, NODE);
export const REASONS_OF_REMOTE_ROUTER = reasons(
  `remote_router_reason:frr_bgp_sessions_lost:count${OF_ROUTER}`,
  ROUTER,
);
export const REASONS_OF_CLUSTER = reasons(`cluster_reason:frr_bgp_sessions_lost:count${OF_CLUSTER}`, [
  'cluster',
]);

/** The first of a list of nodes, and a sign that there are more: `compute-01…`. */
function firstNode(site: Thresholds, expression: string, labels: readonly string[]): string {
  return (
    `${found(expression, labels, 'instance')}{{ with first . }}{{ or .Labels.${site.node_label} .Labels.instance }}{{ end }}` +
    '{{ if gt (len .) 1 }}…{{ end }}{{ end }}'
  );
}

/** A list of nodes, by the name that people know. */
function nodeList(site: Thresholds, expression: string, labels: readonly string[]): string {
  const name = `{{ or $one.Labels.${site.node_label} $one.Labels.instance }}`;
  return list(expression, labels, 'instance', 'none any more', name);
}

/** The nodes that lost the remote router of this alert. */
export function nodesOfRemoteRouter(site: Thresholds): string {
  return nodeList(site, `node_remote_router:frr_bgp_sessions_lost:count${OF_ROUTER}`, ROUTER);
}

/** The descriptions that the nodes give to the remote router of this alert, each once; its ID without any. */
export const REMOTE_ROUTER_NAME = list(
  `remote_router_description:frr_bgp_session_info:count${OF_ROUTER}`,
  ROUTER,
  'description',
  'router {{ $labels.remote_router_id }}',
);

/** `20`: how many nodes have, or had, a session with the remote router of this alert. */
export const NODES_WITH_REMOTE_ROUTER = `${found(`remote_router:frr_bgp_nodes:count${OF_ROUTER}`, ROUTER)}{{ . | first | value }}{{ else }}?{{ end }}`;

/** A list in a text: all of it, and the first. */
interface Listed {
  readonly all: string;
  readonly first: string;
}

function nodes(site: Thresholds, expression: string, labels: readonly string[]): Listed {
  return { all: nodeList(site, expression, labels), first: firstNode(site, expression, labels) };
}

/** The nodes of a storm. */
export function nodesOfStorm(site: Thresholds, record: string): Listed {
  return nodes(site, `${record}${OF_CLUSTER} == %s`, STORM);
}

/** The routers that most nodes of a storm have their uplinks with: `tor1 rack A (18), tor2 rack A (18)`. */
export function routersOfStorm(record: string): string {
  return list(
    `topk(4, ${record}${OF_STORM})`,
    STORM,
    'description',
    'not known',
    '{{ or $one.Labels.description $one.Labels.remote_router_id }} ({{ $one.Value }})',
  );
}

/** The nodes of the cluster whose FRR was restarted. */
export function nodesRestarted(site: Thresholds): Listed {
  return nodes(site, `instance:frr_restarted:recently${OF_CLUSTER}`, ['cluster']);
}

/** The nodes of the cluster on which this fault is. */
export function nodesAtFault(site: Thresholds): Listed {
  return nodes(site, 'instance_fault:frr_alerts_firing:count{instance!="",cluster=%q,fault=%q}', [
    'cluster',
    'fault',
  ]);
}

const OF_FAULT = 'ALERTS{alertstate="firing",address!="",cluster=%q,instance=%q,fault=%q}';

/** The addresses with this fault: of the node, or of the cluster where they belong to no one node. */
export const ADDRESSES_AT_FAULT: Listed = {
  all: list(OF_FAULT, ['cluster', 'instance', 'fault'], 'address', 'none any more'),
  first: `${found(OF_FAULT, ['cluster', 'instance', 'fault'], 'address')}{{ (first .).Labels.address }}…{{ end }}`,
};

/** The routers that the fabric lost. */
export const ROUTERS_LOST = list(
  `remote_router:frr_bgp_nodes_lost:many${OF_CLUSTER}`,
  ['cluster'],
  'remote_router_id',
  'none any more',
  '{{ $one.Labels.remote_router_id }} ({{ $one.Value }} nodes)',
);

/** The daemons of the node that were seen and do not answer now. */
export const DAEMONS_DOWN = list(
  `last_over_time(frr_daemon_up${OF_NODE}[5m]) == 0`,
  NODE,
  'daemon',
  'none any more',
);

/** The nodes of the cluster that have spent most of their availability budget. */
export const NODES_AT_RISK = list(
  'instance:frr_bgp_uplinks_none:at_risk{cluster=%q}',
  ['cluster'],
  'instance',
  'none',
);

/** The addresses of the cluster that have spent most of their availability budget. */
export const ADDRESSES_AT_RISK = list(
  'cluster_address:frr_host_route_lost:at_risk{cluster=%q}',
  ['cluster'],
  'address',
  'none',
);

/** The nodes that announce the address of this alert: in its VRF where the alert has one. */
export function nodesOfAddress(site: Thresholds, of: readonly string[] = ['cluster', 'address']): string {
  const selector = of.map((label) => `${label}=%q`).join(',');
  return nodeList(site, `frr_host_route_advertised_peers{${selector}} > 0`, of);
}

/** The nodes that announced the address of this alert within a day. */
export function nodesThatHad(site: Thresholds): string {
  return nodeList(
    site,
    'host_route:frr_host_route_advertised:last_timestamp_seconds{cluster=%q,address=%q}',
    ['cluster', 'address'],
  );
}

/** The routers of the node from which witnesses do not receive the address of this alert. */
export const ROUTERS_WITHOUT_ROUTE = list(
  'node_remote_router:frr_bgp_session:witnessed{cluster=%q,instance=%q,afi=%q} unless on (remote_router_id) address_remote_router:frr_received_route:known{cluster=%q,address=%q}',
  ['cluster', 'instance', 'afi', 'cluster', 'address'],
  'remote_router_id',
  'a router that no witness has a session with',
  '{{ or $one.Labels.description "router" }} ({{ $one.Labels.remote_router_id }})',
);

/** Where a witness receives the address of this alert, which no node announces: that it does; nothing otherwise. */
export const RECEIVED_ALL_THE_SAME = `${found('address:frr_received_route_paths:sum{cluster=%q,address=%q}', [
  'cluster',
  'address',
])} A witness receives it all the same: the fabric sends its traffic to where nobody answers.{{ end }}`;

/** Why a witness is ignored. */
export const WITNESS_FAULT =
  `${found(`frr_collector_up${'{cluster=%q,instance=%q,collector="received-routes"}'}`, NODE)}` +
  '{{ if eq (. | first | value) 1.0 }}its table is read too rarely, or not whole, or FRR has just started' +
  '{{ else }}the collector received-routes fails{{ end }}{{ else }}its exporter cannot be scraped{{ end }}';
