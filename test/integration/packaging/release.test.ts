/** A release has the same bytes, wherever it is built. The packages of Debian have a test of their own. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildInCopy, ORDINARY, UNUSUAL } from './copy.ts';

test('the bundles, the npm package and the SBOM are the same, wherever they are built', async () => {
  // Without the set-up, to which everything in a copy is new.
  const build = 'make --old-file=setup package sbom bundles';
  const [here, elsewhere] = await Promise.all([buildInCopy(build, ORDINARY), buildInCopy(build, UNUSUAL)]);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(Object.keys(here).sort()).toEqual([
    `frr-exporter-${version}.tgz`,
    `frr-exporter-dashboards-${version}.tar.gz`,
    `frr-exporter-rules-${version}.tar.gz`,
    'frr-exporter.cdx.json',
  ]);
  expect(elsewhere).toEqual(here);
});
