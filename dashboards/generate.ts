/**
 * `make dashboards`: writes the dashboards as JSON.
 *
 *     node dashboards/generate.ts [--output=FOLDER] [--OPTION=VALUE...]
 *
 * Without `--output` they go to `dashboards/generated`, which is committed and made without options. Exit status 2, and
 * nothing written, when an option cannot be used.
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
  return ['node dashboards/generate.ts [--output=FOLDER] [options]', '', ...lines, ''].join('\n');
}

/** Gives the exit status. */
function run(args: readonly string[]): number {
  const names = [...Object.keys(FLAGS), 'output'];
  // Not strict, so that readOptions says what is wrong with an option, and not parseArgs.
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      help: { type: 'boolean' },
    },
    strict: false,
  });
  const { help: helpWanted, output = GENERATED, ...given } = values;
  if (helpWanted === true) {
    process.stdout.write(help());
    return 0;
  }
  try {
    if (positionals[0] !== undefined) throw new OptionError(`${positionals[0]}: write flags as --name=value`);
    if (typeof output !== 'string' || output === '') throw new OptionError('--output: must name a folder');
    const options = readOptions(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    );
    const made = dashboards(options).map((dashboard) => [dashboard.uid, dashboardText(dashboard)] as const);
    try {
      mkdirSync(output, { recursive: true });
      for (const [uid, text] of made) writeFileSync(join(output, `${uid}.json`), text);
    } catch (error) {
      throw new OptionError(`--output: cannot write to ${output}: ${(error as NodeJS.ErrnoException).code}`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

process.exitCode = run(process.argv.slice(2));
