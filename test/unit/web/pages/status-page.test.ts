import { expect, test } from 'vitest';
import { BadRequest } from '../../../../src/web/bad-request.ts';
import { escapeHtml } from '../../../../src/web/pages/html.ts';
import { readShown, statusPage } from '../../../../src/web/pages/status-page.ts';
import { collector, document, event, hostRoute, session, textOf, titleOf, view } from './documents.ts';

const EVERYTHING = readShown('');

const DOWN = session('eth2', {
  up: false,
  state: 'Active',
  since: '2026-11-22T11:46:02Z',
  cause: { id: 'link_down', text: 'link down (eth2)' },
  reason: 'BFD down received',
  description: 'tor2 rack B',
  peer_group: 'uplink',
  remote_hostname: 'tor2',
  remote_as: '65002',
  dropped_count: 3,
  last_reset: { at: '2026-11-22T11:46:02Z', reason: 'BFD down received', code: '29', notification: null },
});

const BFD = {
  vrf: 'default',
  peer: 'fe80::2',
  local: null,
  interface: 'eth2',
  up: false,
  admin_up: true,
  state: 'down',
  since: '2026-11-22T11:46:01Z',
  diagnostic: 'control detection time expired',
  remote_diagnostic: 'ok',
} as const;

test('a node with a session in each state: the broken ones first, with all that is known', () => {
  const status = document(
    [
      session('192.0.2.1', {
        prefixes: [
          {
            afi: 'ipv4',
            safi: 'unicast',
            received: 21,
            accepted: 21,
            advertised: 3,
            limit: null,
            limit_exceeded: null,
            policy_missing: false,
          },
        ],
      }),
      session('192.0.2.2', { up: false, admin_up: false, state: 'Idle', since: null }),
      session('192.0.2.3', {
        vrf: 'tenant-a',
        up: false,
        state: 'Connect',
        since: null,
        established_count: 0,
      }),
      DOWN,
    ],
    {
      bfd_sessions: [BFD],
      events: [event('2026-11-22T11:46:02.000Z')],
      verdict: {
        level: 'critical',
        headline: '1 of 2 uplinks down',
        findings: [
          {
            level: 'ok',
            text: '3 addresses announced',
            details: [],
            measure: { name: 'addresses_unannounced', bad: 0, all: 3 },
          },
        ],
      },
      daemons: [{ name: 'bgpd', up: true, hung: false, watchfrr_up: true, restarts: 2 }],
    },
  );
  const page = statusPage(view(status, { links: [{ path: '/metrics', what: 'the metrics' }] }), EVERYTHING);
  expect(titleOf(page)).toBe('✗ 1 of 2 uplinks down · compute-01');
  expect(textOf(page)).toBe(
    [
      'compute-01 · FRR 10.7.1 · as of 11:59:58 UTC, 2 s ago ✗ 1 of 2 uplinks down ✓ 3 addresses announced',
      'All 1 down 1 never up 1 shut on purpose 1 established',
      '✗ 1 of 4 BGP sessions down eth2 tor2 rack B ✗ down (Active) since 11:46:02 UTC, for 13 min 58 s link down (eth2)',
      'FRR reports BFD down received, 11:46:02 UTC',
      'BFD ✗ down since 11:46:01 UTC, for 13 min 59 s (here: control detection time expired, peer: ok)',
      "Router tor2, AS 65002 Peer group uplink Drops 0 since 02:00:00 UTC, 3 since bgpd started vtysh -c 'show bgp neighbors eth2'",
      '! 1 of 4 BGP sessions never up 192.0.2.3 in VRF tenant-a ! never up (Connect) BFD no session Drops 0',
      "vtysh -c 'show bgp vrf tenant-a neighbors 192.0.2.3'",
      '– 1 of 4 BGP sessions shut on purpose Peer State BFD Prefixes Drops 192.0.2.2 – shut on purpose – 0',
      '✓ 1 of 4 BGP sessions established Peer State BFD Prefixes Drops',
      '192.0.2.1 ✓ established since 10:00:00 UTC, for 2 h – ipv4 21 in, 3 out 0',
      'Uplinks in the last 24 hours eth2 down 1 time, 10 h; unknown for 14 h',
      'Changes Time What Change Cause 11:46:02 UTC BGP session with eth2 (vrf default) ✗ established → active',
      'Daemons Daemon State Restarts bgpd ✓ up 2',
      'Collectors Collector Newest poll Age Interval Duration bgp ✓ succeeded 2 s 5 s 0.012 s',
      'More /metrics the metrics frr-exporter 1.2.3',
    ].join(' '),
  );
  expect(page).toContain('<time datetime="2026-11-22T11:46:02Z">11:46:02 UTC</time>');
  expect(page).toContain('<a href="/session/tenant-a/192.0.2.3">');
});

