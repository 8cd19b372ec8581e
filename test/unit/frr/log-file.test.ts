import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openLogFile } from '../../../src/frr/log-file.ts';
import { readableLog } from '../poller/fake-frr.ts';
import { temporaryFolder } from './temporary-folder.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'frr.log');
});

async function following() {
  const { log, lines } = readableLog();
  const followed = await openLogFile(file, log);
  onTestFinished(() => followed.close());
  return { read: followed.read, messages: () => lines.map(({ msg }) => msg) };
}

test('what is appended is read, as whole lines, once', async () => {
  writeFileSync(file, 'old\n');
  const { read, messages } = await following();
  expect(await read()).toEqual([]);
  appendFileSync(file, 'one\ntwo\nthr');
  expect(await read()).toEqual(['one', 'two']);
  expect(await read()).toEqual([]);
  appendFileSync(file, 'ee\n');
  expect(await Promise.all([read(), read()])).toEqual([['three'], []]);
  expect(messages()).toEqual([]);
});

describe('rotation', () => {
  test('by renaming: the old file is read to its end, also while there is no new one', async () => {
    writeFileSync(file, 'old\n');
    const { read, messages } = await following();
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, 'late\n');
    expect(await read()).toEqual(['late']);
    appendFileSync(`${file}.1`, 'later\n');
    writeFileSync(file, 'new\n');
    expect(await read()).toEqual(['later', 'new']);
    appendFileSync(file, 'more\n');
    expect(await read()).toEqual(['more']);
    expect(messages()).toEqual(['--frr.log: there is no such file', '--frr.log: it can be read now']);
  });

  test('by copying and truncating', async () => {
    writeFileSync(file, 'old and older\n');
    const { read } = await following();
    appendFileSync(file, 'rest');
    expect(await read()).toEqual([]);
    truncateSync(file);
    appendFileSync(file, 'new\n');
    expect(await read()).toEqual(['new']);
  });
});

describe('what cannot be followed is one line, until it can', () => {
  test('a file that is not there yet is read from its beginning', async () => {
    const { read, messages } = await following();
    await read();
    await read();
    writeFileSync(file, 'first\n');
    expect(await read()).toEqual(['first']);
    expect(messages()).toEqual(['--frr.log: there is no such file', '--frr.log: it can be read now']);
  });

  test('a directory; the file in its place may be old, and is read from its end', async () => {
    mkdirSync(file);
    const { read, messages } = await following();
    await read();
    rmSync(file, { recursive: true });
    writeFileSync(file, 'old\n');
    expect(await read()).toEqual([]);
    appendFileSync(file, 'new\n');
    expect(await read()).toEqual(['new']);
    expect(messages()).toEqual(['--frr.log: it is a directory, not a file', '--frr.log: it can be read now']);
  });

  test('a pipe, which would block', async () => {
    await execa('mkfifo', [file]);
    const { read, messages } = await following();
    expect(await read()).toEqual([]);
    expect(messages()).toEqual(['--frr.log: it is not a regular file']);
  });

  test('a path that leads nowhere', async () => {
    symlinkSync(file, file);
    const { read, messages } = await following();
    expect(await read()).toEqual([]);
    expect(messages()).toEqual(['--frr.log: it cannot be read (ELOOP)']);
  });
});

test('of a gigabyte that was there, and another that is appended, only the end is read', async () => {
  writeFileSync(file, '');
  truncateSync(file, 2 ** 30);
  const { read } = await following();
  expect(await read()).toEqual([]);
  truncateSync(file, 2 ** 31);
  appendFileSync(file, '\nlast\n');
  expect(await read()).toEqual(['last']);
});

test('a line without an end is ignored from 4 KiB on', async () => {
  writeFileSync(file, '');
  const { read } = await following();
  appendFileSync(file, 'x'.repeat(5000));
  expect(await read()).toEqual([]);
  appendFileSync(file, 'y\nnext\n');
  expect(await read()).toEqual(['y', 'next']);
});
