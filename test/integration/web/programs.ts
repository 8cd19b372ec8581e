/** This exporter without FRR, and Debian's node_exporter to hold it against. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { belongingTo, claim, freePort, type Running, release, start } from '../../lab/index.ts';
import { unpackRecording } from '../../recordings.ts';

const RECORDING = unpackRecording(
  '8.4.4/healthy',
  mkdtempSync(path.join(tmpdir(), 'frr-exporter-recording-')),
);
afterAll(() => rmSync(RECORDING, { recursive: true }));

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Real answers of FRR, so that no FRR is needed. */
export const FROM_RECORDING = ['--frr.source=recording', `--frr.recording=${RECORDING}`] as const;

export const COMMAND = `${ROOT}bin/frr-exporter`;

export interface Program extends Running {
  /** Port on 127.0.0.1. */
  readonly port: number;
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function run(program: string, args: readonly string[], env: Record<string, string>): Promise<Program> {
  const owned = await claim('web');
  const port = await freePort();
  const giveBack = () => release(owned.name);
  const running = await start(program, [`--web.listen-address=127.0.0.1:${port}`, ...args], {
    env: { ...env, ...belongingTo(owned.name) },
    ready: () => takesConnections(port),
  }).catch(async (error: unknown) => {
    await giveBack();
    throw error;
  });
  const stop = async () => {
    await running.stop();
    await giveBack();
  };
  return { ...running, port, stop, [Symbol.asyncDispose]: stop };
}

/** Starts this exporter. @throws with its output when it ends at once */
export function startOurs(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
  return run(COMMAND, [...FROM_RECORDING, '--log.format=json', ...args], env);
}

/** Starts Debian's node_exporter. @throws with its output when it ends at once */
export function startNodeExporter(args: readonly string[]): Promise<Program> {
  return run('prometheus-node-exporter', ['--collector.disable-defaults', ...args], {});
}

/** The `msg` of every line of this exporter's log. */
export function messages({ output }: Running): readonly string[] {
  return output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
}
