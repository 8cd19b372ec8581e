/** The way from a figure to a person: rules, Prometheus, Alertmanager, and the alert that proves that it works. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import type { Thresholds } from '../thresholds.ts';

export function pipeline(site: Thresholds): RuleFile {
  const prometheus = `job="${site.prometheus_job}"`;
  const alertmanager = `job="${site.alertmanager_job}"`;
  const where = '{{ $labels.instance }}';
  return {
    topic: 'pipeline',
    groups: [
      {
        name: 'frr-pipeline',
        rules: [
          alert(site, 'Watchdog', {
            expr: 'vector(1)',
            severity: 'none',
            summary: 'This alert fires all the time, so that its absence is noticed.',
            description: 'Prometheus evaluates rules and Alertmanager delivers: the way to you works.',
            impact: 'None. When it stops coming, no other alert comes either.',
            action: "None. Let the dead man's switch call when this alert is missing.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRRuleEvaluationFailing', {
            expr: `increase(prometheus_rule_evaluation_failures_total{${prometheus}, rule_group=~".+;frr-.+"}[5m]) > 0`,
            for: '1m',
            severity: 'critical',
            summary: 'Prometheus fails to evaluate rules of FRR.',
            description: `Prometheus ${where} failed to evaluate rules of {{ $labels.rule_group }}.`,
            impact: 'The alerts of this group may not fire.',
            action: "Open Prometheus' rules page: the broken rule shows its error. Was a rule file changed?",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRRuleEvaluationSlow', {
            expr: promql`
              prometheus_rule_group_last_duration_seconds{${prometheus}, rule_group=~".+;frr-.+"}
              > prometheus_rule_group_interval_seconds{${prometheus}, rule_group=~".+;frr-.+"}
            `,
            for: '5m',
            severity: 'warning',
            summary: 'Prometheus needs longer for rules of FRR than it has.',
            description: `The rules of {{ $labels.rule_group }} on ${where} take {{ $value | humanizeDuration }}, longer than their interval.`,
            impact: 'Evaluations are left out, so pages come late.',
            action:
              'Give Prometheus more CPU, or lengthen `evaluation_interval`; look for a query that hogs it.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNotificationsDropped', {
            expr: `increase(prometheus_notifications_dropped_total{${prometheus}}[5m]) > 0`,
            for: '1m',
            severity: 'critical',
            summary: 'Prometheus drops alerts because Alertmanager does not take them.',
            description: `Prometheus ${where} dropped {{ printf "%.0f" $value }} alerts in five minutes.`,
            impact: 'Pages may be lost.',
            action:
              "Is Alertmanager running and reachable from Prometheus? Prometheus' log has the error. The pages that are missing are on Prometheus' alerts page.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNoAlertmanager', {
            expr: `max_over_time(prometheus_notifications_alertmanagers_discovered{${prometheus}}[1m]) < 1`,
            for: '2m',
            severity: 'critical',
            summary: 'Prometheus knows no Alertmanager.',
            description: `Prometheus ${where} has no Alertmanager to send alerts to.`,
            impact: 'No page leaves this Prometheus.',
            action: 'Look at `alerting:` in prometheus.yml and at what its discovery finds.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRAlertmanagerFailing', {
            expr: `increase(alertmanager_notifications_failed_total{${alertmanager}}[5m]) > 0`,
            for: '1m',
            severity: 'critical',
            summary: 'Alertmanager fails to deliver notifications.',
            description: `Alertmanager ${where} failed to deliver by {{ $labels.integration }}.`,
            impact: 'Pages and tickets by this way may be missing; other ways of the same receiver go on.',
            action:
              "Alertmanager's log has the answer of the other side: a revoked key, a full mailbox, a proxy. What is firing stands on its page.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRConfigReloadFailed', {
            expr: promql`
              max_over_time(prometheus_config_last_reload_successful{${prometheus}}[1m]) == 0
              or max_over_time(alertmanager_config_last_reload_successful{${alertmanager}}[1m]) == 0
            `,
            for: '5m',
            severity: 'warning',
            summary: 'Prometheus or Alertmanager could not load its configuration.',
            description: `${where} (job {{ $labels.job }}) goes on with its old configuration: the new one is broken.`,
            impact:
              'Changes of targets, rules or receivers are not in force, and after a restart it will not start.',
            action: 'Check it: `promtool check config`, `amtool check-config`.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
        ],
      },
    ],
  };
}
