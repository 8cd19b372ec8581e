/** One FRR router: its daemons in a network namespace, its configuration, and what can be done to it. */
import { chownSync, existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ipBatch, vrfFolder } from './network.ts';
import { belongingTo } from './ownership.ts';
import type { RouterPlan } from './topology.ts';
import type { FrrRoot } from './versions.ts';
import { waitFor } from './waiting.ts';

export interface Router {
  readonly name: string;
  /** Its network namespace and, with the same name, its FRR path space (`-N`). */
  readonly namespace: string;
  readonly root: FrrRoot;
  /** Folder of the daemons' sockets, as seen from this machine; the path space is its last part. */
  readonly socketFolder: string;
  /** Daemons that were started, watchfrr left out. */
  readonly daemons: readonly string[];
  /** Runs commands in one vtysh and gives what it printed. @throws when vtysh fails */
  vtysh(...commands: string[]): Promise<string>;
  /** Like {@link vtysh}, for one command that answers JSON. */
  json<Answer = unknown>(command: string): Promise<Answer>;
  /** Configures the router, line by line from the top level. */
  configure(...lines: string[]): Promise<void>;
  /** Runs commands of ip(8) in the router's network namespace. */
  ip(...commands: string[]): Promise<void>;
  /** Runs a program of this machine in the router's network namespace. */
  run(program: string, ...args: string[]): Promise<string>;
  /** What daemons wrote when they crashed: a text for each crash. */
  crashes(): string[];
  /** Process id of a daemon; undefined when it does not run. */
  pid(daemon: string): number | undefined;
  start(daemon: string): Promise<void>;
  /** Ends all of FRR, and starts it with another frr.conf. */
  restart(configuration: string): Promise<void>;
}

/** Sends a signal that ends the process, and waits until it is gone. */
export async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  await waitFor(() => !existsSync(`/proc/${pid}`), {
    within: 10_000,
    every: 20,
    for: `process ${pid} to end`,
  });
}

/** $0 is the root, $1 the folder of the VRFs, $2 the folder for crash reports, and the rest is the daemon. */
const DAEMON_MOUNTS = `
  mkdir -p "$0/run/netns" "$0/var/tmp/frr"
  mount --rbind "$1" "$0/run/netns"
  mount --bind "$2" "$0/var/tmp/frr"
  shift 2
  [ "$0" != / ] || exec "$@"
  mount -t proc proc "$0/proc"
  exec chroot "$0" "$@"`;

export async function makeRouter(options: {
  readonly name: string;
  readonly lab: string;
  readonly root: FrrRoot;
  readonly plan: RouterPlan;
  /** The laboratory's own, with a folder of the router's VRFs in it. */
  readonly folder: string;
}): Promise<Router> {
  const { name, root, plan } = options;
  // What the daemons see as /var/tmp/frr, where they write to when they crash.
  const crashFolder = join(options.folder, `${name}-crashes`);
  const namespace = `${options.lab}-${name}`;
  const inside = root.path === '/' ? [] : ['chroot', root.path];
  const path = (...parts: string[]) => join(root.path, ...parts);
  const env = belongingTo(options.lab);
  const socketFolder = path('run/frr', namespace);
  const daemons = ['mgmtd', 'zebra', 'staticd', 'bgpd', 'bfdd', ...(plan.daemons ?? [])].filter((daemon) =>
    existsSync(path('usr/lib/frr', daemon)),
  );

  const { uid, gid } = statSync(path('etc/frr'));
  mkdirSync(crashFolder);
  chownSync(crashFolder, uid, gid);
  for (const parent of ['etc/frr', 'run/frr', 'var/lib/frr']) {
    if (!existsSync(path(parent))) {
      mkdirSync(path(parent), { recursive: true });
      chownSync(path(parent), uid, gid);
    }
    mkdirSync(path(parent, namespace));
    chownSync(path(parent, namespace), uid, gid);
  }
  const place = (file: string, content: string) => {
    writeFileSync(path('etc/frr', namespace, file), content);
    chownSync(path('etc/frr', namespace, file), uid, gid);
  };
  place('frr.conf', plan.config);
  place('vtysh.conf', 'service integrated-vtysh-config\n');

  const vtysh = async (...args: string[]) => {
    const [program, ...rest] = [...inside, 'vtysh', '-N', namespace, ...args] as [string, ...string[]];
    const { stdout } = await execa(program, rest, { env, timeout: 30_000, maxBuffer: 256 * 1024 * 1024 });
    return stdout;
  };
  const commands = (lines: readonly string[]) => lines.flatMap((line) => ['-c', line]);

  const pid = (daemon: string): number | undefined => {
    try {
      const read = Number(readFileSync(join(socketFolder, `${daemon}.pid`), 'utf8'));
      // A zombie has no command line any more.
      return read > 0 && readFileSync(`/proc/${read}/cmdline`, 'utf8').includes(daemon) ? read : undefined;
    } catch {
      return undefined;
    }
  };

  /**
   * Starts a daemon, which daemonizes. Its standard output is not captured, because FRR 10 does not close it. The mounts
   * are private: `ip netns exec` creates a mount namespace.
   */
  const launch = async (daemon: string, ...args: string[]) => {
    const prepared = [
      ...['sh', '-euc', DAEMON_MOUNTS, root.path, vrfFolder(options.folder, name), crashFolder],
      ...[`/usr/lib/frr/${daemon}`, '-d', '-N', namespace, ...args],
    ];
    const { exitCode, command } = await execa('ip', ['netns', 'exec', namespace, ...prepared], {
      env,
      stdio: 'ignore',
      reject: false,
      timeout: 30_000,
    });
    if (exitCode !== 0) throw new Error(`${name}: ${command} failed with exit status ${exitCode}`);
  };
  const start = (daemon: string) =>
    daemon === 'watchfrr'
      ? // It watches, and leaves starting and stopping to the test.
        launch('watchfrr', ...['-r', '-s', '-k'].flatMap((flag) => [flag, '/bin/true %s']), ...daemons)
      : launch(daemon, '-A', '127.0.0.1', ...(plan.daemonFlags?.[daemon] ?? []));

  const startAll = async () => {
    for (const daemon of daemons) await start(daemon);
    await vtysh('-b');
    await start('watchfrr');
  };
  await startAll();

  return {
    name,
    namespace,
    root,
    socketFolder,
    daemons,
    vtysh: (...lines) => vtysh(...commands(lines)),
    json: async (command) => JSON.parse(await vtysh('-c', command)),
    configure: async (...lines) => {
      await vtysh(...commands(['configure terminal', ...lines]));
    },
    run: async (program, ...args) =>
      (await execa('ip', ['netns', 'exec', namespace, program, ...args], { env })).stdout,
    ip: (...commands) => ipBatch(namespace, commands),
    crashes: () => globSync(join(crashFolder, '*/crashlog')).map((file) => readFileSync(file, 'utf8')),
    pid,
    start: async (daemon) => {
      await start(daemon);
      if (daemon !== 'watchfrr') await vtysh('-b');
    },
    restart: async (configuration) => {
      for (const daemon of [...daemons, 'watchfrr'].toReversed()) {
        const running = pid(daemon);
        if (running !== undefined) await end(running, 'SIGTERM');
      }
      place('frr.conf', configuration);
      await startAll();
    },
  };
}
