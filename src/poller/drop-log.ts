/** Counts samples that were dropped, and logs the first of each kind. */
import type { Logger } from 'pino';
import type { Drop, DropReason } from '../metrics/family.ts';
import { count } from './poller-metrics.ts';

/** Counts what a poll of a collector dropped. */
export type DropLog = (collector: string, drops: readonly Drop[]) => void;

/** @param counts drops by reason, to which the log adds */
export function createDropLog(log: Logger, counts: Map<DropReason, number>): DropLog {
  const seen = new Set<string>();
  return (collector, drops) => {
    for (const { reason, metric, labels, value } of drops) {
      count(counts, reason);
      const kind = `${collector} ${reason} ${metric}`;
      if (seen.has(kind)) continue;
      seen.add(kind);
      const why = {
        duplicate: 'FRR reported a second sample with the same labels',
        not_a_number: `FRR reported ${JSON.stringify(value)}, which is not a number`,
        vrf_name: 'the name of the VRF cannot be part of a command',
        table_size:
          'the table is larger than --collector.host-routes.max-table or --collector.received-routes.max-paths',
        limit: 'there are more series than --metrics.max-series',
      }[reason];
      log.warn(
        { collector, reason, metric, labels, value },
        `${metric}{${labels}} dropped: ${why}; more of this kind are counted and not logged`,
      );
    }
  };
}
