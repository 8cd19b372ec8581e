/** A scrape like that of Prometheus 3: on a persistent connection, preferring OpenMetrics, compressed. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

const HEADERS = {
  accept:
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
  'accept-encoding': 'gzip',
};

export interface Scrape {
  /** From the request to the last byte, without processing by the client. */
  readonly seconds: number;
  /** The body, if requested. */
  text(): string;
}

/** Scrapes repeatedly, until the process exits. */
export function createScraper(url: string): () => Promise<Scrape> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async () => {
    const begun = performance.now();
    const [response] = (await once(get(url, { agent, headers: HEADERS }), 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const seconds = (performance.now() - begun) / 1000;
    if (response.statusCode !== 200) throw new Error(`${url}: status ${response.statusCode}`);
    const bytes = Buffer.concat(chunks);
    const gzipped = response.headers['content-encoding'] === 'gzip';
    return { seconds, text: () => (gzipped ? gunzipSync(bytes) : bytes).toString() };
  };
}
