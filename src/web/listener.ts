/**
 * Takes connections, on any number of addresses, and hands each to a server made for the web configuration that is in
 * force when it comes. So certificates, and whether there are any, change without a restart, and connections that
 * exist live on with what they began with.
 */
import type { Server as HttpServer } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, createServer as createListener, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Logger } from '../base/log.ts';
import { UserError } from '../base/user-error.ts';
import { type ListenAddress, listenAddressText } from '../flags/values.ts';
import { clientRefused } from './client-certificates.ts';
import type { LoadedWebConfig, WebConfigSource } from './config/in-force.ts';
import type { Handler } from './routes.ts';

/** Not imported: an import looks at every export of node:http, and those of WebSocket load 12 MB of a client. */
const { createServer: createHttpServer } = process.getBuiltinModule('node:http');

/** Where slow and greedy clients find their limits. Times in milliseconds. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than the scrape intervals that are in use, so that Prometheus keeps its connection. */
  keepAliveTimeout: 125_000,
  /** Bytes. */
  maxHeaderSize: 16_384,
} as const;

/**
 * Connections at a time. When there are more, the oldest goes: that of a client that keeps many open and says nothing,
 * or an idle one of Prometheus, which then opens another. So nobody can keep others out by holding connections.
 */
const MOST_CONNECTIONS = 512;

/** Requests at a time on one HTTP/2 connection. */
const MOST_STREAMS = 32;

/** Answers that are being sent get this long, in milliseconds, when the program ends. */
const LAST_ANSWERS_MILLISECONDS = 300;

/** An address that cannot be listened on. The message is one line for a person. */
export class ListenError extends UserError {
  override readonly name = 'ListenError';
}

function explanation(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program already listens there; stop it, or choose another port with --web.listen-address';
    case 'EADDRNOTAVAIL':
      return 'no interface of this machine has this address';
    case 'EACCES':
      return 'permission denied; ports below 1024 need the capability CAP_NET_BIND_SERVICE';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name has no address';
    case 'EAFNOSUPPORT':
      return 'this machine has no IPv6';
    default:
      return error.message;
  }
}

/** A server that does not listen itself, but is given connections. */
interface Front {
  readonly take: (socket: Socket) => void;
  /** Ends connections on which nothing is asked. */
  readonly closeIdle: () => void;
  /** Looks after the time limits no more: without this, the server and its timer would stay for ever. */
  readonly end: () => void;
}

function serverFor(
  { config, tls }: LoadedWebConfig,
  handler: Handler,
): HttpServer | HttpsServer | Http2SecureServer {
  if (tls === undefined) return createHttpServer(LIMITS, handler);
  const { options } = tls;
  if (!config.http2)
    return createHttpsServer({ ...options, ...LIMITS, ALPNProtocols: ['http/1.1'] }, handler);
  // HTTP/1 and HTTP/2 requests look alike to the handler; that is what Node's compatibility layer is for.
  const server = createSecureServer(
    {
      ...options,
      ...LIMITS,
      allowHTTP1: true,
      settings: { maxConcurrentStreams: MOST_STREAMS },
      maxSessionMemory: 4,
    },
    handler as unknown as Parameters<typeof createSecureServer>[1],
  );
  return Object.assign(server, LIMITS);
}

function createFront(loaded: LoadedWebConfig, handler: Handler, log: Logger): Front {
  const server = serverFor(loaded, handler);
  const sessions = new Set<ServerHttp2Session>();
  const refusal = loaded.config.tls;
  if (refusal !== undefined)
    (server as HttpsServer).prependListener('secureConnection', (socket: TLSSocket) => {
      const why = clientRefused(socket, refusal);
      if (why === undefined) return;
      log.debug({ client: socket.remoteAddress }, why);
      socket.destroy();
    });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.setTimeout(LIMITS.keepAliveTimeout, () => session.close());
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    log.debug({ client: socket.remoteAddress }, `TLS handshake failed: ${error.message}`);
    socket.destroy();
  });
  // A server that listens begins here to look after the time limits of its connections; this one is only given them.
  server.emit('listening');
  return {
    take: (socket) => void server.emit('connection', socket),
    closeIdle: () => {
      (server as HttpServer).closeIdleConnections();
      for (const session of sessions) session.close();
    },
    end: () => void server.close(),
  };
}

export interface Listener {
  /**
   * Begins to listen.
   * @returns where, with the port that was taken for port 0
   * @throws ListenError
   */
  readonly listen: (address: ListenAddress) => Promise<string>;
  /** The same for a socket that somebody else, such as systemd, has opened. */
  readonly adopt: (fileDescriptor: number) => Promise<string>;
  /** Stops to listen, lets answers be finished for a moment, and ends all connections. */
  readonly close: () => Promise<void>;
}

/** Makes a listener; it listens nowhere yet. */
export function createConnectionListener(
  webConfig: WebConfigSource,
  handler: Handler,
  log: Logger,
): Listener {
  const sockets = new Set<Socket>();
  const listening: Server[] = [];
  const fronts = new Map<LoadedWebConfig, { front: Front; connections: number }>();

  function frontFor(loaded: LoadedWebConfig) {
    const known = fronts.get(loaded);
    if (known !== undefined) return known;
    // Those of older configurations go with their last connection.
    for (const [older, { front, connections }] of fronts) {
      if (connections > 0) continue;
      front.end();
      fronts.delete(older);
    }
    const made = { front: createFront(loaded, handler, log), connections: 0 };
    fronts.set(loaded, made);
    return made;
  }

  async function accept(socket: Socket): Promise<void> {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What goes wrong before a server listens to the connection would otherwise end the program.
    socket.on('error', () => socket.destroy());
    const [oldest] = sockets;
    if (sockets.size > MOST_CONNECTIONS) oldest?.destroy();
    await webConfig.refresh();
    if (socket.destroyed) return;
    const entry = frontFor(webConfig.current());
    entry.connections++;
    socket.on('close', () => entry.connections--);
    entry.front.take(socket);
  }

  function begin(options: object, asked: string): Promise<string> {
    const server = createListener({ noDelay: true }, (socket) => void accept(socket));
    return new Promise((resolve, reject) => {
      const failed = (error: Error) =>
        reject(new ListenError(`cannot listen on ${asked}: ${explanation(error)}`, { cause: error }));
      server.once('error', failed);
      server.listen(options, () => {
        server.off('error', failed);
        server.on('error', (error) => log.error({ err: error }, `listening failed: ${error.message}`));
        listening.push(server);
        const where = server.address() as AddressInfo | string | null;
        resolve(
          typeof where === 'object' && where !== null
            ? listenAddressText({ host: where.address, port: where.port })
            : String(where),
        );
      });
    });
  }

  return {
    listen: ({ host, port }) =>
      begin({ port, ...(host === undefined ? {} : { host }) }, listenAddressText({ host, port })),
    adopt: (fileDescriptor) => begin({ fd: fileDescriptor }, `file descriptor ${fileDescriptor}`),
    close: async () => {
      const closed = listening.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const { front } of fronts.values()) front.closeIdle();
      const hurry = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, LAST_ANSWERS_MILLISECONDS);
      await Promise.all(closed);
      clearTimeout(hurry);
      for (const { front } of fronts.values()) front.end();
    },
  };
}
