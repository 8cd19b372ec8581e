import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openSource } from '../../../src/frr/open.ts';
import type { SourceOptions } from '../../../src/frr/options.ts';
import { RecordingError } from '../../../src/frr/recording.ts';
import { fakeVtysh } from './fake-vtysh.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function opened(options: Partial<SourceOptions>) {
  const { source, why } = await openSource({
    kind: 'auto',
    socketDir: '/run/frr',
    vtyshPath: 'vtysh',
    vtyshPrefix: [],
    maxOutput: 1000,
    ...options,
  });
  await source.close();
  return [source.kind, why];
}

function installed(): string {
  const folder = temporaryFolder();
  const file = fakeVtysh(folder, 'exit');
  vi.stubEnv('PATH', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return file;
}

function recorded(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'index.json'), '{}');
  return folder;
}

it('takes vtysh by itself where it is installed', async () => {
  const file = installed();
  expect(await opened({})).toEqual(['vtysh', `vtysh is installed (${file})`]);
});

it('takes the sockets by itself where there is no vtysh', async () => {
  expect(await opened({ vtyshPath: '/nonexistent/vtysh' })).toEqual([
    'socket',
    'there is no /nonexistent/vtysh here',
  ]);
});

it('takes vtysh by itself where a prefix leads to it', async () => {
  expect(await opened({ vtyshPath: '/nonexistent/vtysh', vtyshPrefix: ['podman', 'exec', 'frr'] })).toEqual([
    'vtysh',
    '--frr.vtysh.prefix is given',
  ]);
});

it('takes a recording by itself where one is given', async () => {
  installed();
  expect(await opened({ recordingDir: recorded() })).toEqual(['recording', '--frr.recording is given']);
});

it('takes what it is told to', async () => {
  installed();
  expect(await opened({ kind: 'socket' })).toEqual(['socket', '--frr.source=socket']);
  expect(await opened({ kind: 'vtysh', vtyshPath: '/nonexistent/vtysh' })).toEqual([
    'vtysh',
    '--frr.source=vtysh',
  ]);
  expect(await opened({ kind: 'recording', recordingDir: recorded() })).toEqual([
    'recording',
    '--frr.source=recording',
  ]);
});

it('refuses a recording that is not given or is none', async () => {
  await expect(opened({ kind: 'recording' })).rejects.toEqual(
    new RecordingError('--frr.source=recording needs a folder: --frr.recording=DIR'),
  );
  await expect(opened({ recordingDir: '/nonexistent' })).rejects.toThrow(RecordingError);
});
