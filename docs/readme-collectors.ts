/** The table of collectors in README.md, from the collectors themselves: `make docs` writes it, and a test checks it. */
import { COLLECTORS } from '../src/collectors/index.ts';

const BEGIN = '<!-- collectors:begin (written by `make docs`) -->';
const END = '<!-- collectors:end -->';

function table(): string {
  const rows = COLLECTORS.map(
    ({ name, enabledByDefault, help }) =>
      `| \`${name}\` | ${enabledByDefault ? 'on' : 'off'} | ${help.replaceAll('|', '\\|')} |`,
  );
  return ['| name | default | purpose |', '| --- | --- | --- |', ...rows].join('\n');
}

/**
 * The text of the README with the current table.
 * @throws Error when the markers are missing
 */
export function withCollectorTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md must contain "${BEGIN}" and, after it, "${END}"`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table()}\n\n${readme.slice(end)}`;
}
