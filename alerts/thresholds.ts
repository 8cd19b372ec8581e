/** What a site may change about the rules: reads `alerts/thresholds.yaml` and the flags of `make rules`, and checks them. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { durationSeconds, durationText } from './duration.ts';

const duration = z
  .string({ error: 'is not a duration; write it as 30s, 5m or 1h30m' })
  .refine((text) => durationSeconds(text) !== undefined, 'is not a duration; write it as 30s, 5m or 1h30m');
const interval = duration.refine((text) => {
  const seconds = durationSeconds(text) ?? 0;
  return seconds >= 1 && seconds <= 60;
}, 'must be from 1s to 1m');
const window = duration.refine((text) => durationSeconds(text) !== 0, 'must be longer than 0s');
const ratio = z.coerce
  .number({ error: 'is not a number between 0 and 1' })
  .refine((value) => value > 0 && value <= 1, 'is not above 0 and at most 1');
const belowOne = z.coerce
  .number({ error: 'is not a number between 0 and 1' })
  .refine((value) => value > 0 && value < 1, 'is not above 0 and below 1');
const count = z.coerce
  .number({ error: 'is not a whole number of 1 or more' })
  .refine((value) => Number.isInteger(value) && value >= 1, 'is not a whole number of 1 or more');
const label = z
  .string({ error: 'is not a label name' })
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is not a label name');
const job = z.string({ error: 'is not a job name' }).regex(/^[^"\\\n]+$/, 'is not a job name');
const regexp = z
  .string({ error: 'is not a regular expression' })
  .regex(/^[^"\n]+$/, 'must be a regular expression without double quotes')
  .refine((text) => isRegExp(text), 'is not a regular expression');
const optionalRegexp = z.union([z.literal(''), regexp], {
  error: 'must be a regular expression without double quotes, or ""',
});
const url = z
  .string({ error: 'is not a URL' })
  .regex(/^https?:\/\/[^\s"{}]+[^\s"{}/]$/, 'is not an http or https URL without a slash at the end');
const optionalUrl = z.union([z.literal(''), url], {
  error: 'must be an http or https URL without a slash at the end, or ""',
});
const path = z.string({ error: 'is not the path of a file' });

const program = z
  .string({ error: 'is not a program' })
  .regex(
    /^[^"'`{}\\\n]*vtysh$/,
    'must be how vtysh is called on a node, such as "vtysh" or "podman exec frr vtysh"',
  );

function isRegExp(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`);
    return true;
  } catch {
    return false;
  }
}

const SCHEMA = z.strictObject({
  uplink_peer_group: optionalRegexp,
  uplink_description: optionalRegexp,
  uplink_interface: optionalRegexp,
  base_url: url,
  dashboard_url: optionalUrl,
  vtysh: program,
  scrape_interval: interval,
  evaluation_interval: interval,
  job: job,
  node_job: job,
  node_label: label,
  probe_job: job,
  prometheus_job: job,
  alertmanager_job: job,
  addresses_file: path,
  vip_interfaces: regexp,
  peer_down_for: duration,
  all_uplinks_down_for: duration,
  start_grace: window,
  uplinks_missing_for: duration,
  uplinks_unknown_for: duration,
  redundancy_lost_for: duration,
  vrf_down_for: duration,
  remote_router_down_nodes: count,
  fabric_down_routers: count,
  fleet_peers_down_ratio: ratio,
  fleet_peers_down_nodes: count,
  fleet_peers_down_for: duration,
  never_established_for: duration,
  uplink_flapping_drops: count,
  flapping_drops: count,
  flapping_window: window,
  unstable_drops: count,
  peer_missing_for: duration,
  out_queue_stuck_for: duration,
  peer_behind_for: duration,
  policy_missing_for: duration,
  prefix_drop_ratio: ratio,
  prefix_drop_for: duration,
  no_prefixes_for: duration,
  address_family_lost_for: duration,
  max_prefix_near_ratio: ratio,
  max_prefix_near_for: duration,
  host_route_not_advertised_for: duration,
  address_gone_for: duration,
  address_duplicated_for: duration,
  address_unanswered_for: duration,
  witness_lag: window,
  witness_announced: window,
  witness_not_received_for: duration,
  witness_ghost_for: duration,
  witness_ignored_for: duration,
  default_route_missing_for: duration,
  l3_vni_down_for: duration,
  vrf_missing_for: duration,
  kernel_route_missing_for: duration,
  rib_fib_mismatch_ratio: ratio,
  rib_fib_mismatch_routes: count,
  rib_fib_mismatch_for: duration,
  bfd_down_for: duration,
  bfd_flapping_downs: count,
  daemon_down_for: duration,
  daemon_hung_for: duration,
  crash_loop_restarts: count,
  restarted_nodes: count,
  frr_unreachable_for: duration,
  config_drift_for: duration,
  node_down_for: duration,
  nodes_down_count: count,
  nodes_down_window: window,
  exporter_down_for: duration,
  exporter_absent_for: duration,
  fleet_unreachable_ratio: ratio,
  fleet_unreachable_for: duration,
  fleet_fault_nodes: count,
  addresses_fault_count: count,
  data_stale_age: window,
  data_stale_for: duration,
  data_stale_page_for: duration,
  clock_off_age: window,
  clock_off_for: duration,
  notifications_failing_ratio: ratio,
  monitoring_down_for: duration,
  certificate_ticket_before: window,
  certificate_page_before: window,
  keep_inhibiting_sessions_for: duration,
  keep_inhibiting_routers_for: duration,
  keep_inhibiting_nodes_for: duration,
  maintenance_without_end: window,
  maintenance_forgotten_after: window,
  availability_objective: belowOne,
  availability_budget_spent: ratio,
});

/** An address of `addresses_file`: one that somebody must announce, or that several nodes may announce. */
export interface ListedAddress {
  readonly address: string;
  readonly kind: 'must-exist' | 'anycast';
}

