/** The four kinds of panel that the dashboards are made of. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  TableFooterOptionsBuilder,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  type PanelBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { absence } from './absence.ts';

/** A variable of Grafana's, as it stands in the JSON. */
export function grafana(variable: string): string {
  return `\${${variable}}`;
}

/** The data source that is chosen at the top of the dashboard. */
export const DATA_SOURCE = { type: 'prometheus', uid: grafana('datasource') };

type Builder = InstanceType<typeof PanelBuilder>;
type Override = Parameters<Builder['overrideByName']>[1];

/** Colours from a value upward. The first applies below all of them. */
export type Steps = readonly [first: string, ...rest: readonly (readonly [from: number, color: string])[]];

export const GREEN_THEN_RED: Steps = ['green', [1, 'red']];
export const GREEN_THEN_ORANGE: Steps = ['green', [1, 'orange']];

export interface Query {
  readonly expr: string;
  /** What the legend calls the series; labels as `{{peer}}`. */
  readonly legend?: string;
  /** Least `$__interval`, such as `5m`: `$__rate_interval` is a scrape longer. */
  readonly minInterval?: string;
  /** Overrides of its unit, colour or words. */
  readonly unit?: string;
  readonly color?: string;
  readonly dashed?: boolean;
  readonly mappings?: readonly ValueMapping[];
}

interface Common {
  readonly title: string;
  /** What it shows, and what to do when it looks wrong. */
  readonly description: string;
  /** What an empty answer means, where it is no defect: a sentence. */
  readonly fine?: string;
  /** Of 24. */
  readonly width: number;
  /** In units of 30 pixels. */
  readonly height: number;
  readonly unit?: string;
  readonly mappings?: readonly ValueMapping[];
  readonly links?: readonly DashboardLink[];
}

function thresholds(steps: Steps): ThresholdsConfigBuilder {
  const [first, ...rest] = steps;
  const list: Threshold[] = [
    { value: null, color: first },
    ...rest.map(([value, color]) => ({ value, color })),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);
}

function colorMode(mode: FieldColorModeId): FieldColorBuilder {
  return new FieldColorBuilder().mode(mode);
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

interface AnyPanel {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: typeof DATA_SOURCE): unknown;
  span(width: number): unknown;
  height(height: number): unknown;
  noValue(text: string): unknown;
  unit(unit: string): unknown;
  mappings(mappings: ValueMapping[]): unknown;
  overrideByQuery(refId: string, properties: Override): unknown;
  withTarget(target: DataqueryBuilder): unknown;
}

function begin<Panel extends AnyPanel>(panel: Panel, common: Common, expressions: readonly string[]): Panel {
  panel.title(common.title);
  panel.description(common.description);
  panel.datasource(DATA_SOURCE);
  panel.span(common.width);
  panel.height(common.height);
  panel.noValue(absence(expressions, common.fine));
  if (common.unit !== undefined) panel.unit(common.unit);
  if (common.mappings !== undefined) panel.mappings([...common.mappings]);
  return panel;
}

const expressions = (queries: readonly Query[]) => queries.map(({ expr }) => expr);

function query(
  panel: AnyPanel,
  index: number,
  { expr, legend, minInterval, ...look }: Query,
  kind: 'range' | 'instant' | 'table',
) {
  const target = new DataqueryBuilder().datasource(DATA_SOURCE).refId(refId(index)).expr(expr);
  if (kind === 'range') target.range();
  else target.instant();
  target.format(kind === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  if (legend !== undefined) target.legendFormat(legend);
  if (minInterval !== undefined) target.interval(minInterval);
  panel.withTarget(target);
  const properties: Override = [];
  if (look.unit !== undefined) properties.push({ id: 'unit', value: look.unit });
  if (look.mappings !== undefined) properties.push({ id: 'mappings', value: look.mappings });
  if (look.color !== undefined)
    properties.push({ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: look.color } });
  if (look.dashed === true)
    properties.push(
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.fillOpacity', value: 0 },
    );
  if (properties.length > 0) panel.overrideByQuery(refId(index), properties);
}

const TEXT_MODES = { alone: BigValueTextMode.Name, 'and value': BigValueTextMode.ValueAndName } as const;

/** One value, or a few next to each other, as of now. */
export function stat(
  settings: Common & {
    readonly queries: readonly Query[];
    readonly steps?: Steps;
    /** Shows the legend instead of the value, or with it though there is one value only: for info metrics. */
    readonly showName?: 'alone' | 'and value';
    readonly decimals?: number;
  },
): StatPanel {
  const panel = begin(new StatPanel(), { unit: 'locale', ...settings }, expressions(settings.queries))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(settings.showName === undefined ? BigValueTextMode.Auto : TEXT_MODES[settings.showName])
    .colorScheme(colorMode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(settings.steps ?? ['text']));
  if (settings.decimals !== undefined) panel.decimals(settings.decimals);
  // A name is a sentence: in the size of a number, it would not fit.
  if (settings.showName === 'alone') panel.text(new VizTextDisplayOptionsBuilder().titleSize(22));
  if (settings.links !== undefined) panel.dataLinks(settings.links.map((link) => ({ build: () => link })));
  for (const [index, one] of settings.queries.entries()) query(panel, index, one, 'instant');
  return panel;
}

/** The panel's "no value" text is for the empty panel; a single empty cell or legend gets a dash. */
const DASH: Override = [{ id: 'noValue', value: '–' }];

/** Points of a line: enough for the eye, and a third of what Grafana would query for a fleet of 1,000 nodes. */
const MOST_POINTS = 360;

