import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { unlessInhibited } from '../../../alerts/inhibitions.ts';
import { selectorsOf } from '../../promql.ts';

test('an inhibition is the alerts that it mutes while its source fires', () => {
  const config = `
inhibit_rules:
  - source_matchers: ['alertname = FRRDown', 'severity=critical']
    target_matchers: ['alertname =~ "FRRBGP.+|FRRBFD.+"', 'alertname !~ "FRRBGPNoPolicy"', 'severity != "info"']
    equal: [cluster, instance]
`;
  expect(unlessInhibited(config)).toEqual([
    'unless (ALERTS{alertstate="firing", alertname=~"FRRBGP.+|FRRBFD.+", alertname!~"FRRBGPNoPolicy", severity!="info"}' +
      ' and on (cluster, instance) ALERTS{alertstate="firing", alertname="FRRDown", severity="critical"})',
  ]);
});

test('what is no matcher is refused', () => {
  const config = "inhibit_rules: [{ source_matchers: ['FRRDown'], target_matchers: [], equal: [] }]";
  expect(() => unlessInhibited(config)).toThrow(/: FRRDown is no matcher$/);
});

test('every inhibition of the shipped Alertmanager is PromQL', () => {
  const { inhibit_rules } = parse(readFileSync('alerts/alertmanager/alertmanager.yml', 'utf8'));
  const translated = unlessInhibited();
  expect(translated).toHaveLength(inhibit_rules.length);
  for (const one of translated)
    expect(selectorsOf(`ALERTS ${one}`).map(({ metric }) => metric)).toEqual(['ALERTS', 'ALERTS', 'ALERTS']);
});
