/** `frr-exporter status`: the verdict on this node and what it is made of, for a person in a terminal. */
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { StatusSection } from '../collectors/collector.ts';
import { COLLECTORS } from '../collectors/index.ts';
import type { Config } from '../flags/config.ts';
import type { StatusDocument } from '../status/document.ts';
import { MARKS, type VerdictLevel } from '../status/verdict.ts';
import { nodeStatus } from './node-status.ts';

const COLOURS = { ok: 'green', warning: 'yellow', critical: 'red', unknown: 'red' } as const;

/** Widest column of a table, in characters: free text of an operator may be long. */
const WIDEST = 48;

/** Control characters, which a terminal would obey, are shown as question marks. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, '?');
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'object') return cell('text' in value ? value.text : JSON.stringify(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = harmless(String(value));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

function table(columns: readonly string[], items: readonly Readonly<Record<string, unknown>>[]): string {
  const rows = [
    columns.map((name) => name.replaceAll('_', ' ').toUpperCase()),
    ...items.map((item) => columns.map((name) => cell(item[name]))),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => (row[index] as string).length)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((text, index) => text.padEnd(widths[index] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The columns that a section declares, or all with plain values. */
function columnsOf({ columns }: StatusSection, items: readonly object[]): readonly string[] {
  if (columns !== undefined) return columns;
  return Object.entries(items[0] ?? {})
    .filter(([, value]) => typeof value !== 'object' || value === null)
    .map(([name]) => name);
}

/** @param colour whether the reader is a terminal with colours */
export function statusText(document: StatusDocument, node: string, colour: boolean): string {
  const { verdict, frr, maintenance, at } = document;
  const paint = (level: VerdictLevel, text: string) =>
    colour ? styleText(COLOURS[level], text, { validateStream: false }) : text;
  const version = frr.version === null ? 'FRR' : `FRR ${harmless(frr.version)}`;
  const lines = [
    paint(verdict.level, `${MARKS[verdict.level]} ${harmless(verdict.headline)}`),
    `  ${harmless(node)}, ${version}, as of ${at ?? 'no poll yet'}`,
  ];
  if (maintenance.active)
    lines.push(
      `  Under maintenance${maintenance.reason === null ? '' : `: ${harmless(maintenance.reason)}`}`,
    );
  for (const { level, text, details } of verdict.findings) {
    if (details.length === 0 && level === verdict.level && verdict.findings.length === 1) continue;
    lines.push(
      '',
      paint(level, `${MARKS[level]} ${harmless(text)}`),
      ...details.map((one) => `    ${harmless(one)}`),
    );
  }
  const lists = document as unknown as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  const tables = COLLECTORS.flatMap(({ status = {} }) => Object.entries(status)).flatMap(
    ([name, section]) => {
      const items = lists[name] ?? [];
      return items.length === 0 ? [] : [`\n${section.title}\n${table(columnsOf(section, items), items)}`];
    },
  );
  return `${lines.join('\n')}\n${tables.join('')}`;
}

/** The terminal's own words for: go to the first line, remove all that is below. */
const CLEAR = '\u001B[H\u001B[J';

/**
 * Prints the status, once or again and again.
 * @returns the exit status: 0 if the verdict is good or a warning, 1 if it is critical or unknown
 */
export async function status(
  config: Config,
  version: string,
  output: NodeJS.WriteStream,
  ended: AbortSignal,
): Promise<number> {
  for (;;) {
    const document = await nodeStatus(config, version);
    const node = config.url === undefined ? hostname() : config.url.host;
    const colour = output.isTTY === true && output.hasColors();
    const text = config.json
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : statusText(document, node, colour);
    output.write(config.watch && output.isTTY === true ? `${CLEAR}${text}` : text);
    if (!config.watch || ended.aborted)
      return document.verdict.level === 'ok' || document.verdict.level === 'warning' ? 0 : 1;
    await wait(config.pollInterval * 1000, undefined, { signal: ended }).catch(() => undefined);
  }
}
