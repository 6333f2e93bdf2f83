import type { ValueType } from '../definitions/value-type.ts';
import {
  type BinaryOperator,
  CAST_TARGETS,
  type CaseBranch,
  type Expression,
  type ExpressionNode,
} from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { isFunctionName, SCALAR_FUNCTION_NAMES } from './scalar-functions.ts';
import { parseTimestampLiteral } from './timestamp-literal.ts';
import { type Token, tokenize } from './tokenize.ts';

const MAX_TEXT_LENGTH = 4_000;
/** Athena takes literals up to 1,024 characters, doubled quotes included. */
const MAX_STRING_LENGTH = 500;
const MAX_DEPTH = 64;

/** How tightly an operator binds; all associate to the left. */
const BINDING: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '=': 4,
  '<>': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  is: 4,
  in: 4,
  between: 4,
  like: 4,
  not: 4, // as in NOT IN; the prefix NOT binds at 3
  '||': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};
const NOT_BINDING = 3;
const COMPARISON_BINDING = 4;
const NEGATE_BINDING = 8;

/** Words that name no column unless they are quoted. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  'and or not is null in between like case when then else end cast as true false'.split(' '),
);

/**
 * Reads one scalar expression. Keywords and functions are case-insensitive, column names are not; a column named
 * like a keyword is written in double quotes.
 *
 * @throws ExpressionError with the position, what was found and what is allowed
 * @example
 * expressionColumns(parseExpression('quantity * unit_price')); // => ['quantity', 'unit_price']
 */
