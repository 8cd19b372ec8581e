/** Reads panels as people read them: the words and numbers that Grafana makes of Prometheus' answers. */
import type { Dashboard, Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import type { Answered } from '../../../dashboards/pictures/scene.ts';
import { type Chosen, targetsOf } from '../../../dashboards/queries.ts';
import { panelNamed, runPanel, type When } from '../../../dashboards/run-query.ts';

export const ALL = dashboards(readOptions({}));

export function dashboardOf(uid: string): Dashboard {
  const found = ALL.find((dashboard) => dashboard.uid === uid);
  if (found === undefined) throw new Error(`no dashboard ${uid}`);
  return found;
}

/** A cell: words where the column has words for the number. */
export type Cell = string | number;

export interface Reader {
  /** The newest value of each series that a panel shows, in the order of its queries. */
  values(title: string): Promise<readonly Cell[]>;
  /** What the legend calls the series. */
  names(title: string): Promise<readonly string[]>;
  /** A table, by the heads of its columns. */
  rows(title: string): Promise<readonly Readonly<Record<string, Cell>>[]>;
  /** What each line of the legend was, one after the other, without repetitions. */
  courses(title: string): Promise<Readonly<Record<string, readonly Cell[]>>>;
  /** What a panel says that has nothing to show. @throws when it has something */
  absence(title: string): Promise<string>;
}

interface Property {
  readonly id: string;
  readonly value?: unknown;
}

/** The words of a panel for the values of a query, or of a column of its table. */
function inWords(panel: Panel, value: number, refId: string, column?: string): Cell {
  const { defaults, overrides = [] } = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  const own = overrides
    .filter(({ matcher }) =>
      column === undefined
        ? matcher.id === 'byFrameRefID' && matcher.options === refId
        : matcher.id === 'byName' && matcher.options === column,
    )
    .flatMap(({ properties }) => properties as readonly Property[])
    .find(({ id }) => id === 'mappings')?.value as readonly ValueMapping[] | undefined;
  for (const { options } of own ?? defaults.mappings ?? []) {
    const text = (options as Record<string, { text?: string }>)[String(value)]?.text;
    if (text !== undefined) return text;
  }
  return value;
}

function legendOf(format: string | undefined, metric: Answered['metric']): string {
  return (format ?? '').replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '').trim();
}

/**
 * As Grafana's transformations "merge" and "organize" make a table: rows whose labels do not contradict each other are
 * one, columns are renamed, what is excluded goes.
 */
function tableOf(panel: Panel, answers: readonly (readonly Answered[])[]) {
  const refIds = targetsOf(panel).map(({ refId }) => refId ?? '');
  const { excludeByName = {}, renameByName = {} } = (panel.transformations?.find(
    ({ id }) => id === 'organize',
  )?.options ?? {}) as Record<string, Record<string, string>>;
  const merged: { labels: Record<string, string>; values: Map<string, number> }[] = [];
  for (const [index, series] of answers.entries()) {
    const field = refIds.length > 1 ? `Value #${refIds[index]}` : 'Value';
    for (const { metric, values } of series) {
      const value = values.at(-1)?.[1] as number;
      const row = merged.find(({ labels }) =>
        Object.entries(metric).every(([name, text]) => (labels[name] ?? text) === text),
      );
      if (row === undefined) merged.push({ labels: { ...metric }, values: new Map([[field, value]]) });
      else {
        Object.assign(row.labels, metric);
        row.values.set(field, value);
      }
    }
  }
  return merged.map(({ labels, values }) => {
    const cells: Record<string, Cell> = {};
    for (const [name, text] of Object.entries(labels))
      if (!(name in excludeByName)) cells[renameByName[name] ?? name] = text;
    for (const [field, value] of values) {
      if (field in excludeByName) continue;
      const column = renameByName[field] ?? field;
      cells[column] = inWords(panel, value, field.slice(-1), column);
    }
    return cells;
  });
}

/** Reads one dashboard of a Prometheus, with what is chosen at its top, over the time range of `when`. */
export function reading(url: string, uid: string, chosen: Chosen, when: () => When): Reader {
  const dashboard = dashboardOf(uid);
  const answersOf = async (title: string) => {
    const panel = panelNamed(dashboard, title);
    return { panel, answers: await runPanel(url, dashboard, panel, chosen, when()) };
  };
  const series = async (title: string) => {
    const { panel, answers } = await answersOf(title);
    const targets = targetsOf(panel);
    return answers.flatMap((several, index) =>
      several.map(({ metric, values }) => ({
        name: legendOf(targets[index]?.legendFormat, metric),
        values: values.map(([, value]) => inWords(panel, value, targets[index]?.refId ?? '')),
      })),
    );
  };
  return {
    values: async (title) => (await series(title)).map(({ values }) => values.at(-1) as Cell),
    names: async (title) => (await series(title)).map(({ name }) => name),
    rows: async (title) => {
      const { panel, answers } = await answersOf(title);
      return tableOf(panel, answers);
    },
    courses: async (title) =>
      Object.fromEntries(
        (await series(title)).map(({ name, values }) => [
          name,
          values.filter((value, index) => value !== values[index - 1]),
        ]),
      ),
    absence: async (title) => {
      const { panel, answers } = await answersOf(title);
      if (answers.flat().length > 0) throw new Error(`${uid}: ${title} shows ${JSON.stringify(answers)}`);
      return panel.fieldConfig?.defaults.noValue ?? '';
    },
  };
}
