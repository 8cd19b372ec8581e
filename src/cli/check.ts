/** `frr-exporter check`: one line and an exit status for Nagios, Icinga and Checkmk. */
import type { Writable } from 'node:stream';
import type { Finding, FindingLevel } from '../collectors/collector.ts';
import type { Config } from '../flags/config.ts';
import type { Threshold } from '../flags/values.ts';
import type { StatusDocument } from '../status/document.ts';
import { PLUGIN_STATUS } from '../status/exit-status.ts';
import type { VerdictLevel } from '../status/verdict.ts';
import { nodeStatus } from './node-status.ts';

/** The level by the thresholds of the measure where there are any, else the finding's own. */
function levelOf({ level, measure }: Finding, thresholds: readonly Threshold[]): FindingLevel {
  const own = thresholds.findLast(({ name }) => name === measure.name);
  if (own === undefined) return level;
  if (measure.bad >= own.critical) return 'critical';
  return measure.bad >= own.warning ? 'warning' : 'ok';
}

/** A measure as performance data: `'uplinks_down'=1;1;2;0;2`. */
function performance({ measure: { name, bad, all } }: Finding, thresholds: readonly Threshold[]): string {
  const own = thresholds.findLast((one) => one.name === name);
  return `'${name}'=${bad};${own?.warning ?? ''};${own?.critical ?? ''};0;${all}`;
}

/** Nagios ends the text at a bar, and the line at a line break. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}|]/gu, ' ');

/** The line and the exit status. */
export function checkResult(
  { verdict, maintenance }: StatusDocument,
  thresholds: readonly Threshold[],
): { readonly line: string; readonly exitStatus: number } {
  const judged = verdict.findings.map((finding) => ({ ...finding, level: levelOf(finding, thresholds) }));
  const worst = (['critical', 'warning'] as const).find((level) => judged.some((one) => one.level === level));
  const level: VerdictLevel = verdict.level === 'unknown' ? 'unknown' : (worst ?? 'ok');
  const said = judged.filter((one) => level === 'unknown' || one.level !== 'ok' || worst === undefined);
  const text =
    level === 'unknown' ? verdict.headline : said.map((one) => one.text).join(', ') || verdict.headline;
  const suffix = maintenance.active ? ' (under maintenance)' : '';
  const data = verdict.findings.map((finding) => performance(finding, thresholds)).join(' ');
  return {
    line: `FRR ${level.toUpperCase()} - ${oneLine(text)}${suffix}${data === '' ? '' : ` | ${data}`}`,
    exitStatus: PLUGIN_STATUS[maintenance.active && level !== 'unknown' ? 'ok' : level],
  };
}

/**
 * Prints the line.
 * @returns the exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
 */
export async function check(config: Config, version: string, output: Writable): Promise<number> {
  const { line, exitStatus } = checkResult(await nodeStatus(config, version), config.checkThreshold);
  output.write(`${line}\n`);
  return exitStatus;
}
