#!/usr/bin/env node
/**
 * `make rules`, and `frr-exporter-rules` of the packages: writes the rule files.
 *
 *     node alerts/render.ts [--thresholds=FILE] [--output=FOLDER] [--kubernetes=FOLDER] [--KEY=VALUE...]
 *
 * Without `--output` it writes alerts/rules, alerts/kubernetes and the tables of the READMEs. KEY is any key of the thresholds
 * file, with dashes. Exit status 2, and nothing written, when a value cannot be used. The packages contain this program in one
 * file, alerts/make-rules.js, which requires `--output`.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifests } from './kubernetes.ts';
import { type RuleFile, ruleFileText } from './rule.ts';
import { ruleFiles } from './rules.ts';
import { alertTable } from './table.ts';
import { readFile, readThresholds, ThresholdsError } from './thresholds.ts';
import { timingsText } from './timings.ts';

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
  const { thresholds = here('thresholds.yaml'), output, kubernetes, ...flags } = readFlags(args);
  const site = readThresholds(readFile(thresholds, '--thresholds'), thresholds, flags);
  const files = ruleFiles(site);
  if (output === undefined && import.meta.url.endsWith('.js'))
    throw new ThresholdsError('name a directory for the rules with --output=DIRECTORY');
  writeFiles(
    output ?? here('rules'),
    files.map((file) => [`${file.topic}.yaml`, ruleFileText(file)]),
  );
  // Beside the shipped rules; for rules that go elsewhere, only where they are wanted.
  const folder = kubernetes ?? (output === undefined ? here('kubernetes') : undefined);
  if (folder !== undefined) writeFiles(folder, manifests(site, files));
  if (output === undefined) writeTables(files);
  process.stdout.write(timingsText(site));
}

/** Writes files, and removes those that were made before and are no more. */
function writeFiles(folder: string, files: readonly (readonly [name: string, text: string])[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
  const made: ReadonlySet<string> = new Set(files.map(([name]) => name));
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.yaml') && !made.has(name) && readFileSync(path, 'utf8').startsWith('# Made by')) {
      rmSync(path);
    }
  }
}

/** Puts the tables of alerts into the pages that have one. */
function writeTables(files: readonly RuleFile[]): void {
  for (const [path, runbooks] of [
    [here('README.md'), 'runbooks/'],
    [here('runbooks/README.md'), ''],
  ] as const) {
    const page = readFileSync(path, 'utf8');
    writeFileSync(path, page.replace(/^\| alert \|.*\n(?:\|.*\n)+/m, alertTable(files, runbooks)));
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ThresholdsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
