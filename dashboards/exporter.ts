/** Exporter and pipeline: whether what the other dashboards show is fresh, and whether a page would be sent. */
import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { finish, frame, whileThereAre } from './frame.ts';
import { nodeLinks } from './links.ts';
import type { Options } from './options.ts';
import { GREEN_THEN_ORANGE, GREEN_THEN_RED, lines, stat, table } from './panels.ts';
import { count, milliseconds, NODE, of, rate, rows } from './promql.ts';
import { noneOr, SCRAPED } from './states.ts';

const COLLECTOR = `${NODE}, collector`;
const SUCCESS = of('frr_collector_last_success_timestamp_seconds');
const UP = of('instance:frr_exporter:up');
/** Scrapes of the exporters alone, whatever else the chosen jobs scrape. */
const ofScrapes = (metric: string) => `${of(metric)} and on (${NODE}) ${UP}`;
/** By collector and reason; only those that failed. Counting all of them takes a second for 1,000 nodes. */
const ERRORS = of('instance:frr_collector_errors:increase5m');
const ITS_OWN =
  'Needs Prometheus to scrape itself, and the job and instance at the top to be All or to include it.';

export function exporter(options: Options): Dashboard {
  const builder = frame(options, {
    uid: 'frr-exporter',
    title: 'FRR / Exporter and pipeline',
    description:
      'Whether the data on the other dashboards is fresh, what it costs the routers, and whether an alert would reach anybody.',
    from: 'now-1h',
    programs: ['frr_exporter_build_info', 'prometheus_build_info', 'alertmanager_build_info'],
    annotations: [whileThereAre('Exporters lost', 'Exporters down', `count by (cluster) (${UP} == 0)`)],
  });
  const small = { width: 3, height: 4 } as const;

  builder
    .withPanel(
      stat({
        ...small,
        title: 'Exporters down',
        description:
          'Exporters that Prometheus cannot scrape. Any: the list below says which. See whether the node is alive, the container runs, and the firewall lets port 9342 through.',
        queries: [{ expr: count(`${UP} == 0`, UP) }],
        steps: GREEN_THEN_RED,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Collectors failing',
        description:
          'Collectors whose last poll failed, on all nodes. Any: the list below has the node and the reason; the data of that collector is old, or gone.',
        queries: [{ expr: count(`${of('frr_collector_up')} == 0`, of('frr_collector_up')) }],
        steps: GREEN_THEN_ORANGE,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Oldest data',
        description:
          'The age of the oldest data that any exporter serves. Over a minute and a half: one FRR hangs or is dead, or its tables are so large that it is polled seldom; see the ages below.',
        unit: 's',
        queries: [{ expr: `time() - min(${SUCCESS})` }],
        steps: ['green', [90, 'orange'], [300, 'red']],
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Series dropped',
        description:
          'Samples per hour that exporters dropped: duplicate labels, not a number, or over the limit of series. Any: the exporter’s log names them once.',
        queries: [
          {
            expr: `sum(increase(${of('frr_exporter_series_dropped_total')}[1h])) by (reason) > 0`,
            legend: '{{reason}}',
          },
        ],
        steps: GREEN_THEN_ORANGE,
        fine: 'None.',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Exporter versions',
        description:
          'How many exporters run which version. More than one for long: an upgrade that stopped half-way.',
        queries: [{ expr: `count by (version) (${of('frr_exporter_build_info')})`, legend: '{{version}}' }],
        showName: 'and value',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Age of the rules',
        description:
          'How long ago Prometheus evaluated the recording rules that these dashboards and the alerts rest on. Over a minute: Prometheus is overloaded or does not load alerts/rules, and alerts are late.',
        unit: 's',
        queries: [{ expr: `min(time() - timestamp(${of('instance:frr_bgp_sessions_wanted:count')}))` }],
        steps: ['green', [60, 'orange'], [120, 'red']],
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Certificates expire',
        description:
          'When the first of the exporters’ certificates expires. Soon: renew it; the exporter reads the new one without a restart. Empty where they serve without TLS.',
        unit: 'dateTimeFromNow',
        queries: [
          { expr: milliseconds(`min(${of('frr_exporter_web_certificate_expiry_timestamp_seconds')})`) },
        ],
        fine: 'No exporter serves with TLS.',
      }),
    )
    .withPanel(
      stat({
        ...small,
        title: 'Config rejected',
        description:
          'Exporters whose web configuration file was changed and could not be loaded: they go on with the previous one. Any: the log of the exporter names the mistake.',
        queries: [
          {
            expr: count(
              `${of('frr_exporter_web_config_last_reload_successful')} == 0`,
              of('frr_exporter_build_info'),
            ),
          },
        ],
        steps: GREEN_THEN_ORANGE,
        mappings: noneOr(),
      }),
    )
    .withPanel(
      table({
        title: 'Failing collectors',
        description:
          'Collectors that fail, with the reasons of the last five minutes. not_running: the daemon is dead. timed_out: it hangs. permission_denied: the exporter’s user is not in the group of FRR’s sockets. unknown_command: this FRR is too old for the collector. `frr-exporter doctor` on the node says what to do.',
        width: 12,
        height: 8,
        queries: [
          rows(COLLECTOR, `${of('frr_collector_up')} == 0`),
          `max by (${COLLECTOR}, reason) (${ERRORS}) and on (${COLLECTOR}) (${of('frr_collector_up')} == 0)`,
          `time() - min by (${COLLECTOR}) (${SUCCESS} and on (${COLLECTOR}) (${of('frr_collector_up')} == 0))`,
        ],
        columns: [
          { from: 'cluster', name: 'Cluster', width: 110 },
          { from: 'instance', name: 'Node', links: nodeLinks(options) },
          { from: 'collector', name: 'Collector' },
          { from: 'reason', name: 'Reason' },
          { from: 1, name: 'Failures in 5 min', unit: 'short', decimals: 0 },
          { from: 2, name: 'Age of its data', unit: 's' },
        ],
        hidden: ['job'],
        sortBy: 'Node',
        fine: 'The last poll of every collector succeeded.',
      }),
    )
    .withPanel(
      table({
        title: 'Exporters',
        description:
          'Every exporter, those that are down first. A scrape takes milliseconds, as it only fetches the last snapshot; seconds are a network or a node in trouble.',
        width: 12,
        height: 8,
        queries: [
          rows(NODE, UP),
          rows(NODE, ofScrapes('scrape_duration_seconds')),
          rows(NODE, ofScrapes('scrape_samples_scraped')),
          `time() - min by (${NODE}) (${SUCCESS})`,
          rows(NODE, `${of('process_resident_memory_bytes')} and on (${NODE}) ${UP}`),
          rows(`${NODE}, version`, of('frr_exporter_build_info')),
        ],
        columns: [
          { from: 'cluster', name: 'Cluster', width: 90 },
          { from: 'instance', name: 'Node', links: nodeLinks(options) },
          { from: 0, name: 'Scrape', mappings: SCRAPED, colored: true, width: 80 },
          { from: 1, name: 'Took', unit: 's', width: 75 },
          { from: 2, name: 'Samples', unit: 'short', decimals: 0, width: 80 },
          { from: 3, name: 'Oldest data', unit: 's', width: 115 },
          { from: 4, name: 'Memory', unit: 'bytes', width: 80 },
          { from: 'version', name: 'Version', width: 75 },
        ],
        hidden: ['job'],
        sortBy: 'Scrape',
      }),
    )
    .withRow(new RowBuilder('Polls'))
    .withPanel(
      lines({
        title: 'Poll duration',
        description:
          'How long the last poll of each collector took on the slowest node. Growing with the size of the tables is normal; a jump to the deadline is a daemon that hangs.',
        width: 8,
        height: 9,
        unit: 's',
        queries: [
          { expr: `max by (collector) (${of('frr_collector_duration_seconds')})`, legend: '{{collector}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Effective poll interval',
        description:
          'The longest interval at which any node is polled. Longer than configured: FRR takes so long to answer that the poller stretches it, to stay within its share of FRR’s time.',
        width: 8,
        height: 9,
        unit: 's',
        queries: [
          { expr: `max by (collector) (${of('frr_collector_interval_seconds')})`, legend: '{{collector}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Age of the data',
        description:
          'How old the data of each collector is on the node where it is oldest. A sawtooth up to the interval is normal; a line that climbs is a collector that fails.',
        width: 8,
        height: 9,
        unit: 's',
        queries: [
          // The oldest first and the subtraction last: the other way round, Prometheus subtracts for every node.
          { expr: `time() - min by (collector) (${SUCCESS})`, legend: '{{collector}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Share of FRR’s time',
        description:
          'Share of its time that each daemon of FRR spends on the exporter’s commands, on the busiest node. The poller keeps it below --poll.max-share (1 % unless set otherwise), the dashed line; above it for long, please report it.',
        width: 8,
        height: 9,
        unit: 'percentunit',
        queries: [
          {
            expr: `max by (daemon) (${rate(of('frr_exporter_command_seconds_total'))})`,
            legend: '{{daemon}}',
          },
        ],
        steps: ['transparent', [0.01, 'red']],
      }),
    )
    .withPanel(
      lines({
        title: 'Commands',
        description: 'Commands per second that all chosen exporters send to each daemon of FRR.',
        width: 8,
        height: 9,
        unit: 'ops',
        queries: [
          { expr: `sum by (daemon) (${rate(of('frr_exporter_commands_total'))})`, legend: '{{daemon}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Failures',
        description:
          'Polls that failed in five minutes, by collector and reason, on all chosen nodes. A short burst is an FRR that restarted; a line that stays has a row in "Failing collectors".',
        width: 8,
        height: 9,
        unit: 'short',
        queries: [{ expr: `sum by (collector, reason) (${ERRORS})`, legend: '{{collector}}: {{reason}}' }],
        fine: 'No poll failed in this time.',
      }),
    )
    .withRow(new RowBuilder('The exporter as a process'))
    .withPanel(
      lines({
        title: 'Memory',
        description:
          'Resident memory of the exporters: the largest and the average. It is steady once all peers are known; growth over days is a leak, please report it.',
        width: 6,
        height: 9,
        unit: 'bytes',
        queries: [
          { expr: `max(${of('process_resident_memory_bytes')} and on (${NODE}) ${UP})`, legend: 'Largest' },
          {
            expr: `avg(${of('process_resident_memory_bytes')} and on (${NODE}) ${UP})`,
            legend: 'Average',
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'CPU',
        description:
          'Processor time of the exporters themselves, per second: the busiest and the average. With the vtysh source, its processes are not counted in.',
        width: 6,
        height: 9,
        unit: 'percentunit',
        queries: [
          {
            expr: `max(${rate(of('process_cpu_seconds_total'))} and on (${NODE}) ${UP})`,
            legend: 'Busiest',
          },
          {
            expr: `avg(${rate(of('process_cpu_seconds_total'))} and on (${NODE}) ${UP})`,
            legend: 'Average',
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Event loop delay',
        description:
          'How often the event loop of the slowest exporter was delayed by more than 50 ms, of all measurements: a scrape that comes just then has to wait. Some percent for long: too many peers for the node’s processor.',
        width: 6,
        height: 9,
        unit: 'percentunit',
        queries: [
          {
            expr: `max(1 - ${rate(of('frr_exporter_event_loop_delay_seconds_bucket', 'le="0.05"'))} / ignoring (le) ${rate(of('frr_exporter_event_loop_delay_seconds_count'))})`,
            legend: 'Longer than 50 ms',
          },
        ],
        steps: ['transparent', [0.05, 'orange']],
      }),
    )
    .withPanel(
      lines({
        title: 'Scrape duration',
        description:
          'How long Prometheus’ scrapes of the exporters take: the slowest and the average. Up to 10 ms is usual on a local network.',
        width: 6,
        height: 9,
        unit: 's',
        queries: [
          { expr: `max(${ofScrapes('scrape_duration_seconds')})`, legend: 'Slowest' },
          { expr: `avg(${ofScrapes('scrape_duration_seconds')})`, legend: 'Average', dashed: true },
        ],
      }),
    )
    .withRow(new RowBuilder('From rule to page'))
    .withPanel(
      lines({
        title: 'Rule evaluation',
        description: `How long Prometheus takes to evaluate each group of FRR rules, against the interval in which it must be done (dashed). Close to the interval: rules are skipped and alerts are late. ${ITS_OWN}`,
        width: 8,
        height: 9,
        unit: 's',
        queries: [
          {
            // "/etc/prometheus/rules/sessions.yaml;frr-sessions": the group's name is enough.
            expr: `max by (group) (label_replace(${of('prometheus_rule_group_last_duration_seconds', 'rule_group=~".+;frr-.+"')}, "group", "$1", "rule_group", ".+;(.+)"))`,
            legend: '{{group}}',
          },
          {
            expr: `min(${of('prometheus_rule_group_interval_seconds', 'rule_group=~".+;frr-.+"')})`,
            legend: 'Shortest interval',
            color: 'red',
            dashed: true,
          },
        ],
        fine: 'Prometheus does not scrape itself, or is not chosen at the top.',
      }),
    )
    .withPanel(
      lines({
        title: 'Evaluations missed, notifications lost',
        description: `Rule evaluations per second that Prometheus skipped or that failed, and alerts that it could not send to Alertmanager, or Alertmanager to anybody. Anything above zero: pages may be late or lost. ${ITS_OWN}`,
        width: 8,
        height: 9,
        unit: 'ops',
        queries: [
          {
            expr: `sum(${rate(of('prometheus_rule_group_iterations_missed_total'))})`,
            legend: 'Evaluations skipped',
          },
          {
            expr: `sum(${rate(of('prometheus_rule_evaluation_failures_total'))})`,
            legend: 'Evaluations failed',
          },
          {
            expr: `sum(${rate(of('prometheus_notifications_dropped_total'))})`,
            legend: 'Alerts lost on the way to Alertmanager',
          },
          {
            expr: `sum by (integration) (${rate(of('alertmanager_notifications_failed_total'))}) > 0`,
            legend: 'Notifications failed: {{integration}}',
          },
        ],
        fine: 'Prometheus does not scrape itself, or is not chosen at the top.',
      }),
    )
    .withPanel(
      lines({
        title: 'Notification latency',
        description: `How long it takes Prometheus to send alerts to Alertmanager, and Alertmanager to deliver them (99th percentile). Seconds here are seconds until somebody wakes up. ${ITS_OWN}`,
        width: 8,
        height: 9,
        unit: 's',
        queries: [
          {
            expr: `max by (alertmanager) (${of('prometheus_notifications_latency_seconds', 'quantile="0.99"')}) > 0`,
            legend: 'To {{alertmanager}}',
          },
          {
            expr: `histogram_quantile(0.99, sum by (le, integration) (${rate(of('alertmanager_notification_latency_seconds_bucket'))})) > 0`,
            legend: 'By {{integration}}',
          },
        ],
        fine: 'Nothing was sent in this time, or neither Prometheus nor Alertmanager is scraped and chosen at the top.',
      }),
    );
  return finish(builder, options);
}
