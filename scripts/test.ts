/**
 * `make test`: types, lint and every test, summed up in a last line `N passed, N failed`.
 *
 *     node scripts/test.ts            everything
 *     node scripts/test.ts PATH...    only the tests of these paths
 *
 * What cannot run here (no root, no Linux) is skipped and counted; with CI=true it is a failure.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';

const ci = process.env.CI === 'true';
const paths = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const inherit = { cwd: root, stdio: 'inherit', reject: false, preferLocal: true } as const satisfies Options;

const count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
/** Tests that passed, but not at once: named, so that a real fault does not hide behind them. */
const secondTries: string[] = [];

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(what: string, times = 1): void {
  count.failed += times;
  failures.push(what);
}

async function check(name: string, program: string, ...args: string[]): Promise<void> {
  tell(`\n--- ${name}`);
  const { exitCode } = await execa(program, args, inherit);
  if (exitCode === 0) count.passed += 1;
  else fail(`${name}: ${program} ended with exit status ${exitCode}`);
}

/** vitest's JSON report, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      /** Of every try, also of a test that passed in the end. */
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

async function vitest(...args: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-test-'));
  const file = join(folder, 'report.json');
  try {
    const { exitCode } = await execa(
      'vitest',
      ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      inherit,
    );
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    count.passed += report.numPassedTests;
    count.skipped += report.numPendingTests + report.numTodoTests;
    let told = 0;
    for (const { name, status, message, assertionResults } of report.testResults) {
      const failed = assertionResults.filter((result) => result.status === 'failed');
      for (const { status: end, fullName, failureMessages } of assertionResults)
        if (end === 'passed' && failureMessages.length > 0)
          secondTries.push(`${name}: ${fullName}: ${failureMessages[0]?.split('\n')[0]}`);
      for (const { fullName } of failed) fail(`${name}: ${fullName}`);
      // A file can fail without a failed test: it does not load, or its set-up fails and its tests are skipped.
      if (status === 'failed' && failed.length === 0) fail(`${name}: ${message.split('\n')[0]}`);
      told += failed.length;
    }
    if (told < report.numFailedTests)
      fail('vitest counts more failures than it names', report.numFailedTests - told);
    // Errors outside of tests: an unhandled rejection, a crashed worker.
    if (exitCode !== 0 && count.failed === 0) fail(`vitest ended with exit status ${exitCode}`);
  } catch (error) {
    fail(`vitest gave no report: ${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Counts the integration tests where they cannot run. */
async function skipIntegration(why: string): Promise<void> {
  const { stdout } = await execa('vitest', ['list', '--project', 'integration', '--json', ...paths], {
    cwd: root,
    preferLocal: true,
  });
  const { length } = JSON.parse(stdout) as unknown[];
  tell(`\n${length} integration tests skipped: ${why}.`);
  count.skipped += length;
}

async function setUp(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root (sudo make test)';
  const { exitCode } = await execa('scripts/setup', ['test'], inherit);
  return exitCode === 0 ? undefined : 'the set-up failed';
}

const missing = await setUp();
if (paths.length === 0) {
  await check('types', 'tsc', '-p', '.');
  await check('lint', 'biome', 'check', '.');
}
tell('\n--- tests');
if (missing === undefined || ci) {
  if (missing !== undefined) fail(`the integration tests cannot run: ${missing}`);
  await vitest(...paths);
} else {
  await vitest('--project', 'unit', '--passWithNoTests', ...paths);
  await skipIntegration(missing);
}
if (ci && count.skipped > 0) fail(`skipped tests, which CI does not take: ${count.skipped}`, count.skipped);

if (secondTries.length > 0) tell(`\n${secondTries.map((test) => `SECOND TRY  ${test}`).join('\n')}`);
if (failures.length > 0) tell(`\n${failures.map((failure) => `FAILED  ${failure}`).join('\n')}`);
tell(
  `\n${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`,
);
process.exitCode = count.failed === 0 ? 0 : 1;
