import { expect, test } from 'vitest';
import type { StatusDocument } from '../../../../src/status/document.ts';
import { escapeHtml, landingPage } from '../../../../src/web/pages/landing.ts';

type Session = StatusDocument['bgp_sessions'][number];

const session = (peer: string, other: Partial<Session> = {}): Session => ({
  vrf: 'default',
  peer,
  up: true,
  admin_up: true,
  state: 'Established',
  since: '2026-11-22T10:00:00Z',
  reason: null,
  description: null,
  peer_group: null,
  remote_hostname: null,
  interface: null,
  local_as: null,
  remote_as: null,
  established_count: 1,
  dropped_count: 0,
  last_reset: null,
  prefixes: [],
  ...other,
});

function document(sessions: Session[], other: Partial<StatusDocument> = {}): StatusDocument {
  return {
    exporter: { version: '1.2.3' },
    at: '2026-11-22T12:00:00Z',
    frr: { up: true, version: '10.7.1' },
    maintenance: { active: false, end: null, reason: null },
    verdict: { level: 'ok', headline: '1 BGP session up', findings: [] },
    bgp_sessions: sessions,
    bfd_sessions: [],
    default_routes: [],
    host_routes: [],
    routes: [],
    evpn_vnis: [],
    daemons: [],
    collectors: [],
    ...other,
  };
}

/** What a person reads: the page without its head and tags. */
function words(html: string): string {
  return html
    .replace(/^.*<body>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

test('sessions that are down come first, then those that are shut on purpose', () => {
  const page = landingPage(
    document([
      session('192.0.2.1'),
      session('192.0.2.2', { up: false, admin_up: false, state: 'Idle', since: null }),
      session('eth2', { up: false, state: 'Active', reason: 'BFD down received', description: 'tor2' }),
    ]),
    [{ path: '/metrics', what: 'the metrics' }],
  );
  expect(words(page)).toBe(
    'FRR exporter Prometheus exporter for FRRouting, version 1.2.3 ✓ FRR 10.7.1 answers Pages /metrics the metrics BGP sessions 1 of 3 established peer VRF state since reason eth2 tor2 default ✗ Active 2026-11-22T10:00:00Z BFD down received 192.0.2.2 default shut down – 192.0.2.1 default ✓ established 2026-11-22T10:00:00Z Collectors collector newest poll age asked every took',
  );
});

test('a fleet of sessions is cut', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => session(`10.0.0.${index}`));
  const page = landingPage(document(many), []);
  expect(page.match(/<code>10\.0\.0\./g)?.length).toBe(100);
  expect(words(page)).toContain('1000 of 1000 established');
  expect(words(page)).toContain('and 900 more');
});

test.each([
  [document([], { frr: { up: false, version: null } }), 'FRR has not been asked yet'],
  [
    document([], {
      frr: { up: false, version: null },
      collectors: [
        {
          name: 'bgp',
          up: false,
          supported: true,
          age_seconds: null,
          interval_seconds: 5,
          duration_seconds: 0.5,
          error: { reason: 'not_running', message: 'bgpd is not running' },
        },
      ],
    }),
    '✗ FRR does not answer',
  ],
  [
    document([], { maintenance: { active: true, end: '2026-11-22T18:00:00Z', reason: 'line card' } }),
    'Under maintenance until 2026-11-22T18:00:00Z : line card',
  ],
])('%#', (status, text) => {
  expect(words(landingPage(status, []))).toContain(text);
});

test("what FRR's configuration and peers say is text, whatever it is", () => {
  const evil = `<script>alert("x")</script>'&`;
  const page = landingPage(
    document([session(evil, { description: evil, vrf: evil, up: false, reason: evil })], {
      frr: { up: true, version: evil },
      maintenance: { active: true, end: null, reason: evil },
    }),
    [{ path: evil, what: evil }],
  );
  expect(page).not.toContain('<script');
  expect(page).not.toContain(evil);
  expect(page).toContain(escapeHtml(evil));
  expect(escapeHtml(evil)).toBe('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;');
});
