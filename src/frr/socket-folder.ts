/** Detects that the mounted folder of FRR's sockets is no longer the folder of the host. */
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/user-error.ts';

/** The exporter can no longer reach FRR, whatever FRR does. The message is one line for people. */
export class StaleFolderError extends UserError {
  override readonly name = 'StaleFolderError';
}

/**
 * Waits for the folder to be removed while it stays mounted here.
 *
 * In a container the folder is a mount of the folder that the host had when the container started. When that folder is
 * removed and created again, the container still has the removed one, which stays empty, and cannot see the new one.
 * Only a new mount helps, so the exporter exits with a message, and its supervisor (systemd, `podman run --restart`)
 * starts the container again with the new folder. A folder that is merely empty is no reason to exit: sockets come and
 * go in the same folder when FRR stops and starts.
 *
 * @param interval seconds between two checks
 * @returns when `ended` aborts
 * @throws StaleFolderError
 */
export async function watchSocketFolder(folder: string, interval: number, ended: AbortSignal): Promise<void> {
  for (;;) {
    try {
      // A removed folder that is still mounted has no links.
      if ((await stat(folder)).nlink === 0)
        throw new StaleFolderError(
          `${folder} was removed and created again outside of this container, which cannot see the new one; the container must be restarted`,
        );
    } catch (error) {
      if (error instanceof StaleFolderError) throw error;
      // It does not exist, or is not accessible: the source reports that for each daemon.
    }
    try {
      await pause(interval * 1000, undefined, { signal: ended, ref: false });
    } catch {
      return;
    }
  }
}
