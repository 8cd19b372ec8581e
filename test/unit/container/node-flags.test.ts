import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Of Node.js 24, which the image and the packages contain. */
const LEAN = [
  '--memory-saver-mode',
  '--no-sparkplug',
  '--no-maglev',
  '--invocation-count-for-turbofan=15000',
];

test('the image, the packages and the checkout run the program as its first line says', () => {
  const [, variables = '', flags = ''] =
    /^#!\/usr\/bin\/env -S (.+) node (--.+)\n/.exec(file('src/main.ts')) ?? [];
  expect(variables).toMatch(/^MALLOC_/);
  const container = file('container/Containerfile');
  const [, entry = ''] = /^ENTRYPOINT (.+)$/m.exec(container) ?? [];
  expect(JSON.parse(entry)).toEqual([
    '/usr/local/bin/node',
    ...flags.split(' '),
    ...LEAN,
    '/app/dist/main.js',
  ]);
  expect(container).toContain(`\nENV ${variables}\n`);
  const program = file('bin/frr-exporter');
  expect(program).toContain(`\nexport ${variables}\nexec "$node" ${flags} $lean `);
  expect(program).toContain(`\nlean="${LEAN.join(' ')}"\n`);
  expect(file('packaging/deb')).toContain(`sed -i '1s|$| ${LEAN.join(' ')}|'`);
});
