import { call, isObject, kindOf, type Tree, type TreeObject } from './sql-tree.ts';

/** Whole types of the parser, and the ending of the macro that casts to them. */
const WHOLE_TYPES: Readonly<Record<string, string>> = {
  big_int: 'bigint',
  int: 'integer',
  small_int: 'smallint',
  tiny_int: 'tinyint',
};

/**
 * CAST and TRY_CAST as Trino means them: see integerCasts and trino_to_varchar of macros.ts.
 * What is surely a double needs no macro, each of which repeats its operand, so that nested ones take long to plan.
 */
export function castToDuckdb(kind: 'cast' | 'try_cast', content: TreeObject, operand: Tree): TreeObject {
  const to = content['to'];
  const type = isObject(to) ? to : {};
  const whole = WHOLE_TYPES[String(type['data_type'])];
  if (whole !== undefined && isSurelyDouble(content['this'])) {
    return { [kind]: { ...content, this: call('round', [operand]) } };
  }
  if (whole !== undefined) return call(`trino_${kind === 'try_cast' ? 'try_' : ''}to_${whole}`, [operand]);
  switch (type['data_type']) {
    case 'var_char': {
      const text = call('trino_to_varchar', [operand]);
      const length = type['length'];
      return typeof length === 'number' ? call('substr', [text, number(1), number(length)]) : text;
    }
    case 'decimal':
      return { [kind]: { ...content, this: operand, to: decimalType(type, operand) } };
    case 'timestamp':
      // DuckDB has a type of its own for each precision; one is enough, and keeps macros and joins simple
      return { [kind]: { ...content, this: operand, to: { ...type, precision: null } } };
    default:
      return { [kind]: { ...content, this: operand } };
  }
}

/** DECIMAL alone is decimal(38,0) in Trino; the literal DECIMAL '1.50' has the digits it is written with. */
function decimalType(type: TreeObject, operand: Tree): TreeObject {
  if (type['precision'] !== null) return type;
  const literal = isObject(operand) ? operand['literal'] : undefined;
  const text = isObject(literal) && literal['literal_type'] === 'string' ? String(literal['value']) : '';
  const [whole = '', fraction = ''] = text.replace(/[+-]/, '').split('.');
  return text === ''
    ? { ...type, precision: 38, scale: 0 }
    : { ...type, precision: Math.max(1, whole.length + fraction.length), scale: fraction.length };
}

const DOUBLE_CALLS = new Set(['ln', 'sqrt', 'exp', 'power', 'log']);

/** Whether the expression is a double whatever its columns are; then `/`, `%` and floor mean the same in both dialects. */
export function isSurelyDouble(tree: Tree | undefined): boolean {
  const expression = isObject(tree) ? kindOf(tree) : undefined;
  if (expression === undefined) return false;
  const [kind, content] = expression;
  if (DOUBLE_CALLS.has(kind)) return true;
  switch (kind) {
    case 'cast':
    case 'try_cast':
      return isObject(content['to']) && content['to']['data_type'] === 'double';
    case 'literal':
      return content['literal_type'] === 'number' && /e/i.test(String(content['value']));
    case 'paren':
    case 'neg':
    case 'abs':
    case 'floor':
    case 'ceil':
      return isSurelyDouble(content['this']);
    case 'function':
      return content['name'] === 'round' && Array.isArray(content['args']) && isSurelyDouble(content['args'][0]);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'mod':
      return isSurelyDouble(content['left']) || isSurelyDouble(content['right']);
    default:
      return false;
  }
}

function number(value: number): TreeObject {
  return { literal: { literal_type: 'number', value: String(value) } };
}
