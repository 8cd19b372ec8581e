/**
 * A router with a million routes in its RIB and in the kernel, received from BIRD, to measure what an exporter costs zebra.
 * Requires root and BIRD 2 (Debian: bird2).
 */
import { waitFor } from '../test/lab/waiting.ts';
import { startBird } from './bird.ts';
import { runFrr, startWatchedRouter, type WatchedRouter } from './watched-router.ts';

const WATCHED_CONFIG = `
hostname watched
router bgp 65001
 bgp router-id 192.0.2.1
 no bgp ebgp-requires-policy
 neighbor 192.0.2.2 remote-as 65002
exit
`;

/** Starts the router and waits until all routes are in the kernel. */
export function startMillionRoutes(routes = 1_000_000): Promise<WatchedRouter> {
  return startWatchedRouter('routes', async (site) => {
    const router = await runFrr(site, 'watched', WATCHED_CONFIG);
    await startBird(
      site,
      Array.from({ length: routes }, (_, n) => `${16 + (n >> 16)}.${(n >> 8) & 0xff}.${n & 0xff}.0/24`),
    );
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
