/**
 * PromQL as the dashboards write it. Every selector carries the cluster, job and instance that are chosen at the top of
 * the dashboard; `$cluster` may be a label that nobody has, and then matches its absence.
 */

const CHOSEN = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"';

/** The labels that tell one exporter from another. */
export const NODE = 'cluster, job, instance';
/** The labels that tell one BGP session from another. */
export const SESSION = `${NODE}, vrf, peer`;
/** The labels that tell one address family of a session from another. */
export const FAMILY = `${SESSION}, afi, safi`;
/** The labels that tell one host address on one node from another. */
export const HOST_ROUTE = `${NODE}, address, interface, afi`;

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

/** One row a combination of labels, for tables: without the name and without the labels that nobody asked for. */
export function rows(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`;
}

/**
 * The number of series that `expression` gives, and 0 where it gives none although `base` has figures. Without any
 * figure at all the answer is empty, so that "none" and "nobody knows" never look alike.
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

/** Why sessions went down last, FRR's reason and the notification in one label `why`. */
export function why(labels: string, infos: string): string {
  return rows(`${labels}, why`, `label_join(${infos}, "why", " ", "reason", "notification")`);
}
