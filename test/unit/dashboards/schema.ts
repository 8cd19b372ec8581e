/**
 * The shape of a dashboard as Grafana 10.3 to 12 load it (schema version 39 and the three after it), of as much as ours
 * use. Strict: a key that is not here is one that nobody has looked up.
 */
import { z } from 'zod';
import { SCHEMA_VERSIONS } from '../../../dashboards/options.ts';

const dataSource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal(`\${datasource}`) });

const link = z.strictObject({
  title: z.string().min(1),
  type: z.enum(['link', 'dashboards']),
  icon: z.string(),
  tooltip: z.string(),
  url: z.string().optional(),
  tags: z.array(z.string()),
  asDropdown: z.boolean(),
  targetBlank: z.boolean(),
  includeVars: z.boolean(),
  keepTime: z.boolean(),
});

const mapping = z.strictObject({
  type: z.literal('value'),
  options: z.record(
    z.string(),
    z.strictObject({ text: z.string().min(1), color: z.string().min(1), index: z.int() }),
  ),
});

const thresholds = z.strictObject({
  mode: z.literal('absolute'),
  steps: z
    .array(z.strictObject({ value: z.number().nullable(), color: z.string() }))
    .min(1)
    .refine(
      (steps) =>
        steps[0]?.value === null &&
        steps.slice(2).every(({ value }, index) => Number(value) > Number(steps[index + 1]?.value)),
      'must begin with null and go up',
    ),
});

const color = z.strictObject({
  mode: z.enum(['thresholds', 'palette-classic', 'fixed']),
  fixedColor: z.string().optional(),
});

const property = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('unit'), value: z.string() }),
  z.strictObject({ id: z.literal('decimals'), value: z.int() }),
  z.strictObject({ id: z.literal('noValue'), value: z.string() }),
  z.strictObject({ id: z.literal('mappings'), value: z.array(mapping) }),
  z.strictObject({ id: z.literal('thresholds'), value: thresholds }),
  z.strictObject({ id: z.literal('links'), value: z.array(link) }),
  z.strictObject({ id: z.literal('color'), value: color }),
  z.strictObject({ id: z.literal('custom.width'), value: z.int() }),
  z.strictObject({ id: z.literal('custom.fillOpacity'), value: z.int() }),
  z.strictObject({
    id: z.literal('custom.lineStyle'),
    value: z.strictObject({ fill: z.literal('dash'), dash: z.array(z.int()) }),
  }),
  z.strictObject({
    id: z.literal('custom.thresholdsStyle'),
    value: z.strictObject({ mode: z.literal('dashed') }),
  }),
  z.strictObject({
    id: z.literal('custom.cellOptions'),
    value: z.strictObject({ type: z.literal('color-background'), mode: z.literal('basic') }),
  }),
]);

const override = z.strictObject({
  matcher: z.strictObject({
    id: z.enum(['byName', 'byRegexp', 'byFrameRefID', 'byType']),
    options: z.string(),
  }),
  properties: z.array(property).min(1),
});

const gridPos = z
  .strictObject({ h: z.int().min(1), w: z.int().min(1).max(24), x: z.int().min(0), y: z.int().min(0) })
  .refine(({ x, w }) => x + w <= 24, 'reaches beyond the 24 columns');

const target = z
  .strictObject({
    refId: z.string().regex(/^[A-Z]$/),
    expr: z.string().min(1),
    datasource: dataSource,
    format: z.enum(['time_series', 'table']),
    instant: z.boolean(),
    range: z.boolean(),
    interval: z
      .string()
      .regex(/^\d+s$/)
      .optional(),
    legendFormat: z.string().optional(),
  })
  .refine(({ instant, range }) => instant !== range, 'is either instant or over a range')
  .refine(({ format, instant }) => format !== 'table' || instant, 'fills a table with one moment');

const legend = z.strictObject({
  displayMode: z.enum(['list', 'table']),
  placement: z.literal('bottom'),
  showLegend: z.literal(true),
  calcs: z.array(z.enum(['min', 'mean', 'max', 'lastNotNull'])),
});
const tooltip = z.strictObject({ mode: z.enum(['single', 'multi']), sort: z.enum(['none', 'asc', 'desc']) });

function panel<Type extends string, Options extends z.ZodType, Custom extends z.ZodType>(
  type: Type,
  options: Options,
  custom: Custom,
  more: z.ZodRawShape = {},
) {
  return z.strictObject({
    type: z.literal(type),
    id: z.int().min(1),
    title: z.string().min(1),
    description: z.string().min(1),
    transparent: z.literal(false),
    datasource: dataSource,
    gridPos,
    repeatDirection: z.literal('h'),
    targets: z.array(target).min(1),
    options,
    fieldConfig: z.strictObject({
      defaults: z.strictObject({
        unit: z.string(),
        decimals: z.int().optional(),
        min: z.number().optional(),
        noValue: z.string().min(1),
        mappings: z.array(mapping).optional(),
        thresholds: thresholds.optional(),
        color,
        links: z.array(link).optional(),
        custom,
      }),
      overrides: z.array(override),
    }),
    ...more,
  });
}

