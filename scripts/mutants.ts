/**
 * Changes one token of the source at a time and runs the unit tests that depend on that file: a change that no test
 * notices is a survivor, and shows what is not tested.
 *
 *     node scripts/mutants.ts [--count N] [--seed N] [--minutes N] [PATH...]
 *
 * PATH is a file or directory; src/collectors, src/frr, src/poller, src/metrics and src/web when left out. N mutants
 * (100) are drawn at random, always the same ones for a seed. They are made in a copy of the checkout. Mutants that do not
 * compile count as noticed by the compiler and are left out. The exit status is 1 if fewer than 90 % are noticed.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = ['src', 'test', 'docs', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const TOPICS = ['src/collectors', 'src/frr', 'src/poller', 'src/metrics', 'src/web'];
const GOAL = 0.9;

/** What replaces what. The spaces keep types and arrows from being taken for comparisons. */
const MUTATIONS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ < /g, ' <= '],
  [/ > /g, ' >= '],
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\b0\b/g, '1'],
  [/\b1\b/g, '0'],
  [/(?<=[( ])!(?=[a-z(])/g, ''],
  [/ \?\? ''/g, " ?? 'mutant'"],
];

interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

function mutantsOf(file: string): readonly Mutant[] {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  // Comments become blanks of the same length; a `//` in a string hides the rest of its line, which does no harm.
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ' '));
  return MUTATIONS.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)].map(({ 0: from, index }) => ({
      file,
      line: code.slice(0, index).split('\n').length,
      from,
      to,
      text: source.slice(0, index) + to + source.slice(index + from.length),
    })),
  );
}

/** Mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
  },
  allowPositionals: true,
});
const { stdout } = await execa(
  'git',
  ['ls-files', '--', ...(positionals.length > 0 ? positionals : TOPICS)],
  {
    cwd: ROOT,
  },
);
const files = stdout.split('\n').filter((file) => file.startsWith('src/') && file.endsWith('.ts'));
const random = randomNumbers(Number(values.seed));
const drawn = files
  .flatMap(mutantsOf)
  .map((mutant) => ({ mutant, order: random() }))
  .sort((a, b) => a.order - b.order)
  .slice(0, Number(values.count));

const copy = mkdtempSync(path.join(tmpdir(), 'frr-exporter-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
for (const name of ['node_modules', 'alerts', 'container', 'dashboards'])
  symlinkSync(path.join(ROOT, name), path.join(copy, name));

/** Whether a command in the copy succeeds. */
async function passes(program: string, ...args: string[]): Promise<boolean> {
  const { failed } = await execa(path.join(ROOT, 'node_modules/.bin', program), args, {
    cwd: copy,
    reject: false,
    buffer: false,
    timeout: 120_000,
    forceKillAfterDelay: 1_000,
    stdio: 'ignore',
  });
  return !failed;
}

const related = (file: string) =>
  passes('vitest', 'related', '--run', '--project', 'unit', '--bail', '1', file);

const end = Date.now() + Number(values.minutes) * 60_000;
/** Files whose tests pass without a mutant. */
const sound = new Set<string>();
let noticed = 0;
let tried = 0;
for (const { mutant } of drawn) {
  if (Date.now() > end) break;
  const { file, line, from, to, text } = mutant;
  const original = readFileSync(path.join(copy, file));
  if (!sound.has(file) && !(await related(file)))
    throw new Error(`the tests of ${file} fail without a mutant: there is nothing to notice`);
  sound.add(file);
  writeFileSync(path.join(copy, file), text);
  if (await passes('tsc', '-p', 'tsconfig.json')) {
    tried++;
    if (await related(file))
      process.stdout.write(`survived  ${file}:${line}  ${from.trim()} -> ${to.trim()}\n`);
    else noticed++;
  }
  writeFileSync(path.join(copy, file), original);
}
process.stdout.write(
  `${noticed} of ${tried} mutants noticed (${Math.round((100 * noticed) / Math.max(tried, 1))} %)\n`,
);
if (noticed < GOAL * tried) process.exitCode = 1;
