/**
 * A Debian release with FRR that is booted: systemd is process 1, in namespaces and a cgroup of its own. What is installed into it
 * is gone when it stops.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { belongingTo, claim, release, start, waitFor } from '../../lab/index.ts';

const FRR_ROOT = fileURLToPath(new URL('../../../scripts/frr-root', import.meta.url));

export interface Booted extends AsyncDisposable {
  /** The root, as this machine sees it. */
  readonly root: string;
  /** Runs a script of a shell, which ends at the first failure. @returns its standard output */
  run(script: string): Promise<string>;
  /** What an address answers there. */
  get(url: string): Promise<string>;
}

const SYSTEMD = '/lib/systemd/systemd';

/** A cgroup of its own, below which systemd makes others. */
const ENTER = `
cgroup=$(findmnt --noheadings --types cgroup2 --output TARGET | head -n 1)/$FRR_LAB
mkdir "$cgroup"
echo $$ >"$cgroup/cgroup.procs"
exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child sh -ec "$1" sh "$2" "$3" "$4"`;

/** What a container manager provides: https://systemd.io/CONTAINER_INTERFACE */
const BOOT = `
cd "$2"
mount -t overlay -o "lowerdir=$1,upperdir=upper,workdir=work" overlay root
cd root
chroot . sh -euc "$3"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do : >dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ip link set lo up
mkdir before
pivot_root . before
umount -l /before
exec env -i FRR_LAB="$FRR_LAB" container=test PATH=/usr/sbin:/usr/bin ${SYSTEMD}`;

/** @param prepare a script that is run in the root before it boots */
export async function boot(debian: string, prepare: string): Promise<Booted> {
  const { stdout: lower } = await execa(FRR_ROOT, [debian], { stderr: 'inherit' });
  if (!existsSync(lower + SYSTEMD))
    throw new Error(`${lower} has no systemd: remove it, and scripts/frr-root builds it again`);
  const { name, folder } = await claim('booted');
  for (const part of ['upper', 'work', 'root']) mkdirSync(join(folder, part));

  let process1 = '';
  const enter = async (namespaces: readonly string[], command: readonly string[]): Promise<string> => {
    const { stdout } = await execa('nsenter', [`--target=${process1}`, ...namespaces, ...command], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
      extendEnv: false,
      stdin: 'ignore',
      timeout: 60_000,
    });
    return stdout;
  };
  const run = (script: string) => enter(['--all'], ['sh', '-euc', script]);
  const hasBooted = async () => /^(running|degraded)$/.test(await run('systemctl is-system-running || :'));

  const stop = async () => {
    await release(name);
  };
  try {
    const machine = await start('sh', ['-ec', ENTER, 'sh', BOOT, lower, folder, prepare], {
      env: belongingTo(name),
      ready: async () => true,
    });
    await waitFor(
      async () => {
        if (machine.exit() !== undefined) throw new Error(machine.output());
        process1 = readFileSync(`/proc/${machine.pid}/task/${machine.pid}/children`, 'utf8').trim();
        return hasBooted();
      },
      { within: 60_000, every: 250, for: `${debian} to boot` },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    root: `/proc/${process1}/root`,
    run,
    get: (url) => enter(['--net'], ['curl', '--silent', '--show-error', '--fail', url]),
    [Symbol.asyncDispose]: stop,
  };
}
