/** Takes PromQL apart, for tests that look at what expressions of dashboards and rules select. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** `metric{label="value"}`, and what is around it. */
export interface Selector {
  /** Empty for a selector by labels alone. */
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** `5m` of `metric[5m]`. */
  readonly range: string | undefined;
  /** Functions and aggregations that it stands in, the innermost first. */
  readonly within: readonly string[];
}

type Node = ReturnType<typeof parser.parse>['topNode'];

function* all(node: Node): Generator<Node> {
  yield node;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) yield* all(child);
}

/**
 * The tree of an expression.
 * @throws when it is no PromQL
 */
function parse(expr: string): Node {
  const { topNode } = parser.parse(expr);
  for (const node of all(topNode))
    if (node.type.isError) throw new Error(`no PromQL at character ${node.from}: ${expr}`);
  return topNode;
}

/** Every selector of an expression. @throws when it is no PromQL */
export function selectorsOf(expr: string): readonly Selector[] {
  const text = (node: Node) => expr.slice(node.from, node.to);
  const found: Selector[] = [];
  for (const node of all(parse(expr))) {
    if (node.name !== 'VectorSelector') continue;
    const name = node.getChild('Identifier');
    const matchers: Matcher[] = [];
    for (const inner of all(node)) {
      if (inner.name !== 'UnquotedLabelMatcher') continue;
      const [label, operator, value] = [...all(inner)].filter(({ name: kind }) =>
        ['LabelName', 'MatchOp', 'StringLiteral'].includes(kind),
      );
      matchers.push({
        label: text(label as Node),
        operator: text(operator as Node) as Matcher['operator'],
        value: JSON.parse(text(value as Node)),
      });
    }
    const within: string[] = [];
    let range: string | undefined;
    for (let parent = node.parent; parent !== null; parent = parent.parent) {
      if (parent.name === 'MatrixSelector') range = /\[([^\]]*)\]$/.exec(text(parent))?.[1];
      if (parent.name === 'FunctionCall' || parent.name === 'AggregateExpr')
        within.push(text(parent).split(/[\s(]/, 1)[0] as string);
    }
    found.push({ metric: name === null ? '' : text(name), matchers, range, within });
  }
  return found;
}

/** Labels that `by`, `without`, `on`, `ignoring`, `group_left` and `group_right` name. @throws when it is no PromQL */
export function groupedLabelsOf(expr: string): readonly string[] {
  return [...all(parse(expr))]
    .filter(({ name, parent }) => name === 'LabelName' && parent?.name === 'GroupingLabels')
    .map(({ from, to }) => expr.slice(from, to));
}
