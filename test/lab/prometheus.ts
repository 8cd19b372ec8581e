/** Real Prometheus and Alertmanager, on free ports of 127.0.0.1, with data in a folder that goes with them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { belongingTo, claim, release } from './ownership.ts';
import { answers, freePort, type Running, start } from './process.ts';

export interface PrometheusOptions {
  /** `prometheus.yml`, as an object. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Arguments besides those of the addresses and folders. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
}

/** A sample of an instant vector. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

export interface Prometheus extends Running {
  readonly url: string;
  /** Evaluates an instant vector now. @throws with Prometheus' own words */
  query(expression: string): Promise<readonly Sample[]>;
  /** A path under `/api/v1/`: its `data`. */
  api<Data = unknown>(path: string): Promise<Data>;
}

interface ApiAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: unknown;
}

/** The scrape configuration of targets with the labels that the rules and dashboards expect. */
export function scrape(
  targets: readonly { readonly url: string; readonly labels?: Readonly<Record<string, string>> }[],
): Readonly<Record<string, unknown>> {
  return {
    job_name: 'frr',
    static_configs: targets.map(({ url, labels }) => ({
      targets: [new URL(url).host],
      ...(labels && { labels }),
    })),
  };
}

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { name, folder } = await claim('prometheus');
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, stringify(options.config));
  const running = await start(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.args ?? []),
    ],
    { env: { ...belongingTo(name), ...options.env }, cwd: folder, ready: () => answers(`${url}/-/ready`) },
  ).catch(async (error: unknown) => {
    await release(name);
    throw error;
  });
  const api = async <Data>(path: string) => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as ApiAnswer;
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data as Data;
  };
  const stop = async () => {
    await running.stop();
    await release(name);
  };
  return {
    ...running,
    url,
    api,
    query: async (expression) => {
      interface Vector {
        readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
      }
      const { result } = await api<Vector>(`query?query=${encodeURIComponent(expression)}`);
      return result.map(({ metric, value: [at, value] }) => ({ metric, value: Number(value), at }));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export interface AlertmanagerOptions {
  /** `alertmanager.yml`, as an object. */
  readonly config: Readonly<Record<string, unknown>>;
  /** It is alone unless there is a `--cluster.listen-address` among them. */
  readonly args?: readonly string[];
  readonly port?: number;
}

export interface Alertmanager extends Running {
  readonly url: string;
}

export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const { args = [] } = options;
  const { name, folder } = await claim('alertmanager');
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, stringify(options.config));
  const running = await start(
    'prometheus-alertmanager',
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(args.some((arg) => arg.startsWith('--cluster.listen-address='))
        ? []
        : ['--cluster.listen-address=']),
      ...args,
    ],
    { env: belongingTo(name), cwd: folder, ready: () => answers(`${url}/-/ready`) },
  ).catch(async (error: unknown) => {
    await release(name);
    throw error;
  });
  const stop = async () => {
    await running.stop();
    await release(name);
  };
  return { ...running, url, stop, [Symbol.asyncDispose]: stop };
}
