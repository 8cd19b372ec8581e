import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import {
  checkMaintenance,
  maintenanceFamilies,
  NO_MAINTENANCE,
  readMaintenance,
  watchMaintenance,
} from '../../src/maintenance.ts';
import { render } from '../../src/metrics/exposition.ts';

const END = Date.parse('2026-11-22T18:00:00Z') / 1000;

describe('content', () => {
  test.each([
    ['', { active: true, end: undefined, reason: '' }],
    ['\n', { active: true, end: undefined, reason: '' }],
    ['replacing tor1\nmore', { active: true, end: undefined, reason: 'replacing tor1' }],
    ['2026-11-22T18:00:00Z', { active: true, end: END, reason: '' }],
    ['2026-11-22T19:00:00.000+01:00 line card', { active: true, end: END, reason: 'line card' }],
    ['  2026-11-22t18:00:00z\tline  card \n', { active: true, end: END, reason: 'line card' }],
  ])('%j', (content, expected) => {
    expect(readMaintenance(content, END - 1)).toEqual({ ...expected, problem: undefined });
  });

  test('a duration counts from when the file was written', () => {
    const written = END - 7200;
    expect(readMaintenance('2h new card', END - 1, written)).toEqual({
      ...{ active: true, end: END, reason: 'new card', problem: undefined },
    });
    expect(readMaintenance('2h new card', END, written).active).toBe(false);
  });

  test('over at its end', () => {
    expect(readMaintenance('2026-11-22T18:00:00Z x', END)).toEqual({
      active: false,
      end: END,
      reason: 'x',
      problem: undefined,
    });
  });

  test.each([
    '2026-11-22',
    '2026-11-22T18:00:00',
    '2026-13-45T18:00:00Z',
    '2026-02-31T18:00:00Z',
    '18:00',
    '1763834400',
    '999999999d',
  ])('a time that is none: %s', (first) => {
    expect(readMaintenance(`${first} why`, END)).toEqual({
      active: true,
      end: undefined,
      reason: `${first} why`,
      problem: `"${first}" is neither a duration such as 2h nor an RFC 3339 time such as 2026-11-22T18:00:00Z, so the maintenance lasts until the file is removed`,
    });
  });
});

test('metrics', () => {
  const text = (maintenance: Parameters<typeof maintenanceFamilies>[0]) =>
    render(maintenanceFamilies(maintenance), 'text')
      .toString()
      .replace(/^#.*\n/gm, '');
  expect(text(NO_MAINTENANCE)).toBe('frr_maintenance 0\n');
  expect(text(readMaintenance('2026-11-22T18:00:00Z', END - 1))).toBe(
    `frr_maintenance 1\nfrr_maintenance_end_timestamp_seconds ${END}\n`,
  );
});

describe('file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'frr-exporter-maintenance-'));
    file = join(folder, 'maintenance');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('none', async () => {
    expect(await checkMaintenance(file, END)).toEqual(NO_MAINTENANCE);
  });

  test('a pipe without a writer is no maintenance, and is not waited for', async () => {
    await execa('mkfifo', [file]);
    expect(await checkMaintenance(file, 0)).toEqual({
      ...NO_MAINTENANCE,
      problem: 'it cannot be read (ESPIPE), so no maintenance is assumed',
    });
  });

  test('a folder is no maintenance', async () => {
    await mkdir(file);
    expect(await checkMaintenance(file, END)).toEqual({
      ...NO_MAINTENANCE,
      problem: 'it is a directory, not a file, so no maintenance is assumed',
    });
  });

  test('what cannot be looked at is no maintenance', async () => {
    await writeFile(file, '');
    expect(await checkMaintenance(join(file, 'below'), END)).toEqual({
      ...NO_MAINTENANCE,
      problem: 'it cannot be read (ENOTDIR), so no maintenance is assumed',
    });
  });

  test('a gigantic one is read at its beginning', async () => {
    await writeFile(file, `2026-11-22T18:00:00Z ${'x'.repeat(1_000_000)}`);
    const { active, end, reason } = await checkMaintenance(file, END - 1);
    expect({ active, end, length: reason.length }).toEqual({ active: true, end: END, length: 4096 - 21 });
  });

  test('is watched, and each change is one line', async () => {
    const lines: { level: number; msg: string; reason?: string }[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
    const events: Event[] = [];
    const watch = await watchMaintenance(file, 0.01, log, (event) => events.push(event));
    const becomes = async (active: boolean) => {
      for (let i = 0; i < 500 && watch.current().active !== active; i++) await wait(10);
      expect(watch.current().active).toBe(active);
    };
    try {
      await becomes(false);
      await writeFile(`${file}.new`, '1 way street');
      await rename(`${file}.new`, file);
      await becomes(true);
      await wait(50);
      await rm(file);
      await becomes(false);
    } finally {
      watch.stop();
    }
    const [problem, begins, over, ...more] = lines;
    expect(problem?.msg).toMatch(
      /^maintenance file: "1" is neither a duration such as 2h nor an RFC 3339 time/,
    );
    expect(begins).toEqual({ level: 30, reason: '1 way street', msg: 'maintenance begins' });
    expect(over?.msg).toBe('maintenance is over');
    expect(more).toEqual([]);
    expect(events.map(({ topic, from, to, cause }) => [topic, from, to, cause])).toEqual([
      ['maintenance', 'none', 'active', '1 way street'],
      ['maintenance', 'active', 'none', '1 way street'],
    ]);
  });

  test('without a file there is none, and nothing is left behind', async () => {
    const watch = await watchMaintenance(undefined, 1, pino({ level: 'silent' }), () => {
      throw new Error('there is nothing to record');
    });
    expect(watch.current()).toEqual(NO_MAINTENANCE);
    watch.stop();
  });
});
