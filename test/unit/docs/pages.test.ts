import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causesPage } from '../../../docs/causes-page.ts';
import { flagsPage } from '../../../docs/flags-page.ts';
import { statusPage } from '../../../docs/status-page.ts';
import { useCasePicture, useCasesPage } from '../../../docs/use-cases-page.ts';
import { USE_CASES } from '../../scenarios/index.ts';

test.each([
  ['flags', flagsPage],
  ['status', statusPage],
  ['causes', causesPage],
  ['use-cases', useCasesPage],
])('docs/%s.md is what the code says (make docs writes it)', (name, page) => {
  const file = readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
  expect(file).toBe(page());
});

test.each(USE_CASES)('the picture of $name is what the code draws (make docs writes it)', (use) => {
  const file = new URL(`../../../docs/img/use-cases/${use.name}.svg`, import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(useCasePicture(use));
});
