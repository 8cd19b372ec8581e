/** What the exporters show of what a use case declares. */
import type { Exporter, LabelValues, Page } from '../lab/index.ts';

/** The page of each node's exporter, by the node's name. */
export type Pages = Readonly<Record<string, Page>>;

export async function readPages(exporters: Readonly<Record<string, Exporter>>): Promise<Pages> {
  const pages = Object.entries(exporters).map(
    async ([node, exporter]) => [node, await exporter.page()] as const,
  );
  return Object.fromEntries(await Promise.all(pages));
}

/** The values of series such as `node1 frr_up{a="b"}`, undefined where there is none. */
export function shown(pages: Pages, series: readonly string[]): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(series.map((one) => [one, valueIn(pages, one)]));
}

function valueIn(pages: Pages, series: string): number | undefined {
  const [, node = '', metric = '', labels = ''] = /^(\S+) (\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const values: LabelValues = Object.fromEntries(
    [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label as string, value as string]),
  );
  return pages[node]?.value(metric, values);
}
