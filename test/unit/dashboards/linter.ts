/**
 * The rules of Grafana's dashboard-linter as functions of our own. Its rules pass over tables and state time lines;
 * these do not.
 */
import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { labelValues, panelsOf, resolve, targetsOf, USUAL_TIMES } from '../../../dashboards/queries.ts';
import { type Selector, selectorsOf } from '../../promql.ts';

/** Gives what is wrong, a line each. */
type Rule = (dashboard: Dashboard) => readonly string[];

const DATA_SOURCES = ['$datasource', `\${datasource}`];

/** Units that Grafana knows, of those that a panel of ours could want. */
const UNITS = new Set(
  'none string short locale percent percentunit bytes decbytes s ms dtdurations dateTimeAsIso dateTimeFromNow cps ops pps reqps hertz bool bool_yes_no bool_on_off'.split(
    ' ',
  ),
);

function variables(dashboard: Dashboard): readonly VariableModel[] {
  return dashboard.templating.list ?? [];
}

/** The rule for variables that every query must be narrowed by. */
function wanted(dashboard: Dashboard, name: string): readonly string[] {
  const variable = variables(dashboard).find((one) => one.name === name);
  if (variable === undefined) return [`no variable ${name}`];
  const label = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return [
    variable.type === 'query' ? '' : `variable ${name} is no query`,
    DATA_SOURCES.includes(variable.datasource?.uid ?? '') ? '' : `variable ${name} uses another data source`,
    variable.label === label ? '' : `variable ${name} is labelled ${variable.label}, not ${label}`,
    variable.multi === true ? '' : `variable ${name} takes one value only`,
    variable.allValue === '.+' ? '' : `variable ${name} has ${variable.allValue} for All, not .+`,
  ].filter((problem) => problem !== '');
}

/** What `problem` says of every panel. */
function eachPanel(dashboard: Dashboard, problem: (panel: Panel) => string | false): readonly string[] {
  return panelsOf(dashboard).flatMap((panel) => {
    const found = problem(panel);
    return found === false ? [] : [`${panel.title}: ${found}`];
  });
}

/** What `problem` says of every selector in a panel; what is no PromQL is the concern of another rule. */
function eachSelector(
  dashboard: Dashboard,
  problem: (selector: Selector) => string | false,
): readonly string[] {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel).flatMap(({ refId, expr }) => {
      let selectors: readonly Selector[] = [];
      try {
        // Variables of time only: matchers are looked at as they stand.
        selectors = selectorsOf(
          (expr ?? '').replaceAll('$__rate_interval', '4242s').replaceAll('$__range', '4243s'),
        );
      } catch {}
      return selectors.flatMap((selector) => {
        const found = problem(selector);
        return found === false ? [] : [`${panel.title}: ${refId}: ${selector.metric}: ${found}`];
      });
    }),
  );
}

function narrowedBy(label: 'job' | 'instance'): Rule {
  return (dashboard) =>
    eachSelector(
      dashboard,
      ({ matchers }) =>
        !matchers.some((one) => one.label === label && one.operator === '=~' && one.value === `$${label}`) &&
        `has no ${label}=~"$${label}"`,
    );
}

function unitsOf(panel: Panel): readonly (string | undefined)[] {
  const overridden = (panel.fieldConfig?.overrides ?? [])
    .flatMap(({ properties }) => properties)
    .filter(({ id }) => id === 'unit')
    .map(({ value }) => value as string);
  return [panel.fieldConfig?.defaults.unit, ...overridden];
}

/** By dashboard-linter's names. */
export const RULES: Readonly<Record<string, Rule>> = {
  'template-datasource-rule': (dashboard) => {
    const sources = variables(dashboard).filter(({ type }) => type === 'datasource');
    const [source] = sources;
    if (source === undefined || sources.length > 1)
      return [`${sources.length} variables for the data source`];
    if (source.name !== 'datasource') return [`the data source's variable is named ${source.name}`];
    if (source.label !== 'Data source') return [`the data source's variable is labelled ${source.label}`];
    return source.query === 'prometheus' ? [] : [`the data source is of type ${source.query}`];
  },
  'template-job-rule': (dashboard) => wanted(dashboard, 'job'),
  'template-instance-rule': (dashboard) => wanted(dashboard, 'instance'),
  'template-label-promql-rule': (dashboard) =>
    variables(dashboard)
      .filter(({ type }) => type === 'query')
      .flatMap(({ name, query }) => {
        try {
          selectorsOf(resolve(dashboard, labelValues(String(query)).metric));
          return [];
        } catch (error) {
          return [`variable ${name}: ${(error as Error).message}`];
        }
      }),
  'template-on-time-change-reload-rule': (dashboard) =>
    variables(dashboard)
      .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
      .map(({ name }) => `variable ${name} is not read again when the time range changes`),
  'panel-datasource-rule': (dashboard) =>
    eachPanel(dashboard, (panel) => {
      const uids = [panel.datasource?.uid, ...targetsOf(panel).map(({ datasource }) => datasource?.uid)];
      return !uids.every((uid) => DATA_SOURCES.includes(uid ?? '')) && `uses ${uids.join(', ')}`;
    }),
  'panel-title-description-rule': (dashboard) =>
    eachPanel(
      dashboard,
      ({ title, description }) => (!title || !description) && 'has no title or no description',
    ),
  'panel-units-rule': (dashboard) =>
    eachPanel(dashboard, (panel) => {
      const unknown = unitsOf(panel).filter((unit) => unit === undefined || !UNITS.has(unit));
      return unknown.length > 0 && `has no unit that Grafana knows: ${unknown.join(', ')}`;
    }),
  'panel-no-targets-rule': (dashboard) =>
    eachPanel(dashboard, (panel) => targetsOf(panel).length === 0 && 'has no query'),
  'target-promql-rule': (dashboard) =>
    eachPanel(dashboard, (panel) => {
      for (const { expr } of targetsOf(panel)) {
        try {
          selectorsOf(resolve(dashboard, expr ?? '', {}, USUAL_TIMES));
        } catch (error) {
          return (error as Error).message;
        }
        if (!expr) return 'an empty query';
      }
      return false;
    }),
  'target-rate-interval-rule': (dashboard) =>
    eachSelector(
      dashboard,
      ({ range, within }) =>
        range !== undefined &&
        range !== '4242s' &&
        ['rate', 'irate'].includes(within[0] ?? '') &&
        `a rate over ${range}, not over $__rate_interval`,
    ),
  'target-job-rule': narrowedBy('job'),
  'target-instance-rule': narrowedBy('instance'),
  'target-counter-agg-rule': (dashboard) =>
    eachSelector(
      dashboard,
      ({ metric, range, within }) =>
        metric.endsWith('_total') &&
        (range === undefined || !['rate', 'irate', 'increase'].includes(within[0] ?? '')) &&
        'a counter without rate, irate or increase',
    ),
  'uneditable-dashboard': (dashboard) => (dashboard.editable === false ? [] : ['it can be edited']),
};
