/** What all five dashboards have in common: variables, links between them, annotations, and the finishing touches. */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  type RowPanel,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Options } from './options.ts';
import { DATA_SOURCE, grafana } from './panels.ts';
import { milliseconds, of, rows, SESSION } from './promql.ts';
import { isRow, panelsOf } from './queries.ts';

/** A variable at the top of the dashboard whose values are those of a label. */
export interface LabelVariable {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** `label_values(…)`. */
  readonly query: string;
  /** What "All" stands for: `.*` also matches series without the label. */
  readonly all: string;
}

function variable({ name, label, description, query, all }: LabelVariable): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATA_SOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

export interface Frame {
  readonly uid: string;
  readonly title: string;
  /** The question that the first screen answers. */
  readonly description: string;
  /** How far back it looks at first. */
  readonly from: string;
  /** Build-info metrics of the programs that can be chosen; the exporters' where left out. */
  readonly programs?: readonly string[];
  /** After cluster, job and instance. */
  readonly variables?: readonly LabelVariable[];
  readonly annotations?: readonly AnnotationQueryBuilder[];
  /** Puts a link to the chosen node's status page at the top. */
  readonly statusPage?: boolean;
}

const FIRING = new AnnotationQueryBuilder()
  .name('Alerts')
  .datasource(DATA_SOURCE)
  .enable(true)
  .iconColor('red')
  .expr(of('instance:frr_alerts_firing:since_timestamp_seconds', 'severity=~"critical|warning"'))
  .step('30s')
  .titleFormat('{{alertname}}')
  .textFormat('{{instance}} {{vrf}} {{peer}} {{address}}')
  .tagKeys('severity,cluster');

/** One region for each cluster while `expr` has values: of 1,000 nodes one wants to see when it began, not each of them. */
export function whileThereAre(name: string, title: string, expr: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('orange')
    .expr(expr)
    .step('30s')
    .titleFormat(title)
    .textFormat('{{cluster}}')
    .tagKeys('cluster');
}

/** Sessions that went down, at the time that FRR reports. */
export function resets(select: (metric: string) => string): AnnotationQueryBuilder {
  const when = rows(SESSION, select('frr_bgp_session_last_reset_timestamp_seconds'));
  const why = rows(`${SESSION}, reason`, select('frr_bgp_session_last_reset_info'));
  return new AnnotationQueryBuilder()
    .name('Session went down')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('orange')
    .expr(milliseconds(`(${when} * on (${SESSION}) group_right () ${why})`))
    .step('30s')
    .titleFormat('{{peer}} went down')
    .textFormat('{{instance}} {{vrf}} {{peer}}: {{reason}}')
    .tagKeys('instance')
    .useValueForTime(true);
}

