/** Writes measurements into a page, between two marks, so that each measurement can be made anew on its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';

/** Replaces the part of a page that a measurement owns, or adds it at the end. */
export function writeSection(page: string, section: string, markdown: string): void {
  const begin = `<!-- ${section}: made by a measurement, do not edit -->`;
  const end = `<!-- /${section} -->`;
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  const text = `${begin}\n\n${markdown.trim()}\n\n${end}`;
  writeFileSync(
    page,
    from >= 0 && to > from
      ? before.slice(0, from) + text + before.slice(to + end.length)
      : `${before.trimEnd()}\n\n${text}\n`,
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** 0.00123 → `1.2 ms`. */
export function seconds(value: number): string {
  if (value >= 1) return `${value.toFixed(2)} s`;
  const milliseconds = value * 1000;
  return `${milliseconds >= 10 ? milliseconds.toFixed(0) : milliseconds.toFixed(1)} ms`;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** What the measurement ran on, in words. */
export function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? arch()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`;
}
