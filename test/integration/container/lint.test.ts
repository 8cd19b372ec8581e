/** What reviewers of such files run first; the YAML of the dashboards is held to the same. */

import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { REPOSITORY } from './machine.ts';

const cwd = join(REPOSITORY, 'container');
const DASHBOARDS = ['provisioning', 'kustomization.yaml'].map((path) => join(REPOSITORY, 'dashboards', path));
const options = {
  cwd,
  reject: false,
  all: true,
  env: { NO_COLOR: '1', PATH: `/usr/bin:${process.env.PATH}` },
} as const;

it('yamllint has nothing to say', async () => {
  const { exitCode, all } = await execa('yamllint', ['--strict', '.', ...DASHBOARDS], options);
  expect(all).toBe('');
  expect(exitCode).toBe(0);
});

it('ansible-lint finds both roles fit for production', async () => {
  const { exitCode, all } = await execa('ansible-lint', ['--offline', '--nocolor', '--strict'], options);
  expect(all).toMatch(/Passed with production profile: 0 failure\(s\), 0 warning\(s\) on \d+ files/);
  expect(exitCode).toBe(0);
});
