/** Makes scenes: sends a Prometheus the queries that Grafana would send for a dashboard. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Chosen, panelsOf, queriesOf } from '../queries.ts';
import { runPanel, runQuery, type When } from '../run-query.ts';
import type { Answered, Scene } from './scene.ts';

/** What is chosen, in the words of the variables' labels. */
function inWords(dashboard: Dashboard, chosen: Chosen): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (dashboard.templating.list ?? []).map(({ name, label }) => [
      label ?? name,
      name === 'datasource' ? 'Prometheus' : (chosen[name]?.join(' + ') ?? 'All'),
    ]),
  );
}

export async function capture(
  url: string,
  dashboard: Dashboard,
  chosen: Chosen,
  when: When,
  rows?: number,
): Promise<Scene> {
  const answers: Record<number, readonly (readonly Answered[])[]> = {};
  for (const panel of panelsOf(dashboard))
    answers[panel.id ?? -1] = await runPanel(url, dashboard, panel, chosen, when);
  const annotations: (readonly Answered[])[] = [];
  for (const query of queriesOf(dashboard).filter(({ kind }) => kind === 'annotation'))
    annotations.push(await runQuery(url, dashboard, query, chosen, when));
  return {
    dashboard,
    answers,
    annotations,
    chosen: inWords(dashboard, chosen),
    end: when.end,
    range: when.range,
    step: when.step,
    ...(rows !== undefined && { rows }),
  };
}
