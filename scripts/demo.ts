/**
 * `make demo`: a laboratory of FRR routers with the exporter, Prometheus and Alertmanager, to look at and to break. Where
 * network namespaces are not available, it replays a recording of the same laboratory.
 *
 *     node scripts/demo.ts                   runs until Ctrl-C
 *     node scripts/demo.ts break tor1|tor2   cuts a link of the running demo
 *     node scripts/demo.ts heal              restores both links
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { claim, HEALTHY, isOwned, type LinkName, startExporter, startLab } from '../test/lab/index.ts';
import { unpackRecording } from '../test/recordings.ts';
import {
  bold,
  CHECKOUT,
  dim,
  fail,
  followAlerts,
  green,
  onSignals,
  port,
  print,
  printEvent,
  red,
  repeat,
  setUp,
  startMonitoring,
} from './monitoring.ts';

const FOLDER = join(CHECKOUT, '.demo');
const STATE = join(FOLDER, 'state.json');
const RECORDING = join(FOLDER, 'recording');
const LINKS = ['tor1', 'tor2'] as const satisfies readonly LinkName[];

/** The recording that is replayed when a link is cut. */
const RECORDED_CUT = { tor1: 'tor1-shutdown-remotely', tor2: 'tor2-link-down' } as const;

/** What `break` and `heal` need to know about the running demo. */
interface State {
  /** A name that is claimed while the demo runs. */
  readonly owner: string;
  readonly url: string;
  /** Network namespaces of the remote routers; absent with a recording. */
  readonly far?: Readonly<Record<LinkName, string>>;
}

function running(): State | undefined {
  if (!existsSync(STATE)) return undefined;
  const state = JSON.parse(readFileSync(STATE, 'utf8')) as State;
  return isOwned(state.owner) ? state : undefined;
}

function showRecording(situation: string): void {
  const directory = join(FOLDER, situation);
  if (!existsSync(directory)) unpackRecording(`8.4.4/${situation}`, directory);
  // Replaced atomically, because the exporter may be reading it.
  symlinkSync(directory, `${RECORDING}.new`);
  renameSync(`${RECORDING}.new`, RECORDING);
}

async function setLink(state: State, link: LinkName, to: 'up' | 'down'): Promise<void> {
  if (state.far === undefined) showRecording(to === 'up' ? 'healthy' : RECORDED_CUT[link]);
  else await execa('ip', ['-n', state.far[link], 'link', 'set', 'down0', to]);
}

function needRunning(): State {
  const state = running() ?? fail('no demo is running in this checkout; start one with: make demo');
  if (state.far !== undefined && process.getuid?.() !== 0)
    fail('the routers belong to root; run: sudo make demo-break LINK=tor1, sudo make demo-heal');
  return state;
}

async function breakLink(name: string | undefined): Promise<void> {
  const state = needRunning();
  const link =
    LINKS.find((one) => one === name) ?? fail('name a link: make demo-break LINK=tor1 (or LINK=tor2)');
  await setLink(state, link, 'down');
  print(
    `The link to ${bold(link)} is down. ${state.url} shows it within seconds; restore it with: make demo-heal`,
  );
}

async function heal(): Promise<void> {
  const state = needRunning();
  for (const link of LINKS) await setLink(state, link, 'up');
  print(`Both links are up. ${state.url} shows the sessions recover.`);
}

/** Why the laboratory cannot run here; undefined if it can. */
async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'Not running on Linux';
  if (process.getuid?.() !== 0) return 'Not running as root (sudo make demo runs real routers)';
  const { exitCode } = await execa('unshare', ['--net', '--mount', 'true'], { reject: false });
  return exitCode === 0 ? undefined : 'Network namespaces are not allowed here';
}

/** A line of the exporter's log about a state change of a session. */
interface Change {
  readonly protocol?: string;
  readonly peer?: string;
  readonly vrf?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
}

