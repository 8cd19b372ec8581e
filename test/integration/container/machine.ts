/**
 * A simulated machine to deploy to: a process with its own mounts over /run, /etc, /var/lib and /var/log, and
 * with a network namespace of its own. What is deployed stands at its true paths, and nothing of the real machine is
 * touched. Containers are real podman's, with images from the store that `images/build` fills.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { belongingTo, claim, release, start } from '../../lab/index.ts';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const STORE = join(process.env.FRR_ROOT_CACHE ?? '/var/cache/frr-exporter', 'images');

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Machine extends AsyncDisposable {
  readonly name: string;
  /** A folder of the real machine that goes with this one; programs in its `bin` are found first. */
  readonly folder: string;
  /** Runs a program on the machine. @throws with what it printed when it fails */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Like {@link run}, and a failure is a result like any other. */
  attempt(program: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  podman(...args: string[]): Promise<string>;
  /** What a container has written, standard error included. */
  logs(container: string): Promise<string>;
  /** A file or folder of the machine, as the real one sees it. */
  path(path: string): string;
  stop(): Promise<void>;
}

/** Builds what is missing of the images, and gives the name of the exporter's. @param options of `images/build` */
export async function exporterImage(...options: readonly '--with-frr-10'[]): Promise<string> {
  const { stdout } = await execa(fileURLToPath(new URL('images/build', import.meta.url)), options, {
    stderr: 'inherit',
    stdin: 'ignore',
    preferLocal: false,
  });
  return stdout.trim();
}

export const FRR_IMAGE = 'localhost/frr-exporter-test/frr:latest';
/** The FRR that this project ships, from Debian's FRR 8.4 and, with `--with-frr-10`, from FRR 10.3. */
export const FRR_SERVICE_IMAGE = 'localhost/frr-exporter-test/frr-service:latest';
export const FRR_SERVICE_IMAGE_10 = 'localhost/frr-exporter-test/frr-service-10:latest';

/** The state after a boot: an empty /run with what systemd-tmpfiles creates; /run/frr belongs to root. */
const SET_UP = `
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/systemd/system
mkdir -m 750 /run/frr
for path in /etc /var/lib /var/log; do
  layer=$1/layers$path
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay -o "lowerdir=$path,upperdir=$layer/upper,workdir=$layer/work" overlay "$path"
done
mount --make-rshared /
: >"$1/ready"
exec sleep infinity
`;

/** Starts a machine. @param namespace a network namespace of `ip netns` to be in; one of its own when left out */
export async function startMachine(namespace?: string): Promise<Machine> {
  const { name, folder } = await claim('machine');
  for (const directory of ['bin', 'home', 'storage']) mkdirSync(join(folder, directory));
  writeFileSync(
    join(folder, 'containers.conf'),
    // The variable is in the environment of every container, so that none of them outlives the test.
    `[containers]
env = ["FRR_LAB=${name}"]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
`,
  );
  writeFileSync(
    join(folder, 'storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${folder}/storage"
runroot = "/run/containers/storage"
[storage.options]
additionalimagestores = ["${STORE}"]
`,
  );
  const environment = {
    ...belongingTo(name),
    PATH: `${folder}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: join(folder, 'home'),
    TMPDIR: folder,
    LC_ALL: 'C.UTF-8',
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  };
  let network = namespace;
  if (network === undefined) {
    network = name;
    await execa('ip', ['netns', 'add', network]);
    await execa('ip', ['-n', network, 'link', 'set', 'lo', 'up']);
  }
  const machine = await start(
    'nsenter',
    [`--net=/run/netns/${network}`, 'unshare', '--mount', 'sh', '-c', SET_UP, 'sh', folder],
    { env: environment, ready: async () => existsSync(join(folder, 'ready')) },
  ).catch(async (error: unknown) => {
    await release(name);
    throw error;
  });

  const enter = (program: string, args: readonly string[], options: RunOptions) =>
    execa(
      'nsenter',
      [`--target=${machine.pid}`, '--mount', '--net', `--wd=${options.cwd ?? folder}`, program, ...args],
      {
        env: { ...environment, ...options.env },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        timeout: 240_000,
      },
    );
  const attempt = async (
    program: string,
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<Result> => {
    const { exitCode = 127, stdout, stderr } = await enter(program, args, options);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  const run = async (program: string, args: readonly string[], options: RunOptions = {}): Promise<Result> => {
    const result = await attempt(program, args, options);
    if (result.exitCode !== 0)
      throw new Error(
        `${program} ${args.join(' ')}: exit status ${result.exitCode}\n${result.stdout}\n${result.stderr}`,
      );
    return result;
  };
  const stop = async (): Promise<void> => {
    await attempt('podman', ['rm', '--all', '--force', '--time', '0']);
    await machine.stop();
    await release(name);
  };
  return {
    name,
    folder,
    run,
    attempt,
    podman: async (...args) => (await run('podman', args)).stdout.trim(),
    logs: async (container) => {
      const { stdout, stderr } = await run('podman', ['logs', container]);
      return `${stdout}\n${stderr}`.trim();
    },
    path: (path) => join(`/proc/${machine.pid}/root`, path),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A file of the machine. */
export function readOn(machine: Machine, path: string): string {
  return readFileSync(machine.path(path), 'utf8');
}
