/**
 * FrrSource that uses the daemons' vty sockets, as vtysh itself does, without starting a process.
 *
 * A fresh connection is in VIEW mode, where nothing can be configured, and stays there. The few commands that are
 * unknown in VIEW mode have a connection of their own. Connections stay open between polls. A daemon is sent one
 * command at a time: FRR loses input that it receives before it has answered (lib/vty.c). A connection whose answer is
 * late is destroyed and never used again, so that the late answer cannot be mistaken for the next one.
 */
import { existsSync } from 'node:fs';
import { interfaceAddresses } from './addresses.ts';
import { answerOfDaemon } from './answers.ts';
import { type Command, type Daemon, enable } from './commands.ts';
import { daemonCpu } from './daemon-cpu.ts';
import { findKernelRoutes } from './kernel-routes.ts';
import { interfaceLinks } from './links.ts';
import { lowTtlDrops } from './low-ttl.ts';
import type { SourceOptions } from './options.ts';
import { deniedWords, socketFile, socketFolder } from './socket-files.ts';
import { type Answer, FrrError, type FrrErrorReason, type FrrSource } from './source.ts';
import { openVty, type Reply, type Vty, VtyError } from './vty.ts';

/** Makes the source. Connects to nothing yet. */
export function socketSource(options: SourceOptions): FrrSource {
  const cpu = daemonCpu(socketFolder(options));
  const connections = new Map<string, Vty>();
  /** By daemon: resolves when the last query in its queue has ended. */
  const turns = new Map<Daemon, Promise<void>>();
  let closed = false;

  /** Does `work` when all earlier queries of the daemon have ended. */
  async function inTurn<T>(
    { daemon, text }: Command,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = turns.get(daemon) ?? Promise.resolve();
    const done = Promise.withResolvers<void>();
    turns.set(
      daemon,
      before.then(() => done.promise),
    );
    const tooLate = Promise.withResolvers<never>();
    const onAbort = () =>
      tooLate.reject(new FrrError('timed_out', daemon, `${daemon} was not sent "${text}" in time`));
    if (signal.aborted || closed) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([tooLate.promise, before]);
      return await work();
    } finally {
      signal.removeEventListener('abort', onAbort);
      done.resolve();
    }
  }

  async function connect(command: Command, signal: AbortSignal): Promise<Vty> {
    const vty = await openVty(socketFile(options, command.daemon), signal);
    if (closed) await vty.destroy();
    connections.set(connectionName(command), vty);
    if (command.needsEnable) await enter(vty, enable(command.daemon), signal);
    return vty;
  }

  /** A connection on which `enable` fails does not know the commands that need it, so it is destroyed. */
  async function enter(vty: Vty, first: Command, signal: AbortSignal): Promise<void> {
    try {
      const { bytes, code } = await vty.send(first.text, options.maxOutput, signal);
      answerOfDaemon(first, bytes, code);
    } catch (error) {
      await vty.destroy();
      throw error;
    }
  }

  async function exchange(command: Command, signal: AbortSignal): Promise<Reply> {
    const open = connections.get(connectionName(command));
    if (open?.idle) {
      try {
        return await open.send(command.text, options.maxOutput, signal);
      } catch (error) {
        // The daemon was restarted before it read the command: the command is sent once more, to the new one.
        if (!(error instanceof VtyError && error.failure === 'gone')) throw error;
      }
    }
    const fresh = await connect(command, signal);
    return await fresh.send(command.text, options.maxOutput, signal);
  }

  async function send(command: Command, signal: AbortSignal): Promise<Answer> {
    try {
      const used = cpu.measure(command.daemon);
      const { bytes, code, seconds } = await exchange(command, signal);
      return { bytes: answerOfDaemon(command, bytes, code), seconds: Math.min(seconds, used() ?? seconds) };
    } catch (error) {
      throw error instanceof VtyError ? explain(error, command) : error;
    }
  }

  function explain({ failure, code }: VtyError, { daemon, text }: Command): FrrError {
    const file = socketFile(options, daemon);
    const error = (reason: FrrErrorReason, message: string) => new FrrError(reason, daemon, message);
    switch (failure) {
      case 'aborted':
        return error('timed_out', `${daemon} did not answer "${text}" in time`);
      case 'gone':
        return error('not_running', `${daemon} is no longer running: it closed ${file}`);
      case 'ended':
        return error('truncated', `${daemon} ended while it answered "${text}"`);
      case 'too_large':
        return error(
          'too_large',
          `${daemon}'s answer to "${text}" is larger than --frr.max-output (${options.maxOutput} bytes)`,
        );
      case 'garbled':
        return error('failed', `what came from ${file} on "${text}" is not a vty reply`);
      case 'refused':
        switch (code) {
          case 'ENOENT':
            return error(
              'not_running',
              existsSync(socketFolder(options))
                ? `${daemon} is not running: there is no ${file}`
                : `FRR is not running: there is no ${socketFolder(options)} (--frr.socket.dir-path and --frr.pathspace name it)`,
            );
          case 'ECONNREFUSED':
            return error('not_running', `${daemon} is not running: no process listens at ${file}`);
          case 'EACCES':
          case 'EPERM':
            return error('permission_denied', deniedWords(file));
          case 'EAGAIN':
            return error('timed_out', `${daemon} hangs: it accepts no more connections at ${file}`);
          default:
            return error('failed', `${file}: cannot connect: ${code}`);
        }
    }
  }

  return {
    kind: 'socket',
    show: (command, signal) => inTurn(command, signal, () => send(command, signal)),
    async showEach(commands, signal) {
      const [first] = commands;
      if (first === undefined) return [];
      return await inTurn(first, signal, async () => {
        const answers: Answer[] = [];
        for (const command of commands) answers.push(await send(command, signal));
        return answers;
      });
    },
    addresses: async () => interfaceAddresses(),
    links: (names) => interfaceLinks(undefined, names),
    lowTtlDrops: () => lowTtlDrops(),
    cpuWaits: () => cpu.waits(),
    kernelRoutes: (wanted) => findKernelRoutes(wanted),
    async close() {
      closed = true;
      await Promise.all(Array.from(connections.values(), (vty) => vty.destroy()));
      connections.clear();
    },
  };
}

function connectionName({ daemon, needsEnable }: Command): string {
  return needsEnable ? `${daemon}, enabled` : daemon;
}
