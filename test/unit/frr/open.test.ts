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
    socketDir: '/nonexistent',
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

it('prefers the sockets if their directory is accessible', async () => {
  installed();
  const socketDir = temporaryFolder();
  expect(await opened({ socketDir })).toEqual(['socket', `the sockets in ${socketDir} are accessible`]);
});

it('uses vtysh if there is no directory of sockets', async () => {
  const file = installed();
  expect(await opened({ pathspace: 'node' })).toEqual([
    'vtysh',
    `there is no directory /nonexistent/node, and vtysh is installed (${file})`,
  ]);
});

it('uses the sockets if vtysh is missing too', async () => {
  expect(await opened({ vtyshPath: '/nonexistent/vtysh' })).toEqual([
    'socket',
    'there is no program /nonexistent/vtysh',
  ]);
});

it('uses vtysh if a prefix leads to it', async () => {
  expect(await opened({ vtyshPath: '/nonexistent/vtysh', vtyshPrefix: ['podman', 'exec', 'frr'] })).toEqual([
    'vtysh',
    '--frr.vtysh.prefix is given',
  ]);
});

it('uses a recording if one is given', async () => {
  installed();
  expect(await opened({ recordingDir: recorded() })).toEqual(['recording', '--frr.recording is given']);
});

it('uses the source that is named', async () => {
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

it('rejects a missing or unreadable recording', async () => {
  await expect(opened({ kind: 'recording' })).rejects.toEqual(
    new RecordingError('--frr.source=recording needs a directory: --frr.recording=DIR'),
  );
  await expect(opened({ recordingDir: '/nonexistent' })).rejects.toThrow(RecordingError);
});
