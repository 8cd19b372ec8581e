/** `frr-exporter serve`: polls FRR and serves the metrics until a signal ends it. */

import type { Logger } from '../base/log.ts';
import { inheritedSockets, notifySystemd } from '../base/systemd.ts';
import { COLLECTORS } from '../collectors/index.ts';
import type { Config } from '../flags/config.ts';
import { watchSocketFolder } from '../frr/socket-folder.ts';
import { maintenanceFamilies, watchMaintenance } from '../maintenance.ts';
import { type BodyPart, familiesPart } from '../metrics/body.ts';
import { type Build, buildFamily } from '../metrics/build.ts';
import { startPoller } from '../poller/scheduler.ts';
import { PLAIN_HTTP, type WebConfigSource } from '../web/config/in-force.ts';
import { createConnectionListener, type Listener } from '../web/listener.ts';
import { createPages, type Handler } from '../web/routes.ts';
import { openConfiguredSource, pollSettings } from './frr.ts';

/** Metrics about this program itself; loaded only if they are enabled. */
interface OwnMetrics {
  readonly measured: (handler: Handler, paths: ReadonlySet<string>) => Handler;
  readonly parts: () => readonly BodyPart[];
  readonly stop: () => void;
}

async function startOwnMetrics({ webDisableExporterMetrics }: Config): Promise<OwnMetrics> {
  if (webDisableExporterMetrics)
    return { measured: (handler) => handler, parts: () => [], stop: () => undefined };
  const [{ startProcessMetrics }, { measureRequests }] = await Promise.all([
    import('../metrics/process.ts'),
    import('../web/request-metrics.ts'),
  ]);
  const metrics = startProcessMetrics();
  return {
    measured: (handler, paths) => measureRequests(handler, paths, metrics.registry),
    parts: () => [metrics.part()],
    stop: metrics.stop,
  };
}

/** What the web configuration file requires; loaded only if there is one. */
interface Protection {
  readonly webConfig: WebConfigSource;
  readonly protected: (handler: Handler) => Handler;
  readonly stop: () => Promise<void>;
}

async function openProtection({ webConfigFile }: Config, log: Logger): Promise<Protection> {
  if (webConfigFile === undefined)
    return { webConfig: PLAIN_HTTP, protected: (handler) => handler, stop: async () => undefined };
  const [{ openWebConfig }, { createPasswords }, { protect }] = await Promise.all([
    import('../web/config/watch.ts'),
    import('../web/passwords.ts'),
    import('../web/protection.ts'),
  ]);
  const webConfig = await openWebConfig(webConfigFile, log);
  const passwords = createPasswords();
  return {
    webConfig,
    protected: (handler) => protect(handler, webConfig, passwords, log),
    stop: passwords.close,
  };
}

/** Listens on systemd's sockets, or on the addresses of the flags. */
async function listen(listener: Listener, config: Config): Promise<readonly string[]> {
  const listening: string[] = [];
  if (config.webSystemdSocket)
    for (const descriptor of inheritedSockets(process.env, process.pid))
      listening.push(await listener.adopt(descriptor));
  else for (const address of config.webListenAddress) listening.push(await listener.listen(address));
  return listening;
}

async function notify(state: 'READY=1' | 'STOPPING=1', log: Logger): Promise<void> {
  const problem = await notifySystemd(state, process.env);
  if (problem !== undefined) log.warn(problem);
}

/**
 * Serves.
 * @param ended aborts when the program should end
 * @throws ListenError, SystemdError, WebConfigError, RecordingError, StaleFolderError
 */
export async function serve(config: Config, build: Build, log: Logger, ended: AbortSignal): Promise<void> {
  const protection = await openProtection(config, log);
  const { webConfig } = protection;
  const { source, why } = await openConfiguredSource(config);
  log.info(
    { version: build.version, node: process.version, source: source.kind, why },
    'frr-exporter starts',
  );
  const maintenance = await watchMaintenance(config.maintenanceFile, config.pollInterval, log);
  const ownMetrics = await startOwnMetrics(config);
  const reload = async () => {
    log.info('SIGHUP: reading the web configuration and the maintenance file again');
    await Promise.all([webConfig.reload(), maintenance.reload()]);
  };
  process.on('SIGHUP', reload);
  const poller = startPoller({
    source,
    collectors: config.collectors,
    settings: pollSettings(config),
    log,
  });
  let listener: Listener | undefined;
  try {
    const { handler, paths } = await createPages({
      config,
      poller,
      collectors: {
        known: new Set(COLLECTORS.map(({ name }) => name)),
        enabled: new Set(config.collectors.map(({ name }) => name)),
      },
      maintenance: maintenance.current,
      otherParts: () => [
        familiesPart([
          buildFamily(build),
          ...maintenanceFamilies(maintenance.current()),
          ...webConfig.families(),
        ]),
        ...ownMetrics.parts(),
      ],
      version: build.version,
      log,
    });
    const answer = ownMetrics.measured(protection.protected(handler), paths);
    listener = createConnectionListener(webConfig, answer, log);
    for (const address of await listen(listener, config))
      log.info({ address, tls: webConfig.current().tls !== undefined }, 'listening');
    await notify('READY=1', log);
    if (source.kind === 'socket')
      await watchSocketFolder(config.frrSocketDirPath, config.pollInterval, ended);
    else if (!ended.aborted)
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }));
    log.info({ signal: String(ended.reason) }, 'frr-exporter ends');
    void notify('STOPPING=1', log);
  } finally {
    process.off('SIGHUP', reload);
    maintenance.stop();
    ownMetrics.stop();
    await Promise.all([poller.stop(), listener?.close(), protection.stop()]);
  }
}
