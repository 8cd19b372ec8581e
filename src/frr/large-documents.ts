/**
 * Reads a large answer session by session.
 *
 * The answer for 10,000 sessions has tens of megabytes. First its objects are located in the bytes, yielding to the
 * event loop in between; each is decoded and parsed when a collector reads it, so that only one session is in memory as
 * an object at any time. To the collectors it looks like any other object, but each access parses again: iterate over
 * its entries once. Compared with JSON.parse (bench/large-documents.ts), on a busy machine: at 10,000 sessions the longest block of the
 * event loop is 0.04 to 0.18 s instead of 0.7 to 1.0 s, and the peak of memory 25 MB instead of 70 MB, for half more CPU;
 * at 1,000 sessions memory is 4 MB instead of 15 MB, for 20 ms more CPU.
 *
 * Finding the braces is cheap because FRR prints a member a line (json-c's "pretty" format): a brace that ends a line
 * opens an object and one that begins a line closes it, which no brace inside a string can do. An answer that
 * is formatted differently is read in the ordinary way.
 */
import { inTurns, type Turns } from '../base/turns.ts';
import type { Command } from './commands.ts';
import { excerpt, parseLeniently, readDocuments, unreadable } from './documents.ts';

/** Bytes above which an answer is read piece by piece. */
const LARGE_ANSWER = 256 * 1024;

/** Bytes above which an object is not parsed at once: a few sessions. */
const LARGE_OBJECT = 32 * 1024;

/** Bytes between two turns: about a millisecond. */
const BYTES_A_TURN = 512 * 1024;

/**
 * Like {@link readDocuments}, without blocking the event loop. An error inside a large document is thrown when that part
 * is read.
 * @throws FrrError `not_json` or `truncated`
 */
export async function readLargeDocuments(command: Command, answer: Buffer): Promise<readonly unknown[]> {
  const found = answer.length < LARGE_ANSWER ? undefined : await inTurns(findObjects(answer));
  return found === undefined
    ? readDocuments(command, answer.toString())
    : [openObject(command, answer, found)];
}

/** An object in the answer, from its opening brace to after its closing brace. */
interface Found {
  readonly start: number;
  readonly end: number;
  /** The objects in it; only of a large object, as a small one is parsed at once. */
  readonly inner: readonly Found[] | undefined;
}

const [OPENING, CLOSING, LINE_FEED, BLANK] = Buffer.from('{}\n ') as unknown as [
  number,
  number,
  number,
  number,
];

/** Finds the objects of the one document in the answer; undefined when the answer is not formatted as expected. */
function* findObjects(answer: Buffer): Turns<Found | undefined> {
  if (answer[0] !== OPENING || answer[1] !== LINE_FEED) return undefined;
  const search: Search = { answer, open: [], document: undefined, failed: false };
  for (let from = 0; from < answer.length && !search.failed; from += BYTES_A_TURN) {
    findWithin(search, from, Math.min(from + BYTES_A_TURN, answer.length));
    yield;
  }
  return search.failed ? undefined : search.document;
}

/** The progress of the search for the objects of an answer. */
interface Search {
  readonly answer: Buffer;
  /** Objects whose end is not found yet. */
  readonly open: { readonly start: number; readonly inner: Found[] }[];
  document: Found | undefined;
  /** The answer is formatted differently. */
  failed: boolean;
}

/** Continues a search. Not part of the generator, where V8 makes the loop several times slower. */
function findWithin(search: Search, from: number, to: number): void {
  const { answer, open } = search;
  for (let position = from; position < to; position++) {
    const byte = answer[position];
    if (byte === OPENING) {
      if (answer[position + 1] === LINE_FEED) open.push({ start: position, inner: [] });
    } else if (byte === CLOSING && beginsLine(answer, position)) {
      const closed = open.pop();
      if (closed === undefined) {
        search.failed = true;
        return;
      }
      const { start, inner } = closed;
      const end = position + 1;
      const found = { start, end, inner: end - start < LARGE_OBJECT ? undefined : inner };
      const parent = open.at(-1);
      if (parent !== undefined) parent.inner.push(found);
      else if (search.document === undefined && isBlank(answer, end)) search.document = found;
      else search.failed = true;
    }
  }
}

