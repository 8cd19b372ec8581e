/** The program as it is installed: from a checkout, by a link to it, and as an npm package. */
import { chmod, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, release } from '../../lab/index.ts';
import { COMMAND, FROM_RECORDING } from '../web/programs.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let owned: { name: string; folder: string };
let version: string;

beforeAll(async () => {
  owned = await claim('package');
  ({ version } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')));
});

afterAll(() => release(owned.name));

async function run(command: string, args: readonly string[], path = process.env.PATH) {
  const { exitCode, stdout, stderr } = await execa(command, args, { reject: false, env: { PATH: path } });
  return { exitCode, stdout, stderr };
}

describe('from a checkout', () => {
  test('by a link, whatever the Node of the machine', async () => {
    const folder = join(owned.folder, 'old node');
    await mkdir(folder);
    await writeFile(join(folder, 'node'), '#!/bin/sh\necho v20.20.2\n');
    await chmod(join(folder, 'node'), 0o755);
    await symlink(COMMAND, join(folder, 'frr-exporter'));
    expect(await run(join(folder, 'frr-exporter'), ['--version'], `${folder}:${process.env.PATH}`)).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^frr-exporter, version ${version} \\(node: v\\d`)),
      stderr: '',
    });
  });

  describe('that has not been set up', () => {
    let command: string;
    beforeAll(async () => {
      command = join(owned.folder, 'checkout', 'bin', 'frr-exporter');
      await cp(COMMAND, command, { recursive: true });
    });

    test('says what to do', async () => {
      expect(await run(command, [])).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `frr-exporter: node_modules is missing; run 'npm ci' in ${owned.folder}/checkout first`,
      });
    });

    test('or which Node is needed', async () => {
      await mkdir(join(owned.folder, 'checkout', 'node_modules', 'commander'), { recursive: true });
      const old = join(owned.folder, 'old node');
      expect(await run(command, [], `${old}:${process.env.PATH}`)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `frr-exporter: Node.js 22.18 or newer is required, but ${old}/node is v20.20.2; run 'npm ci' to install one`,
      });
    });
  });
});

describe('as a package', () => {
  let unpacked: string;
  beforeAll(async () => {
    const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', owned.folder], {
      cwd: ROOT,
    });
    await execa('tar', [
      '-xzf',
      join(owned.folder, stdout.trim().split('\n').at(-1) as string),
      '-C',
      owned.folder,
    ]);
    unpacked = join(owned.folder, 'package');
    await symlink(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'));
  });

  test('has the program, the dashboards, the rules and the words that go with them, and no sources', async () => {
    for (const file of [
      'dist/main.js',
      'dashboards/generated/frr-fleet.json',
      'alerts/rules/sessions.yaml',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
    ])
      expect((await stat(join(unpacked, file))).isFile()).toBe(true);
    const { stdout } = await execa('find', [unpacked, '-name', '*.ts', '-not', '-path', '*/node_modules/*']);
    expect(stdout).toBe('');
  });

  test('runs by the name that npm links', async () => {
    const { bin } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    const main = join(unpacked, bin['frr-exporter'] as string);
    expect((await readFile(join(unpacked, 'dist/main.js'), 'utf8')).split('\n')[0]).toBe(
      '#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --disable-sigusr1 --max-semi-space-size=2 --heap-growing-percent=30',
    );
    const path = `${ROOT}node_modules/.bin:${process.env.PATH}`;
    expect(await run(main, ['--version'], path)).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^frr-exporter, version ${version} \\(node: v\\d`)),
      stderr: '',
    });
    const { exitCode, stdout } = await run(main, ['once', ...FROM_RECORDING, '--log.level=error'], path);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^frr_up 1$/m);
  });

  test('says which Node it needs', async () => {
    const folder = join(owned.folder, 'older node');
    await mkdir(folder);
    await writeFile(join(folder, 'node'), '#!/bin/sh\necho v22.17.1\n', { mode: 0o755 });
    // Where npm installs dependencies beside the package, it contains no Node.
    const alone = join(owned.folder, 'alone');
    for (const part of ['bin', 'dist'])
      await cp(join(unpacked, part), join(alone, part), { recursive: true });
    expect(await run(join(alone, 'bin/frr-exporter'), [], `${folder}:${process.env.PATH}`)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `frr-exporter: Node.js 22.18 or newer is required, but ${folder}/node is v22.17.1; see https://nodejs.org/`,
    });
  });

  test('has what its pages link to', async () => {
    const { stdout } = await execa('find', [unpacked, '-name', '*.md', '-not', '-path', '*/node_modules/*']);
    const dead: string[] = [];
    // The sources are not in the package.
    for (const page of stdout.split('\n'))
      for (const [, link = ''] of (await readFile(page, 'utf8')).matchAll(/\]\((?!https?:)([^)#\s]+)/g))
        if (!/(^|\/)(src|test|bench|scripts)\//.test(link))
          await stat(join(dirname(page), link)).catch(() => dead.push(`${page}: ${link}`));
    expect(dead).toEqual([]);
  });

  test('makes the rules of a site', async () => {
    const rules = join(owned.folder, 'rules');
    const make = (...args: string[]) =>
      run(process.execPath, [join(unpacked, 'alerts/make-rules.js'), ...args, '--uplink-peer-group=spines']);
    expect(await make(`--output=${rules}`)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readFile(join(rules, 'sessions.yaml'), 'utf8')).toContain('spines');
    expect(await make()).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'name a directory for the rules with --output=DIRECTORY',
    });
  });
});
