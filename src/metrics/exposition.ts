/**
 * Writes metric families in Prometheus' text format 0.0.4 and in OpenMetrics 1.0.
 *
 * Text format: https://prometheus.io/docs/instrumenting/exposition_formats/
 * OpenMetrics: https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
import type { Descriptor, MetricFamily, MetricType } from './family.ts';

export type Format = 'text' | 'openmetrics';

/** Ends an exposition; nothing in the text format. */
export const END: Readonly<Record<Format, string>> = { text: '', openmetrics: '# EOF\n' };

/** Samples that are turned into one string before it becomes bytes: some 100 kB, some 0.5 ms. */
export const SAMPLES_A_SLICE = 1_000;

/**
 * A value as both formats write it: the shortest text that reads back as the same 64-bit float.
 * Integers up to 1e21 keep all their digits.
 */
export function formatValue(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** HELP text: backslash and line feed are escaped, in OpenMetrics the double quote too. */
export function escapeHelp(help: string, format: Format): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}

/** The name on the TYPE line: OpenMetrics leaves off the ending that the samples carry. */
export function familyName(descriptor: Pick<Descriptor, 'name' | 'type'>, format: Format): string {
  if (format === 'text') return descriptor.name;
  if (descriptor.type === 'counter') return descriptor.name.replace(/_total$/, '');
  if (descriptor.type === 'info') return descriptor.name.replace(/_info$/, '');
  return descriptor.name;
}

/** The HELP, TYPE and (in OpenMetrics) UNIT lines. */
export function familyHead(
  name: string,
  type: MetricType | 'histogram' | 'summary',
  help: string,
  unit: string | undefined,
  format: Format,
): string {
  const typeName = type === 'info' && format === 'text' ? 'gauge' : type;
  const unitLine = unit === undefined || format === 'text' ? '' : `# UNIT ${name} ${unit}\n`;
  return `# HELP ${name} ${escapeHelp(help, format)}\n# TYPE ${name} ${typeName}\n${unitLine}`;
}

/**
 * The exposition text of some families, in slices of bounded length, so that a large one can be rendered in turns
 * with other work. The slices joined are the text, without the end mark.
 */
export function* renderSlices(
  families: Iterable<MetricFamily>,
  format: Format,
): Generator<Buffer, void, void> {
  let text = '';
  let pending = 0;
  for (const { descriptor, samples, created } of families) {
    if (samples.length === 0 || descriptor.unexposed) continue;
    const { name, type, help, unit } = descriptor;
    const family = familyName(descriptor, format);
    text += familyHead(family, type, help, unit, format);
    const createdValue =
      created !== undefined && type === 'counter' && format === 'openmetrics'
        ? formatValue(created)
        : undefined;
    for (const { labels, value } of samples) {
      const set = labels.text === '' ? '' : `{${labels.text}}`;
      text += `${name}${set} ${formatValue(value)}\n`;
      if (createdValue !== undefined) text += `${family}_created${set} ${createdValue}\n`;
      if (++pending === SAMPLES_A_SLICE) {
        yield Buffer.from(text);
        text = '';
        pending = 0;
      }
    }
  }
  if (text !== '') yield Buffer.from(text);
}

/** {@link renderSlices} as one string, for small expositions and for tests. */
export function render(families: Iterable<MetricFamily>, format: Format): Buffer {
  return Buffer.concat([...renderSlices(families, format)]);
}
