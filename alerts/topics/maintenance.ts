/** Maintenance: which nodes are under it, until when, and which were forgotten. */
import { alert } from '../alert.ts';
import { durationSeconds } from '../duration.ts';
import { promql, type RuleFile } from '../rule.ts';
import { node } from '../texts.ts';
import type { Thresholds } from '../thresholds.ts';

export function maintenance(site: Thresholds): RuleFile {
  return {
    topic: 'maintenance',
    groups: [
      {
        name: 'frr-maintenance',
        interval: site.evaluation_interval,
        rules: [
          {
            // Until when a node is under maintenance. Remembered while the exporter is away: a node that reboots within
            // its window is silent to the window's end, and one without an end for a stated while.
            record: 'instance:frr_maintenance:end_timestamp_seconds',
            expr: promql`
              (
                frr_maintenance_end_timestamp_seconds and (frr_maintenance == 1)
                or (frr_maintenance == 1) * 0 + time() + ${durationSeconds(site.maintenance_without_end) ?? 0}
                or (instance:frr_maintenance:end_timestamp_seconds unless frr_maintenance)
              ) > time()
            `,
          },
          {
            record: 'instance:frr_maintenance:active',
            expr: 'group without () (instance:frr_maintenance:end_timestamp_seconds)',
          },
          alert(site, 'FRRMaintenance', {
            expr: 'instance:frr_maintenance:active',
            severity: 'info',
            summary: 'A node is under maintenance.',
            title: `${node(site)} under maintenance`,
            description: `${node(site)} is under maintenance; nothing of it pages{{ with printf \`frr_maintenance_end_timestamp_seconds{cluster=%q,instance=%q}\` $labels.cluster $labels.instance | query }} until {{ with . | first | value | toTime }}{{ .Format "2006-01-02 15:04:05 MST" }}{{ end }}{{ end }}.`,
            impact: 'Faults of this node do not page while it lasts.',
            action: 'None, if the maintenance is intended.',
            dashboard: 'frr-node',
          }),
          alert(site, 'FRRMaintenanceForgotten', {
            expr: 'instance:frr_maintenance:active',
            for: site.maintenance_forgotten_after,
            severity: 'warning',
            summary: 'A node has been under maintenance for so long that it was probably forgotten.',
            title: `${node(site)} under maintenance for more than ${site.maintenance_forgotten_after}`,
            description: `${node(site)} has been under maintenance for more than ${site.maintenance_forgotten_after}.`,
            impact: 'Faults of this node have not paged in all this time, and do not now.',
            action:
              'Ask the person who set it. Remove the file of `--maintenance.file` when the work is done.',
            dashboard: 'frr-node',
          }),
        ],
      },
    ],
  };
}
