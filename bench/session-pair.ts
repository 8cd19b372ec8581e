/**
 * Two real bgpd with many established sessions between them, for measurements. Each session has its own address on both sides,
 * and three address families. Requires root.
 */
import { execa } from 'execa';
import type { Router } from '../test/lab/router.ts';
import { waitFor } from '../test/lab/waiting.ts';
import { runFrr, startWatchedRouter, type WatchedRouter } from './watched-router.ts';

const address = (side: 1 | 2, n: number): string => `10.${side}.${n >> 8}.${n & 0xff}`;

function watchedConfig(sessions: number): string {
  const neighbors = Array.from({ length: sessions }, (_, n) => {
    const peer = address(2, n + 1);
    return ` neighbor ${peer} peer-group peers\n neighbor ${peer} update-source ${address(1, n + 1)}\n neighbor ${peer} description session ${n}`;
  });
  return `
hostname watched
ip route 10.2.0.0/16 192.0.2.2
router bgp 65001
 bgp router-id 10.1.0.1
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor peers peer-group
 neighbor peers remote-as 65002
 neighbor peers ebgp-multihop 4
 neighbor peers timers 30 90
 neighbor peers timers connect 2
${neighbors.join('\n')}
 address-family ipv4 unicast
  network 198.51.100.0/24
  neighbor peers activate
 exit-address-family
 address-family ipv6 unicast
  network 2001:db8:1::/48
  neighbor peers activate
 exit-address-family
 address-family l2vpn evpn
  neighbor peers activate
 exit-address-family
exit
`;
}

const FAR_CONFIG = `
hostname far
ip route 10.1.0.0/16 192.0.2.1
router bgp 65002
 bgp router-id 10.2.0.1
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor peers peer-group
 neighbor peers remote-as 65001
 neighbor peers ebgp-multihop 4
 neighbor peers timers 30 90
 bgp listen limit 5000
 bgp listen range 10.1.0.0/16 peer-group peers
 address-family ipv4 unicast
  network 203.0.113.0/24
  neighbor peers activate
 exit-address-family
 address-family ipv6 unicast
  network 2001:db8:2::/48
  neighbor peers activate
 exit-address-family
 address-family l2vpn evpn
  neighbor peers activate
 exit-address-family
exit
`;

interface SummaryOfFamily {
  readonly failedPeers: number;
  readonly totalPeers: number;
}

async function allEstablished(router: Router, sessions: number): Promise<boolean> {
  const summary = await router.json<{ readonly default?: Record<string, SummaryOfFamily> }>(
    'show bgp vrf all summary json',
  );
  const families = Object.values(summary.default ?? {});
  return families.length === 3 && families.every((f) => f.totalPeers === sessions && f.failedPeers === 0);
}

/** Starts the pair and waits until every session is established in every family. */
export function startSessionPair(sessions: number): Promise<WatchedRouter> {
  return startWatchedRouter(`pair${sessions}`, async (site) => {
    for (const [side, number] of [
      ['watched', 1],
      ['far', 2],
    ] as const) {
      const lines = Array.from(
        { length: sessions },
        (_, n) => `addr add ${address(number, n + 1)}/32 dev lo`,
      );
      await execa('ip', ['-n', site.namespaces[side], '-batch', '-'], { input: lines.join('\n') });
    }
    const router = await runFrr(site, 'watched', watchedConfig(sessions));
    await runFrr(site, 'far', FAR_CONFIG);
    await waitFor(() => allEstablished(router, sessions), {
      within: 180_000,
      every: 2000,
      for: `${sessions} sessions to be established`,
    });
    return router;
  });
}
