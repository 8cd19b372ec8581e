/** `frr-exporter once`: polls once and prints the metrics, for scripts and for a first try. */
import { once as happens } from 'node:events';
import type { Writable } from 'node:stream';
import type { Logger } from '../base/log.ts';
import type { Config } from '../flags/config.ts';
import { checkMaintenance, maintenanceFamilies } from '../maintenance.ts';
import { familiesPart, writeBody } from '../metrics/body.ts';
import { pollSnapshot } from './frr.ts';

/**
 * Prints the metrics in Prometheus' text format.
 * @returns the exit status: 0 if FRR answered, 1 if not
 */
export async function once(config: Config, output: Writable, log: Logger): Promise<number> {
  const snapshot = await pollSnapshot(config, log);
  const maintenance = await checkMaintenance(config.maintenanceFile, Date.now() / 1000);
  const parts = [...snapshot.parts.map(({ body }) => body), familiesPart(maintenanceFamilies(maintenance))];
  const body = await writeBody(parts, 'text', { gzip: false });
  if (!output.write(body)) await happens(output, 'drain');
  return snapshot.frrUp ? 0 : 1;
}
