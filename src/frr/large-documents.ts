/**
 * Reads a large answer piece by piece.
 *
 * The answer about 10,000 sessions has 16 MB and more; parsed in one go it stops everything else for a tenth of a
 * second and takes several times its size in memory. Here the braces are found first, in turns, and an object is
 * parsed when somebody looks at it: collectors go through sessions one by one, so only one of them is in
 * memory as an object at any time. To the collectors a large object looks like any other.
 *
 * Finding the braces is cheap because FRR prints a member a line (json-c's "pretty" format): a brace that ends a line
 * opens an object and one that begins a line closes it, which no brace inside a string can do. An answer that is
 * laid out in another way is left to the ordinary reader.
 */
import { inTurns, type Turns } from '../turns.ts';
import type { Command } from './commands.ts';
import { excerpt, parseLeniently, readDocuments, unreadable } from './documents.ts';

/** Characters from which on an answer is read piece by piece. */
const LARGE_ANSWER = 256 * 1024;

/** Characters from which on an object is not parsed in one go: a few sessions. */
const LARGE_OBJECT = 32 * 1024;

/** Braces between two turns: about a millisecond. */
const BRACES_A_TURN = 10_000;

/**
 * {@link readDocuments}, without keeping other work waiting. What is wrong inside of a large document is found when
 * that part is looked at, and thrown then.
 * @throws FrrError `not_json` or `truncated`
 */
export async function readLargeDocuments(command: Command, text: string): Promise<readonly unknown[]> {
  if (text.length < LARGE_ANSWER) return readDocuments(command, text);
  const found = await inTurns(findObjects(text));
  return found === undefined ? readDocuments(command, text) : [openObject(command, text, found)];
}

/** An object in the text, from its opening brace to after its closing brace. */
interface Found {
  readonly start: number;
  readonly end: number;
  /** The objects in it; only where it is large, for otherwise it is parsed in one go. */
  readonly inner: readonly Found[] | undefined;
}

const LINE_FEED = 10;
const BLANK = 32;

/** Finds the objects of the one document in the text; undefined when the text is not laid out as expected. */
function* findObjects(text: string): Turns<Found | undefined> {
  if (!text.startsWith('{\n')) return undefined;
  const open: { readonly start: number; readonly inner: Found[] }[] = [];
  let opening = 0;
  let closing = text.indexOf('}');
  let braces = 0;
  while (closing !== -1) {
    if (++braces % BRACES_A_TURN === 0) yield;
    if (opening !== -1 && opening < closing) {
      if (text.charCodeAt(opening + 1) === LINE_FEED) open.push({ start: opening, inner: [] });
      opening = text.indexOf('{', opening + 1);
      continue;
    }
    if (beginsLine(text, closing)) {
      const closed = open.pop();
      if (closed === undefined) return undefined;
      const { start, inner } = closed;
      const end = closing + 1;
      const found = { start, end, inner: end - start < LARGE_OBJECT ? undefined : inner };
      const parent = open.at(-1);
      if (parent === undefined) return text.slice(end).trim() === '' ? found : undefined;
      parent.inner.push(found);
    }
    closing = text.indexOf('}', closing + 1);
  }
  return undefined;
}

function beginsLine(text: string, position: number): boolean {
  let before = position - 1;
  while (text.charCodeAt(before) === BLANK) before--;
  return text.charCodeAt(before) === LINE_FEED;
}

const NAME = /^[ ,]*("(?:[^"\\]|\\.)*") ?: ?$/;

/** Where the line begins on which the value stands, and the name before it; undefined where there is no name. */
function nameBefore(
  text: string,
  value: number,
): { readonly line: number; readonly name: string } | undefined {
  const line = text.lastIndexOf('\n', value - 1) + 1;
  const name = NAME.exec(text.slice(line, value))?.[1];
  return name === undefined ? undefined : { line, name: JSON.parse(name) as string };
}

/** An object as collectors see it: parsed at once where it is small, and member by member where it is large. */
function openObject(command: Command, text: string, found: Found): object {
  if (found.inner === undefined) return parse(command, text.slice(found.start, found.end));
  const objects = new Map<string, Found>();
  /** What stands between the objects: members of other kinds. */
  const between: string[] = [];
  let position = found.start + 1;
  for (const inner of found.inner) {
    const named = nameBefore(text, inner.start);
    // Without a name it is an item of an array, which is parsed with the array.
    if (named === undefined) continue;
    between.push(text.slice(position, named.line));
    objects.set(named.name, inner);
    position = inner.end;
  }
  between.push(text.slice(position, found.end - 1));
  const members = between.map((part) => part.replace(/^[\s,]+|[\s,]+$/g, '')).filter((part) => part !== '');
  const others = parse(command, `{${members.join(',')}}`);
  const memberOf = (name: string): unknown => {
    const inner = objects.get(name);
    return inner === undefined ? others[name] : openObject(command, text, inner);
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
