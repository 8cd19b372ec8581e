/** The web configuration that applies to a connection or a request when it comes. */
import type { MetricFamily } from '../metrics/family.ts';
import type { LoadedTls } from './tls-options.ts';
import type { WebConfig } from './web-config.ts';

/** A configuration with everything that it names. */
export interface LoadedWebConfig {
  readonly config: WebConfig;
  readonly tls: LoadedTls | undefined;
}

export interface WebConfigSource {
  /** The one in force. */
  readonly current: () => LoadedWebConfig;
  /** Looks whether a file has changed, and if so reads all of them. Never rejects. */
  readonly refresh: () => Promise<void>;
  readonly families: () => readonly MetricFamily[];
}

/** Without a file: plain HTTP for everybody. */
export const PLAIN_HTTP: WebConfigSource = {
  current: () => UNPROTECTED,
  refresh: async () => undefined,
  families: () => [],
};

const UNPROTECTED: LoadedWebConfig = {
  config: {
    tls: undefined,
    http2: true,
    headers: new Map(),
    users: new Map(),
    rateLimit: undefined,
    warnings: [],
  },
  tls: undefined,
};
