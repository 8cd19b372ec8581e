/** The protection of all paths: the headers, the rate limit and the passwords of the web configuration. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfigSource } from './config/in-force.ts';
import type { RateLimit } from './config/web-config.ts';
import { basicCredentials, type Passwords } from './passwords.ts';

/** A bucket of tokens: full at first; each interval adds one, and each request takes one. */
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
  503: 'Service Unavailable\n',
} as const;

/** Runs before a request is served, and ends those that are refused. */
export type Protection = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

export function createProtection(webConfig: WebConfigSource, passwords: Passwords): Protection {
  const bucket = createTokenBucket();

  async function refusal(request: FastifyRequest): Promise<keyof typeof REFUSALS | undefined> {
    const { users, rateLimit } = webConfig.current().config;
    if (rateLimit !== undefined && !bucket.take(rateLimit, performance.now() / 1000)) return 429;
    if (users.size === 0) return undefined;
    const credentials = basicCredentials(request.headers.authorization);
    const verdict = credentials === undefined ? 'wrong' : await passwords.verify(credentials, users);
    return { right: undefined, wrong: 401 as const, busy: 503 as const }[verdict];
  }

  return async (request, reply) => {
    let gone = false;
    reply.raw.once('close', () => {
      gone = true;
    });
    await webConfig.refresh();
    reply.headers(Object.fromEntries(webConfig.current().config.headers));
    const status = await refusal(request);
    if (gone) {
      // A handler would wait for the end of a response that has ended already.
      reply.hijack();
      return;
    }
    if (status === undefined) return;
    reply.code(status).type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
    if (status === 401) reply.header('www-authenticate', 'Basic realm="frr-exporter", charset="UTF-8"');
    else reply.header('retry-after', '1');
    // A refused client's connection is closed. HTTP/2 has no such header.
    if (request.raw.httpVersionMajor < 2) reply.header('connection', 'close');
    await reply.send(REFUSALS[status]);
  };
}
