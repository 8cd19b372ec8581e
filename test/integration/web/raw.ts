/** Bytes over TCP, for what no HTTP client would send. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** Everything that came back. */
  readonly text: string;
  /** Milliseconds until the connection was closed by the other side. */
  readonly closedAfter: number;
}

/** Sends bytes, and reads until the other side closes. Never rejects: a reset is a close. */
export function sendRaw(port: number, bytes: string | Buffer, patience = 20_000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const begin = performance.now();
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closedAfter: performance.now() - begin });
    };
    const timer = setTimeout(done, patience);
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => undefined).on('close', done);
  });
}

/** The status of the first answer; 0 where the connection was closed without one. */
export async function rawStatus(port: number, bytes: string | Buffer): Promise<number> {
  const { text } = await sendRaw(port, bytes);
  return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0);
}

/** A connection that says nothing; undefined when it is refused or reset at once. */
export function openSilently(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}
