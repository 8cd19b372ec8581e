import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Of Node.js 24, which the image contains. */
const OF_IMAGE = ['--efficiency-mode', '--memory-saver-mode'];

test('the image and the checkout run the program as its first line says', () => {
  const [, variables = '', flags = ''] =
    /^#!\/usr\/bin\/env -S (.+) node (--.+)\n/.exec(file('src/main.ts')) ?? [];
  expect(variables).toMatch(/^MALLOC_/);
  const container = file('container/Containerfile');
  const [, entry = ''] = /^ENTRYPOINT (.+)$/m.exec(container) ?? [];
  expect(JSON.parse(entry)).toEqual([
    '/usr/local/bin/node',
    ...flags.split(' '),
    ...OF_IMAGE,
    '/app/dist/main.js',
  ]);
  expect(container).toContain(`\nENV ${variables}\n`);
  expect(file('bin/frr-exporter')).toContain(`\nexport ${variables}\nexec "$node" ${flags} `);
});
