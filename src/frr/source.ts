/** How the rest of the program asks FRR: one interface, three ways behind it (vtysh, the vty sockets, a recording). */
import type { InterfaceAddress } from './addresses.ts';
import type { Command, Daemon } from './commands.ts';
import type { Link } from './links.ts';

/** What FRR answered to one command. */
export interface Answer {
  /**
   * Standard output of the command in UTF-8, without prompts or the protocol's framing. Bytes, because an answer can
   * have megabytes of which only a piece at a time is wanted as text.
   */
  readonly bytes: Buffer;
  /**
   * Seconds that FRR was occupied with the command, as well as this source can tell: on a socket from the request
   * to the last byte, with vtysh what the process took beyond its own start. 0 for a recording.
   */
  readonly seconds: number;
}

export interface FrrSource {
  readonly kind: 'vtysh' | 'socket' | 'recording';
  /**
   * Asks one command.
   * @throws FrrError for everything that can go wrong, an aborted signal included (`timed_out`).
   */
  show(command: Command, signal: AbortSignal): Promise<Answer>;
  /**
   * Asks several commands of one daemon in one go (one process, one connection). All of them must answer JSON.
   * The answers come in the order of the commands.
   * @throws FrrError when any of them fails.
   */
  showEach(commands: readonly Command[], signal: AbortSignal): Promise<readonly Answer[]>;
  /**
   * The addresses of the node's interfaces: those of the network namespace that this program runs in, or those that
   * a recording carries.
   * @throws FrrError `not_recorded` when the recording carries none
   */
  addresses(): Promise<readonly InterfaceAddress[]>;
  /**
   * The links of the node's interfaces, seen where its addresses are.
   * @throws FrrError `not_recorded` when the recording carries none
   */
  links(): Promise<readonly Link[]>;
  /** Closes connections and ends processes. Safe to call twice. */
  close(): Promise<void>;
}

/** Why FRR gave no answer that can be used, as in `frr_collector_errors_total{reason}`. */
export const FRR_ERROR_REASONS = [
  /** Nobody listens: the daemon is dead, or was never started. */
  'not_running',
  /** The socket or the program is there, and we may not use it. */
  'permission_denied',
  /** No whole answer within the deadline: the daemon hangs or crawls. */
  'timed_out',
  /** This FRR version does not know the command. */
  'unknown_command',
  /** The answer is not JSON although JSON was asked for. */
  'not_json',
  /** The answer ends in the middle: the daemon died while it spoke. */
  'truncated',
  /** The answer is larger than `--frr.max-output`. */
  'too_large',
  /** The vtysh program, its prefix, or the recording is not there. */
  'not_installed',
  /** The recording has no answer to this command. */
  'not_recorded',
  /** FRR answered with a failure of its own; the message carries its words. */
  'failed',
] as const;

export type FrrErrorReason = (typeof FRR_ERROR_REASONS)[number];

/** Its message is one line for a person: what is wrong, and where there is a remedy, what to do. */
export class FrrError extends Error {
  override readonly name = 'FrrError';
  readonly reason: FrrErrorReason;
  readonly daemon: Daemon;

  constructor(reason: FrrErrorReason, daemon: Daemon, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.daemon = daemon;
  }
}
