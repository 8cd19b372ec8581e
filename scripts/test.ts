/**
 * `make test`: types, lint and every test. The last line is a summary, `N passed, N failed`.
 *
 *     node scripts/test.ts            everything
 *     node scripts/test.ts PATH...    only the tests in these paths
 *
 * Tests that cannot run here (no root, no Linux) are skipped and counted; with CI=true they count as failed.
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
/** Tests that passed on a retry. They are listed, so that they do not hide a real fault. */
const secondTries: string[] = [];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(what: string, times = 1): void {
  count.failed += times;
  failures.push(what);
}

async function check(name: string, program: string, ...args: string[]): Promise<void> {
  print(`\n--- ${name}`);
  const { exitCode } = await execa(program, args, inherit);
  if (exitCode === 0) count.passed += 1;
  else fail(`${name}: ${program} exited with status ${exitCode}`);
}

/** The parts of vitest's JSON report that are used here. */
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
      /** One per failed try, even if the test passed in the end. */
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
    let named = 0;
    for (const { name, status, message, assertionResults } of report.testResults) {
      const failed = assertionResults.filter((result) => result.status === 'failed');
      for (const { status: end, fullName, failureMessages } of assertionResults)
        if (end === 'passed' && failureMessages.length > 0)
          secondTries.push(`${name}: ${fullName}: ${failureMessages[0]?.split('\n')[0]}`);
      for (const { fullName } of failed) fail(`${name}: ${fullName}`);
      // A file can fail without a failed test, if it does not load or its set-up fails and its tests are skipped.
      if (status === 'failed' && failed.length === 0) fail(`${name}: ${message.split('\n')[0]}`);
      named += failed.length;
    }
    if (named < report.numFailedTests)
      fail('vitest counts more failures than it names', report.numFailedTests - named);
    // Errors outside of tests, such as an unhandled rejection or a crashed worker.
    if (exitCode !== 0 && count.failed === 0) fail(`vitest exited with status ${exitCode}`);
  } catch (error) {
    fail(`vitest wrote no report: ${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Counts the integration tests that cannot run. */
async function skipIntegration(why: string): Promise<void> {
  const { stdout } = await execa('vitest', ['list', '--project', 'integration', '--json', ...paths], {
    cwd: root,
    preferLocal: true,
  });
  const { length } = JSON.parse(stdout) as unknown[];
  print(`\n${length} integration tests skipped: ${why}.`);
  count.skipped += length;
}

async function setUp(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root (sudo make test)';
  const { exitCode } = await execa('scripts/setup', ['test'], inherit);
  return exitCode === 0 ? undefined : 'the set-up failed';
}

// What needs nothing but npm packages runs while the rest is installed.
const settingUp = setUp();
if (paths.length === 0) {
  await check('types', 'tsc', '-p', '.');
  await check('lint', 'biome', 'check', '.');
}
print('\n--- unit tests');
await vitest('--project', 'unit', '--passWithNoTests', ...paths);
const missing = await settingUp;
if (missing === undefined || ci) {
  if (missing !== undefined) fail(`the integration tests cannot run: ${missing}`);
  print('\n--- integration tests');
  await vitest('--project', 'integration', '--passWithNoTests', ...paths);
} else {
  await skipIntegration(missing);
}
if (count.passed + count.failed + count.skipped === 0) fail(`there are no tests in ${paths.join(', ')}`);
if (ci && count.skipped > 0)
  fail(`tests were skipped, which CI does not allow: ${count.skipped}`, count.skipped);

if (secondTries.length > 0) print(`\n${secondTries.map((test) => `SECOND TRY  ${test}`).join('\n')}`);
if (failures.length > 0) print(`\n${failures.map((failure) => `FAILED  ${failure}`).join('\n')}`);
print(
  `\n${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`,
);
process.exitCode = count.failed === 0 ? 0 : 1;
