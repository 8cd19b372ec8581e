/** Writes measurements into a page, between two marks, so that each measurement can be made anew on its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export const BENCHMARKS_PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const NEW_PAGE = `# Measurements

Each part is written by the command that stands in it, between its own marks; whoever runs it again writes only that part.
`;

/** Replaces the part of a page that a measurement owns, or adds it at the end. */
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

/** As in 2026-11-24. */
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

/** What the measurement ran on, in words. */
export function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? arch()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`;
}

/** A figure to reach. */
export interface Goal {
  readonly name: string;
  /** In words. */
  readonly goal: string;
  /** What the figure may be at the most, or its ratio where there are others' to hold it against. */
  readonly most: number;
  readonly ours: number;
  readonly theirs?: number;
  /** A figure of others that the goal does not depend on. */
  readonly aside?: number | undefined;
  readonly unit: (value: number) => string;
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ name, goal, most, ours, theirs, aside, unit }) => {
    const ratio = ours / (theirs ?? aside ?? Number.NaN);
    const kept = (theirs === undefined ? ours : ratio) <= most;
    const other = theirs ?? aside;
    return [
      name,
      goal,
      unit(ours),
      other === undefined ? '' : unit(other),
      other === undefined ? '' : `× ${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}`,
      kept ? 'kept' : '**missed**',
    ];
  });
  return table(['', 'goal', 'measured', 'against', 'ratio', ''], rows);
}

/** Tells how far a measurement is. */
export function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
