/** What stands before every page: the headers, the rate limit and the passwords of the web configuration. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../base/log.ts';
import type { WebConfigSource } from './config/in-force.ts';
import type { RateLimit } from './config/web-config.ts';
import { basicCredentials, type Passwords } from './passwords.ts';
import type { Handler } from './routes.ts';

/** A bucket of tokens: full at first, one more each interval, one less with each request. */
export interface TokenBucket {
  /** Takes a token if there is one. */
  readonly take: (limit: RateLimit, nowSeconds: number) => boolean;
}

export function createTokenBucket(): TokenBucket {
  let tokens = Number.POSITIVE_INFINITY;
  let last = 0;
  return {
    take: ({ interval, burst }, now) => {
      tokens = Math.min(burst, tokens + (now - last) / interval);
      last = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

const REFUSALS = {
  401: 'Unauthorized\n',
  429: 'Too Many Requests\n',
  500: 'Internal Server Error\n',
  503: 'Service Unavailable\n',
} as const;

function refuse(response: ServerResponse, status: keyof typeof REFUSALS, version: number): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('x-content-type-options', 'nosniff');
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="frr-exporter", charset="UTF-8"');
  else response.setHeader('retry-after', '1');
  // Who may not come in does not keep a connection either. HTTP/2 has no such header.
  if (version < 2) response.setHeader('connection', 'close');
  response.end(REFUSALS[status]);
}

/** Puts the protection before the pages. */
export function protect(
  pages: Handler,
  webConfig: WebConfigSource,
  passwords: Passwords,
  log: Logger,
): Handler {
  const bucket = createTokenBucket();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let gone = false;
    response.once('close', () => {
      gone = true;
    });
    await webConfig.refresh();
    const { headers, users, rateLimit } = webConfig.current().config;
    for (const [name, value] of headers) response.setHeader(name, value);
    const refused = (status: keyof typeof REFUSALS) => refuse(response, status, request.httpVersionMajor);
    if (rateLimit !== undefined && !bucket.take(rateLimit, performance.now() / 1000)) return refused(429);
    if (users.size > 0) {
      const credentials = basicCredentials(request.headers.authorization);
      if (credentials === undefined) return refused(401);
      const verdict = await passwords.verify(credentials, users);
      if (verdict === 'busy') return refused(503);
      if (verdict === 'wrong') return refused(401);
    }
    // The pages would wait for an end of the answer that has been already, and count it as one under way for ever.
    if (!gone) pages(request, response);
  }

  return (request, response) => {
    answer(request, response).catch((error: Error) => {
      log.error({ err: error }, `request failed: ${error.message}`);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, request.httpVersionMajor);
    });
  };
}
