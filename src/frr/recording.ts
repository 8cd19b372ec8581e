/**
 * A folder with FRR's answers: an FrrSource for tests, for the demonstration without FRR, and for bug reports.
 *
 * `index.json` has an entry for each command: the file that holds vtysh's standard output, its exit status and its
 * standard error. `addresses.json`, which may be missing, has the addresses of the node's interfaces:
 * `{"lo": ["127.0.0.1/8", "::1/128"], "eth3": ["192.0.2.1/24 vrf red"]}`; `links.json`, which may also be missing, has their links:
 * `{"eth1": {"up": true, "carrierChanges": 3}}`; `fib_trie` and `ipv6_route`, as well, are the kernel's routing tables.
 * `frr-exporter record DIR` makes such a folder.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../base/user-error.ts';
import { type InterfaceAddress, parsePrefix, prefixText } from './addresses.ts';
import { answerOfVtysh } from './answers.ts';
import type { Command } from './commands.ts';
import { findKernelRoutes, hasKernelRoutes } from './kernel-routes.ts';
import type { Link } from './links.ts';
import { type Answer, FRR_ERROR_REASONS, FrrError, type FrrErrorReason, type FrrSource } from './source.ts';

const INDEX = 'index.json';
const ADDRESSES = 'addresses.json';
const LINKS = 'links.json';
/** The empty file that all failed commands have as their output. */
const NO_ANSWER = 'no-answer.txt';

/** By command, as `Command.recordedAs` names it. */
type Index = Record<string, { file: string; exit: number; stderr: string; reason?: FrrErrorReason }>;
/** Addresses with their prefix length and the VRF device of the interface, by interface. */
type Addresses = Record<string, string[]>;
type Links = Record<string, Omit<Link, 'interface'>>;

/** Checks the value of one key of a file. Returns what is wrong after the key's name (`.exit: must be …`), or undefined. */
type Check = (value: unknown) => string | undefined;

const checkAnswer: Check = (value) => {
  const { file, exit, stderr, reason } = (value ?? {}) as Record<string, unknown>;
  // A file name only: a recording may come from a stranger, and must not lead out of its folder.
  if (typeof file !== 'string' || !/^[^/\\\0]+$/.test(file))
    return '.file: must be the name of a file in the folder';
  if (!Number.isInteger(exit)) return '.exit: must be an integer';
  if (typeof stderr !== 'string') return '.stderr: must be a string';
  // Why there was no answer, if that is not in the output of vtysh; `stderr` is then the message.
  if (reason !== undefined && !(FRR_ERROR_REASONS as readonly unknown[]).includes(reason))
    return `.reason: must be one of ${FRR_ERROR_REASONS.join(', ')}`;
  return undefined;
};

const addressText = (address: InterfaceAddress): string =>
  `${prefixText(address)}${address.vrf === undefined ? '' : ` vrf ${address.vrf}`}`;

/** Undefined for what {@link addressText} does not write. */
function readAddress(text: string): Omit<InterfaceAddress, 'interface'> | undefined {
  const [, network = '', vrf] = /^(\S+)(?: vrf (\S+))?$/.exec(text) ?? [];
  const prefix = parsePrefix(network);
  return prefix && vrf !== undefined ? { ...prefix, vrf } : prefix;
}

const checkAddresses: Check = (value) => {
  if (!Array.isArray(value)) return ': must be a list';
  const wrong = value.findIndex((text) => typeof text !== 'string' || readAddress(text) === undefined);
  return wrong < 0 ? undefined : `.${wrong}: must be like 192.0.2.1/32 or 192.0.2.1/32 vrf red`;
};

const checkLink: Check = (value) => {
  const { up, carrierChanges } = (value ?? {}) as Record<string, unknown>;
  if (typeof up !== 'boolean') return '.up: must be true or false';
  if (!Number.isInteger(carrierChanges) || (carrierChanges as number) < 0)
    return '.carrierChanges: must be an integer of at least 0';
  return undefined;
};

/** The folder is not a recording, or the recording is damaged. The message is one line that names the folder. */
export class RecordingError extends UserError {
  override readonly name = 'RecordingError';
}

/**
 * Opens a recording. Its index is read once, each answer when its command is sent.
 * @param maxOutput maximum number of bytes of one answer
 * @throws RecordingError
 */
