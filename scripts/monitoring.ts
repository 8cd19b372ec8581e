/** What `make demo` and `make scenario` have in common: Prometheus and Alertmanager with the shipped rules, and the terminal. */
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
import {
  type Alertmanager,
  freePort,
  type Prometheus,
  scrape,
  startAlertmanager,
  startPrometheus,
} from '../test/lab/index.ts';

export const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));

const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
export const bold = (text: string) => (colours ? `\x1b[1m${text}\x1b[0m` : text);
export const dim = (text: string) => (colours ? `\x1b[2m${text}\x1b[0m` : text);
export const red = (text: string) => (colours ? `\x1b[31m${text}\x1b[0m` : text);
export const green = (text: string) => (colours ? `\x1b[32m${text}\x1b[0m` : text);

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A line with the time. */
export function printEvent(what: string, text: string): void {
  print(`  ${dim(new Date().toTimeString().slice(0, 8))}  ${what.padEnd(5)}  ${text}`);
}

/** Ends this program with one line on standard error. */
export function fail(message: string): never {
  process.stderr.write(`${basename(process.argv[1] as string, '.ts')}: ${message}\n`);
  process.exit(1);
}

/** Installs what the programs need. */
export async function setUp(): Promise<void> {
  const { exitCode } = await execa('scripts/setup', ['demo'], {
    cwd: CHECKOUT,
    stdio: 'inherit',
    reject: false,
  });
  if (exitCode !== 0) fail('the set-up failed, see above');
}

/** Calls `stop` at the first signal to end. Returns what calls it too, such as for Ctrl-C that is a key at a terminal. */
export function onSignals(stop: () => void): () => void {
  let stopped = false;
  const signal = () => {
    // A second signal exits immediately. What is left behind carries our name and is cleaned up later.
    if (stopped) process.exit(130);
    stopped = true;
    stop();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, signal);
  return signal;
}

/** The well-known port if it is free, otherwise any. */
export async function port(wanted: number): Promise<number> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return free ? wanted : freePort();
}

/** Calls `work` repeatedly, never concurrently. Returns a function that stops it. */
export function repeat(every: number, work: () => unknown): () => void {
  let stopped = false;
  const again = async () => {
    await work();
    if (!stopped) timer = setTimeout(again, every);
  };
  let timer = setTimeout(again, every);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** An alert of Alertmanager's API. */
interface Alert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Prints alerts that Alertmanager would send, and when they are resolved. Returns a function that stops it. */
export function followAlerts(url: string): () => void {
  let known = new Map<string, Alert>();
  return repeat(1000, async () => {
    const response = await fetch(`${url}/api/v2/alerts?inhibited=false&silenced=false`).catch(
      () => undefined,
    );
    if (response?.ok !== true) return;
    const alerts = ((await response.json()) as Alert[]).filter(
      ({ labels }) => labels.alertname !== 'FRRWatchdog',
    );
    const now = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
    const text = ({ labels, annotations }: Alert) =>
      `${labels.alertname}  ${labels.severity}  ${dim(annotations.summary ?? '')}`;
    for (const [id, alert] of now) if (!known.has(id)) printEvent('ALERT', red(text(alert)));
    for (const [id, alert] of known) if (!now.has(id)) printEvent('OK', green(text(alert)));
    known = now;
  });
}

/** The inhibit rules of the shipped Alertmanager configuration. */
function inhibitRules(): unknown {
  const [file] = globSync(join(CHECKOUT, 'alerts/alertmanager/alertmanager.yml'));
  if (file === undefined) return [];
  return (parse(readFileSync(file, 'utf8')) as { inhibit_rules?: unknown }).inhibit_rules ?? [];
}

/** Starts Prometheus and Alertmanager with the shipped rules, on their well-known ports if these are free. */
export async function startMonitoring(
  cleanUp: (() => unknown)[],
  targets: Parameters<typeof scrape>[0],
): Promise<{ readonly prometheus: Prometheus; readonly alertmanager: Alertmanager }> {
  const alertmanager = await startAlertmanager({
    port: await port(9093),
    config: {
      route: {
        receiver: 'nobody',
        group_by: ['alertname', 'cluster'],
        group_wait: '5s',
        group_interval: '10s',
      },
      receivers: [{ name: 'nobody' }],
      inhibit_rules: inhibitRules(),
    },
  });
  cleanUp.push(() => alertmanager.stop());
  const prometheus = await startPrometheus({
    port: await port(9090),
    config: {
      global: { scrape_interval: '5s', evaluation_interval: '5s' },
      scrape_configs: [scrape(targets)],
      rule_files: globSync(join(CHECKOUT, 'alerts/rules/*.{yml,yaml}')),
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
    },
  });
  cleanUp.push(() => prometheus.stop());
  return { prometheus, alertmanager };
}
