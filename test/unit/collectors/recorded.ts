/** A collector's way to FRR, with the answers of a recording. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { atOnce } from '../../../src/base/turns.ts';
import {
  type ActiveCollector,
  activate,
  type Collector,
  type Frr,
} from '../../../src/collectors/collector.ts';
import { COMPAT_FLAGS } from '../../../src/collectors/compat/index.ts';
import { ALL_COLLECTORS } from '../../../src/collectors/configurable.ts';
import { receivedRoutes } from '../../../src/collectors/received-routes.ts';
import { defaults, type FlagValues } from '../../../src/flags/flag.ts';
import type { InterfaceAddress } from '../../../src/frr/addresses.ts';
import { readDocuments } from '../../../src/frr/documents.ts';
import { readRoutes } from '../../../src/frr/large-documents.ts';
import type { Link } from '../../../src/frr/links.ts';
import { openRecording } from '../../../src/frr/recording.ts';
import { FRR_ERROR_REASONS, FrrError, type FrrErrorReason, type FrrSource } from '../../../src/frr/source.ts';
import type { Families } from '../../../src/metrics/family.ts';
import { createFamilyBuilder } from '../../../src/metrics/family-builder.ts';
import { unpackRecording } from '../../recordings.ts';

/** Seconds since the epoch at which every recorded answer comes, so that ages can be read off the values. */
export const NOW = 1_800_000_000;

export function frrOf(source: FrrSource): Frr {
  const signal = new AbortController().signal;
  const frr: Frr = {
    text: async (command) => (await source.show(command, signal)).bytes.toString(),
    json: async (command) => readDocuments(command, await frr.text(command)),
    routes: async (command) => readRoutes(command, (await source.show(command, signal)).bytes),
    jsonEach: (commands) => Promise.all(commands.map(async (command) => (await frr.json(command))[0])),
    documentsEach: (commands) => Promise.all(commands.map(frr.json)),
    queriedAnyway: () => false,
    recentText: () => undefined,
    addresses: () => source.addresses(),
    links: (names) => source.links(names),
    lowTtlDrops: () => source.lowTtlDrops(),
    cpuWaits: () => source.cpuWaits(),
    loggedDown: () => undefined,
    kernelRoutes: (wanted) => source.kernelRoutes(wanted),
  };
  return frr;
}

/**
 * The directory of a recording, which the tests of a worker share: unpacking it takes longer than most tests.
 * @param recording such as `8.4.4/healthy`
 */
export function unpacked(recording: string): string {
  const folder = path.join(inject('sharedFolder'), process.env.VITEST_POOL_ID ?? '', recording);
  return existsSync(folder) ? folder : unpackRecording(recording, folder);
}

/** @param recording such as `8.4.4/healthy` */
export async function recordedFrr(recording: string): Promise<Frr> {
  return frrOf(await openRecording(unpacked(recording), 1e7));
}

/** FRR with these answers, by the command as it is recorded; to all other commands its daemons are not running. */
export function answering(
  answers: Readonly<Record<string, string | FrrErrorReason>>,
  addresses: readonly InterfaceAddress[] = [],
  links: readonly Link[] = [],
): Frr {
  return frrOf({
    kind: 'recording',
    show: async ({ recordedAs, daemon }) => {
      const answer = answers[recordedAs] ?? 'not_running';
      if ((FRR_ERROR_REASONS as readonly string[]).includes(answer))
        throw new FrrError(answer as FrrErrorReason, daemon, `${daemon}: ${answer}`);
      return { bytes: Buffer.from(answer), seconds: 0 };
    },
    showEach: async () => [],
    addresses: async () => addresses,
    links: async () => links,
    lowTtlDrops: async () => undefined,
    cpuWaits: () => [],
    kernelRoutes: async (wanted) => wanted.map(() => undefined),
    close: async () => {},
  });
}

/** A collector, with the defaults of its flags where it is not at work yet. */
function active<Answers>(collector: Collector<Answers> | ActiveCollector<Answers>): ActiveCollector<Answers> {
  return 'query' in collector ? collector : activate(collector, defaults(collector.flags));
}

/**
 * All collectors at work, with the defaults of their flags; with those of frr_exporter's names where given. The recordings are not
 * a witness's, but their tables are small. Not the one that compares the configuration, which no recording has.
 */
export function collectors(
  compat: Partial<FlagValues<typeof COMPAT_FLAGS>> = {},
): readonly ActiveCollector[] {
  return ALL_COLLECTORS.make((flags) => {
    const values = defaults(flags);
    if (Object.is(flags, receivedRoutes.flags)) return { ...values, allowTables: true };
    return Object.is(flags, COMPAT_FLAGS) ? { ...values, ...compat } : values;
  }).filter(({ name }) => name !== 'config-drift');
}

/** What a collector makes of answers. */
export function familiesOf<Answers>(
  collector: Collector<Answers> | ActiveCollector<Answers>,
  answers: Answers,
  now = NOW,
): Families {
  const { descriptors, families } = active(collector);
  return atOnce(createFamilyBuilder(descriptors)((build) => families(answers, { ...build, now })));
}

/** Polls a collector once. */
export async function collect(collector: Collector | ActiveCollector, frr: Frr): Promise<Families> {
  const one = active(collector);
  return familiesOf(one, await one.query(frr));
}

/** The samples, as on the page: `name{labels} value`. */
export function lines({ families }: Pick<Families, 'families'>): readonly string[] {
  return families.flatMap(({ descriptor, samples }) =>
    samples.map(({ labels, value }) => `${descriptor.name}${labels.text && `{${labels.text}}`} ${value}`),
  );
}