export async function openRecording(directory: string, maxOutput: number): Promise<FrrSource> {
  const index = await readJson<Index>(directory, INDEX, checkAnswer);
  if (index === undefined)
    throw new RecordingError(
      `${directory} is not a recording: it has no ${INDEX}; make one with: frr-exporter record DIR`,
    );
  const addresses = await readJson<Addresses>(directory, ADDRESSES, checkAddresses);
  const links = await readJson<Links>(directory, LINKS, checkLink);

  const notRecorded = (file: string, what: string) =>
    new FrrError(
      'not_recorded',
      'zebra',
      `the recording ${directory} has no ${file} with the node's ${what}`,
    );

  async function show(command: Command): Promise<Answer> {
    const { daemon, recordedAs } = command;
    const entry = Object.hasOwn(index as object, recordedAs) ? index?.[recordedAs] : undefined;
    if (entry === undefined)
      throw new FrrError(
        'not_recorded',
        daemon,
        `the recording ${directory} has no answer to "${recordedAs}"`,
      );
    if (entry.reason !== undefined) throw new FrrError(entry.reason, daemon, entry.stderr);
    const file = path.join(directory, entry.file);
    let stdout: Buffer;
    try {
      const { size } = await stat(file);
      if (size > maxOutput)
        throw new FrrError(
          'too_large',
          daemon,
          `${file} has ${size} bytes, more than --frr.max-output=${maxOutput}`,
        );
      stdout = await readFile(file);
    } catch (error) {
      if (error instanceof FrrError) throw error;
      throw new FrrError(
        'not_recorded',
        daemon,
        `the recording's answer to "${recordedAs}" cannot be read: ${(error as Error).message}`,
        { cause: error },
      );
    }
    return { bytes: answerOfVtysh(command, { stdout, stderr: entry.stderr, exit: entry.exit }), seconds: 0 };
  }

  return {
    kind: 'recording',
    show,
    showEach: (commands) => Promise.all(commands.map(show)),
    async addresses() {
      if (addresses === undefined) throw notRecorded(ADDRESSES, 'addresses');
      return Object.entries(addresses).flatMap(([name, texts]) =>
        texts.map((text) => ({ interface: name, ...readAddress(text) }) as InterfaceAddress),
      );
    },
    async links(names) {
      if (links === undefined) throw notRecorded(LINKS, 'links');
      const wanted = names === undefined ? undefined : new Set(names);
      return Object.entries(links).flatMap(([name, link]) =>
        wanted?.has(name) === false ? [] : [{ interface: name, ...link }],
      );
    },
    lowTtlDrops: async () => undefined,
    cpuWaits: () => [],
    async kernelRoutes(wanted) {
      if (!(await hasKernelRoutes(directory)))
        throw notRecorded('fib_trie or ipv6_route', 'routes in the kernel');
      return await findKernelRoutes(wanted, directory);
    },
    async close() {},
  };
}

/** Undefined when there is no such file. */
async function readJson<Content extends object>(
  directory: string,
  name: string,
  check: Check,
): Promise<Content | undefined> {
  const file = path.join(directory, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR')
      throw new RecordingError(`${directory} is not a recording: it is not a directory`, { cause: error });
    throw new RecordingError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordingError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RecordingError(`${file}: must be an object`);
  for (const [key, content] of Object.entries(value)) {
    const problem = check(content);
    if (problem !== undefined) throw new RecordingError(`${file}: ${key}${problem}`);
  }
  return value as Content;
}

/** The outcome of one command: its answer, or why there is none. */
export interface Recorded {
  readonly command: Command;
  readonly outcome: Answer | FrrError;
}

/**
 * Writes a recording into a folder, which is created where it does not exist.
 * @throws RecordingError when the folder is not empty, or cannot be written
 */
export async function writeRecording(
  directory: string,
  recorded: readonly Recorded[],
  addresses: readonly InterfaceAddress[],
  links: readonly Link[],
): Promise<void> {
  const index: Index = {};
  const texts = new Map<string, string | Buffer>();
  for (const { command, outcome } of recorded) {
    if (outcome instanceof FrrError) {
      texts.set(NO_ANSWER, '');
      index[command.recordedAs] = {
        file: NO_ANSWER,
        exit: 1,
        stderr: outcome.message,
        reason: outcome.reason,
      };
      continue;
    }
    const ending = command.format === 'json' ? 'json' : 'txt';
    let name = command.recordedAs.replaceAll(' ', '_').replaceAll(/[^\w.-]/g, '-');
    // VRFs such as `a-b` and `a@b` would share a file.
    while (texts.has(`${name}.${ending}`)) name += '-';
    const file = `${name}.${ending}`;
    texts.set(file, outcome.bytes);
    index[command.recordedAs] = { file, exit: 0, stderr: '' };
  }
  const byInterface: Addresses = {};
  for (const address of addresses) {
    byInterface[address.interface] ??= [];
    byInterface[address.interface]?.push(addressText(address));
  }
  const linkByInterface: Links = {};
  for (const { interface: name, ...link } of links) linkByInterface[name] = link;
  await refuseIfNotEmpty(directory);
  try {
    await makeFolder(directory);
    for (const [file, text] of texts) await writeFile(path.join(directory, file), text, { flag: 'wx' });
    await writeFile(path.join(directory, ADDRESSES), `${JSON.stringify(byInterface, null, 1)}\n`);
    await writeFile(path.join(directory, LINKS), `${JSON.stringify(linkByInterface, null, 1)}\n`);
    // Last, so that a folder with an index is complete.
    await writeFile(path.join(directory, INDEX), `${JSON.stringify(index, null, 1)}\n`);
  } catch (error) {
    throw new RecordingError(`no recording can be written to ${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Creates a folder and its parents. Node's own option `recursive` never returns where it fails, such as below /proc. */
async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const above = path.dirname(directory);
    if (code !== 'ENOENT' || above === directory) throw error;
    await makeFolder(above);
    await mkdir(directory);
  }
}

/**
 * Checks whether a recording can be written into a folder, which must be empty or not exist yet.
 * @throws RecordingError
 */
export async function refuseIfNotEmpty(directory: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new RecordingError(`no recording can be written to ${directory}: ${message}`, { cause: error });
  }
  if (names.length > 0)
    throw new RecordingError(
      `${directory} is not empty: name an empty directory, or one that does not exist yet`,
    );
}
