import type { ValueType } from '../definitions/value-type.ts';
import type { Expression, ExpressionNode } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { CASTS, COMPARISONS, CONCAT, castTargetsOf, likePrimitive, NOT } from './operators.ts';
import type { Primitive } from './primitives.ts';
import {
  extremePrimitive,
  type ParameterType,
  roundPrimitive,
  SCALAR_FUNCTIONS,
  type SpecialFunction,
  substrPrimitive,
} from './scalar-functions.ts';
import type { ArithmeticOperator, TypedNode } from './typed-expression.ts';

/** Types of the columns an expression may name. */
export type ColumnTypes = Readonly<Record<string, ValueType>>;

/**
 * Gives every part of the expression its type.
 *
 * @throws ExpressionError for an unknown column or types that do not fit, with the position and what is allowed
 */
export function checkExpression(expression: Expression, columns: ColumnTypes): TypedNode {
  return new Checker(expression.text, columns).check(expression.root, null);
}

type Node<K extends ExpressionNode['kind']> = Extract<ExpressionNode, { kind: K }>;

class Checker {
  readonly #text: string;
  readonly #columns: ColumnTypes;

  constructor(text: string, columns: ColumnTypes) {
    this.#text = text;
    this.#columns = columns;
  }

  /** @param wanted type that an untyped NULL takes; with null such a NULL is an error */
  check(node: ExpressionNode, wanted: ValueType | null): TypedNode {
    switch (node.kind) {
      case 'literal': {
        const type = node.type ?? wanted;
        if (type === null)
          this.#fail(node, 'the type of NULL is not known here; write for example CAST(NULL AS double)');
        return { op: 'literal', type, value: node.value };
      }
      case 'column':
        return { op: 'column', type: this.#columnType(node), name: node.name };
      case 'not':
        return strict('boolean', NOT, [this.#of(node.operand, 'boolean', 'NOT')]);
      case 'negate': {
        const operand = this.#of(node.operand, 'number', '-');
        return { op: 'negate', type: operand.type, operand };
      }
      case 'binary':
        return this.#binary(node);
      case 'isNull':
        return { op: 'isNull', type: 'boolean', operand: this.check(node.operand, 'boolean') };
      case 'like':
        return strict('boolean', likePrimitive(node.pattern), [this.#of(node.operand, 'string', 'LIKE')]);
      case 'in': {
        const [operand, ...options] = this.#alike([node.operand, ...node.options], 'IN');
        return { op: 'in', type: 'boolean', operand: operand!, options }; // as many come out as went in
      }
      case 'case':
        return this.#case(node, wanted);
      case 'cast':
        return this.#cast(node);
      case 'call':
        return this.#call(node);
    }
  }

  #columnType(node: Node<'column'>): ValueType {
    if (!Object.hasOwn(this.#columns, node.name)) {
      this.#fail(
        node,
        `there is no column "${node.name}"; known: ${Object.keys(this.#columns).join(', ') || '(none)'}`,
      );
    }
    return this.#columns[node.name]!; // it was just found
  }

  #binary(node: Node<'binary'>): TypedNode {
    const { operator } = node;
    switch (operator) {
      case 'and':
      case 'or': {
        const name = operator.toUpperCase();
        const args = [this.#of(node.left, 'boolean', name), this.#of(node.right, 'boolean', name)] as const;
        return { op: operator, type: 'boolean', args };
      }
      case '||':
        return strict('string', CONCAT, [this.#of(node.left, 'string', '||'), this.#of(node.right, 'string', '||')]);
      case '/':
        return arithmetic('float64', '/', [
          widen(this.#of(node.left, 'number', '/')),
          widen(this.#of(node.right, 'number', '/')),
        ]);
      case '+':
      case '-':
      case '*':
      case '%':
        return this.#arithmetic(node, operator);
      default: {
        const args = this.#alike([node.left, node.right], operator);
        if (args[0]?.type === 'boolean' && operator !== '=' && operator !== '<>') {
          this.#fail(node, `booleans have no order, so ${operator} is not allowed; allowed: = and <>`);
        }
        return strict('boolean', COMPARISONS[operator], args);
      }
    }
  }

  #arithmetic(node: Node<'binary'>, operator: '+' | '-' | '*' | '%'): TypedNode {
    const args = this.#alike([node.left, node.right], operator, 'int64');
    if (operator === '-' && args[0]!.type === 'timestamp') return arithmetic('int64', operator, args);
    for (const [i, side] of [node.left, node.right].entries()) this.#fits(side, args[i]!.type, 'number', operator);
    return arithmetic(args[0]!.type === 'int64' ? 'int64' : 'float64', operator, args);
  }

  #case(node: Node<'case'>, wanted: ValueType | null): TypedNode {
    const whens = node.branches.map((branch) => this.#of(branch.when, 'boolean', 'WHEN'));
    const otherwise: ExpressionNode = node.otherwise ?? { kind: 'literal', at: node.at, value: null, type: null };
    const results = this.#alike([...node.branches.map((branch) => branch.result), otherwise], 'CASE', wanted);
    const last = results[results.length - 1]!; // there is always the ELSE
    const branches = whens.map((when, i) => ({ when, result: results[i]! }));
    return { op: 'case', type: last.type, branches, otherwise: last };
  }

  #cast(node: Node<'cast'>): TypedNode {
    const operand = this.check(node.operand, node.to);
    if (operand.type === node.to) return operand;
    if (operand.type === 'int64' && node.to === 'float64') return widen(operand);
    const primitive = CASTS[`${operand.type}>${node.to}`];
    if (primitive === undefined) {
      const allowed = castTargetsOf(operand.type).join(', ');
      this.#fail(node, `${operand.type} cannot be cast to ${node.to}; it can be cast to ${allowed}`);
    }
    return strict(node.to, primitive, [operand]);
  }

  #call(node: Node<'call'>): TypedNode {
    const fn = SCALAR_FUNCTIONS[node.name];
    if (fn === undefined) return this.#special(node, node.name as SpecialFunction); // the parser knows no other names
    this.#arity(node, fn.parameters.length, fn.parameters.length);
    const args = node.args.map((arg, i) => this.#of(arg, fn.parameters[i]!, node.name)); // one parameter per argument
    const first = args[0]!.type; // every function has a parameter
    return strict(fn.result ?? first, fn.primitive(first), args);
  }

  #special(node: Node<'call'>, name: SpecialFunction): TypedNode {
    switch (name) {
      case 'round': {
        this.#arity(node, 1, 2);
        const operand = this.#of(node.args[0]!, 'number', name);
        const digits = node.args[1] === undefined ? 0 : this.#wholeLiteral(node.args[1], 'digits of round', 0, 15);
        return operand.type === 'int64' ? operand : strict('float64', roundPrimitive(digits), [operand]);
      }
      case 'least':
      case 'greatest': {
        this.#arity(node, 2, 16);
        const args = this.#alike(node.args, name);
        if (args[0]!.type === 'boolean') this.#fail(node, `booleans have no order, so ${name} is not allowed`);
        return strict(args[0]!.type, extremePrimitive(name), args);
      }
      case 'coalesce': {
        this.#arity(node, 1, 16);
        const args = this.#alike(node.args, name);
        return { op: 'coalesce', type: args[0]!.type, args };
      }
      case 'nullif': {
        this.#arity(node, 2, 2);
        const [left, right] = this.#alike(node.args, name);
        return { op: 'nullif', type: left!.type, args: [left!, right!] };
      }
      case 'concat': {
        this.#arity(node, 2, 16);
        return strict(
          'string',
          CONCAT,
          node.args.map((arg) => this.#of(arg, 'string', name)),
        );
      }
      case 'substr': {
        this.#arity(node, 2, 3);
        const start = this.#wholeLiteral(node.args[1]!, 'start of substr', 1, 1e9);
        const length = node.args[2] === undefined ? null : this.#wholeLiteral(node.args[2], 'length of substr', 0, 1e9);
        return strict('string', substrPrimitive(start, length), [this.#of(node.args[0]!, 'string', name)]);
      }
    }
  }

  /** One operand of the given type; a whole number where float64 is wanted is widened. */
  #of(node: ExpressionNode, wanted: ParameterType, user: string): TypedNode {
    const typed = this.check(node, wanted === 'number' ? 'float64' : wanted);
    this.#fits(node, typed.type, wanted, user);
    return wanted === 'float64' ? widen(typed) : typed;
  }

  #fits(node: ExpressionNode, type: ValueType, wanted: ParameterType, user: string): void {
    const isNumber = type === 'int64' || type === 'float64';
    if (wanted === type || (isNumber && (wanted === 'number' || wanted === 'float64'))) return;
    const needs = wanted === 'number' || wanted === 'float64' ? 'a number (int64 or float64)' : `a ${wanted}`;
    this.#fail(node, `${user} needs ${needs}, found a ${type}`);
  }

  /** Operands brought to one type: that of the typed ones, float64 when whole and other numbers meet. */
  #alike(nodes: readonly ExpressionNode[], user: string, fallback: ValueType | null = null): readonly TypedNode[] {
    const typed = nodes.map((node) => (isUntypedNull(node) ? null : this.check(node, fallback)));
    const types = typed.flatMap((one) => (one === null ? [] : [one.type]));
    const distinct = new Set(types);
    const isNumeric = types.every((type) => type === 'int64' || type === 'float64');
    if (distinct.size > 1 && !isNumeric) {
      const hint = distinct.has('timestamp') ? "; an instant is written TIMESTAMP '2024-01-31T12:00:00Z'" : '';
      this.#fail(nodes[0]!, `${user} needs values of one type, found ${[...distinct].join(' and ')}${hint}`);
    }
    const common = distinct.size > 1 ? 'float64' : (types[0] ?? fallback);
    return nodes.map((node, i) => {
      const one = typed[i] ?? this.check(node, common); // what is left are NULLs, which take the common type
      return common === 'float64' ? widen(one) : one;
    });
  }

  #arity(node: Node<'call'>, min: number, max: number): void {
    if (node.args.length >= min && node.args.length <= max) return;
    const allowed = min === max ? `${min}` : `${min} to ${max}`;
    this.#fail(node, `${node.name} takes ${allowed} argument${allowed === '1' ? '' : 's'}, found ${node.args.length}`);
  }

  #wholeLiteral(node: ExpressionNode, what: string, min: number, max: number): number {
    const value = node.kind === 'literal' && node.type === 'int64' ? Number(node.value) : Number.NaN;
    if (!(value >= min && value <= max))
      this.#fail(node, `the ${what} is a whole number written out, from ${min} to ${max}`);
    return value;
  }

  #fail(node: ExpressionNode, problem: string): never {
    throw new ExpressionError(this.#text, node.at, problem);
  }
}

function isUntypedNull(node: ExpressionNode): boolean {
  return node.kind === 'literal' && node.type === null;
}

/** @param args two of them */
function arithmetic(type: 'int64' | 'float64', operator: ArithmeticOperator, args: readonly TypedNode[]): TypedNode {
  return { op: 'arithmetic', type, operator, args: [args[0]!, args[1]!] };
}

function strict(type: ValueType, primitive: Primitive, args: readonly TypedNode[]): TypedNode {
  return { op: 'strict', type, primitive, args };
}

function widen(node: TypedNode): TypedNode {
  if (node.type !== 'int64') return node;
  if (node.op === 'literal') return { ...node, type: 'float64' };
  return { op: 'widen', type: 'float64', operand: node };
}
