/** Which rules read which: by the names that stand in their expressions and in the look-ups of their texts. */
import { type Group, isAlert, type Rule } from '../../../alerts/rule.ts';

/** A rule by the name that others read it by, or that it fires under; two severities of an alert share one. */
export function ruleName(rule: Rule): string {
  return isAlert(rule) ? rule.alert : rule.record;
}

/** Names of all that stands in an expression or text and could be a series or an alert. */
export function namesIn(text: string): ReadonlySet<string> {
  // In JSON, a new line is a backslash and an n, which is no part of the name after it.
  return new Set(text.replaceAll('\\n', ' ').match(/[a-zA-Z_][\w:]*/g));
}

/** The rules of these names, in their groups. */
export function excerpt(groups: readonly Group[], names: ReadonlySet<string>): readonly Group[] {
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => names.has(ruleName(rule))) }))
    .filter(({ rules }) => rules.length > 0);
}

export interface Dependencies {
  /** These and the rules whose outcome or text these change, by name. */
  affectedBy(names: Iterable<string>): ReadonlySet<string>;
  /** These and the rules that these read, by name. */
  neededBy(names: Iterable<string>): ReadonlySet<string>;
}

export function dependencies(groups: readonly Group[]): Dependencies {
  const rules = groups.flatMap((group) => group.rules);
  const alerts = rules.filter(isAlert).map(ruleName);
  const records = new Set(rules.filter((rule) => !isAlert(rule)).map(ruleName));
  const reads = new Map<string, Set<string>>();
  const readBy = new Map<string, Set<string>>();
  const add = (to: Map<string, Set<string>>, key: string, value: string): void => {
    to.set(key, (to.get(key) ?? new Set()).add(value));
  };
  for (const rule of rules) {
    const named = namesIn(JSON.stringify(rule));
    for (const name of named) {
      if (!records.has(name)) continue;
      add(reads, ruleName(rule), name);
      add(readBy, name, ruleName(rule));
    }
    // What lists all alerts needs them all, and none of them counts as changing it.
    if (named.has('ALERTS')) for (const alert of alerts) add(reads, ruleName(rule), alert);
  }
  const closure = (names: Iterable<string>, next: ReadonlyMap<string, ReadonlySet<string>>) => {
    const found = new Set(names);
    // A set goes on to what is added while it is walked through.
    for (const name of found) for (const one of next.get(name) ?? []) found.add(one);
    return found;
  };
  return {
    affectedBy: (names) => closure(names, readBy),
    neededBy: (names) => closure(names, reads),
  };
}
