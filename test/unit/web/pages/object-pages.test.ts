import { expect, test } from 'vitest';
import { createHistory } from '../../../../src/events/history.ts';
import { NotFound, PAGES } from '../../../../src/web/pages/index.ts';
import { document, event, hostRoute, session, textOf, titleOf, view } from './documents.ts';

const STATUS = document(
  [
    session('eth2', {
      vrf: 'tenant-a',
      prefixes: [
        {
          afi: 'ipv4',
          safi: 'unicast',
          received: 21,
          accepted: 20,
          advertised: 3,
          limit: 20,
          limit_exceeded: true,
          policy_missing: false,
        },
        {
          afi: 'ipv6',
          safi: 'unicast',
          received: null,
          accepted: 0,
          advertised: 0,
          limit: null,
          limit_exceeded: null,
          policy_missing: true,
        },
      ],
    }),
  ],
  {
    host_routes: [
      hostRoute('2001:db8::1', { interface: 'lo1', in_bgp: true, advertised_peers: 2 }),
      hostRoute('2001:db8::1', { interface: 'lo2', reason: 'not in BGP' }),
      hostRoute('203.0.113.30', {
        vrf: 'tenant-a',
        origin: 'kernel',
        in_bgp: true,
        advertised_peers: 1,
        advertised_to: [{ vrf: 'tenant-a', peer: 'eth2', description: 'tor2', family: 'unicast' }],
      }),
    ],
  },
);

const history = createHistory(Date.parse('2026-11-22T06:00:00Z') / 1000);
const labels = { vrf: 'tenant-a', peer: 'eth2' };
history.record(event('2026-11-22T08:00:00.123Z', { labels, cause: '<link> down' }));
history.record(event('2026-11-22T09:00:00.000Z'));
history.record(
  event('2026-11-22T09:30:00.000Z', {
    labels,
    from: 'active',
    to: 'established',
    was_up: false,
    up: true,
    missed: 2,
  }),
);

function make(path: string, parameters: Readonly<Record<string, string>>): string {
  const page = PAGES.find((one) => one.path === path);
  if (page === undefined) throw new Error(`no page ${path}`);
  return page.make({ ...view(STATUS, { prefix: '/frr' }), history }, parameters, '');
}

test('a session', () => {
  const page = make('/session/:vrf/:peer', { vrf: 'tenant-a', peer: 'eth2' });
  expect(titleOf(page)).toBe('✓ 1 BGP session up · eth2 · compute-01');
  expect(page).toContain('<a href="/frr/">compute-01</a>');
  expect(textOf(page)).toBe(
    [
      'compute-01 · FRR 10.7.1 · as of 11:59:58 UTC, 2 s ago ✓ 1 BGP session up BGP session with eth2',
      'eth2 in VRF tenant-a ✓ established since 10:00:00 UTC, for 2 h BFD no session Drops 3 since 06:00:00 UTC, 0 since bgpd started',
      "vtysh -c 'show bgp vrf tenant-a neighbors eth2'",
      'The last 24 hours down 3 times, 1 h 29 min; unknown for 18 h',
      'Time What Change Cause',
      '09:30:00 UTC BGP session with eth2 (vrf default) ✓ active → established , went down and up 2 times between polls',
      '08:00:00 UTC BGP session with eth2 (vrf default) ✗ established → active &lt;link&gt; down',
      'Prefixes Address family Received Accepted Advertised Limit Problem',
      'ipv4 unicast 21 20 3 20 the peer exceeded the limit',
      'ipv6 unicast – 0 0 – no policy lets routes through (RFC 8212)',
      'frr-exporter 1.2.3',
    ].join(' '),
  );
});

test('the strip of a day: where it was down stands out', () => {
  const page = make('/session/:vrf/:peer', { vrf: 'tenant-a', peer: 'eth2' });
  expect(/<svg.*<\/svg>/s.exec(page)?.[0]).toBe(
    [
      '<svg class="strip" viewBox="0 0 1440 16" preserveAspectRatio="none" role="img" aria-label="The last 24 hours: down 3 times, 1 h 29 min; unknown for 18 h">',
      '<rect class="unknown" x="0" y="14" width="1080" height="2"/>',
      '<rect class="up" x="1080" y="8" width="120" height="8"/>',
      '<rect class="down" x="1200" y="0" width="90" height="16"/>',
      '<rect class="up" x="1290" y="8" width="150" height="8"/>',
      '</svg>',
    ].join(''),
  );
});

test('an address', () => {
  const page = make('/address/:address', { address: '2001:db8::1' });
  expect(titleOf(page)).toBe('✓ 1 BGP session up · 2001:db8::1 · compute-01');
  expect(textOf(page)).toContain(
    [
      '2001:db8::1 VRF Origin Interface In BGP Announced default interface lo1 yes ✓ to 2 peers',
      'default interface lo2 no ✗ to no peer not in BGP',
      "vtysh -c 'show bgp ipv6 unicast 2001:db8::1/128'",
    ].join(' '),
  );
});

test('an address in a VRF', () => {
  const page = make('/address/:address', { address: '203.0.113.30' });
  expect(textOf(page)).toContain(
    [
      'tenant-a kernel lo yes ✓ to 1 peer eth2 (tor2), VRF tenant-a, unicast',
      "vtysh -c 'show bgp vrf tenant-a ipv4 unicast 203.0.113.30/32'",
    ].join(' '),
  );
  expect(page).toContain('<a href="/frr/session/tenant-a/eth2">');
});

test.each([
  [
    '/session/:vrf/:peer',
    { vrf: 'default', peer: 'eth2' },
    'FRR has no BGP session with "eth2" in VRF "default"',
  ],
  ['/address/:address', { address: '<b>' }, 'this node does not have the host address "<b>"'],
])('%s of something unknown', (path, parameters, message) => {
  expect(() => make(path, parameters)).toThrow(new NotFound(message));
});
