/** A scenario for the rules: the series over time, and which alerts fire when. Written for promtool as YAML. */
import { stringify } from 'yaml';
import type { Alert } from '../../../alerts/rule.ts';

/** Value of a series: a number, the present time (`now`), no sample (`missing`), or gone as Prometheus sees it (`stale`). */
export type Value = number | 'now' | 'missing' | 'stale';

/** Value by the time from which it holds: `{ '0s': 1, '2m': 0, '3m': 1 }`. A plain value holds from the start. */
export type Steps = Value | Readonly<Record<string, Value>>;

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  steps: Steps;
}

/** What is expected at a time. */
export interface Check {
  readonly at: string;
  /**
   * All alerts that fire then, but for FRRWatchdog and those of severity info, in the form
   * `FRRBGPPeerDown critical node-1 default/eth1`: name, severity, then what distinguishes it.
   */
  readonly firing: readonly string[];
  /** Values of expressions without labels, by expression; undefined where they give nothing. */
  readonly values?: Readonly<Record<string, number | undefined>>;
  /** Texts of alerts that fire then, by name: the templated annotations, as they must read. */
  readonly texts?: Readonly<Record<string, Texts>>;
}

export interface Texts {
  /** Labels of the alert, but for alertname and what its rule gives to each. */
  readonly labels: Labels;
  readonly title: string;
  readonly description: string;
  readonly since?: string;
  readonly impact: string;
  readonly action?: string;
  /** The query string of the dashboard link, if it has one. */
  readonly dashboard?: string;
}

export interface Scenario {
  readonly name: string;
  /** The alerts whose rules this is about. */
  readonly about: readonly string[];
  readonly until: string;
  /** Between samples and between evaluations; 5 s when left out. */
  readonly every?: string;
  /** Settings that the rules are made with where they are not the shipped ones, by key of alerts/thresholds.yaml. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly series: readonly Series[];
  readonly checks: readonly Check[];
  /** Nothing is expected of other alerts than these. */
  readonly only?: ReadonlySet<string>;
}

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** The intervals that the rules must hold at. */
export const INTERVALS = ['5s', '15s', '30s', '60s'] as const;

/** A scenario at each interval of scrapes and evaluations, with the rules that `make rules` makes for it. */
export function atEachInterval(
  story: (interval: number) => Omit<Scenario, 'every' | 'settings'>,
  intervals: readonly string[] = INTERVALS,
): readonly Scenario[] {
  return intervals.map((every) => {
    const scenario = story(seconds(every));
    return {
      ...scenario,
      name: `${scenario.name}, at ${every}`,
      every,
      ...(every === '5s' ? {} : { settings: { scrape_interval: every, evaluation_interval: every } }),
    };
  });
}

export function seconds(time: string): number {
  let total = 0;
  const rest = time.replace(/(\d+)([dhms])/g, (_, amount: string, unit: keyof typeof UNITS) => {
    total += Number(amount) * UNITS[unit];
    return '';
  });
  if (rest !== '' || time === '') throw new Error(`${JSON.stringify(time)} is no time`);
  return total;
}

/** Steps in the order of time: from which second on which value holds. */
function inOrder(steps: Steps): [number, Value][] {
  const entries = typeof steps === 'object' ? Object.entries(steps) : [['0s', steps] as const];
  return entries.map(([time, value]): [number, Value] => [seconds(time), value]).sort(([a], [b]) => a - b);
}

/** Puts a value into spans of time, `[from, to)`, and what held before again after each. */
export function interrupted(
  steps: Steps,
  spans: readonly (readonly [string, string])[],
  value: Value,
): Steps {
  let entries = inOrder(steps);
  for (const [from, to] of spans.map((span) => span.map(seconds) as [number, number])) {
    const resumed = entries.findLast(([time]) => time <= to)?.[1] ?? 'missing';
    entries = [
      ...entries.filter(([time]) => time < from),
      [from, value],
      [to, resumed],
      ...entries.filter(([time]) => time > to),
    ];
  }
  return Object.fromEntries(entries.map(([time, one]) => [`${time}s`, one]));
}

/** Steps in promtool's notation: `1x23 0x11`. */
export function notation(steps: Steps, until: string, every: string): string {
  const step = seconds(every);
  const entries = inOrder(steps);
  const end = Math.floor(seconds(until) / step) + 1;
  return entries
    .map(([time, value], i) => {
      const from = Math.ceil(time / step);
      const count = Math.min(end, Math.ceil((entries[i + 1]?.[0] ?? Number.POSITIVE_INFINITY) / step)) - from;
      if (count < 1) throw new Error(`a value holds from ${time} s on for no sample at all`);
      if (value === 'now') return `${from * step}+${step}x${count - 1}`;
      if (value === 'missing') return `_x${count}`;
      if (value === 'stale') return count === 1 ? 'stale' : `stale _x${count - 1}`;
      return `${value}x${count - 1}`;
    })
    .join(' ');
}

