/**
 * Availability over 30 days: the share of time in which each node had an uplink and each address was announced, and
 * whether that still meets the objective. Sampled once a minute. What is lost has a sample and what is available has
 * none, so that 12,000 addresses cost as much as those that were lost.
 */
import { type AlertOptions, alert } from '../alert.ts';
import { promql, type Recording, type RuleFile } from '../rule.ts';
import { ADDRESSES_AT_RISK, CLUSTER, NODES_AT_RISK } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';
import { NO_MAINTENANCE } from './session-series.ts';

/**
 * Windows and burn rates of the SRE workbook ("Alerting on SLOs", table 5-8): 2 %, 5 % and 10 % of the budget of 30 days
 * are gone, and it goes on. A burn rate of 1 spends the whole budget in 30 days.
 */
const BURN_RATES = [
  { window: '1h', recent: '5m', rate: 14.4 },
  { window: '6h', recent: '30m', rate: 6 },
  { window: '3d', recent: '6h', rate: 1 },
] as const;

interface Objective {
  /** Has a sample while a thing is not available: `instance:frr_bgp_uplinks:none`. */
  readonly lost: string;
  /** All things, available or not, counted by cluster. */
  readonly total: string;
}

/** `frr_bgp_uplinks_none` of `instance:frr_bgp_uplinks:none`. */
function metricOf({ lost }: Objective): string {
  const [, metric, state] = lost.split(':');
  return `${metric}_${state}`;
}

function levelOf({ lost }: Objective): string {
  return lost.slice(0, lost.indexOf(':'));
}

function recordings(site: Thresholds, objective: Objective): readonly Recording[] {
  const { lost, total } = objective;
  const metric = metricOf(objective);
  const budget = Number((1 - site.availability_objective).toPrecision(6));
  const ratio = `cluster:${metric}:ratio`;
  const entity = `${levelOf(objective)}:${metric}`;
  return [
    {
      record: ratio,
      expr: `(count by (cluster) (${lost}) or 0 * ${total}) / ${total}`,
    },
    ...BURN_RATES.map(({ window, recent }) => ({
      // The lesser of both windows: above a rate when the budget was spent, and still is. Not before the history is
      // as long as the window, in which a short outage would look like a large share.
      record: `cluster:${metric}:burn_rate${window}`,
      expr: promql`
        (
          avg_over_time(${ratio}[${window}]) < avg_over_time(${ratio}[${recent}])
          or avg_over_time(${ratio}[${recent}])
        ) / ${budget}
        and ${ratio} offset ${window}
      `,
    })),
    { record: `${ratio}30d`, expr: `avg_over_time(${ratio}[30d])` },
    {
      // A sample is a minute.
      record: `${entity}:seconds30d`,
      expr: `60 * count_over_time(${lost}[30d])`,
    },
    {
      // Of what was observed, which is less than 30 days in a young Prometheus.
      record: `${entity}:ratio30d`,
      expr: `${entity}:seconds30d / on (cluster) group_left () (60 * count_over_time(${ratio}[30d]))`,
    },
    {
      record: `${entity}:budget_spent`,
      expr: `${entity}:ratio30d / ${budget}`,
    },
    {
      // Those that have spent most of their budget, the last of it within the hour. Not in the first week, of which a
      // minute is too large a share.
      record: `${entity}:at_risk`,
      expr: promql`
        ${entity}:budget_spent > ${site.availability_budget_spent}
        and count_over_time(${lost}[1h])
        and on (cluster) ${ratio} offset 1w
      `,
    },
  ];
}

/** The cluster as a whole burns its budget, or some node or address has spent most of its own. */
function atRisk(objective: Objective): string {
  const metric = metricOf(objective);
  return [
    ...BURN_RATES.map(({ window, rate }) => `cluster:${metric}:burn_rate${window} > ${rate}`),
    `count by (cluster) (${levelOf(objective)}:${metric}:at_risk)`,
  ].join('\nor ');
}

const UPLINKS: Objective = {
  lost: 'instance:frr_bgp_uplinks:none',
  total: 'cluster:frr_bgp_uplinks:nodes',
};
const ADDRESSES: Objective = {
  lost: 'cluster_address:frr_host_route:lost',
  total: 'cluster:frr_host_route:addresses',
};

interface Texts extends Pick<AlertOptions, 'summary' | 'impact' | 'action'> {
  /** What is lost: `uplinks`. */
  readonly things: string;
  /** What has a budget: `Nodes`. */
  readonly whose: string;
  /** Those that spent most of it: a template. */
  readonly atRisk: string;
}

