import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { daemonCpu } from '../../../src/frr/daemon-cpu.ts';
import { fakeVtysh } from './fake-vtysh.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('measures the CPU time of a daemon that is busy', async () => {
  const folder = temporaryFolder();
  // The kernel calls a process after its program.
  const busy = spawn(fakeVtysh(folder, 'while :; do :; done', 'bgpd'));
  onTestFinished(() => void busy.kill('SIGKILL'));
  writeFileSync(path.join(folder, 'bgpd.pid'), `${busy.pid}\n`);
  const measure = daemonCpu(folder);
  await vi.waitFor(() => expect(measure('bgpd')()).toBeDefined());
  const used = measure('bgpd');
  await vi.waitFor(() => expect(used()).toBeGreaterThan(0), { timeout: 10_000 });
});

test('does not take another process for the daemon', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'bgpd.pid'), `${process.pid}\n`);
  writeFileSync(path.join(folder, 'zebra.pid'), '\n');
  const measure = daemonCpu(folder);
  expect((['bgpd', 'zebra', 'bfdd'] as const).map((daemon) => measure(daemon)())).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
