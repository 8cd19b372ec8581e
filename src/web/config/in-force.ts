/** The web configuration in force: what applies to the next connection and the next request. */
import type { MetricFamily } from '../../metrics/family.ts';
import type { LoadedTls } from './tls-options.ts';
import type { WebConfig } from './web-config.ts';

/** A configuration with the files that it names. */
export interface LoadedWebConfig {
  readonly config: WebConfig;
  readonly tls: LoadedTls | undefined;
}

export interface WebConfigSource {
  readonly current: () => LoadedWebConfig;
  /** Reads all files again if one of them has changed. Never rejects. */
  readonly refresh: () => Promise<void>;
  /** Reads all files again. Never rejects. */
  readonly reload: () => Promise<void>;
  readonly families: () => readonly MetricFamily[];
}

/** Without a configuration file: plain HTTP without protection. */
export const PLAIN_HTTP: WebConfigSource = {
  current: () => UNPROTECTED,
  refresh: async () => undefined,
  reload: async () => undefined,
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
