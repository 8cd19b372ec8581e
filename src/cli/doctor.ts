/** `frr-exporter doctor`: checks the prerequisites and suggests fixes. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pino } from 'pino';
import { parseWatchfrr } from '../collectors/daemons.ts';
import type { Config } from '../flags/config.ts';
import { COMMANDS, type Command, DAEMONS, type Daemon, showVersion } from '../frr/commands.ts';
import type { OpenedSource } from '../frr/open.ts';
import { RecordingError } from '../frr/recording.ts';
import {
  deniedWords,
  groupName,
  groupOf,
  groupWords,
  socketAccess,
  socketFile,
  socketFolder,
} from '../frr/socket-files.ts';
import { FrrError, type FrrErrorReason, type FrrSource } from '../frr/source.ts';
import { parseVersion } from '../frr/version.ts';
import { findVtysh } from '../frr/vtysh-program.ts';
import { countSeries } from '../metrics/family.ts';
import { pollOnce } from '../poller/scheduler.ts';
import type { Snapshot } from '../poller/snapshot.ts';
import { snapshotTables } from '../status/document.ts';
import { type Verdict, verdictOf } from '../status/verdict.ts';
import { openConfiguredSource, pollSettings, sourceOptions } from './frr.ts';

/** The result of a check. */
interface Finding {
  /** `warn` may be intended; only `FAIL` makes the exit status 1. */
  readonly level: 'ok' | 'warn' | 'FAIL';
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** The flag to set if it is intended. */
  readonly intended?: string;
}

/** What to do about each reason why FRR did not answer. */
const REMEDIES: Readonly<Record<FrrErrorReason, string>> = {
  not_running:
    "start it: on Debian, NAME=yes in /etc/frr/daemons and systemctl restart frr. If it was started, FRR's log says why it ended",
  permission_denied: 'give the user of this program the permission that the message names',
  timed_out:
    'restart a daemon that hangs, which ends its sessions; for one that is only busy, raise --frr.timeout',
  unknown_command: 'this requires another version of FRR, or vtysh instead of the sockets',
  not_json: 'make a recording (frr-exporter record DIR) and report a bug',
  truncated:
    "the daemon ended during the answer; FRR's log says why. If that happens every time, stop this program and report a bug",
  too_large: 'allow larger answers with --frr.max-output',
  not_installed: 'install it, set --frr.vtysh.path, or use the sockets: --frr.source=socket',
  not_recorded: 'make a new recording with this version: frr-exporter record DIR',
  failed: 'the message is that of FRR; make a recording (frr-exporter record DIR) and report it as a defect',
};

/** The remedy for what FRR, or the program that should reach it, answered. */
function remedyFor({ reason, daemon, message }: FrrError): string {
  if (/no such container|no container with name/i.test(message))
    return 'start the container, or correct its name in --frr.vtysh.prefix: podman ps';
  if (reason === 'not_running' && daemon === 'zebra')
    return 'start FRR: systemctl restart frr. zebra runs wherever FRR does; its log says why it ended';
  return REMEDIES[reason];
}

/** @returns the exit status: 0 if nothing failed, else 1 */
export async function doctor(config: Config, output: Writable): Promise<number> {
  let failed = false;
  let frr: Verdict | undefined;
  const reported = new Set<string>();
  for await (const found of examine(config)) {
    if ('headline' in found) {
      frr = found;
      continue;
    }
    const { level, text, remedy, intended } = found;
    failed ||= level === 'FAIL';
    if (reported.has(text)) continue;
    reported.add(text);
    // One remedy for each cause, however many checks it fails.
    const otherwise = intended === undefined ? '' : `. If it is intended: ${intended}`;
    const advice = remedy === undefined || reported.has(remedy) ? '' : `     -> ${remedy}${otherwise}\n`;
    if (remedy !== undefined) reported.add(remedy);
    output.write(`${level.padEnd(5)}${text}\n${advice}`);
  }
  output.write(`\n${failed ? 'The exporter has problems: see FAIL above.' : 'The exporter works.'}\n`);
  if (frr !== undefined) output.write(`${frrWords(frr)}.\n`);
  return failed ? 1 : 0;
}

/** `FRR: 1 of 2 uplinks down: eth2: BFD down received · 2 BGP sessions never up`: the worst with its objects. */
function frrWords({ headline, findings: [worst] }: Verdict): string {
  if (headline.startsWith('FRR ')) return headline;
  if (worst === undefined || worst.details.length === 0) return `FRR: ${headline}`;
  const most = worst.details.slice(0, 3).join('; ');
  const more = worst.details.length > 3 ? `; and ${worst.details.length - 3} more` : '';
  return `FRR: ${worst.text}: ${most}${more}${headline.slice(worst.text.length)}`;
}

