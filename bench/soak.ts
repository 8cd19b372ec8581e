/**
 * `make soak`: this exporter beside real bgpd for a while at a short poll interval, and what it holds at the start and at
 * the end: memory, file descriptors, child processes, connections. Ends with exit status 1 when anything grew.
 *
 * Options: --minutes 20 --sessions 100 --interval 1s --source socket|vtysh --report (writes docs/benchmarks.md)
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { children, cpuSeconds, openDescriptors, residentBytes } from './processes.ts';
import { OURS_BY_SOCKETS, OURS_BY_VTYSH } from './programs.ts';
import { machine, megabytes, seconds, table, writeSection } from './report.ts';
import { startSessionPair } from './session-pair.ts';
import { median, quantile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    sessions: { type: 'string', default: '100' },
    interval: { type: 'string', default: '1s' },
    source: { type: 'string', default: 'socket' },
    report: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const sessions = Number(values.sessions);
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
/** Memory may breathe this much between two looks; a leak of one answer a poll would be far beyond it. */
const BREATH = 1.1;

interface Look {
  readonly minute: number;
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly children: number;
  readonly handles: number;
}

await using pair = await startSessionPair(sessions);
const program = values.source === 'vtysh' ? OURS_BY_VTYSH : OURS_BY_SOCKETS;
const running = await program.start(pair, [`--poll.interval=${values.interval}`, '--poll.max-share=1']);
const begun = { at: performance.now(), cpu: cpuSeconds(running.pid) };
const elapsedMinutes = () => (performance.now() - begun.at) / 60_000;
const looks: Look[] = [];
const latencies: number[] = [];

while (elapsedMinutes() < minutes) {
  const scraped = performance.now();
  const page = await (await fetch(running.url)).text();
  latencies.push((performance.now() - scraped) / 1000);
  const minute = Math.floor(elapsedMinutes());
  if (looks.at(-1)?.minute !== minute) {
    const look = {
      minute,
      residentBytes: residentBytes(running.pid),
      descriptors: openDescriptors(running.pid),
      children: children(running.pid).length,
      handles: Number(/^nodejs_active_resources_total (\d+)/m.exec(page)?.[1] ?? Number.NaN),
    };
    looks.push(look);
    process.stdout.write(
      `minute ${minute}: ${megabytes(look.residentBytes)}, ${look.descriptors} descriptors, ${look.children} children, ${look.handles} handles\n`,
    );
  }
  await pause(5000);
}
const cpu = (cpuSeconds(running.pid) - begun.cpu) / (elapsedMinutes() * 60);
await running.stop();

// The first two minutes warm up: code is compiled, connections are opened.
const settled = looks.filter(({ minute }) => minute >= Math.min(2, minutes - 1));
const third = Math.max(1, Math.floor(settled.length / 3));
const figures = ['residentBytes', 'descriptors', 'children', 'handles'] as const;
const compared = figures.map((figure) => ({
  figure,
  start: median(settled.slice(0, third).map((look) => look[figure])),
  end: median(settled.slice(-third).map((look) => look[figure])),
}));
const grown = compared.filter(({ figure, start, end }) =>
  figure === 'residentBytes' ? end > start * BREATH : end > start,
);
const rows = compared.map(({ figure, start, end }) =>
  figure === 'residentBytes'
    ? ['resident memory', megabytes(start), megabytes(end)]
    : [figure, String(start), String(end)],
);
const result = `${table(['', 'after two minutes', 'at the end'], rows)}

Scrape latency p50 ${seconds(median(latencies))}, p99 ${seconds(quantile(latencies, 0.99))}; CPU ${(cpu * 100).toFixed(1)} % of one core; ${grown.length === 0 ? 'nothing grew' : `grew: ${grown.map(({ figure }) => figure).join(', ')}`}.`;
process.stdout.write(`\n${result}\n`);
if (values.report) {
  writeSection(
    PAGE,
    'soak',
    `Made by \`make soak SOAK="--report --minutes ${minutes} --sessions ${sessions} --interval ${values.interval} --source ${values.source}"\` on ${machine()}: ${sessions} real sessions × 3 address families, ${minutes} minutes, polled every ${values.interval}.\n\n${result}`,
  );
}
process.exitCode = grown.length === 0 ? 0 : 1;
