/**
 * `make demo`: the laboratory with the exporter beside its node, and Prometheus and Alertmanager, for people to look
 * at and break. Where network namespaces are not to be had, a recording of the same laboratory.
 *
 *     node scripts/demo.ts                   until Ctrl-C
 *     node scripts/demo.ts break tor1|tor2   cuts that link of the running demonstration
 *     node scripts/demo.ts heal              mends both
 */
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
import {
  claim,
  freePort,
  HEALTHY,
  isOwned,
  type LinkName,
  scrape,
  startAlertmanager,
  startExporter,
  startLab,
  startPrometheus,
} from '../test/lab/index.ts';
import { unpackRecording } from '../test/recordings.ts';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(CHECKOUT, '.demo');
const STATE = join(FOLDER, 'state.json');
const RECORDING = join(FOLDER, 'recording');
const LINKS = ['tor1', 'tor2'] as const satisfies readonly LinkName[];

/** Which situation of the recordings is shown for a cut link. */
const RECORDED_CUT = { tor1: 'tor1-shutdown-remotely', tor2: 'tor2-link-down' } as const;

/** What `break` and `heal` need to know of the demonstration that runs. */
interface State {
  /** A name that is owned while the demonstration runs. */
  readonly owner: string;
  readonly url: string;
  /** Network namespaces of the routers at the far ends; none with a recording. */
  readonly far?: Readonly<Record<LinkName, string>>;
}

const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
const bold = (text: string) => (colours ? `\x1b[1m${text}\x1b[0m` : text);
const dim = (text: string) => (colours ? `\x1b[2m${text}\x1b[0m` : text);
const red = (text: string) => (colours ? `\x1b[31m${text}\x1b[0m` : text);
const green = (text: string) => (colours ? `\x1b[32m${text}\x1b[0m` : text);

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

function give(up: string): never {
  process.stderr.write(`demo: ${up}\n`);
  process.exit(1);
}

function running(): State | undefined {
  if (!existsSync(STATE)) return undefined;
  const state = JSON.parse(readFileSync(STATE, 'utf8')) as State;
  return isOwned(state.owner) ? state : undefined;
}

function showRecording(situation: string): void {
  const directory = join(FOLDER, situation);
  if (!existsSync(directory)) unpackRecording(`8.4.4/${situation}`, directory);
  // Replaced in one go: the exporter may be reading.
  symlinkSync(directory, `${RECORDING}.new`);
  renameSync(`${RECORDING}.new`, RECORDING);
}

async function setLink(state: State, link: LinkName, to: 'up' | 'down'): Promise<void> {
  if (state.far === undefined) showRecording(to === 'up' ? 'healthy' : RECORDED_CUT[link]);
  else await execa('ip', ['-n', state.far[link], 'link', 'set', 'down0', to]);
}

function needRunning(): State {
  const state = running() ?? give('no demonstration runs here; start it with: make demo');
  if (state.far !== undefined && process.getuid?.() !== 0)
    give("the routers are root's; try again with: sudo make demo-break LINK=tor1, sudo make demo-heal");
  return state;
}

async function breakLink(name: string | undefined): Promise<void> {
  const state = needRunning();
  const link =
    LINKS.find((one) => one === name) ?? give('which link? make demo-break LINK=tor1 (or LINK=tor2)');
  await setLink(state, link, 'down');
  tell(
    `The link to ${bold(link)} is cut. ${state.url} shows it within seconds; mend it with: make demo-heal`,
  );
}

async function heal(): Promise<void> {
  const state = needRunning();
  for (const link of LINKS) await setLink(state, link, 'up');
  tell(`Both links are whole. ${state.url} shows the sessions come back.`);
}

/** A port that people know, where it is free; else any. */
async function port(wanted: number): Promise<number> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return free ? wanted : freePort();
}

/** Why there can be no laboratory here; undefined when there can. */
async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'This is not Linux';
  if (process.getuid?.() !== 0) return 'This is not root (sudo make demo shows real routers)';
  const { exitCode } = await execa('unshare', ['--net', '--mount', 'true'], { reject: false });
  return exitCode === 0 ? undefined : 'This container may not make network namespaces';
}

/** A line of the exporter's log: a session changed its state. */
interface Change {
  readonly protocol?: string;
  readonly peer?: string;
  readonly vrf?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
}

function tellEvent(what: string, text: string): void {
  tell(`  ${dim(new Date().toTimeString().slice(0, 8))}  ${what.padEnd(5)}  ${text}`);
}

function tellChange(line: string): void {
  let change: Change;
  try {
    change = JSON.parse(line) as Change;
  } catch {
    return;
  }
  const { protocol, peer, vrf, from, to, reason } = change;
  if (protocol === undefined || peer === undefined || from === undefined || to === undefined) return;
  const colour = to === 'Established' || to === 'Up' ? green : red;
  const where = vrf === undefined || vrf === 'default' ? peer : `${peer} (VRF ${vrf})`;
  tellEvent(protocol, `${where}  ${from} → ${colour(to)}${reason ? `  ${dim(reason)}` : ''}`);
}

/** Calls again and again, one call after the other, until it is stopped. */
function repeat(every: number, work: () => unknown): () => void {
  let timer: NodeJS.Timeout;
  const again = async () => {
    await work();
    timer = setTimeout(again, every);
  };
  timer = setTimeout(again, every);
  return () => clearTimeout(timer);
}

/** Tells the changes as the exporter's log grows, until it is stopped. */
function followLog(output: () => string): () => void {
  let told = 0;
  return repeat(200, () => {
    const end = output().lastIndexOf('\n') + 1;
    if (end <= told) return;
    for (const line of output().slice(told, end).split('\n')) tellChange(line);
    told = end;
  });
}

