/** The status document for commands in the terminal: from FRR itself, polled once, or from a running exporter. */
import { pino } from 'pino';
import { UserError } from '../base/user-error.ts';
import type { Config } from '../flags/config.ts';
import { checkMaintenance, NO_MAINTENANCE } from '../maintenance.ts';
import { pollOnce } from '../poller/scheduler.ts';
import { type StatusDocument, statusDocument } from '../status/document.ts';
import { openConfiguredSource, pollSettings } from './frr.ts';

/** An exporter that cannot be reached, or that responds with something else than its status. */
export class StatusUrlError extends UserError {
  override readonly name = 'StatusUrlError';
}

/**
 * @throws StatusUrlError
 * @throws RecordingError
 */
export async function nodeStatus(config: Config, version: string): Promise<StatusDocument> {
  return config.url === undefined
    ? await polled(config, version)
    : await fetched(config.url, config.frrTimeout);
}

async function polled(config: Config, version: string): Promise<StatusDocument> {
  const { source } = await openConfiguredSource(config);
  const { collectors, maintenanceFile } = config;
  // What fails is part of the verdict.
  const log = pino({ level: 'silent' });
  const snapshot = await pollOnce({ source, collectors, settings: pollSettings(config), log });
  const now = Date.now() / 1000;
  const maintenance =
    maintenanceFile === undefined ? NO_MAINTENANCE : await checkMaintenance(maintenanceFile, now);
  return statusDocument(snapshot, maintenance, version, now);
}

/** @param timeout seconds */
async function fetched(url: URL, timeout: number): Promise<StatusDocument> {
  const base = url.href.replace(/\/$/, '');
  const target = base.endsWith('/api/v1/status') ? base : `${base}/api/v1/status`;
  let text: string;
  try {
    const response = await fetch(target, { signal: AbortSignal.timeout(timeout * 1000) });
    if (!response.ok) throw new StatusUrlError(`${target} answers ${response.status} ${response.statusText}`);
    text = await response.text();
  } catch (error) {
    if (error instanceof StatusUrlError) throw error;
    const { message, cause } = error as Error;
    throw new StatusUrlError(`${target}: ${cause instanceof Error ? cause.message : message}`);
  }
  const document = parsed(text);
  if (typeof document?.verdict?.headline !== 'string' || !Array.isArray(document.verdict.findings))
    throw new StatusUrlError(`${target} does not answer with the status of an exporter`);
  return document;
}

function parsed(text: string): StatusDocument | undefined {
  try {
    return JSON.parse(text) as StatusDocument;
  } catch {
    return undefined;
  }
}