/** Values over time. */
export function lines(
  settings: Common & {
    readonly unit: string;
    readonly queries: readonly Query[];
    /** Draws the thresholds as lines. */
    readonly steps?: Steps;
    readonly stacked?: boolean;
    /** Columns of the legend; none makes it a plain list. */
    readonly legend?: readonly ('min' | 'mean' | 'max' | 'lastNotNull')[];
    readonly min?: number;
    readonly decimals?: number;
  },
): TimeSeriesPanel {
  const columns = settings.legend ?? ['lastNotNull', 'max'];
  const panel = begin(new TimeSeriesPanel(), settings, expressions(settings.queries))
    .min(settings.min ?? 0)
    .lineWidth(2)
    .fillOpacity(settings.stacked === true ? 30 : 8)
    .lineInterpolation(LineInterpolation.StepAfter)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .maxDataPoints(MOST_POINTS)
    .colorScheme(colorMode(FieldColorModeId.PaletteClassic))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([...columns]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  panel.overrideByRegexp('.*', DASH);
  if (settings.decimals !== undefined) panel.decimals(settings.decimals);
  if (settings.steps !== undefined) {
    panel.thresholds(thresholds(settings.steps));
    panel.withOverride({
      matcher: { id: 'byType', options: 'number' },
      properties: [{ id: 'custom.thresholdsStyle', value: { mode: 'dashed' } }],
    });
  }
  if (settings.stacked === true)
    panel.withOverride({
      matcher: { id: 'byType', options: 'number' },
      properties: [{ id: 'custom.stacking', value: { mode: 'normal', group: 'A' } }],
    });
  for (const [index, one] of settings.queries.entries()) query(panel, index, one, 'range');
  return panel;
}

/** States over time, in words and colours. */
export function states(
  settings: Common & { readonly queries: readonly Query[]; readonly rows?: number },
): StateTimelinePanel {
  const panel = begin(
    new StateTimelinePanel(),
    { unit: 'string', ...settings },
    expressions(settings.queries),
  )
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .perPage(settings.rows ?? 20)
    .fillOpacity(80)
    .lineWidth(0)
    .spanNulls(false)
    .colorScheme(colorMode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(['text']))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
  for (const [index, one] of settings.queries.entries()) query(panel, index, one, 'range');
  return panel;
}

/** A column of a table: a label, or the value of a query. */
export interface Column {
  /** A label's name, or the index of the query whose value it shows. */
  readonly from: string | number;
  readonly name: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly mappings?: readonly ValueMapping[];
  /** Colours the cell behind the text. */
  readonly steps?: Steps;
  /** Colours the cell by its mapping. */
  readonly colored?: boolean;
  readonly links?: readonly DashboardLink[];
}

/**
 * A table of what holds now. The queries must give the same labels for the same thing: their rows are merged. Labels
 * and values that no column shows are hidden; `hidden` names the labels that only hold rows apart.
 */
export function table(
  settings: Common & {
    readonly queries: readonly string[];
    readonly columns: readonly Column[];
    readonly hidden?: readonly string[];
    /** Puts a filter into the head of each column: for tables of hundreds of rows. */
    readonly filterable?: boolean;
    /** A column, or several: the first that differs decides. */
    readonly sortBy?: string | readonly string[];
    readonly descending?: boolean;
  },
): TablePanel {
  const { queries, columns } = settings;
  const valueField = (index: number) => (queries.length > 1 ? `Value #${refId(index)}` : 'Value');
  const fieldOf = (column: Column) =>
    typeof column.from === 'number' ? valueField(column.from) : column.from;
  const shown = new Set(columns.map(fieldOf));
  const hidden = ['Time', ...(settings.hidden ?? []), ...queries.map((_, index) => valueField(index))];
  const panel = begin(new TablePanel(), { unit: 'string', ...settings }, queries)
    .filterable(settings.filterable === true)
    .colorScheme(colorMode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(['text']))
    .footer(
      new TableFooterOptionsBuilder().show(false).reducer(['sum']).countRows(false).enablePagination(true),
    );
  if (settings.sortBy !== undefined)
    panel.sortBy(
      [settings.sortBy]
        .flat()
        .map((name) =>
          new TableSortByFieldStateBuilder().displayName(name).desc(settings.descending === true),
        ),
    );
  if (queries.length > 1) panel.withTransformation({ id: 'merge', options: {} });
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(
        hidden.filter((name) => !shown.has(name)).map((name) => [name, true]),
      ),
      indexByName: Object.fromEntries(columns.map((column, index) => [fieldOf(column), index])),
      renameByName: Object.fromEntries(columns.map((column) => [fieldOf(column), column.name])),
    },
  });
  panel.overrideByRegexp('.*', DASH);
  for (const column of columns) {
    const properties: Override = [];
    if (column.unit !== undefined) properties.push({ id: 'unit', value: column.unit });
    if (column.decimals !== undefined) properties.push({ id: 'decimals', value: column.decimals });
    if (column.width !== undefined) properties.push({ id: 'custom.width', value: column.width });
    if (column.mappings !== undefined) properties.push({ id: 'mappings', value: column.mappings });
    if (column.steps !== undefined)
      properties.push({ id: 'thresholds', value: thresholds(column.steps).build() });
    if (column.steps !== undefined || column.colored === true)
      properties.push({ id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } });
    if (column.links !== undefined) properties.push({ id: 'links', value: column.links });
    if (properties.length > 0) panel.overrideByName(column.name, properties);
  }
  for (const [index, expr] of queries.entries()) query(panel, index, { expr }, 'table');
  return panel;
}
