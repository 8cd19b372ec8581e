/** The status document for commands in the terminal: from FRR itself, polled once, or from a running exporter. */
import { UserError } from '../base/user-error.ts';
import type { Config } from '../flags/config.ts';
import { checkMaintenance } from '../maintenance.ts';
import { type StatusDocument, statusDocument } from '../status/document.ts';
import { pollSnapshot } from './frr.ts';

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
  const snapshot = await pollSnapshot(config);
  const now = Date.now() / 1000;
  const maintenance = await checkMaintenance(config.maintenanceFile, now);
  return statusDocument(snapshot, maintenance, version, now);
}

async function fetched(url: URL, timeout: number): Promise<StatusDocument> {
  const { target, document } = await fetchDocument<StatusDocument>(url, '/api/v1/status', timeout);
  if (typeof document?.verdict?.headline !== 'string' || !Array.isArray(document.verdict.findings))
    throw new StatusUrlError(`${target} does not answer with the status of an exporter`);
  return document;
}

/**
 * A document of a running exporter, not checked; undefined where the answer is not JSON.
 * @param url of the exporter, or of its status document
 * @param timeout seconds
 * @throws StatusUrlError
 */
export async function fetchDocument<Document>(
  url: URL,
  path: string,
  timeout: number,
): Promise<{ readonly target: string; readonly document: Document | undefined }> {
  const base = url.href.replace(/\/$/, '').replace(/\/api\/v1\/\w+$/, '');
  const target = `${base}${path}`;
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
  return { target, document: parsed(text) };
}

function parsed<Document>(text: string): Document | undefined {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return undefined;
  }
}
