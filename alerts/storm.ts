/**
 * Storms: many nodes of a cluster that fail within minutes are one fault.
 *
 * A storm is known by when it began, which is the value of each of its nodes' series and, by `count_values`, the label
 * `storm` of the alert that stands for all of them. So a second storm in the same cluster is another alert, and a node that
 * fails long after a storm began is none of it: each is a page of its own.
 */
import { durationSeconds } from './duration.ts';
import { promql, type Recording } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

export interface StormOptions {
  /** The series that says since when a node is at fault. */
  readonly since: string;
  /** The same of the nodes that are at fault for at most `nodes_down_window`. */
  readonly recent: string;
  /** The series that says in which storm a node is, by when the storm began. */
  readonly record: string;
  /** How long the first node must have been at fault. */
  readonly wait: string;
}

/** The nodes of each storm; a node stays in its storm while it is at fault. */
export function storm(site: Thresholds, { since, recent, record, wait }: StormOptions): readonly Recording[] {
  return [
    { record: recent, expr: `${since} > time() - ${durationSeconds(site.nodes_down_window) ?? 0}` },
    {
      record,
      expr: promql`
        ${record} and on (cluster, job, instance) ${since}
        or on (cluster, job, instance) (
          ${recent} * 0 + on (cluster) group_left () (
            floor(min by (cluster) (${recent}))
            and on (cluster) (min by (cluster) (${recent}) <= time() - ${durationSeconds(wait) ?? 0})
            and on (cluster) (count by (cluster) (${recent}) >= ${site.nodes_down_count})
          )
        )
      `,
    },
  ];
}

/** How many nodes of each storm have, or had, their uplinks with which router. */
export function stormRouters(record: string, routers: string): Recording {
  return {
    record: routers,
    expr: promql`
      count by (cluster, storm, remote_router_id, description) (
        node_remote_router:frr_bgp_session_info:known
        * on (cluster, job, instance) group_left (storm) count_values by (cluster, job, instance) ("storm", ${record})
      )
    `,
  };
}
