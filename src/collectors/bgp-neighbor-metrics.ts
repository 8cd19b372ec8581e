/** The metrics of BGP sessions that the summary lacks. Their labels begin with the VRF and the peer. */
import { COMMANDS } from '../frr/commands.ts';
import { metric } from '../metrics/family.ts';
import { SESSION_FAMILY_LABELS, SESSION_LABELS } from './bgp.ts';

const NEIGHBORS = COMMANDS.bgpNeighbors;
const SUMMARY = COMMANDS.bgpSummary;
const FAILED = COMMANDS.bgpFailed;

export const INFO_LABELS = [
  'vrf',
  'peer',
  'local_as',
  'remote_as',
  'peer_group',
  'description',
  'remote_hostname',
  'interface',
  'remote_router_id',
] as const;
export const RESET_LABELS = ['vrf', 'peer', 'reason', 'code', 'notification'] as const;
export const MESSAGE_LABELS = ['vrf', 'peer', 'direction', 'type'] as const;
export const RESTART_LABELS = ['vrf', 'peer', 'local_mode', 'remote_mode'] as const;
export const REJECTED_LABELS = ['vrf', 'peer', 'reason'] as const;

/** Facts about a session that people may change, on a series of their own to join on by (instance, vrf, peer). */
export const sessionInfo = metric({
  name: 'frr_bgp_session_info',
  type: 'info',
  help: 'Information about the BGP peer; labels are empty if unknown. The interface is that of an unnumbered peer.',
  labels: INFO_LABELS,
  source: `${NEIGHBORS.text}: localAs, remoteAs, peerGroup, nbrDesc, hostname, bgpNeighborAddr, remoteRouterId`,
});
/** Why a session last went down. One series per session. */
export const sessionLastReset = metric({
  name: 'frr_bgp_session_last_reset_info',
  type: 'info',
  help: 'Reason of the last reset of the BGP session, as FRR words it, and the NOTIFICATION if there was one; absent if it was never reset.',
  labels: RESET_LABELS,
  source: `${NEIGHBORS.text}, ${FAILED.text}: lastResetDueTo, lastResetCode, lastNotificationReason; ${NEIGHBORS.text}: downLastResetDueTo`,
});
export const sessionLastResetTimestamp = metric({
  name: 'frr_bgp_session_last_reset_timestamp_seconds',
  type: 'gauge',
  help: 'Time of the last reset of the BGP session, in seconds since the epoch, accurate to a second; absent if it was never up.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: lastResetTimerMsecs (before FRR 10.7 without whole days); ${SUMMARY.text}: peerUptimeMsec`,
});
export const sessionHoldTime = metric({
  name: 'frr_bgp_session_hold_time_seconds',
  type: 'gauge',
  help: 'Negotiated hold time; absent while the BGP session is not established.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: bgpTimerHoldTimeMsecs`,
});
export const sessionKeepalive = metric({
  name: 'frr_bgp_session_keepalive_seconds',
  type: 'gauge',
  help: 'Negotiated keepalive interval; absent while the BGP session is not established.',
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: bgpTimerKeepAliveIntervalMsecs`,
});
export const sessionRoundTrip = metric({
  name: 'frr_bgp_session_rtt_seconds',
  type: 'gauge',
  help: "Round-trip time of the BGP session's TCP connection, in whole milliseconds; absent while it is not established.",
  unit: 'seconds',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: estimatedRttInMsecs (before FRR 10: only from a millisecond on)`,
});
export const sessionMessages = metric({
  name: 'frr_bgp_session_messages_by_type_total',
  type: 'counter',
  help: 'Number of BGP messages by direction and type.',
  labels: MESSAGE_LABELS,
  source: `${NEIGHBORS.text}: messageStats`,
});
export const gracefulRestartActive = metric({
  name: 'frr_bgp_session_graceful_restart_active',
  type: 'gauge',
  help: 'Whether a graceful restart timer of the BGP session is running: the peer is expected to return, or its stale routes are retained.',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: gracefulRestartInfo timers (RFC 4724)`,
});
export const gracefulRestartInfo = metric({
  name: 'frr_bgp_session_graceful_restart_info',
  type: 'info',
  help: 'Graceful restart mode on both sides of the BGP session: Helper, Restart, Disable, or NotApplicable while that of the peer is unknown.',
  labels: RESTART_LABELS,
  source: `${NEIGHBORS.text}: gracefulRestartInfo localGrMode, remoteGrMode (RFC 4724)`,
});
export const sessionBfdEnabled = metric({
  name: 'frr_bgp_session_bfd_enabled',
  type: 'gauge',
  help: 'Whether BFD is enabled for the BGP session.',
  labels: SESSION_LABELS,
  source: `${NEIGHBORS.text}: peerBfdInfo`,
});
export const prefixesRejected = metric({
  name: 'frr_bgp_session_prefixes_rejected_total',
  type: 'counter',
  help: 'Number of prefixes from the peer that were not accepted into the BGP table, by reason.',
  labels: REJECTED_LABELS,
  source: `${NEIGHBORS.text}: prefixStats`,
  since: '10.3',
});
export const prefixesAccepted = metric({
  name: 'frr_bgp_prefixes_accepted',
  type: 'gauge',
  help: 'Number of prefixes from the peer that the inbound policy accepted.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo acceptedPrefixCounter`,
});
export const prefixLimit = metric({
  name: 'frr_bgp_prefix_limit',
  type: 'gauge',
  help: 'Maximum number of prefixes accepted from the peer; absent without a limit.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo prefixAllowedMax`,
});
export const prefixLimitWarning = metric({
  name: 'frr_bgp_prefix_limit_warning_threshold',
  type: 'gauge',
  help: 'Number of prefixes above which FRR logs a warning; absent without a limit.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo prefixAllowedMax, prefixAllowedWarningThresh (percent)`,
});
/** 1 for the limited families of a session that FRR keeps down because of its prefix limit. */
export const prefixLimitExceeded = metric({
  name: 'frr_bgp_prefix_limit_exceeded',
  type: 'gauge',
  help: 'Whether FRR keeps the BGP session down because the peer exceeded a prefix limit; absent without a limit. With limits in several address families, FRR does not report which.',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: prefixesConfigExceedMax, addressFamilyInfo prefixAllowedMax`,
});
/** 1 where RFC 8212 discards the routes of a session because a policy is missing. */
export const policyMissing = metric({
  name: 'frr_bgp_policy_missing',
  type: 'gauge',
  help: 'Whether routes are discarded because the session has no inbound or no outbound policy (RFC 8212, `bgp ebgp-requires-policy`).',
  labels: SESSION_FAMILY_LABELS,
  source: `${NEIGHBORS.text}: addressFamilyInfo inboundEbgpRequiresPolicy, outboundEbgpRequiresPolicy`,
});
