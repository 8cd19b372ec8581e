/** Sends one kind of request to a server, and returns the outcome in a few words. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type SecureVersion } from 'node:tls';
import type { Identity } from './certificates.ts';

export interface SendOptions {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  /** Plain HTTP when left out. */
  readonly tls?: {
    /** Whom to trust; anybody when left out. */
    readonly ca?: string;
    readonly identity?: Identity;
    /** The one version that is offered. */
    readonly version?: SecureVersion;
    /** OpenSSL's names. */
    readonly ciphers?: string;
    readonly curve?: string;
  };
  readonly user?: readonly [name: string, password: string];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** OpenSSL does not offer old versions and weak ciphers at its usual level. */
const ANYTHING = 'ALL:@SECLEVEL=0';

function tlsOptions(tls: NonNullable<SendOptions['tls']>) {
  return {
    ...(tls.ca === undefined ? { rejectUnauthorized: false } : { ca: tls.ca }),
    ...(tls.identity === undefined ? {} : { cert: tls.identity.cert, key: tls.identity.key }),
    ...(tls.version === undefined ? {} : { minVersion: tls.version, maxVersion: tls.version }),
    ciphers: tls.ciphers ?? ANYTHING,
    ...(tls.curve === undefined ? {} : { ecdhCurve: tls.curve }),
    servername: 'localhost',
  };
}

/** Sends a request on a new connection. @throws when there is no response */
export function send({
  port,
  path = '/metrics',
  method = 'GET',
  tls,
  user,
  headers = {},
}: SendOptions): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { ...headers },
      agent: false as const,
      ...(user === undefined ? {} : { auth: user.join(':') }),
      timeout: 10_000,
    };
    const answered = async (response: IncomingMessage) => {
      let body = '';
      try {
        for await (const chunk of response.setEncoding('latin1')) body += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      } catch (error) {
        reject(error);
      }
    };
    const request =
      tls === undefined
        ? httpRequest(options, answered)
        : httpsRequest({ ...options, ...tlsOptions(tls) }, answered);
    request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
    request.on('error', reject);
    request.end();
  });
}

/** The outcome of {@link send} in one word: the status, or `refused`. */
export async function outcome(question: SendOptions): Promise<string> {
  try {
    return String((await send(question)).status);
  } catch {
    return 'refused';
  }
}

/**
 * What a server chooses of what a client offers in a handshake: `h2 TLSv1.3 TLS_AES_128_GCM_SHA256`, or `refused`.
 * HTTP/1.1 is what is spoken where no protocol is agreed upon.
 */
export function handshake(
  port: number,
  tls: NonNullable<SendOptions['tls']>,
  protocols: string[],
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...tlsOptions(tls), ALPNProtocols: protocols }, () => {
      resolve(
        `${socket.alpnProtocol || 'http/1.1'} ${socket.getProtocol()} ${socket.getCipher().standardName}`,
      );
      socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in 10 s')));
    socket.on('error', () => resolve('refused'));
  });
}
