/** `frr-exporter serve`: polls FRR and serves the metrics until a signal ends it. */

import { hostname } from 'node:os';
import type { Logger } from '../base/log.ts';
import { inheritedSockets, notifySystemd } from '../base/systemd.ts';
import { COLLECTORS } from '../collectors/index.ts';
import { eventTime } from '../events/event.ts';
import { createHistory } from '../events/history.ts';
import type { Config } from '../flags/config.ts';
import { openLogFile } from '../frr/log-file.ts';
import { watchSocketFolder } from '../frr/socket-folder.ts';
import { vtyshInvocation } from '../frr/vtysh-program.ts';
import { maintenanceFamilies, watchMaintenance } from '../maintenance.ts';
import { type BodyPart, familiesPart } from '../metrics/body.ts';
import { type Build, buildFamily } from '../metrics/build.ts';
import { startPoller } from '../poller/scheduler.ts';
import { PLAIN_HTTP, type WebConfigSource } from '../web/config/in-force.ts';
import { createListener, type Listener } from '../web/listener.ts';
import type { Protection } from '../web/protection.ts';
import type { ObserveRequest } from '../web/request-metrics.ts';
import { createRoutes } from '../web/routes.ts';
import { openConfiguredSource, pollSettings, sourceOptions } from './frr.ts';

/** Metrics about this program itself; loaded only if they are enabled. */
interface OwnMetrics {
  readonly observeRequest?: ObserveRequest;
  readonly parts: () => readonly BodyPart[];
  readonly stop: () => void;
}

async function startOwnMetrics({ webDisableExporterMetrics }: Config): Promise<OwnMetrics> {
  if (webDisableExporterMetrics) return { parts: () => [], stop: () => undefined };
  const [{ startProcessMetrics }, { createRequestMetrics }] = await Promise.all([
    import('../metrics/process.ts'),
    import('../web/request-metrics.ts'),
  ]);
  const metrics = startProcessMetrics();
  return {
    observeRequest: createRequestMetrics(metrics.registry),
    parts: () => [metrics.part()],
    stop: metrics.stop,
  };
}

/** What the web configuration file requires; loaded only if there is one. */
interface Security {
  readonly webConfig: WebConfigSource;
  readonly protection?: Protection;
  readonly stop: () => Promise<void>;
}

async function openSecurity({ webConfigFile }: Config, log: Logger): Promise<Security> {
  if (webConfigFile === undefined) return { webConfig: PLAIN_HTTP, stop: async () => undefined };
  const [{ openWebConfig }, { createPasswords }, { createProtection }] = await Promise.all([
    import('../web/config/watch.ts'),
    import('../web/passwords.ts'),
    import('../web/protection.ts'),
  ]);
  const webConfig = await openWebConfig(webConfigFile, log);
  const passwords = createPasswords();
  return { webConfig, protection: createProtection(webConfig, passwords), stop: passwords.close };
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
  const security = await openSecurity(config, log);
  const { webConfig } = security;
  const { source, why } = await openConfiguredSource(config);
  log.info(
    { version: build.version, node: process.version, source: source.kind, why },
    'frr-exporter starts',
  );
  const started = Date.now() / 1000;
  const history = createHistory(started);
  history.record({
    at: eventTime(started),
    topic: 'exporter',
    what: `frr-exporter ${build.version}`,
    labels: {},
    from: 'stopped',
    to: 'running',
    was_up: null,
    up: null,
    missed: 0,
    cause: null,
  });
  const maintenance = await watchMaintenance(
    config.maintenanceFile,
    config.pollInterval,
    log,
    history.record,
  );
  const ownMetrics = await startOwnMetrics(config);
  const reload = async () => {
    log.info('SIGHUP: reading the web configuration and the maintenance file again');
    await Promise.all([webConfig.reload(), maintenance.reload()]);
  };
  process.on('SIGHUP', reload);
  const frrLog = config.frrLog === undefined ? undefined : await openLogFile(config.frrLog, log);
  const poller = startPoller({
    source,
    collectors: config.collectors,
    settings: pollSettings(config),
    log,
    record: history.record,
    ...(frrLog !== undefined && { frrLog }),
  });
  let listener: Listener | undefined;
  try {
    const handler = await createRoutes({
      config,
      poller,
      collectors: {
        known: new Set(COLLECTORS.map(({ name }) => name)),
        enabled: new Set(config.collectors.map(({ name }) => name)),
      },
      maintenance: maintenance.current,
      history,
      otherParts: () => [
        familiesPart([
          buildFamily(build),
          ...maintenanceFamilies(maintenance.current()),
          ...webConfig.families(),
        ]),
        ...ownMetrics.parts(),
      ],
      version: build.version,
      site: {
        node: hostname(),
        vtysh: vtyshInvocation(sourceOptions(config)),
        runbooks: config.webRunbookUrl,
        dashboard: config.webDashboardUrl,
      },
      protection: security.protection,
      observeRequest: ownMetrics.observeRequest,
      log,
    });
    listener = createListener(webConfig, handler, log);
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
    await Promise.all([poller.stop().then(() => frrLog?.close()), listener?.close(), security.stop()]);
  }
}
