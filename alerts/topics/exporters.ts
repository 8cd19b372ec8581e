/** The exporters themselves: gone, gone with their node, gone all at once, or there with old samples. */
import { alert, heldFor } from '../alert.ts';
import { durationSeconds } from '../duration.ts';
import { promql, type Recording, type RuleFile } from '../rule.ts';
import { storm, stormRouters } from '../storm.ts';
import { ADDRESSES_GONE, CLUSTER, node, nodesOfStorm, routersOfStorm, SINCE } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { NO_MAINTENANCE, NODE } from './session-series.ts';

/** Below this many targets, a share of them is no fleet. */
const FLEET = 3;
const GONE = 'instance:frr_node:gone';
const DOWN = 'instance:frr_node_down:since_timestamp_seconds';
const DOWN_RECENTLY = 'instance:frr_node_down:recent_timestamp_seconds';
const STORM = 'instance:frr_node_down:storm';
const STALE = 'collector:frr_collector_last_success:stale_seconds';
const STORM_ROUTERS = 'storm_remote_router:frr_node_down:count';

/** The nodes that are gone, exporter and second witness alike, and since when. */
function nodesDown(site: Thresholds): readonly Recording[] {
  const { node_label: label } = site;
  const gone = `(up{job="${site.job}"} == 0)`;
  const witness = `up{job="${site.node_job}"`;
  const host = (expr: string): string =>
    `label_replace(${expr}, "host", "$1", "instance", "(.+?)(:[0-9]+)?")`;
  // The second target by cluster and name; by name where it has no cluster; by the host of `instance` where it has no name.
  return [
    {
      record: GONE,
      expr: promql`
        (
          ${gone} and on (cluster, ${label}) (max by (cluster, ${label}) (${witness}, ${label}!=""}) == 0)
          or ${gone} and on (${label}) (max by (${label}) (${witness}, cluster="", ${label}!=""}) == 0)
          or max without (host) (${host(gone)} and on (host) (max by (host) (${host(`${witness}, ${label}=""}`)}) == 0))
        )
        ${NO_MAINTENANCE}
      `,
    },
    {
      // The value of what is gone is that of `up`, 0.
      record: DOWN,
      expr: promql`
        ${DOWN} and on (${NODE}) ${GONE}
        or on (${NODE}) ${GONE} + time()
      `,
    },
  ];
}

