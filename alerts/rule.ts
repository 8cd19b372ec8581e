/** What Prometheus' rule files are made of, and how they are written. */
import { stringify } from 'yaml';

/** `critical` wakes somebody up, `warning` is a ticket, `info` is only shown, `none` is the dead man's switch. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** A recording rule. Named `level:metric:operations`. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface Annotations {
  /** What it is, the same text for every alert of this name: one sentence with a full stop. */
  readonly summary: string;
  /** How many, who and what, for a lock screen: a template whose first 60 characters say it. */
  readonly title: string;
  /** Which one, and why: a template. */
  readonly description: string;
  /** When the fault began, where that is known better than when the alert did: a template. */
  readonly since?: string;
  /** Who notices, above all which addresses nobody can reach: a template. */
  readonly impact: string;
  /** What to do first: one or two sentences, with the command where there is one. */
  readonly action: string;
  readonly runbook_url: string;
  readonly dashboard_url: string;
}

/** An alert rule as Prometheus has it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: {
    readonly severity: Severity;
    /** Its own name, of a page of which many become one: what inhibits it has the same. */
    readonly fault?: string;
  };
  readonly annotations: Annotations;
}

export type Rule = Recording | Alert;

/** Rules that Prometheus evaluates one after another at the same instant. */
export interface Group {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** One file in `alerts/rules`. */
export interface RuleFile {
  /** Its name without `.yaml`. */
  readonly topic: string;
  readonly groups: readonly Group[];
}

export function isAlert(rule: Rule): rule is Alert {
  return 'alert' in rule;
}

/** Takes the indentation of the source code out of an expression. */
export function promql(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const lines = String.raw(strings, ...values)
    .replace(/^\n|\n\s*$/g, '')
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}

/** The text of a rule file. */
export function ruleFileText(file: RuleFile): string {
  const head =
    '# Made by `make rules` from alerts/topics and alerts/thresholds.yaml. Change those, not this file.\n';
  return head + stringify({ groups: file.groups }, { lineWidth: 0, blockQuote: 'literal' });
}