function printChange(line: string): void {
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
  printEvent(protocol, `${where}  ${from} → ${colour(to)}${reason ? `  ${dim(reason)}` : ''}`);
}

/** Prints state changes from the exporter's log. Returns a function that stops it. */
function followLog(output: () => string): () => void {
  let printed = 0;
  return repeat(200, () => {
    const end = output().lastIndexOf('\n') + 1;
    if (end <= printed) return;
    for (const line of output().slice(printed, end).split('\n')) printChange(line);
    printed = end;
  });
}

async function demonstrate(): Promise<void> {
  const before = running();
  if (before !== undefined) fail(`a demo is already running in this checkout: ${before.url}`);
  const cleanUp: (() => unknown)[] = [];
  const ended = Promise.withResolvers<void>();
  onSignals(ended.resolve);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  cleanUp.push(() => rmSync(FOLDER, { recursive: true, force: true }));
  try {
    const obstacleHere = await obstacle();
    const shown = obstacleHere === undefined ? await live(cleanUp) : await recorded(cleanUp, obstacleHere);
    print(`
  Status page     ${bold(`${shown.url}/`)}
  Metrics         ${bold(`${shown.url}/metrics`)}${shown.more}

  Cut a link      make demo-break LINK=tor1   ${dim('in another terminal; or LINK=tor2')}
  Restore it      make demo-heal${shown.inside}
  Stop            Ctrl-C
`);
    for (const follow of shown.follow) cleanUp.push(follow());
    await ended.promise;
    print(`\n  ${dim('Cleaning up ...')}`);
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

interface Shown {
  readonly url: string;
  /** Start printing events. Each returns a function that stops it. */
  readonly follow: readonly (() => () => void)[];
  /** More addresses, and how to inspect FRR. */
  readonly more: string;
  readonly inside: string;
}

function writeState(state: State): void {
  writeFileSync(STATE, JSON.stringify(state));
}

async function live(cleanUp: (() => unknown)[]): Promise<Shown> {
  await setUp();
  print(`\n  ${dim('Starting three FRR routers ...')}`);
  const lab = await startLab({ name: 'demo', topology: HEALTHY });
  cleanUp.push(() => lab.stop());
  const exporter = await startExporter({ lab, port: await port(9342), flags: ['--log.format=json'] });
  cleanUp.push(() => exporter.stop());
  const { prometheus, alertmanager } = await startMonitoring(cleanUp, [
    { url: exporter.url, labels: { instance: 'node:9342', cluster: 'demo', hostname: 'node' } },
  ]);
  writeState({
    owner: lab.name,
    url: exporter.url,
    far: { tor1: lab.tor1.namespace, tor2: lab.tor2.namespace },
  });
  print(`
  ${bold('frr-exporter')} with FRR ${lab.version}

      tor1                     tor2       ${dim('top-of-rack routers, AS 65001 and 65002')}
         \\                     /
     100.64.1.1            eth2           ${dim('BGP and BFD; IPv4, IPv6, EVPN')}
           \\                 /
                  node                    ${dim('AS 64999, announces five addresses')}`);
  return {
    url: exporter.url,
    follow: [() => followLog(exporter.output), () => followAlerts(alertmanager.url)],
    more: `
  Prometheus      ${bold(`${prometheus.url}/alerts`)}
  Alertmanager    ${bold(`${alertmanager.url}/`)}`,
    inside: `
  Inspect FRR     vtysh -N ${lab.node.namespace}`,
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
  print(`\n  ${why}: ${bold('frr-exporter')} replays a recording of FRR 8.4.4, without routers.`);
  return { url: exporter.url, follow: [() => followLog(exporter.output)], more: '', inside: '' };
}

const [command, argument] = process.argv.slice(2);
if (command === undefined) await demonstrate();
else if (command === 'break') await breakLink(argument);
else if (command === 'heal') await heal();
else fail(`unknown command ${command}; use: scripts/demo.ts [break LINK | heal]`);
