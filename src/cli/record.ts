/** `frr-exporter record DIR`: runs the commands of all collectors once and writes the answers into a directory. */
import type { Writable } from 'node:stream';
import type { ActiveCollector } from '../collectors/collector.ts';
import { isHost } from '../collectors/host-routes/filter.ts';
import { unlessFailed } from '../collectors/unless-failed.ts';
import { DEFAULT_VRF, parseVrfs } from '../collectors/vrfs.ts';
import { type Config, runsElsewhere } from '../flags/config.ts';
import type { InterfaceAddress } from '../frr/addresses.ts';
import { bgpPrefix, COMMANDS, type Command, type Daemon, fixedCommands } from '../frr/commands.ts';
import { copyKernelRoutes } from '../frr/kernel-routes.ts';
import { createRecorder, type Recorder } from '../frr/recorder.ts';
import { type Recorded, refuseIfNotEmpty, writeRecording } from '../frr/recording.ts';
import { FrrError } from '../frr/source.ts';
import { frrForPoll } from '../poller/queries.ts';
import { openConfiguredSource } from './frr.ts';

const WHAT_IT_CONTAINS = `\
The recording contains addresses, routes of the kernel, AS numbers, router and peer names, VRFs, interfaces and peer descriptions.
It contains no passwords: the configuration is not read. Review it before you share it.
`;

/**
 * Writes a recording of the live FRR. A command that fails is recorded as failed.
 * @returns the exit status: 0 if FRR answered anything; 1 if not, and nothing is written then
 * @throws RecordingError when the directory is not empty or cannot be written
 */
export async function record(config: Config, directory: string, output: Writable): Promise<number> {
  await refuseIfNotEmpty(directory);
  const { source: frr, why } = await openConfiguredSource(config);
  const source = createRecorder(frr, config.frrTimeout);
  try {
    output.write(`Querying FRR by ${source.kind}: ${why}\n`);
    // Addresses of another network namespace than FRR's would be reported as FRR's when the recording is replayed.
    const elsewhere = runsElsewhere(config);
    // Nor has a recording without them any when it is recorded again.
    const addresses = elsewhere ? [] : await unlessFailed(source.addresses(), []);
    const links = elsewhere ? [] : await unlessFailed(source.links(), []);
    await runEverything(source, addresses, config);
    const recorded = source.recorded();
    const answers = recorded.filter(({ outcome }) => !(outcome instanceof FrrError)).length;
    writeFailures(recorded, output);
    if (answers === 0) {
      output.write(
        'FRR answered nothing, so nothing was written. Run frr-exporter doctor to find out why.\n',
      );
      return 1;
    }
    await writeRecording(directory, recorded, addresses, links);
    if (!elsewhere && source.kind !== 'recording') await copyKernelRoutes(directory);
    output.write(`${answers} answers are in ${directory}\n${WHAT_IT_CONTAINS}`);
    return 0;
  } finally {
    await source.close();
  }
}

/** The recorder sets the deadlines. */
const NEVER = new AbortController().signal;

/**
 * Runs the commands of all collectors. The recorder remembers the answers.
 * @param addresses those of the node's interfaces; those of the default VRF are looked up
 */
export async function runEverything(
  source: Recorder,
  addresses: readonly InterfaceAddress[],
  { collectors, frrTimeout }: Pick<Config, 'collectors' | 'frrTimeout'>,
): Promise<void> {
  await runAll(source, addresses);
  for (const collector of collectors) await poll(source, collector, frrTimeout);
}

/** Runs the commands that do not depend on answers, and looks up the addresses of the default VRF's interfaces. */
async function runAll(source: Recorder, addresses: readonly InterfaceAddress[]): Promise<void> {
  const vrfs = await answerTo(source, COMMANDS.vrfs);
  const hosts = addresses.filter((address) => address.vrf === undefined && isHost(address));
  for (const command of [
    ...fixedCommands([DEFAULT_VRF, ...(vrfs === undefined ? [] : parseVrfs(vrfs))]),
    ...hosts.map((host) => bgpPrefix(DEFAULT_VRF, host)),
  ])
    await answerTo(source, command);
}

/** Undefined where there is none; the recorder remembers why. */
async function answerTo(source: Recorder, command: Command): Promise<string | undefined> {
  try {
    return (await source.show(command, NEVER)).bytes.toString();
  } catch (error) {
    if (error instanceof FrrError) return undefined;
    throw error;
  }
}

/** Runs what a collector queries, part of which depends on other answers. */
export async function poll(
  source: Recorder,
  { query }: Pick<ActiveCollector, 'query'>,
  timeout: number,
): Promise<void> {
  try {
    await query(
      frrForPoll({
        source,
        timeout,
        signal: NEVER,
        inDoubt: new Set(),
        loggedDown: () => undefined,
        queriedAnyway: new Set(),
        sent: () => undefined,
        worked: () => undefined,
      }),
    );
  } catch (error) {
    if (!(error instanceof FrrError)) throw error;
  }
}

/** Daemons that are not running in one line, other failures one by one. */
function writeFailures(recorded: readonly Recorded[], output: Writable): void {
  const missing = new Set<Daemon>();
  const reported = new Set<string>();
  for (const { command, outcome } of recorded) {
    if (!(outcome instanceof FrrError)) continue;
    if (outcome.reason === 'not_running') missing.add(command.daemon);
    else if (!reported.has(outcome.message)) output.write(`Failed: ${outcome.message}\n`);
    reported.add(outcome.message);
  }
  if (missing.size > 0) output.write(`Not running: ${[...missing].join(', ')}\n`);
}
