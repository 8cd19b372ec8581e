/**
 * What FRR has answered lately, to whichever collector. With vtysh each query costs a process, some 20 ms of the router's
 * CPU, so what was just answered is not queried again.
 */
import type { Command, Daemon } from '../frr/commands.ts';

export interface RecentAnswers {
  /** A query goes to a daemon. Returns what is to be called when it is over. */
  queried(daemon: Daemon): (answered: boolean) => void;
  /** Remembers a text, in case somebody wants it again. */
  remember(command: Command, text: string): void;
  /** See {@link import('../collectors/collector.ts').Frr.answeredRecently}. */
  answeredRecently(daemon: Daemon): boolean;
  /** See {@link import('../collectors/collector.ts').Frr.recentText}. */
  recentText(command: Command): string | undefined;
}

/** Poll intervals for which an answer shows that a daemon is alive: one, and what polls are late. */
const ALIVE = 1.2;

/** Seconds after which a query without an answer casts doubt on the daemon. */
const PATIENCE = 0.5;

/** Poll intervals for which a text is remembered. */
const REMEMBERED = 3;

/** @param interval seconds between polls; @param clock seconds, never jumping */
export function createRecentAnswers(interval: number, clock: () => number): RecentAnswers {
  /** When the newest query was sent that was answered. */
  const answered = new Map<Daemon, number>();
  /** When the queries were sent that are neither answered nor given up. */
  const open = new Set<{ readonly daemon: Daemon; readonly at: number }>();
  const texts = new Map<string, { readonly text: string; readonly daemon: Daemon; readonly at: number }>();
  const wanted = new Set<string>();
  return {
    queried(daemon) {
      const query = { daemon, at: clock() };
      open.add(query);
      return (wasAnswered) => {
        open.delete(query);
        if (wasAnswered) {
          answered.set(daemon, Math.max(query.at, answered.get(daemon) ?? 0));
          return;
        }
        answered.delete(daemon);
        for (const [key, text] of texts) if (text.daemon === daemon) texts.delete(key);
      };
    },
    remember({ recordedAs, daemon }, text) {
      if (wanted.has(recordedAs)) texts.set(recordedAs, { text, daemon, at: clock() });
    },
    answeredRecently(daemon) {
      const now = clock();
      for (const query of open) if (query.daemon === daemon && now - query.at > PATIENCE) return false;
      return now - (answered.get(daemon) ?? Number.NEGATIVE_INFINITY) <= ALIVE * interval;
    },
    recentText({ recordedAs }) {
      wanted.add(recordedAs);
      const recent = texts.get(recordedAs);
      return recent !== undefined && clock() - recent.at <= REMEMBERED * interval ? recent.text : undefined;
    },
  };
}
