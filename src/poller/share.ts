/**
 * The router's share: how often each collector may poll, so that no daemon spends more than a given share of its time
 * on the exporter. FRR's daemons answer on the same thread that also keeps the sessions alive and installs the routes.
 *
 * Each daemon's share is divided among the collectors that query it by weighted max-min fairness: a collector that
 * needs less than its part keeps its own interval, and what it leaves goes to those that need more. So a million routes
 * are counted less often, without slowing the cheap queries to the same daemon.
 */
import type { Daemon } from '../frr/commands.ts';

export interface Claim {
  readonly name: string;
  /** Seconds between polls when nothing is stretched. */
  readonly interval: number;
  /** Maximum seconds between polls, whatever the share; a day if left out. */
  readonly longest?: number;
  /** Its part of a share that is not enough for all. */
  readonly weight: number;
}

export interface RouterShare {
  /** Records the seconds that each daemon worked for one poll. */
  measured(name: string, seconds: ReadonlyMap<Daemon, number>): void;
  /** Seconds between polls, as in force; at most a day. */
  interval(name: string): number;
  /**
   * Seconds after which an extra poll is paid for, from the collector's own part and from what the daemons' shares have
   * left over. Nearly 0 for cheap commands, and the interval for those that use up their part.
   */
  payback(name: string): number;
}

/**
 * The smallest of so many measurements counts. The time from the query to the end of the answer includes whatever else
 * keeps the machine busy, which can only add to the time that the daemon worked.
 */
const MEASUREMENTS = 3;

/**
 * Maximum number of its own intervals that a collector waits after its first poll, during which this program and the
 * connections to FRR are just starting: a single measurement must not delay the next poll by minutes.
 */
const FIRST_WAIT = 2;

/** Maximum seconds between polls, however small the share: a timer of Node takes no more than 24 days. */
const LONGEST_INTERVAL = 86_400;

/** Divides a budget by weighted max-min fairness; gives each its part, which is never more than its need. */
export function divide(
  budget: number,
  needs: readonly { readonly need: number; readonly weight: number }[],
): readonly number[] {
  const parts = new Array<number>(needs.length).fill(0);
  const modestFirst = needs
    .map(({ need, weight }, index) => ({ need, weight, index }))
    .sort((a, b) => a.need / a.weight - b.need / b.weight);
  let left = budget;
  let weights = needs.reduce((sum, { weight }) => sum + weight, 0);
  for (const { need, weight, index } of modestFirst) {
    const part = Math.min(need, (left * weight) / weights);
    parts[index] = part;
    left -= part;
    weights -= weight;
  }
  return parts;
}

export function createRouterShare(maxShare: number, claims: readonly Claim[]): RouterShare {
  /** Seconds of the newest polls, by collector and daemon. */
  const measurements = new Map<string, Map<Daemon, readonly number[]>>(
    claims.map(({ name }) => [name, new Map()]),
  );
  const polls = new Map<string, number>();
  const intervals = new Map<string, number>();
  const paybacks = new Map<string, number>();

  function settle(): void {
    for (const { name, interval } of claims) {
      intervals.set(name, interval);
      paybacks.set(name, 0);
    }
    for (const daemon of new Set([...measurements.values()].flatMap((byDaemon) => [...byDaemon.keys()]))) {
      const active = claims.flatMap((claim) => {
        const cost = Math.min(...(measurements.get(claim.name)?.get(daemon) ?? [0]));
        return cost > 0 ? [{ ...claim, cost, need: cost / claim.interval }] : [];
      });
      const parts = divide(maxShare, active);
      const spare = maxShare - parts.reduce((sum, part) => sum + part, 0);
      for (const [index, { name, cost, need, interval, longest = LONGEST_INTERVAL }] of active.entries()) {
        const part = parts[index] as number;
        // Equal up to rounding.
        const wanted = need > part * (1 + 1e-9) ? cost / part : interval;
        const most = (polls.get(name) ?? 0) > 1 ? longest : Math.min(longest, FIRST_WAIT * interval);
        intervals.set(name, Math.max(intervals.get(name) as number, Math.min(wanted, most)));
        const payback = Math.min(cost / (part + Math.max(0, spare)), longest);
        paybacks.set(name, Math.max(paybacks.get(name) as number, payback));
      }
    }
  }

  settle();
  return {
    measured(name, seconds) {
      const byDaemon = measurements.get(name);
      if (byDaemon === undefined) throw new Error(`${name} has no claim`);
      for (const daemon of new Set([...byDaemon.keys(), ...seconds.keys()]))
        byDaemon.set(
          daemon,
          [...(byDaemon.get(daemon) ?? []), seconds.get(daemon) ?? 0].slice(-MEASUREMENTS),
        );
      polls.set(name, (polls.get(name) ?? 0) + 1);
      settle();
    },
    interval: (name) => intervals.get(name) as number,
    payback: (name) => paybacks.get(name) as number,
  };
}
