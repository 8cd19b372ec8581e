import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withCollectorTable } from '../../../docs/readme-collectors.ts';
import { COLLECTORS } from '../../../src/collectors/index.ts';
import { FRR_VERSIONS } from '../../lab/versions.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const README = read('README.md');

test('the table of collectors in the README is up to date (make docs writes it)', () => {
  expect(README).toBe(withCollectorTable(README));
});

test('a README without the markers of the table is refused', () => {
  expect(() => withCollectorTable('# frr-exporter\n')).toThrow('README.md must contain');
});

test('the samples in the README have the labels of their metrics', () => {
  const labels = new Map(
    COLLECTORS.flatMap(({ descriptors }) => descriptors).map((one) => [one.name, one.labels]),
  );
  const samples = [...README.matchAll(/^(frr_\w+)\{(.*)\} \d+$/gm)];
  expect(samples).toHaveLength(4);
  for (const [, name = '', set = ''] of samples) {
    const shown = [...set.matchAll(/(\w+)="/g)].map(([, label]) => label);
    expect(labels.get(name)?.slice(0, shown.length), name).toEqual(shown);
    if (!set.endsWith(',…')) expect(labels.get(name), name).toHaveLength(shown.length);
  }
});

test('the README names the FRR versions that are tested', () => {
  const [, versions] = /tested on (.*) \|$/m.exec(README) ?? [];
  expect(versions?.split(/, | and /)).toEqual(FRR_VERSIONS);
});

describe('the oldest Node.js', () => {
  const oldest = JSON.parse(read('package.json')).engines.node.replace('>=', '');

  test.each([
    ['README.md', `| Node.js | ${oldest} or newer`],
    ['CONTRIBUTING.md', `need Node.js ${oldest} or newer`],
    ['docs/deployment.md', `Node.js ${oldest} or newer`],
    ['docs/tripleo.md', `Node.js\n${oldest} or newer`],
    ['bin/frr-exporter', `Node.js ${oldest} or newer`],
  ])('in %s is that of package.json', (path, words) => {
    expect(read(path)).toContain(words);
  });
});
