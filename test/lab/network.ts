/**
 * The network of a laboratory: a network namespace for each router and for each of its VRFs, and veth pairs between.
 *
 * FRR takes every namespace that it finds in /run/netns for a VRF (`zebra --vrfwnetns`). Each router is shown a folder
 * of its own there, with nothing in it but its VRFs.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Link, type LinkEnd, ROUTER_NAMES, type Topology } from './topology.ts';

/** The network namespace of a router, or of a VRF of it. */
export const namespaceOf = (lab: string, router: string, vrf?: string) =>
  vrf === undefined ? `${lab}-${router}` : `${lab}-${router}-${vrf}`;

/** The folder that a router sees as /run/netns. */
export const vrfFolder = (folder: string, router: string) => join(folder, `${router}-netns`);

export async function makeVrfFolder(path: string): Promise<void> {
  mkdirSync(path);
  // Shared, so that a VRF mounted here later also appears where the daemons see this folder.
  await execa('mount', ['--bind', path, path]);
  await execa('mount', ['--make-shared', path]);
}

/** Makes a VRF of a router: a network namespace that its FRR sees under the VRF's name. */
export async function addVrf(
  lab: string,
  folder: string,
  router: string,
  vrf: string,
  kernel: readonly string[] = [],
): Promise<void> {
  const namespace = namespaceOf(lab, router, vrf);
  const path = join(vrfFolder(folder, router), vrf);
  await makeNamespace(namespace);
  await ipBatch(namespace, kernel);
  writeFileSync(path, '');
  await execa('mount', ['--bind', join('/run/netns', namespace), path]);
}

/** Takes a VRF of a router away, and its interfaces with it. */
export async function removeVrf(lab: string, folder: string, router: string, vrf: string): Promise<void> {
  const path = join(vrfFolder(folder, router), vrf);
  // Lazily: the daemons have it open.
  await execa('umount', ['--lazy', path]);
  rmSync(path);
  await execa('ip', ['netns', 'del', namespaceOf(lab, router, vrf)]);
}

/** Sets the second end of a link up or down; the first end then has a carrier, or none. */
export async function setFarEnd(lab: string, [, far]: Link, state: 'up' | 'down'): Promise<void> {
  await ipBatch(namespaceOf(lab, far.router, far.vrf), [`link set ${far.interface} ${state}`]);
}

/** Makes a network namespace that forwards. */
export async function makeNamespace(namespace: string): Promise<void> {
  await execa('ip', ['netns', 'add', namespace]);
  await execa('ip', ['netns', 'exec', namespace, 'sh', '-c', SYSCTLS]);
  await execa('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
}

/** An interface in a network namespace. */
type End = readonly [namespace: string, name: string];

/** Makes a veth pair. */
export async function addLink([near, nearName]: End, [far, farName]: End): Promise<void> {
  await execa('ip', [
    ...['link', 'add', nearName, 'netns', near, 'type', 'veth'],
    ...['peer', 'name', farName, 'netns', far],
  ]);
}

/** Runs commands of ip(8) in a network namespace. */
export async function ipBatch(namespace: string, commands: readonly string[]): Promise<void> {
  await execa('ip', ['-n', namespace, '-batch', '-'], { input: commands.join('\n') });
}

export async function makeNetwork(lab: string, folder: string, { routers, links }: Topology): Promise<void> {
  for (const router of ROUTER_NAMES) {
    await makeNamespace(namespaceOf(lab, router));
    await makeVrfFolder(vrfFolder(folder, router));
    for (const vrf of Object.keys(routers[router].vrfs ?? {})) await addVrf(lab, folder, router, vrf);
  }
  for (const [near, far] of Object.values(links)) {
    const end = ({ router, interface: name, vrf }: LinkEnd): End => [namespaceOf(lab, router, vrf), name];
    await addLink(end(near), end(far));
  }
  for (const router of ROUTER_NAMES) {
    const { kernel, vrfs = {}, moved = {} } = routers[router];
    const ups = (vrf?: string) =>
      Object.values(links)
        .flat()
        .filter((end) => end.router === router && end.vrf === vrf)
        .map((end) => `link set ${end.interface} up`);
    const moves = Object.entries(moved).map(
      ([name, vrf]) => `link set ${name} netns ${namespaceOf(lab, router, vrf)}`,
    );
    await ipBatch(namespaceOf(lab, router), [...kernel, ...moves, ...ups()]);
    for (const [vrf, commands] of Object.entries(vrfs))
      await ipBatch(namespaceOf(lab, router, vrf), [...commands, ...ups(vrf)]);
  }
}

/**
 * Routers forward, and share connections among equal routes, as routers do; IPv6 addresses are usable at once, without the search for duplicates, and are still there when a
 * link that was set down comes up again.
 */
const SYSCTLS = `
for key in net/ipv4/ip_forward=1 net/ipv6/conf/all/forwarding=1 \
  net/ipv6/conf/all/accept_dad=0 net/ipv6/conf/default/accept_dad=0 net/ipv6/conf/default/dad_transmits=0 \
  net/ipv4/fib_multipath_hash_policy=1 net/ipv6/fib_multipath_hash_policy=1 \
  net/ipv4/conf/all/rp_filter=0 net/ipv4/conf/default/rp_filter=0 net/ipv6/conf/all/keep_addr_on_down=1 net/ipv6/conf/default/keep_addr_on_down=1; do
  echo "\${key#*=}" > "/proc/sys/\${key%=*}"
done`;
