/** Alerting itself: rules, Prometheus, Alertmanager, the alert that proves that it works, and those that fold others. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { ADDRESSES_AT_FAULT, CLUSTER, nodesAtFault } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';

/** The firing pages that can be folded, by the label that says so; the two that fold them have it, too. */
const FOLDED = 'ALERTS{alertstate="firing", fault!="", alertname!~"FRRFleetFault|FRRAddressesFault"';

/** What is wrong with addresses, by the page that each of them has. */
const ADDRESSES_ARE: Readonly<Record<string, string>> = {
  FRRHostRouteNotAdvertised: 'not announced',
  FRRHostRouteNotReceived: 'dropped by the fabric',
  FRRKernelRouteMissing: 'not in the kernel',
  FRRAddressGone: 'on no node',
  FRRAddressDuplicated: 'on several nodes',
  FRRAddressUnanswered: 'without an answer',
};

export function pipeline(site: Thresholds): RuleFile {
  const prometheus = `job="${site.prometheus_job}"`;
  const alertmanager = `job="${site.alertmanager_job}"`;
  const failed = (window: string): string =>
    `increase(alertmanager_notifications_failed_total{${alertmanager}}[${window}])`;
  const nodes = nodesAtFault(site);
  const addresses = ADDRESSES_AT_FAULT;
  /** `node-1: `, or the cluster where the addresses belong to no one node. */
  const place = `{{ with or $labels.${site.node_label} $labels.instance $labels.cluster }}{{ . }}: {{ end }}`;
  const addressesAre = `${Object.entries(ADDRESSES_ARE)
    .map(([fault, are], i) => `{{ ${i === 0 ? '' : 'else '}if eq $labels.fault "${fault}" }}${are}`)
    .join('')}{{ end }}`;
  const where = '{{ $labels.instance }}';
  return {
    topic: 'pipeline',
    groups: [
      {
        name: 'frr-pipeline',
        interval: site.evaluation_interval,
        rules: [
          alert(site, 'FRRWatchdog', {
            expr: 'vector(1)',
            severity: 'none',
            summary: 'This alert fires all the time, so that its absence is noticed.',
            title: 'alerting works',
            description: 'Prometheus evaluates rules and Alertmanager delivers: alerting works.',
            impact: 'None. When it stops coming, no other alert comes either.',
            action: "None. Let the dead man's switch page when this alert is missing.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRRuleEvaluationFailing', {
            expr: `increase(prometheus_rule_evaluation_failures_total{${prometheus}, rule_group=~".+;frr-.+"}[5m]) > 0`,
            for: '1m',
            severity: 'critical',
            summary: 'Prometheus fails to evaluate rules of FRR.',
            title: `Prometheus ${where} fails to evaluate rules`,
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
            title: `Prometheus ${where} too slow for its rules`,
            description: `The rules of {{ $labels.rule_group }} on ${where} take {{ $value | humanizeDuration }}, longer than their interval.`,
            impact: 'Evaluations are skipped, so pages come late.',
            action:
              'Give Prometheus more CPU, or lengthen `evaluation_interval`; look for a query that takes too much of it.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNotificationsDropped', {
            expr: `increase(prometheus_notifications_dropped_total{${prometheus}}[5m]) > 0`,
            for: '1m',
            severity: 'critical',
            summary: 'Prometheus drops alerts because Alertmanager does not take them.',
            title: `Prometheus ${where} drops alerts`,
            description: `Prometheus ${where} dropped {{ printf "%.0f" $value }} alerts in five minutes.`,
            impact: 'Pages may be lost.',
            action:
              "Is Alertmanager running and reachable from Prometheus? Prometheus' log has the error. The alerts that were dropped are on Prometheus' alerts page.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNoAlertmanager', {
            expr: `max_over_time(prometheus_notifications_alertmanagers_discovered{${prometheus}}[1m]) < 1`,
            for: '2m',
            severity: 'critical',
            summary: 'Prometheus knows no Alertmanager.',
            title: `Prometheus ${where} has no Alertmanager`,
            description: `Prometheus ${where} has no Alertmanager to send alerts to.`,
            impact: 'No page leaves this Prometheus.',
            action: 'Look at `alerting:` in prometheus.yml and at what its discovery finds.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          ...(['critical', 'warning'] as const).map((severity) =>
            alert(site, 'FRRAlertmanagerFailing', {
              expr:
                severity === 'critical'
                  ? promql`
                      ${failed('15m')} >= 3
                      and (
                        ${failed('15m')} / increase(alertmanager_notifications_total{${alertmanager}}[15m])
                      ) > ${site.notifications_failing_ratio}
                    `
                  : `${failed('15m')} > 0`,
              for: '1m',
              severity,
              summary: 'Alertmanager fails to deliver notifications.',
              title: `Alertmanager ${where} fails to deliver via {{ $labels.integration }}`,
              description: `Alertmanager ${where} failed {{ printf "%.0f" $value }} times within 15 minutes to deliver via {{ $labels.integration }}.`,
              impact:
                'Pages and tickets via this integration may be missing; other integrations of the same receiver work.',
              action:
                "Alertmanager's log has the answer of the other side: a revoked key, a full mailbox, a proxy. Its web page shows what is firing.",
              dashboard: 'frr-exporter',
              fleetWide: true,
            }),
          ),
          alert(site, 'FRRMonitoringDown', {
            expr: `up{job=~"${site.prometheus_job}|${site.alertmanager_job}"} == 0`,
            for: site.monitoring_down_for,
            severity: 'warning',
            summary: 'A Prometheus or an Alertmanager is down.',
            title: `{{ $labels.job }} ${where} is down`,
            description: `${where} (job {{ $labels.job }}) has not answered for ${site.monitoring_down_for}.`,
            impact: 'The other one of the pair still works; if it fails too, nobody is paged.',
            action: 'Look at its service and its log, and at the disk of a Prometheus.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          {
            // How often each node has which of the pages that can be folded; those of no one node without an instance.
            record: 'instance_fault:frr_alerts_firing:count',
            expr: `count by (cluster, instance, ${site.node_label}, fault) (${FOLDED}})`,
          },
          alert(site, 'FRRFleetFault', {
            expr: promql`
              count by (cluster, fault) (
                instance_fault:frr_alerts_firing:count{instance!=""}
              ) >= ${site.fleet_fault_nodes}
            `,
            keepFiringFor: site.keep_inhibiting_sessions_for,
            severity: 'critical',
            summary: 'The same fault is on many nodes of a cluster.',
            title: `{{ $labels.fault }} on {{ $value }} nodes: ${CLUSTER}${nodes.first}`,
            description: `{{ $labels.fault }} fires on {{ $value }} nodes of cluster {{ or $labels.cluster "(no name)" }}: ${nodes.all}.`,
            impact: 'As for {{ $labels.fault }}, on all of these nodes.',
            action:
              'Find out what was rolled out in the last minutes and stop it. Then follow the runbook of {{ $labels.fault }} on one of the nodes.',
            dashboard: 'frr-fleet',
            fleetWide: true,
          }),
          alert(site, 'FRRAddressesFault', {
            expr: promql`
              count by (cluster, instance, ${site.node_label}, fault) (
                ${FOLDED}, address!=""}
              ) >= ${site.addresses_fault_count}
            `,
            keepFiringFor: site.keep_inhibiting_sessions_for,
            severity: 'critical',
            summary: 'The same fault is on many addresses of a node.',
            title: `${place}{{ $value }} addresses ${addressesAre}: ${addresses.first}`,
            description: `${place}{{ $value }} addresses are ${addressesAre}: ${addresses.all}.`,
            impact: 'As for {{ $labels.fault }}, for all of these addresses.',
            action:
              'Look for what they have in common: a filter, an interface, a VRF, a change of the last minutes. Then follow the runbook of {{ $labels.fault }} for one of the addresses.',
            dashboard: 'frr-openstack',
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
            title: `${where} runs with an old configuration`,
            description: `${where} (job {{ $labels.job }}) still runs with its old configuration: the new one is broken.`,
            impact:
              'Changes of targets, rules or receivers are not in force, and it will not start again after a restart.',
            action: 'Check it: `promtool check config`, `amtool check-config`.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
        ],
      },
    ],
  };
}
