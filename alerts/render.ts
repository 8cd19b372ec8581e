/**
 * `make rules`: writes the rule files.
 *
 *     node alerts/render.ts [--thresholds=FILE] [--output=FOLDER] [--KEY=VALUE...]
 *
 * KEY is any key of the thresholds file, with dashes. Exit status 2, and nothing written, when a value cannot be used.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ruleFileText } from './rule.ts';
import { ruleFiles } from './rules.ts';
import { readFile, readThresholds, ThresholdsError } from './thresholds.ts';

const here = (path: string): string => relative('.', fileURLToPath(new URL(path, import.meta.url)));

/** `--uplink-peer-group=spines` to `uplink_peer_group`, `spines`. */
function readFlags(args: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    args.map((arg) => {
      const [, name, value] = /^--([a-z][a-z-]*)=(.*)$/.exec(arg) ?? [];
      if (name === undefined || value === undefined) {
        throw new ThresholdsError(`${arg}: write flags as --name=value`);
      }
      return [name.replaceAll('-', '_'), value];
    }),
  );
}

/** Makes all texts before it writes the first, and puts each file in its place whole. */
function main(args: readonly string[]): void {
  const { thresholds = here('thresholds.yaml'), output = here('rules'), ...flags } = readFlags(args);
  const files = ruleFiles(readThresholds(readFile(thresholds, '--thresholds'), thresholds, flags)).map(
    (file) => [`${file.topic}.yaml`, ruleFileText(file)] as const,
  );
  mkdirSync(output, { recursive: true });
  for (const [name, text] of files) {
    const path = join(output, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
  const made: ReadonlySet<string> = new Set(files.map(([name]) => name));
  for (const name of readdirSync(output)) {
    const path = join(output, name);
    if (name.endsWith('.yaml') && !made.has(name) && readFileSync(path, 'utf8').startsWith('# Made by')) {
      rmSync(path);
    }
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ThresholdsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
