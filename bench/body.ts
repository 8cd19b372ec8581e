/**
 * What a scrape costs when the compressed parts of its body are joined (`src/metrics/gzip.ts`), and when the whole body is
 * compressed for each scrape. Prints a table: node bench/body.ts [SESSIONS]
 */
import { gzipSync } from 'node:zlib';
import { familiesPart, prepare, writeBody } from '../src/metrics/body.ts';
import { labels, type MetricFamily, metric } from '../src/metrics/family.ts';
import { seconds, table } from './report.ts';
import { median } from './statistics.ts';

const SESSIONS = Number(process.argv[2] ?? 1_000);
/** Series of a session with all collectors of the default. */
const SERIES_OF_A_SESSION = 40;
const ROUNDS = 20;

const peers = Array.from({ length: SESSIONS }, (_, n) =>
  labels(['vrf', 'peer'], ['default', `10.0.${n >> 8}.${n & 255}`]),
);
const families = Array.from({ length: SERIES_OF_A_SESSION }, (_, n): MetricFamily => {
  const name = `frr_bgp_session_measured_value_${n}`;
  const descriptor = metric({ name, type: 'gauge', help: name, labels: ['vrf', 'peer'], source: 'a bench' });
  return { descriptor, samples: peers.map((set, peer) => ({ labels: set, value: (peer * 7919) % 1_000 })) };
});
const part = familiesPart(families);
const text = await part.text('openmetrics');

async function measure(work: () => unknown): Promise<string> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await work();
    took.push((performance.now() - begin) / 1000);
  }
  return seconds(median(took));
}

process.stdout.write(
  `${table(
    [`${SESSIONS} sessions, ${(text.length / 1e6).toFixed(1)} MB`, 'median'],
    [
      [
        'render and compress, once for each change',
        await measure(() => prepare(familiesPart(families), 'text', { gzip: true })),
      ],
      ['join, for each scrape', await measure(() => writeBody([part], 'openmetrics', { gzip: true }))],
      ['compress the whole, for each scrape', await measure(() => gzipSync(text, { level: 1 }))],
    ],
  )}\n`,
);
