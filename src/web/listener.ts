/**
 * Listens on any number of addresses, and serves each connection with the web configuration that is in force when the
 * connection is accepted. So TLS can be changed, enabled and disabled without a restart, and existing connections
 * continue as they began.
 */
import type { Server } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { Logger } from '../base/log.ts';
import { UserError } from '../base/user-error.ts';
import { type ListenAddress, listenAddressText } from '../flags/values.ts';
import { clientRefused } from './client-certificates.ts';
import type { LoadedWebConfig, WebConfigSource } from './config/in-force.ts';
import type { LoadedTls } from './config/tls-options.ts';
import type { WebConfig } from './config/web-config.ts';
import type { Handler } from './routes.ts';

/** Not imported: an import evaluates every export of node:http, and WebSocket's load a client of 12 MB. */
const { createServer: createHttpServer } = process.getBuiltinModule('node:http');

/** Limits for slow and greedy clients. Times in milliseconds. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than usual scrape intervals, so that Prometheus can reuse its connection. */
  keepAliveTimeout: 125_000,
  /** Bytes. */
  maxHeaderSize: 16_384,
} as const;

/**
 * Concurrent connections. Beyond that the oldest is closed: one of a client that opens many and sends nothing, or an
 * idle one of Prometheus, which then opens another. So no client can lock out others by holding connections.
 */
const MAX_CONNECTIONS = 512;

/** Concurrent requests on one HTTP/2 connection. */
const MAX_STREAMS = 32;

/** How long responses that are being sent may take at shutdown, in milliseconds. */
const LAST_RESPONSES_MILLISECONDS = 300;

/** An address that cannot be listened on. The message is one line. */
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

export interface Listener {
  /**
   * Starts to listen on an address.
   * @returns the address, with the port that was selected for port 0
   * @throws ListenError
   */
  readonly listen: (address: ListenAddress) => Promise<string>;
  /** The same for a socket that another program opened, such as systemd. */
  readonly adopt: (fileDescriptor: number) => Promise<string>;
  /** Stops listening, allows responses to finish for a moment, and closes all connections. */
  readonly close: () => Promise<void>;
}

/** Makes a listener, which does not listen yet. */
export function createListener(webConfig: WebConfigSource, handler: Handler, log: Logger): Listener {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const sessions = new Set<ServerHttp2Session>();
  // HTTP/1 and HTTP/2 requests look the same to the handler: that is the purpose of Node's compatibility layer.
  const http2 = createHttp2Server(
    { settings: { maxConcurrentStreams: MAX_STREAMS }, maxSessionMemory: 4 },
    handler as unknown as Parameters<typeof createHttp2Server>[1],
  );
  http2.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.setTimeout(LIMITS.keepAliveTimeout, () => session.close());
  });

  /** Decrypts connections. They are passed to it: it does not listen itself. */
  function createTlsFront(
    config: WebConfig,
    tls: LoadedTls,
    serveHttp1: (socket: Socket) => void,
  ): TlsServer {
    const ALPNProtocols = config.http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
    const front = createTlsServer({ ...tls.options, ALPNProtocols }, (socket) => {
      const refusal = config.tls && clientRefused(socket, config.tls);
      if (refusal !== undefined) {
        log.debug({ client: socket.remoteAddress }, refusal);
        socket.destroy();
      } else if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
      else serveHttp1(socket);
    });
    return front.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      log.debug({ client: socket.remoteAddress }, `TLS handshake failed: ${error.message}`);
      socket.destroy();
    });
  }

  function createServer(): Server {
    const server = createHttpServer(LIMITS, handler);
    // Node's own listener, which parses HTTP, gets a connection only after that is decrypted.
    const [parse] = server.listeners('connection') as [(socket: Socket) => void];
    const serveHttp1 = parse.bind(server);
    const tlsFronts = new WeakMap<LoadedWebConfig, TlsServer>();

    async function accept(socket: Socket): Promise<void> {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // An error before a server has the connection would otherwise end the program.
      socket.on('error', () => socket.destroy());
      const [oldest] = sockets;
      if (sockets.size > MAX_CONNECTIONS) oldest?.destroy();
      await webConfig.refresh();
      if (socket.destroyed) return;
      const loaded = webConfig.current();
      if (loaded.tls === undefined) return serveHttp1(socket);
      // As of a connection that a TLS server has accepted itself.
      socket.allowHalfOpen = false;
      const front = tlsFronts.get(loaded) ?? createTlsFront(loaded.config, loaded.tls, serveHttp1);
      tlsFronts.set(loaded, front);
      front.emit('connection', socket);
    }

    return server.removeAllListeners('connection').on('connection', (socket) => void accept(socket));
  }

  function start(options: object, requested: string): Promise<string> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      const failed = (error: Error) =>
        reject(new ListenError(`cannot listen on ${requested}: ${explanation(error)}`, { cause: error }));
      server.once('error', failed);
      server.listen(options, () => {
        server.off('error', failed);
        server.on('error', (error) => log.error({ err: error }, `listening failed: ${error.message}`));
        servers.push(server);
        const address = server.address() as AddressInfo | string | null;
        resolve(
          typeof address === 'object' && address !== null
            ? listenAddressText({ host: address.address, port: address.port })
            : String(address),
        );
      });
    });
  }

  return {
    listen: ({ host, port }) =>
      start({ port, ...(host === undefined ? {} : { host }) }, listenAddressText({ host, port })),
    adopt: (fileDescriptor) => start({ fd: fileDescriptor }, `file descriptor ${fileDescriptor}`),
    close: async () => {
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const session of sessions) session.close();
      const deadline = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, LAST_RESPONSES_MILLISECONDS);
      await Promise.all(closed);
      clearTimeout(deadline);
    },
  };
}