export function exporters(site: Thresholds): RuleFile {
  const { carry } = site;
  const storms = nodesOfStorm(site, STORM);
  const up = `up{job="${site.job}"}`;
  const success = 'frr_collector_last_success_timestamp_seconds';
  const unreachable = `(${up} == 0 unless on (${NODE}) ${DOWN} ${NO_MAINTENANCE})`;
  const freshest = '{collector=~"bgp|daemons"}';
  const oldSamples = {
    summary: 'Some samples of an exporter are old.',
    title: `${node(site)} {{ $labels.collector }} samples {{ $value | humanizeDuration }} old`,
    description: `Collector {{ $labels.collector }} on ${node(site)} has had no success for {{ $value | humanizeDuration }}.`,
    action:
      "On the node: `frr-exporter doctor`, and the exporter's log: it names the command and FRR's answer. `frr_collector_errors_total` counts by reason.",
    dashboard: 'frr-exporter',
  } as const;
  const nodeGone = {
    summary: 'A node is gone: neither its FRR exporter nor the node itself can be reached.',
    title: `${node(site)} is gone`,
    action:
      'Look at its console or BMC: powered off, crashed, or running without network? If it runs, it lost all uplinks or its management network: `ip -br link`, then FRR.',
    dashboard: 'frr-openstack',
  } as const;
  return {
    topic: 'exporters',
    groups: [
      {
        name: 'frr-exporters',
        interval: site.evaluation_interval,
        rules: [
          ...nodesDown(site),
          ...storm(site, { since: DOWN, recent: DOWN_RECENTLY, record: STORM, wait: site.node_down_for }),
          stormRouters(STORM, STORM_ROUTERS),
          alert(site, 'FRRFleetUnreachable', {
            expr: promql`
              (count by (cluster) ${unreachable} / on (cluster) count by (cluster) (${up})) > ${site.fleet_unreachable_ratio}
              and on (cluster) count by (cluster) ${unreachable} >= ${FLEET}
            `,
            for: site.fleet_unreachable_for,
            keepFiringFor: site.keep_inhibiting_nodes_for,
            severity: 'critical',
            summary: 'Many exporters of a cluster cannot be scraped.',
            title: `${CLUSTER}blind: {{ $value | humanizePercentage }} of exporters unreachable`,
            description: `{{ $value | humanizePercentage }} of the FRR exporters of cluster {{ or $labels.cluster "(no name)" }} cannot be scraped, although their nodes are not known to be down.`,
            impact: 'Faults of these nodes are not noticed. BGP itself need not be affected.',
            action:
              "From Prometheus' host: can it reach a node (`ping`, `curl NODE:9342/metrics`)? If not, its own network, a firewall or expired certificates are the cause, not the nodes.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNodesDown', {
            expr: `count_values by (cluster) ("storm", ${STORM})`,
            keepFiringFor: site.keep_inhibiting_nodes_for,
            severity: 'critical',
            summary: 'Several nodes went down at once.',
            title: `{{ $value }} nodes gone: ${CLUSTER}${storms.first}`,
            description: `{{ $value }} nodes of cluster {{ or $labels.cluster "(no name)" }} went down at once: ${storms.all}. Routers of these nodes: ${routersOfStorm(STORM_ROUTERS)}.`,
            since: SINCE.storm,
            impact:
              'What runs on these nodes is unreachable, with their VIPs, floating IPs and provider IPs.',
            action:
              "Look for what they have in common: a rack (the same routers), its power, an update. If it is the whole cluster, it may be Prometheus' own network: `ping` a node from its host.",
            dashboard: 'frr-fleet',
            fleetWide: true,
          }),
          alert(site, 'FRRNodeDown', {
            // Not by `for`: the texts of what is pending are made as well, and in a storm these are a thousand.
            expr: `${heldFor(site.node_down_for, DOWN)} unless on (${NODE}) ${STORM}`,
            keepFiringFor: site.keep_inhibiting_nodes_for,
            severity: 'critical',
            ...nodeGone,
            description: `${node(site)} is gone: the exporter and the second scrape of the node (job ${site.node_job}) both fail.`,
            since: SINCE.node,
            impact: `What runs on the node is unreachable. Announced by nobody now, as far as last seen: ${ADDRESSES_GONE}.`,
          }),
          alert(site, 'FRRNodeDown', {
            expr: `${DOWN} and on (${NODE}) ${STORM}`,
            keepFiringFor: site.keep_inhibiting_nodes_for,
            severity: 'info',
            ...nodeGone,
            description: `${node(site)} is gone, one of several nodes: see FRRNodesDown.`,
            impact: 'What runs on the node is unreachable.',
          }),
          alert(site, 'FRRExporterDown', {
            expr: promql`
              ${up} == 0
              unless on (${NODE}) ${STORM}
              ${NO_MAINTENANCE}
            `,
            for: site.exporter_down_for,
            severity: 'warning',
            summary: 'An FRR exporter cannot be scraped.',
            title: `${node(site)} exporter down`,
            description: `The exporter of ${node(site)} (${'{{ $labels.instance }}'}) has not answered for ${site.exporter_down_for}.`,
            impact:
              'BGP itself is not affected. Faults of this node are not noticed until the exporter is back.',
            action:
              'On the node: `systemctl status frr-exporter` (TripleO: `tripleo_frr_exporter`). If it runs, try `curl` from Prometheus: a firewall, TLS or the password.',
            dashboard: 'frr-exporter',
          }),
          alert(site, 'FRRExporterAbsent', {
            expr: `absent(${up})`,
            for: site.exporter_absent_for,
            severity: 'critical',
            summary: 'Prometheus has no FRR exporter to scrape at all.',
            title: `no target of job ${site.job}: FRR is not monitored`,
            description: `There is no target of job ${site.job}: nothing of FRR is monitored.`,
            impact: 'No fault of any node would be noticed.',
            action:
              'Look at the targets page of Prometheus and at the `file_sd` files: were they emptied, or does the job have another name than `job` in `thresholds.yaml`?',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRSeriesDuplicated', {
            expr: `count by (cluster) (count by (${NODE}) (${up}) > 1)`,
            for: site.exporter_down_for,
            severity: 'critical',
            summary: 'Series of exporters are stored twice, and rules fail.',
            title: `${CLUSTER}{{ $value }} exporters stored twice: rules fail`,
            description: `{{ $value }} exporters of cluster {{ or $labels.cluster "(no name)" }} have several series with the same cluster, job and instance.`,
            impact: 'Rules that join series fail ("many-to-many matching"), and their alerts do not fire.',
            action:
              'Remove the label that differs where the rules are evaluated: the replica label of a pair of Prometheus (deduplication of Thanos or Mimir), or a second job for the same targets.',
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          ...(
            [
              ['critical', site.certificate_page_before],
              ['warning', site.certificate_ticket_before],
            ] as const
          ).map(([severity, before]) =>
            alert(site, 'FRRCertificateExpiring', {
              expr: `frr_exporter_web_certificate_expiry_timestamp_seconds - time() < ${durationSeconds(before) ?? 0}`,
              for: site.exporter_down_for,
              severity,
              folded: true,
              summary: 'The certificate of an exporter expires soon.',
              title: `${node(site)} exporter certificate expires in {{ $value | humanizeDuration }}`,
              description: `The TLS certificate of the exporter on ${node(site)} expires in {{ $value | humanizeDuration }}.`,
              impact:
                'Once it has expired, Prometheus cannot scrape the exporter, and faults of the node are not noticed.',
              action:
                'Renew it where it was issued; the exporter reads the new file without a restart. If it should have been renewed already, look at the timer or at certmonger (`getcert list`).',
              dashboard: 'frr-exporter',
            }),
          ),
          alert(site, 'FRRExporterSeriesDropped', {
            expr: 'increase(frr_exporter_series_dropped_total[15m]) > 0',
            severity: 'warning',
            summary: 'An exporter leaves out series.',
            title: `${node(site)} exporter left out {{ printf "%.0f" $value }} series`,
            description: `The exporter of ${node(site)} left out {{ printf "%.0f" $value }} series in 15 minutes: {{ $labels.reason }}.`,
            impact:
              'Some sessions, routes or addresses of this node may be missing from rules and dashboards.',
            action:
              'The log of the exporter names the first of them. `limit`: raise `--metrics.max-series` or exclude interfaces; `duplicate` and `not_a_number`: report it, with `frr-exporter record`.',
            dashboard: 'frr-exporter',
          }),
        ],
      },
      {
        name: 'frr-collectors',
        interval: site.detail_interval,
        rules: [
          {
            // Seconds since the last success of collectors whose samples are older than they may be; slow ones, stretched for the
            // router's sake, may be older. One that goes on succeeding at an odd time has a clock that is off.
            record: STALE,
            expr: promql`
              (
                time() - last_over_time(${success}[${carry}])
                > clamp_min(3 * last_over_time(frr_collector_interval_seconds[${carry}]), ${durationSeconds(site.data_stale_age) ?? 0})
              )
              and (changes(${success}[${site.data_stale_age}]) == 0)
              ${NO_MAINTENANCE}
            `,
          },
          alert(site, 'FRRDataStale', {
            expr: `${STALE}${freshest}`,
            for: site.data_stale_page_for,
            severity: 'critical',
            folded: true,
            ...oldSamples,
            impact: 'No alert would fire if this node lost its uplinks.',
          }),
          alert(site, 'FRRDataStale', {
            expr: STALE,
            for: site.data_stale_for,
            severity: 'warning',
            ...oldSamples,
            impact:
              'The metrics of this collector are missing or old; faults that they would show are not noticed.',
          }),
          alert(site, 'FRRClockOff', {
            expr: promql`
              abs(min without (collector) (timestamp(${success}${freshest}) - ${success}${freshest})) > ${durationSeconds(site.clock_off_age) ?? 0}
              and (max without (collector) (changes(${success}${freshest}[${site.data_stale_age}])) > 0)
            `,
            for: site.clock_off_for,
            severity: 'warning',
            summary: "The clock of a node differs from Prometheus'.",
            title: `${node(site)} clock off by {{ $value | humanizeDuration }}`,
            description: `The clock of ${node(site)} differs from Prometheus' by about {{ $value | humanizeDuration }}.`,
            impact:
              'Times of this node are wrong in texts, dashboards and logs; certificates and passwords may fail.',
            action:
              'On the node: `chronyc tracking`. If all nodes are affected, it is the clock of Prometheus.',
            dashboard: 'frr-exporter',
          }),
        ],
      },
    ],
  };
}