export function parseExpression(text: string): Expression {
  if (text.trim() === '') throw new ExpressionError(text, 0, 'it is empty; expected for example quantity * unit_price');
  if (text.length > MAX_TEXT_LENGTH) {
    throw new ExpressionError(
      `${text.slice(0, 60)}…`,
      MAX_TEXT_LENGTH,
      `it has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are allowed`,
    );
  }
  return { text, root: new Parser(text).parse() };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): ExpressionNode {
    const root = this.#expression(0);
    if (this.#peek().kind !== 'end') this.#refuse('an operator or the end');
    return root;
  }

  #expression(minBinding: number): ExpressionNode {
    if (++this.#depth > MAX_DEPTH) this.#fail(this.#peek(), `it is nested deeper than ${MAX_DEPTH}`);
    let left = this.#prefix();
    for (;;) {
      const binding = this.#bindingOf(this.#peek());
      if (binding === undefined || binding <= minBinding) break;
      left = this.#infix(left, binding);
    }
    this.#depth--;
    return left;
  }

  #bindingOf(token: Token): number | undefined {
    return token.kind === 'word' || token.kind === 'symbol' ? BINDING[token.lower] : undefined;
  }

  #prefix(): ExpressionNode {
    const token = this.#peek();
    const at = token.at;
    if (token.kind === 'end' || (token.kind === 'symbol' && token.text !== '-' && token.text !== '(')) {
      return this.#refuse('a column, a number, a string, a function, CASE, CAST, NOT, - or (');
    }
    this.#next();
    if (token.kind === 'number') return this.#number(token);
    if (token.kind === 'string' && token.text.length > MAX_STRING_LENGTH) {
      this.#fail(token, `a string of ${token.text.length} characters; at most ${MAX_STRING_LENGTH} are allowed`);
    }
    if (token.kind === 'string') return { kind: 'literal', at, value: token.text, type: 'string' };
    if (token.kind === 'quoted') return { kind: 'column', at, name: token.text };
    if (token.kind === 'word') return this.#word(token);
    if (token.text === '-') return { kind: 'negate', at, operand: this.#expression(NEGATE_BINDING) };
    const inner = this.#expression(0);
    this.#expect(')');
    return inner;
  }

  #word(token: Token): ExpressionNode {
    const { at, lower } = token;
    if (lower === 'not') return { kind: 'not', at, operand: this.#expression(NOT_BINDING) };
    if (lower === 'true' || lower === 'false') return { kind: 'literal', at, value: lower === 'true', type: 'boolean' };
    if (lower === 'null') return { kind: 'literal', at, value: null, type: null };
    if (lower === 'case') return this.#case(at);
    if (lower === 'cast') return this.#cast(at);
    if (lower === 'timestamp' && this.#peek().kind === 'string') return this.#timestamp(at);
    if (RESERVED_WORDS.has(lower)) {
      this.#fail(token, `found "${token.text}", expected a value (a column of that name is written in double quotes)`);
    }
    if (this.#peek().text === '(' && this.#peek().kind === 'symbol') return this.#call(token);
    return { kind: 'column', at, name: token.text };
  }

  #number(token: Token): ExpressionNode {
    const value = Number(token.text);
    const type: ValueType = /^\d+$/.test(token.text) ? 'int64' : 'float64';
    if (!Number.isFinite(value) || (type === 'int64' && !Number.isSafeInteger(value))) {
      this.#fail(
        token,
        `the number ${token.text} is out of range; whole numbers go up to 2^53 - 1, others up to 1.79e308`,
      );
    }
    return { kind: 'literal', at: token.at, value, type };
  }

  #timestamp(at: number): ExpressionNode {
    const token = this.#next();
    const value = parseTimestampLiteral(token.text);
    if (value === null) {
      this.#fail(token, `'${token.text}' is not an instant; write TIMESTAMP '2024-01-31' or '2024-01-31T12:00:00Z'`);
    }
    return { kind: 'literal', at, value, type: 'timestamp' };
  }

  #call(token: Token): ExpressionNode {
    if (!isFunctionName(token.lower)) {
      this.#fail(token, `there is no function ${token.text}; known: ${SCALAR_FUNCTION_NAMES.join(', ')}`);
    }
    this.#expect('(');
    const args: ExpressionNode[] = [];
    if (!this.#accept(')')) {
      do args.push(this.#expression(0));
      while (this.#accept(','));
      this.#expect(')');
    }
    return { kind: 'call', at: token.at, name: token.lower, args };
  }

  #cast(at: number): ExpressionNode {
    this.#expect('(');
    const operand = this.#expression(0);
    this.#expect('as');
    const target = this.#next();
    const to = Object.entries(CAST_TARGETS).find(([name]) => name === target.lower)?.[1];
    if (to === undefined) {
      return this.#fail(target, `cannot cast to ${target.text}; allowed: ${Object.keys(CAST_TARGETS).join(', ')}`);
    }
    this.#expect(')');
    return { kind: 'cast', at, operand, to };
  }

  /** The form with an operand is read as one comparison per branch. */
  #case(at: number): ExpressionNode {
    const operand = this.#peek().lower === 'when' ? null : this.#expression(0);
    const branches: CaseBranch<ExpressionNode>[] = [];
    this.#expect('when');
    do {
      const test = this.#expression(0);
      this.#expect('then');
      const when: ExpressionNode =
        operand === null ? test : { kind: 'binary', at: test.at, operator: '=', left: operand, right: test };
      branches.push({ when, result: this.#expression(0) });
    } while (this.#accept('when'));
    const otherwise = this.#accept('else') ? this.#expression(0) : null;
    this.#expect('end');
    return { kind: 'case', at, branches, otherwise };
  }

  #infix(left: ExpressionNode, binding: number): ExpressionNode {
    const token = this.#next();
    const at = token.at;
    if (token.lower === 'is') {
      const negated = this.#accept('not');
      this.#expect('null');
      return negate({ kind: 'isNull', at, operand: left }, negated);
    }
    const negated = token.lower === 'not';
    const operator = negated ? this.#next() : token;
    switch (operator.lower) {
      case 'in':
        return negate({ kind: 'in', at, operand: left, options: this.#list() }, negated);
      case 'between':
        return negate(this.#between(left, at), negated);
      case 'like':
        return negate({ kind: 'like', at, operand: left, pattern: this.#pattern() }, negated);
    }
    if (negated) this.#fail(operator, `found ${show(operator)} after NOT, expected IN, BETWEEN or LIKE`);
    const node: ExpressionNode = {
      kind: 'binary',
      at,
      operator: operator.lower as BinaryOperator, // every other key of BINDING is one
      left,
      right: this.#expression(binding),
    };
    if (binding === COMPARISON_BINDING && this.#bindingOf(this.#peek()) === COMPARISON_BINDING) {
      this.#refuse('AND or OR: comparisons cannot be chained');
    }
    return node;
  }

  #list(): readonly ExpressionNode[] {
    this.#expect('(');
    const options: ExpressionNode[] = [];
    do options.push(this.#expression(0));
    while (this.#accept(','));
    this.#expect(')');
    return options;
  }

  #between(operand: ExpressionNode, at: number): ExpressionNode {
    const low = this.#expression(COMPARISON_BINDING);
    this.#expect('and');
    const high = this.#expression(COMPARISON_BINDING);
    return {
      kind: 'binary',
      at,
      operator: 'and',
      left: { kind: 'binary', at, operator: '>=', left: operand, right: low },
      right: { kind: 'binary', at, operator: '<=', left: operand, right: high },
    };
  }

  #pattern(): string {
    const token = this.#next();
    if (token.kind !== 'string') this.#fail(token, `found ${show(token)}, expected a literal pattern such as 'GB%'`);
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#position]!; // the last token is `end` and is never consumed
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#position++;
    return token;
  }

  #accept(word: string): boolean {
    const token = this.#peek();
    if ((token.kind !== 'word' && token.kind !== 'symbol') || token.lower !== word) return false;
    this.#position++;
    return true;
  }

  #expect(word: string): void {
    if (!this.#accept(word)) this.#refuse(/^[a-z]/.test(word) ? word.toUpperCase() : word);
  }

  #refuse(expected: string): never {
    return this.#fail(this.#peek(), `found ${show(this.#peek())}, expected ${expected}`);
  }

  #fail(token: Token, problem: string): never {
    throw new ExpressionError(this.#text, token.at, problem);
  }
}

function negate(node: ExpressionNode, negated: boolean): ExpressionNode {
  return negated ? { kind: 'not', at: node.at, operand: node } : node;
}

function show(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'string' ? `'${token.text}'` : `"${token.text}"`;
}
