/**
 * The rules against promtool of the oldest and the newest Prometheus that they are for.
 *
 * The newest runs each scenario with all rules, so that an alert that nobody expects is noticed. Which alerts fire differs
 * between the versions only by what an expression means, so the oldest runs it with the rules that it is about, and with all
 * of them where nothing is to fire. That takes a fifth of the time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlert } from '../../../alerts/rule.ts';
import { compared, concerned } from './excerpts.ts';
import {
  type Command,
  GROUPS,
  newer,
  type Outcome,
  PROMTOOL,
  RULE_FILES,
  run,
  twoAtATime,
  writeTest,
} from './promtool.ts';
import { SCENARIOS } from './scenarios/index.ts';

const root = mkdtempSync(join(tmpdir(), 'frr-exporter-promtool-'));
afterAll(() => rmSync(root, { recursive: true }));

test('no two scenarios have the same name', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('some scenario compares all texts of every alert', () => {
  const described = new Set(
    SCENARIOS.flatMap(({ checks }) => checks.flatMap(({ texts = {} }) => Object.keys(texts))),
  );
  const alerts = new Set(GROUPS.flatMap(({ rules }) => rules.filter(isAlert).map(({ alert }) => alert)));
  expect([...alerts].filter((alert) => !described.has(alert))).toEqual([]);
});

/**
 * Since Prometheus 3 a range leaves out the sample at its start, so that what begins or ends there does so an evaluation
 * earlier than before. The scenarios look a little before or after, and are the same for both.
 */

describe.each([
  ['2.42', async () => PROMTOOL, concerned],
  ['3.5', () => newer('promtool'), compared],
])('Prometheus %s', (version, find, rules) => {
  const outcomes = new Map<string, Outcome>();
  let promtool: Command;

  beforeAll(async () => {
    promtool = await find();
    await twoAtATime(SCENARIOS, async (scenario, i) => {
      const path = join(root, `${version}-${i}.yaml`);
      writeTest(path, scenario, rules(scenario));
      outcomes.set(scenario.name, await run(promtool, 'test', 'rules', path));
    });
  }, 1_200_000);

  test('is the version that is meant', async () => {
    const { output } = await run(promtool, '--version');
    expect(output).toContain(`promtool, version ${version}`);
  });

  test('the rules pass all lints', async () => {
    const { passed, output } = await run(
      promtool,
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      ...RULE_FILES,
    );
    expect({ passed, output }).toEqual({ passed: true, output: expect.not.stringContaining('FAILED') });
  });

  test('the example configuration is valid', async () => {
    const { passed, output } = await run(
      promtool,
      ...['check', 'config', '--syntax-only', 'alerts/prometheus/prometheus.yml'],
      'alerts/prometheus/probing.yml',
    );
    expect({ passed, output }).toEqual({ passed: true, output: expect.stringContaining('SUCCESS') });
  });

  const names = SCENARIOS.map(({ name }) => name);
  test.each(names)('%s', (name) => {
    expect(outcomes.get(name)).toEqual({ passed: true, output: expect.stringContaining('SUCCESS') });
  });
});
