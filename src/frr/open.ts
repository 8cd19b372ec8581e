/** Takes one of the three ways to FRR. Only what it takes is loaded: the libraries of the others cost 20 MB each. */
import type { SourceOptions } from './options.ts';
import { socketSource } from './socket.ts';
import type { FrrSource } from './source.ts';
import { findVtysh } from './vtysh-program.ts';

/** A source, and the words for the log line that tells which it is and why. */
export interface OpenedSource {
  readonly source: FrrSource;
  /** Such as `vtysh is installed (/usr/bin/vtysh)`. */
  readonly why: string;
}

/**
 * Takes the way that `options.kind` names. `auto` is a recording where one is given, vtysh where the program is
 * installed or a prefix tells where, else the sockets. Nothing is asked yet: that FRR is not there is told by the
 * first command.
 * @throws RecordingError when the recording is none
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
      const vtysh = findVtysh(options);
      if (vtysh !== undefined) return openVtysh(options, `vtysh is installed (${vtysh})`);
      return openSockets(options, `there is no ${options.vtyshPath} here`);
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
    throw new RecordingError('--frr.source=recording needs a folder: --frr.recording=DIR');
  return { source: await openRecording(options.recordingDir, options.maxOutput), why };
}
