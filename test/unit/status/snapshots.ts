/** Snapshots of recordings: what the exporter knows after it polled the recorded FRR once. */
import { pino } from 'pino';
import { openSource } from '../../../src/frr/open.ts';
import { pollOnce } from '../../../src/poller/scheduler.ts';
import type { Snapshot } from '../../../src/poller/snapshot.ts';
import { collectors, unpacked } from '../collectors/recorded.ts';

/** @param recording such as `8.4.4/healthy` */
export async function snapshotOf(recording: string): Promise<Snapshot> {
  const { source } = await openSource({
    kind: 'recording',
    recordingDir: unpacked(recording),
    socketDir: '/nonexistent',
    vtyshPath: 'vtysh',
    vtyshPrefix: [],
    maxOutput: 1e9,
  });
  return await pollOnce({
    source,
    collectors: collectors(),
    settings: { interval: 5, timeout: 5, maxShare: 0.01, staleAfter: 30, maxSeries: 1e6 },
    log: pino({ level: 'silent' }),
  });
}
