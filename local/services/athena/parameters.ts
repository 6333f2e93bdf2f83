import { AwsError } from '../../service.ts';
import { stretches } from './sql-text.ts';

const STRING = /^'(?:[^']|'')*'$/;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WORD = /^(?:true|false|null)$/i;
const TYPED = /^(date|time|timestamp|decimal)\s+('(?:[^']|'')*')$/i;

/**
 * Puts execution parameters in the places of `?`, in the order of the text.
 *
 * Athena takes each parameter as the text of a SQL literal: a string comes with its quotes. Only literals are let
 * in (strings, numbers, booleans, null, and DATE, TIME, TIMESTAMP and DECIMAL literals), so a parameter can not
 * change what the statement does.
 *
 * @throws AwsError InvalidRequestException for another text or another count
 */
export function bindParameters(sql: string, parameters: readonly string[] | undefined): string {
  const given = parameters ?? [];
  let used = 0;
  const bound = stretches(sql).map(({ kind, text }) =>
    kind === 'code' ? text.replace(/\?/g, () => literal(given[used++], used)) : text,
  );
  if (used === given.length) return bound.join('');
  throw new AwsError(
    'InvalidRequestException',
    `Incorrect number of parameters: expected ${used} but found ${given.length}`,
  );
}

function literal(parameter: string | undefined, position: number): string {
  if (parameter === undefined) return '?';
  const text = parameter.trim();
  if (STRING.test(text) || TYPED.test(text) || WORD.test(text)) return ` ${text} `;
  // parentheses keep `a -?` with -1 from becoming a comment
  if (INTEGER.test(text) || NUMBER.test(text)) return `(${text})`;
  throw new AwsError(
    'InvalidRequestException',
    `execution parameter ${position} is not a SQL literal: ${parameter}; allowed are numbers, 'quoted strings', true, false, null and DATE, TIME, TIMESTAMP or DECIMAL '…'`,
  );
}
