import type { Value, ValueType } from '../definitions/value-type.ts';

/**
 * A scalar SQL expression as it was written: what `parseExpression` understood, before types are known.
 *
 * Meaning, in SQL and in the closure alike: three-valued logic; whole numbers are exact and a result beyond 2^53 - 1
 * is null; `/` is always a division of float64; division by zero and any result that is not finite are null; text is
 * compared by code point and measured in code points; timestamps are UTC.
 */
export interface Expression {
  /** As given. */
  readonly text: string;
  readonly root: ExpressionNode;
}

/** `at` is the position in the text, from 0, that a message points at. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly at: number; readonly value: Value; readonly type: ValueType | null }
  | { readonly kind: 'column'; readonly at: number; readonly name: string }
  | { readonly kind: 'negate' | 'not'; readonly at: number; readonly operand: ExpressionNode }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
  | { readonly kind: 'isNull'; readonly at: number; readonly operand: ExpressionNode }
  | {
      readonly kind: 'in';
      readonly at: number;
      readonly operand: ExpressionNode;
      readonly options: readonly ExpressionNode[];
    }
  | { readonly kind: 'like'; readonly at: number; readonly operand: ExpressionNode; readonly pattern: string }
  | {
      readonly kind: 'case';
      readonly at: number;
      readonly branches: readonly CaseBranch<ExpressionNode>[];
      readonly otherwise: ExpressionNode | null;
    }
  | { readonly kind: 'cast'; readonly at: number; readonly operand: ExpressionNode; readonly to: CastTarget }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly args: readonly ExpressionNode[] };

export type BinaryOperator = 'or' | 'and' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '||' | '+' | '-' | '*' | '/' | '%';

/** Types one can cast to, by their SQL names. */
export const CAST_TARGETS = { bigint: 'int64', double: 'float64', varchar: 'string', boolean: 'boolean' } as const;
export type CastTarget = (typeof CAST_TARGETS)[keyof typeof CAST_TARGETS];

export interface CaseBranch<N> {
  readonly when: N;
  readonly result: N;
}

/** Names of the columns the expression reads, in order of name, each once. */
export function expressionColumns(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const visit = (node: ExpressionNode): void => {
    if (node.kind === 'column') names.add(node.name);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(expression.root);
  return [...names].sort();
}

function childrenOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'literal':
    case 'column':
      return [];
    case 'negate':
    case 'not':
    case 'isNull':
    case 'like':
    case 'cast':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'in':
      return [node.operand, ...node.options];
    case 'case':
      return [
        ...node.branches.flatMap((branch) => [branch.when, branch.result]),
        ...(node.otherwise === null ? [] : [node.otherwise]),
      ];
    case 'call':
      return node.args;
  }
}