const stat = panel(
  'stat',
  z.strictObject({
    graphMode: z.literal('none'),
    colorMode: z.literal('background'),
    justifyMode: z.literal('auto'),
    textMode: z.enum(['auto', 'name', 'value_and_name']),
    wideLayout: z.boolean(),
    showPercentChange: z.boolean(),
    percentChangeColorMode: z.string(),
    orientation: z.string(),
    text: z.strictObject({ titleSize: z.number() }).optional(),
    reduceOptions: z.strictObject({ values: z.literal(false), calcs: z.tuple([z.literal('lastNotNull')]) }),
  }),
  z.undefined().optional(),
);

const timeseries = panel(
  'timeseries',
  z.strictObject({ legend, tooltip }),
  z.strictObject({
    lineWidth: z.int(),
    fillOpacity: z.int(),
    lineInterpolation: z.literal('stepAfter'),
    showPoints: z.literal('never'),
    spanNulls: z.literal(false),
  }),
  { maxDataPoints: z.int() },
);

const stateTimeline = panel(
  'state-timeline',
  z.strictObject({
    mergeValues: z.literal(true),
    showValue: z.literal('auto'),
    rowHeight: z.number(),
    alignValue: z.literal('left'),
    perPage: z.int(),
    legend,
    tooltip,
  }),
  z.strictObject({ lineWidth: z.int(), fillOpacity: z.int(), spanNulls: z.literal(false) }),
);

const table = panel(
  'table',
  z.strictObject({
    frameIndex: z.int(),
    showHeader: z.literal(true),
    showTypeIcons: z.literal(false),
    cellHeight: z.literal('sm'),
    sortBy: z.array(z.strictObject({ displayName: z.string(), desc: z.boolean() })).optional(),
    footer: z.strictObject({
      show: z.literal(false),
      reducer: z.array(z.string()),
      countRows: z.literal(false),
      enablePagination: z.literal(true),
    }),
  }),
  z.strictObject({ filterable: z.boolean(), align: z.literal('auto'), inspect: z.literal(false) }),
  {
    transformations: z.array(
      z.discriminatedUnion('id', [
        z.strictObject({ id: z.literal('merge'), options: z.strictObject({}) }),
        z.strictObject({
          id: z.literal('organize'),
          options: z.strictObject({
            excludeByName: z.record(z.string(), z.literal(true)),
            indexByName: z.record(z.string(), z.int()),
            renameByName: z.record(z.string(), z.string().min(1)),
          }),
        }),
      ]),
    ),
  },
);

const row = z.strictObject({
  type: z.literal('row'),
  id: z.int().min(1),
  title: z.string().min(1),
  collapsed: z.boolean(),
  gridPos,
  /** Of a folded row; those of an open one follow it. */
  panels: z.array(z.discriminatedUnion('type', [stat, timeseries, stateTimeline, table])),
});

const current = z.strictObject({
  selected: z.boolean(),
  text: z.union([z.string(), z.array(z.string())]),
  value: z.union([z.string(), z.array(z.string())]),
});

const queryVariable = z.strictObject({
  type: z.literal('query'),
  name: z.string().regex(/^\w+$/),
  label: z.string().min(1),
  description: z.string().min(1),
  skipUrlSync: z.literal(false),
  datasource: dataSource,
  query: z.string().startsWith('label_values('),
  definition: z.string().startsWith('label_values('),
  refresh: z.literal(2),
  sort: z.int(),
  multi: z.literal(true),
  includeAll: z.literal(true),
  allValue: z.enum(['.+', '.*']),
  current,
});

const dataSourceVariable = z.strictObject({
  type: z.literal('datasource'),
  name: z.literal('datasource'),
  label: z.string(),
  skipUrlSync: z.literal(false),
  query: z.literal('prometheus'),
  multi: z.literal(false),
  includeAll: z.literal(false),
  current,
});

const annotation = z.strictObject({
  name: z.string().min(1),
  datasource: dataSource,
  enable: z.boolean(),
  hide: z.literal(false),
  builtIn: z.literal(0),
  iconColor: z.string().min(1),
  expr: z.string().min(1),
  step: z.string(),
  titleFormat: z.string().min(1),
  textFormat: z.string().min(1),
  tagKeys: z.string().min(1),
  useValueForTime: z.boolean().optional(),
});

export const DASHBOARD = z.strictObject({
  id: z.null(),
  uid: z.string().regex(/^frr-[a-z]+$/),
  version: z.literal(1),
  schemaVersion: z.int().refine((version) => SCHEMA_VERSIONS.includes(version)),
  title: z.string().startsWith('FRR / '),
  description: z.string().min(1),
  tags: z.tuple([z.literal('frr')]),
  timezone: z.literal('utc'),
  editable: z.literal(false),
  graphTooltip: z.literal(1),
  fiscalYearStartMonth: z.literal(0),
  refresh: z.literal('30s'),
  time: z.strictObject({ from: z.string().startsWith('now-'), to: z.literal('now') }),
  timepicker: z.strictObject({ hidden: z.literal(false), refresh_intervals: z.array(z.string()) }),
  links: z.array(link).min(2),
  templating: z.strictObject({
    list: z.array(z.discriminatedUnion('type', [dataSourceVariable, queryVariable])).min(4),
  }),
  annotations: z.strictObject({ list: z.array(annotation).min(1) }),
  panels: z.array(z.discriminatedUnion('type', [stat, timeseries, stateTimeline, table, row])).min(1),
});

/** What is wrong with a dashboard, with its place. */
export function problems(dashboard: unknown): readonly string[] {
  const { error } = DASHBOARD.safeParse(dashboard);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