export function availability(site: Thresholds): RuleFile {
  const ticket = (name: string, of: Objective, { things, whose, atRisk: listed, ...texts }: Texts) =>
    alert(site, name, {
      expr: atRisk(of),
      severity: 'warning',
      title: `${CLUSTER}${things}: availability objective at risk`,
      description: `Cluster {{ or $labels.cluster "(no name)" }} loses ${things} faster than the objective of ${objective} in 30 days allows. ${whose} that spent more than ${spent} of their own budget: ${listed}.`,
      ...texts,
      dashboard: 'frr-fleet',
      fleetWide: true,
    });
  const { carry, node_label: nodeLabel } = site;
  const percent = (ratio: number) => `${Number((100 * ratio).toPrecision(6))} %`;
  const objective = percent(site.availability_objective);
  const spent = percent(site.availability_budget_spent);
  return {
    topic: 'availability',
    groups: [
      {
        name: 'frr-availability',
        interval: '1m',
        rules: [
          {
            // 1 while a node that had an uplink has none: none is up, bgpd is dead, or the node is. An exporter that is
            // down alone says nothing about uplinks.
            record: UPLINKS.lost,
            expr: promql`
              group without () (
                (
                  instance:frr_bgp_uplinks_up:count == 0
                  or max without (daemon) (last_over_time(frr_daemon_up{daemon="bgpd"}[${carry}])) == 0
                  or (
                    instance:frr_exporter:up == 0
                    and on (cluster, ${nodeLabel}) (max by (cluster, ${nodeLabel}) (max_over_time(up{job="${site.node_job}"}[${carry}])) == 0)
                  )
                )
                and on (cluster, job, instance) (instance:frr_bgp_uplinks_up:max1h > 0 or last_over_time(${UPLINKS.lost}[1h]))
                ${NO_MAINTENANCE}
              )
            `,
          },
          {
            record: UPLINKS.total,
            expr: `count by (cluster) (instance:frr_bgp_uplinks_up:max1h > 0 or ${UPLINKS.lost})`,
          },
          ...recordings(site, UPLINKS),
          {
            // 1 while no node announces an address that was announced, though a node has it or lost its uplinks with it.
            // An address that was removed from every node is not lost.
            record: ADDRESSES.lost,
            expr: promql`
              group by (cluster, address) (
                (
                  host_route:frr_host_route:unannounced
                  or (host_route:frr_host_route:silent and on (cluster, job, instance) ${UPLINKS.lost})
                )
                ${NO_MAINTENANCE}
              )
              and on (cluster, address) (
                last_over_time(host_route:frr_host_route_advertised:since_timestamp_seconds[1h])
                or last_over_time(${ADDRESSES.lost}[1h])
              )
            `,
          },
          {
            record: ADDRESSES.total,
            expr: promql`
              count by (cluster) (
                group by (cluster, address) (host_route:frr_host_route_advertised:since_timestamp_seconds)
                or ${ADDRESSES.lost}
              )
            `,
          },
          ...recordings(site, ADDRESSES),
          ...[
            'cluster:frr_host_route_lost:ratio30d',
            'cluster_address:frr_host_route_lost:ratio30d',
            'cluster_address:frr_host_route_lost:seconds30d',
          ].map((record) => ({
            // For dashboards, which select by job and instance: an address belongs to the fleet and to no node.
            record: `fleet_${record}`,
            expr: promql`
              label_replace(
                label_replace(${record}, "instance", "(fleet)", "", ""),
                "job", "${site.job}", "", ""
              )
            `,
          })),
          ticket('FRRUplinkAvailabilityAtRisk', UPLINKS, {
            things: 'uplinks',
            whose: 'Nodes',
            atRisk: NODES_AT_RISK,
            summary: 'Nodes are about to miss the availability objective for their uplinks.',
            impact:
              'None beyond the outages that have paged. At this rate the nodes are without a network for longer than promised.',
            action:
              'Open the availability row of the fleet dashboard: if a few nodes stand out, repair them; if all are affected, look for a change or a router.',
          }),
          ticket('FRRAddressAvailabilityAtRisk', ADDRESSES, {
            things: 'addresses',
            whose: 'Addresses',
            atRisk: ADDRESSES_AT_RISK,
            summary: 'Addresses are about to miss the availability objective.',
            impact:
              'None beyond the outages that have paged. At this rate VIPs, floating IPs or provider IPs are unreachable for longer than promised.',
            action:
              'Open the availability row of the fleet dashboard: addresses of one node share its faults, one address alone has its own (route map, failover).',
          }),
        ],
      },
    ],
  };
}
