/**
 * The recordings of the laboratory, which the tests read.
 *
 * Many situations have the same answers, so each answer is stored once, as `recordings/answers/HASH.EXTENSION`. A
 * situation is one file, `recordings/VERSION/SITUATION.json`, with the contents of a recording's `index.json`,
 * `addresses.json` and `links.json`, the answers and the kernel's tables in it named by their hashes.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const STORE = path.join(import.meta.dirname, 'recordings');
const ANSWERS = path.join(STORE, 'answers');
/** See src/frr/kernel-routes.ts. */
const KERNEL_TABLES = ['fib_trie', 'ipv6_route'];

/** An entry of a recording's `index.json`; see src/frr/recording.ts. */
interface Entry {
  readonly file: string;
  readonly exit: number;
  readonly stderr: string;
  readonly reason?: string;
}

/** One situation on one FRR version. */
export interface Situation {
  readonly index: Record<string, Entry>;
  /** Addresses with their prefix lengths, by interface. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** The contents of `links.json`. */
  readonly links: Readonly<Record<string, object>>;
  /** The kernel's routing tables: their files, by their names in the recording. */
  readonly kernel: Readonly<Record<string, string>>;
}

/** All recordings, as `VERSION/SITUATION`, in alphabetical order. */
export function recordingNames(): readonly string[] {
  return globSync('*/*.json', { cwd: STORE, exclude: ['answers'] })
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/** @param name such as `8.4.4/healthy` */
export function readSituation(name: string): Situation {
  return JSON.parse(readFileSync(path.join(STORE, `${name}.json`), 'utf8')) as Situation;
}

/** Stores an answer. Returns the name of its file. */
export function storeAnswer(bytes: Buffer, extension: string): string {
  const file = `${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}${extension}`;
  mkdirSync(ANSWERS, { recursive: true });
  writeFileSync(path.join(ANSWERS, file), bytes);
  return file;
}

/** Writes a situation, whose answers are stored already, its commands in alphabetical order. */
export function writeSituation(name: string, { index, addresses, links, kernel }: Situation): void {
  const sorted = Object.fromEntries(Object.entries(index).sort(([a], [b]) => (a < b ? -1 : 1)));
  const file = path.join(STORE, `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ addresses, links, kernel, index: sorted }, null, 1)}\n`);
}

/** Stores the answers and the kernel's tables of a recording's directory. Returns its situation. */
export function storeRecording(directory: string): Situation {
  const json = (file: string) => JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
  const store = (file: string) => storeAnswer(readFileSync(path.join(directory, file)), path.extname(file));
  const index: Situation['index'] = json('index.json');
  return {
    index: Object.fromEntries(
      Object.entries(index).map(([command, entry]) => [command, { ...entry, file: store(entry.file) }]),
    ),
    addresses: json('addresses.json'),
    links: json('links.json'),
    kernel: Object.fromEntries(
      KERNEL_TABLES.map((table) => [table, storeAnswer(readFileSync(path.join(directory, table)), '.txt')]),
    ),
  };
}

/**
 * Makes a directory of a situation for `--frr.recording`, its files named by their commands, and returns it. While an
 * exporter runs, the directory of one situation can take the place of another's.
 */
export function unpackRecording(name: string, directory: string): string {
  const { index, addresses, links, kernel } = readSituation(name);
  mkdirSync(directory, { recursive: true });
  const named = Object.entries(index).map(([command, entry]) => {
    const file = command.replaceAll(' ', '_').replaceAll(/[^\w.-]/g, '-') + path.extname(entry.file);
    symlinkSync(path.join(ANSWERS, entry.file), path.join(directory, file));
    return [command, { ...entry, file }] as const;
  });
  for (const [table, file] of Object.entries(kernel))
    symlinkSync(path.join(ANSWERS, file), path.join(directory, table));
  writeFileSync(path.join(directory, 'addresses.json'), JSON.stringify(addresses));
  writeFileSync(path.join(directory, 'links.json'), JSON.stringify(links));
  writeFileSync(path.join(directory, 'index.json'), JSON.stringify(Object.fromEntries(named)));
  return directory;
}

/** The files of answers that no situation uses. */
export function unusedAnswers(): readonly string[] {
  const used = new Set(
    recordingNames().flatMap((name) => {
      const { index, kernel } = readSituation(name);
      return [...Object.values(index).map(({ file }) => file), ...Object.values(kernel)];
    }),
  );
  return existsSync(ANSWERS) ? readdirSync(ANSWERS).filter((file) => !used.has(file)) : [];
}

export function removeUnusedAnswers(): void {
  for (const file of unusedAnswers()) rmSync(path.join(ANSWERS, file));
}

/** One recorded answer. */
export function readAnswer(name: string, command: string): Buffer {
  const entry = readSituation(name).index[command];
  if (entry === undefined) throw new Error(`${name} has no answer to "${command}"`);
  return readFileSync(path.join(ANSWERS, entry.file));
}
