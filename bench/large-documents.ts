/**
 * What reading a large answer session by session gains over `JSON.parse`:
 *
 *     node bench/large-documents.ts            a table for 1,000 and 10,000 sessions
 *
 * Each row is a process of its own with the exporter's own limits of the heap: it reads `show bgp vrf all neighbors json` of FRR 8.4.4,
 * looks at every session as a collector does, and does so five times.
 */
import { execFileSync } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inTurns } from '../src/base/turns.ts';
import { COMMANDS } from '../src/frr/commands.ts';
import { readDocuments } from '../src/frr/documents.ts';
import { readLargeDocuments } from '../src/frr/large-documents.ts';
import { readAnswer } from '../test/recordings.ts';

type Neighbors = Readonly<Record<string, Readonly<Record<string, object>>>>;

const COMMAND = COMMANDS.bgpNeighbors;
const READERS = {
  'session by session': (answer: Buffer) => readLargeDocuments(COMMAND, answer),
  'JSON.parse': async (answer: Buffer) => readDocuments(COMMAND, answer.toString()),
} as const;
const ROUNDS = 5;

function answerOf(sessions: number): Buffer {
  const recorded: Neighbors = JSON.parse(readAnswer('8.4.4/healthy', COMMAND.text).toString());
  const peers = Array.from({ length: sessions }, (_, n) => [
    `10.0.${n >> 8}.${n & 255}`,
    recorded.default?.eth2,
  ]);
  return Buffer.from(`${JSON.stringify({ default: Object.fromEntries(peers) }, null, 2)}\n`);
}

/** Looks at every session, with a pause after each in which other work may have its turn. */
function* look(documents: readonly unknown[]): Generator<void, number, void> {
  let fields = 0;
  for (const document of documents as readonly Neighbors[])
    for (const instance of Object.values(document))
      for (const peer of Object.keys(instance)) {
        fields += Object.keys(instance[peer] ?? {}).length;
        yield;
      }
  return fields;
}

async function measure(reader: keyof typeof READERS, sessions: number): Promise<string> {
  const answer = answerOf(sessions);
  const before = process.memoryUsage.rss();
  let longest = 0;
  let watching = true;
  const watch = (async () => {
    for (let last = performance.now(); watching; last = performance.now()) {
      await nextTurn();
      longest = Math.max(longest, performance.now() - last);
    }
  })();
  const cpu = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) await inTurns(look(await READERS[reader](answer)));
  const { user, system } = process.cpuUsage(cpu);
  watching = false;
  await watch;
  const peak = process.resourceUsage().maxRSS * 1024 - before;
  return `| ${sessions} | ${(answer.length / 1e6).toFixed(1)} MB | ${reader} | ${((user + system) / 1000 / ROUNDS).toFixed(0)} ms | ${longest.toFixed(0)} ms | ${(peak / 1e6).toFixed(0)} MB |`;
}

const [reader, sessions] = process.argv.slice(2);
if (reader !== undefined) {
  process.stdout.write(`${await measure(reader as keyof typeof READERS, Number(sessions))}\n`);
} else {
  process.stdout.write(
    '| sessions | answer | reader | CPU a round | longest block | peak of memory |\n| --- | --- | --- | --- | --- | --- |\n',
  );
  for (const count of [1_000, 10_000])
    for (const name of Object.keys(READERS))
      execFileSync(
        process.execPath,
        [
          '--max-semi-space-size=2',
          '--heap-growing-percent=30',
          fileURLToPath(import.meta.url),
          name,
          String(count),
        ],
        { stdio: 'inherit' },
      );
}
