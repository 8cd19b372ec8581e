/** Which of FRR's daemons run, hang or were restarted, and which FRR it is. */
import { COMMANDS, type Command, DAEMONS, type Daemon, showVersion } from '../frr/commands.ts';
import { FrrError } from '../frr/source.ts';
import { parseVersion } from '../frr/version.ts';
import { metric } from '../metrics/family.ts';
import { type Frr, statefulCollector, states } from './collector.ts';
import { daemonNamed, parseZebraClients } from './zebra-clients.ts';

const VERSION_LABELS = ['version'] as const;
const DAEMON_LABELS = ['daemon'] as const;

/** Which FRR it is. */
export const frrInfo = metric({
  name: 'frr_info',
  type: 'info',
  help: 'Version of FRR, as reported by zebra.',
  labels: VERSION_LABELS,
  source: showVersion.text,
});
/** 1 while the daemon answers. */
const daemonUp = metric({
  name: 'frr_daemon_up',
  type: 'gauge',
  help: 'Whether the daemon answers. Every daemon seen since the exporter started has a series.',
  labels: DAEMON_LABELS,
  source: `${showVersion.text}, to each daemon; for watchfrr: ${COMMANDS.watchfrr.text}`,
});
/** 1 while the daemon takes connections and does not answer. */
export const daemonHung = metric({
  name: 'frr_daemon_hung',
  type: 'gauge',
  help: 'Whether the daemon accepts connections but does not answer within --frr.timeout.',
  labels: DAEMON_LABELS,
  source: `${showVersion.text}, to each daemon; for watchfrr: ${COMMANDS.watchfrr.text}`,
});
const daemonWatchfrrUp = metric({
  name: 'frr_daemon_watchfrr_up',
  type: 'gauge',
  help: 'Whether watchfrr considers the daemon up; absent without watchfrr.',
  labels: DAEMON_LABELS,
  source: COMMANDS.watchfrr.text,
});
const daemonRestarts = metric({
  name: 'frr_daemon_restarts_total',
  type: 'counter',
  help: 'Number of restarts of the daemon seen by the exporter: it answers again after it was down, or has reconnected to zebra.',
  labels: DAEMON_LABELS,
  source: `${showVersion.text}, to each daemon; ${COMMANDS.zebraClients.text}: Connect Time`,
});

const runningStates = states({
  topic: 'daemon',
  metric: daemonUp,
  names: new Map([
    [0, 'down'],
    [1, 'up'],
  ]),
  up: 1,
  transitions: { metric: daemonRestarts, counts: 'up' },
  title: ({ daemon }) => daemon,
});

const answeringStates = states({
  topic: 'daemon_hung',
  metric: daemonHung,
  names: new Map([
    [0, 'answering'],
    [1, 'hung'],
  ]),
  up: 0,
  title: ({ daemon }) => daemon,
});

/** The result of the last query to a daemon. */
interface Health {
  /** Undefined when that is unknown: no permission to query it, no answer in the recording. */
  readonly up: boolean | undefined;
  readonly hung: boolean;
  /** Seconds since it connected to zebra; undefined when it is no client of zebra now. */
  readonly connected: number | undefined;
  readonly restarts: number;
}

interface Answers {
  readonly version: string | undefined;
  /** The system that FRR runs on: `Linux(6.1.0)`. */
  readonly system: string | undefined;
  readonly daemons: ReadonlyMap<Daemon, Health>;
  readonly watchfrr: ReadonlyMap<Daemon, boolean>;
}

export const daemons = statefulCollector({
  name: 'daemons',
  help: "State of FRR's daemons, their restarts, watchfrr's view of them, and FRR's version.",
  enabledByDefault: true,
  pace: 'sessions',
  commands: [showVersion, COMMANDS.watchfrr, COMMANDS.zebraClients],
  descriptors: [frrInfo, daemonUp, daemonHung, daemonWatchfrrUp, daemonRestarts],
  states: [runningStates, answeringStates],
  status: {
    daemons: {
      title: 'Daemons',
      items: (tables) =>
        tables.rows(daemonUp).map(({ labels, value, number, flag }) => ({
          name: labels.daemon,
          up: value === 1,
          hung: flag(daemonHung),
          watchfrr_up: flag(daemonWatchfrrUp),
          restarts: number(daemonRestarts),
        })),
    },
  },
  *findings(tables) {
    const all = tables.rows(daemonUp);
    const broken = all.filter(({ value, flag }) => value !== 1 || flag(daemonHung) === true);
    if (broken.length > 0)
      yield {
        level: 'critical',
        text: broken
          .map(({ labels, flag }) => `${labels.daemon} ${flag(daemonHung) === true ? 'hangs' : 'down'}`)
          .join(', '),
        details: [],
        measure: { name: 'daemons_down', bad: broken.length, all: all.length },
      };
  },
  flags: {},
  create: () => ({
    query: createQuery(),
    *families({ version, daemons, watchfrr }, { emit, labels }) {
      if (version !== undefined) emit(frrInfo, labels(VERSION_LABELS, [version]), 1);
      for (const [daemon, { up, hung, restarts }] of daemons) {
        yield;
        const set = labels(DAEMON_LABELS, [daemon]);
        emit(daemonUp, set, up);
        if (up !== undefined) emit(daemonHung, set, hung);
        emit(daemonRestarts, set, restarts);
      }
      for (const [daemon, up] of watchfrr) emit(daemonWatchfrrUp, labels(DAEMON_LABELS, [daemon]), up);
    },
  }),
});