function beginsLine(answer: Buffer, position: number): boolean {
  let before = position - 1;
  while (answer[before] === BLANK) before--;
  return answer[before] === LINE_FEED;
}

/** Whether only blanks and line feeds follow. */
function isBlank(answer: Buffer, position: number): boolean {
  for (let next = position; next < answer.length; next++)
    if (answer[next] !== BLANK && answer[next] !== LINE_FEED) return false;
  return true;
}

const NAME = /^[ ,]*("(?:[^"\\]|\\.)*") ?: ?$/;

/** Where the line of the value begins, and the name before the value; undefined where there is no name. */
function nameBefore(
  answer: Buffer,
  value: number,
): { readonly line: number; readonly name: string } | undefined {
  const line = answer.lastIndexOf(LINE_FEED, value - 1) + 1;
  const name = NAME.exec(answer.toString('utf8', line, value))?.[1];
  return name === undefined ? undefined : { line, name: JSON.parse(name) as string };
}

/** An object as collectors see it: a small one parsed at once, a large one member by member. */
function openObject(command: Command, answer: Buffer, found: Found): object {
  const textOf = (start: number, end: number) => answer.toString('utf8', start, end);
  if (found.inner === undefined) return parse(command, textOf(found.start, found.end));
  const objects = new Map<string, Found>();
  /** The text between the objects: members of other types. */
  const between: string[] = [];
  let position = found.start + 1;
  for (const inner of found.inner) {
    const named = nameBefore(answer, inner.start);
    // Without a name it is an item of an array, which is parsed with the array.
    if (named === undefined) continue;
    between.push(textOf(position, named.line));
    objects.set(named.name, inner);
    position = inner.end;
  }
  between.push(textOf(position, found.end - 1));
  const members = between.map((part) => part.replace(/^[\s,]+|[\s,]+$/g, '')).filter((part) => part !== '');
  const others = parse(command, `{${members.join(',')}}`);
  const memberOf = (name: string): unknown => {
    const inner = objects.get(name);
    return inner === undefined ? others[name] : openObject(command, answer, inner);
  };
  return new Proxy(others, {
    get: (_, name) => (typeof name === 'string' ? memberOf(name) : undefined),
    has: (_, name) => typeof name === 'string' && (objects.has(name) || Object.hasOwn(others, name)),
    ownKeys: () => [...new Set([...Object.keys(others), ...objects.keys()])],
    getOwnPropertyDescriptor: (_, name) =>
      typeof name === 'string' && (objects.has(name) || Object.hasOwn(others, name))
        ? { get: () => memberOf(name), enumerable: true, configurable: true }
        : undefined,
  });
}

/** @throws FrrError `not_json` */
function parse(command: Command, text: string): Record<string, unknown> {
  try {
    return parseLeniently(text) as Record<string, unknown>;
  } catch (error) {
    throw unreadable(command, 'not_json', `${(error as Error).message}, in ${excerpt(text)}`);
  }
}

/** What stands before the routes in a table that FRR prints. */
const ROUTES = Buffer.from('"routes": {');

/**
 * Reads a BGP table route by route: FRR prints a line for each prefix (`route_vty_out` and `bgp_show_table` in its bgp_route.c).
 * Only one route is in memory as an object at any time.
 * @returns prefixes with their paths, as FRR writes them
 * @throws FrrError `not_json` or `truncated`, when that line is read
 */
export function* readRoutes(
  command: Command,
  answer: Buffer,
): Generator<readonly [prefix: string, paths: unknown], void, void> {
  const before = answer.indexOf(ROUTES);
  if (before === -1) {
    // Without routes it is any other document, such as an empty one, or not JSON at all.
    readDocuments(command, answer.toString());
    return;
  }
  let line = before + ROUTES.length;
  while (true) {
    const end = answer.indexOf(LINE_FEED, line);
    if (end === -1)
      throw unreadable(
        command,
        'truncated',
        `after ${answer.length} bytes, in ${excerpt(answer.toString('utf8', line))}`,
      );
    const text = answer.toString('utf8', line, end).replace(/^[\s,]+/, '');
    if (text.startsWith('}')) return;
    yield* Object.entries(parse(command, `{${text}}`));
    line = end + 1;
  }
}
