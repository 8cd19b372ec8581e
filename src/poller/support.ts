/** Whether FRR is new enough for a collector. */
import type { ActiveCollector, Frr } from '../collectors/collector.ts';
import { type Daemon, showVersion } from '../frr/commands.ts';
import { FrrError } from '../frr/source.ts';
import { isOlder, parseVersion } from '../frr/version.ts';

/** FRR is older than what a collector requires. Its message names both versions. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

/**
 * The query of a collector. Where FRR does not know a command and is older than the collector requires, it fails with
 * {@link UnsupportedError}, and from then on queries only the version, until FRR has been upgraded.
 * @throws FrrError, UnsupportedError
 */
export function supportedQuery({
  name,
  since,
  query,
}: Pick<ActiveCollector, 'name' | 'since' | 'query'>): (frr: Frr) => Promise<unknown> {
  if (since === undefined) return query;
  const required = since;
  /** A daemon that was too old. */
  let tooOld: Daemon | undefined;

  async function refuseIfTooOld(frr: Frr, daemon: Daemon): Promise<void> {
    const version = await versionOf(frr, daemon);
    tooOld = version !== undefined && isOlder(version, required) ? daemon : undefined;
    if (tooOld !== undefined)
      throw new UnsupportedError(
        `collector ${name} is not supported by FRR ${version}: it requires ${required} or newer`,
      );
  }

  return async (frr) => {
    if (tooOld !== undefined) await refuseIfTooOld(frr, tooOld);
    try {
      return await query(frr);
    } catch (error) {
      if (error instanceof FrrError && error.reason === 'unknown_command')
        await refuseIfTooOld(frr, error.daemon);
      throw error;
    }
  };
}

/** Undefined where the daemon does not report it. */
async function versionOf(frr: Frr, daemon: Daemon): Promise<string | undefined> {
  try {
    return parseVersion(await frr.text(showVersion(daemon)));
  } catch (error) {
    if (error instanceof FrrError) return undefined;
    throw error;
  }
}
