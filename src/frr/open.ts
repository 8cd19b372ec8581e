/** Opens one of the three sources. Only the code of that one is loaded: execa, which vtysh needs, takes 8 MB. */
import type { SourceOptions } from './options.ts';
import { socketSource } from './socket.ts';
import { socketFolder, socketObstacle } from './socket-files.ts';
import type { FrrSource } from './source.ts';
import { findVtysh } from './vtysh-program.ts';

/** A source, and why it was chosen. */
export interface OpenedSource {
  readonly source: FrrSource;
  /** For the log and `doctor`, such as `the sockets in /run/frr are accessible`. */
  readonly why: string;
}

/**
 * Opens the source that `options.kind` names. `auto` is a recording if one is given, vtysh if a prefix leads to it,
 * the sockets if they are accessible, otherwise vtysh if it is installed. The sockets come first because they cost
 * the host a seventh of the CPU. Nothing is sent yet: whether FRR runs shows with the first command.
 * @throws RecordingError if the recording cannot be read
 */
export async function openSource(options: SourceOptions): Promise<OpenedSource> {
  switch (options.kind) {
    case 'vtysh':
      return openVtysh(options, '--frr.source=vtysh');
    case 'socket':
      return openSockets(options, '--frr.source=socket');
    case 'recording':
      return openRecorded(options, '--frr.source=recording');
    case 'auto': {
      if (options.recordingDir !== undefined) return openRecorded(options, '--frr.recording is given');
      if (options.vtyshPrefix.length > 0) return openVtysh(options, '--frr.vtysh.prefix is given');
      const obstacle = socketObstacle(options);
      if (obstacle === undefined)
        return openSockets(options, `the sockets in ${socketFolder(options)} are accessible`);
      const vtysh = findVtysh(options);
      if (vtysh !== undefined) return openVtysh(options, `${obstacle}, and vtysh is installed (${vtysh})`);
      return openSockets(options, `there is no program ${options.vtyshPath}`);
    }
  }
}

async function openVtysh(options: SourceOptions, why: string): Promise<OpenedSource> {
  const { vtyshSource } = await import('./vtysh.ts');
  return { source: vtyshSource(options), why };
}

function openSockets(options: SourceOptions, why: string): OpenedSource {
  return { source: socketSource(options), why };
}

async function openRecorded(options: SourceOptions, why: string): Promise<OpenedSource> {
  const { openRecording, RecordingError } = await import('./recording.ts');
  if (options.recordingDir === undefined)
    throw new RecordingError('--frr.source=recording needs a directory: --frr.recording=DIR');
  return { source: await openRecording(options.recordingDir, options.maxOutput), why };
}
