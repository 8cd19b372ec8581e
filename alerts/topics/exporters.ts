/** The exporters themselves: gone, gone with their node, gone all at once, or there with old figures. */
import { alert } from '../alert.ts';
import { promql, type RuleFile } from '../rule.ts';
import { ADDRESSES_GONE, node } from '../texts.ts';
import { durationSeconds, type Thresholds } from '../thresholds.ts';

/** Below this many targets, "most of them" is no fleet. */
const FLEET = 3;

export function exporters(site: Thresholds): RuleFile {
  const { carry, node_label: nodeLabel } = site;
  const up = `up{job="${site.job}"}`;
  const noMaintenance = 'unless on (cluster, job, instance) instance:frr_maintenance:active';
  /** Collectors whose figures are older than they may be; slow ones, stretched for the router's sake, may be older. */
  const stale = (collectors: string): string => promql`
    time() - last_over_time(frr_collector_last_success_timestamp_seconds${collectors}[${carry}]) > ${durationSeconds(site.data_stale_age) ?? 0}
    and (
      time() - last_over_time(frr_collector_last_success_timestamp_seconds${collectors}[${carry}])
      > 3 * last_over_time(frr_collector_interval_seconds${collectors}[${carry}])
    )
    ${noMaintenance}
  `;
  const oldFigures = {
    summary: 'Some figures of an exporter are old.',
    description: `Collector {{ $labels.collector }} on ${node(site)} has had no success for {{ $value | humanizeDuration }}.`,
    action:
      "On the node: `frr-exporter doctor`, and the exporter's log: it names the command and what FRR answered. `frr_collector_errors_total` counts by reason. Old figures of all nodes at once are a clock that is off.",
    dashboard: 'frr-exporter',
  } as const;
  return {
    topic: 'exporters',
    groups: [
      {
        name: 'frr-exporters',
        rules: [
          alert(site, 'FRRFleetUnreachable', {
            expr: promql`
              (count by (cluster) (${up} == 0) / on (cluster) count by (cluster) (${up})) > ${site.fleet_unreachable_ratio}
              and on (cluster) count by (cluster) (${up}) >= ${FLEET}
            `,
            for: site.fleet_unreachable_for,
            keepFiringFor: site.keep_silencing_nodes_for,
            severity: 'critical',
            summary: 'Most exporters of a cluster cannot be scraped.',
            description: `{{ $value | humanizePercentage }} of the FRR exporters of cluster {{ or $labels.cluster "(no name)" }} cannot be scraped.`,
            impact:
              "Prometheus is blind for the cluster's BGP; either the network between them is broken, or most nodes are gone.",
            action:
              "From Prometheus' host: can it reach any node (`ping`, `curl NODE:9342/metrics`)? If not, its own network, a firewall or certificates that ended are the cause, not the nodes.",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRNodeDown', {
            expr: promql`
              ${up} == 0
              and on (cluster, ${nodeLabel}) (max by (cluster, ${nodeLabel}) (up{job="${site.node_job}"}) == 0)
              ${noMaintenance}
            `,
            for: site.node_down_for,
            keepFiringFor: site.keep_silencing_nodes_for,
            severity: 'critical',
            summary: 'A node is gone: neither its FRR exporter nor the node itself can be reached.',
            description: `${node(site)} is gone: the exporter and the second scrape of the node (job ${site.node_job}) both fail.`,
            impact: `What runs on the node is unreachable. Announced by nobody now, as far as last seen: ${ADDRESSES_GONE}.`,
            action:
              'Look at its console or BMC: powered off, crashed, or alive without network? Alive means that it lost all uplinks or its management network: `ip -br link`, then FRR.',
            dashboard: 'frr-openstack',
          }),
          alert(site, 'FRRExporterDown', {
            expr: promql`
              ${up} == 0
              ${noMaintenance}
            `,
            for: site.exporter_down_for,
            severity: 'warning',
            summary: 'An FRR exporter cannot be scraped.',
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
            description: `There is no target of job ${site.job}: nothing of FRR is watched.`,
            impact: 'No fault of any node would be noticed.',
            action:
              "Look at the targets page of Prometheus and at the `file_sd` files: were they emptied, or is the job's name another than in `thresholds.yaml`?",
            dashboard: 'frr-exporter',
            fleetWide: true,
          }),
          alert(site, 'FRRDataStale', {
            expr: stale('{collector=~"bgp|daemons"}'),
            for: site.data_stale_page_for,
            severity: 'critical',
            ...oldFigures,
            impact: 'Nobody would be told if this node lost its uplinks.',
          }),
          alert(site, 'FRRDataStale', {
            expr: stale(''),
            for: site.data_stale_for,
            severity: 'warning',
            ...oldFigures,
            impact: 'What this collector tells is gone or old; faults that it would show are not noticed.',
          }),
          alert(site, 'FRRExporterSeriesDropped', {
            expr: 'increase(frr_exporter_series_dropped_total[15m]) > 0',
            severity: 'warning',
            summary: 'An exporter leaves out figures.',
            description: `The exporter of ${node(site)} left out {{ printf "%.0f" $value }} series in 15 minutes: {{ $labels.reason }}.`,
            impact:
              'Some sessions, routes or addresses of this node may be missing from rules and dashboards.',
            action:
              'The log of the exporter names the first of them. `limit`: raise `--metrics.max-series` or exclude interfaces; `duplicate` and `not_a_number`: report it, with `frr-exporter record`.',
            dashboard: 'frr-exporter',
          }),
        ],
      },
    ],
  };
}
