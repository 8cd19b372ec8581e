/** CPU time and memory of running processes, from /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** proc(5): times in /proc/PID/stat are in clock ticks, 100 per second on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds, user and system, of a process and of the children that it has waited for. This includes vtysh processes.
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return (user + system + childrenUser + childrenSystem) / TICKS_PER_SECOND;
}

/** Seconds that a process has run on a CPU, without its children, with nanosecond resolution. */
export function exactCpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e9;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) * 1024;
}

/** Resident memory in bytes that belongs to the process alone, without the pages of files. */
export function privateBytes(pid: number): number {
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) * 1024;
}

/** Number of open file descriptors of a process. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Number of open sockets of a process. */
export function openSockets(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`).startsWith('socket:');
    } catch {
      // Closed in the meantime.
      return false;
    }
  }).length;
}

/** Number of threads of a process. */
export function threads(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

/** The child processes of a process. */
export function children(pid: number): number[] {
  const found: number[] = [];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    if (list !== '') found.push(...list.split(' ').map(Number));
  }
  return found;
}
