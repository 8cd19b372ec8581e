/**
 * Which rules a scenario runs with. promtool takes as long for a rule with nothing to read as for one with a hundred
 * series, so most of the time of a scenario went into rules that have nothing to do with it.
 */
import type { Group } from '../../../alerts/rule.ts';
import { selectorsOf } from '../../promql.ts';
import { type Dependencies, dependencies, excerpt, namesIn } from './dependencies.ts';
import { rulesOf } from './promtool.ts';
import type { Scenario } from './scenario.ts';

const known = new Map<readonly Group[], Dependencies>();

/** The rules of these names and those that they read. */
function closure(groups: readonly Group[], names: Iterable<string>): readonly Group[] {
  const found = known.get(groups) ?? dependencies(groups);
  known.set(groups, found);
  return excerpt(groups, found.neededBy(names));
}

function readsEveryAlert(expression: string): boolean {
  return selectorsOf(expression).some(
    ({ metric, matchers }) =>
      metric === 'ALERTS' &&
      !matchers.some(({ label, operator }) => label === 'alertname' && operator === '='),
  );
}

/** All rules that could change what the scenario compares: every rule, unless it is about some alerts only. */
export function compared(scenario: Scenario): readonly Group[] {
  const groups = rulesOf(scenario);
  const values = scenario.checks.flatMap((check) => Object.keys(check.values ?? {}));
  if (scenario.only === undefined || values.some(readsEveryAlert)) return groups;
  return closure(groups, [...scenario.only, ...namesIn(values.join(' '))]);
}

/**
 * The alerts that the scenario is about and that it expects, what it compares besides, and what these read. It could not
 * notice another alert, so all rules remain where nothing is to fire.
 */
export function concerned(scenario: Scenario): readonly Group[] {
  const groups = compared(scenario);
  const { about, checks } = scenario;
  if (checks.every(({ firing }) => firing.length === 0)) return groups;
  const expected = checks.flatMap(({ firing, texts = {}, values = {} }) => [
    ...firing,
    ...Object.keys(texts),
    ...Object.keys(values),
  ]);
  return closure(groups, namesIn([...about, ...expected].join(' ')));
}
