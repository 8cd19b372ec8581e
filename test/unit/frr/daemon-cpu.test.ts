import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { daemonCpu } from '../../../src/frr/daemon-cpu.ts';
import { fakeVtysh } from './fake-vtysh.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('measures the CPU time of a daemon that is busy', async () => {
  const folder = temporaryFolder();
  // The kernel calls a process after its program.
  const busy = spawn(fakeVtysh(folder, 'while :; do :; done', 'bgpd'));
  onTestFinished(() => void busy.kill('SIGKILL'));
  writeFileSync(path.join(folder, 'bgpd.pid'), `${busy.pid}\n`);
  const { measure } = daemonCpu(folder);
  await vi.waitFor(() => expect(measure('bgpd')()).toBeDefined(), { timeout: 10_000 });
  const used = measure('bgpd');
  await vi.waitFor(() => expect(used()).toBeGreaterThan(0), { timeout: 10_000 });
});

test('looks for the process of a daemon once for the commands of a poll', () => {
  const folder = temporaryFolder();
  let now = 0;
  const { measure } = daemonCpu(folder, folder, () => now);
  const start = (pid: number) => {
    mkdirSync(path.join(folder, String(pid)));
    writeFileSync(path.join(folder, 'bgpd.pid'), `${pid}\n`);
    writeFileSync(path.join(folder, String(pid), 'comm'), 'bgpd\n');
    writeFileSync(path.join(folder, String(pid), 'schedstat'), '5000000 0 30\n');
  };
  start(7);
  expect(measure('bgpd')()).toBe(0);
  rmSync(path.join(folder, '7'), { recursive: true });
  start(8);
  now = 0.9;
  expect(measure('bgpd')()).toBeUndefined();
  now = 1;
  expect(measure('bgpd')()).toBe(0);
});

test('does not take another process for the daemon', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'bgpd.pid'), `${process.pid}\n`);
  writeFileSync(path.join(folder, 'zebra.pid'), '\n');
  const { measure } = daemonCpu(folder);
  expect((['bgpd', 'zebra', 'bfdd'] as const).map((daemon) => measure(daemon)())).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('waits for a CPU', () => {
  /** bgpd with the scheduler's times, by a clock that a test sets. */
  function bgpd() {
    const folder = temporaryFolder();
    let now = 0;
    const cpu = daemonCpu(folder, folder, () => now);
    return {
      waits: cpu.waits,
      /** Measures at a moment at which the process has waited for so many seconds since its start. */
      measureAt(moment: number, waited: number, pid = 7, runs = 30) {
        now = moment;
        mkdirSync(path.join(folder, String(pid)), { recursive: true });
        writeFileSync(path.join(folder, 'bgpd.pid'), `${pid}\n`);
        writeFileSync(path.join(folder, String(pid), 'comm'), 'bgpd\n');
        writeFileSync(path.join(folder, String(pid), 'schedstat'), `5000000 ${waited * 1e9} ${runs}\n`);
        cpu.measure('bgpd');
      },
    };
  }

  test('between two measurements, if they are long enough', () => {
    const { waits, measureAt } = bgpd();
    measureAt(0, 3);
    measureAt(5, 3.09);
    measureAt(10, 4.34);
    expect(waits()).toEqual([{ daemon: 'bgpd', from: 5, to: 10, seconds: 1.25 }]);
  });

  test('but not those of a longer time, or of a process before', () => {
    const { waits, measureAt } = bgpd();
    measureAt(0, 0);
    measureAt(16, 2);
    measureAt(17, 4, 8);
    expect(waits()).toEqual([]);
  });

  test('but not many short ones', () => {
    const { waits, measureAt } = bgpd();
    measureAt(0, 0, 7, 100);
    measureAt(5, 1, 7, 121);
    measureAt(10, 2, 7, 141);
    expect(waits()).toEqual([{ daemon: 'bgpd', from: 5, to: 10, seconds: 1 }]);
  });

  test('of which only the last ones are remembered', () => {
    const { waits, measureAt } = bgpd();
    for (let moment = 0; moment <= 300; moment++) measureAt(moment, moment / 2);
    expect(waits().length).toBe(200);
    expect(waits().at(-1)).toEqual({ daemon: 'bgpd', from: 299, to: 300, seconds: 0.5 });
  });
});
