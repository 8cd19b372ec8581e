/** What a site may change about the rules: reads `alerts/thresholds.yaml` and the flags of `make rules`, and checks them. */
import { parseDocument } from 'yaml';
import { z } from 'zod';

/** Seconds of a time as Prometheus writes it (`5s`, `2m`, `1h30m`); undefined when it is none. */
export function durationSeconds(text: string): number | undefined {
  const units = { d: 86400, h: 3600, m: 60, s: 1 };
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (text === '' || match === null) return undefined;
  const [, d, h, m, s] = match.map((part) => Number(part ?? 0));
  return (d ?? 0) * units.d + (h ?? 0) * units.h + (m ?? 0) * units.m + (s ?? 0) * units.s;
}

const duration = z
  .string({ error: 'is no time; write it as 30s, 5m or 1h30m' })
  .refine((text) => durationSeconds(text) !== undefined, 'is no time; write it as 30s, 5m or 1h30m');
const window = duration.refine((text) => durationSeconds(text) !== 0, 'must be longer than 0s');
const ratio = z.coerce
  .number({ error: 'is no number between 0 and 1' })
  .refine((value) => value > 0 && value <= 1, 'is not above 0 and at most 1');
const belowOne = z.coerce
  .number({ error: 'is no number between 0 and 1' })
  .refine((value) => value > 0 && value < 1, 'is not above 0 and below 1');
const count = z.coerce
  .number({ error: 'is no whole number of 1 or more' })
  .refine((value) => Number.isInteger(value) && value >= 1, 'is no whole number of 1 or more');
const label = z.string({ error: 'is no label name' }).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no label name');
const job = z.string({ error: 'is no job name' }).regex(/^[^"\\\n]+$/, 'is no job name');
const regexp = z
  .string({ error: 'is no regular expression' })
  .regex(/^[^"\n]+$/, 'must be a regular expression without double quotes')
  .refine((text) => isRegExp(text), 'is no regular expression');
const prefix = z
  .string({ error: 'is no URL or path' })
  .regex(/^[^\s"{}]+[^\s"{}/]$/, 'is no URL or path (without a slash at the end)');

const program = z
  .string({ error: 'is no program' })
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
  uplink_peer_group: regexp,
  job,
  node_job: job,
  node_label: label,
  prometheus_job: job,
  alertmanager_job: job,
  runbook_url: prefix,
  dashboard_url: prefix,
  vtysh: program,
  carry: window,
  peer_down_for: duration,
  all_uplinks_down_for: duration,
  uplinks_missing_for: duration,
  redundancy_lost_for: duration,
  remote_router_down_nodes: count,
  remote_router_down_for: duration,
  fleet_peers_down_ratio: ratio,
  fleet_peers_down_nodes: count,
  fleet_peers_down_for: duration,
  never_established_for: duration,
  flapping_drops: count,
  flapping_window: window,
  peer_missing_for: duration,
  out_queue_stuck_for: duration,
  policy_missing_for: duration,
  prefix_drop_ratio: ratio,
  prefix_drop_for: duration,
  no_prefixes_for: duration,
  max_prefix_near_ratio: ratio,
  max_prefix_near_for: duration,
  host_route_not_advertised_for: duration,
  default_route_missing_for: duration,
  rib_fib_mismatch_ratio: ratio,
  rib_fib_mismatch_routes: count,
  rib_fib_mismatch_for: duration,
  bfd_down_for: duration,
  daemon_down_for: duration,
  daemon_hung_for: duration,
  frr_unreachable_for: duration,
  node_down_for: duration,
  exporter_down_for: duration,
  exporter_absent_for: duration,
  fleet_unreachable_ratio: ratio,
  fleet_unreachable_for: duration,
  data_stale_age: window,
  data_stale_for: duration,
  data_stale_page_for: duration,
  keep_silencing_sessions_for: duration,
  keep_silencing_routers_for: duration,
  keep_silencing_nodes_for: duration,
  maintenance_without_end: window,
  maintenance_forgotten_after: window,
  availability_objective: belowOne,
  availability_budget_spent: ratio,
});

/** Values as the rules use them; times stay texts. */
export type Thresholds = z.infer<typeof SCHEMA>;
export type ThresholdName = keyof Thresholds;

export const THRESHOLD_NAMES = Object.keys(SCHEMA.shape) as readonly ThresholdName[];

/**
 * An alert must not wait longer than those it silences, or they are out before it is.
 * Each pair: the one that silences, the one that is silenced.
 */
const SILENCING: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['fleet_unreachable_for', 'node_down_for'],
  ['node_down_for', 'exporter_down_for'],
  ['daemon_down_for', 'all_uplinks_down_for'],
  ['daemon_hung_for', 'all_uplinks_down_for'],
  ['daemon_down_for', 'data_stale_for'],
  ['daemon_down_for', 'frr_unreachable_for'],
  ['all_uplinks_down_for', 'peer_down_for'],
  ['remote_router_down_for', 'peer_down_for'],
  ['fleet_peers_down_for', 'peer_down_for'],
  ['peer_down_for', 'redundancy_lost_for'],
  ['peer_down_for', 'bfd_down_for'],
  ['all_uplinks_down_for', 'host_route_not_advertised_for'],
  ['all_uplinks_down_for', 'default_route_missing_for'],
  ['default_route_missing_for', 'no_prefixes_for'],
  ['host_route_not_advertised_for', 'no_prefixes_for'],
];

/** The same for how long they go on. Each pair: the one that is silenced, the one that silences. */
const KEEPING: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['keep_silencing_sessions_for', 'keep_silencing_routers_for'],
  ['keep_silencing_routers_for', 'keep_silencing_nodes_for'],
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
  for (const [first, then] of SILENCING)
    longer(first, then, 'which it must silence; the page it replaces would be out first');
  for (const [first, then] of KEEPING)
    longer(first, then, 'which must silence it to its end; a page would come when the fault is over');
  return result.data;
}

/** A known key that looks like the unknown one, as an end of the message. */
function nearest(unknown: string): string {
  const words = new Set(unknown.split('_'));
  const shared = (name: string): number => name.split('_').filter((word) => words.has(word)).length;
  const best = [...THRESHOLD_NAMES].sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) > 0 ? ` (did you mean ${best}?)` : '';
}
