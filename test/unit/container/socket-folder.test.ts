import { closeSync, mkdtempSync, openSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StaleFolderError, watchSocketFolder } from '../../../src/frr/socket-folder.ts';

/** A folder that stays reachable when it is removed, as under a mount. */
function heldFolder(): { readonly path: string; remove(): void; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'frr-exporter-folder-'));
  const descriptor = openSync(folder, 'r');
  return {
    path: `/proc/self/fd/${descriptor}`,
    remove: () => rmdirSync(folder),
    close: () => closeSync(descriptor),
  };
}

it('ends when the folder is removed under the mount', async () => {
  const folder = heldFolder();
  const ended = new AbortController();
  const watch = watchSocketFolder(folder.path, 0.01, ended.signal);
  folder.remove();
  await expect(watch).rejects.toThrow(StaleFolderError);
  await expect(watch).rejects.toThrow(/was removed and created again outside of this container/);
  folder.close();
});

it('goes on while the folder is there, and where there is none', async () => {
  const folder = heldFolder();
  const ended = new AbortController();
  const watches = [folder.path, '/nonexistent/frr'].map((path) =>
    watchSocketFolder(path, 0.005, ended.signal),
  );
  setTimeout(() => ended.abort(), 50);
  await expect(Promise.all(watches)).resolves.toEqual([undefined, undefined]);
  folder.remove();
  folder.close();
});
