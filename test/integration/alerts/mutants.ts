/** Small wrongs that could be done to the rules, each of which some scenario must notice. */
import { parser } from '@prometheus-io/lezer-promql';
import { durationSeconds } from '../../../alerts/duration.ts';
import { type Group, isAlert, type Rule } from '../../../alerts/rule.ts';

export interface Mutant {
  /** `FRRDaemonDown warning: for 5s → 2500ms`. */
  readonly name: string;
  readonly original: Rule;
  readonly changed: Rule;
}

/** Each threshold one up and one down, each `and` and `unless` dropped, each waiting time halved. */
export function mutantsOf(groups: readonly Group[]): readonly Mutant[] {
  return groups
    .flatMap(({ rules }) => rules)
    .flatMap((original) => {
      const called = isAlert(original) ? `${original.alert} ${original.labels.severity}` : original.record;
      return [
        ...mutatedExpressions(original.expr).map(({ what, expr }) => ({ what, change: { expr } })),
        ...(['for', 'keep_firing_for'] as const).flatMap((key) => {
          const time = isAlert(original) ? original[key] : undefined;
          const milliseconds = (durationSeconds(time ?? '0s') ?? 0) * 1000;
          if (milliseconds === 0) return [];
          const half = `${milliseconds / 2}ms`;
          return [{ what: `${key} ${time} → ${half}`, change: { [key]: half } }];
        }),
      ].map(({ what, change }) => ({
        name: `${called}: ${what}`,
        original,
        changed: { ...original, ...change },
      }));
    });
}

interface Change {
  readonly what: string;
  readonly expr: string;
}

function mutatedExpressions(expr: string): readonly Change[] {
  const changes: Change[] = [];
  const replaced = (what: string, from: number, to: number, text: string): void => {
    changes.push({ what, expr: expr.slice(0, from) + text + expr.slice(to) });
  };
  const here = (from: number): string => {
    const line = expr.slice(0, from).split('\n').length;
    return expr.includes('\n') ? `, line ${line}` : '';
  };
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'NumberDurationLiteral' && node.parent?.name === 'BinaryExpr') {
        const number = expr.slice(from, to);
        const before = /[^\n]{0,40}$/.exec(expr.slice(0, from))?.[0].replace(/^\S{0,39}[\s(,]+(?=.*\w)/, '');
        for (const other of shifted(Number(number)))
          replaced(`${before} ${number} → ${other}${here(from)}`, from, to, String(other));
      }
      if (name !== 'BinaryExpr') return;
      const operator = node.getChild('And') ?? node.getChild('Unless');
      const left = node.firstChild;
      if (operator === null || left === null) return;
      const dropped = expr
        .slice(operator.from, to)
        .replace(/\s+/g, ' ')
        .replace(/^(.{60}).+$/, '$1…');
      replaced(`without “${dropped}”${here(operator.from)}`, from, to, expr.slice(left.from, left.to));
    },
  });
  return changes;
}

/** Small whole numbers by one, others by a tenth. */
function shifted(value: number): readonly number[] {
  const by = Number.isInteger(value) && Math.abs(value) < 10 ? 1 : value / 10;
  return [value + by, value - by].map((other) => Number(other.toPrecision(6)));
}
