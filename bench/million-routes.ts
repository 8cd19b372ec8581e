/**
 * A router with a million routes in its RIB and in the kernel, received from BIRD, to measure what an exporter costs zebra.
 * Requires root and BIRD 2 (Debian: bird2).
 */
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { waitFor } from '../test/lab/waiting.ts';
import { runFrr, startWatchedRouter, type WatchedRouter } from './watched-router.ts';

const BIRD = '/usr/sbin/bird';

const WATCHED_CONFIG = `
hostname watched
router bgp 65001
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 neighbor 192.0.2.2 remote-as 65002
exit
`;

async function writeBirdConfig(path: string, routes: number): Promise<void> {
  const file = createWriteStream(path);
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
  for (let n = 0; n < routes; n++) {
    file.write(`  route ${16 + (n >> 16)}.${(n >> 8) & 0xff}.${n & 0xff}.0/24 blackhole;\n`);
  }
  file.end('}\n');
  await finished(file);
}

/** Starts the router and waits until all routes are in the kernel. */
export function startMillionRoutes(routes = 1_000_000): Promise<WatchedRouter> {
  if (!existsSync(BIRD)) throw new Error(`${BIRD} is missing; on Debian, run: apt-get install bird2`);
  return startWatchedRouter('routes', async (site) => {
    const router = await runFrr(site, 'watched', WATCHED_CONFIG);
    const config = join(site.folder, 'bird.conf');
    await writeBirdConfig(config, routes);
    const bird = ['-c', config, '-s', join(site.folder, 'bird.ctl'), '-P', join(site.folder, 'bird.pid')];
    await execa('ip', ['netns', 'exec', site.namespaces.far, BIRD, ...bird], {
      env: site.env,
      stdio: 'ignore',
    });
    const inKernel = async () =>
      (await router.json<{ readonly routesTotalFib: number }>('show ip route summary json')).routesTotalFib;
    await waitFor(async () => (await inKernel()) >= routes, {
      within: 300_000,
      every: 5000,
      for: `${routes} routes in the kernel`,
    });
    return router;
  });
}
