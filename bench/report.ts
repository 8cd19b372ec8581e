/** Writes measurements into a document, between two markers, so that each can be repeated separately. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export const BENCHMARKS_PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const NEW_PAGE = `# Measurements

Each section is written by the command that it names, between its own markers. Running that command again replaces only that
section.
`;

/** Replaces the section of a measurement, or adds it at the end. */
export function writeSection(page: string, section: string, markdown: string): void {
  const begin = `<!-- ${section}:begin -->`;
  const end = `<!-- ${section}:end -->`;
  const before = existsSync(page) ? readFileSync(page, 'utf8') : NEW_PAGE;
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

/** Such as 2026-11-24. */
export const today = (): string => new Date().toISOString().slice(0, 10);

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

/** The machine, in words. */
export function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? arch()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`;
}

/** A goal of a measurement. */
export interface Goal {
  readonly name: string;
  /** In words. */
  readonly goal: string;
  /** Upper limit for the value, or for its ratio to `theirs` if there is one. */
  readonly most: number;
  readonly ours: number;
  readonly theirs?: number;
  /** A value of the other exporter that the goal does not depend on. */
  readonly aside?: number | undefined;
  readonly unit: (value: number) => string;
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ name, goal, most, ours, theirs, aside, unit }) => {
    const ratio = ours / (theirs ?? aside ?? Number.NaN);
    const met = (theirs === undefined ? ours : ratio) <= most;
    const other = theirs ?? aside;
    return [
      name,
      goal,
      unit(ours),
      other === undefined ? '' : unit(other),
      other === undefined ? '' : `× ${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}`,
      met ? 'met' : '**missed**',
    ];
  });
  return table(['', 'goal', 'measured', 'compared with', 'ratio', ''], rows);
}

/** Reports the progress of a measurement. */
export function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
