/** Snapshots of recordings: what the exporter knows after it polled the recorded FRR once. */
import { pino } from 'pino';
import type { Daemon } from '../../../src/frr/commands.ts';
import { openSource } from '../../../src/frr/open.ts';
import { FrrError, type FrrSource } from '../../../src/frr/source.ts';
import { pollOnce } from '../../../src/poller/scheduler.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { collectors, unpacked } from '../collectors/recorded.ts';

/** The recorded FRR, of which one daemon has been stopped since. */
function withHung(daemon: Daemon, source: FrrSource): FrrSource {
  const show: FrrSource['show'] = async (command, signal) => {
    if (command.daemon !== daemon) return source.show(command, signal);
    throw new FrrError('timed_out', daemon, `${daemon} did not answer "${command.text}" within 5 s`);
  };
  return {
    ...source,
    show,
    showEach: (commands, signal) => Promise.all(commands.map((command) => show(command, signal))),
  };
}

/**
 * @param recording such as `8.4.4/healthy`
 * @param hung a daemon that takes commands, and answers none
 */
export async function snapshotOf(recording: string, hung?: Daemon): Promise<Snapshot> {
  const { source } = await openSource({
    kind: 'recording',
    recordingDir: unpacked(recording),
    socketDir: '/nonexistent',
    vtyshPath: 'vtysh',
    vtyshPrefix: [],
    maxOutput: 1e9,
  });
  return await pollOnce({
    source: hung === undefined ? source : withHung(hung, source),
    collectors: collectors(),
    settings: { interval: 5, timeout: 5, maxShare: 0.01, staleAfter: 30, maxSeries: 1e6 },
    log: pino({ level: 'silent' }),
  });
}
