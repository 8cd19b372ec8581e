/** Whether the folder of FRR's sockets is still the one that others see. */
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/user-error.ts';

/** The exporter cannot reach FRR any more, whatever FRR does. The message is one line for a person. */
export class StaleFolderError extends UserError {
  override readonly name = 'StaleFolderError';
}

/**
 * Waits for the folder to be removed while it stays mounted here.
 *
 * In a container the folder is a mount: it is the host's folder as it was when the container started. When somebody
 * removes that folder and makes it anew, the container keeps the removed one, which is empty for ever, and no path
 * leads from inside to the new one. Only a new mount helps, so the exporter ends with a line that says so, and who
 * keeps it running (systemd, `podman run --restart`) starts the container with the folder of that moment. That FRR
 * empties the folder, or is not there, is not meant here: sockets come and go in one and the same folder.
 *
 * @param interval seconds between two looks
 * @returns when `ended` aborts
 * @throws StaleFolderError
 */
export async function watchSocketFolder(folder: string, interval: number, ended: AbortSignal): Promise<void> {
  for (;;) {
    try {
      // A removed folder has no name that leads to it, yet here it is: we hold it.
      if ((await stat(folder)).nlink === 0)
        throw new StaleFolderError(
          `${folder} was removed and made anew outside of this container, which cannot see the new one; it has to be started again`,
        );
    } catch (error) {
      if (error instanceof StaleFolderError) throw error;
      // It is not there, or not ours to look at: the source says so for each daemon.
    }
    try {
      await pause(interval * 1000, undefined, { signal: ended, ref: false });
    } catch {
      return;
    }
  }
}
