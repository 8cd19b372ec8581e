/** Every series that a dashboard, a rule or a runbook may name, with the labels that it can have. */
import { catalogue, TARGET_LABELS } from './catalogue.ts';
import { shippedRules } from './fleet/prometheus.ts';
import { groupedLabelsOf, selectorsOf } from './promql.ts';

/** Metrics of Prometheus and Alertmanager, with their labels; an integration test finds them on their own pages. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  scrape_duration_seconds: [],
  scrape_samples_scraped: [],
  probe_success: ['address'],
  ALERTS: [
    'alertname',
    'alertstate',
    'severity',
    'vrf',
    'peer',
    'address',
    'daemon',
    'remote_router_id',
    'storm',
    'fault',
    'rule_group',
    'integration',
  ],
  ALERTS_FOR_STATE: [
    'alertname',
    'severity',
    'vrf',
    'peer',
    'address',
    'daemon',
    'remote_router_id',
    'storm',
    'fault',
  ],
  prometheus_build_info: [],
  prometheus_config_last_reload_successful: [],
  prometheus_rule_group_last_duration_seconds: ['rule_group'],
  prometheus_rule_group_interval_seconds: ['rule_group'],
  prometheus_rule_group_iterations_missed_total: ['rule_group'],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  prometheus_notifications_alertmanagers_discovered: [],
  prometheus_notifications_dropped_total: [],
  prometheus_notifications_latency_seconds: ['alertmanager', 'quantile'],
  alertmanager_build_info: [],
  alertmanager_config_last_reload_successful: [],
  alertmanager_notifications_failed_total: ['integration'],
  alertmanager_notifications_total: ['integration'],
  alertmanager_notification_latency_seconds_bucket: ['integration', 'le'],
};

/** Labels of what is recorded from settings, which the shipped ones leave empty. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  'address:frr_address_listed:info': ['address', 'kind'],
};

export interface KnownSeries {
  has(name: string): boolean;
  /** Labels that a series can have, those of a recording by what it is recorded from. */
  labelsOf(name: string): ReadonlySet<string>;
  /** Labels that the series of an expression can have. @throws when it is no PromQL */
  labelsIn(expr: string): ReadonlySet<string>;
  /** What an expression names that does not exist: metrics and labels. @throws when it is no PromQL */
  unknownIn(expr: string): readonly string[];
}

export async function knownSeries(): Promise<KnownSeries> {
  const exported = await catalogue();
  const recorded = new Map(
    shippedRules().flatMap((rule) => ('record' in rule ? [[rule.record, rule.expr] as const] : [])),
  );

  const has = (name: string): boolean =>
    exported.has(name) || recorded.has(name) || Object.hasOwn(OTHERS, name);

  function labelsOf(name: string): ReadonlySet<string> {
    const labels = new Set<string>();
    // Iterating over a set includes elements that are added meanwhile, so rules that read each other are visited once.
    const visited = new Set([name]);
    for (const one of visited) {
      const expr = recorded.get(one);
      for (const label of [...madeIn(expr ?? ''), ...(LISTED[one] ?? [])]) labels.add(label);
      if (expr === undefined)
        for (const label of [...(exported.get(one) ?? OTHERS[one] ?? []), ...TARGET_LABELS])
          labels.add(label);
      else for (const read of namesIn(expr)) visited.add(read);
    }
    return labels;
  }

  function labelsIn(expr: string): ReadonlySet<string> {
    return new Set([...namesIn(expr).flatMap((name) => [...labelsOf(name)]), ...madeIn(expr)]);
  }

  return {
    has,
    labelsOf,
    labelsIn,
    unknownIn(expr) {
      const labels = labelsIn(expr);
      const used = [
        ...selectorsOf(expr).flatMap(({ matchers }) => matchers.map(({ label }) => label)),
        ...groupedLabelsOf(expr),
      ];
      return [
        ...namesIn(expr).filter((name) => !has(name)),
        ...used.filter((label) => !labels.has(label) && label !== '__name__'),
      ];
    },
  };
}

/** Labels that an expression makes and no metric has. */
function madeIn(expr: string): readonly string[] {
  const made = expr.matchAll(/(?:label_(?:join|replace)\([\s\S]*?,|count_values[^"]*\()\s*"(\w+)"/g);
  return [...made].map(([, label]) => label as string);
}

/** The metrics of an expression, including those in `__name__`. */
function namesIn(expr: string): readonly string[] {
  return selectorsOf(expr).flatMap(({ metric, matchers }) =>
    metric === ''
      ? (matchers.find(({ label }) => label === '__name__')?.value.split('|') ?? ['no name'])
      : [metric],
  );
}
