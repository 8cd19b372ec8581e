/** The daemons' vty sockets as files: their paths, who has access, and the message for users without access. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DAEMONS, type Daemon } from './commands.ts';
import type { SourceOptions } from './options.ts';

/** The folder of the sockets, with the path space. */
export function socketFolder({ socketDir, pathspace = '' }: SourceOptions): string {
  return path.join(socketDir, pathspace);
}

/** The path of the socket of a daemon, whether it exists or not. */
export function socketFile(options: SourceOptions, daemon: Daemon): string {
  return path.join(socketFolder(options), `${daemon}.vty`);
}

const RIGHTS = { use: constants.R_OK | constants.W_OK, enter: constants.X_OK } as const;

/**
 * Whether this program has access to a socket, or to the folder of the sockets. A daemon that was killed leaves its
 * socket behind, although no process listens on it.
 */
export function socketAccess(
  file: string,
  right: keyof typeof RIGHTS = 'use',
): 'allowed' | 'denied' | 'missing' {
  try {
    accessSync(file, RIGHTS[right]);
    return 'allowed';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : 'missing';
  }
}

/** Why this program cannot use the sockets; undefined if it can. A daemon that is not running does not count. */
export function socketObstacle(options: SourceOptions): string | undefined {
  const folder = socketFolder(options);
  const access = socketAccess(folder, 'enter');
  if (access !== 'allowed')
    return access === 'missing' ? `there is no directory ${folder}` : `permission denied to ${folder}`;
  const denied = DAEMONS.map((daemon) => socketFile(options, daemon)).find(
    (file) => socketAccess(file) === 'denied',
  );
  return denied && `permission denied to ${denied}`;
}

/** A user group. */
export interface Group {
  readonly gid: number;
  /** Undefined where this system, or container, has no name for it. */
  readonly name: string | undefined;
}

/**
 * The group whose members have access to the file: the group of the file itself or, where the file is not visible, of
 * the nearest visible folder above it. Undefined when none is visible.
 */
export function groupOf(file: string): Group | undefined {
  for (let place = path.resolve(file); ; place = path.dirname(place)) {
    try {
      const { gid } = statSync(place);
      return { gid, name: groupName(gid) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EACCES' || place === path.dirname(place)) return undefined;
    }
  }
}

/** The name of a group as this system, or container, knows it. */
export function groupName(gid: number): string | undefined {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(gid));
    return line?.split(':')[0];
  } catch {
    return undefined;
  }
}

/** `frrvty (gid 92)`, or `gid 92` where the group has no name here. */
export function groupWords({ gid, name }: Group): string {
  return name === undefined ? `gid ${gid}` : `${name} (gid ${gid})`;
}

/** What is wrong and what to do, in one line, when `socket` may not be used. */
export function deniedWords(socket: string): string {
  const group = groupOf(socket);
  const who = `this program's user (uid ${process.getuid?.() ?? 'unknown'})`;
  const remedy =
    group === undefined
      ? `${who} must be in the group of the socket, which FRR names frrvty`
      : `${who} must be in group ${groupWords(group)}`;
  return `${socket}: permission denied; ${remedy}`;
}
