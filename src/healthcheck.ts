#!/usr/bin/env node
/**
 * The health check of the container image (`/openstack/healthcheck`): does the exporter answer? That FRR does not is
 * a metric, never a reason to restart the exporter.
 *
 *     healthcheck [URL]
 *
 * Without a URL it asks where the exporter of this container listens, as the command line of process 1 and the
 * environment say. Exit status 0: it answers, whatever it says; a demand for a password or a client certificate is
 * an answer. 1: it does not, and a line says why.
 */
import { readFileSync } from 'node:fs';
import { ask, candidates } from './cli/healthcheck.ts';

function fail(message: string): never {
  process.stderr.write(`healthcheck: ${message}\n`);
  process.exit(1);
}

function urls(): readonly string[] {
  const [given] = process.argv.slice(2);
  if (given !== undefined) return [given];
  try {
    return candidates(readFileSync('/proc/1/cmdline', 'utf8'), process.env);
  } catch (error) {
    return fail(`where the exporter listens cannot be told: ${(error as Error).message}`);
  }
}

const complaints: string[] = [];
for (const url of urls()) {
  try {
    await ask(url);
    process.exit(0);
  } catch (error) {
    complaints.push(`${url}: ${(error as Error).message}`);
  }
}
fail(`the exporter does not answer: ${complaints.join('; ')}`);
