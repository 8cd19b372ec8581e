import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
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

test('the time of the newest good version, and whether the newest version was good', async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await writeFile(file, HEADERS);
  const lines: string[] = [];
  const source = await openWebConfig(
    file,
    pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) }),
  );
  const values = () => source.families().map(({ samples }) => samples[0]?.value);
  expect(values()).toEqual([1, 1_000]);
  vi.setSystemTime(2_000_000);
  await writeFile(file, 'no_such_key: 1\n');
  await source.refresh();
  expect(values()).toEqual([0, 1_000]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 50,
      file,
      msg: expect.stringMatching(
        /^the web configuration is invalid, so the previous one stays in force: .*no_such_key/,
      ),
    },
  ]);
  vi.setSystemTime(3_000_000);
  await writeFile(file, USERS);
  await source.refresh();
  expect(values()).toEqual([1, 3_000]);
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
