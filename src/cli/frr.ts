/** Translates the configuration for the layers below. */
import type { Config } from '../flags/config.ts';
import { type OpenedSource, openSource } from '../frr/open.ts';
import type { SourceOptions } from '../frr/options.ts';
import type { PollSettings } from '../poller/scheduler.ts';

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