type Settings = z.infer<typeof SCHEMA>;
export type ThresholdName = keyof Settings;

/** Values as the rules use them, with what follows from the intervals; durations stay texts. */
export interface Thresholds extends Settings {
  /**
   * How long a sample counts after the scrape that brought it, so that missed scrapes neither fire nor delay an alert:
   * four scrape intervals, and a minute at least.
   */
  readonly carry: string;
  /**
   * Interval of the groups about what exporters poll every 15 s at most and of which a fleet has many series, addresses and
   * collectors: whole evaluation intervals. 1,000 nodes would take a core of Prometheus for them every 5 s.
   */
  readonly detail_interval: string;
  /** Interval of the groups that look back for long: a minute, and whole evaluation intervals. */
  readonly slow_interval: string;
  /** How far the slow groups look back for what is current. */
  readonly recent: string;
  /** What `addresses_file` lists. */
  readonly addresses: readonly ListedAddress[];
}

export const THRESHOLD_NAMES = Object.keys(SCHEMA.shape) as readonly ThresholdName[];

/**
 * An alert must not wait longer than those it inhibits, or they are sent before it is.
 * Each pair: the one that inhibits, the one that is inhibited.
 */
const INHIBITING: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['node_down_for', 'exporter_down_for'],
  ['fleet_unreachable_for', 'exporter_down_for'],
  ['daemon_down_for', 'data_stale_for'],
  ['daemon_down_for', 'frr_unreachable_for'],
  ['daemon_hung_for', 'data_stale_for'],
  ['all_uplinks_down_for', 'peer_down_for'],
  ['fleet_peers_down_for', 'peer_down_for'],
  ['all_uplinks_down_for', 'vrf_down_for'],
  ['peer_down_for', 'redundancy_lost_for'],
  ['peer_down_for', 'bfd_down_for'],
  ['all_uplinks_down_for', 'host_route_not_advertised_for'],
  ['all_uplinks_down_for', 'default_route_missing_for'],
  ['all_uplinks_down_for', 'address_family_lost_for'],
  ['default_route_missing_for', 'no_prefixes_for'],
  ['default_route_missing_for', 'address_family_lost_for'],
  ['address_family_lost_for', 'no_prefixes_for'],
  ['host_route_not_advertised_for', 'no_prefixes_for'],
  ['all_uplinks_down_for', 'witness_not_received_for'],
];

/** The same for how long they go on. Each pair: the one that is inhibited, the one that inhibits. */
const KEEPING: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['keep_inhibiting_sessions_for', 'keep_inhibiting_routers_for'],
  ['keep_inhibiting_routers_for', 'keep_inhibiting_nodes_for'],
];

/** A thresholds file or flag that cannot be used. Its message is one line that names the key and what would be right. */
export class ThresholdsError extends Error {
  override readonly name = 'ThresholdsError';
}

/**
 * Reads the thresholds.
 * @param text the YAML file, which must have every key
 * @param source what to call the file in messages
 * @param flags values that go before those of the file, by key
 * @throws ThresholdsError
 */
