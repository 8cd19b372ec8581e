/** BIRD at the far end of a watched router, which announces many routes. Requires BIRD 2 (Debian: bird2). */
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import type { Site } from './watched-router.ts';

const BIRD = '/usr/sbin/bird';

/** Starts BIRD as 192.0.2.2, AS 65002, with these IPv4 prefixes for 192.0.2.1, AS 65001. */
export async function startBird(site: Site, prefixes: Iterable<string>): Promise<void> {
  if (!existsSync(BIRD)) throw new Error(`${BIRD} is missing; on Debian, run: apt-get install bird2`);
  const config = join(site.folder, 'bird.conf');
  const file = createWriteStream(config);
  file.write(`log stderr all;
router id 192.0.2.2;
protocol device {}
protocol bgp feed {
  local 192.0.2.2 as 65002;
  neighbor 192.0.2.1 as 65001;
  ipv4 { import none; export all; next hop self; };
}
protocol static {
  ipv4;
`);
  for (const prefix of prefixes) file.write(`  route ${prefix} blackhole;\n`);
  file.end('}\n');
  await finished(file);
  const bird = ['-c', config, '-s', join(site.folder, 'bird.ctl'), '-P', join(site.folder, 'bird.pid')];
  await execa('ip', ['netns', 'exec', site.namespaces.far, BIRD, ...bird], {
    env: site.env,
    stdio: 'ignore',
  });
}
