/**
 * The document at `/api/v1/addresses`: every host address of this node, in every VRF that has it, with the peers that it is
 * announced to. Its schema is docs/addresses.schema.json, and its names are as stable as those of the status document.
 */
import { hostRoutesTotal } from '../collectors/host-routes/metrics.ts';
import { hostRouteItems } from '../collectors/host-routes/status.ts';
import { timeText } from '../metrics/tables.ts';
import type { Snapshot } from '../poller/snapshot.ts';
import { snapshotTables } from './document.ts';

/** Makes the document. There are totals only where there are more addresses than `--collector.host-routes.max-series`. */
export function addressesDocument(snapshot: Snapshot) {
  const tables = snapshotTables(snapshot);
  const totals = tables.rows(hostRoutesTotal);
  return {
    at: timeText(snapshot.at),
    total: totals.length === 0 ? null : totals.reduce((sum, { value }) => sum + value, 0),
    addresses: hostRouteItems(tables),
  };
}

/** Whether flags select an address. */
export { isSelected } from '../collectors/host-routes/filter.ts';

export type AddressesDocument = ReturnType<typeof addressesDocument>;
