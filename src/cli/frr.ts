/** Translates the configuration for the layers below. */
import { pino } from 'pino';
import type { Config } from '../flags/config.ts';
import { type OpenedSource, openSource } from '../frr/open.ts';
import type { SourceOptions } from '../frr/options.ts';
import { type PollSettings, pollOnce } from '../poller/scheduler.ts';
import type { Snapshot } from '../poller/snapshot.ts';

export function sourceOptions(config: Config): SourceOptions {
  return {
    kind: config.frrSource,
    socketDir: config.frrSocketDirPath,
    pathspace: config.frrPathspace,
    vtyshPath: config.frrVtyshPath,
    vtyshPrefix: config.frrVtyshPrefix ?? [],
    maxOutput: config.frrMaxOutput,
    recordingDir: config.frrRecording,
  };
}

/** Opens the configured source. */
export function openConfiguredSource(config: Config): Promise<OpenedSource> {
  return openSource(sourceOptions(config));
}

export function pollSettings(config: Config): PollSettings {
  return {
    interval: config.pollInterval,
    timeout: config.frrTimeout,
    maxShare: config.pollMaxShare,
    staleAfter: config.pollStaleAfter,
    maxSeries: config.metricsMaxSeries,
  };
}

/**
 * Polls FRR once. What fails is part of the snapshot.
 * @param log where it is logged, too
 * @throws RecordingError
 */
export async function pollSnapshot(config: Config, log = pino({ level: 'silent' })): Promise<Snapshot> {
  const { source } = await openConfiguredSource(config);
  return await pollOnce({ source, collectors: config.collectors, settings: pollSettings(config), log });
}
