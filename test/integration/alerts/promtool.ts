/** Runs scenarios through promtool, against the rules of the repository or against changed ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { type Group, isAlert } from '../../../alerts/rule.ts';
import { rulesWith } from '../../rules.ts';
import { promtoolTest, type RuleOf, type Scenario } from './scenario.ts';

const RULES = resolve('alerts/rules');

/** Paths of the committed rule files. */
export const RULE_FILES: readonly string[] = readdirSync(RULES).map((file) => join(RULES, file));

/** The committed rules. */
export const GROUPS: readonly Group[] = RULE_FILES.flatMap(
  (path) => (parse(readFileSync(path, 'utf8')) as { groups: Group[] }).groups,
);

/** As a fault goes through them: who reads another group's records comes after it, where not each reads the other's. */
const GROUP_ORDER = rulesWith().flatMap(({ groups }) => groups.map(({ name }) => name));

const ALERTS = GROUPS.flatMap(({ rules }) => rules).filter(isAlert);

const ruleOf: RuleOf = (name, severity) => {
  const found = ALERTS.find((one) => one.alert === name && one.labels.severity === severity);
  if (found === undefined) throw new Error(`no alert ${name} of severity ${severity}`);
  return found;
};

const rendered = new Map<string, readonly Group[]>();

/** All rules of a scenario: the committed ones, or those that `make rules` makes with its settings. */
export function rulesOf({ settings }: Scenario): readonly Group[] {
  if (settings === undefined) return GROUPS;
  const key = JSON.stringify(settings);
  const groups = rendered.get(key) ?? rulesWith(settings).flatMap((file) => file.groups);
  rendered.set(key, groups);
  return groups;
}

/** Writes a test file for promtool, and beside it the rules, where they are not the committed ones as they are. */
export function writeTest(path: string, scenario: Scenario, groups = rulesOf(scenario)): void {
  const ownRules = path.replace(/\.yaml$/, '-rules.yaml');
  if (groups !== GROUPS) writeFileSync(ownRules, stringify({ groups }, { lineWidth: 0 }));
  const files = groups === GROUPS ? RULE_FILES : [ownRules];
  writeFileSync(path, promtoolTest(scenario, files, GROUP_ORDER, ruleOf));
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
