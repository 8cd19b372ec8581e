/** The interface through which the program queries FRR, with three implementations: vtysh, the vty sockets, a recording. */
import type { InterfaceAddress } from './addresses.ts';
import type { Command, Daemon } from './commands.ts';
import type { CpuWait } from './daemon-cpu.ts';
import type { FoundRoutes, KernelRoute } from './kernel-routes.ts';
import type { Link } from './links.ts';

/** What FRR answered to one command. */
export interface Answer {
  /**
   * Standard output of the command in UTF-8, without prompts or the protocol's framing. Bytes, because an answer can
   * have megabytes, of which only a piece at a time is needed as text.
   */
  readonly bytes: Buffer;
  /**
   * Seconds that FRR worked on the command: CPU time of the daemon where its process can be seen (`daemon-cpu.ts`). Where it
   * cannot, on a socket the time from the request to the last byte, with vtysh the duration of the process without its
   * start. 0 for a recording.
   */
  readonly seconds: number;
}

export interface FrrSource {
  readonly kind: 'vtysh' | 'socket' | 'recording';
  /**
   * Sends one command.
   * @throws FrrError for every failure, including an aborted signal (`timed_out`)
   */
  show(command: Command, signal: AbortSignal): Promise<Answer>;
  /**
   * Sends several commands to one daemon together (one process, one connection). The answers are in the order of the commands.
   * @throws FrrError when any of them fails.
   */
  showEach(commands: readonly Command[], signal: AbortSignal): Promise<readonly Answer[]>;
  /**
   * The addresses of the node's interfaces: those of the network namespace that this program runs in, or those in the
   * recording. None where FRR is reached in another network namespace.
   * @throws FrrError `not_recorded` when the recording has none
   */
  addresses(): Promise<readonly InterfaceAddress[]>;
  /**
   * The links of the same interfaces, or of those that are named.
   * @throws FrrError `not_recorded` when the recording has none
   */
  links(names?: Iterable<string>): Promise<readonly Link[]>;
  /**
   * How many packets of BGP peers the kernel has dropped because of `ttl-security`, in the network namespace that this
   * program runs in; undefined where that is not known, as from a recording.
   */
  lowTtlDrops(): Promise<number | undefined>;
  /** When FRR's daemons waited for a CPU during the last minutes; none where their processes cannot be seen. */
  cpuWaits(): readonly CpuWait[];
  /**
   * Looks for routes in the kernel's tables of the same network namespace.
   * @throws FrrError `failed` when they cannot be read, `not_recorded` when the recording has none
   */
  kernelRoutes(wanted: readonly KernelRoute[]): Promise<FoundRoutes>;
  /** Closes connections and ends processes. Safe to call twice. */
  close(): Promise<void>;
}

/** Why there is no usable answer from FRR, as in `frr_collector_errors_total{reason}`. */
export const FRR_ERROR_REASONS = [
  /** No process listens: the daemon is dead, or was never started. */
  'not_running',
  /** The socket or the program exists, but its permissions deny access. */
  'permission_denied',
  /** No complete answer within the deadline: the daemon hangs or is slow. */
  'timed_out',
  /** This FRR version does not know the command. */
  'unknown_command',
  /** The answer is not JSON although the command requests JSON. */
  'not_json',
  /** The answer is incomplete: the daemon died while it answered. */
  'truncated',
  /** The answer is larger than `--frr.max-output`. */
  'too_large',
  /** The vtysh program, its prefix, or the recording does not exist. */
  'not_installed',
  /** The recording has no answer to this command. */
  'not_recorded',
  /** FRR answered with another failure; the message quotes it. */
  'failed',
] as const;

export type FrrErrorReason = (typeof FRR_ERROR_REASONS)[number];

/** The message is one line for people: what is wrong and, where there is a remedy, what to do. */
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
