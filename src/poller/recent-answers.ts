/**
 * The newest texts from FRR that may be needed again. With vtysh a query may cost a process, some 20 ms of the host's
 * CPU, so what rarely changes is not queried at each poll.
 */
import type { Command, Daemon } from '../frr/commands.ts';

export interface RecentAnswers {
  /** A daemon has not answered: what it reported before may no longer be true. */
  failed(daemon: Daemon): void;
  /** Remembers a text. */
  remember(command: Command, text: string): void;
  /** See {@link import('../collectors/collector.ts').Frr.recentText}. */
  recentText(command: Command, polls: number): string | undefined;
}

/** Fraction of an interval by which polls may be late. */
const LATE = 0.5;

/** @param interval seconds between polls; @param clock seconds, never jumping */
export function createRecentAnswers(interval: number, clock: () => number): RecentAnswers {
  const texts = new Map<string, { readonly text: string; readonly daemon: Daemon; readonly at: number }>();
  const wanted = new Set<string>();
  return {
    failed(daemon) {
      for (const [key, text] of texts) if (text.daemon === daemon) texts.delete(key);
    },
    remember({ recordedAs, daemon }, text) {
      if (wanted.has(recordedAs)) texts.set(recordedAs, { text, daemon, at: clock() });
    },
    recentText({ recordedAs }, polls) {
      wanted.add(recordedAs);
      const recent = texts.get(recordedAs);
      return recent !== undefined && clock() - recent.at <= (polls + LATE) * interval
        ? recent.text
        : undefined;
    },
  };
}
