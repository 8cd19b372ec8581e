/** An FRR that answers what a test wants it to, and a log that a test can read. */
import { type Logger, pino } from 'pino';
import type { Command } from '../../../src/frr/commands.ts';
import { type Answer, FrrError, type FrrSource } from '../../../src/frr/source.ts';

/** What the fake does with a command: a text, a failure, or whatever a function does. */
export type Reply = string | FrrError | ((signal: AbortSignal) => Promise<string>);

export interface FakeFrr {
  readonly source: FrrSource;
  /** Replies by `daemon: command text`. Without one, the daemon is not running. */
  readonly replies: Map<string, Reply>;
  /** Seconds that FRR works on a command, by the same keys; 0 where left out. */
  readonly seconds: Map<string, number>;
  /** Keys of all commands so far, in their order. */
  readonly queried: string[];
  /** Commands that have neither answered nor failed. */
  open(): number;
  closed(): boolean;
}

export const keyOf = ({ daemon, text }: Command): string => `${daemon}: ${text}`;

/** Never answers, but stops when the signal aborts, as a source does with a daemon that hangs. */
export const hangs =
  (daemon: Command['daemon'] = 'bgpd'): Reply =>
  (signal) =>
    new Promise((_, reject) => {
      const end = () => reject(new FrrError('timed_out', daemon, `${daemon} hangs`));
      if (signal.aborted) end();
      signal.addEventListener('abort', end, { once: true });
    });

/** Never answers, and ignores the signal. */
export const ignoresEverything: Reply = () => new Promise(() => undefined);

export function fakeFrr(): FakeFrr {
  const replies = new Map<string, Reply>();
  const seconds = new Map<string, number>();
  const queried: string[] = [];
  let open = 0;
  let closed = false;

  async function show(command: Command, signal: AbortSignal): Promise<Answer> {
    const key = keyOf(command);
    const { daemon } = command;
    queried.push(key);
    open++;
    try {
      const reply = replies.get(key) ?? new FrrError('not_running', daemon, `${daemon} is not running`);
      if (reply instanceof FrrError) throw reply;
      const text = typeof reply === 'string' ? reply : await reply(signal);
      return { bytes: Buffer.from(text), seconds: seconds.get(key) ?? 0 };
    } finally {
      open--;
    }
  }

  return {
    replies,
    seconds,
    queried,
    open: () => open,
    closed: () => closed,
    source: {
      kind: 'socket',
      show,
      showEach: (commands, signal) => Promise.all(commands.map((command) => show(command, signal))),
      addresses: async () => [],
      links: async () => [],
      lowTtlDrops: async () => undefined,
      cpuWaits: () => [],
      kernelRoutes: async (wanted) => wanted.map(() => undefined),
      async close() {
        closed = true;
      },
    },
  };
}

export interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A log whose lines can be read: all of them, those for debugging included. */
export function readableLog(): { readonly log: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  const log = pino(
    { level: 'debug', base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line) as Line) },
  );
  return { log, lines };
}