function selector({ metric, labels }: Series): string {
  const text = Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
  return `${metric}{${text}}`;
}

/** The labels that distinguish alerts of one name, in the order of {@link Check.firing}. */
const TOLD_APART = [
  'alertname',
  'severity',
  'hostname',
  'instance',
  'vrf',
  'vni',
  'peer',
  'afi',
  'safi',
  'address',
  'prefix',
  'protocol',
  'daemon',
  'collector',
  'rule_group',
  'integration',
  'reason',
  'fault',
] as const;

/** The labels that distinguish alerts that are not about one node. */
const TOLD_APART_FLEET = [...TOLD_APART, 'remote_router_id', 'storm'].join(', ');
const APART = TOLD_APART.join(', ');

/** The alerts that fire. A peer's alert carries the remote router too, which does not distinguish more than the peer
 * does. */
function firingExpression(only: ReadonlySet<string> | undefined): string {
  const among = only === undefined ? '' : `, alertname=~"${[...only].join('|')}"`;
  const shown = `alertstate="firing", alertname!="FRRWatchdog", severity!="info"${among}`;
  return (
    `count by (${TOLD_APART_FLEET}) (ALERTS{${shown}, instance=""}) ` +
    `or count by (${APART}) (ALERTS{${shown}, instance!=""})`
  );
}

/**
 * Reads `FRRBGPPeerDown critical node-1 vrf=default peer=eth1`: the third word, if it has no `=`, is the node.
 */
function expectedLabels(firing: string, ruleOf: RuleOf): Record<string, string> {
  const [alertname = '', severity = '', ...rest] = firing.split(' ');
  const labels: Record<string, string> = { alertname, ...ruleOf(alertname, severity).labels };
  for (const word of rest) {
    const [name, value] = word.split('=');
    if (value !== undefined && name !== undefined) labels[name] = value;
    else Object.assign(labels, { hostname: word, instance: `${word}:9342` });
  }
  return labels;
}

/** The committed rule of an alert, by name and severity. */
export type RuleOf = (alert: string, severity: string) => Alert;

/**
 * The scenario as promtool's unit test file.
 * @param groupOrder all groups, in the order of their evaluation: promtool takes the others in any order, another at
 *   each run, and what reads another group is then an evaluation late at one run and not at the next
 */
export function promtoolTest(
  scenario: Scenario,
  ruleFiles: readonly string[],
  groupOrder: readonly string[],
  ruleOf: RuleOf,
): string {
  const every = scenario.every ?? '5s';
  const expected = (firing: string): boolean => scenario.only?.has(firing.split(' ')[0] ?? '') ?? true;
  const test = {
    name: scenario.name,
    interval: every,
    input_series: scenario.series.map((series) => ({
      series: selector(series),
      values: notation(series.steps, scenario.until, every),
    })),
    promql_expr_test: scenario.checks.flatMap(({ at, firing, values = {} }) => [
      {
        expr: firingExpression(scenario.only),
        eval_time: at,
        exp_samples: firing.filter(expected).map((alert) => {
          const text = Object.entries(expectedLabels(alert, ruleOf)).map(
            ([name, value]) => `${name}="${value}"`,
          );
          return { labels: `{${text.join(', ')}}`, value: 1 };
        }),
      },
      ...Object.entries(values).map(([expr, value]) => ({
        expr,
        eval_time: at,
        exp_samples: value === undefined ? [] : [{ labels: '{}', value }],
      })),
    ]),
    alert_rule_test: scenario.checks.flatMap(({ at, texts = {} }) =>
      Object.entries(texts)
        .filter(([alertname]) => expected(alertname))
        .map(([alertname, { labels, dashboard = '', ...templated }]) => {
          const rule = ruleOf(alertname, labels.severity ?? '');
          const { summary, action, runbook_url, dashboard_url } = rule.annotations;
          return {
            eval_time: at,
            alertname,
            exp_alerts: [
              {
                exp_labels: { ...rule.labels, ...labels },
                exp_annotations: {
                  ...{ summary, action, runbook_url },
                  ...templated,
                  dashboard_url: `${dashboard_url.replace(/\?.*/, '')}${dashboard === '' ? '' : `?${dashboard}`}`,
                },
              },
            ],
          };
        }),
    ),
  };
  const file = {
    rule_files: ruleFiles,
    evaluation_interval: every,
    group_eval_order: groupOrder,
    tests: [test],
  };
  return stringify(file, { lineWidth: 0 });
}
