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

const [given] = process.argv.slice(2);
const urls = given === undefined ? candidates(readFileSync('/proc/1/cmdline', 'utf8'), process.env) : [given];
const complaints: string[] = [];
for (const url of urls) {
  try {
    await ask(url);
    process.exit(0);
  } catch (error) {
    complaints.push(`${url}: ${(error as Error).message}`);
  }
}
process.stderr.write(`healthcheck: the exporter does not answer: ${complaints.join('; ')}\n`);
process.exit(1);
