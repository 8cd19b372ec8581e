/**
 * Writes the dashboards as JSON: `node dashboards/generate.ts [DIR] [--grafana.schema-version=39] …`. Without DIR they
 * go to `dashboards/generated`, which is committed and made without options.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dashboards, dashboardText } from './dashboards.ts';
import { FLAGS, OptionError, readOptions } from './options.ts';

const GENERATED = fileURLToPath(new URL('generated', import.meta.url));

function help(): string {
  const lines = Object.entries(FLAGS).map(
    ([name, flag]) => `  --${name}=…  ${flag.help} (default: ${flag.default})`,
  );
  return ['node dashboards/generate.ts [DIR] [options]', '', ...lines, ''].join('\n');
}

/** Gives the exit status. */
function run(args: readonly string[]): number {
  const known = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  // Not strict, so that readOptions says what is wrong with an option, and not parseArgs.
  const { values, positionals: folders } = parseArgs({
    args: [...args],
    options: { ...known, help: { type: 'boolean' } },
    strict: false,
  });
  const { help: helpWanted, ...given } = values;
  if (helpWanted === true) {
    process.stdout.write(help());
    return 0;
  }
  try {
    const options = readOptions(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    );
    if (folders.length > 1) throw new OptionError(`${folders[1]}: only one folder can be written to`);
    const folder = folders[0] ?? GENERATED;
    mkdirSync(folder, { recursive: true });
    for (const dashboard of dashboards(options))
      writeFileSync(join(folder, `${dashboard.uid}.json`), dashboardText(dashboard));
    return 0;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

process.exitCode = run(process.argv.slice(2));
