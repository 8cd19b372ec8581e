/**
 * The state of this node in one line: what the status page, `frr-exporter status`, `check` and `doctor` all say.
 *
 * Every collector reports findings about its own topic. The verdict sorts them, the worst first, together with what
 * only the poller knows: whether FRR answers at all, and which collectors fail.
 */
import type { Finding, FindingLevel } from '../collectors/collector.ts';
import { daemonHung } from '../collectors/daemons.ts';
import { COLLECTORS } from '../collectors/index.ts';
import type { Tables } from '../metrics/tables.ts';
import type { Snapshot } from '../poller/snapshot.ts';

/** `unknown`: FRR does not answer, so nothing can be said about the sessions and addresses. */
export type VerdictLevel = FindingLevel | 'unknown';

/** A mark for each level, so that the colour is never the only sign. */
export const MARKS: Readonly<Record<VerdictLevel, string>> = {
  ok: '✓',
  warning: '!',
  critical: '✗',
  unknown: '?',
};

export interface Verdict {
  readonly level: VerdictLevel;
  /** One line without a full stop: `1 of 2 uplinks down · 1 of 31 addresses announced to no peer`. */
  readonly headline: string;
  /** The worst first; those that are good last. */
  readonly findings: readonly Finding[];
}

const ORDER: readonly FindingLevel[] = ['critical', 'warning', 'ok'];

const worstFirst = (a: Finding, b: Finding): number => ORDER.indexOf(a.level) - ORDER.indexOf(b.level);

/**
 * What the poller knows: collectors whose newest poll failed, so that their part of the verdict may be missing. That a
 * daemon is down or hangs is the finding of another collector.
 */
function pollerFindings({ collectors }: Snapshot, tables: Tables): readonly Finding[] {
  const hung = new Set(
    tables.rows(daemonHung).flatMap(({ value, labels }) => (value === 1 ? [labels.daemon] : [])),
  );
  const failing = collectors.filter(
    ({ up, unsupported, error }) =>
      up === false &&
      unsupported === undefined &&
      error?.reason !== 'not_running' &&
      !(error?.reason === 'timed_out' && hung.has(error.daemon ?? '')),
  );
  if (failing.length === 0) return [];
  return [
    {
      level: 'warning',
      text: `${failing.length} of ${collectors.length} collectors failing`,
      details: failing.map(({ name, error }) => `${name}: ${error?.message ?? 'no reason known'}`),
      measure: { name: 'collectors_failing', bad: failing.length, all: collectors.length },
    },
  ];
}

/** The verdict on a snapshot. @param tables the samples of the snapshot */
export function verdictOf(snapshot: Snapshot, tables: Tables): Verdict {
  const findings = [
    ...COLLECTORS.flatMap(({ findings }) => (findings === undefined ? [] : [...findings(tables)])),
    ...pollerFindings(snapshot, tables),
  ].sort(worstFirst);
  if (!snapshot.frrUp) return { level: 'unknown', headline: 'FRR does not answer', findings };
  const level = findings[0]?.level ?? 'unknown';
  const headline = findings.filter((finding) => finding.level === level || finding.level !== 'ok');
  return {
    level,
    headline:
      headline.length === 0 ? 'FRR answers; nothing to report' : headline.map(({ text }) => text).join(' · '),
    findings,
  };
}
