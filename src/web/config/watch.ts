/**
 * Watches the web configuration. It is read at startup, and again whenever the file, or a certificate or key that it
 * names, has changed. If the new version is invalid, or would remove all protection, the previous one stays in force.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Logger } from '../../base/log.ts';
import { type MetricFamily, metric, NO_LABELS } from '../../metrics/family.ts';
import { WebConfigError } from './document.ts';
import type { LoadedWebConfig, WebConfigSource } from './in-force.ts';
import { loadTls } from './tls-options.ts';
import { readWebConfig, type WebConfig } from './web-config.ts';

const RELOAD_SUCCESSFUL = metric({
  name: 'frr_exporter_web_config_last_reload_successful',
  type: 'gauge',
  help: 'Whether the last reload of the web configuration, its certificates and keys succeeded: 0 if they are invalid and the previous version is in force.',
  labels: [],
  source: '--web.config.file',
});

const RELOAD_TIME = metric({
  name: 'frr_exporter_web_config_last_reload_success_timestamp_seconds',
  type: 'gauge',
  help: 'When the web configuration in force was read.',
  unit: 'seconds',
  labels: [],
  source: '--web.config.file',
});

const CERTIFICATE_END = metric({
  name: 'frr_exporter_web_certificate_expiry_timestamp_seconds',
  type: 'gauge',
  help: "When this exporter's own TLS certificate expires.",
  unit: 'seconds',
  labels: [],
  source: '--web.config.file, cert_file or cert',
});

export const WEB_CONFIG_DESCRIPTORS = [RELOAD_SUCCESSFUL, RELOAD_TIME, CERTIFICATE_END] as const;

/** The state of each file when it was read, to detect changes. */
type Fingerprints = Map<string, string>;

async function fingerprint(path: string): Promise<string> {
  try {
    // The inode changes if a file is moved into place, as Kubernetes and certmonger do.
    const { ino, size, mtimeNs, mode } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${mode}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

function problem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'does not exist';
  if (error.code === 'EACCES') return 'cannot be read: permission denied';
  if (error.code === 'EISDIR') return 'is a directory, not a file';
  return `cannot be read: ${error.message}`;
}

/** Reads a file after noting its state, so that no change is missed. */
async function readNoted(path: string, noted: Fingerprints): Promise<string> {
  noted.set(path, await fingerprint(path));
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new WebConfigError(`${path} ${problem(error as NodeJS.ErrnoException)}`, { cause: error });
  }
}

async function refuseReadableByOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o004) !== 0)
    throw new WebConfigError(
      `${path} contains a private key that every user can read; run: chmod o= ${path}`,
    );
}

async function load(file: string, noted: Fingerprints): Promise<LoadedWebConfig> {
  const config = readWebConfig(await readNoted(file, noted), file);
  if (config.tls === undefined) return { config, tls: undefined };
  if ('text' in config.tls.key) await refuseReadableByOthers(file);
  const tls = await loadTls(config.tls, async (path, secret) => {
    const content = await readNoted(path, noted);
    if (secret) await refuseReadableByOthers(path);
    return content;
  });
  return { config, tls };
}

const protects = ({ tls, users }: WebConfig) => tls !== undefined || users.size > 0;

const isEmpty = (config: WebConfig) =>
  !protects(config) && config.rateLimit === undefined && config.headers.size === 0;

/** A file that is truncated, or being written, must not open a protected exporter to everybody. */
function refuseLostProtection(file: string, before: WebConfig, after: WebConfig): void {
  if ((protects(before) && !protects(after)) || (isEmpty(after) && !isEmpty(before)))
    throw new WebConfigError(
      `${file} ${isEmpty(after) ? 'is empty' : 'has neither tls_server_config nor basic_auth_users'} now; restart the exporter to serve without protection`,
    );
}

/**
 * Reads the web configuration.
 * @throws WebConfigError when it is invalid
 */
export async function openWebConfig(file: string, log: Logger): Promise<WebConfigSource> {
  let noted: Fingerprints = new Map();
  let current = await load(file, noted);
  let loadedAt = Date.now() / 1000;
  let successful = true;
  const logged = new Set<string>();
  const warn = () => {
    for (const warning of current.config.warnings) {
      if (logged.has(warning)) continue;
      logged.add(warning);
      log.warn({ file }, warning);
    }
  };
  warn();

  async function hasChanged(): Promise<boolean> {
    const states = await Promise.all(
      [...noted].map(async ([path, state]) => (await fingerprint(path)) !== state),
    );
    return states.includes(true);
  }

  /** @returns whether the files are valid */
  async function reload(): Promise<boolean> {
    const notedNow: Fingerprints = new Map();
    successful = false;
    try {
      const loaded = await load(file, notedNow);
      refuseLostProtection(file, current.config, loaded.config);
      current = loaded;
      loadedAt = Date.now() / 1000;
      successful = true;
      warn();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.error({ file }, `the web configuration is invalid, so the previous one stays in force: ${message}`);
      // A file that was not read this time may be the one that is replaced next.
      for (const [other, state] of noted) if (!notedNow.has(other)) notedNow.set(other, state);
    }
    noted = notedNow;
    return successful;
  }

  /** One reload at a time: requests that arrive meanwhile wait for it. */
  let underWay: Promise<void> | undefined;
  const once = (read: () => Promise<void>): Promise<void> => {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    current: () => current,
    refresh: () =>
      once(async () => {
        if ((await hasChanged()) && (await reload())) log.info({ file }, 'web configuration reloaded');
      }),
    reload: async () => {
      await underWay;
      await once(async () => void (await reload()));
    },
    families: () => {
      const one = (descriptor: MetricFamily['descriptor'], value: number): MetricFamily => ({
        descriptor,
        samples: [{ labels: NO_LABELS, value }],
      });
      return [
        one(RELOAD_SUCCESSFUL, successful ? 1 : 0),
        one(RELOAD_TIME, loadedAt),
        ...(current.tls === undefined ? [] : [one(CERTIFICATE_END, current.tls.notAfter)]),
      ];
    },
  };
}
