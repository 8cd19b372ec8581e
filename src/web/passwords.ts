/**
 * HTTP Basic authentication against bcrypt hashes (RFC 7617).
 *
 * bcrypt is slow by design, so it runs in a separate thread that exists only while it is needed: guessing passwords
 * must not delay the poller. Verified passwords are remembered, so that a scrape costs no bcrypt computation.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Parses an Authorization header; undefined if it has no Basic credentials. */
export function basicCredentials(authorization: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Salt and hash of a random password. */
const RANDOM_HASH = 'g.ALT2cCeoza..qmaktfaugUD4RYH34JB/JLEpoEyvdiljMjUcCoq';

/** A hash for unknown users, with the highest cost of all users, so that the response time does not reveal who exists. */
export function unknownUserHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.split('$')[2] as string);
  return `$2b$${costs.sort().at(-1) ?? '10'}$${RANDOM_HASH}`;
}

/** Remembered verdicts of each kind. */
const MAX_REMEMBERED = 128;

/** Passwords waiting to be verified; further requests are refused as busy. */
const MAX_WAITING = 16;

/** Milliseconds after which an idle thread ends. */
const THREAD_IDLE_MILLISECONDS = 5_000;

export type Verdict = 'right' | 'wrong' | 'busy';

export interface Passwords {
  /** Whether the credentials belong to one of the users (names and bcrypt hashes). */
  readonly verify: (credentials: Credentials, users: ReadonlyMap<string, string>) => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

interface Comparison {
  readonly password: string;
  readonly hash: string;
}

/** Compares passwords in the thread, one at a time. */
function createThread() {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const waiting: { resolve: (right: boolean) => void; reject: (error: Error) => void }[] = [];

  function failed(error: Error): void {
    worker = undefined;
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  function start(): Worker {
    const started = new Worker(new URL(import.meta.url), { workerData: THREAD_MARK, stdin: false });
    started.unref();
    started.on('message', (right: boolean) => {
      waiting.shift()?.resolve(right);
      if (waiting.length > 0) return;
      idle = setTimeout(() => {
        worker = undefined;
        void started.terminate();
      }, THREAD_IDLE_MILLISECONDS).unref();
    });
    started.on('error', failed);
    started.on('exit', () => {
      if (worker === started) failed(new Error('the thread that verifies passwords ended'));
    });
    return started;
  }

  return {
    waiting: () => waiting.length,
    compare: (comparison: Comparison): Promise<boolean> =>
      new Promise((resolve, reject) => {
        clearTimeout(idle);
        worker ??= start();
        waiting.push({ resolve, reject });
        worker.postMessage(comparison);
      }),
    close: async () => {
      clearTimeout(idle);
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}

/** Remembers the verdicts on the most recently used credentials. */
function createMemory() {
  const verdicts = { right: new Map<string, true>(), wrong: new Map<string, true>() };
  return {
    recall: (key: string): 'right' | 'wrong' | undefined => {
      for (const verdict of ['right', 'wrong'] as const) {
        const remembered = verdicts[verdict];
        if (!remembered.delete(key)) continue;
        remembered.set(key, true);
        return verdict;
      }
      return undefined;
    },
    remember: (key: string, verdict: 'right' | 'wrong'): void => {
      const remembered = verdicts[verdict];
      remembered.set(key, true);
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    },
  };
}

export function createPasswords(): Passwords {
  const thread = createThread();
  const memory = createMemory();
  const pending = new Map<string, Promise<boolean>>();
  // Not passwords are remembered, but keyed digests of them, and the key exists in this process only.
  const secret = randomBytes(32);

  return {
    verify: async ({ user, password }, users) => {
      const known = users.get(user);
      const hash = known ?? unknownUserHash(users);
      const key = createHmac('sha256', secret)
        .update(JSON.stringify([user, hash, password]))
        .digest('base64');
      const remembered = memory.recall(key);
      if (remembered !== undefined) return remembered;
      let comparison = pending.get(key);
      if (comparison === undefined) {
        if (thread.waiting() >= MAX_WAITING) return 'busy';
        comparison = thread.compare({ password, hash }).finally(() => pending.delete(key));
        pending.set(key, comparison);
      }
      const verdict = (await comparison) && known !== undefined ? 'right' : 'wrong';
      memory.remember(key, verdict);
      return verdict;
    },
    close: thread.close,
  };
}

/** The thread runs this file, too; its data marks it as the thread. */
const THREAD_MARK = 'frr-exporter passwords';

if (!isMainThread && workerData === THREAD_MARK) {
  const { compareSync } = await import('bcryptjs');
  parentPort?.on('message', ({ password, hash }: Comparison) => {
    parentPort?.postMessage(compareSync(password, hash));
  });
}
