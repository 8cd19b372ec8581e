import { expect, test } from 'vitest';
import { buildFamily } from '../../../src/metrics/build.ts';
import { render } from '../../../src/metrics/exposition.ts';

test('build information is exported', () => {
  const families = [buildFamily({ version: '1.2.3', revision: 'abc' })];
  const sample = `frr_exporter_build_info{version="1.2.3",revision="abc",node_version="${process.versions.node}"} 1`;
  expect(render(families, 'text').toString().split('\n').slice(1, 3)).toEqual([
    '# TYPE frr_exporter_build_info gauge',
    sample,
  ]);
  expect(render(families, 'openmetrics').toString().split('\n').slice(1, 3)).toEqual([
    '# TYPE frr_exporter_build info',
    sample,
  ]);
});
