/**
 * What a panel says when it has no data. "Nothing is wrong", "not monitored" and "a collector is off" must never look alike, so
 * the text names the collectors whose metrics the panel queries.
 */
import { COLLECTORS } from '../src/collectors/index.ts';

const COLLECTOR_OF: ReadonlyMap<string, string> = new Map(
  COLLECTORS.flatMap(({ name, descriptors }) =>
    descriptors.map((descriptor) => [descriptor.name, name] as const),
  ),
);

function enumeration(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The collectors of the metrics in PromQL expressions, in the order of first use. */
export function collectorsIn(expressions: readonly string[]): readonly string[] {
  const names = expressions.join('\n').match(/(?<![:\w])frr_\w+(?![:\w])/g) ?? [];
  return [...new Set(names.map((name) => COLLECTOR_OF.get(name)).filter((name) => name !== undefined))];
}

/**
 * The text of a panel without data.
 * @param expressions the queries of the panel
 * @param fine what an empty answer means when collectors and rules are on; left out where it is always a defect
 */
export function absence(expressions: readonly string[], fine?: string): string {
  const collectors = collectorsIn(expressions);
  const several = collectors.length > 1;
  const named = enumeration(collectors.map((name) => `"${name}"`));
  const rules = expressions.some((expression) => /\w:frr_/.test(expression));
  if (fine === undefined) {
    const questions = [];
    if (collectors.length > 0)
      questions.push(`${several ? 'are' : 'is'} the collector${several ? 's' : ''} ${named} on`);
    if (rules) questions.push('are the rules of alerts/rules loaded');
    if (questions.length === 0) questions.push('is an exporter scraped');
    const question = questions.join(', ');
    return `No data: ${question}?`;
  }
  const conditions = [];
  if (collectors.length > 0) conditions.push(`${named} ${several ? 'are' : 'is'} on`);
  if (rules) conditions.push('alerts/rules are loaded');
  return conditions.length === 0 ? fine : `${fine} (If ${enumeration(conditions)}.)`;
}
