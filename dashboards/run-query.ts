/** Sends a real Prometheus the queries that Grafana would send for a dashboard. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Answered } from './pictures/scene.ts';
import { type Chosen, panelsOf, type Query, queriesOf, resolve, targetsOf } from './queries.ts';

export interface When {
  /** Seconds since the epoch. */
  readonly end: number;
  /** Seconds. */
  readonly range: number;
  readonly step: number;
  /** Of the scrapes, in seconds. */
  readonly scrapeInterval: number;
}

interface ApiSeries {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly values?: [number, string][];
}

async function api(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  const answer = (await response.json()) as { status: string; error?: string; data: unknown };
  if (answer.status !== 'success') throw new Error(`${answer.error}`);
  return answer.data;
}

/** As Grafana has it: wide enough for four scrapes at any zoom, or for four of the query's minimum interval. */
function times({ range, step, scrapeInterval }: When, { minInterval = scrapeInterval }: Query) {
  const interval = Math.max(step, minInterval);
  return { interval, range, rateInterval: Math.max(interval + minInterval, 4 * minInterval) };
}

/**
 * Sends one expression.
 * @throws with the place of the expression and Prometheus' error
 */
export async function runQuery(
  url: string,
  dashboard: Dashboard,
  query: Query,
  chosen: Chosen,
  when: When,
): Promise<readonly Answered[]> {
  const timing = times(when, query);
  const promql = resolve(dashboard, query.expr, chosen, timing);
  try {
    const data = (await api(
      url,
      query.instant ? 'query' : 'query_range',
      query.instant
        ? { query: promql, time: String(when.end) }
        : {
            query: promql,
            start: String(when.end - when.range),
            end: String(when.end),
            step: String(timing.interval),
          },
    )) as { result: ApiSeries[] };
    return data.result.map(({ metric, value, values }) => ({
      metric,
      values: (values ?? (value === undefined ? [] : [value])).map(
        ([at, text]) => [at, Number(text)] as const,
      ),
    }));
  } catch (error) {
    throw new Error(`${query.place}: ${(error as Error).message}\n${promql}`);
  }
}

/** What a panel shows, by its title. @throws when the dashboard has none of this title */
export function panelNamed(dashboard: Dashboard, title: string): Panel {
  const found = panelsOf(dashboard).find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`${dashboard.uid}: no panel ${JSON.stringify(title)}`);
  return found;
}

/** The answers to every query of a panel, in their order. */
export async function runPanel(
  url: string,
  dashboard: Dashboard,
  panel: Panel,
  chosen: Chosen,
  when: When,
): Promise<readonly (readonly Answered[])[]> {
  const all = queriesOf(dashboard).filter(({ kind, title }) => kind === 'panel' && title === panel.title);
  const answers: (readonly Answered[])[] = [];
  for (const target of targetsOf(panel)) {
    const query = all.find(({ refId }) => refId === target.refId) as Query;
    answers.push(await runQuery(url, dashboard, query, chosen, when));
  }
  return answers;
}
