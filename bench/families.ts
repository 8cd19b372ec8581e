/**
 * How much CPU the exporter's own part of a poll takes: reading the summary of 1,000 sessions (the stand-in's), building
 * the families, rendering and compressing them. With `--forget`, nothing is remembered from poll to poll, which shows what
 * the memory of src/metrics/family-builder.ts saves.
 *
 * Usage: node bench/families.ts [--sessions 1000] [--forget]
 */
import { parseArgs } from 'node:util';
import { inTurns } from '../src/base/turns.ts';
import { bgp } from '../src/collectors/bgp.ts';
import { activate } from '../src/collectors/collector.ts';
import { COMMANDS } from '../src/frr/commands.ts';
import { readLargeDocuments } from '../src/frr/large-documents.ts';
import { familiesPart, prepare } from '../src/metrics/body.ts';
import { createFamilyBuilder } from '../src/metrics/family-builder.ts';
import { summary } from './stand-in-bgpd.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: { sessions: { type: 'string', default: '1000' }, forget: { type: 'boolean', default: false } },
});
const POLLS = 60;
/** Polls until V8 has compiled what is used most. */
const WARM_UP = 10;

const { descriptors, families } = activate(bgp, {});
let build = createFamilyBuilder(descriptors);
const milliseconds: number[] = [];
for (let poll = 0; poll < POLLS; poll++) {
  const answer = Buffer.from(summary(Number(values.sessions), poll));
  if (values.forget) build = createFamilyBuilder(descriptors);
  const before = process.cpuUsage();
  const documents = await readLargeDocuments(COMMANDS.bgpSummary, answer);
  const built = await inTurns(build((context) => families(documents, { ...context, now: 0 })));
  await prepare(familiesPart(built.families), 'text', { gzip: true });
  const { user, system } = process.cpuUsage(before);
  if (poll >= WARM_UP) milliseconds.push((user + system) / 1000);
}
process.stdout.write(
  `${values.sessions} sessions: median ${median(milliseconds).toFixed(1)} ms, least ${Math.min(...milliseconds).toFixed(1)} ms CPU a poll\n`,
);
