/** Makes alert rules: expression, waiting time and severity, with the texts and links that each must have. */
import { durationSeconds, durationText } from './duration.ts';
import type { Alert, Annotations, Severity } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

/** The dashboards that alerts link to, by uid, and what each takes from the alert's labels. */
export const DASHBOARD_VARIABLES = {
  'frr-fleet': [],
  'frr-node': ['instance'],
  'frr-session': ['instance', 'vrf', 'peer'],
  'frr-openstack': ['instance'],
  'frr-exporter': ['instance'],
} as const;

export type DashboardUid = keyof typeof DASHBOARD_VARIABLES;

export interface AlertOptions extends Omit<Annotations, 'runbook_url' | 'dashboard_url'> {
  readonly expr: string;
  /** How long the expression must hold. Left out: fires at the first evaluation. */
  readonly for?: string;
  /** How long it goes on firing after the expression holds no more. */
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  /** As a page it becomes one with others of its kind: FRRFleetFault, and FRRAddressesFault where it is about an address. */
  readonly folded?: boolean;
  readonly dashboard: DashboardUid;
  /** The alert is about no single node, so the dashboard is opened without one. */
  readonly fleetWide?: boolean;
}

export function alert(site: Thresholds, name: string, options: AlertOptions): Alert {
  const variables = options.fleetWide ? [] : DASHBOARD_VARIABLES[options.dashboard];
  const query = variables.map((variable) => `var-${variable}={{ $labels.${variable} | urlquery }}`).join('&');
  return {
    alert: name,
    expr: options.expr,
    ...(options.for === undefined ? {} : { for: options.for }),
    ...(options.keepFiringFor === undefined ? {} : { keep_firing_for: options.keepFiringFor }),
    labels: {
      severity: options.severity,
      ...(options.folded && options.severity === 'critical' ? { fault: name } : {}),
    },
    annotations: {
      summary: options.summary,
      title: options.title,
      description: options.description,
      ...(options.since === undefined ? {} : { since: options.since }),
      impact: options.impact,
      action: options.action,
      runbook_url: `${site.base_url}/alerts/runbooks/${name}.md`,
      dashboard_url: `${dashboardUrl(site, options.dashboard)}${query === '' ? '' : `?${query}`}`,
    },
  };
}

/** Where a dashboard is: in Grafana, or its definition in the published source where no Grafana is set. */
function dashboardUrl(site: Thresholds, uid: DashboardUid): string {
  return site.dashboard_url === ''
    ? `${site.base_url}/dashboards/generated/${uid}.json`
    : `${site.dashboard_url}/d/${uid}`;
}

/**
 * What `for` would do, in an expression: Prometheus makes the texts of a pending alert at each evaluation, of an alert that
 * does not hold yet it makes none.
 * @param since a series whose value is when the fault began, in seconds since 1970
 */
export function heldFor(wait: string, since: string): string {
  return `(${since} <= time() - ${durationSeconds(wait) ?? 0})`;
}

/** `critical after 10s`: the severity of an alert, and how long what it is about must hold. */
export function severityAndWait({
  for: wait = '0s',
  expr,
  labels: { severity },
}: {
  readonly for?: string | undefined;
  readonly expr: string;
  readonly labels: { readonly severity?: string };
}): string {
  const [, held] = /^\(\S+ <= time\(\) - (\d+)\)/.exec(expr) ?? [];
  const after = held === undefined ? wait : durationText(Number(held));
  return after === '0s' ? `${severity}` : `${severity} after ${after}`;
}
