/** The exporter under test in a separate process, for a laboratory's node or alone. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { belongingTo, claim, release } from './ownership.ts';
import { type Page, readPage } from './page.ts';
import { answers, freePort, type Running, start } from './process.ts';
import type { Router } from './router.ts';

/** The exporter's entry, to be run by Node. */
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const FORWARD = fileURLToPath(new URL('forward.ts', import.meta.url));

/** The port that the exporter listens on inside a laboratory. */
const INSIDE = 9342;

/** A router for programs to monitor, and the laboratory with which they stop. */
export interface Beside {
  /** The laboratory's name. */
  readonly name: string;
  readonly node: Router;
}

export interface ExporterOptions {
  /** The laboratory whose node it monitors, in the node's network namespace. Without it, it runs on this machine. */
  readonly lab?: Beside;
  /** How it queries the laboratory's FRR; by vtysh when left out. */
  readonly source?: 'vtysh' | 'socket';
  /** More flags; a later one wins over those that the laboratory gives. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A port of this machine to reach it on; a free one when left out. */
  readonly port?: number;
  /** Path that answers when it is ready; `/readyz` when left out. */
  readonly readyPath?: string;
}

export interface Exporter extends Running {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What brings scrapes into the laboratory; undefined outside of one. */
  readonly forwarderPid: number | undefined;
  /** The page; `/metrics` when left out. @throws when the status is none of success */
  text(path?: string): Promise<string>;
  /** The metrics, read back. */
  page(): Promise<Page>;
}

/** Flags that lead the exporter to the FRR of a laboratory's node, by vtysh or by the daemons' sockets. */
export function labFlags(lab: Beside, source: 'vtysh' | 'socket' = 'vtysh'): string[] {
  const { root, namespace } = lab.node;
  const flags = [`--frr.pathspace=${namespace}`, `--frr.source=${source}`];
  if (root.path !== '/')
    flags.push(
      source === 'vtysh'
        ? `--frr.vtysh.prefix=chroot ${root.path}`
        : `--frr.socket.dir-path=${root.path}/run/frr`,
    );
  return flags;
}

/** Makes what listens on a port of 127.0.0.1 in the namespace of a laboratory's node answer on a port of this machine. */
export async function forwardInto(lab: Beside, port: number, inside: number): Promise<Running> {
  const socket = createServer().listen(port, '127.0.0.1');
  await once(socket, 'listening');
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const args = ['netns', 'exec', lab.node.namespace, process.execPath, FORWARD, String(inside)];
  const forwarder = await start('ip', args, {
    env: belongingTo(lab.name),
    descriptors: [fd],
    ready: async () => true,
  });
  // The forwarder has the socket now; this process only lent it.
  socket.close();
  return forwarder;
}

export async function startExporter(options: ExporterOptions = {}): Promise<Exporter> {
  const { lab, flags = [] } = options;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const owned = lab === undefined ? await claim('exporter') : undefined;
  const env = { ...belongingTo(lab?.name ?? (owned?.name as string)), ...options.env };
  const ready = () => answers(url + (options.readyPath ?? '/readyz'));
  const exporter = (listen: number) => [MAIN, `--web.listen-address=127.0.0.1:${listen}`];

  let running: Running;
  let forwarder: Running | undefined;
  if (lab === undefined) {
    running = await start(process.execPath, [...exporter(port), ...flags], { env, ready });
  } else {
    const inside = ['netns', 'exec', lab.node.namespace, process.execPath];
    forwarder = await forwardInto(lab, port, INSIDE);
    running = await start(
      'ip',
      [...inside, ...exporter(INSIDE), ...labFlags(lab, options.source), ...flags],
      { env, ready },
    ).catch(async (error: unknown) => {
      await forwarder?.stop();
      throw error;
    });
  }

  const stop = async () => {
    await running.stop();
    await forwarder?.stop();
    if (owned !== undefined) await release(owned.name);
  };
  const text = async (path = '/metrics') => {
    const response = await fetch(url + path);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body.slice(0, 200)}`);
    return body;
  };
  return {
    ...running,
    url,
    forwarderPid: forwarder?.pid,
    text,
    page: async () => readPage(await text()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
