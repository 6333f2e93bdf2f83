/**
 * Metric math as far as alarms need it: `+ - * /`, parentheses, numbers, the identifiers of other queries, and
 * `FILL(m1, 0)`. A period in which an identifier has no value has no value in the result, as on AWS, and neither
 * has one that divides by zero.
 */
export interface MathExpression {
  readonly identifiers: readonly string[];
  /** @param lookup value of an identifier in one period; undefined where it has none */
  evaluate(lookup: (identifier: string) => number | undefined): number | undefined;
}

type Node = (lookup: (identifier: string) => number | undefined) => number | undefined;

/** @throws Error for anything beyond that, naming it */
export function parseMathExpression(source: string): MathExpression {
  const tokens = source.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|\S/g) ?? [];
  const identifiers = new Set<string>();
  let place = 0;
  const take = (expected?: string): string => {
    const token = tokens[place++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(
        `metric math "${source}": expected ${expected ?? 'more'}, got ${token ?? 'its end'}; the laptop region knows + - * / ( ) FILL`,
      );
    }
    return token;
  };
  const factor = (): Node => {
    const token = take();
    if (token === '(') {
      const inner = sum();
      take(')');
      return inner;
    }
    if (token === '-') {
      const negated = factor();
      return (lookup) => lift(negated(lookup), 0, (a) => -a);
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (token === 'FILL') {
      take('(');
      const filled = sum();
      take(',');
      const fallback = Number(take());
      take(')');
      if (Number.isNaN(fallback))
        throw new Error(`metric math "${source}": FILL takes a number as its second argument`);
      return (lookup) => filled(lookup) ?? fallback;
    }
    if (!/^[a-z]\w*$/.test(token)) {
      throw new Error(`metric math "${source}": the laptop region does not know "${token}"; it knows + - * / ( ) FILL`);
    }
    identifiers.add(token);
    return (lookup) => lookup(token);
  };
  const binary = (operand: () => Node, operators: Readonly<Record<string, (a: number, b: number) => number>>) => () => {
    let left = operand();
    for (
      let operator = operators[tokens[place] ?? ''];
      operator !== undefined;
      operator = operators[tokens[place] ?? '']
    ) {
      place++;
      const [first, second, combine] = [left, operand(), operator];
      left = (lookup) => lift(first(lookup), second(lookup), combine);
    }
    return left;
  };
  const product = binary(factor, { '*': (a, b) => a * b, '/': (a, b) => a / b });
  const sum = binary(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
  const root = sum();
  if (place < tokens.length) throw new Error(`metric math "${source}": "${tokens[place]}" is not expected there`);
  return { identifiers: [...identifiers], evaluate: root };
}

function lift(
  a: number | undefined,
  b: number | undefined,
  combine: (a: number, b: number) => number,
): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const value = combine(a, b);
  return Number.isFinite(value) ? value : undefined;
}
