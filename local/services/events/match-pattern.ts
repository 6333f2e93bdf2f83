import { BlockList, isIP } from 'node:net';

/**
 * EventBridge's event patterns.
 *
 * A pattern is a tree of names with lists at the leaves. A leaf matches when any entry of its list matches the value,
 * or any element of an array value. Values are never coerced: `1` does not match `"1"`. An object pattern over an
 * array of objects needs one element that meets all of it.
 *
 * Source: EventBridge user guide, "Comparison operators for use in event patterns".
 */
export function matchesPattern(pattern: object, event: object): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or' && Array.isArray(expected)) return expected.some((branch) => matchesPattern(branch, event));
    const value: unknown = Object.hasOwn(event, name) ? Reflect.get(event, name) : undefined;
    return Array.isArray(expected) ? matchesLeaf(expected, value) : matchesBelow(expected, value);
  });
}

function matchesBelow(pattern: object, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => matchesBelow(pattern, element));
  // below a name that is absent only `exists: false` can match
  return matchesPattern(pattern, typeof value === 'object' && value !== null ? value : {});
}

function matchesLeaf(alternatives: readonly unknown[], value: unknown): boolean {
  return alternatives.some((alternative) => {
    if (typeof alternative !== 'object' || alternative === null) return elements(value).includes(alternative);
    return Object.entries(alternative).every(([operator, operand]) => {
      if (operator === 'exists') return operand === isLeaf(value);
      return elements(value).some((element) => OPERATORS[operator]?.(element, operand) ?? false);
    });
  });
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value));
}

function elements(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

type Test = (value: unknown, operand: unknown) => boolean;

const text =
  (test: (value: string, operand: string) => boolean): Test =>
  (value, operand) =>
    typeof value === 'string' && typeof operand === 'string' && test(value, operand);

const equalsIgnoringCase = text((value, operand) => value.toLowerCase() === operand.toLowerCase());

/** `prefix` and `suffix` take text, or `{"equals-ignore-case": text}`. */
const atAnEnd = (test: (value: string, operand: string) => boolean): Test => {
  const plain = text(test);
  return (value, operand) => {
    const folded = ignoringCase(operand);
    return folded === undefined ? plain(value, operand) : text((v, o) => test(v.toLowerCase(), o))(value, folded);
  };
};

function ignoringCase(operand: unknown): string | undefined {
  if (typeof operand !== 'object' || operand === null || !('equals-ignore-case' in operand)) return undefined;
  return String(operand['equals-ignore-case']).toLowerCase();
}

const OPERATORS: Readonly<Record<string, Test>> = {
  prefix: atAnEnd((value, operand) => value.startsWith(operand)),
  suffix: atAnEnd((value, operand) => value.endsWith(operand)),
  'equals-ignore-case': equalsIgnoringCase,
  wildcard: text((value, operand) => wildcard(operand).test(value)),
  numeric: (value, operand) => typeof value === 'number' && Array.isArray(operand) && meetsAll(value, operand),
  cidr: text(inNetwork),
  'anything-but': anythingBut,
};

function anythingBut(value: unknown, operand: unknown): boolean {
  if (value !== null && typeof value === 'object') return false;
  if (Array.isArray(operand)) return !operand.includes(value);
  if (typeof operand !== 'object' || operand === null) return value !== operand;
  return Object.entries(operand).every(([operator, inner]) => {
    const test = OPERATORS[operator];
    const refused = Array.isArray(inner) && operator !== 'numeric' ? inner : [inner];
    return test !== undefined && !refused.some((one) => test(value, one));
  });
}

/** `["=", 5]`, `[">", 0, "<=", 5]` */
function meetsAll(value: number, operand: readonly unknown[]): boolean {
  for (let index = 0; index < operand.length; index += 2) {
    const limit = Number(operand[index + 1]);
    const holds = {
      '=': value === limit,
      '<': value < limit,
      '<=': value <= limit,
      '>': value > limit,
      '>=': value >= limit,
    }[String(operand[index])];
    if (holds !== true) return false;
  }
  return true;
}

/** `*` is any text; `\*` a star. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\\*|\\\\|\*|[.+?^${}()|[\]\\]/g, (found) => {
    if (found === '*') return '[\\s\\S]*';
    return found.length === 2 ? `\\${found.charAt(1)}` : `\\${found}`;
  });
  return new RegExp(`^${source}$`);
}

function inNetwork(value: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(value) !== family) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(value, family === 4 ? 'ipv4' : 'ipv6');
}

const KNOWN = [...Object.keys(OPERATORS), 'exists'];

/** @throws Error that names what EventBridge would refuse */
export function checkPattern(pattern: unknown, path = ''): void {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw new Error(`"${path || 'pattern'}" must be an object or an array`);
  }
  if (path === '' && Object.keys(pattern).length === 0) throw new Error('the pattern is empty');
  for (const [name, expected] of Object.entries(pattern)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (name === '$or' && Array.isArray(expected)) {
      for (const branch of expected) checkPattern(branch, at);
    } else if (Array.isArray(expected)) {
      for (const alternative of expected) checkAlternative(alternative, at);
    } else checkPattern(expected, at);
  }
}

function checkAlternative(alternative: unknown, path: string): void {
  if (typeof alternative !== 'object' || alternative === null) return;
  const unknown = Object.keys(alternative).filter((operator) => !KNOWN.includes(operator));
  if (unknown.length > 0 || Array.isArray(alternative)) {
    throw new Error(`"${path}" uses ${unknown.join(', ') || 'a nested array'}; known operators: ${KNOWN.join(', ')}`);
  }
}
