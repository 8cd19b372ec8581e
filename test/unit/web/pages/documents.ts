/** Status documents for the tests of the pages. */
import type { Event } from '../../../../src/events/event.ts';
import { createHistory } from '../../../../src/events/history.ts';
import type { StatusDocument } from '../../../../src/status/document.ts';
import type { View } from '../../../../src/web/pages/page.ts';

type Session = StatusDocument['bgp_sessions'][number];
type Collector = StatusDocument['collectors'][number];

/** An established session. */
export const session = (peer: string, other: Partial<Session> = {}): Session => ({
  vrf: 'default',
  peer,
  up: true,
  admin_up: true,
  state: 'Established',
  since: '2026-11-22T10:00:00Z',
  reason: null,
  cause: null,
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

/** A collector whose newest poll was two seconds ago. */
export const collector = (name: string, other: Partial<Collector> = {}): Collector => ({
  name,
  up: true,
  supported: true,
  age_seconds: 2,
  interval_seconds: 5,
  duration_seconds: 0.0123,
  error: null,
  ...other,
});

export function document(sessions: readonly Session[], other: Partial<StatusDocument> = {}): StatusDocument {
  return {
    exporter: { version: '1.2.3' },
    at: '2026-11-22T12:00:00Z',
    frr: { up: true, version: '10.7.1' },
    maintenance: { active: false, end: null, reason: null },
    verdict: { level: 'ok', headline: '1 BGP session up', findings: [] },
    bgp_sessions: [...sessions],
    bfd_sessions: [],
    interfaces: [],
    default_routes: [],
    host_routes: [],
    routes: [],
    vrfs: [],
    evpn_vnis: [],
    events: [],
    daemons: [],
    collectors: [collector('bgp')],
    ...other,
  };
}

/** A session that went down. */
export const event = (at: string, other: Partial<Event> = {}): Event => ({
  at,
  topic: 'bgp_session',
  what: 'BGP session with eth2 (vrf default)',
  labels: { vrf: 'default', peer: 'eth2' },
  from: 'established',
  to: 'active',
  was_up: true,
  up: false,
  missed: 0,
  cause: null,
  ...other,
});

const NOW = Date.parse('2026-11-22T12:00:00Z') / 1000;

/** At 12:00:00 UTC, of an exporter that started at 2:00:00. */
export const view = (status: StatusDocument, other: Partial<View['site']> = {}): View => ({
  site: {
    node: 'compute-01',
    prefix: '',
    vtysh: ['vtysh'],
    runbooks: undefined,
    dashboard: undefined,
    links: [],
    ...other,
  },
  status,
  history: createHistory(NOW - 36_000),
  now: NOW,
});

/** What a person reads: the page without its head and tags. */
export function textOf(html: string): string {
  return html
    .replace(/^.*<body[^>]*>/s, '')
    .replaceAll(/<\/?(bdi|time|code|a|strong)\b[^>]*>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
    .trim();
}

export function titleOf(html: string): string | undefined {
  return /<title>(.*)<\/title>/.exec(html)?.[1];
}

type HostRoute = StatusDocument['host_routes'][number];

/** A host address of an interface in the default VRF, which is announced to nobody unless `other` says so. */
export function hostRoute(address: string, other: Partial<HostRoute> = {}): HostRoute {
  return {
    address,
    interface: 'lo',
    afi: address.includes(':') ? 'ipv6' : 'ipv4',
    vrf: 'default',
    origin: 'interface',
    in_bgp: false,
    in_bgp_since: null,
    advertised_peers: 0,
    vpn_advertised_peers: null,
    evpn_advertised_peers: null,
    advertised_to: [],
    expected: true,
    reason: null,
    ...other,
  };
}
