/**
 * A Debian root in which dnf installs. What an RPM requires of its distribution, Debian has, and an empty package says so.
 * What is installed into it is gone when the script ends.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const FRR_ROOT = fileURLToPath(new URL('../../../scripts/frr-root', import.meta.url));

const DISTRIBUTION = `
Name: distribution
Version: 1
Release: 1
Summary: What a distribution provides
License: Apache-2.0
BuildArch: noarch
Provides: /bin/sh, glibc, libgcc, libstdc++, shadow-utils, systemd
%description
%files
`;

/** `dnf` is for this root and without a repository, and \`inside\` runs a script in it. */
const ENTER = `
mkdir upper work root cache
mount -t overlay -o "lowerdir=$1,upperdir=upper,workdir=work" overlay root
mount -t tmpfs tmpfs root/dev
: >root/dev/null
mount --bind /dev/null root/dev/null
dnf() {
  command dnf --installroot="$PWD/root" --disablerepo='*' --releasever=1 --setopt=cachedir="$PWD/cache" --assumeyes "$@"
}
inside() { chroot root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "$1"; }
`;

/** @param parent where the folder of the root is made @returns what the script printed */
export async function inDnfRoot(parent: string, script: string): Promise<string> {
  const { stdout: lower } = await execa(FRR_ROOT, ['bookworm'], { stderr: 'inherit' });
  const folder = mkdtempSync(join(parent, 'dnf-'));
  const spec = join(folder, 'distribution.spec');
  writeFileSync(spec, DISTRIBUTION);
  await execa('rpmbuild', [
    '-bb',
    '--quiet',
    '--define',
    `_topdir ${folder}`,
    '--define',
    `_rpmdir ${folder}`,
    spec,
  ]);
  const { stdout } = await execa('unshare', ['--mount', 'sh', '-euc', `${ENTER}\n${script}`, 'sh', lower], {
    cwd: folder,
    stdin: 'ignore',
  });
  return stdout;
}
