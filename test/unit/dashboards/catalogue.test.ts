import { beforeAll, describe, expect, it } from 'vitest';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import { labelValues, queriesOf, resolve } from '../../../dashboards/queries.ts';
import { UNUSED_METRICS } from '../../../dashboards/unused-metrics.ts';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { type Catalogue, catalogue, TARGET_LABELS } from '../../catalogue.ts';
import { shippedRules } from '../../fleet/prometheus.ts';
import { groupedLabelsOf, selectorsOf } from '../../promql.ts';

const ALL = dashboards(readOptions({}));
const ASKED = ALL.flatMap((dashboard) =>
  queriesOf(dashboard).map((asked) => ({ ...asked, expr: resolve(dashboard, asked.expr) })),
);

/** Metrics of Prometheus and Alertmanager, with their labels; an integration test finds them on their own pages. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  scrape_duration_seconds: [],
  scrape_samples_scraped: [],
  ALERTS: ['alertname', 'alertstate', 'severity', 'vrf', 'peer', 'address', 'daemon'],
  ALERTS_FOR_STATE: ['alertname', 'severity', 'vrf', 'peer', 'address', 'daemon'],
  prometheus_rule_group_last_duration_seconds: ['rule_group'],
  prometheus_rule_group_interval_seconds: ['rule_group'],
  prometheus_rule_group_iterations_missed_total: ['rule_group'],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  prometheus_notifications_dropped_total: [],
  prometheus_notifications_latency_seconds: ['alertmanager', 'quantile'],
  alertmanager_notifications_failed_total: ['integration'],
  alertmanager_notification_latency_seconds_bucket: ['integration', 'le'],
};

const RECORDED = new Map(
  shippedRules().flatMap((rule) => ('record' in rule ? [[rule.record, rule.expr] as const] : [])),
);

let known: Catalogue;
beforeAll(async () => {
  known = await catalogue();
});

/** Labels that a metric can have, those of a recording by what it is recorded from. */
function labelsOf(metric: string, within: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  if (within.has(metric)) return new Set();
  const expr = RECORDED.get(metric);
  if (expr !== undefined)
    return new Set(
      selectorsOf(expr).flatMap((selector) => [...labelsOf(selector.metric, new Set([...within, metric]))]),
    );
  const labels = known.get(metric) ?? OTHERS[metric];
  return new Set([...(labels ?? []), ...TARGET_LABELS]);
}

describe('what the dashboards ask for', () => {
  it.each(ASKED.map((asked) => [asked.place, asked] as const))('%s: exists', (_, { expr }) => {
    const selectors = selectorsOf(expr);
    const names = selectors.flatMap(({ metric, matchers }) =>
      metric === ''
        ? (matchers.find(({ label }) => label === '__name__')?.value.split('|') ?? ['no name'])
        : [metric],
    );
    const unknown = names.filter(
      (name) =>
        !known.has(name) &&
        !RECORDED.has(name) &&
        !Object.hasOwn(OTHERS, name) &&
        !['prometheus_build_info', 'alertmanager_build_info'].includes(name),
    );
    expect(unknown).toEqual([]);

    const labels = new Set(names.flatMap((name) => [...labelsOf(name)]));
    const used = [
      ...selectors.flatMap(({ matchers }) => matchers.map(({ label }) => label)),
      ...groupedLabelsOf(expr),
    ];
    // What label_join and label_replace make is no label of a metric.
    const made = [...expr.matchAll(/label_(?:join|replace)\(.*?, "(\w+)",/g)].map(([, label]) => label);
    expect(
      used.filter((label) => !labels.has(label) && label !== '__name__' && !made.includes(label)),
    ).toEqual([]);
  });

  it('as values of variables are labels of the metric', () => {
    for (const dashboard of ALL)
      for (const { name, query, type } of dashboard.templating.list ?? []) {
        if (type !== 'query') continue;
        const { metric, label } = labelValues(String(query));
        const [selector] = selectorsOf(resolve(dashboard, metric));
        const named = selector?.matchers.find((one) => one.label === '__name__')?.value.split('|')[0];
        expect([name, labelsOf(selector?.metric || (named ?? '')).has(label)]).toEqual([name, true]);
      }
  });
});

describe('metrics that nothing asks for', () => {
  it('are listed, each with a reason', () => {
    const used = new Set(
      [...ASKED.map(({ expr }) => expr), ...shippedRules().map(({ expr }) => expr)].flatMap((expr) =>
        selectorsOf(expr).map(({ metric }) => metric),
      ),
    );
    const optional = new Set(
      COLLECTORS.filter(({ enabledByDefault }) => !enabledByDefault).flatMap(({ descriptors }) =>
        descriptors.map(({ name }) => name),
      ),
    );
    const unused = [...known.keys()].filter((name) => !used.has(name) && !optional.has(name));
    expect(Object.keys(UNUSED_METRICS).sort()).toEqual(unused.sort());
    for (const reason of Object.values(UNUSED_METRICS)) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});
