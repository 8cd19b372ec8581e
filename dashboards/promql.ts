/**
 * PromQL as the dashboards write it. Every selector carries the cluster, job and instance that are chosen at the top of
 * the dashboard; `$cluster` may be a label that nobody has, and then matches its absence.
 */

const CHOSEN = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"';

/** The labels that identify an exporter. */
export const NODE = 'cluster, job, instance';
/** The labels that identify a BGP session. */
export const SESSION = `${NODE}, vrf, peer`;
/** The labels that identify an address family of a session. */
export const FAMILY = `${SESSION}, afi, safi`;
/** The labels that identify a host address on a node. */
export const HOST_ROUTE = `${NODE}, address, interface, afi, vrf, origin`;

/** Address families that have a panel each: 240,000 EVPN prefixes would hide ten of IPv4. */
export const FAMILIES = [
  { afi: 'ipv4', name: 'IPv4' },
  { afi: 'ipv6', name: 'IPv6' },
  { afi: 'l2vpn', name: 'EVPN' },
] as const;

/** `metric{…}` of the chosen nodes; `more` are further matchers. */
export function of(metric: string, more = ''): string {
  return `${metric}{${CHOSEN}${more === '' ? '' : `, ${more}`}}`;
}

/** {@link of}, over a range. */
export function over(metric: string, range: string, more = ''): string {
  return `${of(metric, more)}[${range}]`;
}

/** `metric{…}` of the sessions that are chosen on the session dashboard. */
export function ofSession(metric: string, more = ''): string {
  return of(metric, `vrf=~"$vrf", peer=~"$peer"${more === '' ? '' : `, ${more}`}`);
}

/** Per-second rate over a window that holds enough scrapes at every zoom. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** One row for each combination of labels, for tables: without the metric name and without other labels. */
export function rows(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`;
}

/**
 * The number of series of `expression`, and 0 where it has none although `base` has some. Without either the answer is
 * empty, so that "none" and "unknown" never look alike.
 */
export function count(expression: string, base: string): string {
  return `count(${expression}) or 0 * count(${base})`;
}

/** Seconds since the epoch, as the milliseconds that Grafana's date units want. */
export function milliseconds(expression: string): string {
  return `1000 * ${expression}`;
}

/** The state of sessions, with 9 for those that are shut on purpose, for `SESSION_STATES`: what is wrong sorts first. */
export function sessionState(select: (metric: string) => string): string {
  const admin = select('frr_bgp_session_admin_up');
  return `(${select('frr_bgp_session_state')} unless on (${SESSION}) ${admin} == 0) or (${admin} == 0) + 9`;
}

/** Why sessions are down, by docs/causes.md: the cause in words in the label `text`. Exporters of 0.1.0 have none. */
export function cause(labels: string, causes: string): string {
  return rows(`${labels}, text`, causes);
}

/** What FRR says about the last reset of sessions, its reason and the notification in one label `why`. */
export function frrWords(labels: string, infos: string): string {
  return rows(`${labels}, why`, `label_join(${infos}, "why", " ", "reason", "notification")`);
}

/**
 * What becomes of host addresses, for `HOST_ROUTE_VERDICT`: 0 not in BGP, 1 in BGP but sent to no peer, 2 announced but received by
 * no witness, 3 announced, 4 announced and received by a witness.
 */
export function hostRouteVerdict(select: (metric: string) => string): string {
  const peers = select('frr_host_route_advertised_peers');
  const received = `2 + 2 * ${select('host_route:frr_host_route:received')} and on (${HOST_ROUTE}) ${peers} > 0`;
  const inBgp = `${select('frr_host_route_in_bgp')} + on (${HOST_ROUTE}) 0 * ${peers}`;
  return `${received} or on (${HOST_ROUTE}) 3 + 0 * (${peers} > 0) or on (${HOST_ROUTE}) ${inBgp}`;
}

/**
 * Without the label `instance` where one instance is chosen, whose name would be repeated in every line. Grafana puts `.+`
 * in place of All and `(a|b)` in place of several. Leaves the label `chosen` behind.
 */
export function nodeIfSeveral(expression: string): string {
  const marked = `label_replace(${expression}, "chosen", "$instance", "", "")`;
  return `label_replace(${marked}, "instance", "", "chosen", "[^.(].*")`;
}
