import { healthy } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';

const PROMETHEUS = { job: 'prometheus', instance: 'localhost:9090' };
const ALERTMANAGER = { job: 'alertmanager', instance: 'localhost:9093' };
const RULE_GROUP = '/etc/prometheus/rules/sessions.yaml;frr-sessions';

export const PIPELINE: readonly Scenario[] = [
  {
    name: 'FRRWatchdog fires from the first moment on',
    about: ['FRRWatchdog'],
    every: '15s',
    until: '1m',
    series: healthy().series,
    checks: [
      {
        at: '0s',
        firing: [],
        texts: {
          FRRWatchdog: {
            labels: { severity: 'none' },
            title: 'alerting works',
            description: 'Prometheus evaluates rules and Alertmanager delivers: alerting works.',
            impact: 'None. When it stops coming, no other alert comes either.',
          },
        },
      },
    ],
  },
  {
    name: 'rules fail to be evaluated',
    about: ['FRRRuleEvaluationFailing'],
    every: '15s',
    until: '12m',
    series: healthy().set('prometheus_rule_evaluation_failures_total', {}, { '0s': 0, '2m': 1, '2m30s': 2 })
      .series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: [`FRRRuleEvaluationFailing critical instance=localhost:9090 rule_group=${RULE_GROUP}`],
        texts: {
          FRRRuleEvaluationFailing: {
            labels: { severity: 'critical', ...PROMETHEUS, rule_group: RULE_GROUP },
            title: 'Prometheus localhost:9090 fails to evaluate rules',
            description: `Prometheus localhost:9090 failed to evaluate rules of ${RULE_GROUP}.`,
            impact: 'The alerts of this group may not fire.',
          },
        },
      },
      { at: '8m', firing: [] },
    ],
  },
  {
    name: 'rules take longer than they may',
    about: ['FRRRuleEvaluationSlow'],
    every: '15s',
    until: '10m',
    series: healthy().set(
      'prometheus_rule_group_last_duration_seconds',
      {},
      { '0s': 4.9, '1m': 5.1, '9m': 4.9 },
    ).series,
    checks: [
      { at: '5m55s', firing: [] },
      {
        at: '6m',
        firing: [`FRRRuleEvaluationSlow warning instance=localhost:9090 rule_group=${RULE_GROUP}`],
        texts: {
          FRRRuleEvaluationSlow: {
            labels: { severity: 'warning', ...PROMETHEUS, rule_group: RULE_GROUP },
            title: 'Prometheus localhost:9090 too slow for its rules',
            description: `The rules of ${RULE_GROUP} on localhost:9090 take 5.1s, longer than their interval.`,
            impact: 'Evaluations are skipped, so pages come late.',
          },
        },
      },
      { at: '9m', firing: [] },
    ],
  },
  {
    name: 'Prometheus drops alerts',
    about: ['FRRNotificationsDropped'],
    every: '15s',
    until: '12m',
    series: healthy().set('prometheus_notifications_dropped_total', {}, { '0s': 0, '2m': 1 }).series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: ['FRRNotificationsDropped critical instance=localhost:9090'],
        texts: {
          FRRNotificationsDropped: {
            labels: { severity: 'critical', ...PROMETHEUS },
            title: 'Prometheus localhost:9090 drops alerts',
            description: 'Prometheus localhost:9090 dropped 1 alerts in five minutes.',
            impact: 'Pages may be lost.',
          },
        },
      },
      { at: '8m', firing: [] },
    ],
  },
  {
    name: 'Prometheus knows no Alertmanager',
    about: ['FRRNoAlertmanager'],
    every: '15s',
    until: '8m',
    series: healthy().set(
      'prometheus_notifications_alertmanagers_discovered',
      {},
      { '0s': 1, '1m': 0, '6m': 1 },
    ).series,
    checks: [
      // The last minute must be without one, and that for two minutes.
      { at: '3m30s', firing: [] },
      {
        at: '4m',
        firing: ['FRRNoAlertmanager critical instance=localhost:9090'],
        texts: {
          FRRNoAlertmanager: {
            labels: { severity: 'critical', ...PROMETHEUS },
            title: 'Prometheus localhost:9090 has no Alertmanager',
            description: 'Prometheus localhost:9090 has no Alertmanager to send alerts to.',
            impact: 'No page leaves this Prometheus.',
          },
        },
      },
      { at: '6m', firing: [] },
    ],
  },
  {
    name: 'one message cannot be delivered: a ticket; most of them cannot: a page',
    about: ['FRRAlertmanagerFailing'],
    every: '15s',
    until: '50m',
    series: healthy()
      .set('alertmanager_notifications_failed_total', {}, { '0s': 0, '2m': 1, '30m': 3, '31m': 5, '40m': 6 })
      .set(
        'alertmanager_notifications_total',
        {},
        { '0s': 0, '1m': 3, '2m': 4, '30m': 7, '31m': 9, '40m': 29 },
      ).series,
    checks: [
      { at: '2m55s', firing: [] },
      {
        at: '3m',
        firing: ['FRRAlertmanagerFailing warning instance=localhost:9093 integration=pagerduty'],
      },
      { at: '20m', firing: [] },
      {
        at: '31m45s',
        firing: ['FRRAlertmanagerFailing warning instance=localhost:9093 integration=pagerduty'],
      },
      {
        at: '32m30s',
        firing: [
          'FRRAlertmanagerFailing critical instance=localhost:9093 integration=pagerduty',
          'FRRAlertmanagerFailing warning instance=localhost:9093 integration=pagerduty',
        ],
        texts: {},
      },
      // Twenty-one of twenty-seven were delivered in the last quarter of an hour.
      {
        at: '41m',
        firing: ['FRRAlertmanagerFailing warning instance=localhost:9093 integration=pagerduty'],
        texts: {
          FRRAlertmanagerFailing: {
            labels: { severity: 'warning', ...ALERTMANAGER, integration: 'pagerduty' },
            title: 'Alertmanager localhost:9093 fails to deliver via pagerduty',
            description:
              'Alertmanager localhost:9093 failed 5 times within 15 minutes to deliver via pagerduty.',
            impact:
              'Pages and tickets via this integration may be missing; other integrations of the same receiver work.',
          },
        },
      },
    ],
  },
  {
    name: 'how many notifications fail, of how many: three of three, two of two, just more and just less than half',
    about: ['FRRAlertmanagerFailing'],
    every: '15s',
    until: '24m',
    series: [
      ...healthy().series,
      ...[
        ['slack', 3, 3],
        ['opsgenie', 2, 2],
        ['email', 10, 19],
        ['webhook', 9, 19],
      ].flatMap(([integration, failed = 0, all = 0]) =>
        [
          ['alertmanager_notifications_failed_total', failed],
          ['alertmanager_notifications_total', all],
        ].map(([metric, count]) => ({
          metric: String(metric),
          labels: { ...ALERTMANAGER, integration: String(integration) },
          steps: { '0s': 0, '20m': Number(count) },
        })),
      ),
    ],
    checks: [
      {
        at: '22m',
        firing: [
          ...['email', 'opsgenie', 'slack', 'webhook'].map(
            (integration) =>
              `FRRAlertmanagerFailing warning instance=localhost:9093 integration=${integration}`,
          ),
          'FRRAlertmanagerFailing critical instance=localhost:9093 integration=slack',
          'FRRAlertmanagerFailing critical instance=localhost:9093 integration=email',
        ],
      },
    ],
  },
  {
    name: 'one Alertmanager of a pair is down',
    about: ['FRRMonitoringDown'],
    every: '15s',
    until: '8m',
    series: [
      ...healthy().series,
      { metric: 'up', labels: PROMETHEUS, steps: 1 },
      { metric: 'up', labels: ALERTMANAGER, steps: { '0s': 1, '1m': 0, '7m': 1 } },
    ],
    checks: [
      { at: '5m45s', firing: [] },
      {
        at: '6m',
        firing: ['FRRMonitoringDown warning instance=localhost:9093'],
        texts: {
          FRRMonitoringDown: {
            labels: { severity: 'warning', ...ALERTMANAGER },
            title: 'alertmanager localhost:9093 is down',
            description: 'localhost:9093 (job alertmanager) has not answered for 5m.',
            impact: 'The other one of the pair still works; if it fails too, nobody is paged.',
          },
        },
      },
      { at: '7m', firing: [] },
    ],
  },
  {
    name: 'Prometheus could not load its configuration',
    about: ['FRRConfigReloadFailed'],
    every: '15s',
    until: '12m',
    series: healthy().set('prometheus_config_last_reload_successful', {}, { '0s': 1, '1m': 0, '9m': 1 })
      .series,
    checks: [
      { at: '6m30s', firing: [] },
      {
        at: '7m',
        firing: ['FRRConfigReloadFailed warning instance=localhost:9090'],
        texts: {
          FRRConfigReloadFailed: {
            labels: { severity: 'warning', ...PROMETHEUS },
            title: 'localhost:9090 runs with an old configuration',
            description:
              'localhost:9090 (job prometheus) still runs with its old configuration: the new one is broken.',
            impact:
              'Changes of targets, rules or receivers are not in force, and it will not start again after a restart.',
          },
        },
      },
      { at: '9m', firing: [] },
    ],
  },
  {
    name: 'Alertmanager could not load its configuration',
    about: ['FRRConfigReloadFailed'],
    every: '15s',
    until: '12m',
    series: healthy().set('alertmanager_config_last_reload_successful', {}, { '0s': 1, '1m': 0 }).series,
    checks: [
      { at: '6m30s', firing: [] },
      { at: '7m', firing: ['FRRConfigReloadFailed warning instance=localhost:9093'] },
    ],
  },
];
