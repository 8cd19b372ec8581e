/** `frr-exporter record DIR`: runs every command of the allow-list once and writes the answers into a directory. */
import type { Writable } from 'node:stream';
import { DEFAULT_VRF, parseVrfs } from '../collectors/vrfs.ts';
import { type Config, runsElsewhere } from '../flags/config.ts';
import type { InterfaceAddress } from '../frr/addresses.ts';
import { allCommands, COMMANDS, type Command, type Daemon } from '../frr/commands.ts';
import { copyKernelRoutes } from '../frr/kernel-routes.ts';
import { type Recorded, refuseIfNotEmpty, writeRecording } from '../frr/recording.ts';
import { FrrError, type FrrSource } from '../frr/source.ts';
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
  const { source, why } = await openConfiguredSource(config);
  try {
    output.write(`Querying FRR by ${source.kind}: ${why}\n`);
    // Addresses of another network namespace than FRR's would be reported as FRR's when the recording is replayed.
    const elsewhere = runsElsewhere(config);
    const addresses = elsewhere ? [] : await unlessNotRecorded(source.addresses());
    const links = elsewhere ? [] : await unlessNotRecorded(source.links());
    const recorded = await runAll(source, await commandsFor(source, addresses, config), config);
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

/** None when a recording without them is recorded again. */
async function unlessNotRecorded<Item>(items: Promise<readonly Item[]>): Promise<readonly Item[]> {
  try {
    return await items;
  } catch (error) {
    if (error instanceof FrrError) return [];
    throw error;
  }
}

async function commandsFor(
  source: FrrSource,
  addresses: readonly InterfaceAddress[],
  config: Config,
): Promise<readonly Command[]> {
  const vrfs = await run(source, COMMANDS.vrfs, config);
  const hosts = addresses.filter(({ afi, prefixLength }) => prefixLength === (afi === 'ipv4' ? 32 : 128));
  return allCommands(
    [DEFAULT_VRF, ...(vrfs instanceof FrrError ? [] : parseVrfs(vrfs.bytes.toString()))],
    [...new Set(hosts.map(({ address }) => address))],
  );
}

/** One after another, because nothing is urgent. A daemon that hangs is waited for only once. */
async function runAll(source: FrrSource, commands: readonly Command[], config: Config): Promise<Recorded[]> {
  const hung = new Map<Daemon, FrrError>();
  const recorded: Recorded[] = [];
  for (const command of commands) {
    const outcome = hung.get(command.daemon) ?? (await run(source, command, config));
    if (outcome instanceof FrrError && outcome.reason === 'timed_out') hung.set(command.daemon, outcome);
    recorded.push({ command, outcome });
  }
  return recorded;
}

async function run(
  source: FrrSource,
  command: Command,
  { frrTimeout }: Config,
): Promise<Recorded['outcome']> {
  try {
    return await source.show(command, AbortSignal.timeout(frrTimeout * 1000));
  } catch (error) {
    if (error instanceof FrrError) return error;
    throw error;
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
