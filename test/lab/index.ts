/**
 * What integration tests use: a laboratory of real FRR routers, and the programs around it.
 *
 *     await using lab = await startLab();
 *     await using exporter = await startExporter({ lab, flags: ['--poll.interval=1s'] });
 *     await lab.cut('tor1');
 *     await waitFor(async () => /session_up.*100\.64\.1\.1"} 0/.test(await exporter.text()), { within: 10_000 });
 */
export {
  CLOUD_NODES,
  type Cloud,
  type CloudNode,
  type Place,
  startCloud,
  type Traffic,
} from './cloud.ts';
export {
  type Beside,
  type Exporter,
  type ExporterOptions,
  forwardInto,
  labFlags,
  MAIN,
  startExporter,
} from './exporter.ts';
export { type Lab, type LabOptions, type LinkName, startLab } from './lab.ts';
export { belongingTo, claim, isOwned, release, sweep } from './ownership.ts';
export { type LabelValues, type Page, readPage, type Series } from './page.ts';
export { recordPlaced, startCloudExporter } from './placed.ts';
export { answers, freePort, type Running, start } from './process.ts';
export {
  type Alertmanager,
  type Prometheus,
  type Sample,
  scrape,
  startAlertmanager,
  startPrometheus,
} from './prometheus.ts';
export { type Rack, type RackNode, startRack, type Tor } from './rack.ts';
export type { Router } from './router.ts';
export { labSource } from './source.ts';
export {
  HEALTHY,
  NODE_HOST_ADDRESSES,
  type RouterName,
  type RouterPlan,
  type Topology,
  TRIPLEO,
} from './topology.ts';
export { ADDRESSES, filterTenantAddress } from './topology-addresses.ts';
export { configureRpki, DAEMONS, EVERYTHING, startRpkiCache } from './topology-daemons.ts';
export { FULL } from './topology-full.ts';
export { FRR_RELEASES, FRR_VERSIONS, type FrrVersion, frrRoot } from './versions.ts';
export { type WaitOptions, waitFor } from './waiting.ts';