export function readThresholds(
  text: string,
  source: string,
  flags: Readonly<Record<string, string>> = {},
): Thresholds {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new ThresholdsError(`${source}: ${problem.message.split('\n')[0]}`);
  const values: unknown = document.toJS();
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ThresholdsError(`${source}: must be a mapping of thresholds, one "key: value" a line`);
  }
  for (const name of Object.keys(flags)) {
    if (!(name in SCHEMA.shape)) throw new ThresholdsError(`--${name.replaceAll('_', '-')}: unknown flag`);
  }
  const merged: Record<string, unknown> = { ...values, ...flags };
  const called = (key: string): string =>
    key in flags ? `--${key.replaceAll('_', '-')}` : `${source}: ${key}`;
  const unknown = Object.keys(values).find((key) => !(key in SCHEMA.shape));
  if (unknown !== undefined)
    throw new ThresholdsError(`${source}: unknown key ${unknown}${nearest(unknown)}`);
  const missing = THRESHOLD_NAMES.find((name) => merged[name] === undefined || merged[name] === null);
  if (missing !== undefined) throw new ThresholdsError(`${source}: ${missing} is missing`);
  const result = SCHEMA.safeParse(merged);
  if (!result.success) {
    const [issue] = result.error.issues;
    const key = String(issue?.path[0]);
    throw new ThresholdsError(`${called(key)}: ${JSON.stringify(merged[key])} ${issue?.message}`);
  }
  const longer = (one: ThresholdName, other: ThresholdName, why: string): void => {
    const [text, limit] = [String(result.data[one]), String(result.data[other])];
    if ((durationSeconds(text) ?? 0) <= (durationSeconds(limit) ?? 0)) return;
    throw new ThresholdsError(
      `${called(one)}: ${JSON.stringify(text)} is longer than ${other} (${limit}), ${why}`,
    );
  };
  for (const [first, then] of INHIBITING)
    longer(first, then, 'which it must inhibit; the page it replaces would be sent first');
  for (const [first, then] of KEEPING)
    longer(first, then, 'which must inhibit it to its end; a page would be sent when the fault is over');
  const { addresses_file: file } = result.data;
  return derived(
    result.data,
    file === '' ? [] : readAddresses(readFile(file, called('addresses_file')), file),
  );
}

/** Lengthens waiting times to what the intervals allow, in which order they stay. */
function derived(settings: Settings, addresses: readonly ListedAddress[]): Thresholds {
  const seconds = (name: ThresholdName): number => durationSeconds(String(settings[name])) ?? 0;
  const scrape = seconds('scrape_interval');
  const evaluation = seconds('evaluation_interval');
  const slow = Math.ceil(60 / evaluation) * evaluation;
  /** One scrape must not decide: a `for` lasts until the next scrape at least. */
  const lengthened = Object.fromEntries(
    THRESHOLD_NAMES.filter((name) => name.endsWith('_for')).map((name) => {
      const least = LEAST_SCRAPES[name] ?? 1;
      return [name, durationText(Math.max(seconds(name), least * scrape))];
    }),
  );
  return {
    ...settings,
    ...lengthened,
    addresses,
    flapping_window: durationText(Math.max(seconds('flapping_window'), 10 * scrape)),
    data_stale_age: durationText(Math.max(seconds('data_stale_age'), 3 * scrape)),
    clock_off_age: durationText(Math.max(seconds('clock_off_age'), 30 + scrape)),
    start_grace: durationText(Math.max(seconds('start_grace'), 4 * scrape)),
    nodes_down_window: durationText(Math.max(seconds('nodes_down_window'), 4 * scrape)),
    witness_lag: durationText(Math.max(seconds('witness_lag'), 4 * scrape)),
    carry: durationText(Math.max(60, 4 * scrape)),
    detail_interval: durationText(Math.ceil(15 / evaluation) * evaluation),
    slow_interval: durationText(slow),
    recent: durationText(Math.max(2 * slow, 4 * scrape)),
  };
}

/** Scrape intervals that a duration must last where one is not enough. */
const LEAST_SCRAPES: Partial<Record<ThresholdName, number>> = {
  node_down_for: 2,
  // Longer than a restart: two samples without the daemon are one.
  daemon_down_for: 3,
  exporter_down_for: 3,
  fleet_unreachable_for: 3,
  data_stale_for: 3,
  frr_unreachable_for: 3,
  keep_inhibiting_sessions_for: 2,
  keep_inhibiting_routers_for: 4,
  keep_inhibiting_nodes_for: 6,
};

/** A known key that looks like the unknown one, as an end of the message. */
function nearest(unknown: string): string {
  const words = new Set(unknown.split('_'));
  const shared = (name: string): number => name.split('_').filter((word) => words.has(word)).length;
  const best = [...THRESHOLD_NAMES].sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) > 0 ? ` (did you mean ${best}?)` : '';
}

/** Reads a file of addresses: one a line, `anycast` after it where several nodes announce it, `#` before remarks. */
function readAddresses(text: string, source: string): readonly ListedAddress[] {
  return text.split('\n').flatMap((line, i) => {
    const [address, kind, ...rest] = line.replace(/#.*/, '').split(/\s+/).filter(Boolean);
    if (address === undefined) return [];
    if (isIP(address) === 0)
      throw new ThresholdsError(`${source}: line ${i + 1}: ${JSON.stringify(address)} is not an IP address`);
    if ((kind !== undefined && kind !== 'anycast') || rest.length > 0)
      throw new ThresholdsError(`${source}: line ${i + 1}: write "ADDRESS" or "ADDRESS anycast"`);
    return [{ address, kind: kind ?? 'must-exist' }];
  });
}

/** The text of a file. @throws ThresholdsError by the name of the setting */
export function readFile(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ThresholdsError(`${setting}: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
