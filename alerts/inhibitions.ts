/** What Alertmanager inhibits, in PromQL: it has no metric that says which alerts those are. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

const ALERTMANAGER = new URL('alertmanager/alertmanager.yml', import.meta.url);

/** `alertname =~ "FRRBGP.+"` as PromQL writes it. @throws when it is no matcher */
function promqlMatcher(text: string): string {
  const [, label, operator, value] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(text) ?? [];
  if (label === undefined) throw new Error(`${ALERTMANAGER.pathname}: ${text} is no matcher`);
  return `${label}${operator}"${value}"`;
}

function firing(matchers: readonly string[]): string {
  return `ALERTS{${['alertstate="firing"', ...matchers.map(promqlMatcher)].join(', ')}}`;
}

/** For each inhibition of alertmanager.yml an `unless` with the alerts that it mutes now. */
export function unlessInhibited(text = readFileSync(ALERTMANAGER, 'utf8')): readonly string[] {
  const { inhibit_rules: rules = [] } = parse(text) as { inhibit_rules?: readonly InhibitRule[] };
  return rules.map(
    ({ source_matchers: source, target_matchers: target, equal = [] }) =>
      `unless (${firing(target)} and on (${equal.join(', ')}) ${firing(source)})`,
  );
}
