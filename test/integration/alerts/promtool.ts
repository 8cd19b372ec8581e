/** Runs scenarios through promtool, against the rules of the repository or against changed ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { type Group, isAlert } from '../../../alerts/rule.ts';
import { ruleFiles } from '../../../alerts/rules.ts';
import { readThresholds } from '../../../alerts/thresholds.ts';
import { promtoolTest, type Scenario, type StaticTexts } from './scenario.ts';

const RULES = resolve('alerts/rules');

/** Paths of the committed rule files. */
export const RULE_FILES: readonly string[] = readdirSync(RULES).map((file) => join(RULES, file));

/** The committed rules. */
export const GROUPS: readonly Group[] = RULE_FILES.flatMap(
  (path) => (parse(readFileSync(path, 'utf8')) as { groups: Group[] }).groups,
);

/** As a fault goes through them: who reads another group's records comes after it, where not each reads the other's. */
const GROUP_ORDER = ruleFiles(
  readThresholds(readFileSync('alerts/thresholds.yaml', 'utf8'), 'alerts/thresholds.yaml'),
).flatMap(({ groups }) => groups.map(({ name }) => name));

const ALERTS = GROUPS.flatMap(({ rules }) => rules).filter(isAlert);

/** The annotations without labels or values in them, from the committed rules. */
const staticTexts: StaticTexts = (name, severity) => {
  const found = ALERTS.find((one) => one.alert === name && one.labels.severity === severity);
  if (found === undefined) throw new Error(`no alert ${name} of severity ${severity}`);
  const { summary, action, runbook_url, dashboard_url } = found.annotations;
  return { summary, action, runbook_url, dashboard_url };
};

/**
 * Writes a test file for promtool, and beside it the rules where the scenario has settings of its own.
 * @param ruleFiles other rules than those
 */
export function writeTest(path: string, scenario: Scenario, ruleFiles?: readonly string[]): void {
  const files =
    ruleFiles ?? (scenario.settings === undefined ? RULE_FILES : [writeRulesWith(scenario.settings, path)]);
  writeFileSync(path, promtoolTest(scenario, files, GROUP_ORDER, staticTexts));
}

/** Writes the rules as `make rules` makes them with these settings, all in one file. */
function writeRulesWith(settings: Readonly<Record<string, string>>, test: string): string {
  const path = test.replace(/\.yaml$/, '-rules.yaml');
  const source = 'alerts/thresholds.yaml';
  writeRules(
    path,
    ruleFiles(readThresholds(readFileSync(source, 'utf8'), source, settings)).flatMap(({ groups }) => groups),
  );
  return path;
}

/** Writes a rule file. */
export function writeRules(path: string, groups: readonly Group[]): void {
  writeFileSync(path, stringify({ groups }, { lineWidth: 0 }));
}

/** A program's command line. */
export type Command = readonly [string, ...string[]];

/** The machine's own: Debian bookworm's, the oldest that the rules are for. */
export const PROMTOOL: Command = ['promtool'];

/** Debian sid's, the newest. Fetches it where it is missing. */
export async function newer(program: 'promtool' | 'amtool'): Promise<Command> {
  const { stdout } = await execa(resolve('scripts/newer-prometheus'), [program], { stderr: 'inherit' });
  return stdout.split('\n') as unknown as Command;
}

export interface Outcome {
  readonly passed: boolean;
  /** What the program says. */
  readonly output: string;
}

export async function run([program, ...args]: Command, ...more: readonly string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(program, [...args, ...more], {
    reject: false,
    // Less time for the garbage collector.
    env: { GOGC: '400' },
  });
  return { passed: exitCode === 0, output: `${stdout}\n${stderr}`.trim() };
}

/**
 * Gives promtool several test files at once.
 * @param log a file for all that it says
 * @returns whether each of them failed
 */
export async function failures(paths: readonly string[], log: string): Promise<readonly boolean[]> {
  const [program, ...args] = PROMTOOL;
  const output = openSync(log, 'w');
  // Into one file, because promtool reports the tests on its standard output, and failures on its standard error.
  const child = spawn(program, [...args, 'test', 'rules', ...paths], {
    stdio: ['ignore', output, output],
    env: { ...process.env, GOGC: '400' },
  });
  await once(child, 'close');
  closeSync(output);
  const results = readFileSync(log, 'utf8')
    .split(/^Unit Testing: +/m)
    .slice(1);
  if (
    results.length !== paths.length ||
    results.some((one) => one.includes('SUCCESS') === one.includes('FAILED'))
  )
    throw new Error(`${log}: ${results.join('')}`);
  return results.map((one) => one.includes('FAILED'));
}

/** Does something for each item, two at a time: as many as the smallest machine has cores. */
export async function twoAtATime<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all([worker(), worker()]);
}

/** A folder for a test's files, under one that the test removes. */
export function folder(...path: readonly string[]): string {
  const made = join(...path);
  mkdirSync(made, { recursive: true });
  return made;
}
