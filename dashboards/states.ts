/** What the numbers of states mean, in words and colours. */
import {
  MappingType,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** One number, what it means, and the colour that goes with it. */
type Words = Readonly<Record<string, readonly [text: string, color: string]>>;

function mapping(words: Words): ValueMapping[] {
  const options: Record<string, ValueMappingResult> = {};
  for (const [index, [value, [text, color]]] of Object.entries(words).entries())
    options[value] = { text, color, index };
  return [{ type: MappingType.ValueToText, options }];
}

/**
 * `frr_bgp_session_state` (RFC 4273, and two of FRR's own), with 9 for a session that is shut on purpose. Whatever is not
 * up is red: which of the states a session is in on its way up changes by the second.
 */
export const SESSION_STATES = mapping({
  1: ['Idle', 'red'],
  2: ['Connect', 'red'],
  3: ['Active', 'red'],
  4: ['OpenSent', 'red'],
  5: ['OpenConfirm', 'red'],
  6: ['Established', 'green'],
  7: ['Clearing', 'red'],
  8: ['Deleted', 'red'],
  9: ['Shut on purpose', 'blue'],
});

/** `frr_bfd_session_state` (RFC 5880). */
export const BFD_STATES = mapping({
  0: ['Shut on purpose', 'blue'],
  1: ['Down', 'red'],
  2: ['Init', 'red'],
  3: ['Up', 'green'],
});

/** `frr_daemon_up` with 2 for a daemon that hangs. */
export const DAEMON_STATES = mapping({
  0: ['Dead', 'red'],
  1: ['Up', 'green'],
  2: ['Hangs', 'red'],
});

export const UP = mapping({ 0: ['Down', 'red'], 1: ['Up', 'green'] });
export const SCRAPED = mapping({ 0: ['Fails', 'red'], 1: ['Works', 'green'] });
export const ADMIN = mapping({ 0: ['Shut on purpose', 'blue'], 1: ['Wanted', 'green'] });
export const ANSWERS = mapping({ 0: ['Fails', 'red'], 1: ['Answers', 'green'] });
export const YES_NO = mapping({ 0: ['No', 'text'], 1: ['Yes', 'text'] });
export const GRACEFUL_RESTART = mapping({
  0: ['Not restarting', 'green'],
  1: ['Graceful restart', 'purple'],
});
export const MAINTENANCE = mapping({ 0: ['In service', 'green'], 1: ['Maintenance', 'blue'] });
export const DEFAULT_ROUTE = mapping({ 0: ['Missing', 'red'], 1: ['In the FIB', 'green'] });
export const POLICY = mapping({ 0: ['Policy in place', 'green'], 1: ['Policy missing', 'red'] });
export const PREFIX_LIMIT = mapping({ 0: ['Within the limit', 'green'], 1: ['Stopped by the limit', 'red'] });

/** What becomes of a host address: see `hostRouteVerdict`. */
export const HOST_ROUTE_VERDICT = mapping({
  0: ['Not in BGP', 'red'],
  1: ['In BGP, sent to nobody', 'red'],
  2: ['No witness receives it', 'red'],
  3: ['Announced', 'green'],
  4: ['Received by a witness', 'green'],
});

/** How grave an alert is: see `firingAlerts`. */
export const SEVERITIES = mapping({
  0: ['critical', 'red'],
  1: ['warning', 'orange'],
  2: ['info', 'blue'],
});

/** `host_route:frr_host_route:unannounced` */
export const UNANNOUNCED = mapping({ 1: ['Announced to nobody', 'red'] });

/** Why an address cannot be reached: see `unreachableAddresses`. */
export const UNREACHABLE = mapping({
  '-2': ['No witness receives it', 'red'],
  '-1': ['Its node is silent', 'red'],
  0: ['Announced to nobody', 'red'],
});

/** 0 in words; other numbers stay numbers. */
export function noneOr(text = 'none'): ValueMapping[] {
  return mapping({ 0: [text, 'green'] });
}
