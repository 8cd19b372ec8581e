/** Panels of dashboards that are mostly opened for one node, whose name then stands at the top and nowhere else. */
import * as panels from './panels.ts';
import { nodeIfSeveral } from './promql.ts';

function shortened(queries: readonly panels.Query[]): readonly panels.Query[] {
  return queries.map((query) =>
    query.legend?.includes('{{instance}}') ? { ...query, expr: nodeIfSeveral(query.expr) } : query,
  );
}

/** {@link panels.lines}; legends end with `{{instance}}`, which is empty for one node. */
export const lines: typeof panels.lines = (settings) =>
  panels.lines({ ...settings, queries: shortened(settings.queries) });

/** {@link panels.states}; legends end with `{{instance}}`, which is empty for one node. */
export const states: typeof panels.states = (settings) =>
  panels.states({ ...settings, queries: shortened(settings.queries) });

/** {@link panels.table}; the column Node is not there for one node, so no link may need it. */
export const table: typeof panels.table = (settings) =>
  panels.table({
    ...settings,
    queries: settings.queries.map(nodeIfSeveral),
    hidden: [...(settings.hidden ?? []), 'chosen'],
  });
