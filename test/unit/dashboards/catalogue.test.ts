import { beforeAll, describe, expect, it } from 'vitest';
import { dashboards } from '../../../dashboards/dashboards.ts';
import { readOptions } from '../../../dashboards/options.ts';
import { labelValues, queriesOf, resolve } from '../../../dashboards/queries.ts';
import { UNUSED_METRICS } from '../../../dashboards/unused-metrics.ts';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { type Catalogue, catalogue } from '../../catalogue.ts';
import { shippedRules } from '../../fleet/prometheus.ts';
import { type KnownSeries, knownSeries } from '../../known-series.ts';
import { selectorsOf } from '../../promql.ts';

const ALL = dashboards(readOptions({}));
const QUERIES = ALL.flatMap((dashboard) =>
  queriesOf(dashboard).map((query) => ({ ...query, expr: resolve(dashboard, query.expr) })),
);

let known: KnownSeries;
let exported: Catalogue;
beforeAll(async () => {
  [known, exported] = await Promise.all([knownSeries(), catalogue()]);
});

describe('the queries of the dashboards', () => {
  it.each(QUERIES.map((query) => [query.place, query] as const))('%s: exists', (_, { expr }) => {
    expect(known.unknownIn(expr)).toEqual([]);
  });

  it('as values of variables are labels of the metric', () => {
    for (const dashboard of ALL)
      for (const { name, query, type } of dashboard.templating.list ?? []) {
        if (type !== 'query') continue;
        const { metric, label } = labelValues(String(query));
        const [selector] = selectorsOf(resolve(dashboard, metric));
        const named = selector?.matchers.find((one) => one.label === '__name__')?.value.split('|')[0];
        expect([name, known.labelsOf(selector?.metric || (named ?? '')).has(label)]).toEqual([name, true]);
      }
  });
});

describe('metrics that no query uses', () => {
  it('are listed, each with a reason', () => {
    const used = new Set(
      [...QUERIES.map(({ expr }) => expr), ...shippedRules().map(({ expr }) => expr)].flatMap((expr) =>
        selectorsOf(expr).map(({ metric }) => metric),
      ),
    );
    const optional = new Set(
      COLLECTORS.filter(({ enabledByDefault }) => !enabledByDefault).flatMap(({ descriptors }) =>
        descriptors.map(({ name }) => name),
      ),
    );
    const unused = [...exported.keys()].filter((name) => !used.has(name) && !optional.has(name));
    expect(Object.keys(UNUSED_METRICS).sort()).toEqual(unused.sort());
    for (const reason of Object.values(UNUSED_METRICS)) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});
