import { describe, expect, it } from 'vitest';
import { CAUSES, causeOf, type Evidence, type Notification, RULES } from '../../../src/causes/cause.ts';

const NOTHING: Evidence = {
  adminUp: true,
  state: 'Active',
  wasEstablished: true,
  reset: undefined,
  prefixLimitExceeded: false,
  link: undefined,
  bfd: undefined,
  bgpdRestarted: undefined,
  holdTime: undefined,
  waited: { bfdd: 0, bgpd: 0 },
  lowTtl: false,
  connects: false,
};

const eth2 = (up: boolean) => ({ name: 'eth2', up });

function reset(code: number, reason = 'reason', notification?: Partial<Notification>): Evidence['reset'] {
  return {
    code,
    reason,
    notification:
      notification === undefined
        ? undefined
        : { code: 6, subcode: 0, name: 'Cease', text: '', ...notification },
  };
}

const BFD_TIMED_OUT: Evidence['bfd'] = {
  diagnostic: 'control detection time expired',
  remoteDiagnostic: 'ok',
  patience: 0.6,
};

const CASES: readonly (readonly [what: string, evidence: Partial<Evidence>, cause: string, text: string])[] =
  [
    [
      'shut here, link down too',
      { adminUp: false, link: eth2(false) },
      'shut_here',
      'shut down on this node',
    ],
    [
      'shut by the round-trip time',
      { reset: reset(35) },
      'shut_here',
      'shut down on this node: round-trip time',
    ],
    ['limit', { reset: reset(33), link: eth2(false) }, 'over_limit', 'the peer exceeded the prefix limit'],
    ['limit on 7.5', { prefixLimitExceeded: true }, 'over_limit', 'the peer exceeded the prefix limit'],
    [
      'limit by notification',
      { reset: reset(14, '', { subcode: 1 }) },
      'over_limit',
      'the peer exceeded the prefix limit',
    ],
    ['cut link, BFD first', { reset: reset(24), link: eth2(false) }, 'link_down', 'link down (eth2)'],
    [
      'cut link, next hop first',
      { reset: reset(27, 'Waiting for NHT'), link: eth2(false) },
      'link_down',
      'link down (eth2)',
    ],
    [
      'shut by the peer with a text',
      { reset: reset(13, '', { subcode: 2, text: 'new card' }) },
      'peer_shut',
      'shut down by the peer: "new card"',
    ],
    ['reset by the peer', { reset: reset(13, '', { subcode: 4 }) }, 'peer_shut', 'reset by the peer'],
    [
      'limit of the peer',
      { reset: reset(13, '', { subcode: 1 }) },
      'peer_over_limit',
      'the peer stopped it: its prefix limit is exceeded',
    ],
    [
      'wrong AS here',
      { reset: reset(14, '', { code: 2, subcode: 2 }), wasEstablished: false },
      'wrong_as',
      'the peer has another AS number than configured here',
    ],
    [
      'wrong AS there',
      { reset: reset(13, '', { code: 2, subcode: 2 }), wasEstablished: false },
      'wrong_as',
      'the peer expects another AS number of this node',
    ],
    ['BFD', { reset: reset(24), link: eth2(true) }, 'path_silent', 'path silent: BFD timed out, link up'],
    ['BFD, link not visible', { reset: reset(24) }, 'path_silent', 'path silent: BFD timed out'],
    [
      'BFD by Cease sent',
      { reset: reset(14, '', { subcode: 10 }) },
      'path_silent',
      'path silent: BFD timed out',
    ],
    [
      'BFD by Cease received',
      { reset: reset(13, '', { subcode: 10 }) },
      'path_silent',
      "path silent: the peer's BFD timed out",
    ],
    ['hold timer', { reset: reset(14, '', { code: 4 }) }, 'path_silent', 'path silent: hold timer expired'],
    [
      "the peer's hold timer",
      { reset: reset(13, '', { code: 4 }) },
      'path_silent',
      "path silent: the peer's hold timer expired",
    ],
    [
      'removed by the peer',
      { reset: reset(13, '', { subcode: 3 }) },
      'peer_removed',
      'the peer has removed this session',
    ],
    [
      'rejected by the peer',
      { reset: reset(13, '', { subcode: 5, name: 'Cease/Connection Rejected' }) },
      'rejected',
      'rejected by the peer: Cease/Connection Rejected',
    ],
    [
      'rejected here',
      {
        reset: reset(14, '', { code: 3, subcode: 1, name: 'UPDATE Message Error/Malformed Attribute List' }),
      },
      'rejected',
      'rejected by this node: UPDATE Message Error/Malformed Attribute List',
    ],
    [
      'rejected by the peer in place of its OPEN, which FRR takes for an error of its state machine',
      { reset: reset(14, '', { code: 5, subcode: 1, name: 'Neighbor Events Error' }) },
      'rejected',
      'rejected by the peer before it sent its OPEN',
    ],
    [
      'an error of the state machine in another state',
      { reset: reset(14, '', { code: 5, subcode: 3, name: 'Neighbor Events Error' }) },
      'rejected',
      'rejected by this node: Neighbor Events Error',
    ],
    [
      "BFD that the peer's side detected",
      {
        reset: reset(24),
        bfd: {
          diagnostic: 'neighbor signaled session down',
          remoteDiagnostic: 'control detection time expired',
          patience: 0.6,
        },
      },
      'path_silent',
      "path silent: the peer's BFD timed out",
    ],
    [
      'BFD that the peer ended without having missed packets',
      {
        reset: reset(24),
        bfd: {
          diagnostic: 'neighbor signaled session down',
          remoteDiagnostic: 'neighbor signaled session down',
          patience: 0.6,
        },
      },
      'peer_closed',
      'the peer closed the session or restarted',
    ],
    [
      'bfdd that waited for a CPU',
      { reset: reset(24), link: eth2(true), bfd: BFD_TIMED_OUT, waited: { bfdd: 1.23, bgpd: 0 } },
      'daemon_starved',
      'bfdd on this node did not run for 1.2 s',
    ],
    [
      'bfdd that waited, link down too',
      { reset: reset(24), link: eth2(false), bfd: BFD_TIMED_OUT, waited: { bfdd: 1.23, bgpd: 0 } },
      'link_down',
      'link down (eth2)',
    ],
    [
      'bfdd that waited, but not for long enough',
      { reset: reset(24), link: eth2(true), bfd: BFD_TIMED_OUT, waited: { bfdd: 0.59, bgpd: 9 } },
      'path_silent',
      'path silent: BFD timed out, link up',
    ],
    [
      'bfdd that waited, before the peer shut the session down',
      { reset: reset(13, '', { subcode: 2 }), bfd: BFD_TIMED_OUT, waited: { bfdd: 9, bgpd: 9 } },
      'peer_shut',
      'shut down by the peer',
    ],
    [
      'bgpd that waited until the hold timer of the peer expired',
      { reset: reset(13, '', { code: 4 }), holdTime: 9, waited: { bfdd: 0, bgpd: 6 } },
      'daemon_starved',
      'bgpd on this node did not run for 6.0 s',
    ],
    [
      'bgpd that waited, with an unknown hold time',
      { reset: reset(14, '', { code: 4 }), waited: { bfdd: 9, bgpd: 9 } },
      'path_silent',
      'path silent: hold timer expired',
    ],
    [
      'never up, packets with a low TTL',
      { wasEstablished: false, lowTtl: true, connects: true, link: eth2(true) },
      'low_ttl',
      'never up: the TTL of packets is too low for ttl-security',
    ],
    [
      'never up, packets with a low TTL, waited in vain for an OPEN',
      { wasEstablished: false, lowTtl: true, connects: true, reset: reset(14, '', { code: 4 }) },
      'low_ttl',
      'never up: the TTL of packets is too low for ttl-security',
    ],
    [
      'never up, rejected, packets of another peer with a low TTL',
      { wasEstablished: false, lowTtl: true, connects: true, reset: reset(13, '', { subcode: 5 }) },
      'rejected',
      'rejected by the peer: Cease',
    ],
    [
      'never up, closed, packets of another peer with a low TTL',
      { wasEstablished: false, lowTtl: true, connects: true, reset: reset(15) },
      'peer_closed',
      'the peer closed the session or restarted',
    ],
    [
      'never up, packets with a low TTL that are not of this peer',
      { wasEstablished: false, lowTtl: true },
      'never_up',
      'never up: the peer does not answer',
    ],
    [
      'shut here, not any more',
      { reset: reset(14, 'BGP Notification send', { subcode: 2, name: 'Cease/Administrative Shutdown' }) },
      'reset_here',
      'reset on this node: Cease/Administrative Shutdown',
    ],
    [
      'bgpd restarted, next hop not resolved yet',
      { bgpdRestarted: true, wasEstablished: false, reset: reset(27, 'Waiting for NHT') },
      'bgpd_restarted',
      'bgpd on this node restarted',
    ],
    ['closed', { reset: reset(15) }, 'peer_closed', 'the peer closed the session or restarted'],
    [
      'closed in a graceful restart',
      { reset: reset(22) },
      'peer_closed',
      'the peer closed the session or restarted',
    ],
    [
      'interface down, not visible',
      { reset: reset(25) },
      'interface_lost',
      'the interface toward the peer went down',
    ],
    [
      'interface was down',
      { reset: reset(25), link: eth2(true) },
      'interface_lost',
      'eth2 was down, link up again',
    ],
    [
      'address lost',
      { reset: reset(26), link: eth2(true) },
      'interface_lost',
      'no address of the peer on eth2, link up',
    ],
    ['no route', { reset: reset(27), link: eth2(true) }, 'no_route', 'no route to the peer'],
    [
      'no VRF',
      { state: 'Idle', reset: reset(29), wasEstablished: false },
      'vrf_missing',
      'the VRF does not exist',
    ],
    [
      'no address family',
      { state: 'Idle', reset: reset(30), wasEstablished: false },
      'not_configured',
      'no address family activated for the peer',
    ],
    [
      'no address family at first, then trying',
      { state: 'Active', reset: reset(30), wasEstablished: false },
      'never_up',
      'never up: the peer does not answer',
    ],
    ['no router ID', { state: 'Idle', reset: reset(38) }, 'not_configured', 'no router ID configured'],
    [
      'no RPKI cache',
      { state: 'Idle', reset: reset(32, 'No RPKI cache server connected') },
      'not_configured',
      'no RPKI cache connected',
    ],
    [
      'no OPEN',
      { state: 'Idle', reset: reset(32, 'Waiting for peer OPEN') },
      'no_answer',
      'the peer does not answer',
    ],
    [
      'no OPEN, link up',
      { reset: reset(32, 'Waiting for peer OPEN'), link: eth2(true) },
      'no_answer',
      'the peer does not answer, link up',
    ],
    [
      'no route at first, and then no answer',
      { wasEstablished: false, reset: reset(27), link: eth2(true) },
      'never_up',
      'never up: the peer does not answer, link up',
    ],
    [
      'bgpd restarted',
      { bgpdRestarted: true, wasEstablished: false },
      'bgpd_restarted',
      'bgpd on this node restarted',
    ],
    ['cleared', { reset: reset(12, 'User reset') }, 'reset_here', 'reset on this node: User reset'],
    [
      'never up',
      { wasEstablished: false, link: eth2(true) },
      'never_up',
      'never up: the peer does not answer, link up',
    ],
    ['unknown words', { reset: reset(99, 'Moon phase') }, 'unknown', 'unknown: Moon phase'],
    ['nothing known', {}, 'unknown', 'unknown'],
  ];

describe('the cause of a lost session', () => {
  it.each(CASES)('%s', (_, evidence, id, text) => {
    expect(causeOf({ ...NOTHING, ...evidence })).toEqual({ id, text });
  });

  it('is what the order of the causes says', () => {
    expect([...RULES.map(({ id }) => id), 'unknown']).toEqual(Object.keys(CAUSES));
  });

  it('has a rule for each cause, in the order of precedence', () => {
    expect([...RULES.map(({ id }) => id), 'unknown'].sort()).toEqual(Object.keys(CAUSES).sort());
    expect(new Set(CASES.map(([, , id]) => id))).toEqual(new Set(Object.keys(CAUSES)));
  });
});
