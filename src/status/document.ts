/**
 * The document at `/api/v1/status` and of `frr-exporter status --json`: the newest snapshot for people and scripts, by session instead of by metric.
 *
 * Its schema is docs/status.schema.json, and its names are stable: within v1 a name may be added, and none changes its
 * meaning or goes away. Every name is always there; what FRR did not report is null, and a list of what is not collected
 * is empty. Times are RFC 3339.
 */
import { frrInfo } from '../collectors/daemons.ts';
import { COLLECTORS, type StatusLists } from '../collectors/index.ts';
import type { Event } from '../events/event.ts';
import type { Maintenance } from '../maintenance.ts';
import { createTables, type Tables, timeText } from '../metrics/tables.ts';
import type { Snapshot } from '../poller/snapshot.ts';
import { verdictOf } from './verdict.ts';

/** The lists that the collectors declare, those of collectors that are disabled too. */
function statusLists(tables: Tables): StatusLists {
  const sections = COLLECTORS.flatMap(({ status = {} }) => Object.entries(status));
  return Object.fromEntries(
    sections.map(([name, { items }]) => [name, items(tables)]),
  ) as unknown as StatusLists;
}

/** What the snapshot knows, by metric. */
export function snapshotTables(snapshot: Snapshot): Tables {
  return createTables(snapshot.parts.flatMap(({ families }) => families));
}

/**
 * Makes the document.
 * @param now seconds since the epoch
 * @param events the newest first; none where FRR was polled only once
 */
export function statusDocument(
  snapshot: Snapshot,
  maintenance: Maintenance,
  version: string,
  now: number,
  events: readonly Event[] = [],
) {
  const tables = snapshotTables(snapshot);
  return {
    exporter: { version },
    at: timeText(snapshot.at),
    frr: { up: snapshot.frrUp, version: tables.rows(frrInfo)[0]?.labels.version ?? null },
    maintenance: {
      active: maintenance.active,
      end: timeText(maintenance.end),
      reason: maintenance.reason === '' ? null : maintenance.reason,
    },
    verdict: verdictOf(snapshot, tables),
    ...statusLists(tables),
    events,
    collectors: snapshot.collectors.map(
      ({ name, up, unsupported, lastSuccess, duration, interval, error }) => ({
        name,
        up: up ?? null,
        supported: unsupported === undefined ? (up === undefined ? null : true) : false,
        age_seconds:
          lastSuccess === undefined ? null : Math.max(0, Math.round((now - lastSuccess) * 10) / 10),
        interval_seconds: interval,
        duration_seconds: duration ?? null,
        error: error === undefined ? null : { reason: error.reason, message: error.message },
      }),
    ),
  };
}

export { UPLINK_GROUP } from '../collectors/bgp-neighbors.ts';

export type StatusDocument = ReturnType<typeof statusDocument>;
