import { expect, test } from 'vitest';
import { NotFound, PAGES } from '../../../../src/web/pages/index.ts';
import { document, session, textOf, titleOf, view } from './documents.ts';

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
      { address: '2001:db8::1', interface: 'lo1', afi: 'ipv6', in_bgp: true, advertised_peers: 2 },
      { address: '2001:db8::1', interface: 'lo2', afi: 'ipv6', in_bgp: false, advertised_peers: 0 },
    ],
  },
);

function make(path: string, parameters: Readonly<Record<string, string>>): string {
  const page = PAGES.find((one) => one.path === path);
  if (page === undefined) throw new Error(`no page ${path}`);
  return page.make(view(STATUS, { prefix: '/frr' }), parameters, '');
}

test('a session', () => {
  const page = make('/session/:vrf/:peer', { vrf: 'tenant-a', peer: 'eth2' });
  expect(titleOf(page)).toBe('✓ 1 BGP session up · eth2 · compute-01');
  expect(page).toContain('<a href="/frr/">compute-01</a>');
  expect(textOf(page)).toBe(
    [
      'compute-01 · FRR 10.7.1 · as of 11:59:58 UTC, 2 s ago ✓ 1 BGP session up BGP session with eth2',
      'eth2 in VRF tenant-a ✓ established since 10:00:00 UTC, for 2 h BFD no session Drops 0',
      "vtysh -c 'show bgp vrf tenant-a neighbors eth2'",
      'Prefixes Address family Received Accepted Advertised Limit Problem',
      'ipv4 unicast 21 20 3 20 the peer exceeded the limit',
      'ipv6 unicast – 0 0 – no policy lets routes through (RFC 8212)',
      'frr-exporter 1.2.3',
    ].join(' '),
  );
});

test('an address', () => {
  const page = make('/address/:address', { address: '2001:db8::1' });
  expect(titleOf(page)).toBe('✓ 1 BGP session up · 2001:db8::1 · compute-01');
  expect(textOf(page)).toContain(
    [
      '2001:db8::1 Interface In BGP Announced lo1 yes ✓ to 2 peers lo2 no ✗ to nobody',
      "vtysh -c 'show bgp ipv6 unicast 2001:db8::1/128'",
    ].join(' '),
  );
});

test.each([
  [
    '/session/:vrf/:peer',
    { vrf: 'default', peer: 'eth2' },
    'FRR has no BGP session with "eth2" in VRF "default"',
  ],
  ['/address/:address', { address: '<b>' }, 'no interface of this node has the host address "<b>"'],
])('%s of something unknown', (path, parameters, message) => {
  expect(() => make(path, parameters)).toThrow(new NotFound(message));
});
