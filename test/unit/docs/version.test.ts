/** Every example has the version of this checkout. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('examples name the image with this version', () => {
  const files = ['README.md', ...globSync('docs/*.md'), ...globSync('container/**/*.{yaml,yml}')];
  const named = files.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(/registry\.example\/frr(?:-exporter)?:([^\s"]+)|newTag: (.*)/g),
    ].map(([, tag, newTag]) => `${file} ${tag ?? newTag}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((one) => !one.endsWith(` ${version}`))).toEqual([]);
});

test('the changelog has a section for it, and a date for each version', () => {
  const sections = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## (.*)$/gm)].map(([, text]) => text);
  expect(sections).toContainEqual(expect.stringContaining(`[${version}] - `));
  expect(sections.shift()).toBe('[Unreleased]');
  for (const section of sections) expect(section).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
});
