#!/usr/bin/env node
/**
 * The health check of the container image (`/openstack/healthcheck`): does the exporter answer? If FRR does not, that is
 * a metric, never a reason to restart the exporter.
 *
 *     healthcheck [URL]
 *
 * Without a URL it uses the address on which the exporter of this container listens, according to the command line of
 * process 1 and the environment. Exit status 0: it answers with any status; a request for a password or a client
 * certificate is an answer. 1: it does not, and one line says why.
 */
import { readFileSync } from 'node:fs';
import { candidates, probe } from './cli/healthcheck.ts';

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
    return fail(`cannot find out where the exporter listens: ${(error as Error).message}`);
  }
}

const failures: string[] = [];
for (const url of urls()) {
  try {
    await probe(url);
    process.exit(0);
  } catch (error) {
    failures.push(`${url}: ${(error as Error).message}`);
  }
}
fail(`the exporter does not answer: ${failures.join('; ')}`);
