/** Which exporter this is. Exposed even where the process's own metrics are left out. */
import { labels, type MetricFamily, metric } from './family.ts';

const BUILD_INFO = metric({
  name: 'frr_exporter_build_info',
  type: 'info',
  help: 'Version of this exporter, the commit that it was built from, and the Node.js that runs it.',
  labels: ['version', 'revision', 'node_version'],
  source: 'the exporter',
});

export const BUILD_DESCRIPTORS = [BUILD_INFO] as const;

export interface Build {
  readonly version: string;
  /** Commit; empty when not known. */
  readonly revision: string;
}

export function buildFamily({ version, revision }: Build): MetricFamily {
  const set = labels(BUILD_INFO.labels, [version, revision, process.versions.node]);
  return { descriptor: BUILD_INFO, samples: [{ labels: set, value: 1 }] };
}