/** An alert as Alertmanager's API tells it. */
interface Alert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Tells what Alertmanager would page for, and that it is over, until it is stopped. */
function followAlerts(url: string): () => void {
  let known = new Map<string, Alert>();
  return repeat(1000, async () => {
    const response = await fetch(`${url}/api/v2/alerts?inhibited=false&silenced=false`).catch(
      () => undefined,
    );
    if (response?.ok !== true) return;
    const alerts = ((await response.json()) as Alert[]).filter(
      ({ labels }) => labels.alertname !== 'Watchdog',
    );
    const now = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
    const text = ({ labels, annotations }: Alert) =>
      `${labels.alertname}  ${labels.severity}  ${dim(annotations.summary ?? '')}`;
    for (const [id, alert] of now) if (!known.has(id)) tellEvent('ALERT', red(text(alert)));
    for (const [id, alert] of known) if (!now.has(id)) tellEvent('over', green(text(alert)));
    known = now;
  });
}

async function demonstrate(): Promise<void> {
  const before = running();
  if (before !== undefined) give(`a demonstration runs here already: ${before.url}`);
  const cleanUp: (() => unknown)[] = [];
  let ending: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    ending = resolve;
  });
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      signals += 1;
      // Whoever asks twice does not want to wait: what is left then goes by itself, since it bears our name.
      if (signals > 1) process.exit(130);
      ending?.();
    });
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  cleanUp.push(() => rmSync(FOLDER, { recursive: true, force: true }));
  try {
    const obstacleHere = await obstacle();
    const shown = obstacleHere === undefined ? await live(cleanUp) : await recorded(cleanUp, obstacleHere);
    tell(`
  Status page     ${bold(`${shown.url}/`)}
  Metrics         ${bold(`${shown.url}/metrics`)}${shown.more}

  Cut a link      make demo-break LINK=tor1   ${dim('in another terminal; or LINK=tor2')}
  Mend it         make demo-heal${shown.inside}
  End             Ctrl-C
`);
    for (const follow of shown.follow) cleanUp.push(follow());
    await ended;
    tell(`\n  ${dim('Clearing up ...')}`);
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

interface Shown {
  readonly url: string;
  /** Start to tell what happens. What they give stops them. */
  readonly follow: readonly (() => () => void)[];
  /** More addresses, and how to look inside. */
  readonly more: string;
  readonly inside: string;
}

/** Those of the shipped Alertmanager configuration. */
function inhibitRules(): unknown {
  const [file] = globSync(join(CHECKOUT, 'alerts/alertmanager/alertmanager.yml'));
  if (file === undefined) return [];
  return (parse(readFileSync(file, 'utf8')) as { inhibit_rules?: unknown }).inhibit_rules ?? [];
}

function writeState(state: State): void {
  writeFileSync(STATE, JSON.stringify(state));
}

async function live(cleanUp: (() => unknown)[]): Promise<Shown> {
  const { exitCode } = await execa('scripts/setup', ['demo'], {
    cwd: CHECKOUT,
    stdio: 'inherit',
    reject: false,
  });
  if (exitCode !== 0) give('the set-up failed, see above');
  tell(`\n  ${dim('Starting three FRR routers ...')}`);
  const lab = await startLab({ name: 'demo', topology: HEALTHY });
  cleanUp.push(() => lab.stop());
  const exporter = await startExporter({ lab, port: await port(9342), flags: ['--log.format=json'] });
  cleanUp.push(() => exporter.stop());
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
      scrape_configs: [
        scrape([{ url: exporter.url, labels: { instance: 'node:9342', cluster: 'demo', hostname: 'node' } }]),
      ],
      rule_files: globSync(join(CHECKOUT, 'alerts/rules/*.{yml,yaml}')),
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
    },
  });
  cleanUp.push(() => prometheus.stop());
  writeState({
    owner: lab.name,
    url: exporter.url,
    far: { tor1: lab.tor1.namespace, tor2: lab.tor2.namespace },
  });
  tell(`
  ${bold('frr-exporter')} beside FRR ${lab.version}

      tor1                     tor2       ${dim('top-of-rack routers, AS 65001 and 65002')}
         \\                     /
     100.64.1.1            eth2           ${dim('BGP and BFD; IPv4, IPv6, EVPN')}
           \\                 /
                  node                    ${dim('AS 64999, with five addresses to announce')}`);
  return {
    url: exporter.url,
    follow: [() => followLog(exporter.output), () => followAlerts(alertmanager.url)],
    more: `
  Prometheus      ${bold(`${prometheus.url}/alerts`)}
  Alertmanager    ${bold(`${alertmanager.url}/`)}`,
    inside: `
  Ask FRR         vtysh -N ${lab.node.namespace}`,
  };
}

async function recorded(cleanUp: (() => unknown)[], why: string): Promise<Shown> {
  showRecording('healthy');
  const { name } = await claim('demo');
  const exporter = await startExporter({
    port: await port(9342),
    flags: ['--log.format=json', '--frr.source=recording', `--frr.recording=${RECORDING}`],
  });
  cleanUp.push(() => exporter.stop());
  writeState({ owner: name, url: exporter.url });
  tell(`\n  ${why}: this is ${bold('frr-exporter')} on a recording of FRR 8.4.4, without routers.`);
  return { url: exporter.url, follow: [() => followLog(exporter.output)], more: '', inside: '' };
}

const [command, argument] = process.argv.slice(2);
if (command === undefined) await demonstrate();
else if (command === 'break') await breakLink(argument);
else if (command === 'heal') await heal();
else give(`there is no ${command}; scripts/demo.ts takes nothing, break LINK, or heal`);
