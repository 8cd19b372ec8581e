/** The alert rules, for tests that need them otherwise than as they are shipped. */
import { readFileSync } from 'node:fs';
import type { RuleFile } from '../alerts/rule.ts';
import { ruleFiles } from '../alerts/rules.ts';
import { readThresholds } from '../alerts/thresholds.ts';

const SHIPPED = 'alerts/thresholds.yaml';

/** The rule files as `make rules` makes them with these settings. */
export function rulesWith(settings: Readonly<Record<string, string>> = {}): readonly RuleFile[] {
  return ruleFiles(readThresholds(readFileSync(SHIPPED, 'utf8'), SHIPPED, settings));
}
