/** A page of metrics, read back for what a test wants to know. */

export type LabelValues = Readonly<Record<string, string>>;

export interface Series {
  readonly name: string;
  readonly labels: LabelValues;
  readonly value: number;
}

export interface Page {
  readonly series: readonly Series[];
  /** Series of a metric that have these labels, and perhaps more. */
  find(name: string, labels?: LabelValues): readonly Series[];
  /** The value of the one series of a metric that has these labels; undefined where there is none. @throws when there are several */
  value(name: string, labels?: LabelValues): number | undefined;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/gsy;
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Parses the text format 0.0.4. @throws on an invalid line and on a duplicate series */
export function readPage(text: string): Page {
  const series: Series[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ') || line.startsWith('# TYPE ')) continue;
    const [, name, labelText = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no line of the text format: ${line}`);
    const labels: Record<string, string> = {};
    LABEL.lastIndex = 0;
    let end = 0;
    for (const match of labelText.matchAll(LABEL)) {
      labels[match[1] as string] = (match[2] as string).replace(/\\./g, (pair) => ESCAPES[pair] ?? pair);
      end = match.index + match[0].length;
    }
    if (end !== labelText.length) throw new Error(`no labels: ${line}`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw new Error(`there twice: ${key}`);
    seen.add(key);
    series.push({ name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) });
  }
  const find = (name: string, labels: LabelValues = {}) =>
    series.filter(
      (one) =>
        one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
  return {
    series,
    find,
    value: (name, labels) => {
      const found = find(name, labels);
      if (found.length > 1)
        throw new Error(`${found.length} series of ${name} have the labels ${JSON.stringify(labels)}`);
      return found[0]?.value;
    },
  };
}
