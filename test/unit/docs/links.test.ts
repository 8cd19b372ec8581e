/** Every link from one page of the repository to another file of it leads somewhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = globSync(['*.md', '{docs,alerts,dashboards,container}/**/*.md'], {
  cwd: CHECKOUT,
  exclude: ['**/node_modules/**'],
});

test.each(PAGES)('%s leads nowhere in vain', (page) => {
  const text = readFileSync(join(CHECKOUT, page), 'utf8').replace(/^```.*?^```/gms, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => (target as string).replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
  const missing = targets.filter((target) => !existsSync(join(CHECKOUT, dirname(page), target)));
  expect(missing).toEqual([]);
});