test('what cannot be reached comes before the sessions', () => {
  const address = (name: string, advertised_peers: number) =>
    hostRoute(name, { interface: 'lo1', in_bgp: name === '203.0.113.20', advertised_peers });
  const status = document([DOWN], {
    host_routes: [address('203.0.113.10', 2), address('203.0.113.20', 0), address('203.0.113.30', 0)],
    default_routes: [
      { vrf: 'default', afi: 'ipv4', installed: false, expected: true },
      { vrf: 'default', afi: 'ipv6', installed: false, expected: false },
      { vrf: 'tenant-a', afi: 'ipv4', installed: false, expected: false },
    ],
    verdict: {
      level: 'critical',
      headline: 'no IPv4 default route',
      findings: [
        {
          level: 'warning',
          text: 'no IPv4 default route',
          details: [],
          measure: { name: 'default_routes_missing', bad: 1, all: 2 },
        },
      ],
    },
  });
  expect(textOf(statusPage(view(status), EVERYTHING))).toContain(
    [
      '✗ 2 of 3 addresses announced to no peer Address VRF Interface In BGP',
      '203.0.113.20 default lo1 yes, but advertised to no peer 203.0.113.30 default lo1 no',
      "! no IPv4 default route vtysh -c 'show ip route 0.0.0.0/0'",
      'All 1 down',
    ].join(' '),
  );
});

test.each([
  [[false, null], '✗ 1 of 2 daemons down Daemon State Restarts bgpd ✗ down 1', 'FRRDaemonDown'],
  [[false, true], '✗ 1 of 2 daemons hanging Daemon State Restarts bgpd ✗ hangs 1', 'FRRDaemonHung'],
] as const)('a daemon that is down, or hangs, comes before all else', ([up, hung], words, runbook) => {
  const status = document([DOWN], {
    daemons: [
      { name: 'zebra', up: true, hung: false, watchfrr_up: true, restarts: 0 },
      { name: 'bgpd', up, hung, watchfrr_up: false, restarts: 1 },
    ],
  });
  const page = statusPage(view(status, { runbooks: new URL('https://example.com/runbooks') }), EVERYTHING);
  expect(textOf(page)).toContain(
    `2 s ago ✓ 1 BGP session up ${words} vtysh -c 'show watchfrr' Runbook All 1 down`,
  );
  expect(textOf(page)).toContain('Daemons Daemon State Restarts zebra ✓ up 0 Collectors');
  expect(page).toContain(`https://example.com/runbooks/${runbook}.md`);
});

