/** Whether the exporter of this container answers: where it listens, and one request to it. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ListenAddress, listenAddressText } from '../flags/values.ts';
import { readCommandLine } from './command-line.ts';

const DEADLINE = 5000;

/** Where to ask an exporter that listens on an address: every address of the machine includes its loopback. */
function reachable({ host, port }: ListenAddress): string {
  const anywhere = host === undefined || host === '0.0.0.0';
  return listenAddressText({ host: anywhere ? '127.0.0.1' : host === '::' ? '::1' : host, port });
}

/** The arguments of the exporter that is process 1; none where another program is. */
function exporterArguments(commandLine: string): readonly string[] {
  const words = commandLine.split('\0').slice(0, -1);
  const program = words.findIndex((word) => /(^|\/)(main\.[jt]s|frr-exporter)$/.test(word));
  return program < 0 ? [] : words.slice(program + 1);
}

/** The URLs to try, one after another: with a web configuration file the exporter may serve HTTPS, or not. */
export function candidates(commandLine: string, environment: NodeJS.ProcessEnv): readonly string[] {
  const read = readCommandLine(exporterArguments(commandLine), environment, '');
  if (read.command === 'print') throw new Error('process 1 is an exporter that only prints its help');
  const [address] = read.config.webListenAddress;
  const schemes = read.config.webConfigFile === undefined ? ['http'] : ['https', 'http'];
  return schemes.map((scheme) => `${scheme}://${reachable(address as ListenAddress)}/healthz`);
}

/**
 * Resolves when something answers at a URL; a certificate is taken as it is.
 * @param deadline milliseconds without a sign of life after which it is dead
 */
export function ask(url: string, deadline = DEADLINE): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: deadline, headers: { connection: 'close' }, rejectUnauthorized: false };
    const asked = url.startsWith('https:') ? requestHttps(url, options) : requestHttp(url, options);
    asked.once('response', (response) => {
      response.resume();
      resolve();
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${deadline / 1000} s`)));
    asked.once('error', (error: NodeJS.ErrnoException) => {
      // The other side spoke TLS with us, and wants to know who we are.
      if (error.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') resolve();
      else reject(error);
    });
    asked.end();
  });
}
