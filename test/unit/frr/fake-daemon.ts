/** A vty socket with a daemon behind it that does what a test wants. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Daemon } from '../../../src/frr/commands.ts';

/** A reply as FRR frames it. */
export function reply(text: string, code = 0): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.from([0, 0, 0, code])]);
}

export interface FakeDaemon {
  /** Commands in the order in which they came. */
  readonly commands: string[];
  /** Connections that it has accepted so far, closed ones included. */
  readonly accepted: Socket[];
  /** Connections that are open now. */
  open(): number;
  /** Resolves when all connections are closed. */
  allClosed(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Listens at `FOLDER/NAME.vty`.
 * @param answer what it does with a command; a text or bytes are the output, framed with code 0
 */
export async function fakeDaemon(
  folder: string,
  name: Daemon,
  answer: (command: string, socket: Socket) => string | Buffer | undefined,
): Promise<FakeDaemon> {
  mkdirSync(folder, { recursive: true });
  const commands: string[] = [];
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    let received = '';
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        received += chunk;
        for (let end = received.indexOf('\0'); end !== -1; end = received.indexOf('\0')) {
          const command = received.slice(0, end);
          received = received.slice(end + 1);
          commands.push(command);
          const said = answer(command, socket);
          if (typeof said === 'string') socket.write(reply(said));
          else if (said !== undefined) socket.write(said);
        }
      });
  });
  server.listen(path.join(folder, `${name}.vty`));
  await once(server, 'listening');
  const open = () => accepted.filter(({ closed }) => !closed).length;
  const allClosed = async () => {
    const stillOpen = accepted.filter(({ closed }) => !closed);
    await Promise.all(stillOpen.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  };
  const stop = async () => {
    for (const socket of accepted) socket.destroy();
    await allClosed();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return {
    commands,
    accepted,
    open,
    allClosed,
    stop,
  };
}
