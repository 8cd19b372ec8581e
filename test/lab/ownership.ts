/**
 * Names for everything that the laboratory starts, so that nothing of it is ever left behind.
 *
 * A name holds the process that owns the thing and when that process started: `frrlab-PID-START-...`. A reaper
 * waits for the owner's end, however it ends (SIGKILL included), and then removes whatever carries the name. What
 * even the reaper could not remove is found by the next owner, who sees from the name that nobody owns it.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const REAP = fileURLToPath(new URL('reap', import.meta.url));
const NAME = /^frrlab-(\d+)-([0-9a-z]+)/;

/** When a process started, in the kernel's ticks since the boot; undefined without such a process. 0 outside Linux. */
function startTime(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0) ? '0' : undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): field 22. The second field, in parentheses, may hold blanks.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return Number(ticks).toString(36);
  } catch {
    return undefined;
  }
}

let owner: string | undefined;
let count = 0;

/** Whether the process that owns a name still runs. */
export function isOwned(name: string): boolean {
  const match = NAME.exec(name);
  return match !== null && startTime(Number(match[1])) === match[2];
}

/** Removes what was left by owners that are gone. */
export async function sweep(): Promise<void> {
  const entries = ['/run/netns', tmpdir(), '/run/frr'].flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
  const owners = new Set(entries.map((entry) => NAME.exec(entry)?.[0]));
  for (const name of owners) if (name !== undefined && !isOwned(name)) await execa(REAP, [name]);
}

/** A new name, unique on this machine, with its own temporary directory. */
export async function claim(what: string): Promise<{ readonly name: string; readonly folder: string }> {
  if (owner === undefined) {
    owner = `frrlab-${process.pid}-${startTime(process.pid)}`;
    // In its own session, so that Ctrl-C at the terminal does not reach it.
    const reaper = spawn(REAP, ['--when-closed', owner], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    reaper.unref();
    (reaper.stdin as unknown as { unref(): void }).unref();
    await sweep();
  }
  count += 1;
  const name = `${owner}-${count}${what}`;
  const folder = join(tmpdir(), name);
  mkdirSync(folder);
  return { name, folder };
}

/** Ends and removes everything that carries a name. */
export async function release(name: string): Promise<void> {
  await execa(REAP, [name]);
}

/** The environment of a process that belongs to a name. */
export function belongingTo(name: string): { readonly FRR_LAB: string } {
  return { FRR_LAB: name };
}
