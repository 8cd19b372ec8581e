/** Every query of a dashboard, with its variables resolved as Grafana resolves them. */
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

/** One expression and where it is. */
export interface Query {
  /** `frr-fleet: Sessions down now: B`, for messages. */
  readonly place: string;
  readonly dashboard: string;
  readonly kind: 'panel' | 'annotation' | 'variable';
  /** Title of the panel, name of the annotation or of the variable. */
  readonly title: string;
  readonly refId: string;
  readonly expr: string;
  /** Of panels: at one moment, or over the whole time range. */
  readonly instant: boolean;
  /** Minimum interval between points, in seconds; the scrape interval of the data source if left out. */
  readonly minInterval?: number;
}

/** What is chosen at the top of a dashboard, by variable; what is left out is All. */
export type Chosen = Readonly<Record<string, readonly string[]>>;

/** The panels of a dashboard, those in folded rows too, without the headings of rows. */
export function panelsOf(dashboard: Dashboard): readonly Panel[] {
  return (dashboard.panels ?? []).flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}

export function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

export function targetsOf(panel: Panel): readonly Dataquery[] {
  return (panel.targets ?? []) as Dataquery[];
}

/** Every query of panels, annotations and variables, as it is in the JSON. */
export function queriesOf(dashboard: Dashboard): readonly Query[] {
  const uid = dashboard.uid ?? '';
  const queryOf = (
    kind: Query['kind'],
    title: string,
    refId: string,
    expr: string,
    instant: boolean,
  ): Query => ({
    place: `${uid}: ${title}: ${refId}`,
    dashboard: uid,
    kind,
    title,
    refId,
    expr,
    instant,
  });
  return [
    ...panelsOf(dashboard).flatMap((panel) =>
      targetsOf(panel).map(({ refId, expr, instant, interval }) => ({
        ...queryOf('panel', panel.title ?? '', refId ?? '', expr ?? '', instant === true),
        ...(interval !== undefined && { minInterval: Number.parseInt(interval, 10) }),
      })),
    ),
    ...(dashboard.annotations.list ?? []).map(({ name, expr }) =>
      queryOf('annotation', name, 'annotation', expr ?? '', false),
    ),
    ...(dashboard.templating.list ?? [])
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) =>
        queryOf('variable', name, 'variable', labelValues(String(query)).metric, true),
      ),
  ];
}

/**
 * The parts of `label_values(metric{…}, label)`.
 * @throws when the query of a variable is anything else
 */
export function labelValues(query: string): { readonly metric: string; readonly label: string } {
  const parts = /^label_values\((.+), (\w+)\)$/.exec(query);
  if (parts === null) throw new Error(`${query}: not label_values(metric, label)`);
  return { metric: parts[1] as string, label: parts[2] as string };
}

/** Seconds that Grafana's own variables stand for. */
export interface Times {
  readonly rateInterval: number;
  readonly interval: number;
  readonly range: number;
}

/** As for a dashboard over three hours, of a Prometheus that scrapes every five seconds. */
export const USUAL_TIMES: Times = { rateInterval: 20, interval: 15, range: 3 * 3600 };

/**
 * Puts values in place of variables, as Grafana's Prometheus data source does: what is chosen becomes a regular
 * expression, All becomes the variable's own `allValue`.
 * @throws when a variable is left that the dashboard does not have
 */
export function resolve(
  dashboard: Dashboard,
  expr: string,
  chosen: Chosen = {},
  times: Times = USUAL_TIMES,
): string {
  const values = new Map<string, string>([
    ['__rate_interval', `${times.rateInterval}s`],
    ['__interval', `${times.interval}s`],
    ['__range', `${times.range}s`],
  ]);
  for (const { name, allValue } of dashboard.templating.list ?? []) {
    const picked = chosen[name];
    values.set(name, picked === undefined ? (allValue ?? '') : alternatives(picked));
  }
  // `$1` is a group of label_replace, which Grafana leaves alone too.
  return expr.replace(/\$([A-Za-z_]\w*)|\$\{(\w+)\}/g, (text, plain?: string, braced?: string) => {
    const value = values.get(plain ?? braced ?? '');
    if (value === undefined) throw new Error(`${dashboard.uid}: ${text} is no variable of the dashboard`);
    return value;
  });
}

function alternatives(picked: readonly string[]): string {
  // Within PromQL's double quotes a backslash stands for itself only when it is doubled, and in a regular expression again.
  const escaped = picked.map((value) =>
    value.replaceAll('\\', '\\'.repeat(4)).replace(/[$^*{}[\]+?.()|]/g, '\\\\$&'),
  );
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`;
}
