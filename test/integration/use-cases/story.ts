/** Two moments of real exporters as a story for the rules: five minutes without a fault, then one for longer than any alert waits. */
import type { Page } from '../../lab/index.ts';
import type { Pages } from '../../scenarios/shown.ts';
import { healthy, target } from '../alerts/fleet.ts';
import { GROUPS } from '../alerts/promtool.ts';
import type { Scenario, Series, Value } from '../alerts/scenario.ts';

/** The rules read no other series. */
const READ: ReadonlySet<string> = new Set(JSON.stringify(GROUPS).match(/\bfrr_\w+/g));

/** Times on a page are of today, and those of a story begin at 0: a poll is always recent, and all else was before the story. */
function inStory(metric: string, value: number): Value {
  if (metric === 'frr_collector_last_success_timestamp_seconds') return 'now';
  return metric.endsWith('_timestamp_seconds') ? 0 : value;
}

function seriesOf(node: string, before: Page, after: Page): readonly Series[] {
  const steps = new Map<string, { metric: string; labels: Series['labels']; well?: Value; fault?: Value }>();
  for (const [when, page] of [
    ['well', before],
    ['fault', after],
  ] as const)
    for (const { name, labels, value } of page.series) {
      if (!READ.has(name)) continue;
      const key = `${name}${JSON.stringify(labels)}`;
      const one = steps.get(key) ?? { metric: name, labels };
      steps.set(key, { ...one, [when]: inStory(name, value) });
    }
  return [...steps.values()].map(({ metric, labels, well = 'missing', fault = 'stale' }) => ({
    metric,
    labels: { ...target(node), ...labels },
    steps: well === fault ? well : { '0s': well, '5m': fault },
  }));
}

/** The alerts that must fire when the fault has lasted for a quarter of an hour, and none before it. Long intervals take less time. */
export function story(name: string, before: Pages, after: Pages, firing: readonly string[]): Scenario {
  const nodes = Object.keys(before);
  const ups = nodes.flatMap((node): Series[] => [
    { metric: 'up', labels: target(node), steps: 1 },
    { metric: 'up', labels: { ...target(node), instance: `${node}:9100`, job: 'node' }, steps: 1 },
  ]);
  return {
    name,
    about: firing.map((one) => one.split(' ')[0] as string),
    every: '30s',
    settings: { scrape_interval: '30s', evaluation_interval: '30s' },
    until: '21m',
    series: [
      ...healthy(0).series,
      ...ups,
      ...nodes.flatMap((node) => seriesOf(node, before[node] as Page, after[node] as Page)),
    ],
    checks: [
      { at: '4m30s', firing: [] },
      { at: '20m', firing },
    ],
  };
}
