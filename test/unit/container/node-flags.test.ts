import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('the image and the checkout run the program by the flags of Node in its first line', () => {
  const [, flags = ''] = /^#!\/usr\/bin\/env -S node (.+)\n/.exec(file('src/main.ts')) ?? [];
  expect(flags).toMatch(/^--/);
  const entry = ['/usr/local/bin/node', ...flags.split(' '), '/app/dist/main.js'];
  const [, image = ''] = /^ENTRYPOINT (.+)$/m.exec(file('container/Containerfile')) ?? [];
  expect(JSON.parse(image)).toEqual(entry);
  expect(file('bin/frr-exporter')).toContain(`exec "$node" ${flags} `);
});
