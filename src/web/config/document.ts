/**
 * Reads YAML strictly, as Go's yaml.v2 does for exporter-toolkit: unknown and repeated keys are errors, and each
 * error message names the line.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from 'yaml';
import { UserError } from '../../base/user-error.ts';

/** An invalid web configuration. The message is one line that names the file, and the line number if known. */
export class WebConfigError extends UserError {
  override readonly name = 'WebConfigError';
}

/** A value in the document, with what an error message needs. */
export interface Value {
  /** `tls_server_config.cert_file`; empty for the whole document. */
  readonly name: string;
  readonly node: Node | null;
  readonly document: ConfigDocument;
}

export interface ConfigDocument {
  readonly file: string;
  readonly lines: LineCounter;
  readonly yaml: Document;
}

/** @throws WebConfigError when the text is not YAML */
export function readConfigDocument(text: string, file: string): Value {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false });
  const [problem] = yaml.errors;
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw new WebConfigError(
      `${file}:${line}: ${(problem.message.split('\n')[0] as string).replace(/:$/, '')}`,
    );
  }
  return { name: '', node: yaml.contents as Node | null, document: { file, lines, yaml } };
}

/** An error about a value, to be thrown. */
export function errorAt(value: Value, message: string): WebConfigError {
  const { document, node, name } = value;
  const start = node?.range?.[0];
  const line = start === undefined ? '' : `:${document.lines.linePos(start).line}`;
  return new WebConfigError(`${document.file}${line}: ${name === '' ? '' : `${name}: `}${message}`);
}

function resolved(value: Value): Node | null {
  const { node, document } = value;
  if (!isAlias(node)) return node;
  const target = node.resolve(document.yaml);
  if (target === undefined) throw errorAt(value, `unknown anchor &${node.source}`);
  return target;
}

/** Whether a value is empty: `key:`, `key: null`, `key: ~`. Every value may be empty, and then has its default. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

/** The keys and values of a map; none if it is empty. `<<` merges the keys of another map. */
export function entries(value: Value, mayMerge = true): ReadonlyMap<string, Value> {
  const node = resolved(value);
  if (isEmpty(node)) return new Map();
  if (!isMap(node)) throw errorAt(value, 'must be a map');
  const found = new Map<string, Value>();
  const merged = new Map<string, Value>();
  for (const { key, value: content } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? scalarText(key) : String(key);
    const entry = {
      name: value.name === '' ? name : `${value.name}.${name}`,
      // The key stands in for an empty value, so that errors have a line.
      node: content ?? key,
      document: value.document,
    };
    if (name === '<<' && mayMerge)
      for (const [inner, one] of entries({ ...entry, name: value.name }, false)) merged.set(inner, one);
    else found.set(name, content === null ? { ...entry, node: emptyAt(key) } : entry);
  }
  return new Map([...merged, ...found]);
}

/** An empty scalar in the place of another node. */
function emptyAt(node: Node): Node {
  const empty = new Scalar(null);
  empty.range = node.range ?? null;
  return empty;
}

/** {@link entries}, of which only some are known. */
export function knownEntries(value: Value, known: readonly string[]): ReadonlyMap<string, Value> {
  const found = entries(value);
  for (const [key, entry] of found)
    if (!known.includes(key))
      throw errorAt(
        { ...entry, name: value.name },
        `unknown key ${JSON.stringify(key)}; known keys: ${known.join(', ')}`,
      );
  return found;
}

export function items(value: Value): readonly Value[] {
  const node = resolved(value);
  if (isEmpty(node)) return [];
  if (!isSeq(node)) throw errorAt(value, 'must be a list');
  return (node.items as Node[]).map((item, index) => ({
    name: `${value.name}[${index}]`,
    node: item,
    document: value.document,
  }));
}

/** Where a string is required, a plain scalar is its source text: also `1e3` and `yes`. */
function scalarText(node: Scalar): string {
  return node.type === 'PLAIN' && node.source !== undefined ? node.source : String(node.value);
}

/** A string; empty if the value is missing or empty. */
export function text(value: Value | undefined): string {
  if (value === undefined) return '';
  const node = resolved(value);
  if (isEmpty(node)) return '';
  if (!isScalar(node)) throw errorAt(value, 'must be a string');
  return scalarText(node);
}

export function yesOrNo(value: Value | undefined, preset: boolean): boolean {
  if (value === undefined) return preset;
  const node = resolved(value);
  if (isEmpty(node)) return preset;
  if (!isScalar(node) || typeof node.value !== 'boolean') throw errorAt(value, 'must be true or false');
  return node.value;
}

export function wholeNumber(value: Value | undefined, preset: number): number {
  if (value === undefined) return preset;
  const node = resolved(value);
  if (isEmpty(node)) return preset;
  if (!isScalar(node) || typeof node.value !== 'number' || !Number.isSafeInteger(node.value))
    throw errorAt(value, 'must be an integer');
  return node.value;
}
