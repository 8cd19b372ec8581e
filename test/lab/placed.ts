/** What `frr-config placed` of the FRR service's container records, for a router of a laboratory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Cloud, CloudNode } from './cloud.ts';
import { type Exporter, type ExporterOptions, startExporter } from './exporter.ts';
import type { Router } from './router.ts';

const FRR_CONFIG = fileURLToPath(new URL('../../container/frr/bin/frr-config', import.meta.url));

/** The program with its places in a folder: FRR's configuration comes in at standard input, the daemons as an argument. */
const RECORD = `
import importlib.machinery, importlib.util, os, sys, types
loader = importlib.machinery.SourceFileLoader('frr_config', sys.argv[1])
frr_config = importlib.util.module_from_spec(importlib.util.spec_from_loader('frr_config', loader))
loader.exec_module(frr_config)
folder, daemons, applied = sys.argv[2:]
frr_config.APPLIED, frr_config.PLACED, frr_config.DIGESTS = (
    os.path.join(folder, name) for name in ('applied.conf', 'placed.conf', 'placed.sha256'))
frr_config.run = lambda *command: types.SimpleNamespace(stdout=daemons)
frr_config.record(applied, sys.stdin.read())
`;

/**
 * Records that what the router runs now is what was placed.
 * @param applied the frr.conf that was placed
 * @param folder is made where it is missing
 * @returns the file for `--collector.config-drift.digest`, in the folder
 */
export async function recordPlaced(router: Router, applied: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const input = await router.vtysh('show running-config');
  await execa('python3', ['-B', '-c', RECORD, FRR_CONFIG, folder, router.daemons.join(' '), applied], {
    input,
  });
  return join(folder, 'placed.sha256');
}

/**
 * Starts the exporter beside a node of a cloud, as the use cases need it: with the drift of the configuration since it was placed.
 * @param applied the frr.conf of the node
 */
export async function startCloudExporter(
  cloud: Cloud,
  node: CloudNode,
  applied: string,
  { flags = [], ...options }: Pick<ExporterOptions, 'flags' | 'port'>,
): Promise<Exporter> {
  const lab = cloud.beside(node);
  const digest = await recordPlaced(lab.node, applied, join(cloud.folder, `${node}-placed`));
  return startExporter({
    ...options,
    lab,
    source: 'socket',
    flags: [
      ...['--poll.max-share=50%', '--collector.config-drift'],
      ...[`--collector.config-drift.digest=${digest}`, ...flags],
    ],
  });
}