async function* examine(config: Config): AsyncGenerator<Finding | Verdict> {
  yield checkUser();
  let opened: OpenedSource;
  try {
    opened = await openConfiguredSource(config);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    yield { level: 'FAIL', text: error.message };
    return;
  }
  const { source, why } = opened;
  try {
    yield { level: 'ok', text: `queries FRR by ${source.kind}: ${why}` };
    if (source.kind === 'vtysh') yield* checkPrefix(sourceOptions(config).vtyshPrefix);
    for (const warning of config.warnings) yield { level: 'warn', ...warning };
    // Local files say nothing about a vtysh that runs elsewhere.
    const here =
      source.kind === 'socket' || (source.kind === 'vtysh' && sourceOptions(config).vtyshPrefix.length === 0);
    if (here) yield* checkFiles(config, source.kind);
    const seen = await queryDaemons(source, here ? socketsHere(config) : [], config);
    yield* checkDaemons(seen);
    if (![...seen.versions.values()].some((answer) => typeof answer === 'string')) {
      yield { level: 'warn', text: 'the collectors were not tried because no daemon answers' };
      yield { level: 'unknown', headline: 'FRR does not answer', findings: [] };
      return;
    }
    const { collectors } = config;
    const log = pino({ level: 'silent' });
    const snapshot = await pollOnce({ source, collectors, settings: pollSettings(config), log });
    yield* checkCollectors(snapshot);
    // A daemon has answered, whether a collector got an answer or not.
    yield verdictOf({ ...snapshot, frrUp: true }, snapshotTables(snapshot));
  } finally {
    await source.close();
  }
}

function checkUser(): Finding {
  const uid = process.getuid?.();
  const gids = new Set([process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])]);
  const groups = [...gids].map((gid) => groupWords({ gid, name: groupName(gid) })).join(', ');
  const advice = uid === 0 ? '. Membership in the group of the sockets is enough; root is not required' : '';
  return { level: 'ok', text: `runs as uid ${uid}, in ${groups}${advice}` };
}

/** A process that runs in a container cannot be ended from outside. */
function* checkPrefix(prefix: readonly string[]): Generator<Finding> {
  if (!prefix.includes('exec') || prefix.includes('timeout') || path.basename(prefix[0] ?? '') === 'ip')
    return;
  const text = `${prefix.join(' ')} does not end a vtysh that hangs in the container`;
  const remedy = `end it inside the container: --frr.vtysh.prefix="${prefix.join(' ')} timeout 10"`;
  yield { level: 'warn', text, remedy };
}

/** vtysh, and the permissions of the sockets. */
function* checkFiles(config: Config, kind: FrrSource['kind']): Generator<Finding> {
  const options = sourceOptions(config);
  if (kind === 'vtysh' && findVtysh(options) === undefined)
    yield { level: 'FAIL', text: `there is no program ${options.vtyshPath}`, remedy: REMEDIES.not_installed };
  const folder = socketFolder(options);
  if (socketAccess(folder, 'enter') === 'missing') {
    const remedy = 'start FRR, or set --frr.socket.dir-path; a container needs the directory mounted';
    yield { level: 'FAIL', text: `there is no directory ${folder}`, remedy };
    return;
  }
  if (socketAccess(folder, 'enter') === 'denied') {
    yield denied(folder);
    return;
  }
  const sockets = socketsHere(config).map((daemon) => socketFile(options, daemon));
  if (sockets.length === 0) {
    const text = `there are no sockets of FRR in ${folder}`;
    yield { level: 'FAIL', text, remedy: pathspaceRemedy(folder) };
  }
  for (const socket of sockets) if (socketAccess(socket) === 'denied') yield denied(socket);
  const usable = sockets.filter((socket) => socketAccess(socket) === 'allowed');
  if (usable.length > 0)
    yield {
      level: 'ok',
      text: `may use the sockets in ${folder}: ${usable.map((file) => path.basename(file)).join(', ')}`,
    };
}

function denied(file: string): Finding {
  const group = groupOf(file);
  const remedy =
    group === undefined
      ? REMEDIES.permission_denied
      : `usermod --append --groups ${group.name ?? group.gid} USER, and restart this program; for a container: --group-add ${group.gid}`;
  return { level: 'FAIL', text: deniedWords(file), remedy };
}

/** Daemons with a socket here; a daemon that was killed leaves its socket behind. */
function socketsHere(config: Config): readonly Daemon[] {
  const names = namesIn(socketFolder(sourceOptions(config)));
  return DAEMONS.filter((daemon) => names.includes(`${daemon}.vty`));
}

