/**
 * A connection to the vty socket of one FRR daemon.
 *
 * The client sends a command and a NUL. The daemon sends its output, three NULs and a byte with the return code
 * (`vtysh_read` in FRR's lib/vty.c); the code may be any value. The output has no NULs, and the daemon sends nothing
 * without a command.
 */
import { createConnection, type Socket } from 'node:net';
import { createByteCollector, createExpectations } from './byte-collector.ts';

/** A daemon's reply, without the framing. */
export interface Reply {
  readonly bytes: Buffer;
  /** Return code: 0 success, 1 warning, 2 unknown command, ... (`CMD_...` in FRR's lib/command.h). */
  readonly code: number;
  /** From the request to the last byte. */
  readonly seconds: number;
}

/** Why a connection brought no reply. It is destroyed in every case. */
export type VtyFailure =
  /** Aborted by the signal. */
  | 'aborted'
  /** The daemon closed it before it read the command. */
  | 'gone'
  /** The daemon closed it before the end of its reply. */
  | 'ended'
  /** The reply is larger than allowed. */
  | 'too_large'
  /** The bytes are not a reply. */
  | 'garbled'
  /** It could not be opened. */
  | 'refused';

export class VtyError extends Error {
  override readonly name = 'VtyError';
  readonly failure: VtyFailure;
  /** Of the operating system, such as ECONNREFUSED. */
  readonly code: string | undefined;

  constructor(failure: VtyFailure, code?: string) {
    super(code === undefined ? failure : `${failure} (${code})`);
    this.failure = failure;
    this.code = code;
  }
}

export interface Vty {
  /** Whether a command may be sent: not destroyed, and none in flight. */
  readonly idle: boolean;
  /**
   * Sends a command and waits for the reply. One at a time.
   * @param maxOutput maximum number of bytes of the reply
   * @throws VtyError
   */
  send(command: string, maxOutput: number, signal: AbortSignal): Promise<Reply>;
  /** Resolves when the connection is closed. Safe to call twice. A command in flight fails with `aborted`. */
  destroy(): Promise<void>;
}

/** Three NULs and the return code. */
const END = 4;

/**
 * Joins the chunks of a reply.
 * @param expected number of bytes to expect, where that is known
 */
export function replyCollector(expected = 0) {
  const collector = createByteCollector(expected);
  return {
    get length() {
      return collector.length;
    },
    /** Copies the next chunk; the caller may reuse it. True when the reply is complete. */
    add(chunk: Uint8Array): boolean {
      collector.add(chunk);
      const bytes = collector.bytes();
      return bytes.length >= END && bytes.at(-2) === 0 && bytes.at(-3) === 0 && bytes.at(-4) === 0;
    },
    /** The complete reply; undefined when there is a NUL in it, which FRR never sends. */
    take(): { bytes: Buffer; code: number } | undefined {
      const bytes = collector.bytes();
      const end = bytes.length - END;
      if (bytes.indexOf(0) !== end) return undefined;
      return { bytes: bytes.subarray(0, end), code: bytes[end + 3] as number };
    },
  };
}

interface InFlight {
  readonly reply: ReturnType<typeof replyCollector>;
  readonly maxOutput: number;
  /** From `performance.now()`. */
  readonly since: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: VtyError) => void;
}

/**
 * Connects to a socket.
 * @throws VtyError `refused` or `aborted`
 */
export async function openVty(file: string, signal: AbortSignal): Promise<Vty> {
  if (signal.aborted) throw new VtyError('aborted');
  const incoming: Incoming = { take: () => undefined };
  const socket = createConnection({
    path: file,
    onread: {
      buffer: READ,
      callback(length, buffer) {
        incoming.take(buffer.subarray(0, length));
        return true;
      },
    },
  });
  const connected = Promise.withResolvers<void>();
  const onAbort = () => connected.reject(new VtyError('aborted'));
  const onError = ({ code }: NodeJS.ErrnoException) => connected.reject(new VtyError('refused', code));
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('connect', connected.resolve).once('error', onError);
  try {
    await connected.promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  const vty = speak(socket, incoming);
  socket.removeListener('error', onError);
  return vty;
}

/**
 * Receives the chunks of all connections. FRR writes some kilobytes at a time, and a Buffer for each of them would mean
 * thousands for a large answer.
 */
const READ = Buffer.alloc(64 * 1024);

interface Incoming {
  take(chunk: Uint8Array): void;
}

function speak(socket: Socket, incoming: Incoming): Vty {
  let inFlight: InFlight | undefined;
  const expectations = createExpectations();
  const gone = Promise.withResolvers<void>();

  function settle(): InFlight | undefined {
    const settled = inFlight;
    inFlight = undefined;
    return settled;
  }

  function fail(failure: VtyFailure, code?: string): void {
    const failed = settle();
    socket.destroy();
    failed?.reject(new VtyError(failure, code));
  }

  incoming.take = (chunk) => {
    // Bytes without a command would be mistaken for the next answer.
    if (inFlight === undefined) return fail('garbled');
    const { reply, maxOutput, since } = inFlight;
    const whole = reply.add(chunk);
    if (reply.length > maxOutput + END) return fail('too_large');
    if (!whole) return;
    const seconds = (performance.now() - since) / 1000;
    const taken = reply.take();
    if (taken === undefined) return fail('garbled');
    settle()?.resolve({ ...taken, seconds });
  };
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    // The kernel reports these errors when the daemon closes its end before it has read the command.
    const unseen = (code === 'EPIPE' || code === 'ECONNRESET') && inFlight?.reply.length === 0;
    fail(unseen ? 'gone' : 'ended', code);
  });
  socket.on('end', () => fail('ended'));
  socket.on('close', () => {
    fail('ended');
    gone.resolve();
  });

  return {
    get idle() {
      return inFlight === undefined && !socket.destroyed && socket.writable;
    },
    async send(command, maxOutput, signal) {
      if (inFlight !== undefined) throw new Error('a command is in flight already');
      if (signal.aborted || socket.destroyed) throw new VtyError('aborted');
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      const collector = replyCollector(expectations.of(command));
      inFlight = { reply: collector, maxOutput, since: performance.now(), resolve, reject };
      const onAbort = () => fail('aborted');
      signal.addEventListener('abort', onAbort, { once: true });
      socket.write(`${command}\0`);
      try {
        const reply = await promise;
        expectations.note(command, reply.bytes.length + END);
        return reply;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    async destroy() {
      fail('aborted');
      await gone.promise;
    },
  };
}
