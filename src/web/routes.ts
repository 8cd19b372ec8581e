/** The paths that are served, and their responses. Independent of how connections are accepted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../base/log.ts';
import type { History } from '../events/history.ts';
import type { Config } from '../flags/config.ts';
import type { Maintenance } from '../maintenance.ts';
import type { BodyPart } from '../metrics/body.ts';
import { negotiate } from '../metrics/negotiate.ts';
import type { Poller } from '../poller/scheduler.ts';
import { addressesDocument } from '../status/addresses.ts';
import { statusDocument } from '../status/document.ts';
import { BadRequest } from './bad-request.ts';
import { type CollectorNames, selectedCollectors } from './collect-filter.ts';
import { eventQuery } from './event-query.ts';
import { CONTENT_SECURITY_POLICY, NotFound, PAGES, type Page, REFRESH, type Site } from './pages/index.ts';
import type { Protection } from './protection.ts';
import type { ObserveRequest } from './request-metrics.ts';
import { announcedTargets } from './targets.ts';

export interface RoutesOptions {
  readonly config: Pick<
    Config,
    | 'webTelemetryPath'
    | 'webMaxRequests'
    | 'webExternalUrl'
    | 'webRoutePrefix'
    | 'webTargetsInclude'
    | 'webTargetsExclude'
  >;
  readonly poller: Pick<Poller, 'snapshot' | 'body' | 'firstPollDone'>;
  readonly collectors: CollectorNames;
  readonly maintenance: () => Maintenance;
  readonly history: Pick<History, 'events' | 'timeline' | 'downs'>;
  /** The parts of `/metrics` that do not come from FRR. */
  readonly otherParts: () => readonly BodyPart[];
  readonly version: string;
  /** What the pages say about the node, and link to. */
  readonly site: Pick<Site, 'node' | 'vtysh' | 'runbooks' | 'dashboard'>;
  /** Runs before each request, those for unknown paths included. */
  readonly protection?: Protection | undefined;
  /** Is called after each response. */
  readonly observeRequest?: ObserveRequest | undefined;
  readonly log: Logger;
}

/** Serves a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const PLAIN = 'text/plain; charset=utf-8';

/** The label of all unknown paths, so that requests cannot make series. */
const OTHER = 'other';

/** Events in the status document, so that it stays small. */
const STATUS_EVENTS = 50;

/** Whether the client accepts gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  let any = false;
  for (const offer of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [coding, ...parameters] = offer.split(';').map((part) => part.trim());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return !refused;
    if (coding === '*') any = !refused;
  }
  return any;
}

/** Path and query of a request target, which may also be an absolute URL (RFC 9112, 3.2.2). */
function target(url: string): readonly [path: string, query: string] {
  const relative = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const [path = '', ...query] = relative.split('?');
  return [path === '' ? '/' : path, query.join('?')];
}

