/**
 * Reads the JSON documents of an answer.
 *
 * Most answers are one document. FRR 7.5 and 8.4 print one per VRF for some commands, one after another without a
 * separator (`show ip route vrf all summary json`), nothing at all for others (`show evpn vni json` without EVPN),
 * and sometimes a line for people (`% ...`) in between. json-c, FRR's JSON library, writes NaN and Infinity as bare
 * words, and what FRR prints without json-c is not escaped, so strings may contain control characters: both are
 * accepted. Anything else that is not JSON is rejected.
 */
import type { Command } from './commands.ts';
import { FrrError } from './source.ts';

/** The result of reading a text that should be JSON. */
export type Documents =
  | { readonly ok: true; readonly documents: readonly unknown[] }
  | {
      readonly ok: false;
      /** `truncated`: a document has no end. */
      readonly reason: 'not_json' | 'truncated';
      /** What was found where, in one line. */
      readonly detail: string;
    };

/**
 * Reads the documents of an answer: objects and arrays, in their order; an empty list for an answer without any,
 * where the command's answer may be empty.
 * Of duplicate keys in an object the last one is used.
 * @throws FrrError `not_json` or `truncated`
 */
export function readDocuments(command: Command, text: string): readonly unknown[] {
  const { daemon } = command;
  const read = parseDocuments(text);
  if (!read.ok) throw unreadable(command, read.reason, read.detail);
  if (read.documents.length === 0 && !command.mayBeEmpty)
    throw new FrrError('not_json', daemon, `${daemon} answered nothing to "${command.text}"`);
  return read.documents;
}

/** The error for an answer that cannot be read. */
export function unreadable(
  { daemon, text }: Command,
  reason: 'not_json' | 'truncated',
  detail: string,
): FrrError {
  const words = reason === 'truncated' ? 'ends in the middle' : 'is not JSON';
  return new FrrError(reason, daemon, `${daemon}'s answer to "${text}" ${words}: ${detail}`);
}

/** Like {@link readDocuments}, but returns an error instead of throwing one that names a command. */
export function parseDocuments(text: string): Documents {
  // Nearly every answer is one good document, and this is the fastest way to read one.
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return { ok: true, documents: [document] };
  } catch {
    // Several documents, other lines between them, or no JSON: handled below.
  }
  const split = splitDocuments(text);
  if (!split.ok) return split;
  const documents: unknown[] = [];
  for (const part of split.documents) {
    try {
      documents.push(parseLeniently(part));
    } catch (error) {
      return { ok: false, reason: 'not_json', detail: `${(error as Error).message}, in ${excerpt(part)}` };
    }
  }
  return { ok: true, documents };
}

/** The texts of the documents, not yet parsed. */
export type DocumentTexts =
  | { readonly ok: true; readonly documents: readonly string[] }
  | Extract<Documents, { ok: false }>;

const BLANK = /[ \t\r\n]*/y;

/** Splits a text into its documents by their brackets alone. */
export function splitDocuments(text: string): DocumentTexts {
  const documents: string[] = [];
  let position = 0;
  while (true) {
    BLANK.lastIndex = position;
    BLANK.test(text);
    position = BLANK.lastIndex;
    const first = text[position];
    if (first === undefined) return { ok: true, documents };
    if (first === '{' || first === '[') {
      const end = documentEnd(text, position);
      if (end === undefined) {
        const last = excerpt(text.slice(-EXCERPT));
        return { ok: false, reason: 'truncated', detail: `after ${text.length} characters, with ${last}` };
      }
      documents.push(text.slice(position, end));
      position = end;
    } else if (first === '%' && (position === 0 || text[position - 1] === '\n')) {
      const end = text.indexOf('\n', position);
      position = end === -1 ? text.length : end + 1;
    } else {
      return { ok: false, reason: 'not_json', detail: excerpt(text.slice(position)) };
    }
  }
}

const OPENING_OR_CLOSING = /[{}[\]"]/g;

/** Where the document that begins at `start` ends, or undefined when it does not. */
function documentEnd(text: string, start: number): number | undefined {
  let depth = 0;
  OPENING_OR_CLOSING.lastIndex = start;
  while (OPENING_OR_CLOSING.test(text)) {
    const position = OPENING_OR_CLOSING.lastIndex;
    const character = text[position - 1];
    if (character === '"') {
      const end = stringEnd(text, position);
      if (end === undefined) return undefined;
      OPENING_OR_CLOSING.lastIndex = end;
    } else if (character === '{' || character === '[') {
      depth++;
    } else if (--depth === 0) {
      return position;
    }
  }
  return undefined;
}

/** The position after the closing quote of the string whose content begins at `start`. */
function stringEnd(text: string, start: number): number | undefined {
  let quote = text.indexOf('"', start);
  while (quote !== -1) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\' && quote - 1 - backslashes >= start) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return undefined;
}

/**
 * Parses one document as FRR writes them.
 * @throws SyntaxError
 */
export function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mended = mend(text);
    if (mended === text) throw error;
    return JSON.parse(mended);
  }
}

// A string, or what JSON has no word for. Strings are matched so that words inside them are not changed.
const STRING_OR_NO_NUMBER = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\b(?:nan|inf(?:inity)?)\b/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f]/g;

/** Makes valid JSON of the output of json-c and FRR: NaN and Infinity become null, control characters become escapes. */
function mend(text: string): string {
  return text.replace(STRING_OR_NO_NUMBER, (token) =>
    token.startsWith('"')
      ? token.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : 'null',
  );
}

const EXCERPT = 60;

/** The beginning of a text, quoted for one line of a log. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text);
}
