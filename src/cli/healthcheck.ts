/** The health check of the container image: where its exporter listens, and one request to it. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ListenAddress, listenAddressText } from '../flags/values.ts';
import { readCommandLine } from './command-line.ts';

const DEADLINE = 5000;

/** An address on which an exporter is reachable that listens on another: any address includes the loopback. */
function reachable({ host, port }: ListenAddress): string {
  const anywhere = host === undefined || host === '0.0.0.0';
  return listenAddressText({ host: anywhere ? '127.0.0.1' : host === '::' ? '::1' : host, port });
}

/** The arguments of the exporter if it is process 1; none if that is another program. */
function exporterArguments(commandLine: string): readonly string[] {
  const words = commandLine.split('\0').slice(0, -1);
  const program = words.findIndex((word) => /(^|\/)(main\.[jt]s|frr-exporter)$/.test(word));
  return program < 0 ? [] : words.slice(program + 1);
}

/** The URLs to try, in order: with a web configuration file the exporter may or may not serve HTTPS. */
export function candidates(commandLine: string, environment: NodeJS.ProcessEnv): readonly string[] {
  const read = readCommandLine(exporterArguments(commandLine), environment, '');
  if (read.command === 'print') throw new Error('process 1 is an exporter that only prints its help');
  const [address] = read.config.webListenAddress;
  const schemes = read.config.webConfigFile === undefined ? ['http'] : ['https', 'http'];
  return schemes.map((scheme) => `${scheme}://${reachable(address as ListenAddress)}/healthz`);
}

/**
 * Resolves when something answers at a URL; certificates are not verified.
 * @param deadline milliseconds without any data after which it rejects
 */
export function probe(url: string, deadline = DEADLINE): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: deadline, headers: { connection: 'close' }, rejectUnauthorized: false };
    const sent = url.startsWith('https:') ? requestHttps(url, options) : requestHttp(url, options);
    sent.once('response', (response) => {
      response.resume();
      resolve();
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${deadline / 1000} s`)));
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // It speaks TLS, and requires a client certificate.
      if (error.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') resolve();
      else reject(error);
    });
    sent.end();
  });
}
