/**
 * What FRR has told lately, to whichever collector. With vtysh each question costs a process, some 20 ms of the
 * router's CPU, so what was just told is not asked again.
 */
import type { Command, Daemon } from '../frr/commands.ts';

export interface Heard {
  /** A question goes to a daemon. Gives what is to be called when it is over. */
  asked(daemon: Daemon): (answered: boolean) => void;
  /** Takes note of a text that was asked for, in case somebody wants it again. */
  told(command: Command, text: string): void;
  /** See {@link import('../collectors/collector.ts').Frr.lives}. */
  lives(daemon: Daemon): boolean;
  /** See {@link import('../collectors/collector.ts').Frr.kept}. */
  kept(command: Command): string | undefined;
}

/** Poll intervals for which an answer shows that a daemon lives: one, and what polls are late. */
const LIVES = 1.2;

/** Seconds after which a question that is not answered yet makes one doubt it. */
const PATIENCE = 0.5;

/** Poll intervals for which a text is kept. */
const KEPT = 3;

/** @param interval seconds between polls; @param clock seconds, never jumping */
export function createHeard(interval: number, clock: () => number): Heard {
  /** When the newest question was sent that was answered. */
  const lived = new Map<Daemon, number>();
  /** When the questions were sent that are neither answered nor given up. */
  const open = new Set<{ readonly daemon: Daemon; readonly at: number }>();
  const texts = new Map<string, { readonly text: string; readonly daemon: Daemon; readonly at: number }>();
  const wanted = new Set<string>();
  return {
    asked(daemon) {
      const question = { daemon, at: clock() };
      open.add(question);
      return (answered) => {
        open.delete(question);
        if (answered) {
          lived.set(daemon, Math.max(question.at, lived.get(daemon) ?? 0));
          return;
        }
        lived.delete(daemon);
        for (const [key, text] of texts) if (text.daemon === daemon) texts.delete(key);
      };
    },
    told({ recordedAs, daemon }, text) {
      if (wanted.has(recordedAs)) texts.set(recordedAs, { text, daemon, at: clock() });
    },
    lives(daemon) {
      const now = clock();
      for (const question of open)
        if (question.daemon === daemon && now - question.at > PATIENCE) return false;
      return now - (lived.get(daemon) ?? Number.NEGATIVE_INFINITY) <= LIVES * interval;
    },
    kept({ recordedAs }) {
      wanted.add(recordedAs);
      const kept = texts.get(recordedAs);
      return kept !== undefined && clock() - kept.at <= KEPT * interval ? kept.text : undefined;
    },
  };
}
