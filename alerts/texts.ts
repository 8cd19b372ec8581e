/**
 * Pieces of the alerts' texts, in Prometheus' template language (Go templates).
 *
 * What may change while an alert fires (a description, the reason of the last reset) is looked up in the text with
 * `query` and is no label of the alert: another label would make it another alert, and its `for` would start again.
 */
import type { Thresholds } from './thresholds.ts';

/** The node by the name that people know. */
export function node(site: Thresholds): string {
  return `{{ or $labels.${site.node_label} $labels.instance }}`;
}

/** Opens a look-up: `query` with the alert's own labels put where the expression has `%q`, in the order of a label. */
function found(expression: string, labels: readonly string[], order?: string): string {
  const sorted = order === undefined ? '' : ` | sortByLabel "${order}"`;
  return `{{ with printf \`${expression}\` ${labels.map((name) => `$labels.${name}`).join(' ')} | query${sorted} }}`;
}

const OF_SESSION = '{cluster=%q,instance=%q,vrf=%q,peer=%q}';
const OF_NODE = '{cluster=%q,instance=%q}';
const SESSION = ['cluster', 'instance', 'vrf', 'peer'] as const;
const NODE = ['cluster', 'instance'] as const;

/** `tor1 rack A (peer 100.64.1.1, AS 65001, VRF default)`. */
export const SESSION_NAME =
  `${found(`session:frr_bgp_session_info:last${OF_SESSION}`, SESSION)}{{ with first . }}` +
  `{{ or .Labels.description .Labels.remote_hostname "a peer without a description" }} ` +
  `(peer {{ .Labels.peer }}, AS {{ .Labels.remote_as }}, VRF {{ .Labels.vrf }}){{ end }}` +
  `{{ else }}peer {{ $labels.peer }} (VRF {{ $labels.vrf }}){{ end }}`;

/** `BFD down received`, or `BGP Notification received: Cease/Administrative Shutdown`. */
export const RESET_REASON =
  `${found(`session:frr_bgp_session_last_reset_info:last${OF_SESSION}`, SESSION)}{{ with first . }}` +
  `{{ or .Labels.reason "FRR gives no reason" }}{{ with .Labels.notification }}: {{ . }}{{ end }}{{ end }}` +
  `{{ else }}FRR gives no reason{{ end }}`;

/** How many items a list in a text has at the most. */
const LISTED = 10;

/** A list of one label of the series that an expression finds, cut after ten; `otherwise` when it finds none. */
function list(expression: string, labels: readonly string[], label: string, otherwise: string): string {
  return (
    found(expression, labels, label) +
    `{{ range $i, $one := . }}{{ if lt $i ${LISTED} }}{{ if $i }}, {{ end }}{{ $one.Labels.${label} }}{{ end }}{{ end }}` +
    `{{ if gt (len .) ${LISTED} }} and more, {{ len . }} in all{{ end }}` +
    `{{ else }}${otherwise}{{ end }}`
  );
}

/**
 * The host addresses (VIPs, floating IPs, provider IPs) that this node had, as last seen within half an hour, and that
 * no other node announces by now. When the node as a whole cannot announce, these are announced by nobody.
 */
export const ADDRESSES_GONE = list(
  `last_over_time(frr_host_route_in_bgp${OF_NODE}[30m]) unless on (cluster, address) ` +
    '(frr_host_route_advertised_peers{cluster=%q,instance!=%q} > 0)',
  [...NODE, ...NODE],
  'address',
  'none known',
);

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

/** Counts last resets by `why`: the reason, with the notification where there is one. */
function countByReason(resets: string): string {
  const joined = `label_join(${resets}, "why", ": ", "reason", "notification")`;
  return `count by (why) (label_replace(${joined}, "why", "$1", "why", "(.+): "))`;
}

/** The reasons of the last resets of the node's sessions that are down, each once. */
export const REASONS_OF_NODE = list(
  countByReason(
    `session:frr_bgp_session_last_reset_info:last${OF_NODE} and on (cluster, job, instance, vrf, peer) ` +
      'session:frr_bgp_session_state:wanted_down',
  ),
  NODE,
  'why',
  'FRR gives no reason',
);

/** The nodes that lost the remote router of this alert. */
export const NODES_OF_REMOTE_ROUTER = list(
  'count by (instance) (session:frr_bgp_session_state:lost{cluster=%q,remote_router_id=%q})',
  ['cluster', 'remote_router_id'],
  'instance',
  'none any more',
);

/** The descriptions that the nodes give to the remote router of this alert, each once. */
export const REMOTE_ROUTER_NAMES = list(
  'count by (description) (session:frr_bgp_session_info:last{cluster=%q,remote_router_id=%q,description!=""})',
  ['cluster', 'remote_router_id'],
  'description',
  'no description',
);

/** The reasons of the last resets toward the remote router of this alert, each once. */
export const REASONS_OF_REMOTE_ROUTER = list(
  countByReason(
    'session:frr_bgp_session_last_reset_info:last and on (cluster, job, instance, vrf, peer) ' +
      'session:frr_bgp_session_state:lost{cluster=%q,remote_router_id=%q}',
  ),
  ['cluster', 'remote_router_id'],
  'why',
  'FRR gives no reason',
);

/** The reasons of the last resets in the cluster, each once. */
export const REASONS_OF_CLUSTER = list(
  countByReason(
    'session:frr_bgp_session_last_reset_info:last and on (cluster, job, instance, vrf, peer) ' +
      'session:frr_bgp_session_state:lost{cluster=%q}',
  ),
  ['cluster'],
  'why',
  'FRR gives no reason',
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
