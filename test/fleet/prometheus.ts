/** A real Prometheus with the history of a simulated fleet, and the recording rules evaluated over it. */
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Prometheus, startPrometheus } from '../lab/index.ts';
import { selectorsOf } from '../promql.ts';
import { type Labels, remoteWrite, type Series } from './remote-write.ts';

const RULES = fileURLToPath(new URL('../../alerts/rules/', import.meta.url));

/** Paths of the rule files as they are shipped. */
export const RULE_FILES: readonly string[] = readdirSync(RULES)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `${RULES}${name}`);

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** Every rule of the shipped files. */
export function shippedRules(): readonly (Recording | { readonly alert: string; readonly expr: string })[] {
  return RULE_FILES.flatMap((file) =>
    (parse(readFileSync(file, 'utf8')) as { groups: { rules: Recording[] }[] }).groups.flatMap(
      ({ rules }) => rules,
    ),
  );
}

/**
 * The shipped recording rules that `wanted` metrics need, each after those that it needs itself. What a rule takes from
 * its own past is left to that past.
 */
export function recordingsFor(wanted: Iterable<string>): readonly Recording[] {
  const known = new Map(
    shippedRules().flatMap((rule) => ('record' in rule ? [[rule.record, rule] as const] : [])),
  );
  const ordered = new Map<string, Recording>();
  const add = (name: string, within: ReadonlySet<string>): void => {
    const rule = known.get(name);
    if (rule === undefined || ordered.has(name) || within.has(name)) return;
    for (const { metric } of selectorsOf(rule.expr)) add(metric, new Set([...within, name]));
    ordered.set(name, rule);
  };
  for (const name of wanted) add(name, new Set());
  return [...ordered.values()];
}

export interface History {
  readonly series: readonly Series[];
  readonly recordings: readonly Recording[];
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Seconds between samples. */
  readonly step: number;
}

/** Prometheus does not take samples that are an hour older than its newest, so history comes in parts of this length. */
const PART = 1800;

interface Matrix {
  readonly result: readonly {
    readonly metric: Record<string, string>;
    readonly values: readonly [number, string][];
  }[];
}

/** Writes the history of the series, and what the recording rules make of it, in the order of time. */
export async function writeHistory(prometheus: Prometheus, history: History): Promise<void> {
  const { series, recordings, from, to, step } = history;
  for (let start = from; start < to; start += PART) {
    const moments: number[] = [];
    for (let moment = start; moment < Math.min(start + PART, to); moment += step) moments.push(moment);
    await remoteWrite(prometheus.url, series, moments);
    for (const { record, expr } of recordings) {
      const parameters = new URLSearchParams({
        query: expr,
        start: String(start),
        end: String(moments.at(-1)),
        step: String(step),
      });
      const { result } = await prometheus.api<Matrix>(`query_range?${parameters}`);
      const recorded = result.map(({ metric, values }) => {
        const at = new Map(values.map(([moment, value]) => [moment, Number(value)]));
        const labels: Labels = { ...metric, __name__: record };
        return { labels, at: (moment: number) => at.get(moment) };
      });
      await remoteWrite(prometheus.url, recorded, moments);
    }
  }
}

/** Prometheus that takes remote writes, and has no rules yet: they would put its clock at now before the past is in. */
export function startFleetPrometheus(rules: string): Promise<Prometheus> {
  return startPrometheus({
    config: { global: { evaluation_interval: '15s' }, rule_files: [`${rules}/*.yaml`] },
    args: ['--web.enable-remote-write-receiver', '--web.enable-lifecycle', '--query.timeout=60s'],
  });
}

/** Puts the shipped rules to work: copies them into the folder that Prometheus was started with. */
export async function loadRules(prometheus: Prometheus, rules: string): Promise<void> {
  for (const file of RULE_FILES) copyFileSync(file, join(rules, basename(file)));
  const response = await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
  if (!response.ok) throw new Error(`reload: ${response.status} ${await response.text()}`);
}
