import type { Value, ValueType } from '../definitions/value-type.ts';
import type { CaseBranch } from './expression.ts';
import type { Primitive } from './primitives.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** An expression whose every part has a type, every conversion is spelled out and every function is chosen. */
export type TypedNode =
  | { readonly op: 'literal'; readonly type: ValueType; readonly value: Value }
  | { readonly op: 'column'; readonly type: ValueType; readonly name: string }
  | {
      readonly op: 'strict';
      readonly type: ValueType;
      readonly primitive: Primitive;
      readonly args: readonly TypedNode[];
    }
  | {
      readonly op: 'arithmetic';
      /** Operands are of this type, or timestamps that are subtracted. */
      readonly type: 'int64' | 'float64';
      readonly operator: ArithmeticOperator;
      readonly args: readonly [TypedNode, TypedNode];
    }
  | { readonly op: 'negate'; readonly type: ValueType; readonly operand: TypedNode }
  /** int64 as float64. */
  | { readonly op: 'widen'; readonly type: 'float64'; readonly operand: TypedNode }
  | { readonly op: 'and' | 'or'; readonly type: 'boolean'; readonly args: readonly [TypedNode, TypedNode] }
  | { readonly op: 'isNull'; readonly type: 'boolean'; readonly operand: TypedNode }
  | { readonly op: 'in'; readonly type: 'boolean'; readonly operand: TypedNode; readonly options: readonly TypedNode[] }
  | { readonly op: 'coalesce'; readonly type: ValueType; readonly args: readonly TypedNode[] }
  | { readonly op: 'nullif'; readonly type: ValueType; readonly args: readonly [TypedNode, TypedNode] }
  | {
      readonly op: 'case';
      readonly type: ValueType;
      readonly branches: readonly CaseBranch<TypedNode>[];
      readonly otherwise: TypedNode;
    };
