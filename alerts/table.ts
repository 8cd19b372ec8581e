/** The table of all alerts, for the READMEs. */
import { severityAndWait } from './alert.ts';
import { isAlert, type RuleFile } from './rule.ts';

/**
 * Markdown: a row for each alert, with its severities, waiting times and summary.
 * @param runbooks the folder of the runbooks, as the page links to it
 */
export function alertTable(files: readonly RuleFile[], runbooks: string): string {
  const alerts = Map.groupBy(
    files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.filter(isAlert))),
    ({ alert }) => alert,
  );
  const rows = [...alerts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rules]) => {
      const when = new Set(rules.map(severityAndWait));
      return `| [${name}](${runbooks}${name}.md) | ${[...when].join(', ')} | ${rules[0]?.annotations.summary} |`;
    });
  return `${['| alert | when | summary |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}
