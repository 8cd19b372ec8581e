/**
 * Follows FRR's own log file: what is appended to it after it was opened. The file may be rotated, by renaming or by
 * copying and truncating, may not be there yet, and may be huge: only its end is ever read.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Logger } from '../base/log.ts';

/** Maximum number of bytes per read; if more was appended, the older part is skipped. */
const LONGEST_READING = 256 * 1024;

/** Maximum number of bytes of an incomplete line; a longer one is ignored. */
const LONGEST_LINE = 4096;

const MISSING = 'there is no such file';

export interface LogFile {
  /** The lines that were appended since the last time. Never rejects: what is wrong is logged once. */
  read(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Opened {
  readonly handle: FileHandle;
  /** Of the file, wherever it has been moved. */
  readonly inode: number;
  offset: number;
  /** The beginning of a line. */
  rest: Buffer;
}

/** Opens the log; what it contains so far is not read. */
export async function openLogFile(path: string, log: Logger): Promise<LogFile> {
  let current: Opened | undefined;
  let problem: string | undefined;

  function report(now: string | undefined): void {
    if (now !== undefined && now !== problem) log.warn({ file: path }, `--frr.log: ${now}`);
    if (now === undefined && problem !== undefined) log.info({ file: path }, '--frr.log: it can be read now');
    problem = now;
  }

  /** What was appended to a new file at the path, after a rotation or because there was none. */
  async function appendedToNew(): Promise<readonly string[]> {
    const { ino } = await stat(path);
    if (ino === current?.inode) return [];
    // What a file contains that could not be read so far is old.
    const isNew = current !== undefined || problem === MISSING;
    await current?.handle.close();
    current = undefined;
    current = await openAt(path, ({ size }) => (isNew ? 0 : size));
    return appended(current);
  }

  async function readNow(): Promise<readonly string[]> {
    const lines: string[] = [];
    try {
      // Also while there is no file at the path: FRR writes to the old one until its log has been rotated.
      if (current !== undefined) lines.push(...(await appended(current)));
      lines.push(...(await appendedToNew()));
      report(undefined);
    } catch (error) {
      report(problemText(error));
    }
    return lines;
  }

  try {
    current = await openAt(path, ({ size }) => size);
  } catch (error) {
    report(problemText(error));
  }
  let reading: Promise<unknown> = Promise.resolve();
  return {
    read() {
      const result = reading.then(readNow);
      reading = result;
      return result;
    },
    async close() {
      await reading;
      await current?.handle.close();
      current = undefined;
    },
  };
}

/**
 * Opens the file.
 * @param offset where to begin
 */
async function openAt(path: string, offset: (file: Stats) => number): Promise<Opened> {
  // A pipe must not block until there is a writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const file = await handle.stat();
  if (file.isFile()) return { handle, inode: file.ino, offset: offset(file), rest: Buffer.alloc(0) };
  await handle.close();
  throw new Error(file.isDirectory() ? 'it is a directory, not a file' : 'it is not a regular file');
}

/** What was appended to an open file, as complete lines. */
async function appended(file: Opened): Promise<readonly string[]> {
  const { size } = await file.handle.stat();
  if (size < file.offset) {
    file.offset = 0;
    file.rest = Buffer.alloc(0);
  }
  let skipped = false;
  if (size - file.offset > LONGEST_READING) {
    file.offset = size - LONGEST_READING;
    file.rest = Buffer.alloc(0);
    skipped = true;
  }
  if (size === file.offset) return [];
  const buffer = Buffer.alloc(size - file.offset);
  const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, file.offset);
  file.offset += bytesRead;
  const text = Buffer.concat([file.rest, buffer.subarray(0, bytesRead)]);
  const end = text.lastIndexOf('\n') + 1;
  const rest = text.subarray(end);
  file.rest = Buffer.from(rest.length > LONGEST_LINE ? rest.subarray(0, 0) : rest);
  const lines = text.toString('utf8', 0, end).split('\n').slice(0, -1);
  return skipped ? lines.slice(1) : lines;
}

function problemText(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return MISSING;
  if (code === 'EACCES') return 'it cannot be read: permission denied';
  return code === undefined ? message : `it cannot be read (${code})`;
}