/** The query remembers the daemons that it has seen, and their last results. */
function createQuery(): (frr: Frr) => Promise<Answers> {
  let seen: ReadonlyMap<Daemon, Health> = new Map();
  /** A daemon has answered: FRR was there when all of them were queried. */
  let found = false;

  return async (frr) => {
    const known = [...seen.keys()].filter((daemon) => daemon !== 'watchfrr');
    const [watched, clients, before] = await Promise.all([
      probe(frr, COMMANDS.watchfrr),
      probe(frr, COMMANDS.zebraClients),
      probeVersions(frr, known),
    ]);
    const watchfrr = parseWatchfrr(watched.text);
    const connections = parseZebraClients(clients.text);
    const expected = new Set<Daemon>(['zebra', ...watchfrr.keys(), ...connections.keys(), ...seen.keys()]);
    expected.delete('watchfrr');
    // Where no watchfrr lists the daemons, those that are no clients of zebra are found by querying each, once FRR is
    // there.
    const candidates = !found && watchfrr.size === 0 ? DAEMONS : [...expected];
    const zebraRestarted = allReconnected(seen, connections);
    const others = candidates.filter((daemon) => daemon !== 'watchfrr' && !before.has(daemon));
    const versions = new Map([...before, ...(await probeVersions(frr, others))]);
    const probed = candidates.flatMap((daemon) => {
      const outcome = versions.get(daemon);
      return outcome === undefined ? [] : [[daemon, outcome] as const];
    });
    found ||= probed.some(([, { up }]) => up === true);
    const zebra = versions.get('zebra');
    if (zebra?.error !== undefined && probed.every(([, { up }]) => up === undefined)) throw zebra.error;

    const daemons = new Map<Daemon, Health>();
    for (const [daemon, { up, hung }] of [...probed, ['watchfrr', watched] as const]) {
      if (up !== true && !hung && !expected.has(daemon) && !seen.has(daemon)) continue;
      const before = seen.get(daemon);
      const connected = connections.get(daemon);
      const restarted =
        (before?.up === false && !before.hung && up === true) ||
        (daemon === 'zebra' ? zebraRestarted : !zebraRestarted && reconnected(before, connected));
      const restarts = (before?.restarts ?? 0) + (restarted ? 1 : 0);
      daemons.set(daemon, { up, hung, connected, restarts });
    }
    seen = daemons;
    return {
      version: parseVersion(zebra?.text ?? ''),
      system: parseSystem(zebra?.text ?? ''),
      daemons,
      watchfrr,
    };
  };
}

interface Probe {
  readonly up: boolean | undefined;
  readonly hung: boolean;
  readonly text: string;
  readonly error?: FrrError;
}

/**
 * Poll intervals for which an answer proves that a daemon is alive, if no other collector queries it and a query costs
 * a process: such daemons are queried in every third round.
 */
const ALIVE = 2;

async function probeVersions(frr: Frr, daemons: readonly Daemon[]): Promise<ReadonlyMap<Daemon, Probe>> {
  return new Map(
    await Promise.all(
      daemons.map(async (daemon) => [daemon, await probe(frr, showVersion(daemon))] as const),
    ),
  );
}

/** What the outcome of a query says about the daemon: dead and hung are different. */
async function probe(frr: Frr, command: Command): Promise<Probe> {
  // zebra is queried for its clients in every round.
  const free = command.daemon === 'zebra' || frr.queriedAnyway(command.daemon);
  try {
    const text = (free ? undefined : frr.recentText(command, ALIVE)) ?? (await frr.text(command));
    return { up: true, hung: false, text };
  } catch (error) {
    if (!(error instanceof FrrError)) throw error;
    const { reason } = error;
    const hung = reason === 'timed_out';
    const down = hung || reason === 'not_running' || reason === 'truncated';
    return { up: down ? false : undefined, hung, text: '', error };
  }
}

/** A connection to zebra that is younger than it was before is another one. */
function reconnected(before: Health | undefined, connected: number | undefined): boolean {
  return before?.connected !== undefined && connected !== undefined && connected < before.connected;
}

/** If all of several clients have reconnected, it was zebra that restarted. */
function allReconnected(
  seen: ReadonlyMap<Daemon, Health>,
  connections: ReadonlyMap<Daemon, number>,
): boolean {
  const still = [...connections].filter(([daemon]) => seen.get(daemon)?.connected !== undefined);
  return still.length > 1 && still.every(([daemon, connected]) => reconnected(seen.get(daemon), connected));
}

/** `Linux(6.1.0)` of the same line; not every build of FRR has it. */
function parseSystem(text: string): string | undefined {
  return /^FRRouting .* on (.+)\.$/m.exec(text)?.[1];
}

/** Lines such as `  bgpd                 Up` of `show watchfrr`; other states are Init, Down, Connecting, Unresponsive. */
export function parseWatchfrr(text: string): ReadonlyMap<Daemon, boolean> {
  const states = new Map<Daemon, boolean>();
  for (const [, name = '', state] of text.matchAll(
    /^ {2}(\S+) +(Init|Down|Connecting|Up|Unresponsive)\b/gm,
  )) {
    const daemon = daemonNamed(name);
    if (daemon !== undefined) states.set(daemon, state === 'Up');
  }
  return states;
}
