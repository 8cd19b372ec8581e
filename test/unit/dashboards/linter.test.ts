import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import { panelsOf, targetsOf } from '../../../dashboards/queries.ts';
import { RULES } from './linter.ts';

const ALL = dashboards(readOptions({}));

function variable(dashboard: Dashboard, name: string) {
  const found = dashboard.templating.list?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no variable ${name}`);
  return found;
}

function table(dashboard: Dashboard): Panel {
  return panelsOf(dashboard).find(({ type }) => type === 'table') as Panel;
}

function timeline(dashboard: Dashboard): Panel {
  return panelsOf(dashboard).find(({ type }) => type === 'state-timeline') as Panel;
}

function setQuery(panel: Panel, expr: string): void {
  Object.assign(targetsOf(panel)[0] as object, { expr });
}

const CHOSEN = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"';

/** For each rule, ways to break it; each must be found by that rule and by no other. */
const BREAKS: Readonly<Record<string, Readonly<Record<string, (dashboard: Dashboard) => void>>>> = {
  'template-datasource-rule': {
    'a wrong label': (d) => Object.assign(variable(d, 'datasource'), { label: 'Source' }),
    'another kind of source': (d) => Object.assign(variable(d, 'datasource'), { query: 'loki' }),
  },
  'template-job-rule': {
    'one value only': (d) => Object.assign(variable(d, 'job'), { multi: false }),
    'another All': (d) => Object.assign(variable(d, 'job'), { allValue: '.*' }),
    'another data source': (d) => Object.assign(variable(d, 'job'), { datasource: { uid: 'abc' } }),
  },
  'template-instance-rule': {
    'another All': (d) => Object.assign(variable(d, 'instance'), { allValue: '.*' }),
    'a wrong label': (d) => Object.assign(variable(d, 'instance'), { label: 'Node' }),
  },
  'template-label-promql-rule': {
    'a broken selector': (d) =>
      Object.assign(variable(d, 'cluster'), { query: 'label_values(up{, cluster)' }),
    'another function': (d) => Object.assign(variable(d, 'cluster'), { query: 'query_result(up)' }),
  },
  'template-on-time-change-reload-rule': {
    'read once': (d) => Object.assign(variable(d, 'cluster'), { refresh: 1 }),
  },
  'panel-datasource-rule': {
    'a table with a fixed source': (d) => Object.assign(table(d), { datasource: { uid: 'abc' } }),
    'a query with a fixed source': (d) =>
      Object.assign(targetsOf(timeline(d))[0] as object, { datasource: { uid: 'abc' } }),
  },
  'panel-title-description-rule': {
    'a table without a description': (d) => Object.assign(table(d), { description: '' }),
    'a time series without a title': (d) => Object.assign(timeline(d), { title: undefined }),
  },
  'panel-units-rule': {
    'a time series without a unit': (d) => delete timeline(d).fieldConfig?.defaults.unit,
    'a column with an unknown unit': (d) =>
      table(d).fieldConfig?.overrides.push({
        matcher: { id: 'byName', options: 'Node' },
        properties: [{ id: 'unit', value: 'fortnights' }],
      }),
  },
  'panel-no-targets-rule': {
    'a table without a query': (d) => Object.assign(table(d), { targets: [] }),
  },
  'target-promql-rule': {
    'no PromQL': (d) => setQuery(table(d), 'sum('),
    'an unknown variable': (d) => setQuery(table(d), `frr_up{${CHOSEN}, vrf=~"$nothing"}`),
  },
  'target-rate-interval-rule': {
    'a fixed window': (d) => setQuery(timeline(d), `rate(frr_bgp_session_dropped_total{${CHOSEN}}[5m])`),
  },
  'target-job-rule': {
    'a table without job': (d) => setQuery(table(d), 'frr_up{instance=~"$instance"}'),
    'one of two selectors': (d) =>
      setQuery(table(d), `frr_up{${CHOSEN}} and frr_info{instance=~"$instance"}`),
  },
  'target-instance-rule': {
    'a time series without instance': (d) => setQuery(timeline(d), 'frr_up{job=~"$job"}'),
    'another match': (d) => setQuery(table(d), 'frr_up{job=~"$job", instance="$instance"}'),
  },
  'target-counter-agg-rule': {
    'a bare counter': (d) => setQuery(table(d), `frr_bgp_session_dropped_total{${CHOSEN}}`),
    'a counter in another function': (d) =>
      setQuery(table(d), `max_over_time(frr_bgp_session_dropped_total{${CHOSEN}}[1h])`),
  },
  'uneditable-dashboard': {
    editable: (d) => Object.assign(d, { editable: true }),
  },
};

describe('the rules of dashboard-linter', () => {
  it.each(ALL.map((dashboard) => [dashboard.uid, dashboard] as const))('are obeyed by %s', (_, dashboard) => {
    const problems = Object.entries(RULES).flatMap(([name, rule]) =>
      rule(dashboard).map((problem) => `${name}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it('are each broken here by something', () => {
    expect(Object.keys(BREAKS).sort()).toEqual(Object.keys(RULES).sort());
  });

  const breaks = Object.entries(BREAKS).flatMap(([rule, ways]) =>
    Object.entries(ways).map(([way, apply]) => ({ rule, way, apply })),
  );
  it.each(breaks)('$rule finds $way', ({ rule, apply }) => {
    const broken = structuredClone(ALL[0] as Dashboard);
    apply(broken);
    const found = Object.entries(RULES)
      .filter(([, check]) => check(broken).length > 0)
      .map(([name]) => name);
    expect(found).toEqual([rule]);
  });
});
