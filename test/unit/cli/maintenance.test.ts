import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { type MaintenanceAction, maintenance } from '../../../src/cli/maintenance.ts';
import { captured } from './captured.ts';

const NOW = Date.parse('2026-11-22T16:00:00Z') / 1000;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frr-exporter-maintenance-'));
  file = join(folder, 'maintenance');
});
afterEach(() => rm(folder, { recursive: true }));

async function run(given: MaintenanceAction, now = NOW, path = file): Promise<string> {
  const output = captured();
  expect(await maintenance(given, path, now, output)).toBe(0);
  return output.text();
}

const START = { action: 'start', seconds: 7200, reason: 'new card' } as const;
const BEGUN = 'maintenance until 2026-11-22T18:00:00Z: new card';

test('starts, is shown, passes and ends', async () => {
  expect(await run({ action: 'show' })).toBe(`no maintenance (${file})\n`);
  expect(await run(START)).toBe(`${BEGUN} (${file})\n`);
  expect(await readFile(file, 'utf8')).toBe('2026-11-22T18:00:00Z new card\n');
  expect(await run({ action: 'show' }, NOW + 7199)).toBe(`${BEGUN} (${file})\n`);
  expect(await run({ action: 'show' }, NOW + 7200)).toBe(`no maintenance (${file})\n`);
  expect(await run({ action: 'end' })).toBe(`no maintenance (${file})\n`);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('needs no reason, and ends what has not begun', async () => {
  expect(await run({ action: 'end' })).toBe(`no maintenance (${file})\n`);
  expect(await run({ ...START, reason: '' })).toBe(`maintenance until 2026-11-22T18:00:00Z (${file})\n`);
});

test('a directory that does not exist is named, with what to do', async () => {
  const missing = join(folder, 'missing/maintenance');
  await expect(run(START, NOW, missing)).rejects.toThrow(
    new UserError(
      `${missing} cannot be changed (ENOENT); create the directory ${join(folder, 'missing')}, or name another file with --maintenance.file`,
    ),
  );
});
