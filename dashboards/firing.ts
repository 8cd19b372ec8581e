/** The alerts that fire and that Alertmanager does not inhibit. */
import { milliseconds, of, rows } from './promql.ts';

export const FIRING = 'instance:frr_alerts_firing:since_timestamp_seconds';

/** The severities of alerts, the gravest first; their places in this list are the values of `SEVERITIES`. */
const GRAVEST_FIRST = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof GRAVEST_FIRST)[number];

/** What holds alerts apart; `about` is made here. */
const ALERT = 'cluster, job, instance, alertname, severity, vrf, peer, address, storm, about';
/** Of these, what no column shows: the severity is the value of the second query. */
export const HIDDEN = ['job', 'severity', 'storm'] as const;

/** Puts into the label `about` the daemon or the router of an alert, or the alert that it folds. */
function about(alerts: string): string {
  const named = `label_join(${alerts}, "about", "", "daemon", "remote_router_id")`;
  return `label_replace(label_join(${named}, "fold", " ", "alertname", "fault"), "about", "$1", "fold", "FRR.+Fault (.+)")`;
}

/** Two queries for a table: since when alerts of these severities fire, and how grave they are. */
export function firingAlerts(...severities: readonly Severity[]): readonly string[] {
  const grades = severities.map(
    (name) => `${GRAVEST_FIRST.indexOf(name)} + 0 * ${of(FIRING, `severity="${name}"`)}`,
  );
  return [
    milliseconds(rows(ALERT, about(of(FIRING, `severity=~"${severities.join('|')}"`)))),
    rows(ALERT, about(`(${grades.join(' or ')})`)),
  ];
}
