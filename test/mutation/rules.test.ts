/**
 * Whether the scenarios would notice: the rules are made wrong in one small place after another, and for each such mutant
 * some scenario must fail that passes with the rules as they are.
 *
 * So that this takes half an hour and not a day, a scenario runs with those rules alone that the wrong one changes and that
 * these read, with their series alone, and promtool is given many of them at once: in the first round each mutant with
 * the likeliest scenario, then what is left with the next. It takes too long for every run of the tests: `make mutants-rules`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Group, isAlert } from '../../alerts/rule.ts';
import { dependencies, excerpt, namesIn, ruleName } from '../integration/alerts/dependencies.ts';
import { type Mutant, mutantsOf } from '../integration/alerts/mutants.ts';
import { failures, GROUPS, twoAtATime, writeTest } from '../integration/alerts/promtool.ts';
import { type Scenario, seconds } from '../integration/alerts/scenario.ts';
import { SCENARIOS } from '../integration/alerts/scenarios/index.ts';

const root = mkdtempSync(join(tmpdir(), 'frr-exporter-mutation-'));
afterAll(() => rmSync(root, { recursive: true }));

const DEPENDENCIES = dependencies(GROUPS);
/** Alertmanager's inhibitions in PromQL, whose translation a unit test holds. */
const TRANSLATED = 'instance:frr_alerts_firing:since_timestamp_seconds';
/** The groups whose rules are made wrong. */
const CHOSEN = new RegExp(`^(?:${process.env.RULE_GROUP || '.*'})$`);
const MUTANTS = mutantsOf(GROUPS.filter(({ name }) => CHOSEN.test(name))).filter(
  ({ original }) => ruleName(original) !== TRANSLATED,
);
const ALERTS: ReadonlySet<string> = new Set(
  GROUPS.flatMap(({ rules }) => rules.filter(isAlert).map(({ alert }) => alert)),
);

/** How many scenarios promtool is given at once. */
const BATCH = 20;

/** The rules, one of them changed. */
function mutated({ original, changed }: Mutant): readonly Group[] {
  return GROUPS.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule === original ? changed : rule)),
  }));
}

/** As much of a scenario as these rules have a say in. */
function reduced(
  scenario: Scenario,
  affected: ReadonlySet<string>,
  remaining: ReadonlySet<string>,
): Scenario {
  const rules = excerpt(GROUPS, remaining);
  const recorded = (name: string) => name.includes(':');
  const checks = scenario.checks.map(({ values = {}, ...check }) => ({
    ...check,
    values: Object.fromEntries(
      Object.entries(values).filter(([expression]) => {
        const names = [...namesIn(expression)].filter((name) => recorded(name) || ALERTS.has(name));
        return names.length > 0 && names.every((name) => remaining.has(name));
      }),
    ),
  }));
  const read = namesIn(JSON.stringify([rules, checks.map(({ values }) => values)]));
  return {
    ...scenario,
    checks,
    series: scenario.series.filter(({ metric }) => read.has(metric)),
    only: new Set([...affected].filter((name) => ALERTS.has(name) && scenario.only?.has(name) !== false)),
  };
}

/** The scenarios that could notice, the likeliest and quickest first. */
function candidates(affected: ReadonlySet<string>): Scenario[] {
  // In the order in which they were found to be affected: the nearest first.
  const near = [...affected];
  const distance = ({ about, checks }: Scenario): number => {
    const named = namesIn(JSON.stringify(checks.map(({ values = {} }) => Object.keys(values))));
    const found = near.findIndex((name) => about.includes(name) || named.has(name));
    return found < 0 ? Number.POSITIVE_INFINITY : Math.min(found, 3);
  };
  const work = ({ until, every = '5s', series }: Scenario): number =>
    (seconds(until) / seconds(every)) * (20 + series.length);
  // The mutants are those of the shipped rules.
  return SCENARIOS.filter(
    (scenario) => scenario.settings === undefined && distance(scenario) < Number.POSITIVE_INFINITY,
  ).toSorted((a, b) => distance(a) - distance(b) || work(a) - work(b));
}

interface Trial {
  readonly scenario: Scenario;
  readonly rules: readonly Group[];
}

/** Which of the trials fail, by index. */
async function failing(name: string, trials: readonly Trial[]): Promise<ReadonlySet<number>> {
  const paths = trials.map(({ scenario, rules }, i) => {
    const path = join(root, `${name}-${i}.yaml`);
    writeTest(path, scenario, rules);
    return path;
  });
  const batches = Array.from({ length: Math.ceil(paths.length / BATCH) }, (_, i) =>
    paths.slice(i * BATCH, (i + 1) * BATCH),
  );
  const found = new Set<number>();
  await twoAtATime(batches, async (batch, i) => {
    const failed = await failures(batch, join(root, `${name}-${i}.log`));
    for (const [k, one] of failed.entries()) if (one) found.add(i * BATCH + k);
  });
  return found;
}

/** By mutant: the scenario that notices. Not there: none does. */
const caughtBy = new Map<Mutant, string>();
/** Scenarios that fail with a part of the rules though nothing in it is wrong. */
const broken: string[] = [];

beforeAll(async () => {
  const left = new Map(
    MUTANTS.map((mutant) => {
      const affected = DEPENDENCIES.affectedBy([ruleName(mutant.original)]);
      return [mutant, { affected, queue: candidates(affected) }] as const;
    }),
  );
  const controls = new Map<string, Trial>();
  for (let round = 1; left.size > 0; round++) {
    const trials = [...left].flatMap(([mutant, { affected, queue }]) => {
      const scenario = queue.shift();
      if (scenario === undefined) {
        left.delete(mutant);
        return [];
      }
      const remaining = DEPENDENCIES.neededBy(affected);
      const shortened = reduced(scenario, affected, remaining);
      return [{ mutant, scenario: shortened, rules: excerpt(mutated(mutant), remaining) }];
    });
    const failed = await failing(`round-${round}`, trials);
    for (const [i, { mutant, scenario }] of trials.entries()) {
      if (!failed.has(i)) continue;
      left.delete(mutant);
      caughtBy.set(mutant, scenario.name);
      const remaining = DEPENDENCIES.neededBy(DEPENDENCIES.affectedBy([ruleName(mutant.original)]));
      controls.set(`${ruleName(mutant.original)}: ${scenario.name}`, {
        scenario,
        rules: excerpt(GROUPS, remaining),
      });
    }
  }
  const failed = await failing('control', [...controls.values()]);
  broken.push(...[...controls.keys()].filter((_, i) => failed.has(i)));
}, 7_200_000);

test('no two mutants have the same name', () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('the scenarios that notice mutants pass without them', () => {
  expect(broken).toEqual([]);
});

describe('is noticed by a scenario:', () => {
  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('%s', (_, mutant) => {
    expect(caughtBy.get(mutant)).toEqual(expect.any(String));
  });
});