export function frame(options: Options, settings: Frame): DashboardBuilder {
  const programs = settings.programs ?? ['frr_exporter_build_info'];
  const values = (label: string, ...matchers: readonly string[]) =>
    `label_values({${[`__name__=~"${programs.join('|')}"`, ...matchers].join(', ')}}, ${label})`;
  const builder = new DashboardBuilder(settings.title)
    .uid(settings.uid)
    .description(settings.description)
    .tags(['frr'])
    .timezone('utc')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: settings.from, to: 'now' })
    .refresh('30s')
    .timepicker(new TimePickerBuilder().refreshIntervals(['10s', '30s', '1m', '5m', '15m']))
    .link(
      new DashboardLinkBuilder('FRR')
        .type(DashboardLinkType.Dashboards)
        .tags(['frr'])
        .tooltip('The other FRR dashboards, about the same time and nodes')
        .includeVars(true)
        .keepTime(true),
    )
    .link(
      new DashboardLinkBuilder('Runbooks')
        .type(DashboardLinkType.Link)
        .icon('doc')
        .tooltip('What to do about each alert')
        .url(options.runbooks)
        .targetBlank(true),
    )
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .label('Data source')
        .type('prometheus')
        .current({ selected: true, text: options.datasource, value: options.datasource }),
    )
    .withVariable(
      variable({
        name: 'cluster',
        label: 'Cluster',
        description: 'Label of the scrape configuration; All where there is none',
        query: values('cluster'),
        all: '.*',
      }),
    )
    .withVariable(
      variable({
        name: 'job',
        label: 'Job',
        description: 'Scrape job of the exporters',
        query: values('job', 'cluster=~"$cluster"'),
        all: '.+',
      }),
    )
    .annotation(FIRING);
  for (const label of options.targetLabels)
    builder.withVariable(
      variable({
        name: label,
        label: `${label[0]?.toUpperCase()}${label.slice(1)}`,
        description: 'Label of the scrape targets; All where there is none',
        query: values(label, 'cluster=~"$cluster"', 'job=~"$job"'),
        all: '.*',
      }),
    );
  builder.withVariable(
    variable({
      name: 'instance',
      label: 'Instance',
      description: 'The exporter of a node',
      query: values(
        'instance',
        'cluster=~"$cluster"',
        'job=~"$job"',
        ...options.targetLabels.map((label) => `${label}=~"$${label}"`),
      ),
      all: '.+',
    }),
  );
  if (settings.statusPage === true)
    builder.link(
      new DashboardLinkBuilder('Status page')
        .type(DashboardLinkType.Link)
        .icon('external link')
        .tooltip('The exporter on the chosen node; choose one instance first')
        .url(options.statusPage.replaceAll('{instance}', grafana('instance')))
        .targetBlank(true),
    );
  for (const more of settings.variables ?? []) builder.withVariable(variable(more));
  for (const more of settings.annotations ?? []) builder.annotation(more);
  return builder;
}

/** The columns of Grafana's grid. */
const COLUMNS = 24;

/** Puts each panel as high, then as far to the left, as it fits. A row takes the full width; what it folds starts below it. */
function layOut(panels: readonly (Panel | RowPanel)[], from = 0): void {
  const bottoms: number[] = Array(COLUMNS).fill(from);
  for (const panel of panels) {
    const { w, h } = isRow(panel) ? { w: COLUMNS, h: 1 } : (panel.gridPos ?? { w: COLUMNS, h: 1 });
    const below = (x: number) => Math.max(...bottoms.slice(x, x + w));
    const places = Array.from({ length: COLUMNS - w + 1 }, (_, x) => x);
    const x = places.reduce((best, place) => (below(place) < below(best) ? place : best));
    const y = below(x);
    panel.gridPos = { x, y, w, h };
    bottoms.fill(y + h, x, x + w);
    if (isRow(panel)) layOut(panel.panels, y + h);
  }
}

/** Beside the chosen instances, which every selector has, the site's own target labels. */
function narrow(text: string, labels: readonly string[]): string {
  const instances = 'instance=~"$instance"';
  return text.replaceAll(
    instances,
    [instances, ...labels.map((label) => `${label}=~"$${label}"`)].join(', '),
  );
}

/**
 * The dashboard as Grafana 10.3 and newer load it. The SDK writes for the newest Grafana: panels get places and numbers
 * here, settings that older ones do not know go, and the schema version is the one of the options.
 */
export function finish(builder: DashboardBuilder, options: Options): Dashboard {
  // Plain data (the SDK's objects carry functions), without where links and annotations stand in Grafana 12's menus.
  const dashboard: Dashboard = JSON.parse(
    JSON.stringify(builder.build(), (key, value) => {
      if (key === 'placement' && value === 'inControlsMenu') return undefined;
      const isQuery = ['expr', 'query', 'definition'].includes(key) && typeof value === 'string';
      return isQuery ? narrow(value, options.targetLabels) : value;
    }),
  );
  layOut(dashboard.panels ?? []);
  const numbered = [...(dashboard.panels ?? []).filter(isRow), ...panelsOf(dashboard)];
  for (const [index, panel] of numbered.entries()) panel.id = index + 1;
  for (const list of dashboard.templating.list ?? []) {
    delete list.auto;
    delete list.auto_min;
    delete list.auto_count;
    delete list.allowCustomValue;
  }
  return { ...dashboard, id: null, version: 1, schemaVersion: options.schemaVersion };
}
