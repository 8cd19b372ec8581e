/** Options of the three sources. */

/** Values of `--frr.source`. `auto` uses the sockets if they are accessible, otherwise vtysh. */
export const SOURCE_KINDS = ['auto', 'vtysh', 'socket', 'recording'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];

/** How to reach FRR. The deadline of a command is not here: it is the signal of each call. */
export interface SourceOptions {
  /** `--frr.source` */
  readonly kind: SourceKind;
  /** `--frr.socket.dir-path`: the folder of the daemons' `NAME.vty` sockets, without the path space. */
  readonly socketDir: string;
  /** `--frr.pathspace`: what FRR's daemons were started with (`-N NAME`); left out or empty without one. */
  readonly pathspace?: string | undefined;
  /** `--frr.vtysh.path`: a path, or a name to be looked up in PATH. */
  readonly vtyshPath: string;
  /**
   * `--frr.vtysh.prefix`: a program and its arguments that run vtysh, such as `['sudo', '-n']`,
   * `['ip', 'netns', 'exec', 'node']` or `['podman', 'exec', 'frr', 'timeout', '10']`. vtysh is then looked up where
   * that program runs it.
   */
  readonly vtyshPrefix: readonly string[];
  /** `--frr.max-output`: maximum number of bytes of one answer (`too_large`). */
  readonly maxOutput: number;
  /** `--frr.recording`: the folder of the recording; needed for the kind `recording` only. */
  readonly recordingDir?: string | undefined;
}
