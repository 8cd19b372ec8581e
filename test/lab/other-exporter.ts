/** The exporter that most people run, `prometheus-frr-exporter`, to hold ours against it. Debian's packages of it. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Debian's release of each version. */
export const OTHER_EXPORTER_RELEASES = { '1.1.4': 'bookworm', '1.11.0': 'sid' } as const;

export type OtherExporterVersion = keyof typeof OTHER_EXPORTER_RELEASES;

const FETCH = fileURLToPath(new URL('../../scripts/other-exporter', import.meta.url));

/** The words of its command line, to which flags are added. Fetches the package where it is missing. */
export async function otherExporter(version: OtherExporterVersion): Promise<readonly [string, ...string[]]> {
  const { stdout } = await execa(FETCH, [OTHER_EXPORTER_RELEASES[version]], { stderr: 'inherit' });
  return stdout.split('\n') as [string, ...string[]];
}
