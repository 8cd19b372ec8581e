/**
 * HTTP Basic authentication against bcrypt hashes (RFC 7617).
 *
 * bcrypt is slow on purpose, so it runs in a thread of its own that lives only while it is needed: the poller must not
 * wait for it, whoever guesses passwords. What was verified once is remembered, so that a scrape costs no bcrypt.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Reads an Authorization header; undefined where it has no Basic credentials. */
export function basicCredentials(authorization: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Salt and hash of a password that nobody knows. */
const NOBODY = 'g.ALT2cCeoza..qmaktfaugUD4RYH34JB/JLEpoEyvdiljMjUcCoq';

/**
 * A hash for users that do not exist, of the highest cost among those that do: who takes less long than others would
 * be known to be there, or not to be.
 */
export function nobodysHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.split('$')[2] as string);
  return `$2b$${costs.sort().at(-1) ?? '10'}$${NOBODY}`;
}

/** Verdicts that are remembered, of each kind. */
const MOST_REMEMBERED = 128;

/** Checks that may wait at a time; whoever comes then is told to come back. */
const MOST_WAITING = 16;

/** Milliseconds that the thread stays when nothing is to do. */
const THREAD_IDLE_MILLISECONDS = 5_000;

export type Verdict = 'right' | 'wrong' | 'busy';

export interface Passwords {
  /** Whether the credentials belong to one of the users (names and bcrypt hashes). */
  readonly verify: (credentials: Credentials, users: ReadonlyMap<string, string>) => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

interface Question {
  readonly password: string;
  readonly hash: string;
}

/** Compares in the thread, one after the other. */
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
      if (worker === started) failed(new Error('the thread for passwords ended'));
    });
    return started;
  }

  return {
    waiting: () => waiting.length,
    compare: (question: Question): Promise<boolean> =>
      new Promise((resolve, reject) => {
        clearTimeout(idle);
        worker ??= start();
        waiting.push({ resolve, reject });
        worker.postMessage(question);
      }),
    close: async () => {
      clearTimeout(idle);
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}

/** Remembers the verdicts on the credentials seen last. */
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
      if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    },
  };
}

export function createPasswords(): Passwords {
  const thread = createThread();
  const memory = createMemory();
  const asked = new Map<string, Promise<boolean>>();
  // Passwords are not kept, but a keyed digest of them, and the key dies with the process.
  const secret = randomBytes(32);

  return {
    verify: async ({ user, password }, users) => {
      const known = users.get(user);
      const hash = known ?? nobodysHash(users);
      const key = createHmac('sha256', secret)
        .update(JSON.stringify([user, hash, password]))
        .digest('base64');
      const remembered = memory.recall(key);
      if (remembered !== undefined) return remembered;
      let answer = asked.get(key);
      if (answer === undefined) {
        if (thread.waiting() >= MOST_WAITING) return 'busy';
        answer = thread.compare({ password, hash }).finally(() => asked.delete(key));
        asked.set(key, answer);
      }
      const verdict = (await answer) && known !== undefined ? 'right' : 'wrong';
      memory.remember(key, verdict);
      return verdict;
    },
    close: thread.close,
  };
}

/** What the thread itself runs: this file, told by its data that it is the thread. */
const THREAD_MARK = 'frr-exporter passwords';

if (!isMainThread && workerData === THREAD_MARK) {
  const { compareSync } = await import('bcryptjs');
  parentPort?.on('message', ({ password, hash }: Question) => {
    parentPort?.postMessage(compareSync(password, hash));
  });
}