/** Makes the handler of all requests. */
export async function createRoutes(options: RoutesOptions): Promise<Handler> {
  const {
    config,
    poller,
    collectors,
    maintenance,
    history,
    otherParts,
    version,
    protection,
    observeRequest,
    log,
  } = options;
  const externalPath = config.webExternalUrl?.pathname.replace(/\/+$/, '') ?? '';
  const prefix = config.webRoutePrefix ?? externalPath;
  const linkPrefix = config.webExternalUrl === undefined ? prefix : externalPath;

  let firstPollIsDone = false;
  void poller.firstPollDone.then(() => {
    firstPollIsDone = true;
  });

  /** Concurrent scrapes. */
  let scrapes = 0;

  async function metrics(request: FastifyRequest, reply: FastifyReply): Promise<Buffer | string> {
    const only = selectedCollectors(target(request.url)[1], collectors);
    if (config.webMaxRequests > 0 && scrapes >= config.webMaxRequests) {
      reply.code(503).type(PLAIN).header('retry-after', '1');
      return `${scrapes} scrapes are in progress, and --web.max-requests allows no more\n`;
    }
    scrapes++;
    reply.raw.once('close', () => scrapes--);
    const { format, contentType } = negotiate(request.headers.accept);
    const gzip = acceptsGzip(request.headers['accept-encoding'] as string | undefined);
    const body = await poller.body({
      format,
      gzip,
      ...(only === undefined ? {} : { only }),
      others: otherParts(),
    });
    reply.header('content-type', contentType).header('vary', 'Accept, Accept-Encoding');
    if (gzip) reply.header('content-encoding', 'gzip');
    return body;
  }

  async function alive(_request: FastifyRequest, reply: FastifyReply): Promise<string> {
    reply.type(PLAIN);
    return 'alive\n';
  }

  async function ready(_request: FastifyRequest, reply: FastifyReply): Promise<string> {
    reply.type(PLAIN);
    if (firstPollIsDone) return 'ready\n';
    reply.code(503);
    return 'the first poll is not done yet\n';
  }

  const statusAt = (now: number) =>
    statusDocument(poller.snapshot(), maintenance(), version, now, history.events({ limit: STATUS_EVENTS }));

  function json(reply: FastifyReply, document: unknown): string {
    reply.type('application/json; charset=utf-8').header('x-content-type-options', 'nosniff');
    return `${JSON.stringify(document, undefined, 2)}\n`;
  }

  async function status(_request: FastifyRequest, reply: FastifyReply): Promise<string> {
    return json(reply, statusAt(Date.now() / 1000));
  }

  async function addresses(_request: FastifyRequest, reply: FastifyReply): Promise<string> {
    return json(reply, addressesDocument(poller.snapshot()));
  }

  async function events(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    return json(reply, { events: history.events(eventQuery(target(request.url)[1])) });
  }

  async function targets(_request: FastifyRequest, reply: FastifyReply): Promise<string> {
    return json(reply, announcedTargets(addressesDocument(poller.snapshot()).addresses, config));
  }

  const routes = [
    { path: config.webTelemetryPath, what: 'the metrics, for Prometheus', answer: metrics },
    { path: '/api/v1/status', what: 'the status document, as JSON', answer: status },
    {
      path: '/api/v1/addresses',
      what: 'host addresses and to whom they are announced, as JSON',
      answer: addresses,
    },
    { path: '/api/v1/events', what: 'the changes of the last hours, as JSON', answer: events },
    { path: '/api/v1/targets', what: 'the announced addresses, for a prober', answer: targets },
    { path: '/healthz', what: 'whether the exporter runs', answer: alive },
    { path: '/readyz', what: 'whether every collector has been polled', answer: ready },
  ] as const;
  const site: Site = {
    ...options.site,
    prefix: linkPrefix,
    links: routes.map(({ path, what }) => ({ path: `${linkPrefix}${path}`, what })),
  };

  function show({ make }: Page, request: FastifyRequest, reply: FastifyReply): string {
    const now = Date.now() / 1000;
    const query = target(request.url)[1];
    const parameters = request.params as Readonly<Record<string, string>>;
    const page = make({ site, status: statusAt(now), history, now }, parameters, query);
    reply.type('text/html; charset=utf-8').header('x-content-type-options', 'nosniff');
    reply.header('refresh', String(REFRESH));
    // The web configuration may have set one.
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    return page;
  }

  async function notFound(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await reply.code(404).type(PLAIN).send('not found\n');
  }

  async function beforeRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const start = performance.now();
    // With `:vrf` and `:peer` instead of their values, so that sessions do not make series. Fastify takes `*` for `/`.
    const path = (request.url === '*' ? undefined : request.routeOptions.url) ?? OTHER;
    reply.raw.once('finish', () =>
      observeRequest?.(path, reply.statusCode, (performance.now() - start) / 1000),
    );
    await protection?.(request, reply);
    if (reply.sent || request.method === 'GET' || request.method === 'HEAD') return;
    // Refused before Fastify reads the body.
    if (path === OTHER) return notFound(request, reply);
    reply.code(405).type(PLAIN).header('allow', 'GET, HEAD');
    await reply.send('method not allowed\n');
  }

  async function explain(
    error: Error & { statusCode?: number },
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const code = error.statusCode ?? 500;
    reply.code(code).type(PLAIN);
    if (error instanceof BadRequest || error instanceof NotFound) return `${error.message}\n`;
    if (code < 500) return 'bad request\n';
    log.error({ err: error, path: request.url }, `request failed: ${error.message}`);
    return 'internal error; the log has the reason\n';
  }

  // The servers that listen are not Fastify's: each address has one, with or without TLS.
  const app = fastify({
    // For a path that it cannot decode, Fastify runs no hooks.
    frameworkErrors: async (error, request, reply: FastifyReply) => {
      const failure = await beforeRequest(request, reply).then(
        () => error,
        (failed) => failed,
      );
      if (!reply.sent) await reply.send(await explain(failure, request, reply));
    },
  });
  app.addHook('onRequest', beforeRequest);
  for (const page of PAGES)
    app.all(`${prefix}${page.path}`, async (request, reply) => show(page, request, reply));
  for (const { path, answer } of routes) app.all(`${prefix}${path}`, answer);
  if (prefix !== '')
    for (const path of ['/', prefix])
      app.all(path, async (_request, reply) => reply.redirect(`${linkPrefix}/`));
  app.setNotFoundHandler(notFound);
  app.setErrorHandler(explain);
  await app.ready();
  const methods = new Set(app.supportedMethods);
  return (request, response) => {
    // Refused like any other; Fastify has no routes for methods that it does not know.
    if (!methods.has(request.method ?? '')) request.method = 'POST';
    app.routing(request, response);
  };
}
