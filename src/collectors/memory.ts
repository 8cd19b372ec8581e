/** How much memory each daemon uses. */
import { COMMANDS, type Daemon, showMemory } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { collector } from './collector.ts';
import { parseWatchfrr } from './daemons.ts';
import { unlessFailed } from './unless-failed.ts';
import { parseZebraClients } from './zebra-clients.ts';

const DAEMON_LABELS = ['daemon'] as const;

/** Memory that FRR's allocator has handed out in a daemon. */
const daemonMemory = metric({
  name: 'frr_daemon_memory_bytes',
  type: 'gauge',
  help: 'Memory allocated by the daemon according to its own accounting, which excludes stacks, libraries and free memory held by the allocator.',
  unit: 'bytes',
  labels: DAEMON_LABELS,
  source: `${showMemory.text}, to each daemon: sum of the column Total`,
});

/** Poll intervals for which the lists of daemons are used that `daemons` polled. */
const RECENT = 4;

export const memory = collector({
  name: 'memory',
  help: "Memory of FRR's daemons.",
  enabledByDefault: true,
  pace: 'details',
  commands: [COMMANDS.watchfrr, COMMANDS.zebraClients, showMemory],
  descriptors: [daemonMemory],
  query: async (frr) => {
    const [watched, clients] = await Promise.all([
      frr.recentText(COMMANDS.watchfrr, RECENT) ?? unlessFailed(frr.text(COMMANDS.watchfrr), ''),
      frr.recentText(COMMANDS.zebraClients, RECENT) ?? unlessFailed(frr.text(COMMANDS.zebraClients), ''),
    ]);
    const known = new Set<Daemon>([
      'zebra',
      ...parseWatchfrr(watched).keys(),
      ...parseZebraClients(clients).keys(),
    ]);
    known.delete('watchfrr');
    const answers = await Promise.allSettled([...known].map((daemon) => frr.text(showMemory(daemon))));
    // A daemon that does not answer has no sample here; the collector `daemons` reports that it does not.
    if (answers.every(({ status }) => status === 'rejected'))
      throw (answers[0] as PromiseRejectedResult).reason;
    return new Map([...known].map((daemon, index) => [daemon, answers[index]] as const));
  },
  *families(answers, { emit, labels }) {
    for (const [daemon, answer] of answers) {
      yield;
      if (answer?.status === 'fulfilled')
        emit(daemonMemory, labels(DAEMON_LABELS, [daemon]), allocatedBytes(answer.value));
    }
  },
});

/**
 * Sum of the column Total, in bytes, of lines such as
 * `Command Tokens                :    12255     72      882920    12257    883064`, whose size may be `variable`.
 * Undefined when FRR prints no such lines (its C library must support reading the size of a block).
 */
export function allocatedBytes(text: string): number | undefined {
  let sum: number | undefined;
  for (const [, total] of text.matchAll(/: +\d+ +(?:\d+|variable) +(\d+) +\d+ +\d+ *$/gm))
    sum = (sum ?? 0) + Number(total);
  return sum;
}
