/**
 * Reads YAML strictly, as Go's yaml.v2 does for exporter-toolkit: unknown and repeated keys are mistakes, and each
 * mistake is told with its line.
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

/** A web configuration that cannot be used. The message is one line that names the file, and the line where it can. */
export class WebConfigError extends UserError {
  override readonly name = 'WebConfigError';
}

/** A value in the document, and how to complain about it. */
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

/** A complaint about a value, to be thrown. */
export function mistake(value: Value, message: string): WebConfigError {
  const { document, node, name } = value;
  const start = node?.range?.[0];
  const line = start === undefined ? '' : `:${document.lines.linePos(start).line}`;
  return new WebConfigError(`${document.file}${line}: ${name === '' ? '' : `${name}: `}${message}`);
}

function followed(value: Value): Node | null {
  const { node, document } = value;
  if (!isAlias(node)) return node;
  const meant = node.resolve(document.yaml);
  if (meant === undefined) throw mistake(value, `there is no anchor &${node.source}`);
  return meant;
}

/** Nothing is written there: `key:`, `key: null`, `key: ~`. Everything may be left empty, and then has its default. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

/** The keys and values of a map; without any where it is left empty. `<<` brings in the keys of another map. */
export function entries(value: Value, mayMerge = true): ReadonlyMap<string, Value> {
  const node = followed(value);
  if (isEmpty(node)) return new Map();
  if (!isMap(node)) throw mistake(value, 'a map of keys and values is wanted here');
  const found = new Map<string, Value>();
  const merged = new Map<string, Value>();
  for (const { key, value: content } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? scalarText(key) : String(key);
    const entry = {
      name: value.name === '' ? name : `${value.name}.${name}`,
      // The key stands for a value that is left empty, so that complaints have a line.
      node: content ?? key,
      document: value.document,
    };
    if (name === '<<' && mayMerge)
      for (const [inner, one] of entries({ ...entry, name: value.name }, false)) merged.set(inner, one);
    else found.set(name, content === null ? { ...entry, node: emptyAt(key) } : entry);
  }
  return new Map([...merged, ...found]);
}

/** An empty scalar where another node is. */
function emptyAt(node: Node): Node {
  const empty = new Scalar(null);
  empty.range = node.range ?? null;
  return empty;
}

/** {@link entries}, where only some keys are known. */
export function knownEntries(value: Value, known: readonly string[]): ReadonlyMap<string, Value> {
  const found = entries(value);
  for (const [key, entry] of found)
    if (!known.includes(key))
      throw mistake(
        { ...entry, name: value.name },
        `unknown key ${JSON.stringify(key)}; known are ${known.join(', ')}`,
      );
  return found;
}

export function items(value: Value): readonly Value[] {
  const node = followed(value);
  if (isEmpty(node)) return [];
  if (!isSeq(node)) throw mistake(value, 'a list is wanted here');
  return (node.items as Node[]).map((item, index) => ({
    name: `${value.name}[${index}]`,
    node: item,
    document: value.document,
  }));
}

/** A plain scalar means what is written, `1e3` and `yes` included, where a text is wanted. */
function scalarText(node: Scalar): string {
  return node.type === 'PLAIN' && node.source !== undefined ? node.source : String(node.value);
}

/** A text; empty where nothing is written. */
export function text(value: Value | undefined): string {
  if (value === undefined) return '';
  const node = followed(value);
  if (isEmpty(node)) return '';
  if (!isScalar(node)) throw mistake(value, 'a text is wanted here');
  return scalarText(node);
}

export function yesOrNo(value: Value | undefined, preset: boolean): boolean {
  if (value === undefined) return preset;
  const node = followed(value);
  if (isEmpty(node)) return preset;
  if (!isScalar(node) || typeof node.value !== 'boolean')
    throw mistake(value, 'true or false is wanted here');
  return node.value;
}

export function wholeNumber(value: Value | undefined, preset: number): number {
  if (value === undefined) return preset;
  const node = followed(value);
  if (isEmpty(node)) return preset;
  if (!isScalar(node) || typeof node.value !== 'number' || !Number.isSafeInteger(node.value))
    throw mistake(value, 'a whole number is wanted here');
  return node.value;
}
