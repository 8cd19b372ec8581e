/** What only the dashboards read: series of a whole fleet that would take too long to compute when somebody looks. */
import { unlessInhibited } from '../inhibitions.ts';
import { promql, type RuleFile } from '../rule.ts';
import type { Thresholds } from '../thresholds.ts';

export function dashboards(site: Thresholds): RuleFile {
  return {
    topic: 'dashboards',
    groups: [
      {
        name: 'frr-dashboards',
        interval: site.evaluation_interval,
        rules: [
          {
            // 1 while any scrape of the last minute had an answer: one missed scrape is no dead exporter.
            record: 'instance:frr_exporter:up',
            expr: `max_over_time(up{job="${site.job}"}[${site.carry}])`,
          },
          {
            // What a node has lost of its uplinks: 0 nothing that matters, 1 its redundancy (one of two or more is left),
            // 2 all of them. Hours of it for 1,000 nodes are quick to count; computed again they would not be.
            record: 'instance:frr_bgp_uplinks:lost',
            expr: promql`
              (instance:frr_bgp_uplinks_up:count == bool 1) * (instance:frr_bgp_uplinks_wanted:count > bool 1)
              + 2 * (instance:frr_bgp_uplinks_up:count == bool 0) * (instance:frr_bgp_uplinks_wanted:count > bool 0)
            `,
          },
        ],
      },
      {
        name: 'frr-dashboards-addresses',
        interval: site.detail_interval,
        rules: [
          {
            // 1 while nothing is known of the node that had the address (its exporter is down, or fails to read its
            // addresses) and no other node announces it. Remembered from evaluation to evaluation.
            record: 'host_route:frr_host_route:silent',
            expr: promql`
              (last_over_time(frr_host_route_in_bgp[5m]) or host_route:frr_host_route:silent) * 0 + 1
              and on (cluster, job, instance) (
                instance:frr_exporter:up == 0
                or last_over_time(frr_collector_up{collector="host-routes"}[${site.carry}]) == 0
              )
              unless on (cluster, job, instance) last_over_time(frr_host_routes[${site.carry}])
              unless on (cluster, address) (last_over_time(frr_host_route_advertised_peers[${site.carry}]) > 0)
            `,
          },
          {
            // 1 while a node has the address and no node announces it; no sample otherwise.
            record: 'host_route:frr_host_route:unannounced',
            expr: promql`
              (
                host_route:frr_host_route:unadvertised
                unless on (cluster, address) (last_over_time(frr_host_route_advertised_peers[${site.carry}]) > 0)
              ) + 1
            `,
          },
        ],
      },
      {
        // Apart, so that a storm of alerts holds up none of the others.
        name: 'frr-dashboards-alerts',
        interval: site.evaluation_interval,
        rules: [
          {
            // Since when each alert is active that Alertmanager does not inhibit. All have a job and an instance here,
            // also those of a whole fleet.
            record: 'instance:frr_alerts_firing:since_timestamp_seconds',
            expr: promql`
              label_replace(
                label_replace(
                  ALERTS_FOR_STATE{alertname=~"FRR.+", alertname!="FRRWatchdog"}
                  and ignoring (alertstate) (
                    ALERTS{alertname=~"FRR.+", alertname!="FRRWatchdog", alertstate="firing"}
                    ${unlessInhibited().join('\n                    ')}
                  ),
                  "instance", "(fleet)", "instance", ""
                ),
                "job", "${site.job}", "job", ""
              )
            `,
          },
        ],
      },
      {
        name: 'frr-dashboards-slow',
        interval: site.slow_interval,
        rules: [
          {
            // No sample for the many reasons for which nothing failed.
            record: 'instance:frr_collector_errors:increase5m',
            expr: 'increase(frr_collector_errors_total[5m]) > 0',
          },
        ],
      },
    ],
  };
}