/** None if the directory does not exist or cannot be read. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function pathspaceRemedy(folder: string): string {
  const spaces = namesIn(folder).filter((name) =>
    namesIn(path.join(folder, name)).some((file) => file.endsWith('.vty')),
  );
  return spaces.length === 0
    ? 'start FRR, or set --frr.socket.dir-path to the directory of its sockets'
    : `set the pathspace of this FRR: --frr.pathspace=${spaces.join(' or --frr.pathspace=')}`;
}

/** The answers of the daemons. */
interface Seen {
  readonly watchfrr: string | FrrError;
  /** The answer to `show version` of each daemon that should answer. */
  readonly versions: ReadonlyMap<Daemon, string | FrrError>;
}

async function queryDaemons(source: FrrSource, sockets: readonly Daemon[], config: Config): Promise<Seen> {
  const answerTo = async (command: Command): Promise<string | FrrError> => {
    try {
      return (await source.show(command, AbortSignal.timeout(config.frrTimeout * 1000))).bytes.toString();
    } catch (error) {
      if (error instanceof FrrError) return error;
      throw error;
    }
  };
  const watchfrr = await answerTo(COMMANDS.watchfrr);
  const watched = typeof watchfrr === 'string' ? [...parseWatchfrr(watchfrr).keys()] : [];
  const expected = new Set<Daemon>(['zebra', ...sockets, ...watched]);
  expected.delete('watchfrr');
  const versions = new Map<Daemon, string | FrrError>();
  for (const daemon of expected) versions.set(daemon, await answerTo(showVersion(daemon)));
  return { watchfrr, versions };
}

function* checkDaemons({ watchfrr, versions }: Seen): Generator<Finding> {
  const zebra = versions.get('zebra');
  if (typeof zebra === 'string') {
    const version = parseVersion(zebra);
    yield version === undefined
      ? {
          level: 'warn',
          text: `zebra does not report a version of FRR: ${JSON.stringify(zebra.slice(0, 60))}`,
        }
      : { level: 'ok', text: `FRR ${version}` };
  }
  const answering = [...versions]
    .filter(([, answer]) => typeof answer === 'string')
    .map(([daemon]) => daemon);
  if (answering.length > 0) yield { level: 'ok', text: `these daemons answer: ${answering.join(', ')}` };
  for (const [daemon, answer] of versions) {
    // Older recordings have the version of zebra only.
    if (typeof answer === 'string' || (answer.reason === 'not_recorded' && daemon !== 'zebra')) continue;
    yield { level: 'FAIL', text: answer.message, remedy: remedyFor(answer) };
  }
  if (typeof watchfrr === 'string') {
    const states = [...parseWatchfrr(watchfrr)];
    const down = states.filter(([, up]) => !up).map(([daemon]) => daemon);
    if (down.length > 0)
      yield {
        level: 'FAIL',
        text: `watchfrr reports as down: ${down.join(', ')}`,
        remedy: REMEDIES.not_running,
      };
    else yield { level: 'ok', text: `watchfrr monitors ${states.map(([daemon]) => daemon).join(', ')}` };
  } else if (watchfrr.reason === 'not_running') {
    const remedy = "FRR's own start script starts it; this is fine if something else restarts daemons";
    yield { level: 'warn', text: 'watchfrr is not running: nothing restarts a daemon that dies', remedy };
  } else {
    yield { level: 'warn', text: watchfrr.message, remedy: REMEDIES[watchfrr.reason] };
  }
}

/** Failures that may be intended: the node has no such daemon, FRR no such command, the recording no answer. */
const MAY_BE_INTENDED: ReadonlySet<FrrErrorReason> = new Set([
  'not_running',
  'unknown_command',
  'not_recorded',
]);

function* checkCollectors({ collectors, parts }: Snapshot): Generator<Finding> {
  for (const { name, error, unsupported, duration = 0 } of collectors) {
    if (unsupported !== undefined) {
      yield { level: 'warn', text: unsupported, remedy: `--no-collector.${name}` };
    } else if (error === undefined) {
      const series = countSeries(parts.find((part) => part.name === name)?.families ?? []);
      const milliseconds = Math.max(1, Math.round(duration * 1000));
      yield { level: 'ok', text: `collector ${name}: ${series} series in ${milliseconds} ms` };
    } else if (MAY_BE_INTENDED.has(error.reason)) {
      yield {
        level: 'warn',
        text: `collector ${name}: ${error.message}`,
        remedy: REMEDIES[error.reason],
        intended: `--no-collector.${name}`,
      };
    } else {
      yield { level: 'FAIL', text: `collector ${name}: ${error.message}`, remedy: REMEDIES[error.reason] };
    }
  }
}
