import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causesPage } from '../../../docs/causes-page.ts';
import { flagsPage } from '../../../docs/flags-page.ts';
import { statusPage } from '../../../docs/status-page.ts';

test.each([
  ['flags', flagsPage],
  ['status', statusPage],
  ['causes', causesPage],
])('docs/%s.md is what the code says (make docs writes it)', (name, page) => {
  const file = readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
  expect(file).toBe(page());
});
