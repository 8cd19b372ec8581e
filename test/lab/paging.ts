/**
 * The shipped pipeline from metrics to notifications: Prometheus and Alertmanager with the configuration, rules and
 * templates of `alerts/`, behind nodes of a rack. Timings, routes, groups, inhibition and texts are those of the files.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { readThresholds } from '../../alerts/thresholds.ts';
import { timings } from '../../alerts/timings.ts';
import { type Exporter, forwardInto, startExporter } from './exporter.ts';
import { type AlertmanagerConfig, type Message, type Messages, startMessages } from './messages.ts';
import { belongingTo, claim, release } from './ownership.ts';
import { freePort, start } from './process.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import type { RackNode } from './rack.ts';

const ALERTS = resolve(import.meta.dirname, '../../alerts');

/** A node with FRR, the exporter and a second exporter, both reachable from this machine. */
export interface WatchedNode extends AsyncDisposable {
  readonly node: RackNode;
  /** Labels that its targets carry. */
  labels: Readonly<Record<string, string>>;
  readonly exporterPort: number;
  readonly witnessPort: number;
  /** The maintenance flag file. */
  readonly maintenanceFile: string;
  /** Ends the exporter with SIGKILL. */
  killExporter(): Promise<void>;
  startExporter(): Promise<void>;
  /** Scrapes of the exporter wait for an answer that does not come. */
  holdScrapes(): void;
  releaseScrapes(): void;
  /** Power off, as seen from outside: links without a carrier, nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the exporters of a node, with the shipped defaults except for faster polling. */
export async function watchNode(
  node: RackNode,
  labels: Readonly<Record<string, string>>,
): Promise<WatchedNode> {
  const exporterPort = await freePort();
  const witnessPort = await freePort();
  const maintenanceFile = `/tmp/${node.router.namespace}-maintenance`;
  const launch = (): Promise<Exporter> =>
    startExporter({
      lab: node.beside,
      source: 'socket',
      port: exporterPort,
      flags: ['--poll.interval=2s', '--frr.timeout=2s', `--maintenance.file=${maintenanceFile}`],
    });
  let exporter: Exporter = await launch();
  const witness = await start(
    'ip',
    [
      ...['netns', 'exec', node.router.namespace, 'prometheus-node-exporter'],
      ...['--web.listen-address=127.0.0.1:9100', '--collector.disable-defaults', '--collector.uname'],
    ],
    { env: belongingTo(node.beside.name), ready: async () => true },
  );
  const window = await forwardInto(node.beside, witnessPort, 9100);
  const frr = () =>
    [...node.router.daemons, 'watchfrr']
      .map((daemon) => node.router.pid(daemon))
      .filter((pid) => pid !== undefined);
  const signal = (name: NodeJS.Signals, pids: readonly number[]): void => {
    for (const pid of pids) {
      // One that has been killed meanwhile needs no signal.
      if (existsSync(`/proc/${pid}`)) process.kill(pid, name);
    }
  };
  const all = () =>
    [exporter.pid, exporter.forwarderPid, witness.pid, window.pid, ...frr()].filter(
      (pid) => pid !== undefined,
    );
  const stop = async () => {
    signal('SIGCONT', all());
    await Promise.all([exporter.stop(), witness.stop(), window.stop()]);
  };
  return {
    node,
    labels,
    exporterPort,
    witnessPort,
    maintenanceFile,
    killExporter: async () => {
      process.kill(exporter.pid, 'SIGKILL');
    },
    startExporter: async () => {
      await exporter.stop();
      exporter = await launch();
    },
    holdScrapes: () => signal('SIGSTOP', [exporter.forwarderPid ?? 0]),
    releaseScrapes: () => signal('SIGCONT', [exporter.forwarderPid ?? 0]),
    freeze: async () => {
      signal('SIGSTOP', all());
      await node.cut('tor1');
      await node.cut('tor2');
    },
    thaw: async () => {
      await node.heal('tor1');
      await node.heal('tor2');
      signal('SIGCONT', all());
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export interface PagingOptions {
  readonly nodes: readonly WatchedNode[];
  /** More arguments of `make rules`, for tests that cannot wait for what is meant to be slow. */
  readonly thresholds?: readonly string[];
  /** Of scrapes and evaluations, when it is not that of the shipped files: what `make rules` makes for it is used. */
  readonly interval?: string;
  /** Changes Alertmanager's shipped configuration. */
  readonly change?: (config: AlertmanagerConfig) => void;
}

export interface Paging extends AsyncDisposable {
  readonly prometheus: Prometheus;
  /** What has come so far, in the order in which it came. */
  readonly messages: readonly Message[];
  /** Updates Prometheus' targets after labels have changed. */
  writeTargets(): void;
  stop(): Promise<void>;
}

interface PrometheusConfig {
  readonly global: object;
  rule_files: string[];
  alerting: { alertmanagers: unknown[] };
  scrape_configs: (Record<string, unknown> & { job_name: string })[];
}

export async function startPaging(options: PagingOptions): Promise<Paging> {
  const { name, folder } = await claim('paging');
  let messages: Messages | undefined;
  let prometheus: Prometheus | undefined;
  const stop = async () => {
    await prometheus?.stop();
    await messages?.stop();
    await release(name);
  };
  try {
    const { interval } = options;
    const flags = [
      ...(interval === undefined
        ? []
        : ['scrape', 'evaluation'].map((name) => `--${name}-interval=${interval}`)),
      ...(options.thresholds ?? []),
    ];
    const rules = join(folder, 'rules');
    await execa(process.execPath, [
      join(ALERTS, 'render.ts'),
      `--thresholds=${join(ALERTS, 'thresholds.yaml')}`,
      `--output=${rules}`,
      ...flags,
    ]);
    messages = await startMessages((config) => {
      if (interval !== undefined) setTimings(config, flags);
      options.change?.(config);
    });

    const targets = join(folder, 'targets');
    mkdirSync(targets);
    const writeTargets = () => {
      for (const [job, port] of [
        ['frr', 'exporterPort'],
        ['node', 'witnessPort'],
      ] as const) {
        const inside = job === 'frr' ? 9342 : 9100;
        const content = options.nodes.map((node) => ({
          targets: [`127.0.0.1:${node[port]}`],
          labels: { instance: `${node.node.name}:${inside}`, hostname: node.node.name, ...node.labels },
        }));
        const path = join(targets, `${job}.yaml`);
        writeFileSync(`${path}.new`, stringify(content));
        renameSync(`${path}.new`, path);
      }
    };
    writeTargets();
    const port = await freePort();
    prometheus = await startPrometheus({
      config: prometheusConfig(targets, rules, port, new URL(messages.alertmanager.url).host, interval),
      port,
    });
    return {
      prometheus,
      messages: messages.messages,
      writeTargets,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gives the route of pages the timings that `make rules` prints with these arguments. */
function setTimings(config: AlertmanagerConfig, flags: readonly string[]): void {
  const source = join(ALERTS, 'thresholds.yaml');
  const settings = Object.fromEntries(
    flags.map((flag) => {
      const [name = '', value = ''] = flag.slice('--'.length).split('=');
      return [name.replaceAll('-', '_'), value];
    }),
  );
  const { groupWait, groupInterval } = timings(
    readThresholds(readFileSync(source, 'utf8'), source, settings),
  );
  for (const route of config.route.routes.filter(({ receiver }) => receiver === 'page'))
    Object.assign(route, { group_wait: groupWait, group_interval: groupInterval });
}

/** The shipped configuration, with addresses of this machine, and perhaps another interval. */
function prometheusConfig(
  targets: string,
  rules: string,
  port: number,
  alertmanager: string,
  interval: string | undefined,
): Record<string, unknown> {
  const config = parse(readFileSync(join(ALERTS, 'prometheus/prometheus.yml'), 'utf8')) as PrometheusConfig;
  if (interval !== undefined)
    Object.assign(config.global, { scrape_interval: interval, evaluation_interval: interval });
  config.rule_files = [`${rules}/*.yaml`];
  config.alerting.alertmanagers = [{ static_configs: [{ targets: [alertmanager] }] }];
  for (const job of config.scrape_configs) {
    // The targets have their instance already.
    for (const key of ['scheme', 'tls_config', 'basic_auth', 'relabel_configs']) delete job[key];
    if (job.job_name === 'prometheus') job.static_configs = [{ targets: [`127.0.0.1:${port}`] }];
    else if (job.job_name === 'alertmanager') job.static_configs = [{ targets: [alertmanager] }];
    else job.file_sd_configs = [{ files: [join(targets, `${job.job_name}.yaml`)] }];
  }
  return config as unknown as Record<string, unknown>;
}
