import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWebConfig } from '../../../../src/web/config/watch.ts';

const HEADERS = 'http_server_config:\n  headers:\n    X-Frame-Options: deny\n';
const USERS = `basic_auth_users:\n  alice: $2y$10$${'a'.repeat(53)}\n`;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frr-exporter-web-config-'));
  file = join(folder, 'web.yml');
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openWebConfig(file, pino({ level: 'silent' }));

test('a key in the file itself is refused if every user can read the file', async () => {
  await writeFile(file, 'tls_server_config:\n  cert: x\n  key: y\n');
  await chmod(file, 0o644);
  await expect(open()).rejects.toThrow(
    `${file} contains a private key that every user can read; run: chmod o= ${file}`,
  );
  await chmod(file, 0o640);
  await expect(open()).rejects.toThrow('tls_server_config.cert has no certificate in PEM form');
});

test.each([
  [USERS, '', false],
  [USERS, HEADERS, false],
  [HEADERS, '# nothing\n', false],
  [USERS, USERS + HEADERS, true],
  [HEADERS, USERS, true],
  ['', HEADERS, true],
  ['', '# nothing\n', true],
])('%j changed to %j: taken is %s', async (before, after, taken) => {
  await writeFile(file, before);
  const source = await open();
  const old = source.current();
  await writeFile(file, after);
  await source.reload();
  expect(source.current() !== old).toBe(taken);
  expect(source.families()[0]?.samples[0]?.value).toBe(taken ? 1 : 0);
});