test('a thousand sessions: the first of each state, and the rest behind links', () => {
  const many = Array.from({ length: 1_000 }, (_, index) =>
    session(`10.0.${index >> 8}.${index & 255}`, index < 300 ? { up: false, state: 'Active' } : {}),
  );
  const page = statusPage(view(document(many)), EVERYTHING);
  expect(page.match(/<article/g)?.length).toBe(50);
  expect(page.match(/<td><a href="\/session/g)?.length).toBe(50);
  expect(page).toContain('<a href="/?show=down">250 more down</a>');
  expect(page).toContain('<a href="/?show=established">650 more established</a>');
  expect(page.length).toBeLessThan(100_000);

  const down = statusPage(view(document(many)), readShown('show=down'));
  expect(down.match(/<article/g)?.length).toBe(200);
  expect(textOf(down)).toContain('page 1 of 2 next');
  expect(down).toContain('<a href="/?show=down" aria-current="page">300 down</a>');
  expect(down).toContain('<a href="/?show=down&amp;page=2">next</a>');
  const rest = statusPage(view(document(many)), readShown('show=down&page=2'));
  expect(rest.match(/<article/g)?.length).toBe(100);
  expect(rest).toContain('<a href="/?show=down">previous</a>');
  expect(rest).not.toContain('10.0.2.188');
});

test.each(['', 'show=shut', 'page=3', 'show=never&page=2&other=x'])('the query %j', (query) => {
  const { show, page } = Object.fromEntries(new URLSearchParams(query));
  expect(readShown(query)).toEqual({ state: show, number: Number(page ?? 1) });
});

test.each([
  ['show=broken', 'show must be one of down, never, shut, established, not "broken"'],
  ['show=', 'show must be one of down, never, shut, established, not ""'],
  ['page=0', 'page must be a whole number from 1 to 99999, not "0"'],
  ['page=two', 'page must be a whole number from 1 to 99999, not "two"'],
])('the query %j is refused', (query, message) => {
  expect(() => readShown(query)).toThrow(new BadRequest(message));
});

test('old data is called old, at once and in the title', () => {
  const collectors = [collector('bgp', { age_seconds: 47 }), collector('rib', { age_seconds: 46 })];
  const page = statusPage(view(document([], { collectors })), EVERYTHING);
  expect(titleOf(page)).toBe('? 46 s old: 1 BGP session up · compute-01');
  expect(page).toContain('<body class="stale">');
  expect(textOf(page)).toContain(
    'as of 11:59:14 UTC, 46 s ago ? 46 s old: 1 BGP session up ✗ No poll has succeeded for 46 s. What follows was true then.',
  );
});

test.each([
  ['none fails', {}, '<details><summary><h2>Collectors'],
  ['one fails', { up: false }, '<details open><summary><h2>Collectors'],
  ['FRR is too old for one', { up: null, supported: false }, '<details><summary><h2>Collectors'],
  ['one has not been polled', { up: null, supported: null }, '<details><summary><h2>Collectors'],
])('the collectors are unfolded if one fails: %s', (_, bfd, expected) => {
  const collectors = [collector('bgp'), collector('bfd', bfd)];
  expect(statusPage(view(document([], { collectors })), EVERYTHING)).toContain(expected);
});

test.each([
  [10, '<details open><summary><h2>Changes'],
  [11, '<details><summary><h2>Changes'],
])('%i changes', (count, expected) => {
  const events = Array.from({ length: count }, () => event('2026-11-22T11:46:02.000Z'));
  expect(statusPage(view(document([], { events })), EVERYTHING)).toContain(expected);
});

test.each([
  [10, '<section><h2>', '<details><summary><h2>'],
  [11, '<details><summary><h2>', '<section><h2>'],
])('%i established sessions', (count, expected, other) => {
  const sessions = Array.from({ length: count }, (__, n) => session(`eth${n}`));
  const page = statusPage(view(document(sessions)), EVERYTHING);
  const [before] = page.split(`${count} of ${count} BGP sessions established`);
  expect(before?.lastIndexOf(expected)).toBeGreaterThan(before?.lastIndexOf(other) as number);
});

test('an old result without an error is marked', () => {
  const collectors = [collector('bgp', { age_seconds: 20 }), collector('bfd')];
  const page = statusPage(view(document([session('eth1')], { collectors })), EVERYTHING);
  expect(textOf(page)).toContain('! 20 s old All 1 established');
});

test('data that is old or missing for one topic is marked there', () => {
  const error = { reason: 'timed_out', message: 'bgpd did not answer "show bgp summary" in time' } as const;
  const collectors = [collector('bgp', { up: false, age_seconds: 20, error }), collector('bfd')];
  const page = statusPage(view(document([session('eth1')], { collectors })), EVERYTHING);
  expect(page).toContain('<body>');
  expect(textOf(page)).toContain(
    '! 20 s old: bgpd did not answer &quot;show bgp summary&quot; in time All 1 established',
  );
});

test.each([
  [
    document([], { frr: { up: false, version: null }, collectors: [] }),
    'FRR has not been polled yet · no data yet',
  ],
  [
    document([], {
      frr: { up: false, version: null },
      collectors: [
        collector('bgp', {
          up: false,
          age_seconds: null,
          error: { reason: 'not_running', message: 'bgpd is not running' },
        }),
      ],
    }),
    'FRR does not answer · no data yet',
  ],
  [document([]), 'BGP sessions None is known.'],
  [
    document([], { maintenance: { active: true, end: '2026-11-23T18:00:00Z', reason: 'line card' } }),
    '! Under maintenance until 2026-11-23 18:00:00 UTC: line card All',
  ],
  [
    document([session('eth1')], {
      daemons: [
        { name: 'bgpd', up: true, hung: true, watchfrr_up: null, restarts: null },
        { name: 'bfdd', up: false, hung: null, watchfrr_up: null, restarts: 1 },
      ],
    }),
    'bgpd ✗ hangs – bfdd ✗ down 1',
  ],
])('%#', (status, text) => {
  expect(textOf(statusPage(view(status), EVERYTHING))).toContain(text.replace(' All', ''));
});

test('links to runbooks and the dashboard, where their URLs are configured', () => {
  const status = document([DOWN, session('192.0.2.3', { vrf: 'a&b', up: false, established_count: 0 })], {
    host_routes: [hostRoute('::1')],
  });
  const linksOf = (page: string) => [...page.matchAll(/href="(https:[^"]*)"/g)].map(([, url]) => url);
  expect(linksOf(statusPage(view(status), EVERYTHING))).toEqual([]);
  const site = {
    runbooks: new URL('https://example.com/runbooks/'),
    dashboard: new URL('https://grafana.example/d/frr-session?var-instance=compute-01:9342'),
  };
  const dashboard = 'https://grafana.example/d/frr-session?var-instance=compute-01%3A9342';
  expect(linksOf(statusPage(view(status, site), EVERYTHING))).toEqual([
    'https://example.com/runbooks/FRRHostRouteNotAdvertised.md',
    'https://example.com/runbooks/FRRBGPPeerDown.md',
    `${dashboard}&amp;var-vrf=default&amp;var-peer=eth2`,
    'https://example.com/runbooks/FRRBGPPeerNeverEstablished.md',
    `${dashboard}&amp;var-vrf=a%26b&amp;var-peer=192.0.2.3`,
  ]);
});

test('the line for vtysh is that of this FRR, and safe to paste', () => {
  const vtysh = ['podman', 'exec', 'frr', 'vtysh', '-N', 'one'];
  const page = statusPage(view(document([{ ...DOWN, peer: "a'b; reboot" }]), { vtysh }), EVERYTHING);
  expect(textOf(page)).toContain(
    String.raw`podman exec frr vtysh -N one -c 'show bgp neighbors a'\''b; reboot'`,
  );
});

test("what FRR's configuration and peers say is text, whatever it is", () => {
  const evil = `<script>alert("x")</script>'&`;
  const bad = session(evil, {
    ...DOWN,
    description: evil,
    vrf: evil,
    state: evil,
    remote_hostname: evil,
    peer_group: evil,
    cause: { id: evil, text: evil },
    last_reset: { at: null, reason: evil, code: evil, notification: evil },
  });
  const page = statusPage(
    view(
      document([bad, { ...bad, up: true }, { ...bad, admin_up: false }, { ...bad, established_count: 0 }], {
        frr: { up: true, version: evil },
        maintenance: { active: true, end: null, reason: evil },
        bfd_sessions: [{ ...BFD, vrf: evil, interface: evil, diagnostic: evil }],
        host_routes: [hostRoute(evil, { interface: evil, afi: evil, vrf: evil, origin: evil, reason: evil })],
        events: [event(evil, { what: evil, from: evil, to: evil, cause: evil })],
        daemons: [{ name: evil, up: true, hung: false, watchfrr_up: true, restarts: 0 }],
        collectors: [collector('bgp', { up: false, error: { reason: 'failed', message: evil } })],
        verdict: { level: 'critical', headline: evil, findings: [] },
      }),
      { node: evil, links: [{ path: evil, what: evil }] },
    ),
    EVERYTHING,
  );
  expect(page).not.toContain('<script');
  expect(page).not.toContain(evil);
  expect(page).toContain(`<bdi>${escapeHtml(evil)}</bdi>`);
});
